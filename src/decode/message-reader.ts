/**
 * Messages and control frames from a stream (RFC 6455, sections 5.4 to 5.6).
 *
 * A `MessageReader` has its stream deliver the payloads of texts as they arrive, so that UTF-8 is checked in the middle of a frame too.
 */
import { Bit } from '../header/layout.js'
import { readPolicy } from '../header/make-policy.js'
import { Opcode, hasControlBit } from '../protocol/opcode.js'
import { assertLimit, assertObject } from '../util/arguments.js'
import { DataMessages } from './data-message.js'
import { Delivery } from './delivery.js'
import { CalledFromInflateError } from './inflate.js'
import type { Message, MessageReaderOptions } from './message.js'
import { Stream } from './stream.js'
import type { TextAs, TextOf } from './text.js'

export const DEFAULT_MAX_MESSAGE_LENGTH = 64 * 2 ** 20

/**
 * Reads messages from a stream of bytes that arrives in chunks of any size (RFC 6455, sections 5.4 to 5.6 and 8.1).
 *
 * Messages are delivered in order, control frames at once, also between the fragments of a message. What comes before an error is
 * delivered first. The error is thrown once. Then the stream has failed (section 7.1.7): `error` is what was thrown, `closed` is true, and
 * further bytes are discarded, as they are after a Close frame. Frames of opcodes that an extension defines are no messages and are passed
 * over: use a {@link FrameReader} for those.
 *
 * @typeParam As - `'bytes'` if texts are delivered as bytes
 *
 * @example
 * ```js
 * const reader = new MessageReader({ sender: 'client' })
 * for (const message of reader.push(chunk)) {
 *   if (message.type === 'text') console.log(message.data)
 * }
 * ```
 */
export class MessageReader<As extends TextAs = 'string'> implements Iterable<Message<TextOf<As>>> {
  readonly #stream: Stream<Message<TextOf<As>>>
  readonly #dataMessages: DataMessages<As>

  /**
   * @param options - read once
   * @throws TypeError or RangeError for options of another type or range
   */
  constructor(options: MessageReaderOptions<As> = {}) {
    assertObject(options, 'options')
    const { maxMessageLength = DEFAULT_MAX_MESSAGE_LENGTH, textAs = 'string', inflate = null } = options
    assertLimit(maxMessageLength, 'maxMessageLength')
    if (textAs !== 'string' && textAs !== 'bytes') throw new TypeError(`textAs must be 'string' or 'bytes', not ${String(textAs)}`)
    if (inflate !== null && typeof inflate !== 'function') throw new TypeError('inflate must be a function')
    this.#stream = new Stream(options, readPolicy(options, Infinity, maxMessageLength), true)
    this.#dataMessages = new DataMessages(textAs, inflate)
  }

  /** Whether nothing more will be delivered: a Close frame has been (RFC 6455, section 1.4), or the stream has failed (7.1.7). */
  get closed(): boolean {
    return this.#stream.closed
  }

  /** What the stream failed with: the error that was thrown, or `null`. Tells a peer's fault from an error of your own. */
  get error(): Error | null {
    return this.#stream.error
  }

  /** How many bytes are held: those not parsed yet, and the payload of a message that has not ended or been delivered. */
  get bufferedLength(): number {
    return this.#stream.bufferedLength + this.#dataMessages.length
  }

