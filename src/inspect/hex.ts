/**
 * Bytes as hex, and hex in the forms in which people have it.
 */
import { assertBytes } from '../util/arguments.js'
import { hexOf } from '../util/octets.js'

/** What the `*` lines of a dump may add to the result, in bytes: else a few characters could ask for any amount. */
const MAX_REPEATED = 256 * 1024 * 1024

const COLON_ROW = /^[ \t]*[0-9a-f]+:/i
const PIPE_ROW = /^[ \t]*[0-9a-f]+  +(?:[0-9a-f]{2} {1,2}){1,16} *\|/i
const HALF_ROW = /^(?:[0-9a-f]{2} ){8} [^ ]/i
const ZERO_ROW = /^[ \t]*0{4,}  +[0-9a-f]{2}(?: |$)/i
const PREFIX = /^[ \t]*(0x|\\x)/i

/**
 * Reads bytes from hex text.
 *
 * The first line that is neither blank nor a comment decides for the whole text which form it has:
 * - plain hex, two digits a byte, any spaces, tabs and line ends between bytes: `8185 37fa213d`, `81 85`;
 * - `0x81 0x85` or `0x8185`; `\x81\x85`;
 * - an `xxd` dump, known by the colon after the offset. The hex of a row ends at the first two spaces in a row.
 *   Little-endian groups (`xxd -e`) cannot be told from others and are read as they stand;
 * - a dump of `hexdump -C`, Wireshark or `tshark -x`, indented or not: rows of an offset, at least two spaces, up to 16
 *   bytes. The first row must have a `|` after the bytes, or the offset 0 in at least four digits: other columns are
 *   plain hex. The hex of a row ends at the `|`, or at the first gap of two or more spaces but for one of exactly two
 *   after the eighth byte.
 *
 * Upper and lower case are equal, `#` starts a comment (not in a dump's ASCII column), lines end with LF or CRLF, a
 * byte order mark at the start is skipped. The rows of a dump must follow each other without a gap; a `*` line
 * repeats the row before it up to the next offset, in one text by at most 256 MiB.
 *
 * @param text - empty or nothing but comments: no bytes
 * @returns a new array
 * @throws TypeError if `text` is not a string
 * @throws RangeError if anything else is in the text, with the line and column (from 1) of what is wrong:
 * `line 3, column 7: found "g", expected hex digits`.
 *
 * @example
 * ```js
 * parseHex('8105 48656c6c6f # Hello') // Uint8Array(7) [129, 5, 72, 101, 108, 108, 111]
 * ```
 */
export function parseHex(text: string): Uint8Array<ArrayBuffer> {
  if (typeof text !== 'string') throw new TypeError(`text must be a string, not ${typeof text}`)
  const parser = new Parser(text.length >> 1)
  for (let start = text.startsWith('\ufeff') ? 1 : 0; start < text.length; ) {
    const lineFeed = text.indexOf('\n', start)
    const end = lineFeed < 0 ? text.length : lineFeed
    parser.readLine(text.slice(start, text.charAt(end - 1) === '\r' ? end - 1 : end))
    start = end + 1
  }
  return parser.finish()
}

/**
 * Writes bytes as hex: two lower-case digits each, nothing between them. `parseHex` reads it back.
 *
 * @returns a string of twice as many characters as there are bytes
 * @throws TypeError if `bytes` is not a `Uint8Array`
 * @throws what the engine throws where it has no strings as long: a RangeError in V8, above 268,435,444 bytes
 *
 * @example
 * ```js
 * formatHex(Uint8Array.of(0x81, 0x00)) // '8100'
 * ```
 */
export function formatHex(bytes: Uint8Array): string {
  assertBytes(bytes, 'bytes')
  return hexOf(bytes)
}

/** The value of the hex digit at a position, negative if there is none. */
function digitAt(text: string, position: number): number {
  const code = text.charCodeAt(position)
  if (code <= 0x39) return code - 0x30
  const lowerCase = code | 0x20
  return lowerCase >= 0x61 && lowerCase <= 0x66 ? lowerCase - 0x57 : -1
}

type Form = 'colon rows' | 'column rows' | 'plain' | '0x' | '\\x'

function formOf(line: string): Form {
  // The start of the line tells; over megabytes of digits a regular expression may run out of stack.
  line = line.slice(0, 1024)
  if (COLON_ROW.test(line)) return 'colon rows'
  if (PIPE_ROW.test(line) || ZERO_ROW.test(line)) return 'column rows'
  const prefix = PREFIX.exec(line)?.[1]?.toLowerCase()
  return prefix === '0x' || prefix === '\\x' ? prefix : 'plain'
}

