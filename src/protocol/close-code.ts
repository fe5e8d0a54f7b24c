/**
 * Close codes (RFC 6455, sections 7.4 and 11.7).
 */

/** What an empty Close payload means. Apart from the registry, so that a bundle that only decodes does not include all of it. */
export const NO_STATUS_RCVD = 1005

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
