/**
 * The text of a message, which must be UTF-8 as a whole, though not frame by frame (RFC 6455, sections 5.6 and 8.1).
 */
import { octetAt } from './octets.js'
import { offendingIndex, unfinishedLength } from './utf8.js'

/** Why a text is none. */
export interface TextViolation {
  /** How many bytes of the piece make it certain. */
  readonly pieceBytes: number
  readonly found: string
}

const NOTHING = /* @__PURE__ */ new Uint8Array(0)

/** Follows a text from piece to piece. */
export class TextCheck {
  /** The beginning of a character whose rest has not come. */
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
    const index = offendingIndex(text)
    if (index !== null) return { pieceBytes: index + 1 - before, found: foundInText(text, index, this.#length) }
    const unfinished = unfinishedLength(text, text.length)
    if (isLast && unfinished > 0) return { pieceBytes: piece.length, found: foundInText(text, null) }
    this.#length += text.length - unfinished
    this.#unfinished = unfinished === 0 ? NOTHING : text.slice(text.length - unfinished)
    return null
  }
}

/**
 * @param index - of the byte that made it certain; null if the last character is not completed
 * @param before - how many bytes of the text come before these
 */
export function foundInText(text: Uint8Array, index: number | null, before = 0): string {
  if (index === null) return 'the text ends inside a character'
  return `byte ${before + index} of the text is 0x${octetAt(text, index).toString(16)}`
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
