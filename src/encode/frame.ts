/**
 * Encodes frames (RFC 6455, section 5.2).
 */
import { Bit, MAX_HEADER_LENGTH } from '../header/layout.js'
import type { FrameHeaderInit } from '../header/layout.js'
import { MAX_SHARED_FRAME, memoryFor } from '../header/shared-memory.js'
import { blankPlan, checkPlanned, firstByteOf, planHeader, writeHeader, writeRulesOf } from '../header/write.js'
import type { PlannedHeader, WriteRules } from '../header/write.js'
import { maskInPlace, maskInto, maskedCopy } from '../mask/mask.js'
import { BLOCK_LENGTH } from '../mask/webassembly.js'
import { readClosePayload } from '../protocol/close-payload.js'
import { Opcode } from '../protocol/opcode.js'
import type { EncodeOptions } from '../protocol/options.js'
import { raise } from '../protocol/rules.js'
import { assertBytes, assertInteger, assertObject } from '../util/arguments.js'
import { copyOf, mayOverlap, part, viewOf } from '../util/memory.js'
import { NOTHING } from '../util/octets.js'
import { encodeText, encodeTextInto } from '../util/utf8.js'

/** A frame to encode. A {@link Frame} is one. */
export interface FrameInit extends Omit<FrameHeaderInit, 'payloadLength'> {
  /**
   * The unmasked payload. It is never modified. A string is encoded as UTF-8, an unpaired surrogate as U+FFFD. Default: empty.
   */
  readonly payload?: Uint8Array | string | undefined
}

/** The most bytes that a UTF-16 code unit takes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3

/** In UTF-16 code units: the frame of such a text surely shares memory, so that the text is encoded there. */
const MAX_SHARED_TEXT = Math.floor((MAX_SHARED_FRAME - MAX_HEADER_LENGTH) / MAX_BYTES_PER_UNIT)

/** The header of the frame being written. It is filled after all fields have been read, since a getter may encode another frame. */
const planned = /* @__PURE__ */ blankPlan()

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
  const firstByte = firstByteOf(fin, rsv1, rsv2, rsv3, opcode)
  if (typeof given === 'string' && given.length <= MAX_SHARED_TEXT) return encodeShortText(given, firstByte, maskingKey, rules)
  let payload = bytesOf(given)
  const payloadLength = payload.length
  if (!planHeader(firstByte, maskingKey, payloadLength, rules, planned)) payload = checkFrame(planned, payload, 0, rules, 0)
  const length = planned.headerLength + payloadLength
  if (length > MAX_SHARED_FRAME) return encodeLong(planned, payload)
  const memory = memoryFor(length)
  writeFrame(planned, payload, 0, memory.bytes, memory.used)
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
  const firstByte = firstByteOf(fin, rsv1, rsv2, rsv3, opcode)
  return encodeAt(given, firstByte, maskingKey, rules, target, offset, offset)
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
  return headerLengthFor(firstByteOf(fin, rsv1, rsv2, rsv3, opcode), maskingKey, length, rules) + length
}

/** Encodes a text of at most `MAX_SHARED_TEXT` code units where its frame goes. */
function encodeShortText(text: string, firstByte: number, maskingKey: number | null, rules: WriteRules): Uint8Array<ArrayBuffer> {
  const memory = memoryFor(MAX_HEADER_LENGTH + MAX_BYTES_PER_UNIT * text.length)
  return memory.cut(encodeAt(text, firstByte, maskingKey, rules, memory.bytes, memory.used, 0))
}

/** Encodes a frame that has memory of its own. */
function encodeLong(header: PlannedHeader, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const { headerLength, maskingKey, payloadLength } = header
  const masked = maskingKey === null ? null : maskedCopy(headerLength, payload, maskingKey)
  const frame = masked ?? new Uint8Array(headerLength + payloadLength)
  if (masked === null) writeFrame(header, payload, 0, frame, 0)
  else writeHeader(header, frame, 0)
  return frame
}

