/**
 * Refuses code that makes other bytes than it shows: the rest would be missing, without a word.
 */
import type { Level } from './brackets.js'
import { isBlankAt, isSpaceAt } from './characters.js'
import { refuseAt } from './unreadable.js'

/** An operator, except `.`. Not at the beginning of a line: those of a diff begin with a sign. */
const OPERATOR = /(?!^)(?:[+*%]|<>)/my

const CLOSING = /[)\]}]/

/** A format of `pack` by which each number is one byte: `"BB"`, `"<7B"`, `"C*"`. Several strings are no such format. */
const BYTE_FORMAT = /^.[<>!=@]?(?:\d*[bc][*]?)+.$/i

/** Whether this is a call of `pack` with a format and numbers: `struct.pack("BB", 129, 5)`. */
export function isPackCall({ word, runs, numbers }: Level): boolean {
  return word === 'pack' && runs.length > 0 && numbers > 0
}

/** @throws RangeError for a call that joins or repeats bytes, or packs more than bytes */
export function refuseCall(text: string, level: Level): void {
  const { opening, word, runs } = level
  const packsMore = isPackCall(level) && !BYTE_FORMAT.test(runs.map(({ at, end }) => text.slice(at, end)).join())
  const joins = opening === '(' && (word === 'concat' || word === 'repeat')
  if (packsMore || joins) refuseAt(text, level.at, `the bytes are what ${word}() makes: print its result`)
}

/**
 * @param start - position of a string; 0 for a list: a sign before it may join it to its name, as in `'frame: ' + [129, 5]`
 * @param end - the position after the string or list
 * @throws RangeError if it is an operand: `b'\x81\x05' + payload`, `b'a' * 125`, `b'%c' % 129`
 */
export function refuseOperand(text: string, start: number, end: number): void {
  let before = start - 1
  while (isSpaceAt(text, before)) before--
  let after = end
  while (isSpaceAt(text, after) || CLOSING.test(text.charAt(after))) after++
  const isAdded = text.charAt(before) === '+' && isOperatorAt(text, before)
  if (!isAdded && !isOperatorAt(text, after)) return
  refuseAt(text, isAdded ? before : after, 'the bytes are only a part of what is made here: print the result')
}

function isOperatorAt(text: string, position: number): boolean {
  OPERATOR.lastIndex = position
  return OPERATOR.test(text) || (text.charAt(position) === '.' && isBlankAt(text, position - 1) && isSpaceAt(text, position + 1))
}
