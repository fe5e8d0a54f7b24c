/**
 * Reads a frame header (RFC 6455, section 5.2) and checks each byte as soon as it has arrived.
 */
import { checkClosePayloadLength } from '../protocol/close-payload.js'
import type { MessageState } from '../protocol/message-state.js'
import { Opcode } from '../protocol/opcode.js'
import type { Report } from '../protocol/rules.js'
import { int32, octetAt, uint16 } from '../util/octets.js'
import { checkFirstByte, checkForm, checkLimits, checkMostSignificantBit, checkOrder, checkSecondByte } from './check.js'
import { Bit, extendedLengthBytes, headerLengthOf, lengthBitsOfField } from './layout.js'
import type { LengthBits, WireHeader } from './layout.js'
import type { FramePolicy } from './policy.js'

/**
 * Reads the header that begins at `start`.
 *
 * @param end - position after the last byte that may be read
 * @param message - the state before this frame, not modified; `null` if it is unknown: then the order of frames (5.4) and the limit of
 *   messages are not checked
 * @param frameOffset - position of the frame in the stream, for the report
 * @param into - filled if the header is complete
 * @returns false if more bytes are needed
 */
export function readHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  policy: FramePolicy,
  message: MessageState | null,
  frameOffset: number,
  report: Report,
  into: WireHeader,
): boolean {
  if (end <= start) return false
  const first = octetAt(bytes, start)
  const opcode = first & Bit.opcode
  checkFirstByte(first, policy, frameOffset, report)
  if (message !== null) checkOrder(opcode, message, frameOffset, report)

  if (end <= start + 1) return false
  const second = octetAt(bytes, start + 1)
  checkSecondByte(opcode, second, policy, frameOffset, report)

  const lengthField = second & Bit.payloadLength
  const lengthBits = lengthBitsOfField(lengthField)
  const lengthEnd = start + 2 + extendedLengthBytes(lengthBits)
  const payloadLength =
    lengthBits === 7 ? lengthField : readExtendedLength(lengthBits, bytes, start + 2, Math.min(end, lengthEnd), frameOffset, report)
  if (payloadLength === null) return false
  checkLimits(opcode, payloadLength, policy, message, frameOffset, report)
  if (opcode === Opcode.Close) checkClosePayloadLength(payloadLength, frameOffset, report)

  const isMasked = (second & Bit.mask) !== 0
  const headerLength = headerLengthOf(lengthBits, isMasked)
  if (end < start + headerLength) return false
  into.firstByte = first
  into.maskingKey = isMasked ? int32(bytes, lengthEnd) : null
  into.payloadLength = payloadLength
  into.headerLength = headerLength
  return true
}

/** @returns the payload length, or null if more bytes are needed */
function readExtendedLength(
  lengthBits: LengthBits,
  bytes: Uint8Array,
  position: number,
  end: number,
  frameOffset: number,
  report: Report,
): number | null {
  const arrived = end - position
  if (lengthBits === 16) {
    if (arrived < 2) return null
    const payloadLength = uint16(bytes, position)
    checkForm(payloadLength, payloadLength, lengthBits, frameOffset, report)
    return payloadLength
  }
  if (arrived < 1) return null
  checkMostSignificantBit(octetAt(bytes, position), frameOffset, report)
  if (arrived < 6) return null
  const high48 = (uint16(bytes, position) * 2 ** 16 + uint16(bytes, position + 2)) * 2 ** 16 + uint16(bytes, position + 4)
  const least = high48 * 2 ** 16
  checkForm(least, least + 0xffff, lengthBits, frameOffset, report)
  if (arrived < 8) return null
  const low16 = uint16(bytes, position + 6)
  // Above 2^53 the sum is rounded, but never to a number below 2^53.
  const payloadLength = least + low16
  if (payloadLength > Number.MAX_SAFE_INTEGER) {
    report('length-unsafe', frameOffset, `the payload length is ${BigInt(high48) * 65536n + BigInt(low16)}`)
  }
  return payloadLength
}
