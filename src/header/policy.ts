/**
 * The options of a reader or encoder in the form in which every frame header is checked against them.
 */
import { Opcode, definedOpcodes } from '../protocol/opcode.js'
import { Bit } from './layout.js'

export interface FramePolicy {
  /** The defined opcodes: bit n is set if opcode n is defined. */
  readonly opcodes: number
  /** The RSV bits that any frame may set, as a mask of the first byte. */
  readonly rsvBits: number
  /** The RSV bits that a text or binary frame, which begins a message, may set; as a mask of the first byte. */
  readonly rsvBitsOfStart: number
  /** RSV1, as a mask of the first byte, if it marks a compressed message; else 0. */
  readonly compressedBit: number
  /** The value of MASK that the sender must not send, as a mask of the second byte; null if the sender is unknown. */
  readonly wrongMask: number | null
  /** The longest payload of a data frame, in bytes. */
  readonly maxPayloadLength: number
  /** The largest total payload length of a message, in bytes. */
  readonly maxMessageLength: number
  /** The smaller limit: a first frame within it needs no further check. */
  readonly leastLimit: number
}

/** What a frame may use without extensions: the opcodes of RFC 6455, and no RSV bit. */
export const noExtensions = { opcodes: definedOpcodes, rsvBits: 0, rsvBitsOfStart: 0, compressedBit: 0 }

/** The RSV bits that a frame with this opcode may set, as a mask of the first byte. */
export function allowedRsvBits(policy: Pick<FramePolicy, 'rsvBits' | 'rsvBitsOfStart'>, opcode: number): number {
  return opcode === Opcode.Text || opcode === Opcode.Binary ? policy.rsvBitsOfStart : policy.rsvBits
}

/** Whether MASK has the value that the sender must not send (5.1). */
export function hasWrongMask(secondByte: number, wrongMask: FramePolicy['wrongMask']): boolean {
  return (secondByte & Bit.mask) === wrongMask
}
