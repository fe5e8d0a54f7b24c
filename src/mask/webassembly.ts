/**
 * Masking, and checking UTF-8, with WebAssembly SIMD: 16 octets at a time, which JavaScript cannot do. The module works in a memory
 * of its own: octets are copied in and out. It is written as text in `spec/kernel/kernel.wat`.
 */
import { KERNEL_MODULE } from './webassembly-module.js'

/** In bytes: a page of WebAssembly. */
export const MEMORY_LENGTH = 65536

/** In bytes. Larger blocks do not stay in the nearest cache together with where they come from and go to. */
export const BLOCK_LENGTH = 16384

export interface Kernel {
  readonly buffer: ArrayBuffer
  /** All of the buffer, {@link MEMORY_LENGTH}: to be filled before a call and emptied after it. */
  readonly memory: Uint8Array
  /**
   * Masks the beginning of the memory.
   *
   * @param length - in bytes, from 1; the rest of 64 is masked with it
   * @param key - its first octet is the least significant one, for memory of WebAssembly is little-endian
   */
  readonly mask: (length: number, key: number) => void
  /**
   * Unmasks a piece of a text in the memory and checks that the text with it is valid UTF-8 (RFC 6455, section 8.1). Nothing outside
   * the piece changes.
   *
   * @param start - in bytes
   * @param end - in bytes, at most {@link MEMORY_LENGTH} - 16
   * @param key - of the octet at `start`, as for `mask`; 0 for a piece that is not masked
   * @param state - the result for the previous piece, 0 for the first one; not 2
   * @returns the state of the text, as `TextState` has it: 0 for ASCII, 1 for UTF-8, 2 for invalid, negative if it ends inside a character
   */
  readonly unmaskText: (start: number, end: number, key: number, state: number) => number
}

let kernel: Kernel | null | undefined

/**
 * @returns the kernel, made at the first call; null where there is no WebAssembly or no SIMD, or where it is forbidden, as a
 *   page's content security policy may do
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
