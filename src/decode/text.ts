/**
 * Checks and decodes the text of a message. The whole text must be UTF-8; a fragment may end inside a character (RFC 6455, sections 5.6
 * and 8.1).
 */
import { maskInPlace, readUnmasked } from '../mask/mask.js'
import { octetAt } from '../util/octets.js'
import { decodeText, decodeValidText } from '../util/utf8.js'
import { TextState, checkMaskedUtf8, checkUtf8, offendingAt, unmaskUtf8, unmaskedCopy } from './utf8-check.js'

/** Why the bytes are not UTF-8. */
export interface TextViolation {
  /** How many bytes of the last piece make the violation certain. */
  readonly pieceBytes: number
  readonly found: string
}

/** Checks a text piece by piece. Nothing is checked after a violation. */
export class TextCheck {
  #state: number = TextState.ascii
  /** How many bytes of the text have been checked. */
  #length = 0
  /** The violation, as soon as it is certain. */
  violation: TextViolation | null = null

  /** Checks a piece. */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.violation === null) this.#enter(checkUtf8(bytes, start, end, this.#state), bytes, start, end)
  }

  /**
   * Checks a masked piece, and leaves it masked.
   *
   * @param keyOffset - position of the piece in the payload of its frame, in bytes
   */
  addMasked(bytes: Uint8Array, start: number, end: number, maskingKey: number, keyOffset: number): void {
    if (this.violation !== null) return
    const state = checkMaskedUtf8(bytes, start, end, maskingKey, keyOffset, this.#state)
    if (state === TextState.invalid) {
      this.#enter(state, unmaskedCopy(bytes, start, end, maskingKey, keyOffset), 0, end - start)
    } else {
      this.#enter(state, bytes, start, end)
    }
  }

  /**
   * Copies a piece, unmasks and checks it.
   *
   * @param source - must not overlap the target, unless it is the target and `targetStart` is `start`
   * @param keyOffset - position of the piece in the payload of its frame, in bytes
   */
  unmask(
    source: Uint8Array,
    start: number,
    end: number,
    target: Uint8Array,
    targetStart: number,
    maskingKey: number,
    keyOffset: number,
  ): void {
    if (this.violation !== null) return
    const state = unmaskUtf8(source, start, end, target, targetStart, maskingKey, keyOffset, this.#state)
    this.#enter(state, target, targetStart, targetStart + end - start)
  }

  /**
   * Ends the text.
   *
   * @param pieceBytes - the length of the last piece
   */
  end(pieceBytes: number): void {
    if (this.#state < 0) this.violation = { pieceBytes, found: CUT_OFF }
  }

  #enter(state: number, bytes: Uint8Array, start: number, end: number): void {
    if (state === TextState.invalid) {
      const at = offendingAt(bytes, start, end, this.#state)
      this.violation = { pieceBytes: at - start + 1, found: foundAt(bytes, at, this.#length + at - start) }
    }
    this.#state = state
    this.#length += end - start
  }
}

const CUT_OFF = 'the text ends inside a character'

/** @param index - of the byte in the text */
function foundAt(bytes: Uint8Array, at: number, index: number): string {
  return `byte ${index} of the text is 0x${octetAt(bytes, at).toString(16)}`
}

/** What is wrong with a whole text that is not UTF-8. */
export function foundInText(text: Uint8Array): string {
  const { length } = text
  const isCut = checkUtf8(text, 0, length, TextState.ascii) < 0
  if (isCut) return CUT_OFF
  const index = offendingAt(text, 0, length, TextState.ascii)
  return foundAt(text, index, index)
}

/** How texts are delivered. */
export type TextAs = 'string' | 'bytes'

/** The type of a text with `textAs: As`. */
export type TextOf<As extends TextAs> = As extends 'bytes' ? Uint8Array<ArrayBuffer> : string

/** How texts of one form are read. */
export interface TextForm<As extends TextAs> {
  /** In bytes. */
  readonly maxLength: number
  /**
   * @param maskingKey - the key that the bytes are masked with, or null
   * @param isValid - whether the bytes are known to be UTF-8
   * @returns the text; null if the bytes are not UTF-8: they are then unmasked
   * @throws the platform's error if the text is too long for a string, or if there is no `TextDecoder`
   */
  readonly read: (bytes: Uint8Array<ArrayBuffer>, maskingKey: number | null, isValid: boolean) => TextOf<As> | null
}

/** The longest string of V8 in Node.js, in UTF-16 code units. A text of more bytes may not fit. */
const MAX_STRING_LENGTH = 536_870_888

const stringForm: TextForm<'string'> = { maxLength: MAX_STRING_LENGTH, read: stringOf }
const bytesForm: TextForm<'bytes'> = { maxLength: Infinity, read: (bytes, _key, isValid) => (isValid || isUtf8(bytes) ? bytes : null) }

export function textForm<As extends TextAs>(textAs: As | 'string'): TextForm<As>
export function textForm(textAs: TextAs): TextForm<'string'> | TextForm<'bytes'> {
  return textAs === 'bytes' ? bytesForm : stringForm
}

function stringOf(bytes: Uint8Array, maskingKey: number | null, isValid: boolean): string | null {
  if (maskingKey === null) return isValid ? decodeValidText(bytes) : decodeText(bytes)
  const text = readUnmasked(bytes, maskingKey, decodeUnmasked)
  if (text !== null) return text
  // There is no kernel, or the text is not UTF-8.
  maskInPlace(bytes, 0, bytes.length, maskingKey, 0)
  return decodeText(bytes)
}

/** Decodes a text where the kernel has unmasked it, which need not be copied back. Benchmark case: ASCII text, one frame a chunk. */
function decodeUnmasked(bytes: Uint8Array, isAscii: boolean): string | null {
  return isAscii ? decodeValidText(bytes) : decodeText(bytes)
}

function isUtf8(bytes: Uint8Array): boolean {
  const state = checkUtf8(bytes, 0, bytes.length, TextState.ascii)
  return state === TextState.ascii || state === TextState.utf8
}
