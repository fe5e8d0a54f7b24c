import { CloseCode, encodeClosePayload } from 'websocket-frames'

/** Bytes: a control frame holds 125, and the close code takes two of them (RFC 6455, section 5.5). */
const MAX_REASON_LENGTH = 123

/**
 * Shortens a reason to 123 bytes of UTF-8 without splitting a character.
 *
 * @param {string} reason
 */
export function cutReason(reason) {
  const bytes = new Uint8Array(MAX_REASON_LENGTH)
  const { written } = new TextEncoder().encodeInto(reason, bytes)
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, written))
}

/**
 * The payload of the Close frame that replies to the peer's. Code 1005 means that the peer's was empty: then so is ours.
 *
 * @param {{ code: number }} close
 */
export function replyToClose({ code }) {
  return encodeClosePayload(code)
}

/**
 * The payload of the Close frame to send after an error. `null` means that none can be sent, only the connection ended: a
 * truncated stream has code 1006, which is never on the wire.
 *
 * @param {unknown} error with the `closeCode` and the `rule` of a `ProtocolError`, or a fault of our own
 */
export function replyToError(error) {
  const { closeCode = CloseCode.InternalError, rule = '' } = /** @type {{ closeCode?: number, rule?: string }} */ (error)
  return closeCode === CloseCode.AbnormalClosure ? null : encodeClosePayload(closeCode, cutReason(rule))
}
