/**
 * Messages from a stream (RFC 6455, sections 5.4, 5.6 and 8.1): fragments put together, texts checked and decoded.
 *
 * A `MessageReader` has its decoder deliver the payloads of texts as they arrive, so that UTF-8 is checked in the middle of a frame too.
 * A message that arrives in one piece is delivered as it is; one that arrives in several is gathered in one buffer, which is all that
 * fragments leave behind, however many there are.
 */
import { assertLimit, assertObject, isErrorNamed } from '../util/arguments.js'
import { Decoder } from './stream.js'
import { CalledFromInflateError, DEFLATE_TAIL, inflateMessage } from './inflate.js'
import type { Inflate } from './inflate.js'
import { Opcode, hasControlBit } from '../protocol/opcode.js'
import { Bit, readPolicy } from '../header/options.js'
import type { FrameReaderOptions } from '../header/options.js'
import { Pieces } from './pieces.js'
import { Delivery } from './frame-reader.js'
import { ProtocolError } from '../protocol/rules.js'
import { TextPieces, foundInText, textForm } from './text.js'
import type { TextAs, TextForm, TextOf } from './text.js'
import { offendingIndex } from '../util/utf8.js'

/**
 * A message, or a control frame, as a {@link MessageReader} delivers it.
 *
 * @typeParam Text - `string`, or `Uint8Array` with `textAs: 'bytes'`
 */
export type Message<Text = string> =
  | { type: 'text'; data: Text }
  | { type: 'binary'; data: Uint8Array<ArrayBuffer> }
  | { type: 'ping' | 'pong'; data: Uint8Array<ArrayBuffer> }
  | { type: 'close'; code: number; reason: string }
  /** permessage-deflate without `inflate`: the payload as received, without a tail, of a text (1) or binary (2) message. */
  | { type: 'compressed'; opcode: 1 | 2; data: Uint8Array<ArrayBuffer> }

/** Options of a {@link MessageReader}. */
export interface MessageReaderOptions<As extends TextAs = 'string'> extends FrameReaderOptions {
  /** The longest payload of a data frame, in bytes. Default `Infinity`, since `maxMessageLength` limits what is held. */
  readonly maxPayloadLength?: number | undefined
  /** Of no effect: a message is always delivered as a whole. */
  readonly streamAbove?: number | undefined
  /**
   * The longest message, in bytes over all its fragments: a whole number or `Infinity`, default 64 MiB. A longer one is refused with
   * `message-too-long` (1009) as soon as the length of the fragment that exceeds it has been read. For a compressed message it limits
   * the payload as it arrives, and the inflated bytes again. A text that is delivered as a string has at most 536,870,888 bytes.
   */
  readonly maxMessageLength?: number | undefined
  /**
   * `'string'`, the default, or `'bytes'`: texts as the UTF-8 that arrived, which has been checked, for those who pass it on.
   */
  readonly textAs?: As | undefined
  /**
   * For permessage-deflate (RFC 7692): inflates a message, see {@link Inflate}. An error that it throws becomes `deflate-data` (1007) with
   * the original as `cause`, or `message-too-long` (1009) if its `code` is `ERR_BUFFER_TOO_LARGE`. Without it, compressed messages are
   * delivered as `compressed`.
   *
   * @example
   * ```js
   * inflate: (data, maxLength) => inflateRawSync(data, { maxOutputLength: maxLength })
   * ```
   */
  readonly inflate?: Inflate | undefined
}

export const DEFAULT_MAX_MESSAGE_LENGTH = 64 * 2 ** 20

/** A data message of which the first fragment has arrived. */
interface Started {
  readonly opcode: typeof Opcode.Text | typeof Opcode.Binary
  readonly isCompressed: boolean
}

