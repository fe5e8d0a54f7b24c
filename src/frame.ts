/**
 * Whole frames (RFC 6455, section 5.2), one at a time and without state.
 */
import { assertBytes, assertInteger, assertObject } from './arguments.js'
import { readClosePayload } from './close.js'
import {
  blankHeader,
  checkHeader,
  isStrict,
  ordinaryFirstByte,
  ordinaryHeaderLength,
  readHeader,
  wireHeaderOf,
  writeHeader,
} from './header.js'
import type { EncodeOptions, FrameHeader, FrameHeaderInit, WireHeader } from './header.js'
import { maskInPlace, maskInto, maskedCopy } from './mask.js'
import { NOTHING } from './octets.js'
import { Opcode } from './opcode.js'
import { Bit, readPolicy } from './options.js'
import type { DecodeOptions } from './options.js'
import { raise } from './rules.js'
import { MAX_SHARED_LENGTH, slabFor } from './slab.js'
import { utf8Encoder } from './utf8.js'
import { maskOctetsInto, maskOnce } from './words.js'
import type { PlainMask } from './words.js'

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
  readonly payload?: Uint8Array | string
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
  assertInteger(offset, 'offset', 0, bytes.length)
  const header = blankHeader()
  if (!readHeader(bytes, offset, bytes.length, readPolicy(options, Infinity), null, offset, raise, header)) return null
  const { firstByte, maskingKey, payloadLength, headerLength } = header
  if (bytes.length - offset - headerLength < payloadLength) return null

  const start = offset + headerLength
  const payload = new Uint8Array(bytes.subarray(start, start + payloadLength))
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
 * @returns a new array. From 65 bytes to 2 KiB it may be a view of memory that it shares with other frames, as the Buffers of
 *   Node.js are: its `buffer` is more than the frame, and must not be transferred to another thread.
 * @throws ProtocolError with offset 0 if the frame breaks a rule, close code and reason included, unless `strict` is `false`
 * @throws TypeError or RangeError for arguments of another type or range
 *
 * @example
 * ```js
 * formatHex(encodeFrame({ opcode: Opcode.Text, payload: 'Hello' })) // '810548656c6c6f'
 * encodeFrame({ opcode: Opcode.Text, payload: 'Hello', maskingKey: randomMaskingKey() }, { sender: 'client' })
 * ```
 */
export function encodeFrame(frame: FrameInit, options?: EncodeOptions): Uint8Array {
  const payload = payloadBytes(frame)
  const { maskingKey = null } = frame
  const firstByte = ordinaryFirstByte(frame, payload.length, maskingKey, options)
  if (firstByte === 0) return encodeAnyFrame(frame, payload, options)
  const key = signed(maskingKey)
  const headerLength = ordinaryHeaderLength(payload.length, key)
  const length = headerLength + payload.length
  const masked = key !== null && length > MAX_SHARED_LENGTH ? maskedCopy(payload, headerLength, key) : null
  if (masked === null && length > SHORT_FRAME) {
    const slab = slabFor(length)
    writeOrdinaryFrame(firstByte, key, payload, slab.bytes, slab.used, slab.plainMask)
    return slab.cut(length)
  }
  const target = masked ?? new Uint8Array(length)
  writeHeader(target, 0, firstByte, key, payload.length, headerLength)
  if (masked !== null) return masked
  if (key !== null) maskOctetsInto(payload, target, headerLength, key)
  else if (payload.length > 0) target.set(payload, headerLength)
  return target
}

/** The same for a frame that is not ordinary. */
function encodeAnyFrame(frame: FrameInit, payload: Uint8Array, options?: EncodeOptions): Uint8Array {
  const header = wireHeaderOf(frame, payload.length, options)
  const length = header.headerLength + payload.length
  const slab = slabFor(length)
  writeFrame(header, payload, slab.bytes, slab.used, 0, options, slab.plainMask)
  return slab.cut(length)
}

/** A masking key as a signed integer, for which V8 allocates nothing. */
function signed(maskingKey: number | null): number | null {
  return maskingKey === null ? null : maskingKey | 0
}

/**
 * Encodes one frame into an array of the caller's (RFC 6455, section 5.2). No buffer is allocated, for a string neither.
 *
 * @param frame - its payload is not modified, unless it overlaps `target`, as it may
 * @param target - written from `offset`; if the function throws, its content from there on is undefined
 * @param offset - position in `target` of the frame's first byte; default 0
 * @param options - as for {@link encodeFrame}
 * @returns how many bytes were written
 * @throws ProtocolError with offset `offset` if the frame breaks a rule, unless `strict` is `false`
 * @throws RangeError if `target` has no room for the frame
 * @throws TypeError or RangeError for arguments of another type or range
 */
