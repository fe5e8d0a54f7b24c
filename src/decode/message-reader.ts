/**
 * `MessageReader`: reads messages and control frames from a stream (RFC 6455, sections 5.4 to 5.6).
 */
import { Bit } from '../header/layout.js'
import { readPolicy } from '../header/make-policy.js'
import { Opcode, hasControlBit } from '../protocol/opcode.js'
import { assertLimit, assertObject } from '../util/arguments.js'
import { DataMessages } from './data-message.js'
import { Delivery } from './delivery.js'
import type { Texts } from './delivered.js'
import { CalledFromInflateError } from './inflate.js'
import type { Message, MessageReaderOptions } from './message.js'
import { lastFrame } from './last-frame.js'
import { Stream } from './stream.js'
import { TextCheck } from './text.js'
import type { TextAs, TextOf } from './text.js'
import { WHOLE_TEXT } from './whole-frame.js'

export const DEFAULT_MAX_MESSAGE_LENGTH = 64 * 2 ** 20

const newCheck = (): TextCheck => new TextCheck()
const strings: Texts = { newCheck, areStrings: true }
const bytes: Texts = { newCheck, areStrings: false }

/**
 * Reads messages from a stream of bytes that arrives in chunks of any size (RFC 6455, sections 5.4 to 5.6 and 8.1).
 *
 * The reader delivers messages in order, and control frames at once, also between the fragments of a message. It checks UTF-8 as the bytes
 * arrive, also inside a frame. It throws an error once, after all messages before it. Then the stream has failed (section 7.1.7): `error`
 * holds the error, `closed` is true, and further bytes are discarded. After a Close frame they are discarded too. Frames with opcodes that
 * an extension defines are skipped: use a {@link FrameReader} to read them.
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
    this.#stream = new Stream(options, readPolicy(options, Infinity, maxMessageLength), textAs === 'string' ? strings : bytes)
    this.#dataMessages = new DataMessages(textAs, inflate)
  }

  /** Whether the reader delivers nothing more: after a Close frame (RFC 6455, section 1.4), or when the stream has failed (7.1.7). */
  get closed(): boolean {
    return this.#stream.closed
  }

  /** The error that the stream failed with, or `null`. Compare it with a caught error to see whether this reader threw it. */
  get error(): Error | null {
    return this.#stream.error
  }

  /** How many bytes are buffered: those not parsed yet, and the payloads of a message not yet delivered. */
  get bufferedLength(): number {
    return this.#stream.bufferedLength + this.#dataMessages.length
  }

  /**
   * Takes the next bytes of the stream. They are not parsed before you call `read` or iterate over the reader. After a Close frame has
   * been delivered, or an error thrown, the chunk is discarded.
   *
   * @param chunk - any number of bytes; copied, unless `ownsChunks` gives the reader ownership
   * @returns this reader, so that you can iterate over it
   * @throws TypeError if `chunk` is not a `Uint8Array`, after `end`, and from inside `inflate`; nothing changes
   * @throws TypeError if the buffer of a chunk that the reader owns has been transferred, and RangeError if there is no memory: the stream
   *   has then failed
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
   * @returns the next message; `null` if it needs more bytes, or if the reader delivers nothing more. `data` may share memory with other
   *   payloads of this reader: see `read` of {@link FrameReader}.
   * @throws ProtocolError once, if the next bytes break a rule; `truncated` if the stream has ended inside a frame or fragmented message
   * @throws TypeError once, if the buffer of a chunk that the reader owns has been transferred, or `inflate` returns anything but bytes
   * @throws TypeError from inside `inflate`; nothing is lost
   */
  read(): Message<TextOf<As>> | null {
    this.#dataMessages.assertNotInflating()
    try {
      return this.#stream.takeKept() ?? this.#next()
    } catch (error) {
      return this.#fail(error)
    }
  }

  /** Calls `read` until it returns `null`. You can break out of the loop and resume later. */
  [Symbol.iterator](): IterableIterator<Message<TextOf<As>>> {
    return new Delivery(this)
  }

  /**
   * Ends the stream. You can still read the messages that are left: `read` throws any error after them. Does nothing after a Close frame or
   * an error.
   *
   * @throws ProtocolError if no message is left to read: `truncated` if the stream ends inside a frame or a fragmented message, or the rule
   *   that the remaining bytes break
   * @throws TypeError from inside `inflate`; nothing is lost
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

  /** @returns the message that the frame completes, or null */
  #accept(payload: Uint8Array<ArrayBuffer>): Message<TextOf<As>> | null {
    const { frames } = this.#stream
    const { firstByte } = lastFrame
    // Most messages are one frame without extensions, which needs no state. Benchmark case: 16 B.
    if (firstByte === (Bit.fin | Opcode.Binary)) return { type: 'binary', data: payload }
    if (firstByte === WHOLE_TEXT) return this.#dataMessages.text(payload, lastFrame.maskedWith, lastFrame.isValid, frames.frameOffset)
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

/** The bytes of a message; null for a string and for a Close frame. */
function bytesOf(message: Message<string | Uint8Array<ArrayBuffer>>): Uint8Array | null {
  return message.type === 'close' || typeof message.data === 'string' ? null : message.data
}
