/**
 * Reads the rows of a dump in order, given the radix of its offsets and the kind of its cells.
 */
import { viewOf } from '../util/memory.js'
import { ByteList } from './byte-list.js'
import { readCells } from './cells.js'
import type { CellKind, Cells } from './cells.js'
import { digitAt, isBlankAt, isCommentAt, skipBlanks } from './characters.js'
import { isColumnOf } from './column.js'
import { headingKey, mayHoldBytes } from './rows.js'
import type { Line, OtherLine, Row } from './rows.js'
import { failAt, refuseAt } from './unreadable.js'

export type Radix = 8 | 10 | 16

/** The result of reading a dump with offsets of one radix and cells of one kind. */
export interface Reading {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly radix: Radix
  readonly kind: CellKind
  /** How many offsets match the number of bytes in the rows before. */
  readonly checked: number
  /** How many rows have a column of characters that shows their bytes, and whether any row has other text after the bytes. */
  readonly shown: number
  readonly hasOther: boolean
}

/** @throws RangeError if the offsets do not match the rows, or if the lines have other text */
export function readRows(text: string, lines: readonly Line[], first: Row, radix: Radix, kind: CellKind): Reading {
  const reader = new RowReader(text, first, radix, kind)
  lines.forEach((line, index) => {
    const next = lines[index + 1]
    if (line.kind === 'heading') reader.readHeading(line)
    else if (line.kind === 'row') reader.readRow(line, next?.kind === 'row' ? next : null)
    else reader.readStar(line)
  })
  return reader.finish()
}

class RowReader {
  readonly #text: string
  readonly #first: Row
  readonly #radix: Radix
  readonly #kind: CellKind
  readonly #bytes = new ByteList(256)
  /** The offset after the last row; null before the first row. */
  #next: number | null = null
  /** How many bytes the last row has, and how many the longest row has. */
  #count = 0
  #width = 0
  /** A `*`: the row before it repeats up to the next offset. */
  #star: OtherLine | null = null
  /** The heading since the last row, and the key of the heading above the current rows; null if there is none. */
  #heading: OtherLine | null = null
  #section: string | null = null
  #checked = 0
  #shown = 0
  #hasOther = false

  constructor(text: string, first: Row, radix: Radix, kind: CellKind) {
    this.#text = text
    this.#first = first
    this.#radix = radix
    this.#kind = kind
  }