/** A compressed message that has arrived as a whole. */
interface Compressed {
  readonly opcode: Started['opcode']
  /** As {@link Inflate} takes it. */
  readonly data: Uint8Array<ArrayBuffer>
  readonly inflate: Inflate
}

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
  readonly #decoder: Decoder<Message<TextOf<As>>>
  readonly #textForm: TextForm<As>
  readonly #inflate: Inflate | null
  #isInflating = false

  /** The data message in progress, if it is one that is delivered. */
  #started: Started | null = null
  /** What has arrived of it, if it arrives in pieces: of a text that is not compressed, or of anything else. */
  #text: TextPieces | null = null
  #pieces: Pieces | null = null
  /** A message that is being inflated. */
  #compressed: Compressed | null = null

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
    this.#textForm = textForm<As>(textAs)
    this.#inflate = inflate
    this.#decoder = new Decoder(options, readPolicy(options, Infinity, maxMessageLength), true)
  }

  /** Whether nothing more will be delivered: a Close frame has been (RFC 6455, section 1.4), or the stream has failed (7.1.7). */
  get closed(): boolean {
    return this.#decoder.closed
  }

  /** What the stream failed with: the error that was thrown, or `null`. Tells a peer's fault from an error of your own. */
  get error(): Error | null {
    return this.#decoder.error
  }

  /** How many bytes are held: those not parsed yet, and the payload of a message that has not ended or been delivered. */
  get bufferedLength(): number {
    const ofMessage = (this.#text?.length ?? 0) + (this.#pieces?.length ?? 0) + (this.#compressed?.data.length ?? 0)
    return this.#decoder.bufferedLength + ofMessage
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
    this.#assertNotInflating()
    if (!this.#decoder.accepts(chunk)) return this
    try {
      this.#decoder.take(chunk)
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
    this.#assertNotInflating()
    try {
      return this.#decoder.takeKept() ?? this.#next()
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
    this.#assertNotInflating()
    if (!this.#decoder.end()) return
    const held = this.bufferedLength
    try {
      const message = this.#next()
      if (message !== null) this.#decoder.keep(message, bytesOf(message), held - this.bufferedLength)
    } catch (error) {
      this.#fail(error)
    }
  }

  #next(): Message<TextOf<As>> | null {
    const decoder = this.#decoder
    if (this.#compressed !== null) return this.#inflated(this.#compressed)
    for (;;) {
      const payload = decoder.read()
      if (payload === null) return null
      const message = this.#accept(decoder.firstByte, payload)
      if (message !== null) return message
    }
  }

  #fail(error: unknown): never {
    if (error instanceof CalledFromInflateError) throw error
    this.#forget()
    this.#decoder.fail(error)
  }

  #assertNotInflating(): void {
    if (this.#isInflating) throw new CalledFromInflateError()
  }

  /** @returns the message that the frame completes, if it does */
  #accept(firstByte: number, payload: Uint8Array<ArrayBuffer>): Message<TextOf<As>> | null {
    // Most messages are one frame without extensions, which needs no bookkeeping: 16 B of the benchmark.
    if (firstByte === (Bit.fin | Opcode.Binary)) return { type: 'binary', data: payload }
    if (firstByte === (Bit.fin | Opcode.Text)) return this.#textOf(payload)
    const opcode = firstByte & Bit.opcode
    if (hasControlBit(opcode)) return this.#controlMessageOf(opcode, payload)
    if (opcode !== Opcode.Continuation) this.#started = this.#startedBy(opcode, firstByte)
    if (this.#started === null) return null
    const isLast = (firstByte & Bit.fin) !== 0
    if (this.#started.opcode === Opcode.Text && !this.#started.isCompressed) return this.#readTextPiece(payload, isLast)
    return this.#gather(this.#started, payload, isLast)
  }

  /** @returns null for a message that an extension defines, which is not delivered */
  #startedBy(opcode: number, firstByte: number): Started | null {
    if (opcode !== Opcode.Text && opcode !== Opcode.Binary) return null
    return { opcode, isCompressed: (firstByte & this.#decoder.policy.compressedBit) !== 0 }
  }

  /** A text that arrives in pieces. */
  #readTextPiece(payload: Uint8Array<ArrayBuffer>, isLast: boolean): Message<TextOf<As>> | null {
    if (isLast && this.#text === null) return this.#textOf(payload)
    const text = (this.#text ??= new TextPieces())
    const checked = isLast ? text.end(payload) : text.add(payload)
    this.#assertFits(text.length)
    if (checked === null) return null
    if (!(checked instanceof Uint8Array)) return this.#refuseText(checked.found)
    this.#forget()
    return this.#textOf(checked)
  }

  /** Any other message, which may arrive in pieces. */
  #gather({ opcode, isCompressed }: Started, payload: Uint8Array<ArrayBuffer>, isLast: boolean): Message<TextOf<As>> | null {
    if (!isLast) {
      const pieces = (this.#pieces ??= new Pieces())
      pieces.add(payload, 0, payload.length, true)
      return null
    }
    const pieces = this.#pieces
    this.#forget()
    if (isCompressed && this.#inflate !== null) {
      const all = pieces ?? new Pieces()
      all.add(payload, 0, payload.length, true)
      this.#compressed = { opcode, data: all.joined(DEFLATE_TAIL, 0, DEFLATE_TAIL.length), inflate: this.#inflate }
      return this.#inflated(this.#compressed)
    }
    const data = pieces === null ? payload : pieces.joined(payload, 0, payload.length)
    return isCompressed ? { type: 'compressed', opcode, data } : { type: 'binary', data }
  }

  #inflated({ opcode, data, inflate }: Compressed): Message<TextOf<As>> {
    const { policy, frameOffset } = this.#decoder
    let inflated
    this.#isInflating = true
    try {
      inflated = inflateMessage(inflate, data, policy.maxMessageLength, frameOffset)
    } finally {
      this.#isInflating = false
    }
    this.#compressed = null
    return opcode === Opcode.Text ? this.#textOf(inflated) : { type: 'binary', data: inflated }
  }

  /** A text that has arrived as a whole. */
  #textOf(data: Uint8Array<ArrayBuffer>): Message<TextOf<As>> {
    this.#assertFits(data.length)
    let text
    try {
      text = this.#textForm.read(data)
    } catch (cause) {
      if (isErrorNamed(cause, 'TypeError')) throw cause // There is no TextDecoder.
      return this.#refuseLength(data.length, cause)
    }
    return text === null ? this.#refuseText(foundInText(data, offendingIndex(data))) : { type: 'text', data: text }
  }

  /** Texts that cannot become strings are refused as soon as so many bytes of them have arrived. */
  #assertFits(length: number): void {
    if (length > this.#textForm.maxLength) this.#refuseLength(length)
  }

  #refuseLength(length: number, cause?: unknown): never {
    const found = `${length} bytes of a text are more than a string can hold`
    throw new ProtocolError('message-too-long', this.#decoder.frameOffset, found, cause)
  }

  #refuseText(found: string): never {
    throw new ProtocolError('text-utf8', this.#decoder.frameOffset, found)
  }

  /** @returns null for a control frame that an extension defines */
  #controlMessageOf(opcode: number, payload: Uint8Array<ArrayBuffer>): Message<TextOf<As>> | null {
    const { closePayload } = this.#decoder
    if (opcode === Opcode.Ping) return { type: 'ping', data: payload }
    if (opcode === Opcode.Pong) return { type: 'pong', data: payload }
    if (closePayload === null) return null
    this.#forget()
    return { type: 'close', ...closePayload }
  }

  #forget(): void {
    this.#text = null
    this.#pieces = null
    this.#compressed = null
  }
}

/** The bytes of a message, unless it is a string or a Close frame's. */
function bytesOf(message: Message<string | Uint8Array<ArrayBuffer>>): Uint8Array | null {
  return message.type === 'close' || typeof message.data === 'string' ? null : message.data
}
