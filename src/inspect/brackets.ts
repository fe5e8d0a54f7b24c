/**
 * Finds the lists and string literals in code or in the output of a program, without reading their contents.
 */
import { digitAt, isBlankAt, isCommentAt, isLineEndAt, lineEndFrom, skipBlanks } from './characters.js'
import { literalEnd, quoteAt } from './literals.js'
import { refuseAt } from './unreadable.js'

const MAX_DEPTH = 64

/** Words that a list of numbers may contain: casts, types, and calls that cast. */
const BESIDE_NUMBERS = /^(?:as|[iu]8|u?int8_t|s?byte|char|(?:un)?signed|toU?Byte)$/i

/** A pair of brackets and its direct contents. The whole text is a level whose opening is ''. */
export class Level {
  /** The enclosing brackets; null for the whole text. */
  readonly outer: Level | null
  readonly depth: number
  readonly opening: string
  readonly closing: string
  /** Positions of the opening bracket and of its contents. The contents begin after the last `=`. */
  readonly at: number
  start: number
  end = 0
  /** The word directly before the bracket (a call, an index or a type), and whether a word or a bracket follows the brackets. */
  readonly word: string
  isFollowed = false
  /** How many numbers there are, the first one, and its position. */
  numbers = 0
  number = ''
  numberAt = 0
  /** How many words there are that cannot be hex, and how many that can. */
  words = 0
  hexWords = 0
  /** How many types and casts stand before the first number. */
  types = 0
  /** Whether there are keys before colons, and whether any value has a name: then this is no list, but may contain one. */
  hasKeys = false
  hasNames = false
  /** Runs of string literals that only blanks, line ends, `+` or `\` separate. */
  readonly runs: { at: number; end: number }[] = []
  /** Whether inner brackets contain a list. */
  hasInner = false
  /** Whether an ellipsis shows that bytes are missing. */
  isCut = false
  /** Position of the only number before a `=`, which is a length; negative if there is none. */
  length = -1

  constructor(outer: Level | null, opening: string, at: number, word: string) {
    this.outer = outer
    this.depth = outer === null ? 0 : outer.depth + 1
    this.opening = opening
    this.closing = ')]}>'.charAt('([{<'.indexOf(opening.charAt(0))).repeat(opening.length)
    this.at = at
    this.start = at + opening.length
    this.word = word
  }

  /** Whether this may be a list of bytes; its contents are not read. */
  get isList(): boolean {
    if (this.isCut) return true
    if (this.words > 0 || this.hasNames) return false
    return this.numbers > 0 || this.runs.length > 0 || (this.hexWords > 0 && this.opening !== '(')
  }
}

/** @returns all brackets in the order in which they end; the whole text comes last */
export function findLevels(text: string, from: number): Level[] {
  const found: Level[] = []
  let level = new Level(null, '', from, '')
  /** The word and the brackets that end directly before the current position; blanks may stand between the brackets and it. */
  let word = ''
  let last: Level | null = null
  for (let at = from; at < text.length;) {
    const head = word
    word = ''
    if (isBlankAt(text, at)) {
      at++
      continue
    }
    const before = last
    last = null
    const character = text.charAt(at)
    const quote = quoteAt(text, at)
    if (isCommentAt(text, at) && head !== '16') at = lineEndFrom(text, at, text.length)
    else if (text.startsWith('/*', at)) at = blockEnd(text, at)
    else if (quote >= 0) at = addLiteral(text, at, quote, level)
    else if (isWordAt(text, at)) {
      const end = wordEndFrom(text, at)
      word = text.slice(at, Math.min(end, at + 32))
      if (before !== null) before.isFollowed = true
      addWord(text, at, end, word, level)
      at = end
    } else if ('([{<'.includes(character)) {
      if (before !== null) before.isFollowed = true
      if (level.depth === MAX_DEPTH) refuseAt(text, at, `brackets are nested more than ${MAX_DEPTH} deep`)
      level = new Level(level, text.startsWith('<<', at) ? '<<' : character, at, head)
      at += level.opening.length
    } else if (level.outer !== null && text.startsWith(level.closing, at)) {
      found.push(level)
      level.outer.hasInner ||= level.isList || level.hasInner
      level.end = at
      at += level.closing.length
      last = level
      level = level.outer
    } else {
      if (character === '=' && !'=>'.includes(text.charAt(at + 1))) resetAt(at, level)
      if (text.startsWith('...', at) || character === '\u2026') level.isCut = true
      at++
    }
  }
  for (; level.outer !== null; level = level.outer) {
    if (level.opening.charAt(0) !== '<') refuseAt(text, level.at, `a closing ${level.closing} is missing: is the text complete?`)
    // A sign, not a bracket: `cout << "\x81\x05"`.
    for (const run of level.runs) level.outer.runs.push(run)
  }
  level.end = text.length
  return [...found, level]
}

function blockEnd(text: string, at: number): number {
  const end = text.indexOf('*/', at + 2)
  return end < 0 ? text.length : end + 2
}

function isDecimalAt(text: string, at: number): boolean {
  const digit = digitAt(text, at)
  return digit >= 0 && digit <= 9
}

function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f
}

function wordEndFrom(text: string, at: number): number {
  while (isWordAt(text, at)) at++
  return at
}

/** @returns the position after the literal */
function addLiteral(text: string, at: number, quote: number, level: Level): number {
  const end = literalEnd(text, quote, text.length)
  const next = skipBlanks(text, end, text.length)
  if (text.charAt(next) === ':') {
    level.hasKeys = true
    level.hasNames ||= !isDecimalAt(text, quote + 1)
    return next + 1
  }
  if (text.startsWith('...', end)) refuseAt(text, end, 'the bytes are cut off here: print them all')
  const run = level.runs.at(-1)
  if (run !== undefined && isJoint(text, run.end, at)) run.end = end
  else level.runs.push({ at, end })
  return end
}

/** Whether two literals with this text between them are one: it has only blanks, line ends, and signs that join strings. */
function isJoint(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (!isBlankAt(text, at) && !isLineEndAt(text, at) && text.charAt(at) !== '+' && text.charAt(at) !== '\\') return false
  }
  return true
}

function addWord(text: string, at: number, end: number, word: string, level: Level): void {
  if (word === 'repeats') refuseAt(text, at, 'repeated bytes are left out here: print them all (gdb: set print repeats 0)')
  if (isDecimalAt(text, at)) {
    if (level.numbers === 0) {
      level.number = word
      level.numberAt = at
    }
    level.numbers++
  } else if (/^[0-9a-f]+$/i.test(word)) level.hexWords++
  else if (level.opening === '<' && level.words + level.numbers + level.hexWords === 0) {
    level.types++
    level.start = end
  } else if (!BESIDE_NUMBERS.test(word)) level.words++
  else if (level.numbers === 0) level.types++
}

/** The contents before a `=` only name the list after it, so counting starts again. */
function resetAt(at: number, level: Level): void {
  // Values of their own: `{data = "\201\5", length = 2}`, `{129, 5, n = 2}`.
  level.hasNames ||= level.runs.length > 0 || level.numbers > 1
  level.length = level.numbers === 1 ? level.numberAt : -1
  level.start = at + 1
  level.numbers = 0
  level.words = 0
  level.hexWords = 0
}
