/**
 * The memory that short frames and headers share. A socket wraps each in a Buffer: V8 would have to move an array that is on its own
 * heap. Benchmark case: frames as a socket writes them.
 */
import { Slab } from '../util/slab.js'

/** In bytes. A frame that is kept keeps all of this memory. */
const SHARED_LENGTH = 16384

/** In bytes: a longer frame has memory of its own. */
export const MAX_SHARED_FRAME = 4096

let shared: Slab | null = null

/**
 * @param length - at most `MAX_SHARED_FRAME` bytes
 * @returns memory with room for them: write the frame at `used`, then call `cut`
 */
export function memoryFor(length: number): Slab {
  if (!shared?.hasRoom(length)) shared = new Slab(SHARED_LENGTH)
  return shared
}
