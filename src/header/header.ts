/**
 * The frame header (RFC 6455, section 5.2): FIN, RSV1-3 and the opcode in the first byte, MASK and the payload length in
 * the second, then the extended payload length, then the masking key. Everything that a header can do wrong is found
 * here, in the order of the bits, at the first byte that makes it certain.
 */
import { assertBoolean, assertBytes, assertInteger, assertObject } from '../util/arguments.js'
import { MAX_MASKING_KEY } from '../mask/mask.js'
import { octetAt } from '../util/octets.js'
import { Opcode, hasControlBit, opcodeName } from '../protocol/opcode.js'
import { Bit, allowedRsvBits, framePolicy, readPolicy, rsvBitsOf } from './options.js'
import type { ConnectionOptions, DecodeOptions, Extensions, FramePolicy, Sender } from './options.js'
import { raise } from '../protocol/rules.js'
import type { Report } from '../protocol/rules.js'

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
  readonly fin?: boolean | undefined
  /** Default `false`. */
  readonly rsv1?: boolean | undefined
  /** Default `false`. */
  readonly rsv2?: boolean | undefined
  /** Default `false`. */
  readonly rsv3?: boolean | undefined
  /** 0 to 2^32-1 in network byte order; `null`, the default, leaves MASK clear. */
  readonly maskingKey?: number | null | undefined
}

/** The form of a payload length: 7 bits, 7+16 bits or 7+64 bits. */
export type LengthBits = 7 | 16 | 64

