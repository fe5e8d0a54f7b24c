/**
 * Close codes (RFC 6455, sections 7.4 and 11.7).
 */

/** The close code of an empty Close payload. Outside the registry, so that a bundle that only decodes does not include the registry. */
export const NO_STATUS_RCVD = 1005

/**
 * The close codes of the IANA registry "WebSocket Close Code Number" (RFC 6455, section 11.7), under its names. Some must not be sent:
 * see {@link isSendableCloseCode}.
 */
export const CloseCode = {
  /** The purpose of the connection has been fulfilled. */
  NormalClosure: 1000,
  /** A server shuts down, or a user leaves the page. */
  GoingAway: 1001,
  /** The peer violated the protocol. */
  ProtocolError: 1002,
  /** The peer sent a kind of data that this endpoint cannot accept, such as binary instead of text. */
  UnsupportedData: 1003,
  /** Reserved, not yet defined: must not be sent. */
  Reserved: 1004,
  /** The Close frame has no close code: must not be sent. {@link decodeClosePayload} returns it for an empty payload. */
  NoStatusRcvd: NO_STATUS_RCVD,
  /** The connection was lost without a Close frame: must not be sent. */
  AbnormalClosure: 1006,
  /** The data of a message does not match its type, such as a text that is not UTF-8. */
  InvalidFramePayloadData: 1007,
  /** A message violates a policy of this endpoint, and no other code is more specific. */
  PolicyViolation: 1008,
  /** A message is too big to process. */
  MessageTooBig: 1009,
  /** A client needs an extension that the server did not negotiate. */
  MandatoryExt: 1010,
  /** An unexpected condition prevents the server from fulfilling the request. */
  InternalError: 1011,
  /** The service restarts: the client may reconnect. */
  ServiceRestart: 1012,
  /** The service is overloaded: the client should reconnect later or elsewhere. */
  TryAgainLater: 1013,
  /** A gateway received an invalid response from the server behind it. */
  BadGateway: 1014,
  /** The TLS handshake failed: must not be sent. */
  TLSHandshake: 1015,
} as const

/** A registered close code. A peer may send others (3000-4999), so `code` of a decoded payload has the type `number`. */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode]

/**
 * Whether an endpoint may send a close code (RFC 6455, section 7.4). 1000-1003 and 1007-1014 are registered; 3000-4999 are for
 * libraries and applications. 1004, 1005, 1006 and 1015 must not be sent; 1016-2999 are not assigned.
 *
 * @param code - any number
 * @returns `false` also for a number that is not whole
 */
export function isSendableCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999)
}

/** The name of a close code in words; for an unregistered code, the purpose of its range. */
export function closeCodeName(code: number): string {
  const entry = Object.entries(CloseCode).find(([, value]) => value === code)
  if (entry !== undefined) return entry[0].replace(/([a-z]|TLS)([A-Z])/g, '$1 $2')
  if (code >= 3000 && code <= 3999) return 'registered for a library, framework or application'
  if (code >= 4000 && code <= 4999) return 'private use'
  return 'not a valid close code'
}