/** Reads a text line by line. A `position` counts from 0 in the current line. */
class Parser {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0
  #line = ''
  #lineNumber = 0
  #form: Form | null = null
  /** The offset that comes after the dump row last read; null before the first. */
  #nextOffset: number | null = null
  #rowLength = 0
  /** A `*` whose row is to be repeated up to the next offset. */
  #repeat: { lineNumber: number; position: number } | null = null
  #repeated = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
  }

  readLine(line: string): void {
    this.#line = line
    this.#lineNumber++
    const start = this.#skipBlanks(0)
    if (this.#isOver(start)) return
    this.#form ??= formOf(line)
    if (this.#form === 'colon rows' || this.#form === 'column rows') this.#readRow(start, this.#form === 'colon rows')
    else if (this.#form === 'plain') this.#readTokens(start, line.length, '', Infinity)
    else this.#readTokens(start, line.length, this.#form, this.#form === '0x' ? Infinity : 1)
  }

  finish(): Uint8Array<ArrayBuffer> {
    if (this.#repeat !== null) this.#fail(this.#repeat.position, 'an offset after it', '*', this.#repeat.lineNumber)
    return this.#bytes.slice(0, this.#length)
  }

  #readRow(start: number, colon: boolean): void {
    if (this.#line.charAt(start) === '*' && this.#isOver(this.#skipBlanks(start + 1))) {
      if (this.#rowLength === 0 || this.#repeat !== null) this.#fail(start, 'a row')
      this.#repeat = { lineNumber: this.#lineNumber, position: start }
      return
    }
    let offset = 0
    let position = start
    for (let digit; (digit = digitAt(this.#line, position)) >= 0; position++) offset = offset * 16 + digit
    if (position === start) this.#fail(start, 'an offset')
    if (colon && this.#line.charAt(position) !== ':') this.#fail(position, '":"')
    const first = this.#skipBlanks(colon ? position + 1 : position)
    if (!colon && first < position + 2 && !this.#isOver(first)) this.#fail(position, 'two spaces after the offset')
    this.#reach(offset, start, this.#line.slice(start, position))

    const inHalves = !colon && HALF_ROW.test(this.#line.slice(first))
    const ends = [this.#line.indexOf('  ', inHalves ? first + 25 : first), colon ? -1 : this.#line.indexOf('|', first)]
    const lengthBefore = this.#length
    this.#readTokens(first, Math.min(...ends.filter((end) => end >= 0), this.#line.length), '', colon ? Infinity : 1)
    this.#rowLength = this.#length - lengthBefore
    if (!colon && this.#rowLength > 16) this.#fail(first, 'at most 16 bytes')
    this.#nextOffset = offset + this.#rowLength
  }

  /** Checks the offset of a row against the rows before it; after a `*`, repeats the last of them up to here. */
  #reach(offset: number, position: number, token: string): void {
    if (!Number.isSafeInteger(offset)) this.#fail(position, 'an offset of at most 1fffffffffffff', token)
    const nextOffset = this.#nextOffset ?? offset
    const gap = offset - nextOffset
    if (this.#repeat === null) {
      if (gap !== 0) this.#fail(position, `offset ${nextOffset.toString(16).padStart(token.length, '0')}`, token)
      return
    }
    if (gap <= 0 || gap % this.#rowLength !== 0) this.#fail(position, 'an offset that whole repeated rows lead to', token)
    this.#repeated += gap
    if (this.#repeated > MAX_REPEATED) this.#fail(position, 'at most 256 MiB of repeated rows', token)
    this.#reserve(gap)
    const row = this.#length - this.#rowLength
    for (let done = 0; done < gap; ) {
      const count = Math.min(this.#rowLength + done, gap - done)
      this.#bytes.copyWithin(this.#length + done, row, row + count)
      done += count
    }
    this.#length += gap
    this.#repeat = null
  }

  /** Reads tokens up to `end` or a comment, with at most `maxBytes` after one prefix. */
  #readTokens(position: number, end: number, prefix: string, maxBytes: number): void {
    while (position < end && !this.#isOver(position)) {
      const start = position
      do {
        const found = this.#line.slice(position, position + prefix.length)
        if (found.toLowerCase() !== prefix) this.#fail(position, `"${prefix}"`)
        position = this.#readBytes(position + prefix.length, start, maxBytes)
      } while (prefix === '\\x' && this.#line.charAt(position) === '\\')
      if (position < end && !this.#isTokenEnd(position)) this.#fail(position, maxBytes === 1 ? 'a space' : 'hex digits')
      position = this.#skipBlanks(position)
    }
  }

  /** Reads one to `maxBytes` bytes of the token that starts at `start`, returns the position after them. */
  #readBytes(position: number, start: number, maxBytes: number): number {
    let count = 0
    for (let high; count < maxBytes && (high = digitAt(this.#line, position)) >= 0; count++) {
      const low = digitAt(this.#line, position + 1)
      if (low < 0) {
        if (!this.#isTokenEnd(position + 1)) this.#fail(position + 1, 'hex digits')
        this.#fail(start, 'an even number of hex digits', this.#line.slice(start, position + 1))
      }
      this.#reserve(1)
      this.#bytes[this.#length++] = high * 16 + low
      position += 2
    }
    if (count === 0) this.#fail(position, 'hex digits')
    return position
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const bytes = this.#bytes
    this.#bytes = new Uint8Array(Math.max(this.#length + count, 2 * bytes.length))
    this.#bytes.set(bytes)
  }

  #skipBlanks(position: number): number {
    while (this.#line.charAt(position) === ' ' || this.#line.charAt(position) === '\t') position++
    return position
  }

  /** Whether nothing but a comment follows. */
  #isOver(position: number): boolean {
    return position >= this.#line.length || this.#line.charAt(position) === '#'
  }

  #isTokenEnd(position: number): boolean {
    return this.#isOver(position) || this.#skipBlanks(position) > position
  }

  /** `token` is what was found, if it is more than the character at the position. */
  #fail(position: number, expected: string, token?: string, lineNumber = this.#lineNumber): never {
    const found = token?.slice(0, 32) ?? String.fromCodePoint(this.#line.codePointAt(position) ?? 0)
    const escaped = found.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    const isEnd = token === undefined && position >= this.#line.length
    const what = isEnd ? 'the end of the line' : `"${escaped}"`
    throw new RangeError(`line ${lineNumber}, column ${position + 1}: found ${what}, expected ${expected}`)
  }
}
