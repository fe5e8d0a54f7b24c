/**
 * Memory for short payloads that span chunks, for copies of short chunks, and for gathering long payloads. Each reader has its own.
 */
import { Slab } from '../util/slab.js'

/** In bytes: the memory for short arrays that a reader may keep while it is idle. */
const IDLE_LENGTH = 1024

/** In bytes: the same while a frame or message is incomplete. A block is as long, and is kept besides. */
const BUSY_LENGTH = 16384

/** In bytes: the copy of a longer chunk has memory of its own. */
const MAX_CHUNK = 256

/** In bytes: a longer payload has memory of its own. */
const MAX_PAYLOAD = 2048

/** The first uses get memory of their own, so that a connection with little traffic keeps nothing. */
const TRAFFIC = 8

export class PayloadMemory {
  #slab: Slab | null = null
  #uses = 0
  /** Memory for one payload at a time while it is gathered. */
  #block: Uint8Array<ArrayBuffer> | null = null

  /**
   * @param isBusy - whether the chunk continues a frame: then more chunks probably follow soon
   * @returns memory for a copy of a chunk, or null if the copy needs its own
   */
  forChunk(length: number, isBusy: boolean): Uint8Array<ArrayBuffer> | null {
    if (length <= MAX_CHUNK) return this.#cut(length, IDLE_LENGTH)
    return isBusy && length <= MAX_PAYLOAD ? this.#cut(length, BUSY_LENGTH) : null
  }

  /**
   * Lends the block: once for each frame, since a reader gathers one payload at a time. Nothing may refer to the block any more when the
   * frame has been delivered or, if it is a text to be used at once, decoded.
   *
   * @returns 16 KiB for bytes that are copied or used at once; null if there is nothing to lend
   */
  lentBlock(): Uint8Array<ArrayBuffer> | null {
    return this.#isNew() ? null : (this.#block ??= new Uint8Array(BUSY_LENGTH))
  }

  /**
   * Frees what must not be kept after a frame has been read: beside a long input, which takes all that a reader may hold besides what
   * waits, and while it is idle.
   *
   * @param inputLength - the memory that the reader's input takes, in bytes
   * @param isBetweenMessages - whether no frame or message has begun
   */
  settle(inputLength: number, isBetweenMessages: boolean): void {
    if (inputLength > BUSY_LENGTH || (isBetweenMessages && inputLength === 0)) this.idle()
  }

  /** @returns memory for a payload that spans chunks */
  forPayload(length: number): Uint8Array<ArrayBuffer> {
    return (length <= MAX_PAYLOAD ? this.#cut(length, BUSY_LENGTH) : null) ?? new Uint8Array(length)
  }

  /** Frees what an idle reader must not keep. */
  idle(): void {
    if (this.#slab !== null && this.#slab.bytes.length > IDLE_LENGTH) this.#slab = null
    this.#block = null
  }

  #cut(length: number, slabLength: number): Uint8Array<ArrayBuffer> | null {
    if (this.#isNew()) return null
    if (!this.#slab?.hasRoom(length)) this.#slab = new Slab(slabLength)
    return this.#slab.cut(length)
  }

  /** Whether little has been read so far. Counts the use. */
  #isNew(): boolean {
    if (this.#uses === TRAFFIC) return false
    this.#uses++
    return true
  }
}
