/**
 * Writes a frame header (RFC 6455, section 5.2) and checks it by the same rules as a header that is read.
 */
import { MAX_MASKING_KEY } from '../mask/masking-key.js'
import type { EncodeOptions } from '../protocol/options.js'
import { raise } from '../protocol/rules.js'
import type { Report } from '../protocol/rules.js'
import { assertBoolean, assertInteger, assertObject } from '../util/arguments.js'
import { writeUint32 } from '../util/octets.js'
import { isSimple } from './accept.js'
import { isShortestForm } from './check.js'
import { Bit, blankHeader, headerLengthOf, lengthFieldOf, shortestLengthBits } from './layout.js'
import type { LengthBits, WireHeader } from './layout.js'
import { connectionPolicy, plainPolicy } from './make-policy.js'
import type { FramePolicy } from './policy.js'
import { readHeader } from './read.js'

/** The options of an encoder. Each is read once. */
export interface WriteRules {
  readonly policy: FramePolicy
  readonly strict: boolean
  /** The form of the payload length that the caller requests. */
  readonly lengthBits: LengthBits | undefined
}

const plainRules: WriteRules = { policy: plainPolicy, strict: true, lengthBits: undefined }

/** @throws TypeError or RangeError for options of another type or range */
export function writeRulesOf(options: EncodeOptions | undefined): WriteRules {
  if (options === undefined) return plainRules
  assertObject(options, 'options')
  const { sender, extensions, strict = true, lengthBits } = options
  const policy = connectionPolicy({ sender, extensions })
  assertBoolean(strict, 'strict')
  return { policy, strict, lengthBits }
}

/**
 * Computes a header from the fields of a frame.
 *
 * @param into - filled
 * @returns true if the header is valid; false if {@link checkWritten} must decide
 * @throws TypeError or RangeError for fields of another type or range, and for `lengthBits` that cannot hold the length
 */
export function planHeader(
  fin: boolean | undefined,
  rsv1: boolean | undefined,
  rsv2: boolean | undefined,
  rsv3: boolean | undefined,
  opcode: number,
  maskingKey: number | null,
  payloadLength: number,
  { policy, lengthBits }: WriteRules,
  into: WireHeader,
): boolean {
  assertInteger(opcode, 'opcode', 0, 15)
  const rsvBits = flag(rsv1, 'rsv1', Bit.rsv1, 0) | flag(rsv2, 'rsv2', Bit.rsv2, 0) | flag(rsv3, 'rsv3', Bit.rsv3, 0)
  const first = flag(fin, 'fin', Bit.fin, Bit.fin) | rsvBits | opcode
  if (maskingKey !== null) assertInteger(maskingKey, 'maskingKey', 0, MAX_MASKING_KEY)
  const bits = lengthBits === undefined ? shortestLengthBits(payloadLength) : checkedForm(lengthBits, payloadLength)
  into.firstByte = first
  into.maskingKey = maskingKey === null ? null : maskingKey | 0
  into.payloadLength = payloadLength
  into.headerLength = headerLengthOf(bits, maskingKey !== null)
  return isSimple(first, secondByteOf(maskingKey, payloadLength, bits), policy) && isShortestForm(payloadLength, bits)
}

function flag(value: boolean | undefined, name: string, bit: number, byDefault: number): number {
  if (value === undefined) return byDefault
  assertBoolean(value, name)
  return value ? bit : 0
}

/** @throws TypeError or RangeError if the form does not exist or cannot hold the length */
function checkedForm(lengthBits: LengthBits, payloadLength: number): LengthBits {
  assertInteger(lengthBits, 'lengthBits', 7, 64)
  if (lengthBits !== 7 && lengthBits !== 16 && lengthBits !== 64) {
    throw new RangeError(`lengthBits must be 7, 16 or 64, not ${lengthBits}`)
  }
  if (lengthBits < shortestLengthBits(payloadLength)) {
    throw new RangeError(`a payload length of ${payloadLength} does not fit in ${lengthBits} bits`)
  }
  return lengthBits
}

function secondByteOf(maskingKey: number | null, payloadLength: number, lengthBits: LengthBits): number {
  return (maskingKey === null ? 0 : Bit.mask) | lengthFieldOf(payloadLength, lengthBits)
}

/**
 * Writes a header.
 *
 * @param target - must have room for the header at `offset`
 */
export function writeHeader({ firstByte, maskingKey, payloadLength, headerLength }: WireHeader, target: Uint8Array, offset: number): void {
  const extendedBytes = headerLength - (maskingKey === null ? 2 : 6)
  target[offset] = firstByte
  target[offset + 1] = secondByteOf(maskingKey, payloadLength, extendedBytes === 0 ? 7 : extendedBytes === 2 ? 16 : 64)
  if (extendedBytes === 8) {
    writeUint32(target, offset + 2, Math.floor(payloadLength / 2 ** 32))
    writeUint32(target, offset + 6, payloadLength % 2 ** 32)
  } else if (extendedBytes === 2) {
    target[offset + 2] = payloadLength >>> 8
    target[offset + 3] = payloadLength
  }
  if (maskingKey !== null) writeUint32(target, offset + headerLength - 4, maskingKey)
}

/**
 * Reads back a header that was written, so that encoders write exactly the headers that readers accept.
 *
 * @param frameOffset - position of the frame, for the error
 */
export function checkWritten(headerLength: number, target: Uint8Array, offset: number, policy: FramePolicy, frameOffset: number): void {
  readHeader(target, offset, offset + headerLength, policy, null, frameOffset, refuse, readBack)
}

/** Throws a violation by a frame that is written. For MASK, the message says how to correct the call. */
const refuse: Report = (rule, offset, found) => {
  if (rule === 'mask-required') raise(rule, offset, 'the frame has no maskingKey (pass one from randomMaskingKey())')
  if (rule === 'mask-forbidden') raise(rule, offset, 'the frame has a maskingKey (leave it out, or pass null)')
  raise(rule, offset, found)
}

const readBack = /* @__PURE__ */ blankHeader()
