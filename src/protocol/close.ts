/**
 * The payload of Close frames (RFC 6455, sections 5.5.1 and 7.4): nothing, or a close code of 2 bytes and a reason.
 */
import { assertBytes, assertInteger } from '../util/arguments.js'
import { checkClosePayloadLength, checkControlPayloadLength, uint16 } from '../header/header.js'
import { copyOf } from '../util/memory.js'
import { Opcode } from './opcode.js'
import { raise } from './rules.js'
import type { Report } from './rules.js'
import { decodeText, encodeText } from '../util/utf8.js'

/** Apart from the registry, so that a bundle that only decodes does not include all of it. */
const NO_STATUS_RCVD = 1005

/**
 * The close codes of the IANA registry "WebSocket Close Code Number" (RFC 6455, section 11.7), by its names. Some are never
 * on the wire: see {@link isSendableCloseCode}.
 */
export const CloseCode = {
  /** The purpose of the connection has been fulfilled. */
  NormalClosure: 1000,
  /** A server shuts down, or a browser leaves the page. */
  GoingAway: 1001,
  /** The peer broke a rule of the protocol. */
  ProtocolError: 1002,
  /** The peer sent a kind of data that this endpoint cannot accept, such as binary instead of text. */
  UnsupportedData: 1003,
  /** Reserved, without a meaning yet: never on the wire. */
  Reserved: 1004,
  /** The Close frame had no code: never on the wire. {@link decodeClosePayload} gives it for an empty payload. */
  NoStatusRcvd: NO_STATUS_RCVD,
  /** The connection ended without a Close frame: never on the wire. */
  AbnormalClosure: 1006,
  /** The data of a message is not consistent with its type, such as text that is not UTF-8. */
  InvalidFramePayloadData: 1007,
  /** A message violates a policy of this endpoint; for want of a more specific code. */
  PolicyViolation: 1008,
  /** A message is too big to process. */
  MessageTooBig: 1009,
  /** A client needs an extension that the server did not negotiate. */
  MandatoryExt: 1010,
  /** An unexpected condition keeps the server from fulfilling the request. */
  InternalError: 1011,
  /** The service restarts: the client may reconnect. */
  ServiceRestart: 1012,
  /** The service is overloaded: the client should reconnect later or elsewhere. */
  TryAgainLater: 1013,
  /** A gateway received an invalid response from the server behind it. */
  BadGateway: 1014,
  /** The TLS handshake failed: never on the wire. */
  TLSHandshake: 1015,
} as const

/** One of the registered close codes. A peer may send others (3000-4999), so `code` of a decoded payload is a number. */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode]

/**
 * Whether a close code may stand in a Close frame (RFC 6455, section 7.4): 1000-1003 and 1007-1014, which are registered,
 * and 3000-4999, which are for libraries and applications. 1004, 1005, 1006 and 1015 are reserved for use off the wire,
 * 1016-2999 for codes that do not exist yet.
 *
 * @param code - any number
 */
export function isSendableCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999)
}

/** The registry's name of a close code, in words, or what its range is for. */
export function closeCodeName(code: number): string {
  const entry = Object.entries(CloseCode).find(([, value]) => value === code)
  if (entry !== undefined) return entry[0].replace(/([a-z]|TLS)([A-Z])/g, '$1 $2')
  if (code >= 3000 && code <= 3999) return 'registered for a library, framework or application'
  if (code >= 4000 && code <= 4999) return 'private use'
  return 'not a valid close code'
}

/** What the payload of a Close frame says. */
export interface ClosePayload {
  readonly code: number
  readonly reason: string
}

/**
 * Encodes the payload of a Close frame (RFC 6455, section 5.5.1).
 *
 * @param code - a close code that may be sent. Left out, or 1005 (which {@link decodeClosePayload} gives for an empty payload), the
 *   payload is empty
 * @param reason - encoded as UTF-8 in at most 123 bytes; an unpaired surrogate becomes U+FFFD
 * @returns a new array of 0 or 2 to 125 bytes
 * @throws ProtocolError `close-code` or `control-too-long`, with offset 0
 * @throws TypeError or RangeError for arguments of another type or range, and for a reason without a code or with 1005
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
  const payload = new Uint8Array(2 + encodedReason.length)
  checkControlPayloadLength(Opcode.Close, 'payload length', payload.length, 0, raise)
  payload[0] = code >>> 8
  payload[1] = code
  payload.set(encodedReason, 2)
  return payload
}

/**
 * Decodes the payload of a Close frame (RFC 6455, section 5.5.1). A byte order mark in the reason is kept.
 *
 * @param payload - unmasked; not modified and not kept
 * @returns code and reason; of an empty payload 1005 and an empty reason (section 7.1.5)
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
 * Reads and checks code and reason of a payload whose length has been checked with the header.
 *
 * @param frameOffset - position of the frame in the stream, for the report
 */
export function readClosePayload(
  payload: Uint8Array,
  frameOffset: number,
  report: Report,
): ClosePayload {
  if (payload.length === 0) return { code: NO_STATUS_RCVD, reason: '' }
  const code = uint16(payload, 0)
  checkCloseCode(code, frameOffset, report)
  // A copy: decoders of browsers refuse memory that is resizable.
  const reason = decodeText(copyOf(payload, 2, payload.length))
  if (reason === null) report('close-reason-utf8', frameOffset, 'the close reason is not UTF-8')
  return { code, reason: reason ?? '' }
}

function checkCloseCode(code: number, frameOffset: number, report: Report): void {
  if (!isSendableCloseCode(code)) report('close-code', frameOffset, `the close code is ${code}`)
}
