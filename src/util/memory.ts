/**
 * The memory behind arrays: which buffers a reader may keep, views and copies that bypass subclasses, and which arrays may overlap.
 */

/**
 * Whether a reader may keep this buffer instead of a copy: it cannot shrink, and no other thread can write to it. It can still be
 * transferred, which detaches it.
 */
export function isFixed(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  // `instanceof` is false for an ArrayBuffer of another realm.
  const isUnshared = buffer instanceof ArrayBuffer || Object.prototype.toString.call(buffer) === '[object ArrayBuffer]'
  return isUnshared && !('resizable' in buffer && buffer.resizable === true)
}

/** A view of the bytes from `start` to `end`. Unlike `subarray`, it does not call the constructor of a subclass. */
export function viewOf<Memory extends ArrayBufferLike>(bytes: Uint8Array<Memory>, start: number, end: number): Uint8Array<Memory> {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start)
}

/** The bytes from `start` to `end`. If they are the whole array, it is returned: a view can cost more than copying the bytes. */
export function part(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === bytes.length ? bytes : viewOf(bytes, start, end)
}

/** A copy of the bytes from `start` to `end`, in a new buffer. Not `slice`: `Buffer.slice` does not copy. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(viewOf(bytes, start, end))
}

/**
 * Whether two arrays may lie in the same memory. Two `SharedArrayBuffer` objects can refer to the same memory, and JavaScript cannot
 * tell.
 */
export function mayOverlap({ buffer: one }: Uint8Array, { buffer: other }: Uint8Array): boolean {
  return one === other || (isShared(one) && isShared(other))
}

/** Not instanceof: the buffer may belong to another realm, and there may be no global `SharedArrayBuffer`. */
function isShared(buffer: ArrayBufferLike): boolean {
  return Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]'
}
