/**
 * Writes a frame header (RFC 6455, section 5.2) and checks it by the same rules as a header that is read.
 */
import { assertMaskingKey } from '../mask/masking-key.js'
import type { EncodeOptions } from '../protocol/options.js'
import { raise } from '../protocol/rules.js'
import type { Report } from '../protocol/rules.js'
import { assertBoolean, assertInteger, assertObject } from '../util/arguments.js'
import { writeUint32 } from '../util/octets.js'
import { isSimple } from './accept.js'
import { isShortestForm } from './check.js'
import { Bit, LENGTH_16, MAX_HEADER_LENGTH, blankHeader, headerLengthOf, lengthFieldOf, shortestLengthBits } from './layout.js'
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
  const policy = connectionPolicy(sender, extensions)
  assertBoolean(strict, 'strict')
  return { policy, strict, lengthBits }
}

/** A header to be written. */
export interface PlannedHeader extends WireHeader {
  secondByte: number
}

export function blankPlan(): PlannedHeader {
  return { ...blankHeader(), secondByte: 0 }
}

/**
 * Makes the first byte of a frame.
 *
 * @throws TypeError or RangeError for fields of another type or range
 */
export function firstByteOf(
  fin: boolean | undefined,
  rsv1: boolean | undefined,
  rsv2: boolean | undefined,
  rsv3: boolean | undefined,
  opcode: number,
): number {
  assertInteger(opcode, 'opcode', 0, 15)
  const finBit = fin === undefined ? Bit.fin : bitOf(fin, 'fin', Bit.fin)
  // Most frames leave out all three. Encoding 0 B decides.
  const isPlain = rsv1 === undefined && rsv2 === undefined && rsv3 === undefined
  return finBit | (isPlain ? 0 : rsvBitsOf(rsv1, rsv2, rsv3)) | opcode
}

function rsvBitsOf(rsv1 = false, rsv2 = false, rsv3 = false): number {
  return bitOf(rsv1, 'rsv1', Bit.rsv1) | bitOf(rsv2, 'rsv2', Bit.rsv2) | bitOf(rsv3, 'rsv3', Bit.rsv3)
}

function bitOf(value: boolean, name: string, bit: number): number {
  assertBoolean(value, name)
  return value ? bit : 0
}

/**
 * Computes a header.
 *
 * @param firstByte - from {@link firstByteOf}
 * @param maskingKey - as the caller passed it
 * @param into - filled
 * @returns true if the header is valid; false if {@link checkPlanned} must decide
 * @throws TypeError or RangeError for a masking key of another type or range, and for `lengthBits` that cannot hold the length
 */
export function planHeader(
  firstByte: number,
  maskingKey: number | null,
  payloadLength: number,
  { policy, lengthBits }: WriteRules,
  into: PlannedHeader,
): boolean {
  const isMasked = maskingKey !== null
  if (isMasked) assertMaskingKey(maskingKey)
  const bits = lengthBits === undefined ? shortestLengthBits(payloadLength) : checkedForm(lengthBits, payloadLength)
  const secondByte = (isMasked ? Bit.mask : 0) | lengthFieldOf(payloadLength, bits)
  into.firstByte = firstByte
  into.secondByte = secondByte
  into.maskingKey = isMasked ? maskingKey | 0 : null
  into.payloadLength = payloadLength
  into.headerLength = headerLengthOf(bits, isMasked)
  return isSimple(firstByte, secondByte, policy) && (lengthBits === undefined || isShortestForm(payloadLength, bits))
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

/**
 * Writes a header.
 *
 * @param target - must have room for the header at `offset`
 */
export function writeHeader(header: PlannedHeader, target: Uint8Array, offset: number): void {
  const { secondByte, maskingKey } = header
  target[offset] = header.firstByte
  target[offset + 1] = secondByte
  if ((secondByte & Bit.payloadLength) >= LENGTH_16) writeExtendedLength(header, target, offset + 2)
  if (maskingKey !== null) writeUint32(target, offset + header.headerLength - 4, maskingKey)
}

function writeExtendedLength({ secondByte, payloadLength }: PlannedHeader, target: Uint8Array, position: number): void {
  if ((secondByte & Bit.payloadLength) === LENGTH_16) {
    target[position] = payloadLength >>> 8
    target[position + 1] = payloadLength
  } else {
    writeUint32(target, position, Math.floor(payloadLength / 2 ** 32))
    writeUint32(target, position + 4, payloadLength % 2 ** 32)
  }
}

/** The header to be checked, as it is written and as it is read. */
const written = /* @__PURE__ */ new Uint8Array(MAX_HEADER_LENGTH)
const readBack = /* @__PURE__ */ blankHeader()

/**
 * Checks a header by writing and reading it, so that encoders write exactly the headers that readers accept.
 *
 * @param frameOffset - position of the frame, for the error
 */
export function checkPlanned(header: PlannedHeader, policy: FramePolicy, frameOffset: number): void {
  writeHeader(header, written, 0)
  readHeader(written, 0, header.headerLength, policy, null, frameOffset, refuse, readBack)
}

/** Throws a violation by a frame that is written. For MASK, the message says how to correct the call. */
const refuse: Report = (rule, offset, found) => {
  if (rule === 'mask-required') raise(rule, offset, 'the frame has no maskingKey (pass one from randomMaskingKey())')
  if (rule === 'mask-forbidden') raise(rule, offset, 'the frame has a maskingKey (leave it out, or pass null)')
  raise(rule, offset, found)
}
