/**
 * Masking with WebAssembly SIMD: 16 octets at a time, which JavaScript cannot do. It works in a block of memory of its own, so
 * that octets are copied in and out; through it 16 KiB are masked at about 20 GB/s, by 32-bit words at 7 GB/s (Node 20).
 */

/** In bytes: a page of WebAssembly. */
export const MEMORY_LENGTH = 65536

/** In bytes. Larger blocks do not stay in the nearest cache together with where they come from and go to. */
export const BLOCK_LENGTH = 16384

export interface Kernel {
  readonly buffer: ArrayBuffer
  /** All of the buffer, {@link MEMORY_LENGTH}: to be filled before `mask` and emptied after it. */
  readonly memory: Uint8Array
  /**
   * Masks the beginning of the memory.
   *
   * @param length - in bytes, from 1; the rest of 64 is masked with it
   * @param key - its first octet is the least significant one, for memory of WebAssembly is little-endian
   */
  readonly mask: (length: number, key: number) => void
}

/** Each line is what its comment says, which a spec checks. Exports "m", the memory of one page, and "f". */
const KERNEL_MODULE = /* @__PURE__ */ Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, // magic
  0x01, 0x00, 0x00, 0x00, // version 1
  0x01, 0x06, 0x01, // section type, 1 item
  0x60, 0x02, 0x7f, 0x7f, 0x00, // func (param i32 i32): the length and the key
  0x03, 0x02, 0x01, // section function, 1 item
  0x00, // type 0
  0x05, 0x03, 0x01, // section memory, 1 item
  0x00, 0x01, // limits from 1
  0x07, 0x09, 0x02, // section export, 2 items
  0x01, 0x6d, 0x02, 0x00, // "m" memory 0
  0x01, 0x66, 0x00, 0x00, // "f" func 0
  0x0a, 0x5e, 0x01, // section code, 1 item
  0x5c, 0x02, // body, 2 kinds of locals
  0x01, 0x7f, // 1 i32: where in the block
  0x01, 0x7b, // 1 v128: the key four times
  0x20, 0x01, // local.get 1
  0xfd, 0x11, // i32x4.splat
  0x21, 0x03, // local.set 3
  0x03, 0x40, // loop
  0x20, 0x02, // local.get 2
  0x20, 0x02, // local.get 2
  0xfd, 0x00, 0x04, 0x00, // v128.load align=4 offset=0
  0x20, 0x03, // local.get 3
  0xfd, 0x51, // v128.xor
  0xfd, 0x0b, 0x04, 0x00, // v128.store align=4 offset=0
  0x20, 0x02, // local.get 2
  0x20, 0x02, // local.get 2
  0xfd, 0x00, 0x04, 0x10, // v128.load align=4 offset=16
  0x20, 0x03, // local.get 3
  0xfd, 0x51, // v128.xor
  0xfd, 0x0b, 0x04, 0x10, // v128.store align=4 offset=16
  0x20, 0x02, // local.get 2
  0x20, 0x02, // local.get 2
  0xfd, 0x00, 0x04, 0x20, // v128.load align=4 offset=32
  0x20, 0x03, // local.get 3
  0xfd, 0x51, // v128.xor
  0xfd, 0x0b, 0x04, 0x20, // v128.store align=4 offset=32
  0x20, 0x02, // local.get 2
  0x20, 0x02, // local.get 2
  0xfd, 0x00, 0x04, 0x30, // v128.load align=4 offset=48
  0x20, 0x03, // local.get 3
  0xfd, 0x51, // v128.xor
  0xfd, 0x0b, 0x04, 0x30, // v128.store align=4 offset=48
  0x20, 0x02, // local.get 2
  0x41, 0xc0, 0x00, // i32.const 64
  0x6a, // i32.add
  0x22, 0x02, // local.tee 2
  0x20, 0x00, // local.get 0
  0x49, // i32.lt_u
  0x0d, 0x00, // br_if 0
  0x0b, // end
  0x0b, // end
)

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
    const { m: memory, f: mask } = new WebAssembly.Instance(new WebAssembly.Module(KERNEL_MODULE)).exports
    if (!(memory instanceof WebAssembly.Memory) || typeof mask !== 'function') return null
    const { buffer } = memory
    return { buffer, memory: new Uint8Array(buffer), mask: (length, key) => void mask(length, key) }
  } catch {
    return null
  }
}
