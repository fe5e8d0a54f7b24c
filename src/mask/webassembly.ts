/**
 * Masks, and checks UTF-8, with WebAssembly SIMD: 16 octets at a time, which JavaScript cannot do. The module works in its own memory:
 * octets are copied in and out. Its source is `spec/kernel/kernel.wat`.
 */
import { KERNEL_MODULE } from './webassembly-module.js'

/** Length of the module's memory in bytes: one WebAssembly page. */
export const MEMORY_LENGTH = 65536

/** In bytes. A larger block does not fit in the L1 cache together with its source and its target. */
export const BLOCK_LENGTH = 16384

export interface Kernel {
  readonly buffer: ArrayBuffer
  /** The whole buffer, {@link MEMORY_LENGTH} bytes. Copy octets in before a call and out after it. */
  readonly memory: Uint8Array
  /**
   * Masks the first octets of the memory.
   *
   * @param length - in bytes, at least 1; rounded up to a multiple of 64
   * @param key - the first octet of the masking key is the least significant one, since WebAssembly is little-endian
   */
  readonly mask: (length: number, key: number) => void
  /**
   * Unmasks a piece of a text in the memory, and checks that the text up to the end of the piece is valid UTF-8 (RFC 6455, section 8.1).
   * Octets outside the piece do not change.
   *
   * @param start - position of the first octet of the piece
   * @param end - position after its last octet, at most {@link MEMORY_LENGTH} - 16
   * @param key - as for `mask`, for the octet at `start`; 0 for a piece that is not masked
   * @param state - the result for the previous piece, 0 for the first piece; not 2
   * @returns the state of the text, a `TextState`: 0 for ASCII, 1 for UTF-8, 2 for invalid, negative if it ends inside a character
   */
  readonly unmaskText: (start: number, end: number, key: number, state: number) => number
}

let kernel: Kernel | null | undefined

/**
 * @returns the kernel, created by the first call; null if WebAssembly or its SIMD is missing or forbidden, for example by the content
 *   security policy of a page
 */
export function maskingKernel(): Kernel | null {
  return (kernel ??= kernel === undefined ? makeKernel() : null)
}

function makeKernel(): Kernel | null {
  try {
    const { m: memory, f: mask, u: unmaskText } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes())).exports
    if (!(memory instanceof WebAssembly.Memory) || typeof mask !== 'function' || typeof unmaskText !== 'function') return null
    const { buffer } = memory
    return {
      buffer,
      memory: new Uint8Array(buffer),
      mask: (length, key) => void mask(length, key),
      unmaskText: (start, end, key, state) => Number(unmaskText(start, end, key, state)),
    }
  } catch {
    return null
  }
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: KERNEL_MODULE.length / 2 }, (_, i) => parseInt(KERNEL_MODULE.slice(2 * i, 2 * i + 2), 16))
}
