/**
 * Reads base64 and base64url (RFC 4648, sections 4 and 5).
 */
import { ByteList } from './byte-list.js'
import { lineEndFrom, skipSpace } from './characters.js'

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const DATA_URL = /data:[^,\s]{0,200};base64,/iy

/**
 * Reads base64 only if it has padding, letters of both cases or the head of a data URL: without these any word, or hex with a typing
 * error, would pass for base64.
 *
 * @returns null if the text is not base64, or might be something else
 */
export function readBase64(text: string): Uint8Array<ArrayBuffer> | null {
  let at = skipSpace(text, 0)
  DATA_URL.lastIndex = at
  const isDataUrl = DATA_URL.test(text)
  if (isDataUrl) at = DATA_URL.lastIndex
  const bytes = new ByteList(((text.length - at) * 3) >> 2)
  const seen = { upper: false, lower: false, sign: false, padding: 0 }
  /** The lengths of runs of characters other than `-` and `_`: short runs with these between them may be hex with separators. */
  const run = { current: 0, longest: 0 }
  let count = 0
  let bits = 0
  for (; at < text.length; at++) {
    const next = skipSpace(text, at)
    if (next > at) {
      // Blanks may stand at the ends of a line, not inside it.
      if (next < text.length && lineEndFrom(text, at, next) === next) return null
      at = next - 1
      continue
    }
    const character = text.charAt(at)
    if (character === '=') {
      seen.padding++
      continue
    }
    const value = valueOf(character)
    if (value < 0 || seen.padding > 0) return null
    if (value < 26) seen.upper = true
    else if (value < 52) seen.lower = true
    const isSign = character === '-' || character === '_'
    if (isSign) seen.sign = true
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
  const isMarked = isDataUrl || seen.padding > 0 || (seen.upper && seen.lower && (!seen.sign || run.longest > 3))
  return isWhole && isPadded && isMarked ? bytes.toBytes() : null
}

function valueOf(character: string): number {
  if (character === '+' || character === '-') return 62
  if (character === '/' || character === '_') return 63
  return DIGITS.indexOf(character)
}
