/**
 * The payload of a Close frame (RFC 6455, section 5.5.1): empty, or a 2-byte close code and a reason.
 */
import { assertBytes, assertInteger } from '../util/arguments.js'
import { copyOf } from '../util/memory.js'
import { uint16 } from '../util/octets.js'
import { decodeText, encodeText } from '../util/utf8.js'
import { NO_STATUS_RCVD, isSendableCloseCode } from './close-code.js'
import { MAX_CONTROL_PAYLOAD_LENGTH, checkControlPayloadLength } from './control-frame.js'
import { Opcode } from './opcode.js'
import { raise } from './rules.js'
import type { Report } from './rules.js'

/** In bytes of UTF-8: the close code takes the other two. */
const MAX_REASON_LENGTH = MAX_CONTROL_PAYLOAD_LENGTH - 2

/** A decoded Close payload. */
export interface ClosePayload {
  readonly code: number
  readonly reason: string
}

/**
 * Encodes the payload of a Close frame (RFC 6455, section 5.5.1).
 *
 * @param code - a close code that may be sent. If it is missing or 1005, the payload is empty; {@link decodeClosePayload} returns 1005 for
 *   an empty payload
 * @param reason - at most 123 bytes as UTF-8; an unpaired surrogate becomes U+FFFD
 * @returns a new array of 0 or 2 to 125 bytes
 * @throws ProtocolError `close-code` if the code must not be sent, `control-too-long` if the reason is too long; with offset 0
 * @throws TypeError or RangeError for arguments of another type or range, and for a reason without a close code or with 1005
 *
 * @example
 * ```js
 * encodeFrame({ opcode: Opcode.Close, payload: encodeClosePayload(CloseCode.GoingAway, 'bye') })
 * ```
 */
export function encodeClosePayload(code?: number, reason = ''): Uint8Array<ArrayBuffer> {
  if (typeof reason !== 'string') throw new TypeError(`reason must be a string, not ${typeof reason}`)
  if (code === undefined || code === NO_STATUS_RCVD) {
    if (reason === '') return new Uint8Array(0)
    const found = code === undefined ? 'no close code was given' : '1005 says that there is no close code'
    throw new TypeError(`a reason needs a close code before it: ${found}`)
  }
  assertInteger(code, 'code', 0, 0xffff)
  checkCloseCode(code, 0, raise)
  const encodedReason = encodeText(reason)
  const { length } = encodedReason
  if (length > MAX_REASON_LENGTH) raise('control-too-long', 0, `the reason is ${length} bytes of UTF-8, ${MAX_REASON_LENGTH} at most`)
  const payload = new Uint8Array(2 + length)
  payload[0] = code >>> 8
  payload[1] = code
  payload.set(encodedReason, 2)
  return payload
}

/**
 * Decodes the payload of a Close frame (RFC 6455, section 5.5.1). A byte order mark in the reason is kept.
 *
 * @param payload - unmasked; not modified, not kept
 * @returns the close code and the reason; 1005 and an empty reason for an empty payload (section 7.1.5)
 * @throws ProtocolError `control-too-long`, `close-payload-length`, `close-code` or `close-reason-utf8`, with offset 0
 * @throws TypeError if `payload` is not a `Uint8Array`
 */
export function decodeClosePayload(payload: Uint8Array): { code: number; reason: string } {
  assertBytes(payload, 'payload')
  checkControlPayloadLength(Opcode.Close, 'payload length', payload.length, 0, raise)
  checkClosePayloadLength(payload.length, 0, raise)
  return readClosePayload(payload, 0, raise)
}

/**
 * Reads and checks the close code and the reason. The payload length has been checked with the header.
 *
 * @param frameOffset - position of the frame in the stream, for the report
 */
export function readClosePayload(payload: Uint8Array, frameOffset: number, report: Report): ClosePayload {
  if (payload.length === 0) return { code: NO_STATUS_RCVD, reason: '' }
  const code = uint16(payload, 0)
  checkCloseCode(code, frameOffset, report)
  // A copy: decoders of browsers refuse resizable memory.
  const reason = decodeText(copyOf(payload, 2, payload.length))
  if (reason === null) report('close-reason-utf8', frameOffset, 'the close reason is not UTF-8')
  return { code, reason: reason ?? '' }
}

/** A Close payload is empty or begins with a 2-byte close code. */
export function checkClosePayloadLength(payloadLength: number, frameOffset: number, report: Report): void {
  if (payloadLength === 1) report('close-payload-length', frameOffset, 'the payload of a close frame is 1 byte long')
}

function checkCloseCode(code: number, frameOffset: number, report: Report): void {
  if (!isSendableCloseCode(code)) report('close-code', frameOffset, `the close code is ${code}`)
}
