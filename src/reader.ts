/**
 * Frames from a stream (RFC 6455, section 5): see `decoder.ts` for how they are read.
 */
import { Decoder } from './decoder.js'
import { frameOf } from './frame.js'
import type { Frame } from './frame.js'
import { readPolicy } from './options.js'
import type { FrameReaderOptions } from './options.js'

const DEFAULT_MAX_PAYLOAD_LENGTH = 16 * 2 ** 20

/** Iterates over what a reader delivers until that is null. A class, because two closures for each chunk cost 15 ns a frame. */
export class Delivery<T> implements Iterator<T> {
  readonly #reader: { read(): T | null }

  constructor(reader: { read(): T | null }) {
    this.#reader = reader
  }

  next(): IteratorResult<T> {
    const value = this.#reader.read()
    return value === null ? { done: true, value: undefined } : { done: false, value }
  }
}

/**
 * Reads frames from a stream of bytes that comes in chunks of any size (RFC 6455, section 5).
 *
 * Frames are delivered in order, each as soon as its last byte has been pushed, and always before an error after them. An
 * error is final: every later `push`, `read` or `end` throws it again. Bytes after a Close frame are discarded.
 *
 * @example
 * ```js
 * const reader = new FrameReader({ sender: 'client' })
 * socket.on('data', (chunk) => {
 *   for (const frame of reader.push(chunk)) console.log(frame.opcode, frame.payload)
 * })
 * socket.on('end', () => reader.end())
 * ```
 */
export class FrameReader implements Iterable<Frame> {
  readonly #decoder: Decoder

  /**
   * @param options - read once
   * @throws TypeError or RangeError for options of another type or range
   */
  constructor(options: FrameReaderOptions = {}) {
    this.#decoder = new Decoder(options, readPolicy(options, DEFAULT_MAX_PAYLOAD_LENGTH), false)
  }

  /** Whether a Close frame has been read. What follows it is discarded (RFC 6455, section 1.4). */
  get closed(): boolean {
    return this.#decoder.closed
  }

  /** How many of the bytes received belong to frames that have not been delivered, in bytes. */
  get bufferedLength(): number {
    return this.#decoder.bufferedLength
  }

  /**
   * Takes the next bytes of the stream. They are looked at by `read`, or by iterating over the reader.
   *
   * @param chunk - any number of bytes; copied, unless `ownsChunks` says that it is given away
   * @returns this reader, so that it can be iterated over
   * @throws ProtocolError if one has been thrown before: the same
   * @throws TypeError if `chunk` is not a `Uint8Array`, after `end`, or if the buffer of bytes still to be read has been transferred
   *   or resized, which is final
   * @throws RangeError if there is no memory for it, which is final like a ProtocolError
   */
  push(chunk: Uint8Array): this {
    this.#decoder.push(chunk)
    return this
  }

  /**
   * @returns the next frame, or `null` if more bytes are needed. Its payload may be a view of the chunk, with `ownsChunks`,
   *   or of the copy of it, and share that buffer with frames still to be read: write to the payload, but copy it before
   *   you transfer its buffer to another thread. Empty payloads may be one and the same array.
   * @throws ProtocolError if the next bytes break a rule, or if one has been thrown before: the same
   * @throws TypeError if the buffer of bytes still to be read has been transferred or resized
   */
  read(): Frame | null {
    const decoder = this.#decoder
    const payload = decoder.read()
    return payload === null ? null : frameOf(decoder.firstByte, decoder.maskingKey, payload)
  }

  /** Delivers the frames that have come, as `read` does. May be left early and taken up again. */
  [Symbol.iterator](): Iterator<Frame> {
    return new Delivery(this)
  }

  /**
   * Says that the stream has ended. If frames are still to be read, they can be, and the error comes after them.
   *
   * @throws ProtocolError `truncated` if it ended inside a frame or a fragmented message, unless after a Close frame; or
   *   what the bytes not yet read give
   */
  end(): void {
    this.#decoder.end()
  }
}
