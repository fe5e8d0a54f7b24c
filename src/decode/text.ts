/**
 * The text of a message, which must be UTF-8 as a whole, though not frame by frame (RFC 6455, sections 5.6 and 8.1).
 */
import { octetAt } from '../util/octets.js'
import { decodeText } from '../util/utf8.js'
import { Pieces } from './pieces.js'
import { TextState, checkUtf8, offendingAt } from './utf8-check.js'

/** Why the bytes are not UTF-8. */
export interface TextViolation {
  /** How many bytes of the piece make it certain. */
  readonly pieceBytes: number
  readonly found: string
}

/** Checks a text piece by piece. */
export class TextCheck {
  #state: number = TextState.ascii
  /** How many bytes of the text have been checked. */
  #length = 0

  /**
   * @param isLast - whether the text ends with this piece
   * @returns null if it is UTF-8 so far; otherwise there is nothing more to check
   */
  check(piece: Uint8Array, isLast: boolean): TextViolation | null {
    const { length } = piece
    const before = this.#state
    this.#state = checkUtf8(piece, 0, length, before)
    if (this.#state === TextState.invalid) {
      const index = offendingAt(piece, 0, length, before)
      return { pieceBytes: index + 1, found: foundAt(piece, index, this.#length) }
    }
    this.#length += length
    const isCut = isLast && this.#state < 0
    return isCut ? { pieceBytes: length, found: CUT_OFF } : null
  }
}

const CUT_OFF = 'the text ends inside a character'

/** @param before - how many bytes of the text come before these */
function foundAt(bytes: Uint8Array, index: number, before: number): string {
  return `byte ${before + index} of the text is 0x${octetAt(bytes, index).toString(16)}`
}

/** What is wrong with a whole text that is not UTF-8. */
export function foundInText(text: Uint8Array): string {
  const { length } = text
  const isCut = checkUtf8(text, 0, length, TextState.ascii) < 0
  return isCut ? CUT_OFF : foundAt(text, offendingAt(text, 0, length, TextState.ascii), 0)
}

/** How texts are delivered. */
export type TextAs = 'string' | 'bytes'

/** The type of a text that is delivered as `As` says. */
export type TextOf<As extends TextAs> = As extends 'bytes' ? Uint8Array<ArrayBuffer> : string

/** A form in which texts are delivered. */
export interface TextForm<As extends TextAs> {
  /** In bytes. */
  readonly maxLength: number
  /**
   * @returns the text; null if the bytes are not UTF-8
   * @throws what the platform throws if it cannot hold a text of this length
   */
  readonly read: (bytes: Uint8Array<ArrayBuffer>) => TextOf<As> | null
}

/** The longest string of V8 in Node.js, in characters, each of which takes at least one byte of UTF-8. */
const MAX_STRING_LENGTH = 536_870_888

const stringForm: TextForm<'string'> = { maxLength: MAX_STRING_LENGTH, read: decodeText }
const bytesForm: TextForm<'bytes'> = { maxLength: Infinity, read: (bytes) => (isUtf8(bytes) ? bytes : null) }

export function textForm<As extends TextAs>(textAs: As | 'string'): TextForm<As>
export function textForm(textAs: TextAs): TextForm<'string'> | TextForm<'bytes'> {
  return textAs === 'bytes' ? bytesForm : stringForm
}

function isUtf8(bytes: Uint8Array): boolean {
  const state = checkUtf8(bytes, 0, bytes.length, TextState.ascii)
  return state === TextState.ascii || state === TextState.utf8
}

/** Gathers a text that arrives in pieces, each of which is checked as it arrives. */
export class TextPieces {
  readonly #check = new TextCheck()
  readonly #pieces = new Pieces()

  /** What has arrived, in bytes. */
  get length(): number {
    return this.#pieces.length
  }

  /** @returns null if the text is UTF-8 so far; otherwise there is nothing more to add */
  add(piece: Uint8Array): TextViolation | null {
    const violation = this.#check.check(piece, false)
    this.#pieces.add(piece, 0, piece.length, true)
    return violation
  }

  /** @returns the bytes of the text, of which this piece is the last, in an array of their own; or what is wrong */
  end(piece: Uint8Array): Uint8Array<ArrayBuffer> | TextViolation {
    return this.#check.check(piece, true) ?? this.#pieces.joined(piece, 0, piece.length)
  }
}
