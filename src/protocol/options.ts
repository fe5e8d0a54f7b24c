/**
 * The options of readers and writers of frames: who sends, what the handshake negotiated, the limits.
 */

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
   * is delivered whole all the same if an extension other than permessage-deflate defines the opcode of its message, or an
   * RSV bit of that frame or of one before it in the message: the fragmentation of such a message must not be changed.
   * `maxPayloadLength` holds for such frames too.
   */
  readonly streamAbove?: number | undefined
}

/** Options of everything that writes frames. */
export interface EncodeOptions extends ConnectionOptions {
  /**
   * `true`, the default: a frame that breaks a rule throws the `ProtocolError` that its reader would throw. `false`: it is
   * written as told, so that tests of other implementations get their invalid frames.
   */
  readonly strict?: boolean | undefined
  /** The form of the payload length. Default: the shortest that holds it, which is the only one that is valid. */
  readonly lengthBits?: 7 | 16 | 64 | undefined
}