/**
 * Encodes a frame into an array, once its fields have been read.
 *
 * @param frameOffset - for errors
 * @returns the number of bytes written
 */
function encodeAt(
  given: Uint8Array | string,
  firstByte: number,
  maskingKey: number | null,
  rules: WriteRules,
  target: Uint8Array,
  offset: number,
  frameOffset: number,
): number {
  let payload = target
  let start = 0
  let payloadLength: number
  if (typeof given === 'string') {
    // Encode into the target, after the shortest header that is possible: UTF-8 has at least one byte for each UTF-16 code unit.
    start = offset + headerLengthFor(firstByte, maskingKey, given.length, rules)
    payloadLength = encodeTextInto(given, restOf(target, start))
  } else {
    assertBytes(given, 'payload')
    payload = given
    payloadLength = given.length
  }
  const isValid = planHeader(firstByte, maskingKey, payloadLength, rules, planned)
  const length = planned.headerLength + payloadLength
  if (length > target.length - offset) throw noRoom(length, target.length - offset)
  if (!isValid) {
    payload = checkFrame(planned, payload, start, rules, frameOffset)
    start = 0
  }
  writeFrame(planned, payload, start, target, offset)
  return length
}

/** The length of a header, in bytes. The rules are not checked, but types and ranges are. */
function headerLengthFor(firstByte: number, maskingKey: number | null, payloadLength: number, rules: WriteRules): number {
  planHeader(firstByte, maskingKey, payloadLength, rules, planned)
  return planned.headerLength
}

/** A view from `start` on; empty if the array ends before it. */
function restOf(bytes: Uint8Array, start: number): Uint8Array {
  return viewOf(bytes, Math.min(start, bytes.length), bytes.length)
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
 * Checks a frame that {@link planHeader} has not found valid.
 *
 * @param from - position of the payload in its array
 * @param frameOffset - for the error
 * @returns the payload to write. That of a Close frame is a copy, since another thread may write to shared memory after the check.
 */
function checkFrame(
  header: PlannedHeader,
  payload: Uint8Array,
  from: number,
  { policy, strict }: WriteRules,
  frameOffset: number,
): Uint8Array {
  const end = from + header.payloadLength
  if (strict) checkPlanned(header, policy, frameOffset)
  if (!strict || (header.firstByte & Bit.opcode) !== Opcode.Close) return part(payload, from, end)
  const copy = copyOf(payload, from, end)
  readClosePayload(copy, frameOffset, raise)
  return copy
}

/**
 * Writes a frame.
 *
 * @param payload - may overlap the target
 * @param from - position of the payload in its array
 * @param target - has room for the frame from `offset` on
 */
function writeFrame(header: PlannedHeader, payload: Uint8Array, from: number, target: Uint8Array, offset: number): void {
  const { payloadLength, maskingKey } = header
  const start = offset + header.headerLength
  // The payload first: it may lie where the header goes.
  if (payloadLength > 0) {
    if (maskingKey === null) copyPayload(payload, from, payloadLength, target, start)
    else maskPayload(payload, from, payloadLength, target, start, maskingKey)
  }
  writeHeader(header, target, offset)
}

function copyPayload(payload: Uint8Array, from: number, length: number, target: Uint8Array, start: number): void {
  if (length === payload.length) target.set(payload, start)
  // Otherwise the payload is a text, which was encoded into its place in the target, or close before it.
  else if (from !== start) target.set(viewOf(payload, from, from + length), start)
}

function maskPayload(payload: Uint8Array, from: number, length: number, target: Uint8Array, start: number, maskingKey: number): void {
  // In one pass, unless one block could overwrite octets that a later one reads.
  if (length <= BLOCK_LENGTH || !mayOverlap(payload, target)) {
    maskInto(payload, from, from + length, target, start, maskingKey, 0)
  } else {
    copyPayload(payload, from, length, target, start)
    maskInPlace(target, start, start + length, maskingKey, 0)
  }
}
