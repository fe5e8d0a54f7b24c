/**
 * Encodes frames (RFC 6455, section 5.2).
 */
import { Bit, blankHeader } from '../header/layout.js'
import type { FrameHeaderInit, WireHeader } from '../header/layout.js'
import { MAX_SHARED_FRAME, memoryFor } from '../header/shared-memory.js'
import { checkWritten, planHeader, writeHeader, writeRulesOf } from '../header/write.js'
import type { WriteRules } from '../header/write.js'
import { maskInPlace, maskInto, maskedCopy } from '../mask/mask.js'
import { BLOCK_LENGTH } from '../mask/webassembly.js'
import { readClosePayload } from '../protocol/close-payload.js'
import { Opcode } from '../protocol/opcode.js'
import type { EncodeOptions } from '../protocol/options.js'
import { raise } from '../protocol/rules.js'
import { assertBytes, assertInteger, assertObject } from '../util/arguments.js'
import { mayOverlap, viewOf } from '../util/memory.js'
import { NOTHING } from '../util/octets.js'
import { encodeText, encodeTextInto } from '../util/utf8.js'

/** A frame to encode. A {@link Frame} is one. */
export interface FrameInit extends Omit<FrameHeaderInit, 'payloadLength'> {
  /**
   * The unmasked payload. It is never modified. A string is encoded as UTF-8, an unpaired surrogate as U+FFFD. Default: empty.
   */
  readonly payload?: Uint8Array | string | undefined
}

/** The header of the frame being written. It is filled after all fields have been read, since a getter may encode another frame. */
const planned = /* @__PURE__ */ blankHeader()

/**
 * Encodes one frame (RFC 6455, section 5.2).
 *
 * @param frame - not modified
 * @param options - the sender and the negotiated extensions; `strict: false` encodes invalid frames too
 * @returns a new array. A frame of up to 4 KiB may share 16 KiB of memory with other frames, as short Buffers of Node.js do: its `buffer`
 *   is longer than the frame, and transferring the buffer to another thread detaches all of these frames. Copy the frame
 *   (`frame.slice()`) before you transfer it.
 * @throws ProtocolError with offset 0 if the frame, or the code or reason of a Close frame, breaks a rule, unless `strict` is `false`
 * @throws TypeError or RangeError for arguments of another type or range, and TypeError for a string where there is no `TextEncoder`
 *
 * @example
 * ```js
 * formatHex(encodeFrame({ opcode: Opcode.Text, payload: 'Hello' })) // '810548656c6c6f'
 * encodeFrame({ opcode: Opcode.Text, payload: 'Hello', maskingKey: randomMaskingKey() }, { sender: 'client' })
 * ```
 */
export function encodeFrame(frame: FrameInit, options?: EncodeOptions): Uint8Array<ArrayBuffer> {
  assertObject(frame, 'frame')
  // Read each field once, and all of them before writing: a getter may encode another frame, or resize the payload.
  const { fin, rsv1, rsv2, rsv3, opcode, maskingKey = null, payload: given = NOTHING } = frame
  const rules = writeRulesOf(options)
  const payload = bytesOf(given)
  const payloadLength = payload.length
  const isValid = planHeader(fin, rsv1, rsv2, rsv3, opcode, maskingKey, payloadLength, rules, planned)
  const { headerLength, maskingKey: key } = planned
  const length = headerLength + payloadLength
  const checkedBy = isValid ? null : rules
  const masked = key === null || length <= MAX_SHARED_FRAME ? null : maskedCopy(headerLength, payload, key)
  if (masked !== null) {
    writeFrame(planned, null, 0, masked, 0, 0, checkedBy)
    return masked
  }
  const memory = memoryFor(length)
  writeFrame(planned, payload, 0, memory.bytes, memory.used, 0, checkedBy)
  return memory.cut(length)
}

/**
 * Encodes one frame into your array (RFC 6455, section 5.2). It allocates no buffer, except for a string if the platform refuses to encode
 * into the target, as browsers do if the target is resizable.
 *
 * @param frame - its payload is not modified, unless it overlaps `target`, which is allowed
 * @param target - written from `offset` on; if the function throws, the bytes from `offset` on are undefined
 * @param offset - position in `target` of the frame's first byte; default 0
 * @param options - as for {@link encodeFrame}
 * @returns the number of bytes written
 * @throws ProtocolError with offset `offset` if the frame breaks a rule, unless `strict` is `false`
 * @throws RangeError if `target` has no room for the frame
 * @throws TypeError or RangeError for arguments of another type or range, and TypeError for a string where there is no `TextEncoder`
 */
