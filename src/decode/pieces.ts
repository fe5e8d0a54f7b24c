/**
 * Bytes that come in pieces and are wanted as one array: a payload cut by the ends of chunks, a message cut into fragments.
 *
 * Long pieces are kept as they are and copied once, when all have come; short ones are put together in blocks on the way,
 * so that a million of them are no million objects. Held are at most twice the bytes that came, plus 64 KiB.
 */
import { assertThere } from '../util/arguments.js'
import { maskInto } from '../mask/mask.js'
import { isFixed, viewOf } from '../util/memory.js'
import { NOTHING } from '../util/octets.js'

/** In bytes: shorter pieces are put together. */
const LONG_PIECE = 4096

/** In bytes: the size from which on blocks double, and the largest. */
const FIRST_BLOCK = 64
const LAST_BLOCK = 16384

/** In bytes: what a piece that is kept may waste of its buffer. */
const MOST_WASTED = 65536

/** In bytes: what is wanted has its memory at once if it is no more, since three arrays take longer than one: 200 ns of 900 (Node 20). */
const SHORT_WHOLE = 2048

export class Pieces {
  /** In bytes. */
  length = 0
  readonly #total: number
  readonly #maskingKey: number | null
  /** What is wanted, if it is short or at least half of it came at first: then all is put there directly. */
  #whole: Uint8Array<ArrayBuffer> | null = null
  /** Else all that came, in order, and after them the block that is being filled. */
  #kept: Uint8Array[] = []
  #block: Uint8Array = NOTHING
  #blockLength = 0

  /**
   * @param total - how many bytes will come, if that is known
   * @param maskingKey - what they are masked with, if they are
   */
  constructor(total = Infinity, maskingKey: number | null = null) {
    this.#total = total
    this.#maskingKey = maskingKey
  }

  /**
   * Adds the bytes between two positions.
   *
   * @param isGiven - whether the bytes may be kept instead of copied
   */
  add(bytes: Uint8Array, start: number, end: number, isGiven: boolean): void {
    const length = end - start
    if (this.length === 0 && Math.max(2 * length, SHORT_WHOLE) >= this.#total) this.#whole = new Uint8Array(this.#total)
    if (this.#whole !== null) {
      copy(bytes, start, end, this.#whole, this.length, this.#maskingKey)
    } else if (length < LONG_PIECE) {
      this.#put(bytes, start, end)
    } else {
      this.#sealBlock()
      const piece = viewOf(bytes, start, end)
      this.#kept.push(isGiven && mayBeKept(bytes, length) ? piece : new Uint8Array(piece))
    }
    this.length += length
  }

  /**
   * All that came and a last piece, in an array of its own.
   *
   * @throws TypeError if the buffer of a piece has been transferred or resized
   */
  joined(last: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
    const whole = this.#whole ?? this.#joinedKept(this.length + end - start)
    copy(last, start, end, whole, this.length, this.#maskingKey)
    return whole
  }

  /** A new array that begins with what was kept. */
  #joinedKept(length: number): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(length)
    this.#sealBlock()
    let position = 0
    for (const piece of this.#kept) {
      // None was empty when it was kept.
      assertThere(piece.length > 0)
      copy(piece, 0, piece.length, whole, position, this.#maskingKey)
      position += piece.length
    }
    return whole
  }

  #put(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (this.#blockLength + length > this.#block.length) this.#makeRoom(length)
    // A view of a chunk of a few bytes costs more than all the rest.
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

function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, position: number, maskingKey: number | null): void {
  if (maskingKey !== null) maskInto(from, start, end, to, position, maskingKey, position)
  else to.set(start === 0 && end === from.length ? from : viewOf(from, start, end), position)
}

/**
 * Whether nobody can shrink the bytes or write to them, and keeping them keeps little else: half as much again at the most, since the
 * array that keeps them takes memory too.
 */
function mayBeKept({ buffer }: Uint8Array, length: number): boolean {
  const wasted = buffer.byteLength - length
  return isFixed(buffer) && wasted <= length / 2 && wasted <= MOST_WASTED
}
