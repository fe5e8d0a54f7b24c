/**
 * The incremental decoder (RFC 6455, sections 5.2 to 5.5), which a `FrameReader` and a `MessageReader` have in common.
 *
 * Goals: the same frames and the same error however the bytes are cut; work linear in the bytes; memory of at most twice
 * the bytes that came and have not been delivered, plus 64 KiB, whatever lengths the headers claim and however small the chunks
 * are.
 *
 * To that end `push` parses nothing. It makes the chunk the input, by copying it unless it was given away; from then on all
 * input is the reader's own, so that payloads can be unmasked where they lie and delivered as views. Only what belongs to
 * a frame that is cut by the end of the input is kept elsewhere: the beginning of its header, or the pieces of its payload,
 * to which later chunks are added directly.
 */
import { assertBoolean, assertBytes, assertLimit } from './arguments.js'
import { readClosePayload } from './close.js'
import { MAX_HEADER_LENGTH, advance, blankHeader, readHeader } from './header.js'
import type { MessageState } from './header.js'
import { Input } from './input.js'
import { Opcode, hasControlBit } from './opcode.js'
import { Bit } from './options.js'
import type { FramePolicy, FrameReaderOptions } from './options.js'
import { takeOrdinaryFrame } from './ordinary.js'
import { Pieces } from './pieces.js'
import { shared } from './policies.js'
import { raise } from './rules.js'

/** Where a header is put together that comes in several chunks. */
const headerBytes = /* @__PURE__ */ new Uint8Array(MAX_HEADER_LENGTH)

/** Reads the frames of a stream, for a `FrameReader` or a `MessageReader`. */
export class Decoder {
  readonly policy: FramePolicy
  readonly #ownsChunks: boolean
  readonly #streamAbove: number
  readonly #streamsTexts: boolean

  readonly #input = new Input()

  /** The beginning of a header whose end has not come yet, a character for each byte: 32 bytes, where an array takes 216. */
  #headerBegun = ''

  /** The frame in progress, if #insideFrame: its header has been read, its payload has not come as a whole. */
  readonly #header = blankHeader()
  #insideFrame = false
  /** What has come of its payload, in bytes: delivered if it is streamed, else in #pieces. */
  #payloadHeld = 0
  #pieces: Pieces | null = null

  /** The message that the next data frame may continue. */
  readonly #message: MessageState = { open: false, isText: false, length: 0 }

  /** Whether a frame begins where the input does, outside a fragmented message, and none is #ready. */
  #isBetweenMessages = true

  /** Of the frame that was read last, as it was delivered: FIN, RSV1-3 and the opcode. */
  firstByte = 0
  /** What its payload was masked with. */
  maskingKey: number | null = null

  /** Positions in the stream, in bytes. */
  #received = 0
  #frameOffset = 0

  #ended = false
  #closed = false
  #failure: { readonly error: unknown } | null = null
  /** A frame that `end` came upon, kept for `read`: its payload, and its length in bytes. */
  #ready: { readonly payload: Uint8Array; readonly length: number } | null = null

