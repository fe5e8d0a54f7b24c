/**
 * The parts of a description: payloads, violations, and what is left at the end.
 */
import { CloseCode, closeCodeName, readClosePayload } from './close.js'
import type { Frame } from './frame.js'
import type { Inspection, Violation } from './inspect.js'
import { hexOf } from './octets.js'
import { Opcode } from './opcode.js'
import { decodeText, encodeText } from './utf8.js'

/** What is shown around the byte that makes a violation certain, in bytes. */
const BYTES_BEFORE = 12
const BYTES_AFTER = 8

export function count(bytes: number): string {
  return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
}

/** FIN and the RSV bits, as far as they are set. */
export function flagNames({ fin, rsv1, rsv2, rsv3 }: Frame): string[] {
  const flags = { FIN: fin, RSV1: rsv1, RSV2: rsv2, RSV3: rsv3 }
  return Object.entries(flags).flatMap(([name, isSet]) => (isSet ? [name] : []))
}

/**
 * A payload as text where it is UTF-8 and as hex where it is not; of a Close frame its code and reason.
 *
 * @param limit - in characters
 * @returns one line; empty for an empty payload, unless it is a Close frame's
 */
export function shownPayload({ opcode, rsv1, rsv2, rsv3, payload }: Frame, limit: number): string {
  // The payload of an extension's frame is the extension's to interpret: permessage-deflate compresses it.
  if (rsv1 || rsv2 || rsv3) return elidedHex(payload, limit)
  if (opcode === Opcode.Close) return shownClose(payload, limit)
  if (payload.length === 0) return ''
  const text = decodeText(payload)
  const isText = text !== null && (opcode === Opcode.Text || !/[^\P{Cc}\t\r\n]/u.test(text))
  return isText ? elidedText(text, payload.length, limit) : elidedHex(payload, limit)
}

function shownClose(payload: Uint8Array, limit: number): string {
  if (payload.length === 0) return `no close code, which means ${CloseCode.NoStatusRcvd} ${closeCodeName(CloseCode.NoStatusRcvd)}`
  if (payload.length === 1) return hexOf(payload)
  let broken = false
  const { code, reason } = readClosePayload(payload, 0, (rule) => {
    if (rule === 'close-reason-utf8') broken = true
  })
  const named = `${code} ${closeCodeName(code)}`
  if (payload.length === 2) return named
  const encodedReason = payload.subarray(2)
  return `${named}, ${broken ? elidedHex(encodedReason, limit) : elidedText(reason, encodedReason.length, limit)}`
}

/**
 * @param byteLength - of the text in UTF-8
 * @param limit - in characters
 */
function elidedText(text: string, byteLength: number, limit: number): string {
  // A character takes one code unit or two, so that the first 2n units hold n characters and none of them is cut.
  if (text.length <= limit || [...text.slice(0, 2 * limit + 2)].length <= limit) return quoted(text)
  const half = Math.floor(limit / 2)
  const head = [...text.slice(0, 2 * half)].slice(0, half).join('')
  const tail = half === 0 ? '' : [...text.slice(-2 * half)].slice(-half).join('')
  const elided = byteLength - encodeText(head + tail).length
  return `${quoted(head)} ... ${count(elided)} ... ${quoted(tail)}`
}

/** @param limit - in characters */
function elidedHex(bytes: Uint8Array, limit: number): string {
  if (bytes.length * 3 <= limit) return hexOf(bytes, ' ')
  const half = Math.floor(limit / 6)
  const tail = bytes.length - half
  return `${hexOf(bytes.subarray(0, half), ' ')} ... ${count(tail - half)} ... ${hexOf(bytes.subarray(tail), ' ')}`.trim()
}

/** As a JSON string, with what would garble a terminal or its reading order escaped as well. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** @returns what was broken, what was found, and the bytes around the one that made it certain, which is in brackets */
export function shownViolation({ rule, closeCode, offset, detectedAfter, message }: Violation, bytes: Uint8Array): string[] {
  const certain = detectedAfter - 1
  const from = Math.max(0, certain - BYTES_BEFORE)
  const to = detectedAfter + BYTES_AFTER
  const around = [
    from > 0 ? '...' : '',
    hexOf(bytes.subarray(from, certain), ' '),
    `[${hexOf(bytes.subarray(certain, detectedAfter))}]`,
    hexOf(bytes.subarray(detectedAfter, to), ' '),
    to < bytes.length ? '...' : '',
  ]
  return [
    `byte ${offset}: violation of ${rule}, close code ${closeCode} ${closeCodeName(closeCode)}`,
    `  ${message}`,
    `  ${around.filter((part) => part !== '').join(' ')}`,
  ]
}

/** @returns what comes after the last frame, if anything does or should */
export function shownEnd({ bytes, frames, outcome, bytesRead, bytesNeeded, messageOpen }: Inspection): string[] {
  const discarded = bytes.length - bytesRead
  if (frames.at(-1)?.opcode === Opcode.Close && discarded > 0) {
    return [`byte ${bytesRead}: ${count(discarded)} after the close frame, discarded`]
  }
  if (bytesNeeded !== null) return [`byte ${bytesRead}: incomplete, the frame needs ${count(bytesNeeded)} more at the least`]
  if (outcome === 'complete' && messageOpen) return [`byte ${bytesRead}: the end, inside a fragmented message`]
  return []
}
