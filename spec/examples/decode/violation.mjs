/**
 * A violation in full: what was found, where, the sentence of the RFC, and what may help.
 */
import { Opcode, formatHex, rfcSentences, rules } from 'websocket-frames'
import { closeCodeName } from './payload.mjs'
import { spaced } from './row.mjs'
import { harmless, wrapped } from './terminal.mjs'

/** @typedef {import('./inspected.mjs').InspectedConversation} InspectedConversation */
/** @typedef {import('./inspected.mjs').Row} Row */
/** @typedef {Row['violations'][number]} Violation */

/** The widest text, in columns. */
const WIDEST = 100

/** What is shown around the byte that makes a violation certain, in bytes. */
const BYTES_BEFORE = 12
const BYTES_AFTER = 8

/**
 * Lines.
 *
 * @param {Violation} violation
 * @param {Row} row
 * @param {InspectedConversation} inspected
 * @param {{ width: number, paint: import('./terminal.mjs').Paint }} look `width` in columns
 */
export function* violationLines(violation, row, { conversation }, { width, paint }) {
  const { rule, section, closeCode, detectedAfter, message } = violation
  const bytes = row.of.inspection.bytes
  const textWidth = Math.min(width, WIDEST) - 4
  const answer = `, close code ${closeCode} ${closeCodeName(closeCode)}`
  yield `${paint('bad', `  ✗ ${rule}`)}${paint('bold', ` at byte ${detectedAfter - 1}`)}${answer}`
  for (const text of wrapped(harmless(foundIn(message)), textWidth)) yield `    ${text}`
  const certain = detectedAfter - 1
  const from = Math.max(0, certain - BYTES_BEFORE)
  const to = detectedAfter + BYTES_AFTER
  const before = `${from > 0 ? '… ' : ''}${spaced(bytes.subarray(from, certain))}`
  const after = `${spaced(bytes.subarray(detectedAfter, to))}${to < bytes.length ? ' …' : ''}`
  const marked = `[${formatHex(bytes.subarray(certain, detectedAfter))}]`
  yield `    ${paint('dim', before)}${before === '' ? '' : ' '}${paint('mark', marked)}${after === '' ? '' : ' '}${paint('dim', after)}`
  for (const text of wrapped(`RFC ${rules[rule].rfc} section ${section}: "${rfcSentences[rule]}"`, textWidth))
    yield `    ${paint('warn', text)}`
  const hint = hintFor(violation, row, conversation)
  if (hint !== null) for (const text of wrapped(HINTS[hint], textWidth)) yield `    ${paint('bold', text)}`
}

/**
 * The message without what stands in the other lines.
 *
 * @param {string} message
 */
export function foundIn(message) {
  return message.replace(/ \(rule [^()]*\)$/, '')
}

/** What may be missing where an RSV bit is not allowed. */
const HINTS = {
  deflate: 'RSV1 here usually means that permessage-deflate was negotiated: then add --permessage-deflate',
  'deflate-not-negotiated':
    'RSV1 here usually means permessage-deflate, but the handshake did not negotiate it; to read it all the same, add --permessage-deflate',
  extension: 'if an extension was negotiated that uses the bit, add --rsv1, --rsv2 or --rsv3',
}

/**
 * @param {Violation} violation
 * @param {Row} row
 * @param {import('./conversation.mjs').Conversation} conversation
 * @returns {keyof typeof HINTS | null}
 */
export function hintFor({ rule, offset, detectedAfter }, { of }, { negotiated }) {
  if (rule !== 'rsv-bit' || detectedAfter !== offset + 1) return null
  const first = of.inspection.bytes[offset] ?? 0
  const isCompressed = (first & 0x70) === 0x40 && ((first & 0x0f) === Opcode.Text || (first & 0x0f) === Opcode.Binary)
  if (isCompressed && negotiated?.permessageDeflate !== true) {
    return negotiated === null ? 'deflate' : 'deflate-not-negotiated'
  }
  return negotiated === null ? 'extension' : null
}
