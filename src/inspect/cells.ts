/**
 * The bytes in a row of a dump: cells of one width in one base, up to the column of characters.
 */
import { viewOf } from '../util/memory.js'
import { ByteList } from './byte-list.js'
import { digitAt, isCommentAt, skipBlanks } from './characters.js'
import type { Row } from './rows.js'

/** What the cells of a dump are. Words are little-endian, as all machines have them on which dumps are made today. */
export interface CellKind {
  readonly base: 2 | 8 | 10 | 16
  /** In characters; of decimal numbers the most. */
  readonly width: number
  readonly bytes: number
  readonly areWords: boolean
  readonly isPrefixed: boolean
  /** Whether this is the usual order of bytes in such cells: the other is taken only where the characters show it. */
  readonly isUsual: boolean
}

/** The bytes of a row, which ends after one of its cells. */
export interface Cells {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** For each cell, how many bytes there are up to its end, and where that is. */
  readonly stops: readonly { readonly count: number; readonly end: number }[]
  /** How many bytes there are before a gap that may be the one before the characters, or may be that of two halves; 0 without. */
  readonly half: number
}

/** The kinds that the first cells of all rows can be, the likeliest first. */
export function kindsOf(text: string, rows: readonly Row[], areWords: boolean): CellKind[] {
  const first = rows.filter(({ start, end }) => start < end && !isCommentAt(text, start))
  const cells = first.map(({ start, end }) => text.slice(start, cellEnd(text, start, Math.min(end, start + 64))).toLowerCase())
  const isPrefixed = cells.every((cell) => cell.startsWith('0x'))
  const digits = isPrefixed ? cells.map((cell) => cell.slice(2)) : cells
  const width = digits.reduce((most, cell) => Math.max(most, cell.length), 0)
  const all = (pattern: RegExp): boolean => digits.every((cell) => pattern.test(cell))
  const kind = (base: CellKind['base'], bytes: number, words = false, isUsual = true): CellKind => ({
    base, width: base === 10 && bytes === 1 ? 4 : width, bytes, areWords: words, isPrefixed, isUsual,
  })
  const kinds: CellKind[] = []
  if (!isPrefixed && all(/^[01]{8}$/)) kinds.push(kind(2, 1))
  if (all(/^(?:[0-9a-f]{2})+$/)) {
    kinds.push(kind(16, width / 2, areWords && width > 2))
    // A word that is not complete is aligned to the right.
    const mayBeWords = [4, 8, 16].includes(width) || (width > 2 && width < 16 && first.every(({ gap }) => gap > 1))
    if (mayBeWords && !isPrefixed) kinds.push(kind(16, width / 2, !areWords, false))
  }
  if (isPrefixed) return kinds
  if (all(/^[0-3][0-7]{2}$/)) kinds.push(kind(8, 1))
  // od aligns decimal bytes; in hex there is one blank before each.
  const areAligned = areWords && first.every(({ gap }) => gap > 1)
  if (all(/^-?\d{1,3}$/) && (areAligned || !all(/^\d\d$/))) kinds.push(kind(10, 1))
  if (areWords && all(/^[01][0-7]{5}$/)) kinds.push(kind(8, 2, true))
  if (areWords && width === 5 && all(/^\d{1,5}$/)) kinds.push(kind(10, 2, true))
  return kinds
}

function cellEnd(text: string, at: number, end: number): number {
  if (text.charAt(at) === '-') at++
  while (at < end && /[0-9a-z]/i.test(text.charAt(at))) at++
  return at
}

/** Reads the cells of a row. A gap that is wider than the first ends them, if there is one that ends hex. */
export function readCells(text: string, { start, end, style }: Row, kind: CellKind): Cells {
  const bytes = new ByteList(16)
  const stops: { count: number; end: number }[] = []
  let half = 0
  let usual = 0
  let count = 0
  for (let at = start; ; ) {
    let cell = skipBlanks(text, at, end)
    if (style === '-' && cell === at && count > 0 && text.charAt(at) === '-') cell++
    const after = cellEnd(text, cell, Math.min(end, cell + 65))
    const size = appendCell(text, cell, after, kind, bytes)
    if (size === 0) break
    if (kind.base === 16 && count > 0) {
      const gap = cell - at - (kind.areWords ? kind.width - (after - cell) : 0)
      if (usual === 0) usual = size < kind.bytes ? 1 : gap
      const isHalf = kind.bytes === 1 && count === 8 && gap === usual + 1
      if (isHalf) half = count
      else if (gap > usual) break
    }
    count += size
    stops.push({ count, end: after })
    at = after
    if (kind.base === 16 && size < kind.bytes) break
  }
  return { bytes: viewOf(bytes.toBytes(), 0, count), stops, half }
}

/** @returns how many bytes there are in the cell; 0 if it is none of this kind */
function appendCell(text: string, from: number, to: number, kind: CellKind, bytes: ByteList): number {
  const { base, width, areWords, isPrefixed } = kind
  if (isPrefixed && !/^0x$/i.test(text.slice(from, from + 2))) return 0
  const isNegative = base === 10 && kind.bytes === 1 && text.charAt(from) === '-'
  const start = from + (isPrefixed ? 2 : isNegative ? 1 : 0)
  const length = to - start
  if (length <= 0 || length > width || (base === 16 ? length % 2 > 0 : base !== 10 && length < width)) return 0
  // Decimal bytes are padded with blanks, octal ones with zeros.
  if (base === 10 && kind.bytes === 1 && length > 1 && text.charAt(start) === '0') return 0
  let value = 0
  for (let at = start; at < to; at++) {
    const digit = digitAt(text, at)
    if (digit < 0 || digit >= base) return 0
    value = value * base + digit
  }
  if (base === 16) return appendHexCell(text, start, to, areWords, bytes)
  if (value >= 2 ** (8 * kind.bytes) || (isNegative && value > 128)) return 0
  if (isNegative) value = 256 - value
  for (let index = 0; index < kind.bytes; index++) bytes.add((value >> (8 * index)) & 0xff)
  return kind.bytes
}

function appendHexCell(text: string, from: number, to: number, areWords: boolean, bytes: ByteList): number {
  for (let offset = 0; offset < to - from; offset += 2) {
    const at = areWords ? to - 2 - offset : from + offset
    bytes.add(digitAt(text, at) * 16 + digitAt(text, at + 1))
  }
  return (to - from) / 2
}
