/**
 * Joins bytes that arrive in pieces: a payload of more than 16 KiB that spans chunks, or a fragmented message.
 *
 * Long pieces are kept and copied once, when all have arrived. Short pieces are copied into blocks as they arrive, so that each does not
 * become an object. The memory held is at most twice the bytes that arrived, plus 64 KiB.
 */
import { joinedInKernel, maskInPlace, maskInto } from '../mask/mask.js'
import { assertThere } from '../util/arguments.js'
import { copyOf, isFixed, part, viewOf } from '../util/memory.js'
import { NOTHING } from '../util/octets.js'
import type { PayloadMemory } from './payload-memory.js'
import type { TextCheck } from './text.js'

/** In bytes: shorter pieces are copied into blocks. */
const LONG_PIECE = 64

/** In bytes: a longer payload is unmasked as it arrives, so that no single call takes long. 64 MiB in 64 KiB chunks decides. */
const LONG_PAYLOAD = 2 ** 20

/** In bytes: longer pieces are copied into memory of their own, which is not filled with zeros first. */
const LONG_COPY = 2048

/** In bytes: the least length of the first block. Each later block is as long as all before it, up to the second length. */
const FIRST_BLOCK = 64
const LAST_BLOCK = 16384

/** In bytes: how much all kept pieces may waste besides half of the bytes that arrived. */
const SPARE = 16384

/** In bytes: about what the objects of a kept piece take: its view, its buffer, and the view of the block before it. */
const OBJECTS = 256

export class Pieces {
  /** In bytes. */
  length = 0
  readonly #maskingKey: number | null
  readonly #memory: PayloadMemory | null
  readonly #text: TextCheck | null
  /** Whether pieces are unmasked as they arrive. Otherwise they are unmasked when they are joined. */
  readonly #isUnmasked: boolean
  /** Long pieces and filled parts of blocks, in order. What is in the block from `#blockStart` on comes after them. */
  #kept: Uint8Array[] = []
  /** In bytes: what kept pieces take besides their own bytes. */
  #wasted = 0
  /** Whether `#memory` has lent its block. */
  #hasLent = false
  #block: Uint8Array = NOTHING
  #blockStart = 0
  #blockEnd = 0
  /** In bytes: all blocks together. */
  #blocksLength = 0

  /**
   * @param maskingKey - the key that the pieces are masked with; null if they are not masked
   * @param memory - lends a block; null: all blocks are allocated
   * @param text - checks the pieces; null if they are not checked
   * @param length - how long all pieces will be together, in bytes; 0 if that is not known
   */
  constructor(maskingKey: number | null = null, memory: PayloadMemory | null = null, text: TextCheck | null = null, length = 0) {
    this.#maskingKey = maskingKey
    this.#memory = memory
    this.#text = text
    this.#isUnmasked = length > LONG_PAYLOAD
  }

  /**
   * Adds the bytes between two positions.
   *
   * @param isOwn - whether the bytes may be kept instead of copied, and written to
   */
  add(bytes: Uint8Array, start: number, end: number, isOwn: boolean): void {
    const length = end - start
    const waste = isOwn && length >= LONG_PIECE ? wasteOf(bytes, length) : Infinity
    const spare = this.#memory === null ? 0 : SPARE
    if (this.#wasted + waste <= (this.length + length) / 2 + spare) this.#keep(part(bytes, start, end), waste)
    else if (length > LONG_COPY) this.#keep(copyOf(bytes, start, end), OBJECTS)
    else this.#put(bytes, start, end)
  }

  /**
   * Joins the pieces. Nothing can be added afterwards.
   *
   * @param isForNow - whether the result is used at once: it may then be a view of the kernel's memory
   * @returns all pieces, unmasked, otherwise in a new array
   * @throws TypeError if the buffer of a piece has been transferred
   */
  joined(isForNow = false): Uint8Array<ArrayBuffer> {
    const key = this.#isUnmasked ? null : this.#maskingKey
    this.#keepBlock()
    // No kept piece is empty, unless its buffer was detached.
    for (const piece of this.#kept) assertThere(piece.length > 0)
    const there = isForNow || key !== null ? joinedInKernel(this.#kept, this.length, key) : null
    if (there === null) return this.#joined(key)
    return isForNow ? there : new Uint8Array(there)
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

  /** @param waste - see {@link wasteOf} */
  #keep(piece: Uint8Array, waste: number): void {
    this.#keepBlock()
    this.#wasted += waste
    this.#kept.push(piece)
    this.#enter(piece, 0, piece.length)
  }

  /** Copies a piece into the block, or into two: then no block is left half empty. */
  #put(bytes: Uint8Array, start: number, end: number): void {
    while (start < end) {
      if (this.#blockEnd === this.#block.length) this.#beginBlock(end - start)
      const stop = Math.min(end, start + this.#block.length - this.#blockEnd)
      this.#block.set(part(bytes, start, stop), this.#blockEnd)
      this.#blockEnd += stop - start
      this.#enter(this.#block, this.#blockEnd - (stop - start), this.#blockEnd)
      start = stop
    }
  }

  /**
   * Counts bytes and checks them, and unmasks those of a long payload. It checks what is kept, not what was copied: another thread may write
   * to shared memory.
   */
  #enter(bytes: Uint8Array, start: number, end: number): void {
    const key = this.#maskingKey
    if (key === null) this.#text?.add(bytes, start, end)
    else if (!this.#isUnmasked) this.#text?.addMasked(bytes, start, end, key, this.length)
    else if (this.#text === null) maskInPlace(bytes, start, end, key, this.length)
    else this.#text.unmask(bytes, start, end, bytes, start, key, this.length)
    this.length += end - start
  }

  #beginBlock(length: number): void {
    this.#keepBlock()
    const capacity = Math.max(length, Math.min(Math.max(this.#blocksLength, FIRST_BLOCK), LAST_BLOCK))
    const lent = this.#hasLent || capacity <= LONG_COPY ? null : (this.#memory?.lentBlock() ?? null)
    this.#hasLent ||= lent !== null
    this.#block = lent ?? new Uint8Array(capacity)
    this.#blockStart = 0
    this.#blockEnd = 0
    this.#blocksLength += capacity
  }

  #keepBlock(): void {
    if (this.#blockStart < this.#blockEnd) this.#kept.push(viewOf(this.#block, this.#blockStart, this.#blockEnd))
    this.#blockStart = this.#blockEnd
  }
}

/**
 * What a kept view takes besides its bytes: it keeps the whole buffer.
 *
 * @returns in bytes; `Infinity` if the buffer is resizable or shared, and must not be kept
 */
function wasteOf({ buffer }: Uint8Array, length: number): number {
  return isFixed(buffer) ? buffer.byteLength - length + OBJECTS : Infinity
}
