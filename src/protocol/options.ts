/**
 * The options of readers and encoders: the sender, the negotiated extensions, the limits.
 */

/** Which end of the connection sent the bytes. */
export type Sender = 'client' | 'server'

/** The extensions that the opening handshake negotiated (RFC 6455, sections 5.8 and 9). */
export interface Extensions {
  /**
   * permessage-deflate (RFC 7692) is negotiated. RSV1 on a text or binary frame marks a compressed message; no other frame may set it.
   * Default `false`.
   */
  readonly permessageDeflate?: boolean | undefined
  /** Another extension defines RSV1: any frame may set it. Default `false`. */
  readonly rsv1?: boolean | undefined
  /** An extension defines RSV2: any frame may set it. Default `false`. */
  readonly rsv2?: boolean | undefined
  /** An extension defines RSV3: any frame may set it. Default `false`. */
  readonly rsv3?: boolean | undefined
  /** The reserved opcodes that an extension defines: 0x3-0x7 for data frames, 0xB-0xF for control frames. Default: no opcodes. */
  readonly opcodes?: readonly number[] | undefined
}

/** The sender and the negotiated extensions: the options that decoding and encoding share. */
export interface ConnectionOptions {
  /**
   * The sender of the bytes. A client must mask every frame; a server must not mask any frame (RFC 6455, section 5.1). Without this
   * option, both masked and unmasked frames are valid.
   */
  readonly sender?: Sender | undefined
  /** The extensions that the opening handshake negotiated. Default: no extensions. */
  readonly extensions?: Extensions | undefined
}

/** The options that everything that reads frames shares. */
export interface DecodeOptions extends ConnectionOptions {
  /**
   * The longest payload of a data frame, in bytes: a whole number or `Infinity`. A longer payload is the violation `payload-too-long`
   * (1009), reported as soon as the payload length has been read. Control frames have their own limit of 125 bytes. Default: 16 MiB
   * for `FrameReader`; no limit for `decodeHeader` and `decodeFrame`, which buffer nothing.
   */
  readonly maxPayloadLength?: number | undefined
}

/** Options of a `FrameReader`. */
export interface FrameReaderOptions extends DecodeOptions {
  /**
   * The longest payload of a data frame, in bytes: a whole number or `Infinity` for no limit. Default 16 MiB, since a reader buffers
   * payloads.
   */
  readonly maxPayloadLength?: number | undefined
  /**
   * `false`, the default: the reader never writes to a chunk, payloads never alias it, and you may reuse it as soon as `push` returns.
   * `true`: the reader takes ownership of each chunk. It unmasks in place, and payloads may be views of the chunk. It copies only frames
   * that the end of a chunk cuts, and chunks over resizable or shared memory.
   */
  readonly ownsChunks?: boolean | undefined
  /**
   * Payload length in bytes above which a data frame is delivered as it arrives and is not buffered. The reader splits it into
   * fragments, as RFC 6455, section 5.4, allows an intermediary. Default `Infinity`: every frame is delivered whole. A frame is always
   * delivered whole if an extension other than permessage-deflate defines the opcode of its message, or an RSV bit of that frame or of
   * one before it in the message, since its fragmentation must not change. `maxPayloadLength` applies to streamed frames too.
   */
  readonly streamAbove?: number | undefined
}

/** The options of everything that encodes frames. */
export interface EncodeOptions extends ConnectionOptions {
  /**
   * `true`, the default: a frame that breaks a rule throws the `ProtocolError` that a reader of the frame throws. `false`: the frame is
   * written without these checks, to create invalid frames for tests of other implementations.
   */
  readonly strict?: boolean | undefined
  /** The form of the payload length, in bits. Default: the shortest form that holds it; every other form is invalid. */
  readonly lengthBits?: 7 | 16 | 64 | undefined
}
