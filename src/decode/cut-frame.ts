/**
 * A frame whose header has been read and whose payload is incomplete.
 */
import type { WireHeader } from '../header/layout.js'
import { rotate } from '../mask/javascript.js'
import { copyMasked, maskInPlace, maskInto } from '../mask/mask.js'
import { MEMORY_LENGTH } from '../mask/webassembly.js'
import { assertThere } from '../util/arguments.js'
import { part, viewOf } from '../util/memory.js'
import type { Input } from './input.js'
import type { PayloadMemory } from './payload-memory.js'
import { Pieces } from './pieces.js'
import type { TextCheck } from './text.js'

/** In bytes: up to this length a payload is allocated when its first byte arrives. Benchmark case: 1 KiB in 1460-byte chunks. */
const SHORT_PAYLOAD = 2048

/** In bytes: up to this length it is allocated when one of {@link PARTS} has arrived. Benchmark case: 16 KiB in 1460-byte chunks. */
const MIDDLE_PAYLOAD = 16384

/** So many that a length field alone does not make us allocate much. */
const PARTS = 64

/** In bytes: longer pieces, unless of a text, are kept and joined when all are there. Benchmark case: 16 KiB in 16 KiB chunks. */
const LONG_PIECE = 2048

/** In bytes: below this a loop costs less than the view that `set` needs. Benchmark case: texts in 1-byte chunks. */
const SHORT_PIECE = 32

export class CutFrame {
  readonly firstByte: number
  readonly maskingKey: number | null
  readonly payloadLength: number
  readonly #headerLength: number
  /** Payload bytes that have been taken from the input: buffered here or delivered. */
  taken = 0
  /** Where pieces are copied to their place in the payload, if it is short or enough of it has arrived. */
  #whole: Uint8Array<ArrayBuffer> | null = null
  /** The block that `#whole` is a view of, if it is lent. */
  #lent: Uint8Array<ArrayBuffer> | null = null
  /** Otherwise the pieces of the payload, as they arrived. */
  #pieces: Pieces | null = null

  #memory: PayloadMemory | null = null

  /** Checks the text that the frame belongs to; null if it is not a text or is not checked here. */
  readonly text: TextCheck | null

  /** Whether the payload is used as soon as it is delivered: then it need not have memory of its own. */
  readonly #isForNow: boolean

  /**
   * Whether `#whole` stays masked until the payload is complete: unmasking it once costs less than each piece. Not a text, which is checked
   * as it arrives, nor a long payload, which is no longer in the cache then.
   */
  readonly #isUnmaskedLast: boolean

  /** @param isForNow - whether the payload is used as soon as it is delivered */
  constructor({ firstByte, maskingKey, payloadLength, headerLength }: WireHeader, text: TextCheck | null, isForNow: boolean) {
    this.firstByte = firstByte
    this.maskingKey = maskingKey
    this.payloadLength = payloadLength
    this.#headerLength = headerLength
    this.text = text
    this.#isForNow = isForNow && payloadLength <= MEMORY_LENGTH
    this.#isUnmaskedLast = text === null && payloadLength <= MIDDLE_PAYLOAD
  }

  /** Payload bytes that have not been taken yet. */
  get missing(): number {
    return this.payloadLength - this.taken
  }

  /** Whether payload bytes are buffered here. */
  get isGathered(): boolean {
    return this.#whole !== null || this.#pieces !== null
  }

  /**
   * Whether `gather` adds a chunk as soon as it is pushed, without parsing. An owned chunk that has more than is missing becomes the input:
   * see `gatherFrom`.
   */
  isPushed(chunkLength: number, isOwned: boolean): boolean {
    return this.isGathered && !(isOwned && chunkLength > this.missing)
  }

  /** Whether the frame can only wait for more payload bytes. Benchmark case: texts in 1-byte chunks. */
  get isWaiting(): boolean {
    return this.missing > 0 && this.isGathered && (this.text === null || this.text.violation === null)
  }

  /** How many bytes are buffered: 0 for a streamed frame after its first piece, since nothing of it is kept. */
  get bufferedLength(): number {
    return this.taken > 0 && !this.isGathered ? 0 : this.#headerLength + this.taken
  }

