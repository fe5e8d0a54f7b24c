/**
 * Reads base64 and base64url (RFC 4648, sections 4 and 5).
 */
import { ByteList } from './byte-list.js'
import { isLineEndAt, skipBlanks } from './characters.js'

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const DATA_URL = /data:[^,\s]{0,200};base64,/iy

/**
 * Reads base64 only if it has padding, letters of both cases or the head of a data URL: without these any word, or hex with a typing
 * error, would pass for base64.
 *
 * @returns null if the text is not base64, or might be something else
 */
export function readBase64(text: string, from: number, to: number): Uint8Array<ArrayBuffer> | null {
  let at = skipBlanks(text, from, to)
  while (at < to && isLineEndAt(text, at)) at = skipBlanks(text, at + 1, to)
  DATA_URL.lastIndex = at
  const isDataUrl = DATA_URL.test(text)
  if (isDataUrl) at = DATA_URL.lastIndex
  const bytes = new ByteList(((to - at) * 3) >> 2)
  const seen = { upper: false, lower: false, padding: 0 }
  /** Runs of characters other than `-` and `_`: short runs with these between them may be hex with separators. */
  const run = { current: 0, longest: 0, signs: 0 }
  let count = 0
  let bits = 0
  for (; at < to; at++) {
    const character = text.charAt(at)
    if (isLineEndAt(text, at)) {
      at = skipBlanks(text, at + 1, to) - 1
      continue
    }
    const next = skipBlanks(text, at, to)
    if (next > at) {
      // Blanks may stand at the end of a line, not inside it.
      if (next < to && !isLineEndAt(text, next)) return null
      at = next - 1
      continue
    }
    if (character === '=') {
      seen.padding++
      continue
    }
    const value = valueOf(character)
    if (value < 0 || seen.padding > 0) return null
    if (value < 26) seen.upper = true
    else if (value < 52) seen.lower = true
    const isSign = character === '-' || character === '_'
    if (isSign) run.signs++
    run.current = isSign ? 0 : run.current + 1
    run.longest = Math.max(run.longest, run.current)
    bits = ((bits << 6) | value) & 0xfff
    count++
    if (count % 4 === 2) bytes.add((bits >> 4) & 0xff)
    else if (count % 4 === 3) bytes.add((bits >> 2) & 0xff)
    else if (count % 4 === 0) bytes.add(bits & 0xff)
  }
  const left = count % 4
  const isWhole = left !== 1 && (left === 0 || (bits & (left === 2 ? 0xf : 0x3)) === 0)
  const isPadded = seen.padding === 0 || seen.padding === (left === 0 ? 0 : 4 - left)
  const isMarked = isDataUrl || seen.padding > 0 || (seen.upper && seen.lower && (run.signs === 0 || run.longest > 3))
  return isWhole && isPadded && isMarked ? bytes.toBytes() : null
}

function valueOf(character: string): number {
  if (character === '+' || character === '-') return 62
  if (character === '/' || character === '_') return 63
  return DIGITS.indexOf(character)
}
