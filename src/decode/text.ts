/**
 * The text of a message, which must be UTF-8 as a whole, though not frame by frame (RFC 6455, sections 5.6 and 8.1).
 */
import { NOTHING, octetAt } from '../util/octets.js'
import { viewOf } from '../util/memory.js'
import { Pieces } from './pieces.js'
import { decodeText, offendingIndex, unfinishedLength } from '../util/utf8.js'

/** Why the bytes are not UTF-8. */
export interface TextViolation {
  /** How many bytes of the piece make it certain. */
  readonly pieceBytes: number
  readonly found: string
}

/** Checks a text piece by piece. */
export class TextCheck {
  /** The beginning of a character whose rest has not arrived. */
  #unfinished: Uint8Array = NOTHING
  /** How many bytes of the text come before it. */
  #length = 0

  /**
   * @param isLast - whether the text ends with this piece
   * @returns null if it is UTF-8 so far; otherwise there is nothing more to check
   */
  check(piece: Uint8Array, isLast: boolean): TextViolation | null {
    const before = this.#unfinished.length
    const text = before === 0 ? piece : joined(this.#unfinished, piece)
    const end = text.length - unfinishedLength(text, text.length)
    const decoded = decodeText(end === text.length ? text : viewOf(text, 0, end))
    if (decoded === null || (isLast && end < text.length)) {
      const index = offendingIndex(text)
      return { pieceBytes: Math.min(index + 1 - before, piece.length), found: foundInText(text, index, this.#length) }
    }
    this.#unfinished = end === text.length ? NOTHING : new Uint8Array(viewOf(text, end, text.length))
    this.#length += end
    return null
  }
}

/**
 * @param index - of the byte that made it certain; the length of the text if its last character is not completed
 * @param before - how many bytes of the text come before these
 */
export function foundInText(text: Uint8Array, index: number, before = 0): string {
  if (index === text.length) return 'the text ends inside a character'
  return `byte ${before + index} of the text is 0x${octetAt(text, index).toString(16)}`
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
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
  return offendingIndex(bytes) === bytes.length && unfinishedLength(bytes, bytes.length) === 0
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
