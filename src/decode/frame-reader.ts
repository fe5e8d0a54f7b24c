/**
 * Frames from a stream (RFC 6455, section 5): see `frame-parser.ts` for how they are read.
 */
import { readPolicy } from '../header/make-policy.js'
import type { FrameReaderOptions } from '../protocol/options.js'
import { Delivery } from './delivery.js'
import { frameOf } from './frame.js'
import type { Frame } from './frame.js'
import { Stream } from './stream.js'

const DEFAULT_MAX_PAYLOAD_LENGTH = 16 * 2 ** 20

/**
 * Reads frames from a stream of bytes that arrives in chunks of any size (RFC 6455, section 5).
 *
 * Frames are delivered in order, each as soon as its last byte has been pushed, and always before an error after them. The error is
 * thrown once. Then the stream has failed (section 7.1.7): `error` is what was thrown, `closed` is true, and further bytes are discarded,
 * as they are after a Close frame.
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
  readonly #stream: Stream<Frame>

  /**
   * @param options - read once
   * @throws TypeError or RangeError for options of another type or range
   */
  constructor(options: FrameReaderOptions = {}) {
    this.#stream = new Stream(options, readPolicy(options, DEFAULT_MAX_PAYLOAD_LENGTH), false)
  }

  /** Whether nothing more will be delivered: a Close frame has been (RFC 6455, section 1.4), or the stream has failed (7.1.7). */
  get closed(): boolean {
    return this.#stream.closed
  }

  /** What the stream failed with: the error that was thrown, or `null`. Tells a peer's fault from an error of your own. */
  get error(): Error | null {
    return this.#stream.error
  }

  /** How many of the bytes received belong to frames that have not been delivered, in bytes. */
  get bufferedLength(): number {
    return this.#stream.bufferedLength
  }

  /**
   * Takes the next bytes of the stream. Nothing is parsed before `read`, or iterating over the reader, asks for a frame. After a Close
   * frame has been read, and after an error, the chunk is discarded.
   *
   * @param chunk - any number of bytes; copied, unless `ownsChunks` gives the reader ownership
   * @returns this reader, so that it can be iterated over
   * @throws TypeError if `chunk` is not a `Uint8Array`, and after `end`; neither changes anything
   * @throws TypeError if the buffer of a chunk that the reader owns has been transferred, and RangeError if there is no memory: the stream
   *   has failed then
   */
  push(chunk: Uint8Array): this {
    if (!this.#stream.accepts(chunk)) return this
    try {
      this.#stream.take(chunk)
    } catch (error) {
      this.#stream.fail(error)
    }
    return this
  }

  /**
   * @returns the next frame; `null` if more bytes are needed, or nothing more will be delivered. The payload may be a view of the chunk,
   *   with `ownsChunks`, or of the copy of it, and share that buffer with frames still to be read: write to the payload, but copy it
   *   before you transfer it to another thread. Empty payloads may be the same array.
   * @throws ProtocolError once, if the next bytes break a rule; or `truncated`, after `end`
   * @throws TypeError once, if the buffer of a chunk that the reader owns has been transferred
   */
  read(): Frame | null {
    try {
      return this.#stream.takeKept() ?? this.#next()
    } catch (error) {
      return this.#stream.fail(error)
    }
  }

  /** Delivers the frames that `read` does, until that gives `null`. You can break out of the loop and resume later. */
  [Symbol.iterator](): IterableIterator<Frame> {
    return new Delivery(this)
  }

  /**
   * Says that the stream has ended. Frames that are still to be read can be; an error then comes after them, from `read`.
   *
   * @throws ProtocolError `truncated` if the stream ended inside a frame or a fragmented message and no frame is left to be read; not
   *   after a Close frame; or what the bytes not yet read give
   */
  end(): void {
    const stream = this.#stream
    if (!stream.end()) return
    const held = stream.bufferedLength
    try {
      const frame = this.#next()
      if (frame !== null) stream.keep(frame, frame.payload, held - stream.bufferedLength)
    } catch (error) {
      stream.fail(error)
    }
  }

  #next(): Frame | null {
    const { frames } = this.#stream
    const payload = this.#stream.read()
    return payload === null ? null : frameOf(frames.firstByte, frames.maskingKey, payload)
  }
}
