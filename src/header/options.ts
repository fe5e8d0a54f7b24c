/**
 * What a reader or a writer of frames has to be told: who sends, and what the handshake negotiated.
 */
import { assertBoolean, assertInteger, assertLimit, assertObject } from '../util/arguments.js'
import { Opcode, definedOpcodes, isReserved } from '../protocol/opcode.js'

/** Which end of the connection sent the bytes. */
export type Sender = 'client' | 'server'

/** What the opening handshake negotiated (RFC 6455, sections 5.8 and 9). By default nothing. */
export interface Extensions {
  /**
   * permessage-deflate (RFC 7692): RSV1 marks a compressed message on its first frame, which is a text or binary frame,
   * and is allowed nowhere else. Default `false`.
   */
  readonly permessageDeflate?: boolean | undefined
  /** Some other extension gives RSV1 a meaning, on any frame. Default `false`. */
  readonly rsv1?: boolean | undefined
  /** Some extension gives RSV2 a meaning, on any frame. Default `false`. */
  readonly rsv2?: boolean | undefined
  /** Some extension gives RSV3 a meaning, on any frame. Default `false`. */
  readonly rsv3?: boolean | undefined
  /** The reserved opcodes that an extension defines: 0x3-0x7 as data frames, 0xB-0xF as control frames. Default none. */
  readonly opcodes?: readonly number[] | undefined
}

/** Who sends and what was negotiated: what writing a frame and reading it depend on alike. */
export interface ConnectionOptions {
  /**
   * Who sends the bytes: a client masks every frame, a server none (RFC 6455, section 5.1). When left out, both masked
   * and unmasked frames are accepted.
   */
  readonly sender?: Sender | undefined
  /** What the opening handshake negotiated. Default: nothing. */
  readonly extensions?: Extensions | undefined
}

/** Options shared by everything that reads frames. */
export interface DecodeOptions extends ConnectionOptions {
  /**
   * The longest payload of a data frame, in bytes: a whole number or `Infinity`. A longer one is refused with
   * `payload-too-long` (1009) as soon as its length has been read. Control frames have a limit of their own (125).
   * The default differs: `decodeHeader` and `decodeFrame` have none, since they hold nothing; a `FrameReader` takes
   * 16 MiB.
   */
  readonly maxPayloadLength?: number | undefined
}

/** Options of a `FrameReader`. */
export interface FrameReaderOptions extends DecodeOptions {
  /**
   * The longest payload of a data frame, in bytes. Default 16 MiB, since a reader holds what it reads; `Infinity` lifts
   * it.
   */
  readonly maxPayloadLength?: number | undefined
  /**
   * `false`, the default: chunks are never written to, payloads never alias them, and a chunk may be reused as soon as
   * `push` has returned. `true`: the reader takes ownership of each chunk. It unmasks in place, payloads may be views of the chunk, and
   * nothing is copied unless the end of a chunk cuts a frame, or the chunk is over resizable or shared memory.
   */
  readonly ownsChunks?: boolean | undefined
  /**
   * A data frame whose payload is longer than this many bytes is delivered as it arrives, as the sequence of fragments
   * that RFC 6455, section 5.4, lets an intermediary make of it, and nothing is buffered. Default `Infinity`: never. A frame
   * that an extension other than permessage-deflate has a hand in (its opcode or an RSV bit) is delivered whole all
   * the same, since its fragmentation must not be changed. `maxPayloadLength` holds for such frames too.
   */
  readonly streamAbove?: number | undefined
}

/** The fields of the first two bytes of a frame, where they stand in theirs (RFC 6455, section 5.2). */
export const Bit = { fin: 0x80, rsv1: 0x40, rsv2: 0x20, rsv3: 0x10, opcode: 0x0f, mask: 0x80, payloadLength: 0x7f } as const

/** {@link DecodeOptions} reduced to what is asked of every frame. */
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
  /** The smallest limit: a first frame within it needs no further check. */
  readonly leastLimit: number
}

