/**
 * Describes payloads, violations, and the end of a stream.
 */
import type { Frame } from '../decode/frame.js'
import { CloseCode, closeCodeName } from '../protocol/close-code.js'
import { readClosePayload } from '../protocol/close-payload.js'
import { Opcode } from '../protocol/opcode.js'
import type { Rule } from '../protocol/rules.js'
import { copyOf, viewOf } from '../util/memory.js'
import { hexOf, octetAt } from '../util/octets.js'
import { decodeText, encodeText, unfinishedLength, utf8Decoder } from '../util/utf8.js'
import type { Inspection, Violation } from './inspection.js'

/** How many bytes are shown before and after the byte that makes a violation certain. */
const BYTES_BEFORE = 12
const BYTES_AFTER = 8

/** The most characters that are shown of all payloads together, so that a description never exceeds the longest string. */
const MOST_OF_PAYLOADS = 2 ** 25

/** In bytes. A payload is decoded in pieces of this length to find out whether it is text. */
const DECODED_PIECE = 2 ** 16

/** The limit for each payload, in characters, if there are `payloads` of them. */
export function payloadLimitOf(payloadLimit: number, payloads: number): number {
  return Math.min(payloadLimit, Math.floor(MOST_OF_PAYLOADS / Math.max(payloads, 1)))
}

export function count(bytes: number): string {
  return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
}

/** A frame to describe. Its payload may be over memory of any kind. */
export type ShownFrame = Omit<Frame, 'payload'> & { readonly payload: Uint8Array }

/** The names of those among FIN and the RSV bits that are set. */
export function flagNames({ fin, rsv1, rsv2, rsv3 }: ShownFrame): string[] {
  const flags = { FIN: fin, RSV1: rsv1, RSV2: rsv2, RSV3: rsv3 }
  return Object.entries(flags).flatMap(([name, isSet]) => (isSet ? [name] : []))
}

/**
 * A payload as text if it is UTF-8, otherwise as hex; for a Close frame, the close code and the reason.
 *
 * @param limit - in characters; a longer payload is elided in the middle
 * @returns one line; empty for an empty payload, unless the frame is a Close frame
 */
export function shownPayload({ opcode, rsv1, rsv2, rsv3, payload }: ShownFrame, limit: number): string {
  // Only the extension can interpret such a payload: permessage-deflate compresses it.
  if (rsv1 || rsv2 || rsv3) return elidedHex(payload, limit)
  if (opcode === Opcode.Close) return shownClose(payload, limit)
  if (payload.length === 0) return ''
  return isShownAsText(payload, opcode) ? elidedText(payload, limit) : elidedHex(payload, limit)
}

/** Whether a payload is UTF-8. The payload of a frame that is not a text must not have control characters either. */
function isShownAsText(payload: Uint8Array, opcode: number): boolean {
  let start = 0
  while (start < payload.length) {
    const limit = Math.min(start + DECODED_PIECE, payload.length)
    const end = limit - (limit === payload.length ? 0 : unfinishedLength(payload, limit))
    const text = textOf(payload, start, end)
    if (text === null || (opcode !== Opcode.Text && /[^\P{Cc}\t\r\n]/u.test(text))) return false
    start = end
  }
  return true
}

/** {@link textOf} for valid UTF-8. */
function validText(bytes: Uint8Array, start: number, end: number): string {
  return utf8Decoder().decode(copyOf(bytes, start, end))
}

/** Decodes a copy: some decoders refuse shared or resizable memory. */
function textOf(bytes: Uint8Array, start: number, end: number): string | null {
  return decodeText(copyOf(bytes, start, end))
}

function shownClose(payload: Uint8Array, limit: number): string {
  if (payload.length === 0) return `no close code, which means ${CloseCode.NoStatusRcvd} ${closeCodeName(CloseCode.NoStatusRcvd)}`
  if (payload.length === 1) return hexOf(payload)
  let broken = false
  const { code } = readClosePayload(payload, 0, (rule) => {
    if (rule === 'close-reason-utf8') broken = true
  })
  const named = `${code} ${closeCodeName(code)}`
  if (payload.length === 2) return named
  const reason = viewOf(payload, 2, payload.length)
  return `${named}, ${broken ? elidedHex(reason, limit) : elidedText(reason, limit)}`
}

/**
 * A text in quotation marks. Only the characters that are shown are decoded.
 *
 * @param bytes - valid UTF-8
 * @param limit - in characters; a longer text is elided in the middle
 */
