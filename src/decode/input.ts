/**
 * The bytes that a reader has received and not parsed. The reader owns them: it unmasks payloads in place and delivers them as views.
 */
import { PlainMask, rotate } from '../mask/javascript.js'
import { KERNEL_FROM, maskInPlace } from '../mask/mask.js'
import { assertThere } from '../util/arguments.js'
import { isFixed, part, viewOf } from '../util/memory.js'
import { NOTHING } from '../util/octets.js'

/**
 * Parsed bytes we may keep before moving the rest: one socket read. A loop that reads to the end frees the chunk anyway.
 */
export const MOST_WASTED = 2 ** 16

const NO_BUFFER = /* @__PURE__ */ new ArrayBuffer(0)

export class Input {
  /** The bytes from `position` to `end` are not parsed yet. The room after `end` is free. */
  bytes: Uint8Array = NOTHING
  position = 0
  end = 0
  /** `buffer` and `byteOffset` of `bytes`, read once a chunk: on a Buffer, reading them for each payload is slow. */
  #buffer: ArrayBuffer = NO_BUFFER
  #byteOffset = 0
  #plainMask: PlainMask | null = null
  /** The empty payload of this reader. It has its own memory, so that keeping it does not keep a chunk. */
  #empty: Uint8Array<ArrayBuffer> | null = null

  /** How many bytes have not been parsed. */
  get length(): number {
    return this.end - this.position
  }

  /** @throws TypeError if the memory has been transferred, as a consumer of payloads can do */
  assertThere(): void {
    assertThere(this.bytes.length >= this.end)
  }

  /** Makes a chunk that we own the input, from `start`. Copies it if its buffer is resizable or shared. */
  set(chunk: Uint8Array, start: number): void {
    const { buffer } = chunk
    if (isFixed(buffer)) this.#use(chunk, buffer, chunk.byteOffset, start, chunk.length)
    else this.copy(chunk, start)
  }

  /**
   * Makes a copy of a chunk the input, from `start`.
   *
   * @param into - memory for the copy, perhaps with room after it; null to allocate it
   */
  copy(chunk: Uint8Array, start: number, into: Uint8Array<ArrayBuffer> | null = null): void {
    const rest = part(chunk, start, chunk.length)
    into?.set(rest)
    // Not rest.slice(): that of a Buffer does not copy.
    const copied = into ?? new Uint8Array(rest)
    this.#use(copied, copied.buffer, copied.byteOffset, 0, rest.length)
  }

  /**
   * Appends bytes to unparsed input. A full buffer grows by half: if it doubled, `trim` would move a long backlog so often that the time
   * would no longer be linear.
   */
  append(bytes: Uint8Array): void {
    if (this.end + bytes.length > this.bytes.length) this.#move(Math.ceil(1.5 * (this.length + bytes.length)))
    this.bytes.set(bytes, this.end)
    this.end += bytes.length
  }

  /** Frees parsed bytes: the whole buffer if all is parsed; if much is, by moving the rest. */
  trim(): void {
    if (this.position === this.end) this.drop()
    else if (this.bytes.length > MOST_WASTED + 2 * this.length) this.#move(this.length)
  }

  /** Frees the buffer. */
  drop(): void {
    if (this.bytes !== NOTHING) this.#use(NOTHING, NO_BUFFER, 0, 0, 0)
  }

  /**
   * Takes payload bytes from the input and unmasks them in place.
   *
   * @param keyOffset - how many bytes of the same payload have been taken before
   * @returns a view
   */
  take(length: number, maskingKey: number | null, keyOffset: number): Uint8Array<ArrayBuffer> {
    const start = this.position
    this.position += length
    const payload = this.view(start, length)
    if (maskingKey !== null) this.unmask(payload, start, rotate(maskingKey, keyOffset))
    return payload
  }

  /** Returns a view. The caller knows that the buffer is not detached. */
  view(start: number, length: number): Uint8Array<ArrayBuffer> {
    if (length === 0) return (this.#empty ??= new Uint8Array(0))
    return new Uint8Array(this.#buffer, this.#byteOffset + start, length)
  }

  /**
   * @param payload - a view from `start`
   * @param key - the masking key, rotated to the first octet of the payload
   */
  unmask(payload: Uint8Array, start: number, key: number): void {
    const { length } = payload
    if (length >= KERNEL_FROM) maskInPlace(payload, 0, length, key, 0)
    else (this.#plainMask ??= new PlainMask(this.bytes, this.#buffer, this.#byteOffset)).mask(start, start + length, key)
  }

  #use(bytes: Uint8Array, buffer: ArrayBuffer, byteOffset: number, position: number, end: number): void {
    this.bytes = bytes
    this.#buffer = buffer
    this.#byteOffset = byteOffset
    this.#plainMask = null
    this.position = position
    this.end = end
  }

  #move(capacity: number): void {
    this.assertThere()
    const moved = new Uint8Array(capacity)
    moved.set(viewOf(this.bytes, this.position, this.end))
    this.#use(moved, moved.buffer, 0, 0, this.length)
  }
}
