/**
 * Joins bytes that arrive in pieces: a payload that spans chunks, or a fragmented message.
 *
 * Long pieces are kept and copied once, when all have arrived. Short pieces are copied into blocks as they arrive, so that each does not
 * become an object. The memory held is at most twice the bytes that arrived, plus 64 KiB.
 */
import { maskInto, maskJoined } from '../mask/mask.js'
import { MEMORY_LENGTH } from '../mask/webassembly.js'
import { assertThere } from '../util/arguments.js'
import { isFixed, viewOf } from '../util/memory.js'
import { NOTHING } from '../util/octets.js'

/** In bytes: shorter pieces are copied into blocks. Benchmark case: 16 KiB in 1460-byte chunks. */
const LONG_PIECE = 1024

/** In bytes: the smallest block, which doubles as it fills, and the largest. */
const FIRST_BLOCK = 64
const LAST_BLOCK = 16384

/** In bytes: how much of its buffer a kept piece may leave unused. */
const MOST_WASTED = 65536

export class Pieces {
  /** In bytes. */
  length = 0
  readonly #maskingKey: number | null
  /** Long pieces and finished blocks, in order. The block being filled comes after them. */
  #kept: Uint8Array[] = []
  #block: Uint8Array = NOTHING
  #blockLength = 0

  /** @param maskingKey - the key that the pieces are masked with; null if they are not masked */
  constructor(maskingKey: number | null = null) {
    this.#maskingKey = maskingKey
  }

  /**
   * Adds the bytes between two positions.
   *
   * @param isOwn - whether the bytes may be kept instead of copied
   */
  add(bytes: Uint8Array, start: number, end: number, isOwn: boolean): void {
    const length = end - start
    if (length < LONG_PIECE) {
      this.#put(bytes, start, end)
    } else {
      this.#sealBlock()
      const piece = viewOf(bytes, start, end)
      this.#kept.push(isOwn && mayBeKept(bytes, length) ? piece : new Uint8Array(piece))
    }
    this.length += length
  }

  /**
   * @returns all pieces, unmasked, in a new array
   * @throws TypeError if the buffer of a piece has been transferred
   */
  joined(): Uint8Array<ArrayBuffer> {
    this.#sealBlock()
    // No kept piece is empty, unless its buffer was detached.
    for (const piece of this.#kept) assertThere(piece.length > 0)
    const key = this.#maskingKey
    return (key !== null && this.length <= MEMORY_LENGTH ? maskJoined(this.#kept, this.length, key) : null) ?? this.#joined(key)
  }

  #joined(key: number | null): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.length)
    let position = 0
    for (const piece of this.#kept) {
      if (key === null) whole.set(piece, position)
      else maskInto(piece, 0, piece.length, whole, position, key, position)
      position += piece.length
    }
    return whole
  }

  #put(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (this.#blockLength + length > this.#block.length) this.#makeRoom(length)
    // For a chunk of a few bytes, a view costs more than the copy.
    this.#block.set(length === bytes.length ? bytes : viewOf(bytes, start, end), this.#blockLength)
    this.#blockLength += length
  }

  /** Enlarges the block, or begins the next. */
  #makeRoom(length: number): void {
    const needed = this.#blockLength + length
    const capacity = this.#blockLength === 0 ? needed : 2 * needed
    if (needed > LAST_BLOCK) this.#sealBlock()
    const larger = new Uint8Array(Math.min(Math.max(capacity, FIRST_BLOCK), LAST_BLOCK))
    larger.set(viewOf(this.#block, 0, this.#blockLength))
    this.#block = larger
  }

  #sealBlock(): void {
    if (this.#blockLength === 0) return
    this.#kept.push(viewOf(this.#block, 0, this.#blockLength))
    this.#block = NOTHING
    this.#blockLength = 0
  }
}

/**
 * Whether the buffer is neither resizable nor shared, and at most half as large again as the bytes: keeping the view keeps the buffer, and
 * the view takes memory too.
 */
function mayBeKept({ buffer }: Uint8Array, length: number): boolean {
  const wasted = buffer.byteLength - length
  return isFixed(buffer) && wasted <= length / 2 && wasted <= MOST_WASTED
}
