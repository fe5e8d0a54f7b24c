/**
 * Data messages (RFC 6455, sections 5.4, 5.6 and 8.1): payloads put together, texts checked and decoded, compressed messages inflated.
 *
 * A message that arrives in one piece is delivered as it is; one that arrives in several is gathered in one buffer, which is all that
 * fragments leave behind, however many there are.
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

/** A compressed message that has arrived as a whole. */
interface Compressed {
  readonly opcode: 1 | 2
  /** As {@link Inflate} takes it. */
  readonly data: Uint8Array<ArrayBuffer>
  readonly inflate: Inflate
  /** In bytes. */
  readonly maxMessageLength: number
  readonly frameOffset: number
}

/** In all of it, `frameOffset` is the position in the stream of the frame that was read last, in bytes. */
export class DataMessages<As extends TextAs> {
  readonly #textForm: TextForm<As>
  readonly #inflate: Inflate | null
  #isInflating = false

  /** The fragments of the message in progress. */
  #pieces: Pieces | null = null
  /** A message that is being inflated. */
  #compressed: Compressed | null = null

  constructor(textAs: As | 'string', inflate: Inflate | null) {
    this.#textForm = textForm<As>(textAs)
    this.#inflate = inflate
  }

  /** How many bytes are held. */
  get length(): number {
    return (this.#pieces?.length ?? 0) + (this.#compressed?.data.length ?? 0)
  }

  /** @throws TypeError if it is called while `inflate` is */
  assertNotInflating(): void {
    if (this.#isInflating) throw new CalledFromInflateError()
  }

  /**
   * Takes the payload of a data frame. That of a text that is not compressed has been checked, unless it is the whole text.
   *
   * @param state - of its message
   * @param isLast - whether the message ends with it
   * @param maxMessageLength - in bytes, for what it inflates to
   * @returns the message, if it does and is delivered: what an extension's opcode carries is not
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
      this.#compressed = { opcode, data, inflate: this.#inflate, maxMessageLength, frameOffset }
      return this.inflated()
    }
    const data = pieces === null ? payload : joined(pieces, payload)
    if (isCompressed) return { type: 'compressed', opcode, data }
    return opcode === Opcode.Text ? this.text(data, frameOffset) : { type: 'binary', data }
  }

  /** A text that has arrived as a whole. */
  text(data: Uint8Array<ArrayBuffer>, frameOffset: number): Message<TextOf<As>> {
    if (data.length > this.#textForm.maxLength) throw tooLong(data.length, frameOffset)
    let text
    try {
      text = this.#textForm.read(data)
    } catch (cause) {
      if (isErrorNamed(cause, 'TypeError')) throw cause // There is no TextDecoder.
      throw tooLong(data.length, frameOffset, cause)
    }
    if (text === null) throw new ProtocolError('text-utf8', frameOffset, foundInText(data))
    return { type: 'text', data: text }
  }

  /** @returns the message that is to be inflated, if there is one; it stays if its `inflate` uses the reader */
  inflated(): Message<TextOf<As>> | null {
    if (this.#compressed === null) return null
    const { opcode, data, inflate, maxMessageLength, frameOffset } = this.#compressed
    let inflated
    this.#isInflating = true
    try {
      inflated = inflateMessage(inflate, data, maxMessageLength, frameOffset)
    } finally {
      this.#isInflating = false
    }
    this.#compressed = null
    return opcode === Opcode.Text ? this.text(inflated, frameOffset) : { type: 'binary', data: inflated }
  }

  /** Lets go of the message in progress. */
  forget(): void {
    this.#pieces = null
    this.#compressed = null
  }

}

/** All of them, and a last one, in an array of their own. */
function joined(pieces: Pieces, last: Uint8Array): Uint8Array<ArrayBuffer> {
  pieces.add(last, 0, last.length, true)
  return pieces.joined()
}

function tooLong(length: number, frameOffset: number, cause?: unknown): ProtocolError {
  return new ProtocolError('message-too-long', frameOffset, `${length} bytes of a text are more than a string can hold`, cause)
}
