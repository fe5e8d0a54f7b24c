/**
 * Memory for the short payloads of one reader, which no other reader shares: those that a chunk cuts, and copies of short chunks.
 */
import { Slab } from '../util/slab.js'

/** In bytes: what an idle reader may keep, and what it may keep while it is in the middle of something. */
const IDLE_LENGTH = 1024
const BUSY_LENGTH = 16384

/** In bytes: longer chunks are copied into memory of their own. */
const MAX_CHUNK = 256

/** In bytes: a longer payload that a chunk cuts has memory of its own. */
const MAX_PAYLOAD = 2048

/** So many chunks make traffic: a reader that has seen fewer keeps nothing. */
const TRAFFIC = 8

export class PayloadMemory {
  #slab: Slab | null = null
  #uses = 0

  /** @returns memory for a copy of a chunk, or null if it is to have its own */
  forChunk(length: number): Uint8Array<ArrayBuffer> | null {
    return length <= MAX_CHUNK ? this.#cut(length, IDLE_LENGTH) : null
  }

  /** @returns memory for a payload that a chunk cuts */
  forPayload(length: number): Uint8Array<ArrayBuffer> {
    return (length <= MAX_PAYLOAD ? this.#cut(length, BUSY_LENGTH) : null) ?? new Uint8Array(length)
  }

  /** Lets go of what an idle reader must not keep. */
  idle(): void {
    if (this.#slab !== null && this.#slab.bytes.length > IDLE_LENGTH) this.#slab = null
  }

  #cut(length: number, slabLength: number): Uint8Array<ArrayBuffer> | null {
    if (this.#uses < TRAFFIC) {
      this.#uses++
      return null
    }
    if (!this.#slab?.hasRoom(length)) this.#slab = new Slab(slabLength)
    return this.#slab.cut(length)
  }
}