export function encodeFrameInto(frame: FrameInit, target: Uint8Array, offset = 0, options?: EncodeOptions): number {
  assertObject(frame, 'frame')
  assertBytes(target, 'target')
  const { fin, rsv1, rsv2, rsv3, opcode, maskingKey = null, payload: given = NOTHING } = frame
  const rules = writeRulesOf(options)
  assertInteger(offset, 'offset', 0, target.length)
  const room = target.length - offset
  const plan = (payloadLength: number) => planHeader(fin, rsv1, rsv2, rsv3, opcode, maskingKey, payloadLength, rules, planned)

  let payload: Uint8Array
  let start = 0
  let payloadLength: number
  if (typeof given === 'string') {
    // Encode into the target, after the shortest header that is possible: UTF-8 has at least one byte for each UTF-16 code unit.
    plan(given.length)
    payload = target
    start = offset + planned.headerLength
    const written = start > target.length ? null : encodeTextInto(given, viewOf(target, start, target.length))
    if (written === null) {
      const { length } = encodeText(given)
      plan(length)
      throw noRoom(planned.headerLength + length, room)
    }
    payloadLength = written
  } else {
    payload = bytesOf(given)
    payloadLength = payload.length
  }
  const isValid = plan(payloadLength)
  const length = planned.headerLength + payloadLength
  if (length > room) throw noRoom(length, room)
  writeFrame(planned, payload, start, target, offset, offset, isValid ? null : rules)
  return length
}

/**
 * Computes the length of the frame that {@link encodeFrame} returns for the same arguments, without checking the rules.
 *
 * @param options - as for {@link encodeFrame}; `lengthBits` changes the length
 * @returns the length in bytes
 * @throws TypeError or RangeError for arguments of another type or range, as {@link encodeFrame} does
 */
export function encodedLength(frame: FrameInit, options?: EncodeOptions): number {
  assertObject(frame, 'frame')
  const { fin, rsv1, rsv2, rsv3, opcode, maskingKey = null, payload: given = NOTHING } = frame
  const rules = writeRulesOf(options)
  const { length } = bytesOf(given)
  planHeader(fin, rsv1, rsv2, rsv3, opcode, maskingKey, length, rules, planned)
  return planned.headerLength + length
}

function bytesOf(payload: Uint8Array | string): Uint8Array {
  if (typeof payload === 'string') return encodeText(payload)
  assertBytes(payload, 'payload')
  return payload
}

function noRoom(needed: number, available: number): RangeError {
  return new RangeError(`the frame takes ${needed} bytes, but target has only ${available} from offset on`)
}

/**
 * Writes a frame.
 *
 * @param payload - may overlap the target; null if it is there already, masked: only a payload too long for a Close frame may be
 * @param from - position of the payload in its array
 * @param target - has room for the frame from `offset` on
 * @param frameOffset - offset for errors
 * @param rules - null for a frame that is known to be valid
 */
function writeFrame(
  header: WireHeader,
  payload: Uint8Array | null,
  from: number,
  target: Uint8Array,
  offset: number,
  frameOffset: number,
  rules: WriteRules | null,
): void {
  const { firstByte, maskingKey, headerLength, payloadLength } = header
  const isChecked = rules !== null && rules.strict
  const isClose = isChecked && (firstByte & Bit.opcode) === Opcode.Close
  const start = offset + headerLength
  // Write the payload first: it may lie where the header goes. A Close payload is checked before it is masked.
  if (payload !== null) writePayload(payload, from, payloadLength, target, start, isClose ? null : maskingKey)
  writeHeader(header, target, offset)
  if (!isChecked) return
  checkWritten(headerLength, target, offset, rules.policy, frameOffset)
  if (!isClose) return
  readClosePayload(viewOf(target, start, start + payloadLength), frameOffset, raise)
  if (maskingKey !== null) maskInPlace(target, start, start + payloadLength, maskingKey, 0)
}

/**
 * @param from - position of the payload in its array
 * @param target - has room for the payload from `start` on
 */
function writePayload(
  payload: Uint8Array,
  from: number,
  length: number,
  target: Uint8Array,
  start: number,
  maskingKey: number | null,
): void {
  if (length === 0) return
  // In one pass, unless one block could overwrite octets that a later one reads.
  if (maskingKey !== null && (length <= BLOCK_LENGTH || !mayOverlap(payload, target))) {
    maskInto(payload, from, from + length, target, start, maskingKey, 0)
    return
  }
  if (length === payload.length) target.set(payload, start)
  // Otherwise the payload is a text, which was encoded into its place in the target.
  else if (from !== start) target.set(viewOf(payload, from, from + length), start)
  if (maskingKey !== null) maskInPlace(target, start, start + length, maskingKey, 0)
}
