/**
 * A frame whose header has been read and whose payload has not arrived as a whole.
 */
import type { WireHeader } from '../header/layout.js'
import { Pieces } from './pieces.js'

export class CutFrame {
  readonly firstByte: number
  readonly maskingKey: number | null
  readonly payloadLength: number
  readonly #headerLength: number
  /** Payload bytes that have been taken from the input, gathered or delivered. */
  taken = 0
  #pieces: Pieces | null = null

  constructor({ firstByte, maskingKey, payloadLength, headerLength }: WireHeader) {
    this.firstByte = firstByte
    this.maskingKey = maskingKey
    this.payloadLength = payloadLength
    this.#headerLength = headerLength
  }

  /** Payload bytes that have not been taken. */
  get missing(): number {
    return this.payloadLength - this.taken
  }

  /** Whether its bytes are gathered, so that further ones can be added without parsing. */
  get isGathered(): boolean {
    return this.#pieces !== null
  }

  /** How many bytes are held: nothing of a frame that is delivered piece by piece once its first piece has been. */
  get bufferedLength(): number {
    return this.taken > 0 && this.#pieces === null ? 0 : this.#headerLength + this.taken
  }

  /**
   * Adds bytes between two positions, as many as are missing.
   *
   * @param isOwn - whether they may be kept instead of copied
   * @returns position after the last byte added
   */
  gather(bytes: Uint8Array, start: number, end: number, isOwn: boolean): number {
    const taken = Math.min(end - start, this.missing)
    this.#gathered().add(bytes, start, start + taken, isOwn)
    this.taken += taken
    return start + taken
  }

  /** @returns the payload, unmasked, of which the bytes from `start` are the last */
  completed(bytes: Uint8Array, start: number): Uint8Array<ArrayBuffer> {
    return this.#gathered().joined(bytes, start, start + this.missing)
  }

  #gathered(): Pieces {
    return (this.#pieces ??= new Pieces(this.payloadLength, this.maskingKey))
  }
}
