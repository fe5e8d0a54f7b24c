/**
 * The life of a stream (RFC 6455, section 7.1.7): it accepts chunks until a Close frame, an error or `end`, and throws an error once.
 */
import type { FramePolicy } from '../header/policy.js'
import { shared } from '../header/shared-policy.js'
import type { FrameReaderOptions } from '../protocol/options.js'
import { asError, assertBoolean, assertBytes, assertLimit } from '../util/arguments.js'
import { FrameParser } from './frame-parser.js'
import type { Texts } from './delivered.js'
import { Kept } from './kept.js'

/** The stream of a reader that delivers an `Item` for one or more frames. */
export class Stream<Item> {
  readonly frames: FrameParser
  readonly #ownsChunks: boolean
  #ended = false
  #error: Error | null = null
  #kept: Kept<Item> | null = null

  /**
   * @param options - `ownsChunks` and `streamAbove` are read
   * @param policy - made from the same options
   * @param texts - how texts are read, if the reader delivers messages
   * @throws TypeError or RangeError for options of another type or range
   */
  constructor({ ownsChunks = false, streamAbove = Infinity }: FrameReaderOptions, policy: FramePolicy, texts: Texts | null) {
    assertBoolean(ownsChunks, 'ownsChunks')
    assertLimit(streamAbove, 'streamAbove')
    this.#ownsChunks = ownsChunks
    this.frames = new FrameParser(shared(policy), texts ?? (streamAbove === Infinity ? null : streamAbove))
  }

  get error(): Error | null {
    return this.#error
  }

  /** Whether nothing more is delivered: after a Close frame, or when the stream has failed. */
  get closed(): boolean {
    return this.#isOver && this.#kept === null
  }

  /** How many received bytes belong to frames not yet delivered. */
  get bufferedLength(): number {
    return (this.#kept?.bufferedLength ?? 0) + this.frames.bufferedLength
  }

  /** Whether all further bytes are discarded. */
  get #isOver(): boolean {
    return this.#error !== null || this.frames.closePayload !== null
  }

  /**
   * @returns whether to take the chunk; false: discard it
   * @throws TypeError if it is not a `Uint8Array`, and after `end`; nothing changes
   */
  accepts(chunk: Uint8Array): boolean {
    assertBytes(chunk, 'chunk')
    if (this.#isOver) return false
    if (this.#ended) throw new TypeError('push after end')
    return true
  }

  /** Takes a chunk for which `accepts` returned true. */
  take(chunk: Uint8Array): void {
    this.frames.take(chunk, this.#ownsChunks)
  }

  /**
   * @returns the payload of the next frame, whose header is then in `lastFrame`; null if more bytes are needed
   * @throws ProtocolError `truncated` if more bytes are needed after `end`
   */
  read(): Uint8Array<ArrayBuffer> | null {
    const payload = this.frames.read()
    if (payload === null && this.#ended && !this.#isOver) this.frames.checkEnd()
    return payload
  }

  /**
   * Ends the stream: from now on `read` reports a stream that ends too early.
   *
   * @returns whether the reader must read once more and {@link keep} the item it finds, since an error comes after all items
   */
  end(): boolean {
    if (this.#isOver || this.#ended) return false
    this.#ended = true
    return true
  }

  /**
   * Keeps an item that `end` found for the next `read`.
   *
   * @param bytes - the bytes of the item, if it has any
   * @param bufferedLength - how many buffered bytes the item was made from
   */
  keep(item: Item, bytes: Uint8Array | null, bufferedLength: number): void {
    this.#kept = new Kept(item, bytes, bufferedLength)
  }

  /** @returns the kept item, or null */
  takeKept(): Item | null {
    const kept = this.#kept
    if (kept === null) return null
    this.#kept = null
    return kept.take()
  }

  /** Fails the stream: throws the error and discards everything buffered. Nothing more is delivered. */
  fail(thrown: unknown): never {
    this.#error = asError(thrown)
    this.#kept = null
    this.frames.release()
    throw this.#error
  }
}
