/**
 * A frame whose header has been read and whose payload has not arrived as a whole.
 */
import type { WireHeader } from '../header/layout.js'
import { rotate } from '../mask/javascript.js'
import { copyMasked, maskInto } from '../mask/mask.js'
import { copyOf, viewOf } from '../util/memory.js'
import { Pieces } from './pieces.js'
import type { TextCheck } from './text.js'

/** In bytes: a payload that is no longer has its memory with its first byte: 1 KiB in chunks of 1460 bytes, in the benchmark. */
const SHORT_PAYLOAD = 2048

/** In bytes: below this a loop takes less than the view that a method of arrays needs: texts in 1-byte chunks. */
const SHORT_PIECE = 32

export class CutFrame {
  readonly firstByte: number
  readonly maskingKey: number | null
  readonly payloadLength: number
  readonly #headerLength: number
  /** Payload bytes that have been taken from the input, gathered or delivered. */
  taken = 0
  /** The payload, if it is short or at least half of it arrived at first: then all is put there directly. */
  #whole: Uint8Array<ArrayBuffer> | null = null
  /** Else its pieces: masked, unless it is a text. */
  #pieces: Pieces | null = null

  /** Checks the text that it is a part of; null if it is none, or is not to be checked. */
  readonly text: TextCheck | null

  constructor({ firstByte, maskingKey, payloadLength, headerLength }: WireHeader, text: TextCheck | null) {
    this.firstByte = firstByte
    this.maskingKey = maskingKey
    this.payloadLength = payloadLength
    this.#headerLength = headerLength
    this.text = text
  }

  /** Payload bytes that have not been taken. */
  get missing(): number {
    return this.payloadLength - this.taken
  }

  /** Whether its bytes are gathered, so that further ones can be added without parsing. */
  get isGathered(): boolean {
    return this.#whole !== null || this.#pieces !== null
  }

  /** How many bytes are held: nothing of a frame that is delivered piece by piece once its first piece has been. */
  get bufferedLength(): number {
    return this.taken > 0 && !this.isGathered ? 0 : this.#headerLength + this.taken
  }

  /**
   * Adds bytes between two positions, as many as are missing.
   *
   * @param isOwn - whether they may be kept instead of copied, and written to
   * @returns position after the last byte added
   */
  gather(bytes: Uint8Array, start: number, end: number, isOwn: boolean): number {
    const length = Math.min(end - start, this.missing)
    const stop = start + length
    if (!this.isGathered) {
      if (this.payloadLength <= SHORT_PAYLOAD || 2 * length >= this.payloadLength) this.#whole = new Uint8Array(this.payloadLength)
      else this.#pieces = new Pieces(this.text === null ? this.maskingKey : null)
    }
    if (this.#whole !== null) this.#put(bytes, start, stop, this.#whole)
    else this.#keep(bytes, start, stop, isOwn)
    this.taken += length
    return stop
  }

  /** @returns the payload, unmasked, once nothing of it is missing */
  payload(): Uint8Array<ArrayBuffer> {
    return this.#whole ?? (this.#pieces ?? new Pieces()).joined()
  }

  /** Copies a piece to its place in the payload, unmasks it and, if it is a text, checks it. */
  #put(bytes: Uint8Array, start: number, end: number, whole: Uint8Array): void {
    const { maskingKey, taken } = this
    const text = this.text
    const length = end - start
    if (length < SHORT_PIECE) {
      copyMasked(bytes, start, end, whole, taken, rotate(maskingKey ?? 0, taken))
    } else if (maskingKey === null) {
      whole.set(start === 0 && end === bytes.length ? bytes : viewOf(bytes, start, end), taken)
    } else if (text === null) {
      maskInto(bytes, start, end, whole, taken, maskingKey, taken)
    } else {
      text.unmask(bytes, start, end, whole, taken, maskingKey, taken)
      return
    }
    text?.add(whole, taken, taken + length)
  }

  /** Keeps a piece, that of a text unmasked and checked. */
  #keep(bytes: Uint8Array, start: number, end: number, isOwn: boolean): void {
    const { maskingKey, taken } = this
    const text = this.text
    const pieces = (this.#pieces ??= new Pieces())
    if (text === null) {
      pieces.add(bytes, start, end, isOwn)
      return
    }
    const piece = isOwn ? viewOf(bytes, start, end) : copyOf(bytes, start, end)
    if (maskingKey === null) text.add(piece, 0, piece.length)
    else text.unmask(piece, 0, piece.length, piece, 0, maskingKey, taken)
    pieces.add(piece, 0, piece.length, true)
  }
}
