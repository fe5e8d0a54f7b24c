/**
 * Reads bytes from code or from the output of a program: one list of numbers, or string literals.
 */
import { findLevels } from './brackets.js'
import type { Level } from './brackets.js'
import { ByteList } from './byte-list.js'
import { skipDigits } from './characters.js'
import { isPackCall, refuseCall, refuseOperand } from './expression.js'
import { GroupScanner } from './groups.js'
import { quoteAt, readLiteral } from './literals.js'
import { readNumerals } from './numerals.js'
import { failAt, refuseAt } from './unreadable.js'

/** A literal that names an encoding and holds no bytes itself. */
const ENCODING = /^.(?:hex|base64|base64url|utf-?8|latin-?1|binary|ascii|iso-8859-1|[A-Za-z][*]?).$/i

/** What `callOf` returns for a call that has a number. */
const HAS_NUMBER = /\w \w/

type Run = Level['runs'][number]

/** A place with bytes: brackets, or a run of string literals inside brackets. */
interface Place {
  readonly level: Level
  readonly run: Run | null
  /** Whether the literals have escapes, or are declared to be bytes. */
  readonly areBytes: boolean
}

/**
 * @param readText - reads the contents of a string literal without escapes: hex, base64 or numbers
 * @returns null if the text has neither a list nor a literal
 * @throws RangeError if it has several lists or strings, one that cannot be read, or one of which the code makes other bytes
 */
export function readCode(text: string, from: number, readText: (text: string) => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  const levels = findLevels(text, from)
  const all = levels.flatMap((level) => placesIn(text, level))
  const lengths = all.length > 1 ? all.filter(isLength) : []
  const possible = lengths.length > 0 ? all.filter((place) => !isLength(place)) : all
  const places = strongest(possible)
  const [first, ...more] = places
  if (first === undefined) return null
  const second = more.find((place) => !first.areBytes || !place.areBytes || !isSameCall(first.level, place.level))
  if (second !== undefined) {
    refuseAt(text, second.run?.at ?? second.level.at, 'a second list or string begins here: parse each separately')
  }
  // A string beside a list may only be its name, whatever is joined to it.
  for (const { level, run } of [...possible.filter(isList), ...places]) {
    refuseOperand(text, run?.at ?? 0, run?.end ?? level.end + level.closing.length)
  }
  const bytes = new ByteList(16)
  for (const place of places) bytes.append(readPlace(text, place, readText))
  const result = bytes.toBytes()
  if (first.run !== null) return result
  for (const { level } of lengths) checkLength(text, level.numberAt, result.length)
  if (first.level.length >= 0) checkLength(text, first.level.length, result.length)
  return result
}

function placesIn(text: string, level: Level): Place[] {
  const { opening, runs, numbers, word, hasNames } = level
  refuseCall(text, level)
  if (isPackCall(level)) return [{ level, run: null, areBytes: false }]
  const isCall = opening === '' || (opening === '(' && word !== '') || hasNames
  if (runs.length > 0 && (isCall || level.hasInner || (numbers === 0 && runs.length === 1))) {
    const data = runs.filter(({ at, end }) => !ENCODING.test(text.slice(at, Math.min(end, at + 16))))
    return data.map((run) => ({ level, run, areBytes: areBytes(text, run) }))
  }
  if (opening === '' || !level.isList) return []
  if (numbers === 0 && !areCharacters(text, runs)) {
    // ["0x81", "0x05"]
    return [{ level, run: runs.reduce(({ at }, { end }) => ({ at, end })), areBytes: false }]
  }
  if (!level.hasInner) return [{ level, run: null, areBytes: false }]
  if (numbers === 0 || isCall) return []
  refuseAt(text, level.at, 'these brackets contain numbers and other lists: write one list of numbers')
}

/** Literals that are known to be bytes take precedence over lists, and lists over literals that may be text. */
function strongest(places: Place[]): Place[] {
  const known = places.find((place) => place.areBytes)
  if (known !== undefined) {
    // Of several calls, some may write bytes that need no escapes: `write(3, "\201\5", 2)`, `write(3, "Hello", 5)`.
    const all = places.filter((place) => place.areBytes || (!isList(place) && isSameCall(known.level, place.level)))
    return HAS_NUMBER.test(callOf(known.level)) ? all.map((place) => ({ ...place, areBytes: true })) : all
  }
  const lists = places.filter(isList)
  return lists.length > 0 ? lists : places
}

