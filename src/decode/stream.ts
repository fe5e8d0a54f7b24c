/**
 * The incremental decoder below `FrameReader` and `MessageReader`: the life of a stream (RFC 6455, sections 5.2 to 5.5 and 7.1.7).
 *
 * Goals: the same frames and the same error however the bytes are cut; work linear in the bytes; memory of at most twice the bytes
 * received and not yet delivered, plus 64 KiB, whatever lengths the headers claim and however small the chunks are.
 *
 * To that end `take` parses nothing. It makes the chunk the input, and copies it unless we own it; from then on all input is ours, so
 * that payloads can be unmasked in place and delivered as views. Only the parts of a frame that the end of the input cuts are kept
 * elsewhere: the beginning of its header, or the pieces of its payload, to which later chunks are added directly.
 */
import { asError, assertBoolean, assertBytes, assertLimit, assertThere } from '../util/arguments.js'
import { readClosePayload } from '../protocol/close.js'
import type { ClosePayload } from '../protocol/close.js'
import { CutFrame } from './cut-frame.js'
import { MAX_HEADER_LENGTH, advance, blankHeader, readHeader } from '../header/header.js'
import type { MessageState, WireHeader } from '../header/header.js'
import { Input } from './input.js'
import { viewOf } from '../util/memory.js'
import { Opcode, hasControlBit } from '../protocol/opcode.js'
import { Bit } from '../header/options.js'
import type { FramePolicy, FrameReaderOptions } from '../header/options.js'
import { takeOrdinaryFrame } from './whole-frame.js'
import { shared } from '../header/shared-policy.js'
import { raise } from '../protocol/rules.js'

/** Where a header is put together that arrives in several chunks. */
const headerBytes = /* @__PURE__ */ new Uint8Array(MAX_HEADER_LENGTH)

/** The header that was read last, by any decoder: nothing else runs until it has been used. */
const header: WireHeader = /* @__PURE__ */ blankHeader()

/** What `end` found ready to be delivered, kept for the next `read`. */
interface Kept<Item> {
  readonly item: Item
  /** Its bytes, and how many there were: fewer if somebody has transferred their memory. */
  readonly bytes: Uint8Array | null
  readonly byteLength: number
  /** How many of the buffered bytes it came from. */
  readonly bufferedLength: number
}

/** Reads the frames of a stream, for a reader that delivers an `Item` for one or several of them. */
export class Decoder<Item> {
  readonly policy: FramePolicy
  readonly #ownsChunks: boolean
  readonly #streamAbove: number
  readonly #streamsTexts: boolean

  readonly #input = new Input()

  /** The beginning of a header whose end has not arrived, a character for each byte: 32 bytes, where an array takes 216. */
  #headerBegun = ''

  #cutFrame: CutFrame | null = null

  /** The message that the next data frame may continue. */
  readonly #message: MessageState = { open: false, isText: false, length: 0 }

  /** Whether a frame begins where the input does, outside a fragmented message, and `end` has not been called. */
  #isBetweenMessages = true

  /** FIN, RSV1-3 and the opcode of the frame that was read last, as it was delivered. */
  firstByte = 0
  /** The masking key of that frame's payload. */
  maskingKey: number | null = null
  /** Code and reason of the Close frame, once it has been read. */
  closePayload: ClosePayload | null = null

  /** Positions in the stream, in bytes. */
  #received = 0
  #frameOffset = 0

  #ended = false
  #error: Error | null = null
  #kept: Kept<Item> | null = null

  /**
   * @param options - for `ownsChunks` and `streamAbove`
   * @param policy - made of the same options
   * @param streamsTexts - whether the payloads of texts are delivered as they arrive, so that they can be checked
   * @throws TypeError or RangeError for options of another type or range
   */
  constructor({ ownsChunks = false, streamAbove = Infinity }: FrameReaderOptions, policy: FramePolicy, streamsTexts: boolean) {
    assertBoolean(ownsChunks, 'ownsChunks')
    assertLimit(streamAbove, 'streamAbove')
    this.policy = shared(policy)
    this.#ownsChunks = ownsChunks
    this.#streamAbove = streamAbove
    this.#streamsTexts = streamsTexts
  }

