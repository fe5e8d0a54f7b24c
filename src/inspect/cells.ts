/**
 * Reads the bytes in a row of a dump: cells of one width in one base, up to the column of characters.
 */
import { viewOf } from '../util/memory.js'
import { ByteList } from './byte-list.js'
import { digitAt, isCommentAt, skipBlanks } from './characters.js'
import { after } from './groups.js'
import type { Row } from './rows.js'

/** What stands where a cell should be: digits with a prefix or sign, or other letters. */
const CELL = /-?[0-9a-z]*/iy

/** The form of the cells of a dump. Words are taken to be little-endian, as on all common machines. */
export interface CellKind {
  readonly base: 2 | 8 | 10 | 16
  /** Width of a cell in characters; for decimal numbers the largest width. */
  readonly width: number
  /** How many bytes a cell has. */
  readonly bytes: number
  /** Whether the last byte of a cell comes first. */
  readonly areWords: boolean
  /** Whether each cell begins with 0x. */
  readonly isPrefixed: boolean
  /** Whether this is the usual byte order of such cells. The other order is used only if the column of characters confirms it. */
  readonly isUsual: boolean
}

/** The bytes of the cells in a row. The last of them may belong to the column of characters. */
export interface Cells {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** For each cell, the number of bytes up to its end, and the position of its end. */
  readonly stops: readonly { readonly count: number; readonly end: number }[]
  /** The number of bytes before a wider gap, which may separate two halves or begin the column of characters; 0 without such a gap. */
  readonly half: number
}

/** The kinds that the first cells of all rows may have, the most likely one first. */
export function kindsOf(text: string, rows: readonly Row[], areWords: boolean): CellKind[] {
  const first = rows.filter(({ start, end }) => start < end && !isCommentAt(text, start))
  const cells = first.map(({ start }) => text.slice(start, after(CELL, text, start)).toLowerCase())
  const isPrefixed = cells.every((cell) => cell.startsWith('0x'))
  const digits = isPrefixed ? cells.map((cell) => cell.slice(2)) : cells
  const width = digits.reduce((most, cell) => Math.max(most, cell.length), 0)
  const all = (pattern: RegExp): boolean => digits.every((cell) => pattern.test(cell))
  const kind = (base: CellKind['base'], bytes: number, words = false, isUsual = true): CellKind => ({
    base,
    width: base === 10 && bytes === 1 ? 4 : width,
    bytes,
    areWords: words,
    isPrefixed,
    isUsual,
  })
  const kinds: CellKind[] = []
  if (!isPrefixed && all(/^[01]{8}$/)) kinds.push(kind(2, 1))
  if (all(/^(?:[0-9a-f]{2})+$/)) {
    kinds.push(kind(16, width / 2, areWords && width > 2))
    // An incomplete word is aligned to the right.
    const mayBeWords = width > 2 && width <= 16 && ([4, 8, 16].includes(width) || first.every(({ gap }) => gap > 1))
    if (mayBeWords && !isPrefixed) kinds.push(kind(16, width / 2, !areWords, false))
  }
  if (isPrefixed) return kinds
  if (all(/^[0-3][0-7]{2}$/)) kinds.push(kind(8, 1))
  // od aligns decimal bytes; hex bytes have one blank before each.
  const areAligned = areWords && first.every(({ gap }) => gap > 1)
  if (all(/^-?\d{1,3}$/) && (areAligned || !all(/^\d\d$/))) kinds.push(kind(10, 1))
  if (areWords && all(/^[01][0-7]{5}$/)) kinds.push(kind(8, 2, true))
  if (areWords && width === 5 && all(/^\d{1,5}$/)) kinds.push(kind(10, 2, true))
  return kinds
}

/** Reads the cells of a row. In hex, a gap that is wider than the first one ends the cells. */
export function readCells(text: string, { start, end, style }: Row, kind: CellKind): Cells {
  const bytes = new ByteList(16)
  const stops: { count: number; end: number }[] = []
  let half = 0
  let usual = 0
  let count = 0
  for (let at = start; ;) {
    let cell = skipBlanks(text, at, end)
    if (style === '-' && count > 0 && text.charAt(at) === '-') cell++
    const cellEnd = after(CELL, text, cell)
    const size = appendCell(text, cell, cellEnd, kind, bytes)
    if (size === 0) break
    if (kind.base === 16) {
      // No gap before the first cell.
      const gap = cell - at - (kind.areWords ? kind.width - (cellEnd - cell) : 0)
      if (usual === 0) usual = size < kind.bytes ? 1 : gap
      const isHalf = kind.bytes === 1 && count === 8 && gap === usual + 1
      if (isHalf) half = count
      else if (gap > usual) break
    }
    count += size
    stops.push({ count, end: cellEnd })
    at = cellEnd
    if (size < kind.bytes) break
  }
  return { bytes: viewOf(bytes.toBytes(), 0, count), stops, half }
}

/** @returns the number of bytes in the cell; 0 if it is not a cell of this kind */
function appendCell(text: string, from: number, to: number, kind: CellKind, bytes: ByteList): number {
  const { base, width, areWords, isPrefixed } = kind
  if (isPrefixed && text.slice(from, from + 2).toLowerCase() !== '0x') return 0
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
  bytes.add(value & 0xff)
  if (kind.bytes > 1) bytes.add(value >> 8)
  return kind.bytes
}

function appendHexCell(text: string, from: number, to: number, areWords: boolean, bytes: ByteList): number {
  for (let offset = 0; offset < to - from; offset += 2) {
    const at = areWords ? to - 2 - offset : from + offset
    bytes.add(digitAt(text, at) * 16 + digitAt(text, at + 1))
  }
  return (to - from) / 2
}
