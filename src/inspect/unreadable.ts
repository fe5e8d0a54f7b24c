/**
 * Throws the errors about pasted text: line, column, the reason, and the line itself with a caret below it.
 */
import { isLineEndAt, lineEndFrom } from './characters.js'

/** How many characters of a line are shown on each side of the caret. */
const SHOWN = 36

/**
 * @param position - position in `text` of the unreadable character
 * @param expected - what should be there
 * @param token - what was found, in at most 32 characters; default: the character at `position`
 * @throws RangeError always
 */
export function failAt(text: string, position: number, expected: string, token?: string): never {
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0)
  const isEnd = position >= text.length || isLineEndAt(text, position)
  const found = isEnd ? 'the end of the line' : `"${escaped(token ?? character)}"`
  refuseAt(text, position, `found ${found}, expected ${expected}`)
}

/**
 * @param position - position in `text` of the error
 * @param reason - what is wrong; for an ambiguous text, the possible readings and what to write for each
 * @throws RangeError always
 */
export function refuseAt(text: string, position: number, reason: string): never {
  let line = 1
  let start = text.startsWith('\ufeff') ? 1 : 0
  for (let at = start; at < position; at++) {
    if (!isLineEndAt(text, at) || (text.charAt(at) === '\r' && text.charAt(at + 1) === '\n')) continue
    line++
    start = at + 1
  }
  const from = Math.max(start, position - SHOWN)
  const end = lineEndFrom(text, position, Math.min(text.length, position + SHOWN))
  // Each code unit takes one column, so that the caret stands below its character.
  const excerpt = text.slice(from, end).replaceAll(/[^ -~]/g, (character) => (character === '\t' ? ' ' : '?'))
  const caret = ' '.repeat(position - from)
  throw new RangeError(`line ${line}, column ${position - start + 1}: ${reason}\n  ${excerpt}\n  ${caret}^`)
}

function escaped(text: string): string {
  return text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