  get error(): Error | null {
    return this.#error
  }

  /** Whether nothing more will be delivered: the Close frame has been, or the stream has failed. */
  get closed(): boolean {
    return this.#isOver && this.#kept === null
  }

  /** Position in the stream of the frame that was read last, wholly or in part, in bytes. */
  get frameOffset(): number {
    return this.#frameOffset
  }

  /** How many of the bytes received belong to frames that have not been delivered. */
  get bufferedLength(): number {
    const ofFrame = this.#headerBegun.length + (this.#cutFrame?.bufferedLength ?? 0)
    return (this.#kept?.bufferedLength ?? 0) + ofFrame + this.#input.length
  }

  /** Whether all further bytes are discarded. */
  get #isOver(): boolean {
    return this.#error !== null || this.closePayload !== null
  }

  /**
   * @returns whether a chunk is to be taken: false if it is to be discarded
   * @throws TypeError if it is not a `Uint8Array`, and after `end`; then nothing has changed
   */
  accepts(chunk: Uint8Array): boolean {
    assertBytes(chunk, 'chunk')
    if (this.#isOver) return false
    if (this.#ended) throw new TypeError('push after end')
    return true
  }

  /** Takes a chunk that has been accepted. */
  take(chunk: Uint8Array): void {
    const { length } = chunk
    const input = this.#input
    if (input.length > 0) {
      input.append(chunk)
    } else {
      const cutFrame = this.#cutFrame
      const taken = cutFrame?.isGathered ? cutFrame.gather(chunk, 0, length, this.#ownsChunks) : 0
      if (taken < length) {
        if (this.#ownsChunks) input.set(chunk, taken)
        else input.copy(chunk, taken)
      }
    }
    this.#received += length
  }

  /** The payload of the next frame, the rest of which is then in `firstByte` and `maskingKey`; null if more bytes are needed. */
  read(): Uint8Array<ArrayBuffer> | null {
    if (this.#isBetweenMessages) {
      if (this.#input.length === 0) return null
      this.#frameOffset = this.#received - this.#input.length
      const payload = takeOrdinaryFrame(this.#input, this.policy, this)
      if (payload !== null) return payload
    }
    return this.#isOver ? null : this.#readAny()
  }

  /**
   * Makes the next reads report where the stream ends too early.
   *
   * @returns whether the reader has to look for what is still to be delivered, and to {@link keep} it: an error may come only after it
   */
  end(): boolean {
    if (this.#isOver || this.#ended) return false
    this.#ended = true
    this.#isBetweenMessages = false
    return true
  }

  /**
   * Keeps what was found at the end for the next `read`.
   *
   * @param bytes - the bytes that it consists of, if it does
   * @param bufferedLength - how many of the buffered bytes it came from
   */
  keep(item: Item, bytes: Uint8Array | null, bufferedLength: number): void {
    this.#kept = { item, bytes, byteLength: bytes === null ? 0 : bytes.length, bufferedLength }
  }

  /** @returns what was kept, if anything was */
  takeKept(): Item | null {
    const kept = this.#kept
    if (kept === null) return null
    this.#kept = null
    assertThere(kept.bytes === null || kept.bytes.length === kept.byteLength)
    return kept.item
  }

  /** Fails the stream (7.1.7): the error is thrown this once, and nothing is held or delivered any more. */
  fail(thrown: unknown): never {
    this.#error = asError(thrown)
    this.#kept = null
    this.#release()
    throw this.#error
  }

  /** Any frame, or a part of it; at the end of the stream an error if that is too early. */
  #readAny(): Uint8Array<ArrayBuffer> | null {
    this.#input.assertThere()
    const payload = this.#cutFrame === null ? this.#readFrame() : this.#readPart(this.#cutFrame)
    if (this.closePayload !== null) this.#release()
    else this.#input.trim()
    if (payload === null && this.#ended) this.#checkEnd()
    this.#isBetweenMessages = !this.#ended && this.#cutFrame === null && !this.#message.open && this.#headerBegun === ''
    return payload
  }

  #readFrame(): Uint8Array<ArrayBuffer> | null {
    if (!this.#readHeader()) return null
    const { payloadLength, maskingKey } = header
    if (this.#input.length < payloadLength) return this.#readPart((this.#cutFrame = new CutFrame(header)))
    return this.#complete(header, this.#input.take(payloadLength, maskingKey, 0))
  }

  /** @returns whether the header is complete, so that the input begins with the payload */
  #readHeader(): boolean {
    const input = this.#input
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
    const held = this.#headerBegun.length
    this.#frameOffset = this.#received - input.length - held
    for (let i = 0; i < held; i++) headerBytes[i] = this.#headerBegun.charCodeAt(i)
    const taken = Math.min(input.length, MAX_HEADER_LENGTH - held)
    headerBytes.set(viewOf(input.bytes, input.position, input.position + taken), held)
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
    this.#headerBegun += String.fromCharCode(...viewOf(input.bytes, input.position, input.end))
    input.position = input.end
  }

  /** What a cut frame delivers now: a piece of it if it is streamed, else the payload if it is complete. */
  #readPart(frame: CutFrame): Uint8Array<ArrayBuffer> | null {
    const input = this.#input
    if (input.length === 0 && frame.missing > 0) return null
    if (this.#isStreamed(frame)) return this.#readPiece(frame)
    if (input.length < frame.missing) {
      input.position = frame.gather(input.bytes, input.position, input.end, true)
      return null
    }
    this.#cutFrame = null
    // It has been cut in front of its payload, which has arrived as a whole.
    if (!frame.isGathered) return this.#complete(frame, input.take(frame.payloadLength, frame.maskingKey, 0))
    const start = input.position
    input.position += frame.missing
    return this.#complete(frame, frame.completed(input.bytes, start))
  }

  #complete(frame: Omit<WireHeader, 'headerLength'>, payload: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { firstByte, maskingKey } = frame
    if ((firstByte & Bit.opcode) === Opcode.Close) this.closePayload = readClosePayload(payload, this.#frameOffset, raise)
    advance(this.#message, frame, this.policy)
    this.firstByte = firstByte
    this.maskingKey = maskingKey
    return payload
  }

  /** Whether the payload is delivered as it arrives. */
  #isStreamed({ firstByte, payloadLength }: CutFrame): boolean {
    const opcode = firstByte & Bit.opcode
    if (hasControlBit(opcode)) return false
    if (this.#streamsTexts) return opcode === Opcode.Text || (opcode === Opcode.Continuation && this.#message.isText)
    // Section 5.4 lets an intermediary change the fragmentation of a frame unless an unknown extension has a hand in it.
    return payloadLength > this.#streamAbove && opcode <= Opcode.Binary && (firstByte & this.policy.rsvBits) === 0
  }

  /** What has arrived of the payload, as a fragment. */
  #readPiece(frame: CutFrame): Uint8Array<ArrayBuffer> {
    const { firstByte, maskingKey, taken } = frame
    const length = Math.min(this.#input.length, frame.missing)
    const piece = this.#input.take(length, maskingKey, taken)
    this.maskingKey = maskingKey
    this.firstByte = taken === 0 ? firstByte : firstByte & ~(Bit.rsv1 | Bit.opcode)
    frame.taken += length
    if (frame.missing > 0) {
      this.firstByte &= ~Bit.fin
    } else {
      this.#cutFrame = null
      advance(this.#message, frame, this.policy)
    }
    return piece
  }

  #checkEnd(): void {
    if (this.#cutFrame !== null) {
      const { taken, payloadLength } = this.#cutFrame
      const found = `the stream ends inside a frame, after ${taken} of ${payloadLength} bytes of payload`
      raise('truncated', this.#frameOffset, found)
    }
    if (this.#headerBegun !== '') {
      raise('truncated', this.#frameOffset, `the stream ends inside a frame, with ${this.#headerBegun.length} of its header bytes`)
    }
    if (this.#message.open) raise('truncated', this.#frameOffset, 'the stream ends inside a fragmented message')
  }

  #release(): void {
    this.#input.drop()
    this.#headerBegun = ''
    this.#cutFrame = null
  }
}
