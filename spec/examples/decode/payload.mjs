/**
 * Payloads on one line: JSON as JSON, other text in quotation marks, anything else in hex with its printable characters.
 */
import { CloseCode, Opcode, decodeClosePayload, formatHex } from 'websocket-frames'
import { harmless, quoted, span } from './terminal.mjs'

/** @typedef {import('./terminal.mjs').Span} Span */

/** A longer text is not parsed to find out whether it is JSON, in characters. */
const MAX_JSON = 2 ** 20

/** Some protocols put a number in front: `42["event",{}]`. */
const JSON_START = /^\s*\d*(?=[[{])/

/**
 * @param {string} text
 * @param {number} room characters beyond this cannot be shown
 * @returns {Span[]}
 */
export function shownText(text, room) {
  if (isJson(text)) return shownJson(text, room)
  // Twice the room: a character may take two code units.
  return [span('plain', quoted(text.slice(0, room * 2)))]
}

/** @param {string} text */
export function isJson(text) {
  const prefix = JSON_START.exec(text)
  if (prefix === null || text.length > MAX_JSON) return false
  try {
    JSON.parse(text.slice(prefix[0].length))
    return true
  } catch {
    return false
  }
}

/** @type {Record<string, import('./terminal.mjs').Style>} */
const STYLES = { key: 'key', string: 'string', number: 'number', literal: 'literal', other: 'plain' }

/**
 * As it was sent, but for the white space between the tokens.
 *
 * @param {string} text
 * @param {number} room
 * @returns {Span[]}
 */
export function shownJson(text, room) {
  // A name ends before a colon.
  const name = /(?<key>"(?:[^"\\]|\\.)*"(?=\s*:))/
  const value = /(?<string>"(?:[^"\\]|\\.)*")|(?<number>-?\d[\d.eE+-]*)|(?<literal>true|false|null)/
  const token = new RegExp(`${name.source}|${value.source}|(?<other>[[\\]{}:,])`, 'g')
  /** @type {Span[]} */
  const spans = []
  let length = 0
  for (const match of text.matchAll(token)) {
    const [kind = 'other'] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? []
    const space = match[0] === ',' || match[0] === ':' ? ' ' : ''
    spans.push(span(STYLES[kind] ?? 'plain', harmless(match[0].slice(0, room * 2)) + space))
    length += match[0].length
    if (length > room * 2) break
  }
  return spans
}

/**
 * @param {Uint8Array} payload
 * @param {number} room
 * @returns {Span[]}
 */
export function shownBytes(payload, room) {
  if (payload.length === 0) return []
  const text = printableText(payload, room)
  if (text !== null) return shownText(text, room)
  const perByte = 4
  const shown = payload.subarray(0, Math.max(1, Math.floor((room - 3) / perByte)))
  const ascii = Array.from(shown, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.')).join('')
  const isCut = shown.length < payload.length
  return [span('number', formatHex(shown).replace(/..(?=.)/g, '$& ')), ...(isCut ? [span('dim', ' …')] : []), span('dim', `  ${ascii}`)]
}

/**
 * @param {Uint8Array} payload
 * @param {number} room
 * @returns {string | null} null if it is no text to be read
 */
export function printableText(payload, room) {
  const sample = payload.length > MAX_JSON ? payload.subarray(0, room * 4 + 4) : payload
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(sample, { stream: sample !== payload })
    return /[^\P{Cc}\t\r\n]/u.test(text) ? null : text
  } catch {
    return null
  }
}

/** @param {number} code */
export function closeCodeName(code) {
  const [name] = Object.entries(CloseCode).find(([, value]) => value === code) ?? []
  return name?.replace(/(?<=[a-z])(?=[A-Z])/g, ' ') ?? (code >= 4000 ? 'private use' : code >= 3000 ? 'registered use' : 'no name')
}

/**
 * @param {Uint8Array} payload
 * @param {number} room
 * @returns {Span[]}
 */
export function shownClose(payload, room) {
  if (payload.length === 1) return shownBytes(payload, room)
  if (payload.length === 0) return [span('dim', 'no close code (1005 No Status Rcvd)')]
  const code = (payload[0] ?? 0) * 256 + (payload[1] ?? 0)
  const name = [span('number', `${code}`), span('plain', ` ${closeCodeName(code)}`)]
  if (payload.length === 2) return name
  try {
    const { reason } = decodeClosePayload(payload)
    return [...name, span('plain', ` ${quoted(reason)}`)]
  } catch {
    return [...name, span('plain', ' '), ...shownBytes(payload.subarray(2), room)]
  }
}

/** @type {Record<number, string>} */
const NAMES = Object.fromEntries(Object.entries(Opcode).map(([name, opcode]) => [opcode, name.toLowerCase()]))

/** @param {number} opcode */
export function opcodeName(opcode) {
  return NAMES[opcode] ?? `0x${opcode.toString(16)}`
}