/** Options of everything that writes frames. */
export interface EncodeOptions extends ConnectionOptions {
  /**
   * `true`, the default: a frame that breaks a rule throws the `ProtocolError` that its reader would throw. `false`: it is
   * written as told, so that tests of other implementations get their invalid frames.
   */
  readonly strict?: boolean | undefined
  /** The form of the payload length. Default: the shortest that holds it, which is the only one that is valid. */
  readonly lengthBits?: LengthBits | undefined
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
  if (into !== undefined) assertObject(into, 'into')
  // Before anything else is done: a getter may do what it likes, such as decode another header.
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

/**
 * Encodes the header of one frame (RFC 6455, section 5.2), for those who send header and payload as two buffers. The
 * payload that follows must be masked with the header's masking key, see `applyMask`.
 *
 * @returns a new array of 2 to 14 bytes
 * @throws ProtocolError with offset 0 if the header breaks a rule, unless `strict` is `false`
 * @throws TypeError or RangeError for arguments of another type or range
 */
export function encodeHeader(header: FrameHeaderInit, options?: EncodeOptions): Uint8Array<ArrayBuffer> {
  assertObject(header, 'header')
  const { payloadLength, fin, rsv1, rsv2, rsv3, opcode, maskingKey = null } = header
  let sender, strict, lengthBits
  let policy: FramePolicy | null = null
  if (options !== undefined) {
    assertObject(options, 'options')
    let extensions
    ;({ sender, extensions, strict, lengthBits } = options)
    if (extensions !== undefined) policy = encodingPolicy(sender, extensions)
  }
  assertInteger(payloadLength, 'payloadLength', 0, 2 ** 64 - 2 ** 11)
  const firstByte = isOrdinary(maskingKey, sender, strict, lengthBits)
    ? ordinaryFirstByte(fin, rsv1, rsv2, rsv3, opcode, payloadLength, maskingKey)
    : 0
  if (firstByte !== 0) {
    const headerLength = ordinaryHeaderLength(payloadLength, maskingKey)
    const target = new Uint8Array(headerLength)
    writeHeader(target, 0, firstByte, maskingKey, payloadLength, headerLength)
    return target
  }
  const wireHeader = wireHeaderOf(fin, rsv1, rsv2, rsv3, opcode, payloadLength, maskingKey, lengthBits)
  const rules = checkedPolicy(policy, sender, strict)
  const target = new Uint8Array(wireHeader.headerLength)
  writeHeader(target, 0, wireHeader.firstByte, maskingKey, payloadLength, wireHeader.headerLength)
  if (rules !== null) checkHeader(wireHeader, target, 0, 0, rules)
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
  fin: boolean | undefined,
  rsv1: boolean | undefined,
  rsv2: boolean | undefined,
  rsv3: boolean | undefined,
  opcode: number,
  payloadLength: number,
  maskingKey: number | null,
  lengthBits: LengthBits | undefined,
): WireHeader {
  assertInteger(opcode, 'opcode', 0, 15)
  const firstByte = (readFlag(fin, 'fin', true) ? Bit.fin : 0) | opcode
  const rsvBits = rsvBitsOf(readFlag(rsv1, 'rsv1', false), readFlag(rsv2, 'rsv2', false), readFlag(rsv3, 'rsv3', false))
  if (maskingKey !== null) assertInteger(maskingKey, 'maskingKey', 0, MAX_MASKING_KEY)
  return {
    firstByte: firstByte | rsvBits,
    maskingKey,
    payloadLength,
    headerLength: headerLengthOf(payloadLength, maskingKey, lengthBits),
  }
}

function readFlag(value: boolean | undefined, name: string, byDefault: boolean): boolean {
  if (value === undefined) return byDefault
  assertBoolean(value, name)
  return value
}

/**
 * The length of a header, in bytes.
 *
 * @throws TypeError or RangeError for `lengthBits` of another type, or that cannot hold the length
 */
export function headerLengthOf(payloadLength: number, maskingKey: number | null, lengthBits: LengthBits | undefined): number {
  const bits = lengthBitsOf(payloadLength, lengthBits)
  return (bits === 7 ? 2 : bits === 16 ? 4 : 10) + (maskingKey === null ? 0 : 4)
}

/** @throws TypeError or RangeError if a form is asked for that does not exist, or that cannot hold the length */
function lengthBitsOf(payloadLength: number, lengthBits: LengthBits | undefined): LengthBits {
  const shortest = payloadLength <= MAX_CONTROL_PAYLOAD_LENGTH ? 7 : payloadLength <= 0xffff ? 16 : 64
  if (lengthBits === undefined) return shortest
  assertInteger(lengthBits, 'lengthBits', 7, 64)
  if (lengthBits !== 7 && lengthBits !== 16 && lengthBits !== 64) {
    throw new RangeError(`lengthBits must be 7, 16 or 64, not ${lengthBits}`)
  }
  if (lengthBits < shortest) throw new RangeError(`a payload length of ${payloadLength} does not fit in ${lengthBits} bits`)
  return lengthBits
}

/** Opcodes of frames whose validity, with FIN set and no RSV bit, depends on neither other frames nor the payload, a bit for each. */
export const ORDINARY_OPCODES = (1 << Opcode.Text) | (1 << Opcode.Binary) | (1 << Opcode.Ping) | (1 << Opcode.Pong)

/**
 * First byte of a frame that is valid by these simple tests, as most are: then its header need not be made and checked field by field,
 * which takes 30 ns. The fields come one by one, since each is read from the frame only once, and an object of them takes 8 ns.
 *
 * @returns 0 for any other, and where a field is not of its type or range
 */
export function ordinaryFirstByte(
  fin: boolean | undefined,
  rsv1: boolean | undefined,
  rsv2: boolean | undefined,
  rsv3: boolean | undefined,
  opcode: number,
  payloadLength: number,
  maskingKey: number | null,
): number {
  if (fin !== undefined && fin !== true) return 0
  if ((rsv1 !== undefined && rsv1 !== false) || (rsv2 !== undefined && rsv2 !== false)) return 0
  if (rsv3 !== undefined && rsv3 !== false) return 0
  if (typeof opcode !== 'number' || (opcode & Bit.opcode) !== opcode || ((ORDINARY_OPCODES >> opcode) & 1) === 0) return 0
  if (payloadLength > (hasControlBit(opcode) ? MAX_CONTROL_PAYLOAD_LENGTH : 0xffff)) return 0
  if (maskingKey !== null && (typeof maskingKey !== 'number' || maskingKey >>> 0 !== maskingKey)) return 0
  return Bit.fin | opcode
}

/** Whether the options allow every frame with that first byte: extensions always do. */
export function isOrdinary(
  maskingKey: number | null,
  sender: Sender | undefined,
  strict: boolean | undefined,
  lengthBits: LengthBits | undefined,
): boolean {
  if (lengthBits !== undefined || (strict !== undefined && strict !== true)) return false
  return sender === undefined || sender === (maskingKey === null ? 'server' : 'client')
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
 * The options that decide which frames may be written.
 *
 * @throws TypeError or RangeError for options of another type or range
 */
export function encodingPolicy(sender: Sender | undefined, extensions?: Extensions | undefined): FramePolicy {
  return framePolicy({ sender, extensions }, Infinity, Infinity)
}

/**
 * What a frame that is written is checked against.
 *
 * @param policy - made of the extensions, if there are any
 * @returns null if it is not to be checked
 * @throws TypeError or RangeError for options of another type or range
 */
export function checkedPolicy(policy: FramePolicy | null, sender: Sender | undefined, strict: boolean | undefined): FramePolicy | null {
  const rules = policy ?? encodingPolicy(sender)
  if (strict === undefined) return rules
  assertBoolean(strict, 'strict')
  return strict ? rules : null
}

/**
 * Reads a header back that has been written: so the rules are those of reading, and checked in one place.
 *
 * @param frameOffset - for the report
 */
export function checkHeader(
  { headerLength }: WireHeader,
  target: Uint8Array,
  offset: number,
  frameOffset: number,
  policy: FramePolicy,
): void {
  readHeader(target, offset, offset + headerLength, policy, null, frameOffset, refuse, headerReadBack)
}

/** Throws a violation by a frame that is written, with what to do about it where a reader could only say what it found. */
const refuse: Report = (rule, offset, found) => {
  if (rule === 'mask-required') raise(rule, offset, 'the frame has no maskingKey (pass one from randomMaskingKey())')
  if (rule === 'mask-forbidden') raise(rule, offset, 'the frame has a maskingKey (leave it out, or pass null)')
  raise(rule, offset, found)
}

const headerReadBack = /* @__PURE__ */ blankHeader()

function writeUint32(target: Uint8Array, position: number, value: number): void {
  target[position] = value >>> 24
  target[position + 1] = value >>> 16
  target[position + 2] = value >>> 8
  target[position + 3] = value
}
