/**
 * A growing list of bytes.
 */
import { copyOf } from '../util/memory.js'

/** The most bytes that repeated rows may add in total: otherwise a short text could request any amount of memory. */
const MAX_REPEATED = 256 * 1024 * 1024

export class ByteList {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0
  #repeated = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
  }

  add(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = byte
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /**
   * Repeats the last `period` bytes until `count` bytes have been added.
   *
   * @returns false if more than 256 MiB would be repeated in total: then nothing is added
   */
  repeat(period: number, count: number): boolean {
    this.#repeated += count
    if (this.#repeated > MAX_REPEATED) return false
    this.#reserve(count)
    const start = this.#length - period
    for (let done = 0; done < count;) {
      const step = Math.min(period + done, count - done)
      this.#bytes.copyWithin(this.#length + done, start, start + step)
      done += step
    }
    this.#length += count
    return true
  }

  /** A copy of the bytes, in a buffer of exactly their length. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return copyOf(this.#bytes, 0, this.#length)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const bytes = this.#bytes
    this.#bytes = new Uint8Array(Math.max(this.#length + count, 2 * bytes.length))
    this.#bytes.set(bytes)
  }
}