  /**
   * Adds the bytes between two positions, at most as many as are missing.
   *
   * @param isOwn - whether the bytes may be kept instead of copied, and written to
   * @param memory - allocates the payload, or lends a block for it
   * @returns position after the last byte added
   */
  gather(bytes: Uint8Array, start: number, end: number, isOwn: boolean, memory: PayloadMemory): number {
    const length = Math.min(end - start, this.missing)
    const stop = start + length
    this.#memory = memory
    if (this.#whole === null && this.#isAllocatedWith(length)) this.#allocate(memory)
    if (this.#whole !== null) this.#put(bytes, start, stop, this.#whole)
    else this.#gathered().add(bytes, start, stop, isOwn)
    this.taken += length
    return stop
  }

  /**
   * Adds bytes of the input, which has some, by a view of it: a view of a chunk that is a Buffer costs more. A text is checked in its array
   * without a view. Benchmark case: 1 KiB in 1460-byte chunks.
   */
  gatherFrom(input: Input, memory: PayloadMemory): void {
    if (this.text === null) {
      const piece = input.take(Math.min(input.length, this.missing), null, 0)
      this.gather(piece, 0, piece.length, true, memory)
    } else {
      input.position = this.gather(input.bytes, input.position, input.end, true, memory)
    }
  }

  /**
   * Call once no payload byte is missing.
   *
   * @returns the payload, unmasked: if it is used at once, perhaps a view of the kernel's memory or of a block that was lent
   * @throws TypeError if its memory has been transferred
   */
  payload(): Uint8Array<ArrayBuffer> {
    const whole = this.#whole
    if (whole === null) return this.#gathered().joined(this.#isForNow)
    assertThere(whole.length === this.payloadLength)
    if (this.#isUnmaskedLast && this.maskingKey !== null) maskInPlace(whole, 0, whole.length, this.maskingKey, 0)
    if (this.#lent !== null) this.#memory?.returnBlock(this.#lent)
    return whole
  }

  /** @param length - of the piece that arrives, in bytes */
  #isAllocatedWith(length: number): boolean {
    const { payloadLength } = this
    const arrived = this.taken + length
    if (payloadLength <= SHORT_PAYLOAD) return true
    const isKept = length > LONG_PIECE && this.text === null
    if (payloadLength <= MIDDLE_PAYLOAD && !isKept) return PARTS * arrived >= payloadLength
    return this.#pieces === null && !this.#isForNow && 2 * arrived >= payloadLength
  }

  /** Allocates memory for the whole payload and copies there what has arrived. */
  #allocate(memory: PayloadMemory): void {
    const { payloadLength, maskingKey } = this
    this.#lent = this.#isForNow ? memory.lendBlock(payloadLength) : null
    const whole = this.#lent === null ? memory.forPayload(payloadLength) : viewOf(this.#lent, 0, payloadLength)
    if (this.#pieces !== null) {
      this.#pieces.copyInto(whole)
      this.#pieces = null
      if (maskingKey !== null && !this.#isUnmaskedLast) maskInPlace(whole, 0, this.taken, maskingKey, 0)
    }
    this.#whole = whole
  }

  /** Copies a piece to its place in the payload, unmasks it unless that is done last and, for a text, checks it. */
  #put(bytes: Uint8Array, start: number, end: number, whole: Uint8Array): void {
    const { text, taken } = this
    const maskingKey = this.#isUnmaskedLast ? null : this.maskingKey
    const length = end - start
    if (length < SHORT_PIECE) {
      copyMasked(bytes, start, end, whole, taken, rotate(maskingKey ?? 0, taken))
    } else if (maskingKey === null) {
      whole.set(part(bytes, start, end), taken)
    } else if (text === null) {
      maskInto(bytes, start, end, whole, taken, maskingKey, taken)
    } else {
      text.unmask(bytes, start, end, whole, taken, maskingKey, taken)
      return
    }
    text?.add(whole, taken, taken + length)
  }

  #gathered(): Pieces {
    return (this.#pieces ??= new Pieces(this.maskingKey, this.#memory, this.text))
  }
}
