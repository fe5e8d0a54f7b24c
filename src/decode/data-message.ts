/**
 * Data messages (RFC 6455, sections 5.4, 5.6 and 8.1): joins payloads, checks and decodes texts, inflates compressed messages.
 *
 * The payload of a message in one frame is delivered without a copy. The payloads of fragments are joined, and no fragment leaves anything
 * else behind.
 */
import type { MessageState } from '../protocol/message-state.js'
import { Opcode } from '../protocol/opcode.js'
import { ProtocolError } from '../protocol/rules.js'
import { isErrorNamed } from '../util/arguments.js'
import { CalledFromInflateError, DEFLATE_TAIL, inflateMessage } from './inflate.js'
import type { Inflate } from './inflate.js'
import type { Message } from './message.js'
import { Pieces } from './pieces.js'
import { foundInText, textForm } from './text.js'
import type { TextAs, TextForm, TextOf } from './text.js'

/** A complete compressed message. */
interface Compressed {
  readonly opcode: 1 | 2
  /** In the form that {@link Inflate} expects. */
  readonly data: Uint8Array<ArrayBuffer>
  readonly inflate: Inflate
  /** In bytes. */
  readonly maxMessageLength: number
  readonly frameOffset: number
  /** Whether `inflate` is running. */
  isInflating: boolean
}

/** `frameOffset` is always the position in the stream of the last frame, in bytes. */
export class DataMessages<As extends TextAs> {
  readonly #textForm: TextForm<As>
  readonly #inflate: Inflate | null

  /** The fragments of the message in progress. */
  #pieces: Pieces | null = null
  /** The message to inflate. It stays here while `inflate` runs. */
  #compressed: Compressed | null = null

  constructor(textAs: As | 'string', inflate: Inflate | null) {
    this.#textForm = textForm<As>(textAs)
    this.#inflate = inflate
  }

  /** How many bytes are buffered. */
  get length(): number {
    return (this.#pieces?.length ?? 0) + (this.#compressed?.data.length ?? 0)
  }

  /** @throws TypeError if `inflate` is running */
  assertNotInflating(): void {
    if (this.#compressed?.isInflating) throw new CalledFromInflateError()
  }

  /**
   * Adds the payload of a data frame. That of an uncompressed text has been checked already.
   *
   * @param state - the state of the message
   * @param isLast - whether this is the last frame of the message
   * @param maxMessageLength - limit of the inflated message, in bytes
   * @returns the message if it is complete; null before, and always for the opcodes of extensions, which are not delivered
   */
  add(
    state: MessageState,
    payload: Uint8Array<ArrayBuffer>,
    isLast: boolean,
    maxMessageLength: number,
    frameOffset: number,
  ): Message<TextOf<As>> | null {
    const { opcode, isCompressed } = state
    if (opcode !== Opcode.Text && opcode !== Opcode.Binary) return null
    if (!isLast) {
      const pieces = (this.#pieces ??= new Pieces())
      pieces.add(payload, 0, payload.length, true)
      return null
    }
    const pieces = this.#pieces
    this.forget()
    if (isCompressed && this.#inflate !== null) {
      const all = pieces ?? new Pieces()
      all.add(payload, 0, payload.length, true)
      const data = joined(all, DEFLATE_TAIL)
      this.#compressed = { opcode, data, inflate: this.#inflate, maxMessageLength, frameOffset, isInflating: false }
      return this.inflated()
    }
    const data = pieces === null ? payload : joined(pieces, payload)
    if (isCompressed) return { type: 'compressed', opcode, data }
    return opcode === Opcode.Text ? this.text(data, null, true, frameOffset) : { type: 'binary', data }
  }

  /**
   * Makes a message of a complete text.
   *
   * @param maskingKey - the key that the text is masked with, or null
   * @param isValid - whether it has been checked already
   * @throws ProtocolError `text-utf8`, or `message-too-long` if a string cannot hold the text
   */
  text(data: Uint8Array<ArrayBuffer>, maskingKey: number | null, isValid: boolean, frameOffset: number): Message<TextOf<As>> {
    if (data.length > this.#textForm.maxLength) throw tooLong(data.length, frameOffset)
    let text
    try {
      text = this.#textForm.read(data, maskingKey, isValid)
    } catch (cause) {
      if (isErrorNamed(cause, 'TypeError')) throw cause // The platform has no TextDecoder.
      throw tooLong(data.length, frameOffset, cause)
    }
    if (text === null) throw new ProtocolError('text-utf8', frameOffset, foundInText(data))
    return { type: 'text', data: text }
  }

  /** @returns the inflated message; null if no message waits. If `inflate` uses the reader, the message stays and can be read again. */
  inflated(): Message<TextOf<As>> | null {
    if (this.#compressed === null) return null
    const compressed = this.#compressed
    const { opcode, data, inflate, maxMessageLength, frameOffset } = compressed
    let inflated
    compressed.isInflating = true
    try {
      inflated = inflateMessage(inflate, data, maxMessageLength, frameOffset)
    } finally {
      compressed.isInflating = false
    }
    this.#compressed = null
    return opcode === Opcode.Text ? this.text(inflated, null, false, frameOffset) : { type: 'binary', data: inflated }
  }

  /** Discards the message in progress. */
  forget(): void {
    this.#pieces = null
    this.#compressed = null
  }
}

/** Joins all pieces and a last one in a new array. */
function joined(pieces: Pieces, last: Uint8Array): Uint8Array<ArrayBuffer> {
  pieces.add(last, 0, last.length, true)
  return pieces.joined()
}

function tooLong(length: number, frameOffset: number, cause?: unknown): ProtocolError {
  return new ProtocolError('message-too-long', frameOffset, `${length} bytes of a text are more than a string can hold`, cause)
}