export function encodeFrameInto(frame: FrameInit, target: Uint8Array, offset = 0, options?: EncodeOptions): number {
  assertObject(frame, 'frame')
  assertBytes(target, 'target')
  assertInteger(offset, 'offset', 0, target.length)
  const payload =
    typeof frame.payload === 'string'
      ? encodeTextInto(frame.payload, frame, target, offset, options)
      : payloadBytes(frame)
  const { maskingKey = null } = frame
  const payloadLength = payload.length
  const firstByte = ordinaryFirstByte(frame, payloadLength, maskingKey, options)
  const header = firstByte === 0 ? wireHeaderOf(frame, payloadLength, options) : null
  const headerLength = header?.headerLength ?? ordinaryHeaderLength(payloadLength, maskingKey)
  const length = headerLength + payloadLength
  if (length > target.length - offset) throw noRoom(length, target.length - offset)
  if (header === null) writeOrdinaryFrame(firstByte, signed(maskingKey), payload, target, offset)
  else writeFrame(header, payload, target, offset, offset, options)
  return length
}

/**
 * The length in bytes of the frame that {@link encodeFrame} makes.
 *
 * @throws TypeError or RangeError for a frame with fields of another type or range
 */
export function encodedLength(frame: FrameInit): number {
  const { length } = payloadBytes(frame)
  return wireHeaderOf(frame, length).headerLength + length
}

function payloadBytes(frame: FrameInit): Uint8Array {
  assertObject(frame, 'frame')
  const { payload = NOTHING } = frame
  if (typeof payload === 'string') return utf8Encoder.encode(payload)
  assertBytes(payload, 'payload')
  return payload
}

/**
 * Encodes a string payload into the target itself, where the payload of the shortest header would begin.
 *
 * @returns a view of the bytes written; {@link writePayload} moves them to their place if the header is longer
 */
function encodeTextInto(
  text: string,
  frame: FrameInit,
  target: Uint8Array,
  offset: number,
  options?: EncodeOptions,
): Uint8Array {
  // No string is shorter in UTF-8 than in UTF-16 code units, so the header is at least this long.
  const space = target.subarray(offset + wireHeaderOf(frame, text.length, options).headerLength)
  const { read, written } = utf8Encoder.encodeInto(text, space)
  if (read < text.length) {
    const { length } = utf8Encoder.encode(text)
    throw noRoom(wireHeaderOf(frame, length, options).headerLength + length, target.length - offset)
  }
  return space.subarray(0, written)
}

function noRoom(needed: number, available: number): RangeError {
  return new RangeError(`the frame takes ${needed} bytes, but target has only ${available} from offset on`)
}

/** @param plainMask - of the target, if somebody keeps one */
function writeOrdinaryFrame(
  firstByte: number,
  maskingKey: number | null,
  payload: Uint8Array,
  target: Uint8Array,
  offset: number,
  plainMask?: PlainMask,
): void {
  const headerLength = ordinaryHeaderLength(payload.length, maskingKey)
  writePayload(payload, target, offset + headerLength, maskingKey, plainMask)
  writeHeader(target, offset, firstByte, maskingKey, payload.length, headerLength)
}

/**
 * To be written before the header, because the payload may overlap the place where that goes.
 *
 * @param target - has room for the payload from `start`
 * @param plainMask - of the target, if somebody keeps one
 */
function writePayload(
  payload: Uint8Array,
  target: Uint8Array,
  start: number,
  maskingKey: number | null,
  plainMask?: PlainMask,
): void {
  if (payload.length === 0) return
  if (maskingKey === null) target.set(payload, start)
  else maskInto(payload, 0, payload.length, target, start, maskingKey, 0, plainMask)
}

/**
 * Writes a frame that is not ordinary and, if strict, checks it.
 *
 * @param frameOffset - for the report
 * @param plainMask - of the target, if somebody keeps one
 */
function writeFrame(
  header: WireHeader,
  payload: Uint8Array,
  target: Uint8Array,
  offset: number,
  frameOffset: number,
  options?: EncodeOptions,
  plainMask?: PlainMask,
): void {
  const { firstByte, maskingKey, headerLength, payloadLength } = header
  const isClose = (firstByte & Bit.opcode) === Opcode.Close
  const start = offset + headerLength
  writePayload(payload, target, start, isClose ? null : maskingKey, plainMask)
  writeHeader(target, offset, firstByte, maskingKey, payloadLength, headerLength)
  checkHeader(header, target, offset, frameOffset, options)
  if (!isClose) return
  if (isStrict(options)) readClosePayload(target.subarray(start, start + payloadLength), frameOffset, raise)
  if (maskingKey !== null) maskInPlace(target, start, start + payloadLength, maskingKey, 0)
}
