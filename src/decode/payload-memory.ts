/**
 * Memory for payloads that span chunks, and for copies of chunks. Each reader has its own.
 */
import { Bit, LENGTH_16, MAX_HEADER_LENGTH, headerLengthOf } from '../header/layout.js'
import { octetAt, uint16 } from '../util/octets.js'
import { Slab } from '../util/slab.js'

/** In bytes: the memory for short arrays that a reader may keep while it is idle. */
const IDLE_LENGTH = 1024

/**
 * In bytes: the same while a frame or message is incomplete. A block is as long, and is kept besides. Longer payloads are gathered in
 * pieces.
 */
export const BUSY_LENGTH = 16384

/** In bytes: the copy of a longer chunk that begins with a frame has memory of its own. */
const MAX_CHUNK = 256

/** In bytes: a longer payload, and the copy of a longer chunk that continues a frame, has memory of its own. */
const MAX_SHARED = 2048

/** In bytes: what may be allocated before anything has arrived. */
const FIRST_ROOM = 2048

/** In bytes: what may be allocated for each byte that has arrived. Benchmark case: 16 KiB in 1460-byte chunks. */
const ROOM_PER_BYTE = 256

/** The first uses get memory of their own, so that a connection with little traffic keeps nothing. */
const TRAFFIC = 8

export class PayloadMemory {
  #slab: Slab | null = null
  #uses = 0
  /** Memory for one payload at a time while it is gathered. */
  #block: Uint8Array<ArrayBuffer> | null = null

  /**
   * Finds memory for the copy of a chunk. Benchmark case: borrowed chunks of 1460 bytes and 16 KiB.
   *
   * @param chunk - its bytes from `start` on are to be copied
   * @param start - more than 0 if the chunk continues a frame: then more chunks probably follow soon
   * @param beginsFrame - whether a frame begins there whose payload should stay in the copy
   * @returns memory as long as those bytes, or as the frame if that is cut by the end of the chunk and not long; null if the copy is to have
   *   memory of its own
   */
  forChunk(chunk: Uint8Array, start: number, beginsFrame: boolean): Uint8Array<ArrayBuffer> | null {
    const rest = chunk.length - start
    const frameLength = beginsFrame ? frameLengthAt(chunk, start) : 0
    const isCut = frameLength > rest && frameLength <= Math.min(roomFor(rest), MAX_HEADER_LENGTH + BUSY_LENGTH)
    if (isCut) return this.forPayload(frameLength)
    if (rest <= MAX_CHUNK) return this.#cut(rest, IDLE_LENGTH)
    return start > 0 && rest <= MAX_SHARED ? this.#cut(rest, BUSY_LENGTH) : null
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

  /** @returns memory for a payload that spans chunks, or for its frame */
  forPayload(length: number): Uint8Array<ArrayBuffer> {
    return (length <= MAX_SHARED ? this.#cut(length, BUSY_LENGTH) : null) ?? new Uint8Array(length)
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

/**
 * @param arrived - how many bytes of a frame or of its payload have arrived
 * @returns how much memory may be allocated for it, in bytes. So a length field alone never allocates much.
 */
export function roomFor(arrived: number): number {
  return Math.max(FIRST_ROOM, ROOM_PER_BYTE * arrived)
}

/**
 * The length of the frame that begins at a position, in bytes, if its length field has 16 bits and has arrived; otherwise 0. Nothing is
 * checked.
 */
function frameLengthAt(bytes: Uint8Array, start: number): number {
  const second = octetAt(bytes, start + 1)
  if ((second & Bit.payloadLength) !== LENGTH_16 || bytes.length < start + 4) return 0
  return headerLengthOf(16, (second & Bit.mask) !== 0) + uint16(bytes, start + 2)
}
