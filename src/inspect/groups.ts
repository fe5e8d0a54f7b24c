/**
 * Scans groups of digits with separators between them: `81 05`, `0x81, 0x05`, `\x81\x05`, `129, 5, 'H'`.
 */
import type { ByteList } from './byte-list.js'
import { digitAt, isBlankAt, isCommentAt, isLineEndAt, lineEndFrom, skipDigits } from './characters.js'
import type { Literal } from './literals.js'
import { failAt, refuseAt } from './unreadable.js'

/** What the text may contain: only hex; other numbers too; or everything that a list of numbers in code contains. */
export type Setting = 'hex' | 'numbers' | 'code'

/** Reads the literal that begins at a position; null if there is none. Passed in, so that `parseHex` alone does not bundle it. */
export type LiteralReader = (text: string, position: number, to: number) => Literal | null

/** The notation of a group: its prefix, or '' for digits alone; `h` stands after the digits. */
export type Prefix = '' | '0x' | '0b' | '\\x' | '\\u00' | '$' | '%' | 'h' | 'literal'

/** Groups with these prefixes need no separator between them. */
const ADJACENT: readonly Prefix[] = ['\\x', '\\u00', '$', '%', 'literal']

const CAST = /\(\s{0,4}(?:(?:un)?signed )?(?:byte|char|sbyte|u?int8_t|[ui]8)\s{0,4}\)[ \t]{0,4}/iy
const TYPE = /_?[ui]8\b|[ul]{1,3}\b|\.toU?Byte\(\)(?:\.toByte\(\))?| [a]s [iu]8\b/iy

/** @returns the position after the match of a sticky expression; `position` itself if it does not match */
export function after(expression: RegExp, text: string, position: number): number {
  expression.lastIndex = position
  return expression.test(text) ? expression.lastIndex : position
}

/** Adds the bytes of a group of hex digits: two digits a byte. In code or after a prefix, one digit alone is a byte too. */
export function appendHex(text: string, { at, start, end, prefix }: GroupScanner, setting: Setting, bytes: ByteList): void {
  const length = end - start
  let position = start
  // In assembly, a number begins with a decimal digit: 0fah.
  if (prefix === 'h' && length === 3 && text.charAt(start) === '0') position++
  else if (length === 1 && setting !== 'hex' && (prefix !== '' || setting === 'code')) bytes.add(digitAt(text, position++))
  else if (length % 2 > 0) failAt(text, at, 'an even number of hex digits', text.slice(at, Math.min(end, at + 32)))
  if (setting === 'code' && end - position > 2) failAt(text, at, 'one byte', text.slice(at, Math.min(end, at + 32)))
  for (; position < end; position += 2) bytes.add(digitAt(text, position) * 16 + digitAt(text, position + 1))
}

/** Moves from group to group. The scanner itself holds the current group, so that no object is created for each. */
export class GroupScanner {
  readonly #text: string
  readonly #to: number
  readonly #setting: Setting
  /** Reads the literals of code; null in other settings, which have none. */
  readonly #readLiteral: LiteralReader | null
  #position: number
  #separator = ''
  #markAt = 0
  /** Position of the group with its prefix or sign; positions of its first digit and after its last. */
  at = -1
  start = 0
  end = 0
  prefix: Prefix = ''
  negative = false
  literal: Literal | null = null

  constructor(text: string, from: number, to: number, setting: Setting, literalReader: LiteralReader | null = null) {
    this.#text = text
    this.#position = from
    this.#to = to
    this.#setting = setting
    this.#readLiteral = setting === 'code' ? literalReader : null
  }

