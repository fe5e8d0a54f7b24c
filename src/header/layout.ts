/**
 * The layout of a frame header (RFC 6455, section 5.2): its fields, its bits and its lengths.
 */

/** The header of a frame. The fields have the names of RFC 6455, section 5.2. */
export interface FrameHeader {
  /** Whether this is the final fragment of a message. */
  fin: boolean
  rsv1: boolean
  rsv2: boolean
  rsv3: boolean
  /** 0 to 15; see `Opcode`. */
  opcode: number
  /** 0 to 2^32-1, in network byte order: `0x37fa213d` for the bytes 37 fa 21 3d; `null` if MASK is clear. */
  maskingKey: number | null
  /** Length of the payload in bytes, 0 to 2^53-1. The masking key does not count. */
  payloadLength: number
  /** Length of the header in bytes, 2 to 14. The masking key counts. */
  headerLength: number
}

/** The argument of `encodeHeader`. A {@link FrameHeader} will do. */
export interface FrameHeaderInit {
  /** 0 to 15; see `Opcode`. */
  readonly opcode: number
  /** Length of the payload in bytes: a whole number below 2^64; above 2^53-1 only with `strict: false`. */
  readonly payloadLength: number
  /** Default `true`. */
  readonly fin?: boolean | undefined
  /** Default `false`. */
  readonly rsv1?: boolean | undefined
  /** Default `false`. */
  readonly rsv2?: boolean | undefined
  /** Default `false`. */
  readonly rsv3?: boolean | undefined
  /** 0 to 2^32-1, in network byte order; `null`, the default, leaves MASK clear. */
  readonly maskingKey?: number | null | undefined
}

/** The form of a payload length: 7 bits, 7+16 bits or 7+64 bits. */
export type LengthBits = 7 | 16 | 64

/** The fields of the first two bytes of a frame, as bit masks. */
export const Bit = { fin: 0x80, rsv1: 0x40, rsv2: 0x20, rsv3: 0x10, opcode: 0x0f, mask: 0x80, payloadLength: 0x7f } as const

/** All three RSV bits of the first byte. */
export const RSV_BITS = Bit.rsv1 | Bit.rsv2 | Bit.rsv3

/** Length of the longest header in bytes: 2, 8 for the extended payload length, 4 for the masking key. */
export const MAX_HEADER_LENGTH = 14

/** The largest payload lengths, in bytes, that the 7-bit form and the 16-bit form hold. */
const MAX_LENGTH_7 = 125
const MAX_LENGTH_16 = 0xffff

/** Values of the 7-bit length field that announce an extended payload length of 16 bits and of 64 bits. */
export const LENGTH_16 = 126
export const LENGTH_64 = 127

/** The form of a payload length that a 7-bit length field announces. */
export function lengthBitsOfField(lengthField: number): LengthBits {
  return lengthField < LENGTH_16 ? 7 : lengthField === LENGTH_16 ? 16 : 64
}

/** The value of the 7-bit length field for a payload length in a given form. */
export function lengthFieldOf(payloadLength: number, lengthBits: LengthBits): number {
  return lengthBits === 7 ? payloadLength : lengthBits === 16 ? LENGTH_16 : LENGTH_64
}

/** The shortest form of a payload length: the only valid one. */
export function shortestLengthBits(payloadLength: number): LengthBits {
  return payloadLength <= MAX_LENGTH_7 ? 7 : payloadLength <= MAX_LENGTH_16 ? 16 : 64
}

/** The smallest payload length for which a form is valid, in bytes. */
export function leastLengthIn(lengthBits: LengthBits): number {
  return lengthBits === 7 ? 0 : lengthBits === 16 ? MAX_LENGTH_7 + 1 : MAX_LENGTH_16 + 1
}

/** The length of the extended payload length, in bytes. */
export function extendedLengthBytes(lengthBits: LengthBits): number {
  return lengthBits === 7 ? 0 : lengthBits / 8
}

/** The length of a header, in bytes. */
export function headerLengthOf(lengthBits: LengthBits, isMasked: boolean): number {
  return (isMasked ? 6 : 2) + extendedLengthBytes(lengthBits)
}

/**
 * A header whose first byte is not split into FIN, RSV1-3 and opcode: fewer fields to fill for each frame than in a {@link FrameHeader}.
 */
export interface WireHeader {
  firstByte: number
  /** 32 bits. In a header that was read it is a signed integer, which V8 stores without an allocation. */
  maskingKey: number | null
  payloadLength: number
  headerLength: number
}

export function blankHeader(): WireHeader {
  return { firstByte: 0, maskingKey: null, payloadLength: 0, headerLength: 0 }
}
