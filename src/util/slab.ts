/**
 * Memory of which short arrays are cut, since memory of its own takes such an array longer than all the rest.
 */

export class Slab {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly buffer: ArrayBuffer
  /** Where the next array begins, in bytes. */
  used = 0

  /** @param length - in bytes: an array that is kept keeps all of it */
  constructor(length: number) {
    this.buffer = new ArrayBuffer(length)
    this.bytes = new Uint8Array(this.buffer)
  }

  /** Whether so many bytes are left: none are when somebody has transferred the memory. */
  hasRoom(length: number): boolean {
    return this.used + length <= this.bytes.length
  }

  /** @returns a view of the next bytes, which are the caller's from now on */
  cut(length: number): Uint8Array<ArrayBuffer> {
    const start = this.used
    this.used += length
    return new Uint8Array(this.buffer, start, length)
  }
}
