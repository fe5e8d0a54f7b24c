/**
 * Encodes one header (RFC 6455, section 5.2).
 */
import type { EncodeOptions } from '../protocol/options.js'
import { assertInteger, assertObject } from '../util/arguments.js'
import type { FrameHeaderInit } from './layout.js'
import { memoryFor } from './shared-memory.js'
import { blankPlan, checkPlanned, firstByteOf, planHeader, writeHeader, writeRulesOf } from './write.js'

/** The largest number below 2^64. */
const MAX_PAYLOAD_LENGTH = 2 ** 64 - 2 ** 11

const planned = /* @__PURE__ */ blankPlan()

/**
 * Encodes the header of one frame (RFC 6455, section 5.2), so that you can send the header and the payload as two buffers. If the header
 * has a masking key, mask the payload with it: see `applyMask`.
 *
 * @param header - not modified; each field is read once
 * @returns a new array of 2 to 14 bytes, which may share memory with frames: see `encodeFrame`
 * @throws ProtocolError with offset 0 if the header breaks a rule, unless `strict` is `false`
 * @throws TypeError or RangeError for arguments of another type or range
 */
export function encodeHeader(header: FrameHeaderInit, options?: EncodeOptions): Uint8Array<ArrayBuffer> {
  assertObject(header, 'header')
  // All fields are read before `planned` is filled: a getter may encode another header.
  const { payloadLength, fin, rsv1, rsv2, rsv3, opcode, maskingKey = null } = header
  const rules = writeRulesOf(options)
  assertInteger(payloadLength, 'payloadLength', 0, MAX_PAYLOAD_LENGTH)
  const isValid = planHeader(firstByteOf(fin, rsv1, rsv2, rsv3, opcode), maskingKey, payloadLength, rules, planned)
  if (!isValid && rules.strict) checkPlanned(planned, rules.policy, 0)
  const { headerLength } = planned
  const memory = memoryFor(headerLength)
  writeHeader(planned, memory.bytes, memory.used)
  return memory.cut(headerLength)
}
