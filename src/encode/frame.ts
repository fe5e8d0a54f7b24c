/**
 * Whole frames (RFC 6455, section 5.2), one at a time and without state.
 */
import { assertBytes, assertInteger, assertObject } from '../util/arguments.js'
import { readClosePayload } from '../protocol/close.js'
import {
  blankHeader,
  checkHeader,
  checkedPolicy,
  encodingPolicy,
  headerLengthOf,
  isOrdinary,
  ordinaryFirstByte,
  ordinaryHeaderLength,
  readHeader,
  wireHeaderOf,
  writeHeader,
} from '../header/header.js'
import type { EncodeOptions, FrameHeader, FrameHeaderInit, WireHeader } from '../header/header.js'
import { maskInPlace, maskInto, maskedCopy } from '../mask/mask.js'
import { copyOf, viewOf } from '../util/memory.js'
import { NOTHING } from '../util/octets.js'
import { Opcode } from '../protocol/opcode.js'
import { Bit, readPolicy } from '../header/options.js'
import type { DecodeOptions, FramePolicy } from '../header/options.js'
import { raise } from '../protocol/rules.js'
import { MAX_SHARED_LENGTH, slabFor } from './shared-memory.js'
import { encodeText, encodeTextInto } from '../util/utf8.js'
import { maskOctetsInto, maskOnce } from '../mask/javascript.js'
import type { PlainMask } from '../mask/javascript.js'

/** A frame as it was read. Its masking key is the one that the payload was masked with. */
export interface Frame extends Omit<FrameHeader, 'payloadLength' | 'headerLength'> {
  /** Always unmasked. */
  payload: Uint8Array<ArrayBuffer>
}

/** A frame to be written: a {@link Frame} will do. */
export interface FrameInit extends Omit<FrameHeaderInit, 'payloadLength'> {
  /**
   * Unmasked, and never modified. A string is encoded as UTF-8, an unpaired surrogate as U+FFFD. Default: empty.
   */
  readonly payload?: Uint8Array | string | undefined
}

/**
 * Decodes the frame that begins at `offset` (RFC 6455, section 5.2), close code and reason included. Which frames may
 * follow which (5.4) and whether a text is UTF-8 (8.1) takes more than one frame to tell.
 *
 * @param bytes - not modified; the frame's payload is a copy
 * @param options - who sends, what was negotiated, the limit (none by default)
 * @param offset - position of the frame's first byte in `bytes`; default 0
 * @returns the frame and its length on the wire in bytes, or `null` if more bytes are needed
 * @throws ProtocolError as soon as a byte breaks a rule, even if later ones are missing; its offset is `offset`
 * @throws TypeError or RangeError for arguments of another type or range
 *
 * @example
 * ```js
 * const { frame, bytesRead } = decodeFrame(parseHex('8185 37fa213d 7f9f4d5158'))
 * new TextDecoder().decode(frame.payload) // 'Hello'
 * bytesRead // 11
 * ```
 */
export function decodeFrame(
  bytes: Uint8Array,
  options?: DecodeOptions,
  offset = 0,
): { frame: Frame; bytesRead: number } | null {
  assertBytes(bytes, 'bytes')
  // Before anything else is done: a getter may do what it likes, such as shrink the bytes.
  const policy = readPolicy(options, Infinity)
  assertInteger(offset, 'offset', 0, bytes.length)
  const header = blankHeader()
  if (!readHeader(bytes, offset, bytes.length, policy, null, offset, raise, header)) return null
  const { firstByte, maskingKey, payloadLength, headerLength } = header
  if (bytes.length - offset - headerLength < payloadLength) return null

  const start = offset + headerLength
  const payload = copyOf(bytes, start, start + payloadLength)
  // Without the kernel, since frames one at a time are for scripts, which are glad to load less.
  if (maskingKey !== null) maskOnce(payload, 0, payloadLength, maskingKey)
  if ((firstByte & Bit.opcode) === Opcode.Close) readClosePayload(payload, offset, raise)
  return { frame: frameOf(firstByte, maskingKey, payload), bytesRead: headerLength + payloadLength }
}

/** Every `Frame` is made here, so that all have one shape. */
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

/** In bytes: an array as short as this is on the heap of V8, which takes 10 ns less than a view of a slab (Node 20). */
const SHORT_FRAME = 64

