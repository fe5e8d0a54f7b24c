/**
 * What a frame header is held against: the options of a reader or writer, reduced to what is asked of every frame.
 */
import { Opcode } from '../protocol/opcode.js'
import { Bit } from './layout.js'

export interface FramePolicy {
  /** Bit n is set when opcode n is defined. */
  readonly opcodes: number
  /** The RSV bits that may be set on any frame, as they stand in its first byte. */
  readonly rsvBits: number
  /** The same for text and binary frames, which begin a message. */
  readonly rsvBitsOfStart: number
  /** RSV1 if it marks a message as compressed, as it stands in the first byte; else 0. */
  readonly compressedBit: number
  /** The MASK bit that the sender must not send, as it stands in the second byte; null if it is not known who sends. */
  readonly wrongMask: number | null
  /** In bytes, for data frames. */
  readonly maxPayloadLength: number
  /** In bytes, over the fragments of a message. */
  readonly maxMessageLength: number
  /** The smaller limit: a first frame within it needs no further check. */
  readonly leastLimit: number
  /** By first byte the largest 7-bit length field of a frame that needs no full check: see `accept.ts`. */
  readonly simple: Uint8Array
}

/** The RSV bits that a frame of this opcode may have, as they stand in its first byte. */
export function allowedRsvBits(policy: Pick<FramePolicy, 'rsvBits' | 'rsvBitsOfStart'>, opcode: number): number {
  return opcode === Opcode.Text || opcode === Opcode.Binary ? policy.rsvBitsOfStart : policy.rsvBits
}

/** Whether the MASK bit of a second byte is the one that the sender must not send (5.1). */
export function hasWrongMask(secondByte: number, wrongMask: FramePolicy['wrongMask']): boolean {
  return (secondByte & Bit.mask) === wrongMask
}