function elidedText(bytes: Uint8Array, limit: number): string {
  const { length } = bytes
  // A character has at most four bytes.
  if (length <= 4 * limit) {
    const text = validText(bytes, 0, length)
    if (lengthOf(text, limit) === text.length) return quoted(text)
  }
  const half = Math.floor(limit / 2)
  const headEnd = Math.min(4 * half, length)
  const head = validText(bytes, 0, headEnd - unfinishedLength(bytes, headEnd))
  let tailStart = Math.max(length - 4 * half, 0)
  while (isContinuation(octetAt(bytes, tailStart))) tailStart++
  const tail = validText(bytes, tailStart, length)
  const first = head.slice(0, lengthOf(head, half))
  const last = tail.slice(tail.length - lengthOfEnd(tail, half))
  const elided = length - encodeText(first).length - encodeText(last).length
  return `${quoted(first)} ... ${count(elided)} ... ${quoted(last)}`
}

/** The number of code units of the first `characters` characters of a text. */
function lengthOf(text: string, characters: number): number {
  let length = 0
  for (let i = 0; i < characters && length < text.length; i++) length += isHighSurrogate(text.charCodeAt(length)) ? 2 : 1
  return length
}

/** The number of code units of the last `characters` characters of a text that has as many. */
function lengthOfEnd(text: string, characters: number): number {
  let start = text.length
  for (let i = 0; i < characters; i++) start -= isHighSurrogate(text.charCodeAt(start - 2)) ? 2 : 1
  return text.length - start
}

/** Whether a code unit begins a surrogate pair: decoded text has no unpaired surrogates. */
function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

/** Whether an octet of UTF-8 continues a character. */
function isContinuation(octet: number): boolean {
  return (octet & 0xc0) === 0x80
}

/** @param limit - in characters; longer hex is elided in the middle */
function elidedHex(bytes: Uint8Array, limit: number): string {
  const { length } = bytes
  if (length * 3 <= limit) return hexOf(bytes, ' ')
  const half = Math.floor(limit / 6)
  const tail = length - half
  return `${hexOf(viewOf(bytes, 0, half), ' ')} ... ${count(tail - half)} ... ${hexOf(viewOf(bytes, tail, length), ' ')}`.trim()
}

/** A JSON string that also escapes the characters that would garble a terminal or change the reading order. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The section that states a rule, with the number of the RFC if it is not 6455. */
export function rfcSection({ rfc, section }: Pick<Rule, 'rfc' | 'section'>): string {
  return rfc === 6455 ? `section ${section}` : `RFC ${rfc} section ${section}`
}

/** @returns three lines: the rule, the message, and the bytes around the byte in brackets, which made the violation certain */
export function shownViolation({ rule, closeCode, offset, detectedAfter, message }: Violation, bytes: Uint8Array): string[] {
  const certain = detectedAfter - 1
  const from = Math.max(0, certain - BYTES_BEFORE)
  const to = Math.min(bytes.length, detectedAfter + BYTES_AFTER)
  const around = [
    from > 0 ? '...' : '',
    hexOf(viewOf(bytes, from, certain), ' '),
    `[${hexOf(viewOf(bytes, certain, detectedAfter))}]`,
    hexOf(viewOf(bytes, detectedAfter, to), ' '),
    to < bytes.length ? '...' : '',
  ]
  return [
    `byte ${offset}: violation of ${rule}, close code ${closeCode} ${closeCodeName(closeCode)}`,
    `  ${message}`,
    `  ${around.filter((part) => part !== '').join(' ')}`,
  ]
}

/** The fields that {@link shownEnd} needs. The last frame alone will do as `frames`. */
type End = Pick<Inspection, 'bytes' | 'frames' | 'outcome' | 'bytesRead' | 'bytesNeeded' | 'messageOpen'>

/** @returns a line about the bytes after the last frame, or about missing bytes or fragments; empty if nothing follows or is missing */
export function shownEnd({ bytes, frames, outcome, bytesRead, bytesNeeded, messageOpen }: End): string[] {
  const discarded = bytes.length - bytesRead
  if (frames.at(-1)?.opcode === Opcode.Close && discarded > 0) {
    return [`byte ${bytesRead}: ${count(discarded)} after the close frame, discarded`]
  }
  if (bytesNeeded !== null) return [`byte ${bytesRead}: incomplete, the frame needs at least ${count(bytesNeeded)} more`]
  if (outcome === 'complete' && messageOpen) return [`byte ${bytesRead}: the end, inside a fragmented message`]
  return []
}
