/**
 * The memory behind arrays: which kinds can be kept as they are, and views that no subclass can change.
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
