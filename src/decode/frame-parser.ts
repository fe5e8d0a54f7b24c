/**
 * The incremental parser below `FrameReader` and `MessageReader` (RFC 6455, sections 5.2 to 5.5).
 *
 * Goals: the same frames and the same error however the bytes are cut; work linear in the bytes; memory of at most twice the bytes
 * received and not yet delivered, plus 64 KiB, whatever lengths the headers claim and however small the chunks are.
 *
 * `take` parses nothing. It makes the chunk the input, and copies it unless we own it: payloads can then be unmasked in place and
 * delivered as views. If the input ends inside a frame, the start of the header or the payload bytes are kept elsewhere, and later chunks
 * are added there directly.
 */
import { Bit } from '../header/layout.js'
import type { WireHeader } from '../header/layout.js'
import type { FramePolicy } from '../header/policy.js'
import { readHeader } from '../header/read.js'
import { readClosePayload } from '../protocol/close-payload.js'
import type { ClosePayload } from '../protocol/close-payload.js'
import { NO_MESSAGE, enterFrame, isPlainText } from '../protocol/message-state.js'
import type { MessageState } from '../protocol/message-state.js'
import { Opcode, hasControlBit } from '../protocol/opcode.js'
import { raise } from '../protocol/rules.js'
import { CutFrame } from './cut-frame.js'
import { cutHeaderWith, headerTogether } from './cut-header.js'
import type { CutHeader } from './cut-header.js'
import { isForMessages } from './delivered.js'
import type { Delivered } from './delivered.js'
import { Input } from './input.js'
import { lastFrame } from './last-frame.js'
import { PayloadMemory } from './payload-memory.js'
import type { TextCheck } from './text.js'
import { WHOLE_TEXT, takeWholeFrame } from './whole-frame.js'

export class FrameParser {
  readonly policy: FramePolicy
  readonly #delivered: Delivered
  /** Whether the payload of a text in one frame is used as soon as it is delivered. */
  readonly #usesTextsAtOnce: boolean

  readonly #input = new Input()
  readonly #memory = new PayloadMemory()
  #cutHeader: CutHeader = ''
  #cutFrame: CutFrame | null = null

  /** The message of the last data frame, which the next frame may continue. Not updated by `takeWholeFrame`. */
  message: MessageState = NO_MESSAGE

  /** Whether any frame of that message so far has an RSV bit whose meaning we do not know. */
  #usesRsvBits = false

  /** Checks the text in progress, if texts are checked. */
  #text: TextCheck | null = null

  /** Whether the input starts with a new frame, and no fragmented message is open. */
  #isBetweenMessages = true

  /** Code and reason of the Close frame, or null if none has been read. */
  closePayload: ClosePayload | null = null

  /** Position in the stream of the last frame, complete or not, in bytes. */
  frameOffset = 0
  /** How many bytes have been received. */
  #received = 0

  constructor(policy: FramePolicy, delivered: Delivered) {
    this.policy = policy
    this.#delivered = delivered
    this.#usesTextsAtOnce = isForMessages(delivered) && delivered.areStrings
  }

  /** How many received bytes belong to frames not yet delivered. */
  get bufferedLength(): number {
    return this.#cutHeader.length + (this.#cutFrame?.bufferedLength ?? 0) + this.#input.length
  }

  /** @param isOwned - whether the chunk may be kept and written to */
  take(chunk: Uint8Array, isOwned: boolean): void {
    const { length } = chunk
    const input = this.#input
    if (input.length > 0) {
      input.append(chunk)
    } else {
      const cutFrame = this.#cutFrame
      const taken = cutFrame?.isGathered ? cutFrame.gather(chunk, 0, length, isOwned) : 0
      if (taken < length) {
        if (isOwned) input.set(chunk, taken)
        else input.copy(chunk, taken, this.#memory.forChunk(chunk, taken, this.#beginsFrame(chunk, taken)))
      }
    }
    this.#received += length
  }

  /** Whether a frame begins in the chunk at `start`. False if its payload would not stay where the chunk is copied. */
  #beginsFrame(chunk: Uint8Array, start: number): boolean {
    // A streamed payload is never put together, and a text to be used at once is put together in the block that is lent.
    if (typeof this.#delivered === 'number' || this.#isForNow(chunk[start])) return false
    return this.#cutHeader === '' && !this.#cutFrame?.missing
  }

  /** Whether the payload of a frame is used as soon as it is delivered. */
  #isForNow(firstByte: number | undefined): boolean {
    return this.#usesTextsAtOnce && firstByte === WHOLE_TEXT
  }