/** Without extensions and limits. Made once, since the encoders need one for each frame. */
export const plainPolicy: FramePolicy = {
  opcodes: definedOpcodes,
  rsvBits: 0,
  rsvBitsOfStart: 0,
  compressedBit: 0,
  wrongMask: null,
  maxPayloadLength: Infinity,
  maxMessageLength: Infinity,
  leastLimit: Infinity,
}
const clientPolicy: FramePolicy = { ...plainPolicy, wrongMask: 0 }
const serverPolicy: FramePolicy = { ...plainPolicy, wrongMask: Bit.mask }

/**
 * Reads the options of a reader once, so that they are checked once and the caller may change or reuse the object.
 *
 * @param options - what the caller gave
 * @param defaultMaxPayloadLength - in bytes, what holds if the caller gave none
 * @param maxMessageLength - in bytes, if messages are to be limited
 * @throws TypeError or RangeError for a value that is not of the option's type or range
 */
export function readPolicy(
  options: DecodeOptions | undefined,
  defaultMaxPayloadLength: number,
  maxMessageLength = Infinity,
): FramePolicy {
  const { maxPayloadLength = defaultMaxPayloadLength } = options ?? {}
  assertLimit(maxPayloadLength, 'maxPayloadLength')
  return framePolicy(options, maxPayloadLength, maxMessageLength)
}

/** The same for the options that readers and writers share. */
export function framePolicy(
  options: ConnectionOptions = {},
  maxPayloadLength: number,
  maxMessageLength: number,
): FramePolicy {
  assertObject(options, 'options')
  const { sender, extensions } = options
  if (sender !== undefined && sender !== 'client' && sender !== 'server') {
    throw new TypeError(`sender must be 'client' or 'server', not ${String(sender)}`)
  }
  const wrongMask = sender === undefined ? null : sender === 'client' ? 0 : Bit.mask
  const leastLimit = Math.min(maxPayloadLength, maxMessageLength)
  if (extensions === undefined) {
    if (leastLimit === Infinity) return wrongMask === null ? plainPolicy : wrongMask === 0 ? clientPolicy : serverPolicy
    return { ...plainPolicy, wrongMask, maxPayloadLength, maxMessageLength, leastLimit }
  }

  assertObject(extensions, 'extensions')
  const { permessageDeflate = false, rsv1 = false, rsv2 = false, rsv3 = false, opcodes = [] } = extensions
  assertBoolean(permessageDeflate, 'extensions.permessageDeflate')
  assertBoolean(rsv1, 'extensions.rsv1')
  assertBoolean(rsv2, 'extensions.rsv2')
  assertBoolean(rsv3, 'extensions.rsv3')
  const rsvBits = rsvBitsOf(rsv1, rsv2, rsv3)

  if (!Array.isArray(opcodes)) throw new TypeError('extensions.opcodes must be an array')
  let opcodeSet = definedOpcodes
  for (const opcode of opcodes) {
    assertInteger(opcode, 'an opcode of extensions.opcodes', 0x3, 0xf)
    if (!isReserved(opcode)) throw new RangeError(`extensions.opcodes: 0x${opcode.toString(16)} is not a reserved opcode`)
    opcodeSet |= 1 << opcode
  }

  return {
    opcodes: opcodeSet,
    rsvBits,
    rsvBitsOfStart: permessageDeflate ? rsvBits | Bit.rsv1 : rsvBits,
    compressedBit: permessageDeflate ? Bit.rsv1 : 0,
    wrongMask,
    maxPayloadLength,
    maxMessageLength,
    leastLimit,
  }
}

/** RSV1-3 as they stand in the first byte. */
export function rsvBitsOf(rsv1: boolean, rsv2: boolean, rsv3: boolean): number {
  return (rsv1 ? Bit.rsv1 : 0) | (rsv2 ? Bit.rsv2 : 0) | (rsv3 ? Bit.rsv3 : 0)
}

/** The RSV bits that a frame of this opcode may have, as they stand in its first byte. */
export function allowedRsvBits(policy: FramePolicy, opcode: number): number {
  return opcode === Opcode.Text || opcode === Opcode.Binary ? policy.rsvBitsOfStart : policy.rsvBits
}