  /**
   * @param options - for `ownsChunks` and `streamAbove`
   * @param policy - made of the same options
   * @param streamsTexts - whether the payloads of texts are delivered as they arrive, so that they can be checked
   * @throws TypeError or RangeError for options of another type or range
   */
  constructor(options: FrameReaderOptions, policy: FramePolicy, streamsTexts: boolean) {
    const { ownsChunks = false, streamAbove = Infinity } = options
    assertBoolean(ownsChunks, 'ownsChunks')
    assertLimit(streamAbove, 'streamAbove')
    this.policy = shared(policy)
    this.#ownsChunks = ownsChunks
    this.#streamAbove = streamAbove
    this.#streamsTexts = streamsTexts
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Position in the stream of the frame that was read last, wholly or in part, in bytes. */
  get frameOffset(): number {
    return this.#frameOffset
  }

  /** How many of the bytes received belong to frames that have not been delivered, in bytes. */
  get bufferedLength(): number {
    const { headerLength } = this.#header
    const isDelivered = this.#payloadHeld > 0 && this.#pieces === null
    const heldOfFrame = this.#insideFrame && !isDelivered ? headerLength + this.#payloadHeld : 0
    return (this.#ready?.length ?? 0) + this.#headerBegun.length + heldOfFrame + this.#input.length
  }

  push(chunk: Uint8Array): void {
    assertBytes(chunk, 'chunk')
    if (this.#failure !== null) throw this.#failure.error
    if (this.#closed) return
    if (this.#ended) throw new TypeError('push after end')
    try {
      if (this.#input.length > 0) {
        this.#input.append(chunk)
      } else {
        const taken = this.#takePiece(chunk, 0, chunk.length, this.#ownsChunks)
        if (taken < chunk.length) this.#setInput(chunk, taken)
      }
    } catch (error) {
      this.fail(error)
    }
    this.#received += chunk.length
  }

  /** The payload of the next frame, the rest of which is then in `firstByte` and `maskingKey`, or null if more bytes are needed. */
  read(): Uint8Array | null {
    return (this.#isBetweenMessages ? this.#readOrdinary() : null) ?? this.#readAny()
  }

  end(): void {
    if (this.#failure !== null) throw this.#failure.error
    this.#ended = true
    if (this.#closed || this.#ready !== null) return
    const held = this.bufferedLength
    this.#isBetweenMessages = false
    const payload = this.#next()
    if (payload !== null) this.#ready = { payload, length: held - this.bufferedLength }
  }

  #readOrdinary(): Uint8Array | null {
    this.#frameOffset = this.#received - this.#input.length
    try {
      return takeOrdinaryFrame(this.#input, this.policy, this)
    } catch (error) {
      return this.fail(error)
    }
  }

  #readAny(): Uint8Array | null {
    if (this.#failure !== null) throw this.#failure.error
    if (this.#closed) return null
    const payload = this.#ready?.payload ?? this.#next()
    this.#ready = null
    // If none has come, the one before was no Close frame either.
    if ((this.firstByte & Bit.opcode) === Opcode.Close) this.#close()
    else this.#input.trim()
    this.#isBetweenMessages = !this.#insideFrame && !this.#message.open && this.#headerBegun === ''
    return payload
  }

  /** Makes the chunk the input, from `start`. */
  #setInput(chunk: Uint8Array, start: number): void {
    if (this.#ownsChunks) this.#input.set(chunk, start)
    // Not chunk.slice(): that of a Buffer does not copy.
    else this.#input.set(new Uint8Array(start === 0 ? chunk : chunk.subarray(start)), 0)
  }

  /**
   * Takes bytes of a payload that does not come at once, if one has begun.
   *
   * @param isOwn - whether the bytes are the reader's own
   * @returns position after the last byte taken
   */
  #takePiece(bytes: Uint8Array, start: number, end: number, isOwn: boolean): number {
    if (this.#pieces === null) return start
    const taken = Math.min(end - start, this.#header.payloadLength - this.#payloadHeld)
    this.#pieces.add(bytes, start, start + taken, isOwn)
    this.#payloadHeld += taken
    return start + taken
  }

  /** The next frame. An error is kept, and with it nothing else. */
  #next(): Uint8Array | null {
    const input = this.#input
    const header = this.#header
    try {
      input.assertThere()
      if (!this.#insideFrame && !this.#readHeader()) return this.#wait()
      if (this.#payloadHeld > 0 || input.length < header.payloadLength) return this.#readPart() ?? this.#wait()
      this.#insideFrame = false
      return this.#complete(input.take(header.payloadLength, header.maskingKey, 0))
    } catch (error) {
      return this.fail(error)
    }
  }

  /** More bytes are needed. */
  #wait(): null {
    this.#input.trim()
    if (this.#ended) this.#checkEnd()
    return null
  }

  /** Makes an error final, and lets go of all that is held. */
  fail(error: unknown): never {
    this.#failure = { error }
    this.#release()
    throw error
  }

  /** @returns whether the header is complete, so that the input begins with the payload */
  #readHeader(): boolean {
    const input = this.#input
    const header = this.#header
    if (this.#headerBegun !== '') return this.#readBegunHeader()
    this.#frameOffset = this.#received - input.length
    if (!readHeader(input.bytes, input.position, input.end, this.policy, this.#message, this.#frameOffset, raise, header)) {
      this.#beginHeader()
      return false
    }
    input.position += header.headerLength
    return true
  }

  /** The same if the header began in another chunk. */
  #readBegunHeader(): boolean {
    const input = this.#input
    const header = this.#header
    const held = this.#headerBegun.length
    this.#frameOffset = this.#received - input.length - held
    for (let i = 0; i < held; i++) headerBytes[i] = this.#headerBegun.charCodeAt(i)
    const taken = Math.min(input.length, MAX_HEADER_LENGTH - held)
    headerBytes.set(input.bytes.subarray(input.position, input.position + taken), held)
    if (!readHeader(headerBytes, 0, held + taken, this.policy, this.#message, this.#frameOffset, raise, header)) {
      this.#beginHeader()
      return false
    }
    input.position += header.headerLength - held
    this.#headerBegun = ''
    return true
  }

  /** Takes the rest of the input, which is less than a header. */
  #beginHeader(): void {
    const input = this.#input
    this.#headerBegun += String.fromCharCode(...input.bytes.subarray(input.position, input.end))
    input.position = input.end
  }

  /** A frame whose payload does not come at once, or a part of it. */
  #readPart(): Uint8Array | null {
    this.#insideFrame = true
    return this.#isStreamed ? this.#readPiece() : this.#gather()
  }

  /** The frame, if all of its payload has come by now. */
  #gather(): Uint8Array | null {
    const input = this.#input
    const { payloadLength, maskingKey } = this.#header
    const missing = payloadLength - this.#payloadHeld
    if (input.length === 0 && missing > 0) return null
    const pieces = (this.#pieces ??= new Pieces(payloadLength, maskingKey))
    if (input.length < missing) {
      input.position = this.#takePiece(input.bytes, input.position, input.end, true)
      return null
    }
    const start = input.position
    input.position += missing
    const payload = pieces.joined(input.bytes, start, input.position)
    this.#leaveFrame()
    return this.#complete(payload)
  }

  #complete(payload: Uint8Array): Uint8Array {
    const header = this.#header
    if ((header.firstByte & Bit.opcode) === Opcode.Close) readClosePayload(payload, this.#frameOffset, raise)
    advance(this.#message, header)
    this.firstByte = header.firstByte
    this.maskingKey = header.maskingKey
    return payload
  }

  /** Whether what comes of the payload is delivered at once. */
  get #isStreamed(): boolean {
    const { firstByte, payloadLength } = this.#header
    const opcode = firstByte & Bit.opcode
    if (hasControlBit(opcode)) return false
    if (this.#streamsTexts) return opcode === Opcode.Text || (opcode === Opcode.Continuation && this.#message.isText)
    // Section 5.4 lets an intermediary change the fragmentation of a frame unless an unknown extension has a hand in it.
    return payloadLength > this.#streamAbove && opcode <= Opcode.Binary && (firstByte & this.policy.rsvBits) === 0
  }

  /** What has come of the payload, as a fragment. */
  #readPiece(): Uint8Array | null {
    const { firstByte, payloadLength, maskingKey } = this.#header
    const length = Math.min(this.#input.length, payloadLength - this.#payloadHeld)
    if (length === 0) return null
    const piece = this.#input.take(length, maskingKey, this.#payloadHeld)
    this.maskingKey = maskingKey
    this.firstByte = this.#payloadHeld === 0 ? firstByte : firstByte & ~(Bit.rsv1 | Bit.opcode)
    this.#payloadHeld += length
    if (this.#payloadHeld < payloadLength) {
      this.firstByte &= ~Bit.fin
    } else {
      this.#leaveFrame()
      advance(this.#message, this.#header)
    }
    return piece
  }

  #leaveFrame(): void {
    this.#insideFrame = false
    this.#payloadHeld = 0
    this.#pieces = null
  }

  #checkEnd(): void {
    const { payloadLength } = this.#header
    if (this.#insideFrame) {
      const held = `${this.#payloadHeld} of ${payloadLength} bytes of payload`
      raise('truncated', this.#frameOffset, `the stream ends inside a frame, after ${held}`)
    }
    if (this.#headerBegun !== '') {
      raise('truncated', this.#frameOffset, `the stream ends inside a frame, with ${this.#headerBegun.length} of its header bytes`)
    }
    if (this.#message.open) raise('truncated', this.#frameOffset, 'the stream ends inside a fragmented message')
  }

  /** After a Close frame: nothing is held, and nothing more will be. */
  #close(): void {
    this.#closed = true
    this.#release()
  }

  #release(): void {
    this.#input.drop()
    this.#headerBegun = ''
    this.#leaveFrame()
  }
}
