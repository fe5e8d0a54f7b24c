/**
 * The draws that a stream is made of. Stream number `index` of a run depends on nothing but the seed and that number,
 * so that any stream can be made again without those before it.
 *
 * The draws are a key stream: AES of (index, counter), the key being the hash of the seed.
 */
import { createCipheriv, createHash } from 'node:crypto'

const BLOCK = 16
/** As many blocks as most streams need, so that the cipher is called once for each of them. */
const BLOCKS = 24

export class Random {
  readonly #cipher
  readonly #counters = Buffer.alloc(BLOCK * BLOCKS)
  #draws = Buffer.alloc(0)
  #position = 0
  #counter = 0

  constructor(seed: string) {
    const key = createHash('sha256').update(seed).digest().subarray(0, BLOCK)
    this.#cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  }

  /** Goes to the first draw of a stream. */
  start(index: number): this {
    for (let block = 0; block < BLOCKS; block++) this.#counters.writeBigUInt64BE(BigInt(index), block * BLOCK)
    this.#counter = 0
    this.#position = this.#draws.length
    return this
  }

  /** A whole number from 0 to `end - 1`; `end` is at most 2^32. */
  below(end: number): number {
    if (this.#position === this.#draws.length) this.#refill()
    const draw = this.#draws.readUInt32LE(this.#position)
    this.#position += 4
    return draw % end
  }

  /** A whole number from `least` to `greatest`. */
  between(least: number, greatest: number): number {
    return least + this.below(greatest - least + 1)
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  /** One of several; there must be one. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  octets(length: number): Uint8Array {
    const octets = new Uint8Array(length)
    for (let i = 0; i < length; i++) octets[i] = this.below(256)
    return octets
  }

  #refill(): void {
    for (let block = 0; block < BLOCKS; block++) {
      this.#counters.writeUInt32BE(this.#counter, block * BLOCK + 8)
      this.#counter += 1
    }
    this.#draws = this.#cipher.update(this.#counters)
    this.#position = 0
  }
}