  /**
   * Takes the next bytes of the stream. Nothing is parsed before `read`, or iterating over the reader, asks for a message. After a Close
   * frame has been read, and after an error, the chunk is discarded.
   *
   * @param chunk - any number of bytes; copied, unless `ownsChunks` gives the reader ownership
   * @returns this reader, so that it can be iterated over
   * @throws TypeError if `chunk` is not a `Uint8Array`, after `end`, and from inside `inflate`; none of them changes anything
   * @throws TypeError if the buffer of a chunk that the reader owns has been transferred, and RangeError if there is no memory: the stream
   *   has failed then
   */
  push(chunk: Uint8Array): this {
    this.#dataMessages.assertNotInflating()
    if (!this.#stream.accepts(chunk)) return this
    try {
      this.#stream.take(chunk)
    } catch (error) {
      this.#fail(error)
    }
    return this
  }

  /**
   * @returns the next message; `null` if more bytes are needed, or nothing more will be delivered. Its data may be a view, as the payload
   *   of a frame: see `FrameReader`.
   * @throws ProtocolError once, if the next bytes break a rule; or `truncated`, after `end`
   * @throws TypeError once, if the buffer of a chunk that the reader owns has been transferred, or `inflate` returns anything but bytes
   * @throws TypeError from inside `inflate`; nothing is lost by it
   */
  read(): Message<TextOf<As>> | null {
    this.#dataMessages.assertNotInflating()
    try {
      return this.#stream.takeKept() ?? this.#next()
    } catch (error) {
      return this.#fail(error)
    }
  }

  /** Delivers the messages that `read` does, until that gives `null`. You can break out of the loop and resume later. */
  [Symbol.iterator](): IterableIterator<Message<TextOf<As>>> {
    return new Delivery(this)
  }

  /**
   * Says that the stream has ended. Messages that are still to be read can be; an error then comes after them, from `read`.
   *
   * @throws ProtocolError `truncated` if the stream ended inside a frame or a fragmented message and no message is left to be read; not
   *   after a Close frame; or what the bytes not yet read give
   * @throws TypeError from inside `inflate`; nothing is lost by it
   */
  end(): void {
    this.#dataMessages.assertNotInflating()
    if (!this.#stream.end()) return
    const held = this.bufferedLength
    try {
      const message = this.#next()
      if (message !== null) this.#stream.keep(message, bytesOf(message), held - this.bufferedLength)
    } catch (error) {
      this.#fail(error)
    }
  }

  #next(): Message<TextOf<As>> | null {
    const inflated = this.#dataMessages.inflated()
    if (inflated !== null) return inflated
    const stream = this.#stream
    for (;;) {
      const payload = stream.read()
      if (payload === null) return null
      const message = this.#accept(payload)
      if (message !== null) return message
    }
  }

  #fail(error: unknown): never {
    if (error instanceof CalledFromInflateError) throw error
    this.#dataMessages.forget()
    this.#stream.fail(error)
  }

  /** @returns the message that the frame completes, if it does */
  #accept(payload: Uint8Array<ArrayBuffer>): Message<TextOf<As>> | null {
    const { frames } = this.#stream
    const { firstByte } = frames
    // Most messages are one frame without extensions, which needs no bookkeeping: 16 B of the benchmark.
    if (firstByte === (Bit.fin | Opcode.Binary)) return { type: 'binary', data: payload }
    if (firstByte === (Bit.fin | Opcode.Text)) return this.#dataMessages.text(payload, frames.frameOffset)
    const opcode = firstByte & Bit.opcode
    if (hasControlBit(opcode)) return this.#controlMessageOf(opcode, payload)
    const isLast = (firstByte & Bit.fin) !== 0
    return this.#dataMessages.add(frames.message, payload, isLast, frames.policy.maxMessageLength, frames.frameOffset)
  }

  /** @returns null for a control frame that an extension defines */
  #controlMessageOf(opcode: number, payload: Uint8Array<ArrayBuffer>): Message<TextOf<As>> | null {
    const { closePayload } = this.#stream.frames
    if (opcode === Opcode.Ping) return { type: 'ping', data: payload }
    if (opcode === Opcode.Pong) return { type: 'pong', data: payload }
    if (closePayload === null) return null
    this.#dataMessages.forget()
    return { type: 'close', ...closePayload }
  }
}

/** The bytes of a message, unless it is a string or a Close frame's. */
function bytesOf(message: Message<string | Uint8Array<ArrayBuffer>>): Uint8Array | null {
  return message.type === 'close' || typeof message.data === 'string' ? null : message.data
}
