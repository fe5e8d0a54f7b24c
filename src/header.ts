/**
 * The frame header (RFC 6455, section 5.2): FIN, RSV1-3 and the opcode in the first byte, MASK and the payload length in
 * the second, then the extended payload length, then the masking key. Everything that a header can do wrong is found
 * here, in the order of the bits, at the first byte that makes it certain.
 */
import { assertBoolean, assertBytes, assertInteger, assertObject } from './arguments.js'
import { MAX_MASKING_KEY } from './mask.js'
import { octetAt } from './octets.js'
import { Opcode, hasControlBit, opcodeName } from './opcode.js'
import { Bit, allowedRsvBits, framePolicy, readPolicy, rsvBitsOf } from './options.js'
import type { ConnectionOptions, DecodeOptions, FramePolicy } from './options.js'
import { raise } from './rules.js'
import type { Report } from './rules.js'

/** A frame's header, its fields named as in RFC 6455, section 5.2. */
export interface FrameHeader {
  /** Whether this is the final fragment of a message. */
  fin: boolean
  rsv1: boolean
  rsv2: boolean
  rsv3: boolean
  /** 0 to 15; see {@link Opcode}. */
  opcode: number
  /** 0 to 2^32-1 in network byte order, as it reads on the wire: `0x37fa213d`; `null` when MASK is clear. */
  maskingKey: number | null
  /** In bytes, 0 to 2^53-1, the masking key not included. */
  payloadLength: number
  /** In bytes, 2 to 14, the masking key included. */
  headerLength: number
}

/** What {@link encodeHeader} needs: a {@link FrameHeader} will do. */
export interface FrameHeaderInit {
  /** 0 to 15; see {@link Opcode}. */
  readonly opcode: number
  /** In bytes: a whole number below 2^64 (over 2^53-1 only with `strict: false`). */
  readonly payloadLength: number
  /** Default `true`. */
  readonly fin?: boolean
  /** Default `false`. */
  readonly rsv1?: boolean
  /** Default `false`. */
  readonly rsv2?: boolean
  /** Default `false`. */
  readonly rsv3?: boolean
  /** 0 to 2^32-1 in network byte order; `null`, the default, leaves MASK clear. */
  readonly maskingKey?: number | null
}

/** The form of a payload length: 7 bits, 7+16 bits or 7+64 bits. */
export type LengthBits = 7 | 16 | 64

/** Options of everything that writes frames. */
export interface EncodeOptions extends ConnectionOptions {
  /**
   * `true`, the default: a frame that breaks a rule throws the `ProtocolError` that its reader would throw. `false`: it is
   * written as told, so that tests of other implementations get their invalid frames.
   */
  readonly strict?: boolean
  /** The form of the payload length. Default: the shortest that holds it, which is the only one that is valid. */
  readonly lengthBits?: LengthBits
}

/** The fragmented message that a data frame may continue (5.4). */
export interface MessageState {
  /** Whether one has begun and not ended. The rest is of no meaning if not. */
  open: boolean
  /** Whether its payload is UTF-8: a text that is not compressed. */
  isText: boolean
  /** Payload of its frames so far, in bytes. */
  length: number
}

/** Whether the payload of a message that begins with this byte is UTF-8: that of a text, unless it is compressed. */
export function beginsText(firstByte: number, policy: FramePolicy): boolean {
  return (firstByte & Bit.opcode) === Opcode.Text && (firstByte & policy.compressedBit) === 0
}

/** Takes a frame that has been read into account. */
export function advance(message: MessageState, frame: Pick<WireHeader, 'firstByte' | 'payloadLength'>, policy: FramePolicy): void {
  const { firstByte, payloadLength } = frame
  const opcode = firstByte & Bit.opcode
  if (hasControlBit(opcode)) return
  if ((firstByte & Bit.fin) !== 0) {
    message.open = false
    return
  }
  if (opcode !== Opcode.Continuation) {
    message.isText = beginsText(firstByte, policy)
    message.length = 0
  }
  message.open = true
  message.length += payloadLength
}

/** The longest header: 2 bytes, 8 of extended payload length, 4 of masking key. */
export const MAX_HEADER_LENGTH = 14

/** The longest payload of a control frame, in bytes, which is also the longest of the 7-bit form. */
export const MAX_CONTROL_PAYLOAD_LENGTH = 125

