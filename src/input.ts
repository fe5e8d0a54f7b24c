/**
 * The bytes that a reader has been given and has not parsed: its own, so that payloads can be unmasked where they lie and
 * delivered as views.
 *
 * What is asked of it for every frame is kept at hand: to read `buffer` and `byteOffset` off an array costs 40 ns when it is
 * a Buffer, and a view of words as much, but each once for a whole chunk.
 */
import { assertThere } from './arguments.js'
import { KERNEL_FROM, maskInPlace } from './mask.js'
import { NOTHING } from './octets.js'
import { PlainMask, rotate } from './words.js'

/**
 * How many bytes that have been parsed may be held beyond as many as have not. What sockets deliver at a time is no more, and
 * is left alone, since a loop that reads it to its end lets go of it anyway.
 */
export const MOST_WASTED = 2 ** 16

export class Input {
  /** From `position` to `end` not parsed yet. Room after that is free to use. */
  bytes: Uint8Array = NOTHING
  position = 0
  end = 0
  #buffer: ArrayBufferLike = NOTHING.buffer
  #byteOffset = 0
  #plainMask: PlainMask | null = null
  /** The empty payload, one for a whole chunk, since to make one for each takes 15 ns of the 35 of an empty frame. */
  #empty: Uint8Array | null = null

  /** How many bytes have not been parsed. */
  get length(): number {
    return this.end - this.position
  }

  /** @throws TypeError if the memory has been transferred or has shrunk, as a consumer of payloads can do */
  assertThere(): void {
    assertThere(this.bytes.length >= this.end)
  }

  /** Makes bytes from `start` the input. They are no longer the caller's. */
  set(bytes: Uint8Array, start: number): void {
    this.#use(bytes)
    this.position = start
    this.end = bytes.length
  }

  /**
   * Puts bytes after input that nobody has read yet, in a buffer that grows when it is full, by half: if it doubled, `trim` would
   * move the rest time and again, 114 bytes for each that comes while 4 MiB wait, and so it is 3.
   */
  append(bytes: Uint8Array): void {
    if (this.end + bytes.length > this.bytes.length) this.#move(Math.ceil(1.5 * (this.length + bytes.length)))
    this.bytes.set(bytes, this.end)
    this.end += bytes.length
  }

  /** Lets go of what has been parsed, at once or, if that is much, by moving the rest. */
  trim(): void {
    if (this.position === this.end) this.drop()
    else if (this.bytes.length > MOST_WASTED + 2 * this.length) this.#move(this.length)
  }

  /** Lets go of everything. */
  drop(): void {
    if (this.bytes === NOTHING) return
    this.#use(NOTHING)
    this.position = 0
    this.end = 0
  }

  /**
   * Takes payload, unmasking it where it lies.
   *
   * @param keyOffset - how many bytes of the payload have been taken before
   * @returns a view
   */
  take(length: number, maskingKey: number | null, keyOffset: number): Uint8Array {
    const start = this.position
    this.position += length
    const payload = this.view(start, length)
    if (maskingKey !== null) this.unmask(payload, start, rotate(maskingKey, keyOffset))
    return payload
  }

  /** Of memory that is known to be there. */
  view(start: number, length: number): Uint8Array {
    if (length === 0) return (this.#empty ??= new Uint8Array(this.#buffer, this.#byteOffset, 0))
    return new Uint8Array(this.#buffer, this.#byteOffset + start, length)
  }

  /**
   * @param payload - a view from `start`
   * @param key - as it applies to its first octet
   */
  unmask(payload: Uint8Array, start: number, key: number): void {
    const { length } = payload
    if (length >= KERNEL_FROM) maskInPlace(payload, 0, length, key, 0)
    else (this.#plainMask ??= new PlainMask(this.bytes)).mask(start, start + length, key)
  }

  #use(bytes: Uint8Array): void {
    this.bytes = bytes
    this.#buffer = bytes.buffer
    this.#byteOffset = bytes.byteOffset
    this.#plainMask = null
    this.#empty = null
  }

  #move(capacity: number): void {
    this.assertThere()
    const { length } = this
    const moved = new Uint8Array(capacity)
    moved.set(this.bytes.subarray(this.position, this.end))
    this.#use(moved)
    this.position = 0
    this.end = length
  }
}
