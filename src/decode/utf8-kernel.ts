/**
 * Unmasks and checks texts with WebAssembly SIMD, in the memory of the masking kernel. The module's source is `spec/kernel/utf8.wat`.
 */
import { exportsOf, maskingKernel } from '../mask/webassembly.js'
import type { MaskingKernel } from '../mask/webassembly.js'
import { UTF8_MODULE } from './utf8-module.js'

export interface TextKernel extends Pick<MaskingKernel, 'buffer' | 'memory'> {
  /**
   * Unmasks a piece of a text in the memory, and checks that the text up to the end of the piece is valid UTF-8 (RFC 6455, section 8.1).
   * The 16 octets after the piece change, no others outside it.
   *
   * @param start - position of the first octet of the piece
   * @param end - position after its last octet, at most `MEMORY_LENGTH` - 16
   * @param key - as for `mask` of the masking kernel, for the octet at `start`; 0 for a piece that is not masked
   * @param state - the result for the previous piece, 0 for the first piece; not 2
   * @returns the state of the text, a `TextState`: 0 for ASCII, 1 for UTF-8, 2 for invalid, negative if it ends inside a character
   */
  readonly unmaskText: (start: number, end: number, key: number, state: number) => number
}

let kernel: TextKernel | null | undefined

/** @returns the kernel, created by the first call; null where there is no masking kernel */
export function textKernel(): TextKernel | null {
  return (kernel ??= kernel === undefined ? makeKernel() : null)
}

function makeKernel(): TextKernel | null {
  const masking = maskingKernel()
  if (masking === null) return null
  const { shared, buffer, memory } = masking
  const { u: unmaskText } = exportsOf(UTF8_MODULE, { m: { m: shared } })
  if (typeof unmaskText !== 'function') return null
  return { buffer, memory, unmaskText: (start, end, key, state) => Number(unmaskText(start, end, key, state)) }
}
