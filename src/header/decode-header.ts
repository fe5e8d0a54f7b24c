/**
 * Decodes one header (RFC 6455, section 5.2).
 */
import type { DecodeOptions } from '../protocol/options.js'
import { raise } from '../protocol/rules.js'
import { assertBytes, assertInteger, assertObject } from '../util/arguments.js'
import { Bit, blankHeader } from './layout.js'
import type { FrameHeader } from './layout.js'
import { readPolicy } from './make-policy.js'
import { readHeader } from './read.js'

/**
 * Decodes the header of one frame (RFC 6455, section 5.2). It does not check the order of frames (5.4); `FrameReader` does.
 *
 * @param bytes - not modified, not kept
 * @param options - the sender, the negotiated extensions and the limit; default: no limit
 * @param offset - position of the frame's first byte in `bytes`; default 0
 * @param into - an object to fill and return instead of a new one; unchanged if more bytes are needed
 * @returns the header, or `null` if more bytes are needed
 * @throws ProtocolError as soon as a byte breaks a rule, even if later bytes are missing; its offset is `offset`
 * @throws TypeError or RangeError for arguments of another type or range
 *
 * @example
 * ```js
 * const header = decodeHeader(parseHex('8185 37fa213d'))
 * header.payloadLength // 5
 * header.headerLength // 6
 * ```
 */
export function decodeHeader(bytes: Uint8Array, options?: DecodeOptions, offset = 0, into?: FrameHeader): FrameHeader | null {
  assertBytes(bytes, 'bytes')
  if (into !== undefined) assertObject(into, 'into')
  // Before `decodedHeader` is filled: a getter of the options may decode another header.
  const policy = readPolicy(options, Infinity)
  assertInteger(offset, 'offset', 0, bytes.length)
  const header = decodedHeader
  if (!readHeader(bytes, offset, bytes.length, policy, null, offset, raise, header)) return null
  const { firstByte, maskingKey, payloadLength, headerLength } = header
  const target = into ?? { fin: false, rsv1: false, rsv2: false, rsv3: false, opcode: 0, maskingKey, payloadLength, headerLength }
  target.fin = (firstByte & Bit.fin) !== 0
  target.rsv1 = (firstByte & Bit.rsv1) !== 0
  target.rsv2 = (firstByte & Bit.rsv2) !== 0
  target.rsv3 = (firstByte & Bit.rsv3) !== 0
  target.opcode = firstByte & Bit.opcode
  target.maskingKey = maskingKey === null ? null : maskingKey >>> 0
  target.payloadLength = payloadLength
  target.headerLength = headerLength
  return target
}

const decodedHeader = /* @__PURE__ */ blankHeader()
