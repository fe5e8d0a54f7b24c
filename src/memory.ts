/**
 * The memory behind arrays: views that no subclass can change, copies, and what may lie in the same memory.
 */

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
