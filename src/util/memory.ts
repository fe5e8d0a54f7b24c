/**
 * The memory behind arrays: which kinds can be kept as they are, views that no subclass can change, and what may overlap.
 */

/**
 * Whether nobody can shrink the memory or write to it from another thread, so that a reader may keep it instead of a copy. It can still
 * be transferred, which leaves it empty.
 */
export function isFixed(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  // An ArrayBuffer of another realm is no instance of ours.
  const isUnshared = buffer instanceof ArrayBuffer || Object.prototype.toString.call(buffer) === '[object ArrayBuffer]'
  return isUnshared && !('resizable' in buffer && buffer.resizable === true)
}

/** A view of the bytes from `start` to `end`. Not `subarray`, which calls the constructor of a subclass. */
export function viewOf<Memory extends ArrayBufferLike>(bytes: Uint8Array<Memory>, start: number, end: number): Uint8Array<Memory> {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start)
}

/** A copy of the bytes from `start` to `end`, in memory of its own. Not `slice`: that of a Buffer does not copy. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(viewOf(bytes, start, end))
}

/**
 * Whether two arrays may lie in the same memory. Several `SharedArrayBuffer` objects can be one memory, and nothing tells whether they
 * are.
 */
export function mayOverlap({ buffer: one }: Uint8Array, { buffer: other }: Uint8Array): boolean {
  return one === other || (isShared(one) && isShared(other))
}

/** Also for those of another realm, and where there is no global `SharedArrayBuffer`. */
function isShared(buffer: ArrayBufferLike): boolean {
  return Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]'
}
