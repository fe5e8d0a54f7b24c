/**
 * Reads string and character literals with escapes, as most languages write them.
 */
import type { ByteList } from './byte-list.js'
import { digitAt } from './characters.js'
import { failAt, refuseAt } from './unreadable.js'

const NAMED: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  e: 27,
  '"': 0x22,
  "'": 0x27,
  '`': 0x60,
  '\\': 0x5c,
  '/': 0x2f,
  '?': 0x3f,
  $: 0x24,
}

export interface Literal {
  /** Where the characters between the quotes begin. */
  readonly start: number
  /** Whether it has an escape. Without one, the literal may hold text such as hex. */
  readonly escaped: boolean
  /** Whether its prefix declares bytes: `b'...'`. */
  readonly declared: boolean
  /** The position after it. */
  readonly end: number
}

/** The prefix and the opening quote of a literal: b"", L"", u8"", $'', @"". Not rb"", which has no escapes. */
const OPENING = /(b|u8|u|L|\$|@)?(["'`])/iy

/** @returns the position of the opening quote of a literal that begins here; negative if there is none */
export function quoteAt(text: string, position: number): number {
  OPENING.lastIndex = position
  const opening = OPENING.exec(text)
  return opening === null ? -1 : position + opening[0].length - 1
}

/** @returns the position after the literal whose opening quote is at `quote`; `to` if the closing quote is missing */
export function literalEnd(text: string, quote: number, to: number): number {
  const mark = text.charAt(quote)
  for (let at = quote + 1; at < to; at++) {
    if (text.charAt(at) === mark) return at + 1
    if (text.charAt(at) === '\\') at++
  }
  return to
}

/** @returns null if no literal begins at the position */
export function readLiteral(text: string, position: number, to: number): Literal | null {
  const quote = quoteAt(text, position)
  if (quote < 0) return null
  const end = literalEnd(text, quote, to)
  if (text.charAt(end - 1) !== text.charAt(quote) || end - 1 === quote) failAt(text, end, `a closing ${text.charAt(quote)}`)
  const backslash = text.slice(quote + 1, end - 1).indexOf('\\')
  return { start: quote + 1, end, escaped: backslash >= 0, declared: /b/i.test(text.slice(position, quote)) }
}

/** Reads characters and escapes between two positions. */
export function readEscaped(text: string, from: number, to: number, bytes: ByteList): void {
  for (let at = from; at < to;) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) {
      at = readEscape(text, at + 1, to, bytes)
    } else {
      if (code > 0x7e) refuseAt(text, at, 'this character may be one byte or several: write escapes, \\xe9 or \\xc3\\xa9 for "\u00e9"')
      bytes.add(code)
      at++
    }
  }
}

/** @returns the position after the escape whose backslash is before `position` */
function readEscape(text: string, position: number, to: number, bytes: ByteList): number {
  const name = text.charAt(position)
  if (name === '\n' || name === '\r') return position + (text.startsWith('\r\n', position) ? 2 : 1)
  if (name === 'x') return readHexEscape(text, position + 1, Math.min(to, position + 3), 1, bytes)
  if (name === 'u' && text.charAt(position + 1) === '{') {
    const end = readHexEscape(text, position + 2, Math.min(to, position + 8), 1, bytes)
    if (text.charAt(end) !== '}') failAt(text, end, 'a closing }')
    return end + 1
  }
  if (name === 'u') return readHexEscape(text, position + 1, Math.min(to, position + 5), 4, bytes)
  if (name >= '0' && name <= '7') return readOctalEscape(text, position, Math.min(to, position + 3), bytes)
  const byte = position < to ? NAMED[name] : undefined
  if (byte === undefined) failAt(text, position, 'an escape: \\x81, \\201, \\n, \\\\')
  bytes.add(byte)
  return position + 1
}

function readHexEscape(text: string, from: number, to: number, least: number, bytes: ByteList): number {
  let value = 0
  let at = from
  for (let digit; at < to && (digit = digitAt(text, at)) >= 0; at++) value = value * 16 + digit
  if (at < from + least) failAt(text, at, 'hex digits')
  return addByte(text, from, at, value, bytes)
}

function readOctalEscape(text: string, from: number, to: number, bytes: ByteList): number {
  let value = 0
  let at = from
  for (; at < to && text.charAt(at) >= '0' && text.charAt(at) <= '7'; at++) value = value * 8 + digitAt(text, at)
  return addByte(text, from, at, value, bytes)
}

function addByte(text: string, from: number, end: number, value: number, bytes: ByteList): number {
  if (value > 0xff) failAt(text, from, 'the value of one byte', text.slice(from, end))
  bytes.add(value)
  return end
}
