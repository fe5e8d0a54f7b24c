/**
 * The life of a stream (RFC 6455, section 7.1.7): chunks are taken until a Close frame, an error or the end, and the error is thrown once.
 */
import type { FramePolicy } from '../header/policy.js'
import { shared } from '../header/shared-policy.js'
import type { FrameReaderOptions } from '../protocol/options.js'
import { asError, assertBoolean, assertBytes, assertLimit } from '../util/arguments.js'
import { FrameParser } from './frame-parser.js'
import { Kept } from './kept.js'

/** A stream for a reader that delivers an `Item` for one or several frames. */
export class Stream<Item> {
  readonly frames: FrameParser
  readonly #ownsChunks: boolean
  #ended = false
  #error: Error | null = null
  #kept: Kept<Item> | null = null

  /**
   * @param options - for `ownsChunks` and `streamAbove`
   * @param policy - made of the same options
   * @param forMessages - whether the frames are put together to messages: then texts are checked as they arrive
   * @throws TypeError or RangeError for options of another type or range
   */
  constructor({ ownsChunks = false, streamAbove = Infinity }: FrameReaderOptions, policy: FramePolicy, forMessages: boolean) {
    assertBoolean(ownsChunks, 'ownsChunks')
    assertLimit(streamAbove, 'streamAbove')
    this.#ownsChunks = ownsChunks
    this.frames = new FrameParser(shared(policy), forMessages ? 'messages' : streamAbove === Infinity ? null : streamAbove)
  }

  get error(): Error | null {
    return this.#error
  }

  /** Whether nothing more will be delivered: the Close frame has been, or the stream has failed. */
  get closed(): boolean {
    return this.#isOver && this.#kept === null
  }

  /** How many of the bytes received belong to frames that have not been delivered. */
  get bufferedLength(): number {
    return (this.#kept?.bufferedLength ?? 0) + this.frames.bufferedLength
  }

  /** Whether all further bytes are discarded. */
  get #isOver(): boolean {
    return this.#error !== null || this.frames.closePayload !== null
  }

  /**
   * @returns whether a chunk is to be taken: false if it is to be discarded
   * @throws TypeError if it is not a `Uint8Array`, and after `end`; then nothing has changed
   */
  accepts(chunk: Uint8Array): boolean {
    assertBytes(chunk, 'chunk')
    if (this.#isOver) return false
    if (this.#ended) throw new TypeError('push after end')
    return true
  }

  /** Takes a chunk that has been accepted. */
  take(chunk: Uint8Array): void {
    this.frames.take(chunk, this.#ownsChunks)
  }

  /**
   * @returns the payload of the next frame, the rest of which is then in `frames`; null if more bytes are needed
   * @throws ProtocolError `truncated` if no more will come
   */
  read(): Uint8Array<ArrayBuffer> | null {
    const payload = this.frames.read()
    if (payload === null && this.#ended && !this.#isOver) this.frames.checkEnd()
    return payload
  }

  /**
   * Makes the next reads report where the stream ends too early.
   *
   * @returns whether the reader has to look for what is still to be delivered, and to {@link keep} it: an error may come only after it
   */
  end(): boolean {
    if (this.#isOver || this.#ended) return false
    this.#ended = true
    return true
  }

  /**
   * Keeps what was found at the end for the next `read`.
   *
   * @param bytes - the bytes of the item, if it has any
   * @param bufferedLength - how many of the buffered bytes it came from
   */
  keep(item: Item, bytes: Uint8Array | null, bufferedLength: number): void {
    this.#kept = new Kept(item, bytes, bufferedLength)
  }

  /** @returns what was kept, if anything was */
  takeKept(): Item | null {
    const kept = this.#kept
    if (kept === null) return null
    this.#kept = null
    return kept.take()
  }

  /** Fails the stream: the error is thrown this once, and nothing is held or delivered any more. */
  fail(thrown: unknown): never {
    this.#error = asError(thrown)
    this.#kept = null
    this.frames.release()
    throw this.#error
  }
}
