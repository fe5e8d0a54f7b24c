/**
 * Splits a dump into rows (an offset, bytes, and usually a column of characters) and the lines between them.
 */
import { isCommentAt, lineEndFrom, skipBlanks } from './characters.js'
import { after } from './groups.js'

/** The separator between the offset and the bytes. */
export type Style = ':' | '-' | ' '

export interface Row {
  readonly kind: 'row'
  /** Positions of the first digit of the offset and after its last. */
  readonly at: number
  readonly digitsEnd: number
  /** Whether the offset begins with 0x. */
  readonly isPrefixed: boolean
  readonly style: Style
  /** Positions of the rest of the line, after the offset and its blanks, and of the end of the line. */
  readonly start: number
  readonly end: number
  /** The number of blanks after the offset; 2 if they begin with a tab. */
  readonly gap: number
}

export interface OtherLine {
  readonly kind: 'star' | 'heading'
  readonly at: number
  readonly end: number
  /** If the line begins like a row: the form of its offset, and the position where bytes should begin. */
  readonly broken: { readonly style: Style; readonly digits: number; readonly position: number } | null
}

export type Line = Row | OtherLine

/** strace prints a bar before each row, gdb a symbol after the offset, other tools an h. */
const HEAD = /(?:\|[ \t]{1,8})?(0x)?([0-9a-f]{1,16})(h(?=:))?(?: <[^<>\n-\r\x85\u2028\u2029]{1,99}>)?(?::|[ \t]{1,8}-(?=[ \t])|(?=\s|$))/diy
const CELL = /(?:0x)?[0-9a-f]{1,64}(?![0-9a-z])|-\d{1,3}(?![0-9a-z])/iy

/** All lines except empty ones and comments. */
export function linesOf(text: string, from: number): Line[] {
  const lines: Line[] = []
  for (let at = from; at < text.length;) {
    const start = skipBlanks(text, at, text.length)
    const end = lineEndFrom(text, start, text.length)
    if (start < end && !isCommentAt(text, start)) lines.push(lineAt(text, start, end))
    at = end + 1
  }
  return lines
}

function lineAt(text: string, at: number, end: number): Line {
  if (text.charAt(at) === '*') {
    const next = skipBlanks(text, at + 1, end)
    if (next === end || isCommentAt(text, next)) return { kind: 'star', at, end, broken: null }
  }
  HEAD.lastIndex = at
  const indices = HEAD.exec(text)?.indices
  const [digitsAt = 0, digitsEnd = 0] = indices?.[2] ?? []
  const headEnd = HEAD.lastIndex
  const mark = text.charAt(headEnd - 1)
  const digits = digitsEnd - digitsAt
  const isPrefixed = indices?.[1] !== undefined
  const style = mark === ':' || mark === '-' ? mark : ' '
  const start = skipBlanks(text, headEnd, end)
  const gap = text.charAt(headEnd) === '\t' ? 2 : start - headEnd
  const isTight = style === ':' && gap === 0 && start < end
  if (digits < (isTight ? 8 : style === ' ' ? 4 : 1)) return { kind: 'heading', at, end, broken: null }
  const hasCells = start === end || isCommentAt(text, start) || after(CELL, text, start) > start
  if (!hasCells) return { kind: 'heading', at, end, broken: { style, digits, position: start } }
  return { kind: 'row', at: digitsAt, digitsEnd, isPrefixed, style, start, end, gap }
}

/** The numbers above the columns; a byte in a line without an offset, and any separators behind it. */
const RULER = /00[ \t]+01[ \t]+02\b/y
const BYTE = /(?:0x)?[0-9a-f]{2}[\s,\u200b-\u200d\u2060]*/iy

/** Whether a line that is not a row may still hold bytes, so that it must not be skipped. */
export function mayHoldBytes(text: string, { at, end }: OtherLine): boolean {
  if (after(RULER, text, at) > at) return false
  for (let position = at; position < end;) {
    const next = after(BYTE, text, position)
    if (next === position) return false
    position = next
  }
  return true
}

/** The words of a heading without numbers, addresses and times. They change where rows of another kind or direction begin. */
export function headingKey(text: string, { at, end }: OtherLine): string {
  const words = text.slice(at, Math.min(end, at + 256)).split(/[\s,()[\]]/)
  return words.filter((word) => !/^(?:0x[0-9a-f]+|\d+(?::\d+)*(?:\.\d+)?|)$/i.test(word)).join(' ')
}
