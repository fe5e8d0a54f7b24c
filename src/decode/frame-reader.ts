/**
 * `FrameReader`: reads frames from a stream (RFC 6455, section 5). `frame-parser.ts` parses them.
 */
import { readPolicy } from '../header/make-policy.js'
import type { FrameReaderOptions } from '../protocol/options.js'
import { Delivery } from './delivery.js'
import { frameOf } from './frame.js'
import type { Frame } from './frame.js'
import { lastFrame } from './last-frame.js'
import { Stream } from './stream.js'

const DEFAULT_MAX_PAYLOAD_LENGTH = 16 * 2 ** 20

/**
 * Reads frames from a stream of bytes that arrives in chunks of any size (RFC 6455, section 5).
 *
 * The reader delivers frames in order, each as soon as its last byte has been pushed. It throws an error once, after all frames before it.
 * Then the stream has failed (section 7.1.7): `error` holds the error, `closed` is true, and further bytes are discarded. After a Close
 * frame they are discarded too.
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
    this.#stream = new Stream(options, readPolicy(options, DEFAULT_MAX_PAYLOAD_LENGTH), null)
  }

  /** Whether the reader delivers nothing more: after a Close frame (RFC 6455, section 1.4), or when the stream has failed (7.1.7). */
  get closed(): boolean {
    return this.#stream.closed
  }

  /** The error that the stream failed with, or `null`. Compare it with a caught error to see whether this reader threw it. */
  get error(): Error | null {
    return this.#stream.error
  }

  /** How many received bytes belong to frames not yet delivered. */
  get bufferedLength(): number {
    return this.#stream.bufferedLength
  }

  /**
   * Takes the next bytes of the stream. They are not parsed before you call `read` or iterate over the reader. After a Close frame has
   * been delivered, or an error thrown, the chunk is discarded.
   *
   * @param chunk - any number of bytes; copied, unless `ownsChunks` gives the reader ownership
   * @returns this reader, so that you can iterate over it
   * @throws TypeError if `chunk` is not a `Uint8Array`, and after `end`; nothing changes
   * @throws TypeError if the buffer of a chunk that the reader owns has been transferred, and RangeError if there is no memory: the stream
   *   has then failed
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
   * @returns the next frame; `null` if it needs more bytes, or if the reader delivers nothing more. The payload may share memory with other
   *   payloads of this reader, also with ones not yet read: that of the chunk (with `ownsChunks`) or of its copy or, if the payload is
   *   short, up to 16 KiB. You may write to the payload. Copy it before you transfer it to another thread, and a short one before you keep
   *   it for long. Empty payloads may be the same array.
   * @throws ProtocolError once, if the next bytes break a rule; `truncated` if the stream has ended inside a frame or fragmented message
   * @throws TypeError once, if the buffer of a chunk that the reader owns has been transferred
   */
  read(): Frame | null {
    try {
      return this.#stream.takeKept() ?? this.#next()
    } catch (error) {
      return this.#stream.fail(error)
    }
  }

  /** Calls `read` until it returns `null`. You can break out of the loop and resume later. */
  [Symbol.iterator](): IterableIterator<Frame> {
    return new Delivery(this)
  }

  /**
   * Ends the stream. You can still read the frames that are left: `read` throws any error after them. Does nothing after a Close frame or
   * an error.
   *
   * @throws ProtocolError if no frame is left to read: `truncated` if the stream ends inside a frame or a fragmented message, or the rule
   *   that the remaining bytes break
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
    const payload = this.#stream.read()
    return payload === null ? null : frameOf(lastFrame.firstByte, lastFrame.maskingKey, payload)
  }
}