/** Values of the 7 bits that announce an extended payload length. */
export const LENGTH_16 = 126
export const LENGTH_64 = 127

/**
 * A header as it stands on the wire, FIN, RSV1-3 and the opcode still together: a reader fills one for every frame, and
 * fewer fields are fewer nanoseconds.
 */
export interface WireHeader {
  firstByte: number
  /** Its 32 bits, as a signed integer when it was read: that takes no allocation, as 2^31 and above do in V8. */
  maskingKey: number | null
  payloadLength: number
  headerLength: number
}

export function blankHeader(): WireHeader {
  return { firstByte: 0, maskingKey: null, payloadLength: 0, headerLength: 0 }
}

/**
 * Decodes the header of one frame (RFC 6455, section 5.2). Which frames may follow which (5.4) is left to `FrameReader`.
 *
 * @param bytes - not modified, and nothing of it is kept
 * @param options - who sends, what was negotiated, the limit (none by default)
 * @param offset - position of the frame's first byte in `bytes`; default 0
 * @param into - filled and returned instead of a new object; left as it is when more bytes are needed
 * @returns the header, or `null` if more bytes are needed
 * @throws ProtocolError as soon as a byte breaks a rule, even if later ones are missing; its offset is `offset`
 * @throws TypeError or RangeError for arguments of another type or range
 *
 * @example
 * ```js
 * const header = decodeHeader(parseHex('8185 37fa213d'))
 * header.payloadLength // 5
 * header.headerLength // 6
 * ```
 */