/**
 * Encodes one frame (RFC 6455, section 5.2).
 *
 * @param frame - not modified
 * @param options - who sends, what was negotiated; `strict: false` to write what breaks the rules
 * @returns a new array. Up to 2 KiB it may be a view of memory that it shares with other frames, short ones too, as Buffers of Node.js
 *   share theirs: its `buffer` is more than the frame, and a transfer of it to another thread detaches all of these frames.
 *   Copy the frame (`frame.slice()`) to transfer it.
 * @throws ProtocolError with offset 0 if the frame breaks a rule, close code and reason included, unless `strict` is `false`
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
  // Each field is read once, and all of them before anything is written: a getter may encode another frame, or resize the payload.
  const { fin, rsv1, rsv2, rsv3, opcode, maskingKey = null, payload: given = NOTHING } = frame
  let sender, strict, lengthBits
  let policy: FramePolicy | null = null
  if (options !== undefined) {
    assertObject(options, 'options')
    let extensions
    ;({ sender, extensions, strict, lengthBits } = options)
    if (extensions !== undefined) policy = encodingPolicy(sender, extensions)
  }
  const payload = bytesOf(given)
  const payloadLength = payload.length

  const firstByte = isOrdinary(maskingKey, sender, strict, lengthBits)
    ? ordinaryFirstByte(fin, rsv1, rsv2, rsv3, opcode, payloadLength, maskingKey)
    : 0
  if (firstByte === 0) {
    const header = wireHeaderOf(fin, rsv1, rsv2, rsv3, opcode, payloadLength, maskingKey, lengthBits)
    return encodeAnyFrame(header, payload, checkedPolicy(policy, sender, strict))
  }
  const key = signed(maskingKey)
  const headerLength = ordinaryHeaderLength(payloadLength, key)
  const length = headerLength + payloadLength
  const masked = key !== null && length > MAX_SHARED_LENGTH ? maskedCopy(payload, payloadLength, headerLength, key) : null
  if (masked === null && length > SHORT_FRAME) {
    const slab = slabFor(length)
    const start = slab.used + headerLength
    if (key === null) slab.bytes.set(payload, start)
    else maskInto(payload, 0, payloadLength, slab.bytes, start, key, 0, slab.plainMask)
    writeHeader(slab.bytes, slab.used, firstByte, key, payloadLength, headerLength)
    return slab.cut(length)
  }
  const target = masked ?? new Uint8Array(length)
  writeHeader(target, 0, firstByte, key, payloadLength, headerLength)
  if (masked !== null) return masked
  if (key !== null) maskOctetsInto(payload, payloadLength, target, headerLength, key)
  else if (payloadLength > 0) target.set(payload, headerLength)
  return target
}

/** The same for a frame that is not ordinary. */
function encodeAnyFrame(header: WireHeader, payload: Uint8Array, policy: FramePolicy | null): Uint8Array<ArrayBuffer> {
  const length = header.headerLength + header.payloadLength
  const slab = slabFor(length)
  writeFrame(header, payload, 0, slab.bytes, slab.used, 0, policy, slab.plainMask)
  return slab.cut(length)
}

/** A masking key as a signed integer, for which V8 allocates nothing. */
function signed(maskingKey: number | null): number | null {
  return maskingKey === null ? null : maskingKey | 0
}

/**
 * Encodes one frame into an array of the caller's (RFC 6455, section 5.2). No buffer is allocated; for a string neither, unless the
 * platform refuses to encode into the target (browsers do if it is resizable).
 *
 * @param frame - its payload is not modified, unless it overlaps `target`, as it may
 * @param target - written from `offset`; if the function throws, its content from there on is undefined
 * @param offset - position in `target` of the frame's first byte; default 0
 * @param options - as for {@link encodeFrame}
 * @returns how many bytes were written
 * @throws ProtocolError with offset `offset` if the frame breaks a rule, unless `strict` is `false`
 * @throws RangeError if `target` has no room for the frame
 * @throws TypeError or RangeError for arguments of another type or range, and TypeError for a string where there is no `TextEncoder`
 */
