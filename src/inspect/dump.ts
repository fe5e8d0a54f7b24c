/**
 * Reads dumps: rows of an offset and bytes. The offsets determine how many bytes each row has, and they are checked.
 */
import { kindsOf } from './cells.js'
import { isCommentAt } from './characters.js'
import { readRows } from './row-reader.js'
import type { Radix, Reading } from './row-reader.js'
import { linesOf } from './rows.js'
import type { Line, Row } from './rows.js'
import { failAt, refuseAt } from './unreadable.js'

/** The error of one way of reading the rows. */
class Failure {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/**
 * @returns null if the text is not a dump
 * @throws RangeError if it is a dump that cannot be read, or if it may be a dump or something else
 */
export function readDump(text: string, from: number): Uint8Array<ArrayBuffer> | null {
  const lines = linesOf(text, from)
  const rows = lines.filter((line) => line.kind === 'row')
  const first = rows.find((row) => hasCells(text, row))
  if (first === undefined) return null
  const likelihood = likelihoodOf(text, first, rows.length)
  const reading = attempt(() => readingOf(text, lines, rows, first))
  if (likelihood === 'none' && !isConfirmed(reading)) return null
  if (reading instanceof Failure) throw reading.error
  if (likelihood === 'some' && !isConfirmed(reading)) {
    refuseAt(text, first.at, 'this may be an offset or the first bytes: leave out the offset, or write the bytes in groups of two')
  }
  return reading.bytes
}

function attempt<T>(read: () => T): T | Failure {
  try {
    return read()
  } catch (error) {
    return new Failure(error)
  }
}

/** Reads the rows in every way that their form allows. The offsets and the column of characters determine the right one. */
function readingOf(text: string, lines: readonly Line[], rows: readonly Row[], first: Row): Reading {
  const digits = first.digitsEnd - first.at
  const areWords = first.style === ' ' && !first.isPrefixed && (digits === 6 || digits === 7)
  const areOffsetsOf7 = first.style === ' ' && digits === 7
  const kinds = kindsOf(text, rows, areWords)
  if (kinds.some(({ isPrefixed, bytes }) => isPrefixed && bytes > 1)) {
    refuseAt(text, first.start, 'the byte order of these words is unknown: print bytes (gdb: x/8xb)')
  }
  const inRadix = (radix: Radix) => kinds.map((kind) => attempt(() => readRows(text, lines, first, radix, kind)))
  // od prints seven octal or decimal digits, hexdump seven hex digits; of the others only xxd has decimal offsets, on request.
  const attempts = [...inRadix(16), ...(areOffsetsOf7 ? [...inRadix(8), ...inRadix(10)] : [])]
  let readings = successesOf(attempts)
  if (readings.length === 0 && !areOffsetsOf7) readings = successesOf(inRadix(10))
  const shown = readings.filter((reading) => reading.shown > 0 && !reading.hasOther)
  const usual = (shown.length > 0 ? shown : readings).filter(({ kind }) => kind.isUsual)
  // Tools print groups of two bytes in the usual order, so the characters need not confirm it.
  const mayBeEither = first.style === ':' && shown.some(({ kind }) => kind.bytes > 2)
  const likely = usual.length === 0 || mayBeEither ? shown : usual
  const reading = likely.find(({ kind }) => kind.base === 2) ?? likely[0]
  if (reading === undefined) {
    const [failure] = attempts
    if (failure instanceof Failure) throw failure.error
    failAt(text, first.start, 'bytes in hex, bits, decimal or octal, all in one form')
  }
  const other = likely.find(({ bytes }) => !areEqual(bytes, reading.bytes))
  if (other !== undefined && reading.kind.base !== 2) {
    const ways = `${described(reading)}, or ${described(other)}`
    refuseAt(text, first.at, `these rows may be ${ways}: write only the bytes, in groups of two`)
  }
  return reading
}

function successesOf(attempts: readonly (Reading | Failure)[]): Reading[] {
  return attempts.flatMap((reading) => (reading instanceof Failure ? [] : [reading]))
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

const BASES = { 2: 'bits', 8: 'octal', 10: 'decimal', 16: 'hex' } as const

function described({ radix, kind }: Reading): string {
  const order = kind.areWords ? ', the last byte of each group first' : ''
  return `${BASES[kind.base]} after offsets in ${BASES[radix]}${order}`
}

function isConfirmed(reading: Reading | Failure): boolean {
  return !(reading instanceof Failure) && (reading.checked > 0 || reading.shown > 0)
}

function hasCells(text: string, { start, end }: Row): boolean {
  return start < end && !isCommentAt(text, start)
}

/** How likely the first row with bytes makes a dump: `all`: certain; `some`: possible; `none`: only if the offsets or characters fit. */
function likelihoodOf(text: string, { at, digitsEnd, isPrefixed, style, gap, start }: Row, rows: number): 'all' | 'some' | 'none' {
  const length = digitsEnd - at
  const isZero = /^0+$/.test(text.slice(at, digitsEnd))
  // `0000 - 0000` may be hex with dashes.
  if (style === '-' && rows === 1) return 'some'
  if (style !== ' ') return isZero || length >= 4 || isPrefixed || rows > 1 ? 'all' : 'some'
  if (length % 2 > 0) return 'all'
  if (isPrefixed || !/^[0-9a-f]{2}(?![0-9a-z])/i.test(text.slice(start, start + 3))) return 'none'
  if (isZero && gap > 1) return 'all'
  return gap > 1 || text.charAt(at) === '0' ? 'some' : 'none'
}
