/**
 * `decodeFrame`: decodes one frame (RFC 6455, section 5.2), without state.
 */
import { Bit, blankHeader } from '../header/layout.js'
import type { FrameHeader } from '../header/layout.js'
import { readPolicy } from '../header/make-policy.js'
import { readHeader } from '../header/read.js'
import { maskOnce } from '../mask/javascript.js'
import { readClosePayload } from '../protocol/close-payload.js'
import { Opcode } from '../protocol/opcode.js'
import type { DecodeOptions } from '../protocol/options.js'
import { raise } from '../protocol/rules.js'
import { assertBytes, assertInteger } from '../util/arguments.js'
import { copyOf } from '../util/memory.js'

/** A decoded frame. `maskingKey` is the key that the payload was masked with. */
export interface Frame extends Omit<FrameHeader, 'payloadLength' | 'headerLength'> {
  /** Always unmasked. */
  payload: Uint8Array<ArrayBuffer>
}

/**
 * Decodes the frame that begins at `offset` (RFC 6455, section 5.2), and checks the code and reason of a Close frame. The order of frames
 * (5.4) and the UTF-8 of texts (8.1) are not checked: they concern more than one frame.
 *
 * @param bytes - not modified; the frame's payload is a copy
 * @param options - the sender, the negotiated extensions, and the limit (default: no limit)
 * @param offset - position of the frame's first byte in `bytes`; default 0
 * @returns the frame and its length on the wire in bytes, or `null` if more bytes are needed
 * @throws ProtocolError as soon as a byte breaks a rule, even if later bytes are missing; its `offset` is the argument `offset`
 * @throws TypeError or RangeError for arguments of another type or range
 *
 * @example
 * ```js
 * const { frame, bytesRead } = decodeFrame(parseHex('8185 37fa213d 7f9f4d5158'))
 * new TextDecoder().decode(frame.payload) // 'Hello'
 * bytesRead // 11
 * ```
 */
export function decodeFrame(bytes: Uint8Array, options?: DecodeOptions, offset = 0): { frame: Frame; bytesRead: number } | null {
  assertBytes(bytes, 'bytes')
  // Read the options first: a getter may shrink the bytes.
  const policy = readPolicy(options, Infinity)
  assertInteger(offset, 'offset', 0, bytes.length)
  const header = blankHeader()
  if (!readHeader(bytes, offset, bytes.length, policy, null, offset, raise, header)) return null
  const { firstByte, maskingKey, payloadLength, headerLength } = header
  if (bytes.length - offset - headerLength < payloadLength) return null

  const start = offset + headerLength
  const payload = copyOf(bytes, start, start + payloadLength)
  // Without the WebAssembly kernel, so that a bundle with `decodeFrame` alone does not contain it.
  if (maskingKey !== null) maskOnce(payload, 0, payloadLength, maskingKey)
  if ((firstByte & Bit.opcode) === Opcode.Close) readClosePayload(payload, offset, raise)
  return { frame: frameOf(firstByte, maskingKey, payload), bytesRead: headerLength + payloadLength }
}

/** Makes every `Frame`, so that V8 gives all of them one shape. */
export function frameOf(firstByte: number, maskingKey: number | null, payload: Uint8Array<ArrayBuffer>): Frame {
  return {
    fin: (firstByte & Bit.fin) !== 0,
    rsv1: (firstByte & Bit.rsv1) !== 0,
    rsv2: (firstByte & Bit.rsv2) !== 0,
    rsv3: (firstByte & Bit.rsv3) !== 0,
    opcode: firstByte & Bit.opcode,
    maskingKey: maskingKey === null ? null : maskingKey >>> 0,
    payload,
  }
}
