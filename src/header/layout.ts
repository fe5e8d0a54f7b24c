/**
 * The layout of a frame header (RFC 6455, section 5.2): its fields, its bits, and every length in it.
 */

/** A frame's header, its fields named as in RFC 6455, section 5.2. */
export interface FrameHeader {
  /** Whether this is the final fragment of a message. */
  fin: boolean
  rsv1: boolean
  rsv2: boolean
  rsv3: boolean
  /** 0 to 15; see `Opcode`. */
  opcode: number
  /** 0 to 2^32-1 in network byte order, as it reads on the wire: `0x37fa213d`; `null` if MASK is clear. */
  maskingKey: number | null
  /** In bytes, 0 to 2^53-1, without the masking key. */
  payloadLength: number
  /** In bytes, 2 to 14, with the masking key. */
  headerLength: number
}

/** What `encodeHeader` needs: a {@link FrameHeader} will do. */
export interface FrameHeaderInit {
  /** 0 to 15; see `Opcode`. */
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

/** The fields of the first two bytes, each where it stands in its byte. */
export const Bit = { fin: 0x80, rsv1: 0x40, rsv2: 0x20, rsv3: 0x10, opcode: 0x0f, mask: 0x80, payloadLength: 0x7f } as const

/** All three RSV bits of the first byte. */
export const RSV_BITS = Bit.rsv1 | Bit.rsv2 | Bit.rsv3

/** The longest header: 2 bytes, 8 of extended payload length, 4 of masking key. */
export const MAX_HEADER_LENGTH = 14

/** In bytes: the longest payloads whose lengths the 7-bit form and the 16-bit form hold. */
const MAX_LENGTH_7 = 125
const MAX_LENGTH_16 = 0xffff

/** Values of the 7-bit length field that announce an extended payload length. */
export const LENGTH_16 = 126
export const LENGTH_64 = 127

/** The form of a payload length that a 7-bit length field announces. */
export function lengthBitsOfField(lengthField: number): LengthBits {
  return lengthField < LENGTH_16 ? 7 : lengthField === LENGTH_16 ? 16 : 64
}

/** The 7-bit length field of a payload length in a given form. */
export function lengthFieldOf(payloadLength: number, lengthBits: LengthBits): number {
  return lengthBits === 7 ? payloadLength : lengthBits === 16 ? LENGTH_16 : LENGTH_64
}

/** The shortest form of a payload length: the only valid one. */
export function shortestLengthBits(payloadLength: number): LengthBits {
  return payloadLength <= MAX_LENGTH_7 ? 7 : payloadLength <= MAX_LENGTH_16 ? 16 : 64
}

/** The shortest payload length for which a form is valid, in bytes. */
export function leastLengthIn(lengthBits: LengthBits): number {
  return lengthBits === 7 ? 0 : lengthBits === 16 ? MAX_LENGTH_7 + 1 : MAX_LENGTH_16 + 1
}

/** The length of the extended payload length, in bytes. */
export function extendedLengthBytes(lengthBits: LengthBits): number {
  return lengthBits === 7 ? 0 : lengthBits / 8
}

/** The length of a header, in bytes. */
export function headerLengthOf(lengthBits: LengthBits, isMasked: boolean): number {
  return 2 + extendedLengthBytes(lengthBits) + (isMasked ? 4 : 0)
}

/**
 * A header as it stands on the wire, FIN, RSV1-3 and the opcode still together: fewer fields to fill for each frame than in a
 * {@link FrameHeader}.
 */
export interface WireHeader {
  firstByte: number
  /** Its 32 bits, as a signed integer when it was read: V8 stores that without an allocation. */
  maskingKey: number | null
  payloadLength: number
  headerLength: number
}

export function blankHeader(): WireHeader {
  return { firstByte: 0, maskingKey: null, payloadLength: 0, headerLength: 0 }
}