  /** Returns the payload of the next frame, or of a piece of it, and sets {@link lastFrame}. Returns null if more bytes are needed. */
  read(): Uint8Array<ArrayBuffer> | null {
    if (this.#isBetweenMessages) {
      // Benchmark case: one frame a chunk, where every second read finds nothing.
      if (this.#input.length === 0) {
        this.#memory.idle()
        return null
      }
      this.frameOffset = this.#received - this.#input.length
      const payload = takeWholeFrame(this.#input, this.policy, this.#usesTextsAtOnce)
      if (payload !== null) return payload
    }
    if (this.#cutFrame?.isWaiting) return null
    return this.#readAny()
  }

  /** Reads any frame, or a piece of one. */
  #readAny(): Uint8Array<ArrayBuffer> | null {
    this.#input.assertThere()
    const payload = this.#cutFrame === null ? this.#readFrame() : this.#readPart(this.#cutFrame)
    if (this.closePayload !== null) this.release()
    else this.#input.trim()
    this.#isBetweenMessages = this.#cutFrame === null && !this.message.open && this.#cutHeader === ''
    this.#memory.settle(this.#input.bytes.length, this.#isBetweenMessages)
    return payload
  }

  #readFrame(): Uint8Array<ArrayBuffer> | null {
    if (!this.#readHeader()) return null
    const { firstByte, payloadLength, maskingKey } = lastFrame
    const opcode = firstByte & Bit.opcode
    const isCompressed = (firstByte & this.policy.compressedBit) !== 0
    this.message = enterFrame(this.message, opcode, (firstByte & Bit.fin) !== 0, isCompressed, payloadLength)
    if (!hasControlBit(opcode)) {
      this.#usesRsvBits = (firstByte & this.policy.rsvBits) !== 0 || (opcode === Opcode.Continuation && this.#usesRsvBits)
    }
    if (opcode === Opcode.Text) this.#text = isForMessages(this.#delivered) && !isCompressed ? this.#delivered.newCheck() : null
    const text = hasControlBit(opcode) || !isPlainText(this.message) ? null : this.#text
    if (this.#input.length < payloadLength) {
      this.#cutFrame = new CutFrame(lastFrame, this.#memory, text, this.#isForNow(firstByte))
      return this.#readPart(this.#cutFrame)
    }
    return this.#complete(lastFrame, this.#input.take(payloadLength, maskingKey, 0), text)
  }

  /** @returns whether the header is complete, so that the input begins with the payload */
  #readHeader(): boolean {
    const input = this.#input
    const { bytes, position, end } = input
    const kept = this.#cutHeader.length
    this.frameOffset = this.#received - input.length - kept
    // Between messages `takeWholeFrame` has just been called, and may have read this header.
    const isRead = this.#isBetweenMessages && lastFrame.headerLength > 0
    const source = kept === 0 ? input : headerTogether(this.#cutHeader, bytes, position, end)
    if (!isRead && !readHeader(source.bytes, source.position, source.end, this.policy, this.message, this.frameOffset, raise, lastFrame)) {
      this.#cutHeader = cutHeaderWith(this.#cutHeader, bytes, position, end)
      input.position = end
      return false
    }
    input.position += lastFrame.headerLength - kept
    this.#cutHeader = ''
    return true
  }

  /** Returns a piece of the payload if the frame is streamed, otherwise the payload if it is complete. */
  #readPart(frame: CutFrame): Uint8Array<ArrayBuffer> | null {
    const input = this.#input
    if (this.#isStreamed(frame)) return this.#readPiece(frame)
    if (!frame.isGathered && input.length >= frame.payloadLength) {
      // The chunk ended after the header, and the next one has the whole payload.
      this.#cutFrame = null
      return this.#complete(frame, input.take(frame.payloadLength, frame.maskingKey, 0), frame.text)
    }
    // From then on `take` adds each chunk.
    if (!frame.isGathered && input.length > 0) frame.begin(input)
    if (frame.text !== null) this.#assertText(frame.text)
    if (frame.missing > 0) return null
    this.#cutFrame = null
    return this.#complete(frame, frame.payload(), null)
  }

  /** @param text - checks the payload; null if nothing is left to check */
  #complete(frame: Omit<WireHeader, 'headerLength'>, payload: Uint8Array<ArrayBuffer>, text: TextCheck | null): Uint8Array<ArrayBuffer> {
    const { firstByte, maskingKey } = frame
    // A text in one frame is checked when it is decoded.
    if (text !== null && firstByte !== WHOLE_TEXT) {
      text.add(payload, 0, payload.length)
      this.#assertText(text)
    }
    if ((firstByte & Bit.opcode) === Opcode.Close) this.closePayload = readClosePayload(payload, this.frameOffset, raise)
    lastFrame.firstByte = firstByte
    lastFrame.maskingKey = maskingKey
    lastFrame.maskedWith = null
    lastFrame.isValid = text === null
    return payload
  }

