/**
 * An item that `end` has found complete, kept for the next `read`.
 */
import { assertThere } from '../util/arguments.js'

export class Kept<Item> {
  readonly #item: Item
  readonly #bytes: Uint8Array | null
  readonly #byteLength: number
  /** How many buffered bytes the item was made from. */
  readonly bufferedLength: number

  /** @param bytes - the bytes of the item, if it has any */
  constructor(item: Item, bytes: Uint8Array | null, bufferedLength: number) {
    this.#item = item
    this.#bytes = bytes
    this.#byteLength = bytes === null ? 0 : bytes.length
    this.bufferedLength = bufferedLength
  }

  /** @throws TypeError if the memory of its bytes has been transferred */
  take(): Item {
    assertThere(this.#bytes === null || this.#bytes.length === this.#byteLength)
    return this.#item
  }
}
