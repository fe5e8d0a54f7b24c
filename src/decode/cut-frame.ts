/**
 * A frame whose header has been read and whose payload is incomplete.
 */
import type { WireHeader } from '../header/layout.js'
import { rotate } from '../mask/javascript.js'
import { copyMasked, maskInto } from '../mask/mask.js'
import { MEMORY_LENGTH } from '../mask/webassembly.js'
import { assertThere } from '../util/arguments.js'
import { part } from '../util/memory.js'
import type { PayloadMemory } from './payload-memory.js'
import { Pieces } from './pieces.js'
import type { TextCheck } from './text.js'

/** In bytes: up to this length a payload is allocated when its first byte arrives. Benchmark case: 1 KiB in 1460-byte chunks. */
const SHORT_PAYLOAD = 2048

/** In bytes: below this a loop costs less than the view that `set` needs. Benchmark case: texts in 1-byte chunks. */
const SHORT_PIECE = 32

export class CutFrame {
  readonly firstByte: number
  readonly maskingKey: number | null
  readonly payloadLength: number
  readonly #headerLength: number
  /** Payload bytes that have been taken from the input: buffered here or delivered. */
  taken = 0
  /** The payload, if it is short or at least half of it arrived first; pieces are copied straight into it. */
  #whole: Uint8Array<ArrayBuffer> | null = null
  /** Otherwise the pieces of the payload, as they arrived. */
  #pieces: Pieces | null = null

  #memory: PayloadMemory | null = null

  /** Checks the text that the frame belongs to; null if it is not a text or is not checked here. */
  readonly text: TextCheck | null

  /** Whether the payload is joined in the kernel's memory, since it is used at once. */
  readonly #isForNow: boolean

  /** @param isForNow - whether the payload is used as soon as it is delivered: then it need not have memory of its own */
  constructor({ firstByte, maskingKey, payloadLength, headerLength }: WireHeader, text: TextCheck | null, isForNow: boolean) {
    this.firstByte = firstByte
    this.maskingKey = maskingKey
    this.payloadLength = payloadLength
    this.#headerLength = headerLength
    this.text = text
    this.#isForNow = isForNow && payloadLength > SHORT_PAYLOAD && payloadLength <= MEMORY_LENGTH
  }

  /** Payload bytes that have not been taken yet. */
  get missing(): number {
    return this.payloadLength - this.taken
  }

  /** Whether payload bytes are buffered here: `gather` then adds more without parsing. */
  get isGathered(): boolean {
    return this.#whole !== null || this.#pieces !== null
  }

  /** How many bytes are buffered: 0 for a streamed frame after its first piece, since nothing of it is kept. */
  get bufferedLength(): number {
    return this.taken > 0 && !this.isGathered ? 0 : this.#headerLength + this.taken
  }

  /**
   * Adds the bytes between two positions, at most as many as are missing.
   *
   * @param isOwn - whether the bytes may be kept instead of copied, and written to
   * @param memory - allocates a short payload, and lends a block for a long one
   * @returns position after the last byte added
   */
  gather(bytes: Uint8Array, start: number, end: number, isOwn: boolean, memory: PayloadMemory): number {
    const length = Math.min(end - start, this.missing)
    const stop = start + length
    if (!this.isGathered) {
      this.#memory = memory
      const isWhole = this.payloadLength <= SHORT_PAYLOAD || (2 * length >= this.payloadLength && !this.#isForNow)
      if (isWhole) this.#whole = memory.forPayload(this.payloadLength)
      else this.#gathered()
    }
    if (this.#whole !== null) this.#put(bytes, start, stop, this.#whole)
    else this.#gathered().add(bytes, start, stop, isOwn)
    this.taken += length
    return stop
  }

  /**
   * Call once no payload byte is missing.
   *
   * @returns the payload, unmasked: perhaps a view of the kernel's memory if it is used at once
   * @throws TypeError if its memory has been transferred
   */
  payload(): Uint8Array<ArrayBuffer> {
    assertThere(this.#whole === null || this.#whole.length === this.payloadLength)
    if (this.#whole !== null) return this.#whole
    return this.#gathered().joined(this.#isForNow)
  }

  /** Copies a piece to its place in the payload, unmasks it and, for a text, checks it. */
  #put(bytes: Uint8Array, start: number, end: number, whole: Uint8Array): void {
    const { maskingKey, taken } = this
    const text = this.text
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