export function decodeHeader(
  bytes: Uint8Array,
  options?: DecodeOptions,
  offset = 0,
  into?: FrameHeader,
): FrameHeader | null {
  assertBytes(bytes, 'bytes')
  assertInteger(offset, 'offset', 0, bytes.length)
  if (into !== undefined) assertObject(into, 'into')
  const header = decodedHeader
  if (!readHeader(bytes, offset, bytes.length, readPolicy(options, Infinity), null, offset, raise, header)) return null
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

/**
 * Encodes the header of one frame (RFC 6455, section 5.2), for those who send header and payload as two buffers. The
 * payload that follows must be masked with the header's masking key, see `applyMask`.
 *
 * @returns a new array of 2 to 14 bytes
 * @throws ProtocolError with offset 0 if the header breaks a rule, unless `strict` is `false`
 * @throws TypeError or RangeError for arguments of another type or range
 */
export function encodeHeader(header: FrameHeaderInit, options?: EncodeOptions): Uint8Array {
  assertObject(header, 'header')
  const { payloadLength, maskingKey = null } = header
  assertInteger(payloadLength, 'payloadLength', 0, 2 ** 64 - 2 ** 11)
  const firstByte = ordinaryFirstByte(header, payloadLength, maskingKey, options)
  if (firstByte !== 0) {
    const headerLength = ordinaryHeaderLength(payloadLength, maskingKey)
    const target = new Uint8Array(headerLength)
    writeHeader(target, 0, firstByte, maskingKey, payloadLength, headerLength)
    return target
  }
  const wireHeader = wireHeaderOf(header, payloadLength, options)
  const target = new Uint8Array(wireHeader.headerLength)
  writeHeader(target, 0, wireHeader.firstByte, maskingKey, payloadLength, wireHeader.headerLength)
  checkHeader(wireHeader, target, 0, 0, options)
  return target
}

/**
 * Reads the header that begins at `start`, checking each byte as soon as it is there.
 *
 * @param end - after the last byte that may be read
 * @param message - the message so far, `null` if that is not known (then 5.4 and its limit are not checked); not changed
 * @param frameOffset - position of the frame in the stream, for the report
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
  const first = bytes[start]
  if (end <= start || first === undefined) return false
  checkFirstByte(first, policy, message, frameOffset, report)

  if (end <= start + 1) return false
  const second = octetAt(bytes, start + 1)
  const opcode = first & Bit.opcode
  if (hasControlBit(opcode) || (second & Bit.mask) === policy.wrongMask) {
    checkSecondByte(opcode, second, policy, frameOffset, report)
  }

  let position = start + 2
  let payloadLength = second & Bit.payloadLength
  if (payloadLength >= LENGTH_16) {
    const length = readExtendedLength(payloadLength, bytes, position, end, frameOffset, report)
    if (length === null) return false
    position += payloadLength === LENGTH_16 ? 2 : 8
    payloadLength = length
  }
  if (payloadLength > policy.leastLimit || opcode === Opcode.Continuation) {
    checkLimits(opcode, payloadLength, policy, message, frameOffset, report)
  }
  if (opcode === Opcode.Close) checkClosePayloadLength(payloadLength, frameOffset, report)

  let maskingKey: number | null = null
  if ((second & Bit.mask) !== 0) {
    if (end < position + 4) return false
    maskingKey = int32(bytes, position)
    position += 4
  }

  into.firstByte = first
  into.maskingKey = maskingKey
  into.payloadLength = payloadLength
  into.headerLength = position - start
  return true
}

/** @returns the payload length that comes after 7 bits of 126 or 127, or null if more bytes are needed */
function readExtendedLength(
  lengthField: number,
  bytes: Uint8Array,
  position: number,
  end: number,
  frameOffset: number,
  report: Report,
): number | null {
  if (lengthField === LENGTH_16) {
    if (end < position + 2) return null
    const payloadLength = uint16(bytes, position)
    if (payloadLength < LENGTH_16) report('length-not-minimal', frameOffset, `${payloadLength} is written in 16 bits`)
    return payloadLength
  }
  if (end <= position) return null
  const mostSignificant = octetAt(bytes, position)
  if ((mostSignificant & 0x80) !== 0) {
    report('length-msb', frameOffset, `the 64-bit payload length begins with 0x${mostSignificant.toString(16)}`)
  }
  if (end < position + 6) return null
  const high48 = (uint16(bytes, position) * 2 ** 16 + uint16(bytes, position + 2)) * 2 ** 16 + uint16(bytes, position + 4)
  if (high48 === 0) report('length-not-minimal', frameOffset, 'a payload length below 65536 is written in 64 bits')
  if (end < position + 8) return null
  const low16 = uint16(bytes, position + 6)
  // Above 2^53 the sum is rounded, but never to below 2^53.
  const payloadLength = high48 * 2 ** 16 + low16
  if (payloadLength > Number.MAX_SAFE_INTEGER) {
    report('length-unsafe', frameOffset, `the payload length is ${BigInt(high48) * 65536n + BigInt(low16)}`)
  }
  return payloadLength
}

/** FIN, RSV1-3, opcode (5.2); control frames are not fragmented (5.5); fragments come in order (5.4). */
function checkFirstByte(
  first: number,
  policy: FramePolicy,
  message: MessageState | null,
  frameOffset: number,
  report: Report,
): void {
  const opcode = first & Bit.opcode
  const undefinedRsvBits = first & (Bit.rsv1 | Bit.rsv2 | Bit.rsv3) & ~allowedRsvBits(policy, opcode)
  if (undefinedRsvBits !== 0) {
    report('rsv-bit', frameOffset, `${rsvNames(undefinedRsvBits)} set on a ${opcodeName(opcode)} frame`)
  }
  if (((policy.opcodes >> opcode) & 1) === 0) report('opcode-reserved', frameOffset, `the opcode is ${opcodeName(opcode)}`)
  if (hasControlBit(opcode)) {
    if ((first & Bit.fin) === 0) report('control-fragmented', frameOffset, `FIN is clear on a ${opcodeName(opcode)} frame`)
    return
  }
  if (message === null) return
  if (opcode === Opcode.Continuation) {
    if (!message.open) report('continuation-unexpected', frameOffset, 'a continuation frame comes while no message is open')
  } else if (message.open) {
    report('continuation-expected', frameOffset, `a ${opcodeName(opcode)} frame comes while a fragmented message is open`)
  }
}

/** The 7-bit length of a control frame (5.5); MASK (5.1). */
function checkSecondByte(opcode: number, second: number, policy: FramePolicy, frameOffset: number, report: Report): void {
  if (hasControlBit(opcode)) checkControlPayloadLength(opcode, '7-bit length', second & Bit.payloadLength, frameOffset, report)
  if ((second & Bit.mask) !== policy.wrongMask) return
  if (policy.wrongMask === 0) report('mask-required', frameOffset, 'a client sent a frame with MASK clear')
  else report('mask-forbidden', frameOffset, 'a server sent a frame with MASK set')
}

/** The limits that an implementation sets to data frames and to messages (10.4). */
function checkLimits(
  opcode: number,
  payloadLength: number,
  { maxPayloadLength, maxMessageLength }: FramePolicy,
  message: MessageState | null,
  frameOffset: number,
  report: Report,
): void {
  if (hasControlBit(opcode)) return
  if (payloadLength > maxPayloadLength) {
    report('payload-too-long', frameOffset, `the payload length is ${payloadLength}, the limit ${maxPayloadLength}`)
  }
  if (message === null) return
  const lengthBefore = opcode === Opcode.Continuation && message.open ? message.length : 0
  if (lengthBefore <= maxMessageLength && payloadLength > maxMessageLength - lengthBefore) {
    const found = `the payload length is ${payloadLength}, which with ${lengthBefore} before it exceeds ${maxMessageLength}`
    report('message-too-long', frameOffset, found)
  }
}

/** @param length - the payload length in bytes or, since every extended one is too long, the 7 bits that announce it */
export function checkControlPayloadLength(
  opcode: number,
  name: '7-bit length' | 'payload length',
  length: number,
  frameOffset: number,
  report: Report,
): void {
  if (length > MAX_CONTROL_PAYLOAD_LENGTH) {
    report('control-too-long', frameOffset, `the ${name} of a ${opcodeName(opcode)} frame is ${length}`)
  }
}

export function checkClosePayloadLength(payloadLength: number, frameOffset: number, report: Report): void {
  if (payloadLength === 1) report('close-payload-length', frameOffset, 'the payload of a close frame is 1 byte long')
}

function rsvNames(bits: number): string {
  const names = (['rsv1', 'rsv2', 'rsv3'] as const).filter((name) => (bits & Bit[name]) !== 0)
  return `${names.map((name) => name.toUpperCase()).join(' and ')} ${names.length === 1 ? 'is' : 'are'}`
}

export function uint16(bytes: Uint8Array, position: number): number {
  return (octetAt(bytes, position) << 8) | octetAt(bytes, position + 1)
}

/** No call for each octet, since V8 inlines only so many in a loop that reads frames: one takes 4 ns less (Node 20). */
export function int32(bytes: Uint8Array, position: number): number {
  return (
    ((bytes[position] ?? 0) << 24) |
    ((bytes[position + 1] ?? 0) << 16) |
    ((bytes[position + 2] ?? 0) << 8) |
    (bytes[position + 3] ?? 0)
  )
}

/**
 * What the header of a frame will be on the wire.
 *
 * @throws TypeError or RangeError for fields of another type or range, and for `lengthBits` that cannot hold the length
 */
export function wireHeaderOf(
  frame: Omit<FrameHeaderInit, 'payloadLength'>,
  payloadLength: number,
  options?: EncodeOptions,
): WireHeader {
  const { fin = true, rsv1 = false, rsv2 = false, rsv3 = false, opcode, maskingKey = null } = frame
  assertInteger(opcode, 'opcode', 0, 15)
  assertBoolean(fin, 'fin')
  assertBoolean(rsv1, 'rsv1')
  assertBoolean(rsv2, 'rsv2')
  assertBoolean(rsv3, 'rsv3')
  if (maskingKey !== null) assertInteger(maskingKey, 'maskingKey', 0, MAX_MASKING_KEY)
  const lengthBits = lengthBitsOf(payloadLength, options)
  return {
    firstByte: (fin ? Bit.fin : 0) | rsvBitsOf(rsv1, rsv2, rsv3) | opcode,
    maskingKey,
    payloadLength,
    headerLength: (lengthBits === 7 ? 2 : lengthBits === 16 ? 4 : 10) + (maskingKey === null ? 0 : 4),
  }
}

/** @throws RangeError if a form is asked for that is none, or that cannot hold the length */
function lengthBitsOf(payloadLength: number, options?: EncodeOptions): LengthBits {
  const shortest = payloadLength <= MAX_CONTROL_PAYLOAD_LENGTH ? 7 : payloadLength <= 0xffff ? 16 : 64
  const lengthBits = options?.lengthBits
  if (lengthBits === undefined) return shortest
  assertInteger(lengthBits, 'lengthBits', 7, 64)
  if (lengthBits !== 7 && lengthBits !== 16 && lengthBits !== 64) {
    throw new RangeError(`lengthBits must be 7, 16 or 64, not ${lengthBits}`)
  }
  if (lengthBits < shortest) throw new RangeError(`a payload length of ${payloadLength} does not fit in ${lengthBits} bits`)
  return lengthBits
}

/** Opcodes whose frames, with FIN set and no RSV bit, have nothing to do with other frames or with what is in them, a bit for each. */
export const ORDINARY_OPCODES = (1 << Opcode.Text) | (1 << Opcode.Binary) | (1 << Opcode.Ping) | (1 << Opcode.Pong)

/**
 * The first byte of a frame that breaks no rule, if that is seen at a glance, as of most: then its header need not be made and
 * checked field by field, which takes 30 ns.
 *
 * @returns 0 for any other, and where a field is not of its type or range
 * @throws TypeError or RangeError for extensions of another type or range
 */
export function ordinaryFirstByte(
  frame: Omit<FrameHeaderInit, 'payloadLength'>,
  payloadLength: number,
  maskingKey: number | null,
  options?: EncodeOptions,
): number {
  const { fin, rsv1, rsv2, rsv3, opcode } = frame
  if (fin !== undefined && fin !== true) return 0
  if ((rsv1 !== undefined && rsv1 !== false) || (rsv2 !== undefined && rsv2 !== false)) return 0
  if (rsv3 !== undefined && rsv3 !== false) return 0
  if (typeof opcode !== 'number' || (opcode & Bit.opcode) !== opcode || ((ORDINARY_OPCODES >> opcode) & 1) === 0) return 0
  if (payloadLength > (hasControlBit(opcode) ? MAX_CONTROL_PAYLOAD_LENGTH : 0xffff)) return 0
  if (maskingKey !== null && (typeof maskingKey !== 'number' || maskingKey >>> 0 !== maskingKey)) return 0
  if (options !== undefined) {
    if (typeof options !== 'object' || options === null) return 0
    const { sender, extensions, strict = true, lengthBits } = options
    if (strict !== true || lengthBits !== undefined) return 0
    if (sender !== undefined && sender !== (maskingKey === null ? 'server' : 'client')) return 0
    // No extension forbids such a frame, but what is wrong with the options is to be said.
    if (extensions !== undefined) framePolicy(options, Infinity, Infinity)
  }
  return Bit.fin | opcode
}

/** The length of the header of such a frame, in bytes. */
export function ordinaryHeaderLength(payloadLength: number, maskingKey: number | null): number {
  return (payloadLength < LENGTH_16 ? 2 : 4) + (maskingKey === null ? 0 : 4)
}

/**
 * Writes a header.
 *
 * @param target - has room for `headerLength` bytes from `offset`
 */
export function writeHeader(
  target: Uint8Array,
  offset: number,
  firstByte: number,
  maskingKey: number | null,
  payloadLength: number,
  headerLength: number,
): void {
  const lengthBytes = headerLength - (maskingKey === null ? 2 : 6)
  const lengthField = lengthBytes === 0 ? payloadLength : lengthBytes === 2 ? LENGTH_16 : LENGTH_64
  target[offset] = firstByte
  target[offset + 1] = (maskingKey === null ? 0 : Bit.mask) | lengthField
  if (lengthBytes === 8) {
    writeUint32(target, offset + 2, Math.floor(payloadLength / 2 ** 32))
    writeUint32(target, offset + 6, payloadLength % 2 ** 32)
  } else if (lengthBytes === 2) {
    target[offset + 2] = payloadLength >>> 8
    target[offset + 3] = payloadLength
  }
  if (maskingKey !== null) writeUint32(target, offset + headerLength - 4, maskingKey)
}

/**
 * Reads a header back that has been written, if strict: so the rules are those of reading, and checked in one place.
 *
 * @param frameOffset - for the report
 */
export function checkHeader(
  { headerLength }: WireHeader,
  target: Uint8Array,
  offset: number,
  frameOffset: number,
  options?: EncodeOptions,
): void {
  const policy = framePolicy(options, Infinity, Infinity)
  if (isStrict(options)) readHeader(target, offset, offset + headerLength, policy, null, frameOffset, raise, headerReadBack)
}

const headerReadBack = /* @__PURE__ */ blankHeader()

function writeUint32(target: Uint8Array, position: number, value: number): void {
  target[position] = value >>> 24
  target[position + 1] = value >>> 16
  target[position + 2] = value >>> 8
  target[position + 3] = value
}

/** Whether a frame that breaks a rule is to be refused. */
export function isStrict(options?: EncodeOptions): boolean {
  const strict = options?.strict
  if (strict === undefined) return true
  assertBoolean(strict, 'strict')
  return strict
}