  /** @throws ProtocolError `text-utf8` */
  #assertText(text: TextCheck): void {
    if (!this.message.open && !this.#cutFrame?.missing) text.end(0)
    if (text.violation !== null) raise('text-utf8', this.frameOffset, text.violation.found)
  }

  /** Whether the payload is delivered as it arrives. */
  #isStreamed({ firstByte, payloadLength }: CutFrame): boolean {
    if (hasControlBit(firstByte & Bit.opcode)) return false
    // Section 5.4: "An intermediary MUST NOT change the fragmentation of a message if any reserved bit values are used and the meaning of
    // these values is not known to the intermediary."
    const isLong = typeof this.#delivered === 'number' && payloadLength > this.#delivered
    return isLong && this.message.opcode <= Opcode.Binary && !this.#usesRsvBits
  }

  /** Delivers the payload bytes that have arrived, as a fragment. */
  #readPiece(frame: CutFrame): Uint8Array<ArrayBuffer> | null {
    const { firstByte, maskingKey, taken } = frame
    const length = Math.min(this.#input.length, frame.missing)
    if (length === 0) return null
    const piece = this.#input.take(length, maskingKey, taken)
    lastFrame.maskingKey = maskingKey
    lastFrame.firstByte = taken === 0 ? firstByte : firstByte & ~(Bit.rsv1 | Bit.opcode)
    frame.taken += length
    if (frame.missing > 0) lastFrame.firstByte &= ~Bit.fin
    else this.#cutFrame = null
    return piece
  }

  /** @throws ProtocolError `truncated` if the stream must not end here */
  checkEnd(): void {
    if (this.#cutFrame !== null) {
      const { taken, payloadLength } = this.#cutFrame
      raise('truncated', this.frameOffset, `the stream ends inside a frame, after ${taken} of ${payloadLength} bytes of payload`)
    }
    if (this.#cutHeader !== '') {
      raise('truncated', this.frameOffset, `the stream ends inside a frame, with ${this.#cutHeader.length} of its header bytes`)
    }
    if (this.message.open) raise('truncated', this.frameOffset, 'the stream ends inside a fragmented message')
  }

  /** Discards everything buffered, after a Close frame or an error: nothing more is delivered. */
  release(): void {
    this.#input.drop()
    this.#memory.idle()
    this.#cutHeader = ''
    this.#cutFrame = null
    this.message = NO_MESSAGE
    this.#isBetweenMessages = true
  }
}