  /**
   * Moves to the next group.
   *
   * @returns false if there are no more groups
   * @throws RangeError if the text is not a group, or if separators are mixed
   */
  next(): boolean {
    const isFirst = this.at < 0
    const before = this.prefix
    const gap = this.#readGap()
    if (this.#position >= this.#to) return false
    this.at = this.#position
    this.#readGroup()
    if (isFirst) return true
    if (this.#setting !== 'code' && this.prefix !== before) this.#failPrefix(before)
    if (gap === '' && (this.prefix !== before || !ADJACENT.includes(before))) failAt(this.#text, this.at, 'a separator')
    if (gap !== '' && gap !== '\n') this.#checkSeparator(gap)
    return true
  }

  /** @returns the separator: a mark, a blank, a line end, or '' */
  #readGap(): string {
    const text = this.#text
    let mark = ''
    let blank = this.at < 0
    let lineEnd = false
    let at = this.#position
    for (; at < this.#to; at++) {
      if (isBlankAt(text, at)) blank = true
      else if (isLineEndAt(text, at)) lineEnd = true
      else if (isCommentAt(text, at)) at = lineEndFrom(text, at, this.#to) - 1
      else if (this.#setting === 'code' && text.startsWith('/*', at)) at = this.#commentEnd(at) - 1
      else if (this.#setting === 'code' && text.charAt(at) === '\\' && isLineEndAt(text, at + 1)) continue
      else if (this.#isMark(at) && !(this.#isSign(at) && (blank || lineEnd || mark !== ''))) {
        if (mark !== '') failAt(text, at, this.#setting === 'hex' ? 'hex digits' : 'bytes')
        mark = text.charAt(at)
        this.#markAt = at
      } else break
    }
    this.#position = at
    return lineEnd ? '\n' : mark !== '' ? mark : blank ? ' ' : ''
  }

  #commentEnd(at: number): number {
    return Math.max(at, this.#text.indexOf('*/', at + 2)) + 2
  }

  #isMark(at: number): boolean {
    return ',:;|_-'.includes(this.#text.charAt(at)) || (this.#setting === 'code' && this.#text.charAt(at) === '+')
  }

  #isSign(at: number): boolean {
    const next = this.#text.charCodeAt(at + 1)
    return this.#text.charAt(at) === '-' && next >= 0x30 && next <= 0x39
  }

  /** All separators must be the same: `12:34:56 81 05` begins with a time. */
  #checkSeparator(gap: string): void {
    if (this.#separator === '') this.#separator = gap
    if (this.#separator === gap) return
    const position = gap === ' ' ? this.at - 1 : this.#markAt
    const both = `"${this.#separator}" and "${gap}"`
    refuseAt(this.#text, position, `mixed separators, ${both}: write only the bytes, with the same separator everywhere`)
  }

  #failPrefix(before: Prefix): never {
    failAt(this.#text, this.at, before === '' ? 'hex digits' : before === 'h' ? 'hex digits and "h"' : `"${before}"`)
  }

  #readGroup(): void {
    const text = this.#text
    let at = this.#position
    this.literal = null
    this.negative = this.#isSign(at)
    if (this.negative && this.#setting === 'hex') this.#failDigits(at)
    if (this.negative) at++
    if (this.#readLiteral !== null) {
      at = after(CAST, text, at)
      this.literal = this.#readLiteral(text, at, this.#to)
      if (this.literal !== null) {
        this.prefix = 'literal'
        this.#position = this.literal.end
        return
      }
      if (this.#isSign(at)) {
        this.negative = true
        at++
      }
    }
    this.prefix = this.#prefixAt(at)
    this.start = text.startsWith('16#', at) && this.prefix === '0x' ? at + 3 : at + this.prefix.length
    const most = this.prefix === '\\x' || this.prefix === '\\u00' || this.prefix === '%' ? this.start + 2 : this.#to
    this.end = skipDigits(text, this.start, Math.min(most, this.#to))
    if (this.end === this.start) this.#failDigits(this.start)
    this.#position = this.end
    if (this.prefix === '' && /h/i.test(text.charAt(this.end))) {
      this.prefix = 'h'
      this.#position++
    }
    if (this.negative && this.prefix !== '') failAt(text, at, 'a decimal number after "-"', text.slice(at, this.#position))
    if (this.#setting === 'code') this.#position = after(TYPE, text, this.#position)
    else if (!this.#isOver(this.#position)) this.#failDigits(this.#position)
  }

  /** Whether a group may end here: before a separator, a comment, or a prefix that needs no separator. */
  #isOver(at: number): boolean {
    const text = this.#text
    if (at >= this.#to || isBlankAt(text, at) || isLineEndAt(text, at) || isCommentAt(text, at)) return true
    return this.#isMark(at) || '\\$%'.includes(text.charAt(at))
  }

  #failDigits(start: number): never {
    const isCut = this.#setting !== 'hex' && (this.#text.startsWith('...', start) || this.#text.charAt(start) === '\u2026')
    if (isCut) refuseAt(this.#text, start, 'the bytes are cut off here: print them all')
    failAt(this.#text, start, this.#setting === 'hex' ? 'hex digits' : 'bytes: hex, numbers, a string with escapes, base64 or a dump')
  }

  #prefixAt(at: number): Prefix {
    const text = this.#text
    const two = text.slice(at, at + 2).toLowerCase()
    if (two === '0x' || two === '\\x') return two
    if (two === '\\u') return text.startsWith('00', at + 2) ? '\\u00' : ''
    const one = text.charAt(at)
    if (one === '$' || one === '%') return one
    if (this.#setting === 'code' && text.startsWith('16#', at)) return '0x'
    return this.#setting !== 'hex' && /^0b[01]{8}(?![0-9a-f])/i.test(text.slice(at, at + 11)) ? '0b' : ''
  }
}