  readHeading(line: OtherLine): void {
    if (mayHoldBytes(this.#text, line)) failAt(this.#text, line.at, 'an offset')
    const { broken } = line
    const { style, at, digitsEnd } = this.#first
    if (broken?.style === style && broken.digits === digitsEnd - at) failAt(this.#text, broken.position, 'hex digits')
    if (headingKey(this.#text, line) !== '') this.#heading = line
  }

  readStar(line: OtherLine): void {
    if (this.#count === 0 || this.#star !== null) failAt(this.#text, line.at, 'a row')
    this.#star = line
  }

  /** @param next - the row in the next line, if there is one */
  readRow(row: Row, next: Row | null): void {
    if (row.style !== this.#first.style) failAt(this.#text, row.digitsEnd, this.#first.style === ' ' ? 'a blank' : `"${this.#first.style}"`)
    const offset = this.#offsetOf(row)
    this.#reach(row, offset)
    const needed = next === null ? 0 : this.#offsetOf(next) - offset
    const cells = readCells(this.#text, row, this.#kind)
    const count = this.#countOf(row, cells, needed)
    this.#bytes.append(viewOf(cells.bytes, 0, count))
    this.#count = count
    this.#width = Math.max(this.#width, count)
    this.#next = offset + count
  }

  finish(): Reading {
    if (this.#star !== null) failAt(this.#text, this.#star.end, 'an offset after "*"')
    return {
      bytes: this.#bytes.toBytes(),
      radix: this.#radix,
      kind: this.#kind,
      checked: this.#checked,
      shown: this.#shown,
      hasOther: this.#hasOther,
    }
  }

  #offsetOf({ at, digitsEnd }: Row): number {
    let offset = 0
    for (let position = at; position < digitsEnd; position++) {
      const digit = digitAt(this.#text, position)
      if (digit >= this.#radix) failAt(this.#text, position, 'a digit of an offset')
      offset = offset * this.#radix + digit
    }
    const token = this.#text.slice(at, digitsEnd)
    if (!Number.isSafeInteger(offset)) failAt(this.#text, at, 'an offset of at most 1fffffffffffff', token)
    return offset
  }

  /** Checks the offset of a row against the rows before it. After a `*`, repeats the last row up to this offset. */
  #reach(row: Row, offset: number): void {
    const { at, digitsEnd } = row
    const heading = this.#heading
    const key = heading === null ? null : headingKey(this.#text, heading)
    const next = this.#next
    this.#heading = null
    if (next === null) this.#section = key
    else if (this.#star !== null) this.#repeat(row, offset - next)
    else if (offset === next) this.#checked += this.#count > 0 ? 1 : 0
    else if (heading !== null && key === this.#section) this.#width = 0
    else if (heading !== null) {
      refuseAt(this.#text, heading.at, 'other bytes begin here, perhaps of the other direction: parse them separately')
    } else {
      const expected = next.toString(this.#radix).padStart(digitsEnd - at, '0')
      failAt(this.#text, at, `offset ${expected}`, this.#text.slice(at, digitsEnd))
    }
    this.#star = null
  }

  #repeat({ at, digitsEnd }: Row, gap: number): void {
    const token = this.#text.slice(at, digitsEnd)
    if (gap <= 0 || gap % this.#count !== 0) failAt(this.#text, at, 'an offset after a whole number of repeated rows', token)
    if (!this.#bytes.repeat(this.#count, gap)) failAt(this.#text, at, 'at most 256 MiB of repeated rows', token)
    this.#checked++
  }

  /** The number of bytes in the row before its column of characters. */
  #countOf(row: Row, cells: Cells, needed: number): number {
    const { stops, half } = cells
    const last = stops.at(-1) ?? { count: 0, end: row.start }
    const natural = last.count
    const isNeeded = stops.some(({ count }) => count === needed)
    const candidates = isNeeded ? [needed] : [...this.#fits(row, cells), this.#width, 16, half, natural]
    for (const count of candidates) {
      const end = stops.find((stop) => stop.count === count)?.end
      if (end === undefined || !isColumnOf(viewOf(cells.bytes, 0, count), this.#text, end, row.end)) continue
      this.#shown++
      return count
    }
    if (needed > 0 && this.#isPadding(cells.bytes, needed)) return needed
    this.#checkRest(row, last.end, natural)
    if (this.#width >= 8 && natural > this.#width) failAt(this.#text, row.start, `at most ${this.#width} bytes, like the rows before`)
    return natural
  }

  /** Whether zeros stand for the missing bytes of the last word. */
  #isPadding(bytes: Uint8Array, count: number): boolean {
    const missing = bytes.length - count
    const isPartOfWord = this.#kind.areWords && missing > 0 && missing < this.#kind.bytes
    return isPartOfWord && viewOf(bytes, count, bytes.length).every((byte) => byte === 0)
  }

  /** @returns the numbers of bytes after which that many characters follow, plus up to three for delimiters */
  #fits(row: Row, { stops }: Cells): number[] {
    let end = row.end
    while (isBlankAt(this.#text, end - 1)) end--
    const fitting = stops.filter((stop) => {
      const more = end - skipBlanks(this.#text, stop.end, row.end) - stop.count
      return more >= 0 && more <= 3
    })
    return fitting.map(({ count }) => count)
  }

  /** Refuses text after the bytes that may be bytes too. A column of characters follows a wider gap or a bar; comments are ignored. */
  #checkRest(row: Row, position: number, count: number): void {
    const text = this.#text
    const rest = skipBlanks(text, position, row.end)
    if (rest === row.end || isCommentAt(text, rest)) return
    this.#hasOther = true
    const isApart = rest >= position + 2 || text.charAt(position) === '\t' || '|>'.includes(text.charAt(rest))
    if (isApart && !/(?:^|\s)(?:[0-9a-f]{2})+(?=\s|$)/i.test(text.slice(rest, Math.min(row.end, rest + 1024)))) return
    failAt(text, rest, count === 0 ? 'bytes' : `the end of the line, or the characters of ${count} bytes`)
  }
}
