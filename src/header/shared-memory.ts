/**
 * The memory that short frames and headers share. A socket wraps them in a Buffer, for which V8 would have to move an array that it keeps
 * on its own heap: frames as a socket writes them, in the benchmark.
 */
import { Slab } from '../util/slab.js'

/** In bytes. A frame that is kept keeps all of it. */
const SHARED_LENGTH = 16384

/** In bytes: a longer frame has memory of its own. */
export const MAX_SHARED_FRAME = 4096

let shared: Slab | null = null

/** @returns memory with room for a frame of so many bytes, to be written at `used` and then cut */
export function memoryFor(length: number): Slab {
  if (length > MAX_SHARED_FRAME) return new Slab(length)
  if (!shared?.hasRoom(length)) shared = new Slab(SHARED_LENGTH)
  return shared
}