function isList({ run }: Place): boolean {
  return run === null
}

function areBytes(text: string, { at, end }: Run): boolean {
  const scanner = new GroupScanner(text, at, end, 'code', readLiteral)
  while (scanner.next()) if (scanner.literal?.escaped === true || scanner.literal?.declared === true) return true
  return false
}

/** Whether the strings in a list are bytes or single characters: `['\x81', 'H']`. Other strings hold numbers. */
function areCharacters(text: string, runs: readonly Run[]): boolean {
  return runs.every((run) => run.end - run.at === 3) || runs.some((run) => areBytes(text, run))
}

/** Whether a number in brackets is the length of a list: `p[7] =`, `Uint8Array(7) [`, `[7]byte{`, `[u8; 7]`, `array<char, 7>`. */
function isLength({ level }: Place): boolean {
  const { opening, word, isFollowed, numbers, hexWords, types, runs } = level
  if (numbers !== 1 || hexWords > 0 || runs.length > 0) return false
  if (types > 0 && (opening === '[' || (opening === '<' && word !== ''))) return true
  return (opening === '[' || opening === '(') && (word !== '' || isFollowed)
}

function checkLength(text: string, position: number, length: number): void {
  const digits = text.startsWith('0x', position) ? position + 2 : position
  const declared = text.slice(position, Math.min(skipDigits(text, digits, text.length), position + 32))
  if (Number(declared) !== length) failAt(text, position, `${length}, the number of bytes that follow`, declared)
}

/**
 * Whether two strings stand in the same place of calls of one function with the same first number, or in a list of such a call:
 * `write(3, "...", 7)`, `writev(3, [{iov_base="...", iov_len=2}, {iov_base="...", iov_len=5}], 2)`.
 */
function isSameCall(a: Level, b: Level): boolean {
  return a !== b && callOf(a) !== '' && callOf(a) === callOf(b)
}

/** The call that brackets belong to, with its first number, and the brackets between: `write 3`, `writev 3 [ {`. '' if there is none. */
function callOf({ outer, opening, word, number }: Level): string {
  if (word !== '') return `${word} ${number}`
  const call = outer === null ? '' : callOf(outer)
  return call === '' ? '' : `${call} ${opening}`
}

function readPlace(
  text: string,
  { level, run, areBytes }: Place,
  readText: (text: string) => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  if (run === null) return readList(text, level)
  const bytes = readNumerals(text, run.at, run.end, 'code')
  if (areBytes) return bytes
  return readText(contentsOf(text, run))
}

/** The contents of literals without escapes. Blanks replace all else, so that errors have the right line and column. */
function contentsOf(text: string, run: Run): string {
  let end = quoteAt(text, run.at)
  let contents = text.slice(0, end).replaceAll(/[^\r\n]/g, ' ')
  const scanner = new GroupScanner(text, run.at, run.end, 'code', readLiteral)
  while (scanner.next()) {
    if (scanner.literal === null) continue
    const { start } = scanner.literal
    contents += text.slice(end, start).replaceAll(/["'`+\\]/g, ' ')
    end = scanner.literal.end - 1
    contents += text.slice(start, end).replaceAll(/["'`]/g, ' ')
  }
  return contents
}

function readList(text: string, level: Level): Uint8Array<ArrayBuffer> {
  const { opening, start, end, hasKeys, length } = level
  if (opening === '<') return readNumerals(text, start, end, 'numbers')
  // NSData: {length = 7, bytes = 0x81054865 6c6c6f}
  if (opening === '{' && length >= 0) return readNumerals(text, text.indexOf('x', start) + 1, end, 'numbers')
  if (isPackCall(level)) return readNumerals(text, text.indexOf(',', start) + 1, end, 'code')
  if (!hasKeys) return readNumerals(text, start, end, 'code')
  const values = text.slice(start, end).replaceAll(/"\d{1,16}"\s{0,16}:/g, (key) => ' '.repeat(key.length))
  return readNumerals(text.slice(0, start) + values, start, end, 'code')
}
