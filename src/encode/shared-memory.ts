/**
 * Memory that short frames share, since memory of its own takes a frame longer than all the rest: 125 B to 1 KiB, encode, of the benchmark.
 */

/** In bytes. A frame that is kept keeps all of it. */
const SHARED_LENGTH = 16384

/** In bytes: a longer frame has memory of its own. */
export const MAX_SHARED_FRAME = 4096

/** Memory of which frames are cut until it is used up. */
export class Memory {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly #buffer: ArrayBuffer
  /** Where the next frame begins, in bytes. */
  used = 0

  /** @param length - in bytes */
  constructor(length: number) {
    this.bytes = new Uint8Array(length)
    this.#buffer = this.bytes.buffer
  }

  /** Whether so many bytes are left: none are when somebody has transferred the memory. */
  hasRoom(length: number): boolean {
    return this.used + length <= this.bytes.length
  }

  /** @returns a view of the next bytes, which are the caller's from now on */
  cut(length: number): Uint8Array<ArrayBuffer> {
    const start = this.used
    this.used += length
    return new Uint8Array(this.#buffer, start, length)
  }
}

let shared: Memory | null = null

/** @returns memory with room for a frame of so many bytes, to be written at `used` and then cut */
export function memoryFor(length: number): Memory {
  if (length > MAX_SHARED_FRAME) return new Memory(length)
  if (!shared?.hasRoom(length)) shared = new Memory(SHARED_LENGTH)
  return shared
}
