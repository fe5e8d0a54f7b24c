/**
 * One header into bytes (RFC 6455, section 5.2).
 */
import type { EncodeOptions } from '../protocol/options.js'
import { assertInteger, assertObject } from '../util/arguments.js'
import { blankHeader } from './layout.js'
import type { FrameHeaderInit } from './layout.js'
import { checkWritten, planHeader, writeHeader, writeRulesOf } from './write.js'

/** The longest payload length that is a number below 2^64. */
const MAX_PAYLOAD_LENGTH = 2 ** 64 - 2 ** 11

const planned = /* @__PURE__ */ blankHeader()

/**
 * Encodes the header of one frame (RFC 6455, section 5.2), for those who send header and payload as two buffers. The
 * payload that follows must be masked with the header's masking key, see `applyMask`.
 *
 * @returns a new array of 2 to 14 bytes
 * @throws ProtocolError with offset 0 if the header breaks a rule, unless `strict` is `false`
 * @throws TypeError or RangeError for arguments of another type or range
 */
export function encodeHeader(header: FrameHeaderInit, options?: EncodeOptions): Uint8Array<ArrayBuffer> {
  assertObject(header, 'header')
  // Each field is read once, and all of them before anything is planned: a getter may encode another header.
  const { payloadLength, fin, rsv1, rsv2, rsv3, opcode, maskingKey = null } = header
  const rules = writeRulesOf(options)
  assertInteger(payloadLength, 'payloadLength', 0, MAX_PAYLOAD_LENGTH)
  const isValid = planHeader(fin, rsv1, rsv2, rsv3, opcode, maskingKey, payloadLength, rules, planned)
  const target = new Uint8Array(planned.headerLength)
  writeHeader(planned, target, 0)
  if (!isValid && rules.strict) checkWritten(planned.headerLength, target, 0, rules.policy, 0)
  return target
}
