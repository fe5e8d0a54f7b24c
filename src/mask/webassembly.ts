/**
 * Masks with WebAssembly SIMD: 16 octets at a time, which JavaScript cannot do. The module works in its own memory: octets are copied in
 * and out. Its source is `spec/kernel/mask.wat`.
 */
import { MASK_MODULE } from './mask-module.js'

/** Length of the module's memory in bytes: one WebAssembly page. */
export const MEMORY_LENGTH = 65536

/** In bytes. A larger block does not fit in the L1 cache together with its source and its target. */
export const BLOCK_LENGTH = 16384

export interface MaskingKernel {
  /** The module's memory, for another module to share. */
  readonly shared: WebAssembly.Memory
  readonly buffer: ArrayBuffer
  /** The whole buffer, {@link MEMORY_LENGTH} bytes. Copy octets in before a call and out after it. */
  readonly memory: Uint8Array
  /**
   * Masks the first octets of the memory.
   *
   * @param length - in bytes, at least 1; rounded up to a multiple of 64
   * @param key - the first octet of the masking key is the least significant one, since WebAssembly is little-endian
   * @returns 0 if the first `length` octets are ASCII afterwards
   */
  readonly mask: (length: number, key: number) => number
}

let kernel: MaskingKernel | null | undefined

/**
 * @returns the kernel, created by the first call; null if WebAssembly or its SIMD is missing or forbidden, for example by the content
 *   security policy of a page
 */
export function maskingKernel(): MaskingKernel | null {
  return (kernel ??= kernel === undefined ? makeKernel() : null)
}

function makeKernel(): MaskingKernel | null {
  const { m: shared, f: mask } = exportsOf(MASK_MODULE)
  if (typeof mask !== 'function' || !(shared instanceof WebAssembly.Memory)) return null
  const { buffer } = shared
  return { shared, buffer, memory: new Uint8Array(buffer), mask: (length, key) => Number(mask(length, key)) }
}

/**
 * Compiles a module.
 *
 * @param module - in hexadecimal
 * @returns what it exports; nothing if WebAssembly or its SIMD is missing or forbidden
 */
export function exportsOf(module: string, imports?: WebAssembly.Imports): WebAssembly.Exports {
  try {
    const bytes = Uint8Array.from({ length: module.length / 2 }, (_, i) => parseInt(module.slice(2 * i, 2 * i + 2), 16))
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports
  } catch {
    return {}
  }
}
