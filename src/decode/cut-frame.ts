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
import { BUSY_LENGTH, roomFor } from './payload-memory.js'
import type { PayloadMemory } from './payload-memory.js'
import { Pieces } from './pieces.js'
import type { TextCheck } from './text.js'

/**
 * In bytes: after a first piece of at most this length probably several follow, and the payload is unmasked once, when it is complete.
 * Benchmark case: 16 KiB in 1460-byte chunks.
 */
const SHORT_FIRST_PIECE = 2048

/** In bytes: below this a loop costs less than the view that `set` needs. Benchmark case: texts in 1-byte chunks. */
const SHORT_PIECE = 32

export class CutFrame {
  readonly firstByte: number
  readonly maskingKey: number | null
  readonly payloadLength: number
  readonly #headerLength: number
  /** Payload bytes that have been taken from the input: buffered here or delivered. */
  taken = 0
  /** The payload so far, with room for more. */
  #whole: Uint8Array<ArrayBuffer> | null = null
  /** Otherwise the pieces of the payload, as they arrived. */
  #pieces: Pieces | null = null

  /** Whether `#whole` stays masked until it is complete. Not if a text is checked here, as it arrives. */
  #isMasked = false

  readonly #memory: PayloadMemory

  /** Checks the text that the frame belongs to; null if it is not a text or is not checked here. */
  readonly text: TextCheck | null

  /** Whether the payload is used as soon as it is delivered: then it need not have memory of its own. */
  readonly #isForNow: boolean

  /**
   * @param memory - allocates the payload, or lends a block for it
   * @param isForNow - whether the payload is used as soon as it is delivered
   */
  constructor(
    { firstByte, maskingKey, payloadLength, headerLength }: WireHeader,
    memory: PayloadMemory,
    text: TextCheck | null,
    isForNow: boolean,
  ) {
    this.firstByte = firstByte
    this.maskingKey = maskingKey
    this.payloadLength = payloadLength
    this.#headerLength = headerLength
    this.#memory = memory
    this.text = text
    this.#isForNow = isForNow && payloadLength <= MEMORY_LENGTH
  }

  /** Payload bytes that have not been taken yet. */
  get missing(): number {
    return this.payloadLength - this.taken
  }

  /** Whether payload bytes are buffered here: `gather` then adds more without parsing. */
  get isGathered(): boolean {
    return this.#whole !== null || this.#pieces !== null
  }

  /** Whether what has arrived is gathered and breaks no rule, and more is missing. Benchmark case: texts in 1-byte chunks. */
  get isWaiting(): boolean {
    return this.missing > 0 && this.isGathered && !this.text?.violation
  }

  /** How many bytes are buffered: 0 for a streamed frame after its first piece, since nothing of it is kept. */
  get bufferedLength(): number {
    return this.taken > 0 && !this.isGathered ? 0 : this.#headerLength + this.taken
  }

  /**
   * Begins to gather the payload. Call it before the first `gather`.
   *
   * @param input - holds the first bytes of the payload, which are taken, and nothing else
   */
  begin(input: Input): void {
    const { maskingKey, payloadLength, text } = this
    const { bytes, position, end, length } = input
    input.position = end
    this.#isMasked = text === null && length <= SHORT_FIRST_PIECE
    if (position === this.#headerLength && position + payloadLength === bytes.length) {
      // The input is this frame alone, and has room for just the rest of it: the payload stays there.
      const whole = input.view(position, payloadLength)
      if (maskingKey !== null && !this.#isMasked) maskInPlace(whole, 0, length, maskingKey, 0)
      text?.add(whole, 0, length)
      this.#whole = whole
      this.taken = length
      return
    }
    // A long payload is gathered in pieces, unless half of it is there and it is not used at once.
    if (payloadLength > BUSY_LENGTH && (this.#isForNow || 2 * length < payloadLength)) {
      this.#pieces = new Pieces(maskingKey, this.#memory, text, payloadLength)
    }
    this.gather(bytes, position, end, true)
  }

  /**
   * Adds the bytes between two positions, at most as many as are missing.
   *
   * @param isOwn - whether the bytes may be kept instead of copied, and written to
   * @returns how many bytes were added
   */
  gather(bytes: Uint8Array, start: number, end: number, isOwn: boolean): number {
    const length = Math.min(end - start, this.missing)
    if (this.#pieces === null) this.#put(bytes, start, start + length)
    else this.#pieces.add(bytes, start, start + length, isOwn)
    this.taken += length
    return length
  }

  /**
   * Call it when no payload byte is missing, and only once.
   *
   * @returns the payload, unmasked: if it is used at once, perhaps a view of the kernel's memory or of a block that was lent
   * @throws TypeError if its memory has been transferred
   */
  payload(): Uint8Array<ArrayBuffer> {
    if (this.#pieces !== null) return this.#pieces.joined(this.#isForNow)
    const whole = this.#room(this.payloadLength)
    if (this.#isMasked && this.maskingKey !== null) maskInPlace(whole, 0, whole.length, this.maskingKey, 0)
    return whole
  }

  /**
   * @param arrived - how many bytes of the payload have arrived
   * @returns memory for them, and for more: all of it once they are the whole payload
   * @throws TypeError if it has been transferred
   */
  #room(arrived: number): Uint8Array<ArrayBuffer> {
    const whole = this.#whole
    if (whole !== null && arrived <= whole.length) return whole
    assertThere(whole?.length !== 0)
    const length = Math.min(this.payloadLength, roomFor(arrived))
    const block = this.#isForNow ? this.#memory.lentBlock() : null
    const larger = block === null ? this.#memory.forPayload(length) : viewOf(block, 0, this.payloadLength)
    if (whole !== null) larger.set(whole)
    return (this.#whole = larger)
  }

  /** Copies a piece to its place in the payload, unmasks it unless that is done at the end, and checks it if it is of a text. */
  #put(bytes: Uint8Array, start: number, end: number): void {
    const { text, taken } = this
    const maskingKey = this.#isMasked ? null : this.maskingKey
    const length = end - start
    const whole = this.#room(taken + length)
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
}
