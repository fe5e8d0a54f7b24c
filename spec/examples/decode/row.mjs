/**
 * What stands in a row: the payload of a frame, and the message that it completes.
 */
import { Opcode, formatHex } from 'websocket-frames'
import { shownBytes, shownClose, shownText } from './payload.mjs'
import { quoted, span } from './terminal.mjs'

/** @typedef {import('./inspected.mjs').Row} Row */
/** @typedef {import('./terminal.mjs').Span} Span */
/** @typedef {NonNullable<Row['frame']>} Frame */

/**
 * @param {Row} row
 * @param {Frame} frame
 * @param {number} room
 * @returns {{ spans: Span[], isInflated: boolean, length: number }} `length` of what is shown, in bytes
 */
export function payloadOf({ message, isWhole, of }, frame, room) {
  const { opcode, payload, rsv1, rsv2, rsv3 } = frame
  const isPlain = !rsv1 && !rsv2 && !rsv3
  const asSent = (/** @type {Span[]} */ spans) => ({ spans, isInflated: false, length: payload.length })
  if (opcode === Opcode.Close && isPlain) return asSent(shownClose(payload, room))
  if (isWhole && message !== null && (message.type === 'text' || message.type === 'binary')) {
    const spans = typeof message.data === 'string' ? shownText(message.data, room) : shownBytes(message.data, room)
    return { spans, isInflated: rsv1 && of.isDeflated, length: lengthOf(message.data) }
  }
  if (message?.type === 'compressed' || !isPlain) return asSent([span('dim', hexOf(payload, room))])
  return asSent(opcode === Opcode.Text && payload.length > 0 ? shownFragment(payload, room) : shownBytes(payload, room))
}

/**
 * The text of a fragment, which may begin and end inside a character.
 *
 * @param {Uint8Array} payload
 * @param {number} room
 */
function shownFragment(payload, room) {
  let start = 0
  while (start < Math.min(3, payload.length) && ((payload[start] ?? 0) & 0xc0) === 0x80) start++
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload.subarray(start), { stream: true })
    return start === 0 ? [span('plain', quoted(text.slice(0, room * 2)))] : shownBytes(payload, room)
  } catch {
    return shownBytes(payload, room)
  }
}

/**
 * @param {Row} row
 * @param {number} room
 * @returns {Span[] | null} null where there is nothing to put together
 */
export function assembledOf({ message, isWhole }, room) {
  if (isWhole || message === null || (message.type !== 'text' && message.type !== 'binary')) return null
  const heading = span('good', `= ${message.type} of ${count(lengthOf(message.data), 'byte')}: `)
  return [heading, ...(typeof message.data === 'string' ? shownText(message.data, room) : shownBytes(message.data, room))]
}

/** @param {string | Uint8Array} data in bytes */
function lengthOf(data) {
  return typeof data === 'string' ? new TextEncoder().encode(data).length : data.length
}

/**
 * @param {Uint8Array} payload
 * @param {number} room
 */
function hexOf(payload, room) {
  return formatHex(payload.subarray(0, room)).replace(/..(?=.)/g, '$& ')
}

/** Hex with a space between bytes. */
export function spaced(/** @type {Uint8Array} */ bytes) {
  return formatHex(bytes).replace(/..(?=.)/g, '$& ')
}

/**
 * @param {number} number
 * @param {string} noun
 */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
