/**
 * Recognises the column of characters beside the bytes of a dump.
 */
import { octetAt } from '../util/octets.js'
import { isBlankAt, skipBlanks } from './characters.js'

// prettier-ignore
const DELIMITED = [['', ''], ['|', '|'], ['>', '<'], ['*', '*'], ['|', ''], ['; ', ''], ['', '|']] as const

/** Whether the text between two positions shows these bytes as characters, as any common tool does. */
export function isColumnOf(bytes: Uint8Array, text: string, from: number, to: number): boolean {
  const left = skipBlanks(text, from, to)
  // Blanks at the end of a line are often left over, and show nothing.
  if (left === to) return false
  let right = to
  while (isBlankAt(text, right - 1)) right--
  let spaces = 0
  while (octetAt(bytes, spaces) === 0x20) spaces++
  return DELIMITED.some(([opening, closing]) => {
    if (!text.startsWith(opening, left) || !text.endsWith(closing, right)) return false
    // A single bar may be both delimiters, if all characters are blanks that were lost.
    const start = left + opening.length
    let end = right - closing.length
    while (opening === '' && isBlankAt(text, end - 1)) end--
    // A column without delimiters has lost the blanks at its ends.
    return [0, opening === '' ? spaces : 0].some(
      (first) => shows(bytes, first, text, start, end, Infinity) || shows(bytes, first, text, start, end, 8),
    )
  })
}

/** @param half - the index of the byte before which Wireshark prints an extra blank */
function shows(bytes: Uint8Array, index: number, text: string, at: number, end: number, half: number): boolean {
  for (; at < end && index < bytes.length; at++, index++) {
    if (index === half && isBlankAt(text, at)) at++
    if (!isShownAs(octetAt(bytes, index), text.charAt(at))) return false
  }
  while (octetAt(bytes, index) === 0x20) index++
  return at >= end && index >= bytes.length
}

/**
 * A printable byte appears as its character; any other byte as a sign that is neither a letter nor a digit, nor one that begins a comment
 * or a column, or stands between bytes.
 */
function isShownAs(byte: number, character: string): boolean {
  return byte > 0x20 && byte < 0x7f ? character === String.fromCharCode(byte) : !/[0-9a-z#|,]/i.test(character)
}
