/**
 * The text of a message, which must be UTF-8 as a whole, though not frame by frame (RFC 6455, sections 5.6 and 8.1).
 */
import { NOTHING, octetAt } from './octets.js'
import { Pieces } from './pieces.js'
import { decodeText, encodeText, offendingIndex, unfinishedLength, utf8Decoder } from './utf8.js'

/** Why a text is none. */
export interface TextViolation {
  /** How many bytes of the piece make it certain. */
  readonly pieceBytes: number
  readonly found: string
}

/** Follows a text from piece to piece. */
export class TextCheck {
  /** The characters that the last piece completed. */
  decoded = ''
  /** The beginning of a character whose rest has not come. */
  unfinished: Uint8Array = NOTHING
  /** How many bytes of the text come before it. */
  #length = 0

  /**
   * @param isLast - whether the text ends with this piece
   * @returns null if it is UTF-8 so far; otherwise there is nothing more to check
   */
  check(piece: Uint8Array, isLast: boolean): TextViolation | null {
    const before = this.unfinished.length
    const text = before === 0 ? piece : joined(this.unfinished, piece)
    const end = text.length - unfinishedLength(text, text.length)
    const decoded = decodeText(end === text.length ? text : text.subarray(0, end))
    if (decoded === null || (isLast && end < text.length)) {
      const index = offendingIndex(text)
      return { pieceBytes: Math.min(index + 1 - before, piece.length), found: foundInText(text, index, this.#length) }
    }
    this.decoded = decoded
    this.unfinished = end === text.length ? NOTHING : text.slice(end)
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

/** In bytes: shorter pieces are put together and decoded together, since a string of its own costs each 32 bytes. */
const LONG_PIECE = 1024

/** Decodes a text that comes in pieces, the long ones as they come. Holds at most twice the bytes that came. */
export class TextReader {
  /** What has come, in bytes. */
  length = 0
  readonly #check = new TextCheck()
  readonly #decoded: (string | Uint8Array)[] = []
  /** What comes after that: short pieces, and the beginning of a character. */
  #held = new Pieces()

  /** @returns null if the text is UTF-8 so far; otherwise there is nothing more to add */
  add(piece: Uint8Array, isLast: boolean): TextViolation | null {
    const isLong = piece.length >= LONG_PIECE
    if (isLong) this.#decodeHeld()
    const violation = this.#check.check(piece, isLast)
    if (violation !== null) return violation
    this.length += piece.length
    if (isLong) {
      this.#keep(this.#check.decoded, this.#held.length + piece.length)
    } else {
      this.#held.add(piece, 0, piece.length, true)
      if (this.#held.length >= LONG_PIECE) this.#decodeHeld()
    }
    return null
  }

  /** The text, after its last piece. */
  text(): string {
    this.#decodeHeld()
    return this.#decoded.map((part) => (typeof part === 'string' ? part : utf8Decoder().decode(part))).join('')
  }

  /** Decodes what is held but for the beginning of a character. */
  #decodeHeld(): void {
    const { length } = this.#held
    const { unfinished } = this.#check
    if (length === unfinished.length) return
    const held = this.#held.joined(unfinished, 0, 0)
    this.#keep(utf8Decoder().decode(held.subarray(0, length - unfinished.length)), length)
  }

  /** @param length - of the bytes it came from, the beginning of the next character included */
  #keep(decoded: string, length: number): void {
    const { unfinished } = this.#check
    const decodedLength = length - unfinished.length
    // ASCII takes a byte a character, other texts may take two, which is too much if they are almost ASCII.
    const isSmall = decoded.length === decodedLength || decoded.length <= decodedLength - 32
    this.#decoded.push(isSmall ? decoded : encodeText(decoded))
    this.#held = new Pieces()
    this.#held.add(unfinished, 0, unfinished.length, true)
  }
}