export function encodeFrameInto(frame: FrameInit, target: Uint8Array, offset = 0, options?: EncodeOptions): number {
  assertObject(frame, 'frame')
  assertBytes(target, 'target')
  // Read once and first, as by encodeFrame.
  const { fin, rsv1, rsv2, rsv3, opcode, maskingKey = null, payload: given = NOTHING } = frame
  let sender, strict, lengthBits
  let policy: FramePolicy | null = null
  if (options !== undefined) {
    assertObject(options, 'options')
    let extensions
    ;({ sender, extensions, strict, lengthBits } = options)
    if (extensions !== undefined) policy = encodingPolicy(sender, extensions)
  }
  assertInteger(offset, 'offset', 0, target.length)
  const room = target.length - offset

  let payload: Uint8Array
  let start = 0
  let payloadLength: number
  if (typeof given === 'string') {
    // Into the target itself, where the payload of the shortest header would begin: no string is shorter in UTF-8 than in UTF-16 code units.
    payload = target
    start = offset + headerLengthOf(given.length, maskingKey, lengthBits)
    const written = start > target.length ? null : encodeTextInto(given, viewOf(target, start, target.length))
    if (written === null) {
      const { length } = encodeText(given)
      throw noRoom(headerLengthOf(length, maskingKey, lengthBits) + length, room)
    }
    payloadLength = written
  } else {
    payload = bytesOf(given)
    payloadLength = payload.length
  }

  const firstByte = isOrdinary(maskingKey, sender, strict, lengthBits)
    ? ordinaryFirstByte(fin, rsv1, rsv2, rsv3, opcode, payloadLength, maskingKey)
    : 0
  const header = firstByte === 0 ? wireHeaderOf(fin, rsv1, rsv2, rsv3, opcode, payloadLength, maskingKey, lengthBits) : null
  const headerLength = header?.headerLength ?? ordinaryHeaderLength(payloadLength, maskingKey)
  const length = headerLength + payloadLength
  if (length > room) throw noRoom(length, room)
  if (header === null) {
    const key = signed(maskingKey)
    writePayload(payload, start, payloadLength, target, offset + headerLength, key)
    writeHeader(target, offset, firstByte, key, payloadLength, headerLength)
  } else {
    writeFrame(header, payload, start, target, offset, offset, checkedPolicy(policy, sender, strict))
  }
  return length
}

/**
 * The length in bytes of the frame that {@link encodeFrame} makes of the same arguments. The rules are not checked.
 *
 * @param options - as for {@link encodeFrame}; `lengthBits` changes the length
 * @throws TypeError or RangeError for arguments of another type or range, as {@link encodeFrame} does
 */
export function encodedLength(frame: FrameInit, options: EncodeOptions = {}): number {
  assertObject(frame, 'frame')
  const { fin, rsv1, rsv2, rsv3, opcode, maskingKey = null, payload: given = NOTHING } = frame
  assertObject(options, 'options')
  const { sender, extensions, strict, lengthBits } = options
  checkedPolicy(encodingPolicy(sender, extensions), sender, strict)
  const { length } = bytesOf(given)
  return wireHeaderOf(fin, rsv1, rsv2, rsv3, opcode, length, maskingKey, lengthBits).headerLength + length
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
 * To be written before the header, because the payload may overlap the place where that goes.
 *
 * @param from - where the payload begins in its array
 * @param target - has room for the payload from `start`
 * @param plainMask - of the target, if somebody keeps one
 */
function writePayload(
  payload: Uint8Array,
  from: number,
  length: number,
  target: Uint8Array,
  start: number,
  maskingKey: number | null,
  plainMask?: PlainMask,
): void {
  if (length === 0) return
  if (maskingKey !== null) maskInto(payload, from, from + length, target, start, maskingKey, 0, plainMask)
  else if (length === payload.length) target.set(payload, start)
  else if (payload !== target || from !== start) target.set(viewOf(payload, from, from + length), start)
}

/**
 * Writes a frame that is not ordinary and, if there is a policy, checks it.
 *
 * @param from - where the payload begins in its array
 * @param frameOffset - for the report
 * @param plainMask - of the target, if somebody keeps one
 */
function writeFrame(
  header: WireHeader,
  payload: Uint8Array,
  from: number,
  target: Uint8Array,
  offset: number,
  frameOffset: number,
  policy: FramePolicy | null,
  plainMask?: PlainMask,
): void {
  const { firstByte, maskingKey, headerLength, payloadLength } = header
  const isClose = (firstByte & Bit.opcode) === Opcode.Close
  const start = offset + headerLength
  writePayload(payload, from, payloadLength, target, start, isClose ? null : maskingKey, plainMask)
  writeHeader(target, offset, firstByte, maskingKey, payloadLength, headerLength)
  if (policy !== null) checkHeader(header, target, offset, frameOffset, policy)
  if (!isClose) return
  if (policy !== null) readClosePayload(viewOf(target, start, start + payloadLength), frameOffset, raise)
  if (maskingKey !== null) maskInPlace(target, start, start + payloadLength, maskingKey, 0)
}
