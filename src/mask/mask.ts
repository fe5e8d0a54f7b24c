/**
 * Masks and unmasks payloads (RFC 6455, section 5.3): octet i of the payload XOR octet i mod 4 of the masking key, in both directions.
 */
import { assertBytes, assertInteger } from '../util/arguments.js'
import { part } from '../util/memory.js'
import { octetAt } from '../util/octets.js'
import { maskOnce, reversed, rotate } from './javascript.js'
import { assertMaskingKey } from './masking-key.js'
import { BLOCK_LENGTH, MEMORY_LENGTH, maskingKernel } from './webassembly.js'

/** From this length on, in bytes, the WebAssembly kernel is faster than words in JavaScript. 1 KiB, one frame a chunk, decides. */
export const KERNEL_FROM = 512

/** The same for octets that are copied too, where words need new views. 125 B, one frame a chunk, decides. */
const COPY_BY_KERNEL_FROM = 32

/**
 * Masks or unmasks bytes in place: octet `start + i` becomes itself XOR octet `(keyOffset + i) mod 4` of the key
 * (RFC 6455, section 5.3). A second call with the same arguments restores the bytes. To mask a payload in pieces, pass the number of
 * payload bytes before the piece as `keyOffset`.
 *
 * @param data - modified from `start` to `end`
 * @param maskingKey - 0 to 2^32-1, in network byte order: `0x37fa213d` for the bytes 37 fa 21 3d
 * @param keyOffset - position of the byte at `start` in the payload, in bytes; default 0
 * @param start - position of the first byte to mask; default 0
 * @param end - position after the last byte to mask; default `data.length`
 * @throws TypeError or RangeError for arguments of another type or range
 *
 * @example
 * ```js
 * const bytes = parseHex('7f9f4d5158')
 * applyMask(bytes, 0x37fa213d)
 * new TextDecoder().decode(bytes) // 'Hello'
 * ```
 */
export function applyMask(data: Uint8Array, maskingKey: number, keyOffset = 0, start = 0, end?: number): void {
  assertBytes(data, 'data')
  assertMaskingKey(maskingKey)
  assertInteger(keyOffset, 'keyOffset', 0, Number.MAX_SAFE_INTEGER)
  const stop = end === undefined ? data.length : end
  assertInteger(stop, 'end', 0, data.length)
  assertInteger(start, 'start', 0, stop)
  maskInPlace(data, start, stop, maskingKey, keyOffset)
}

/** {@link applyMask} without checks of the arguments. */
export function maskInPlace(data: Uint8Array, start: number, end: number, maskingKey: number, keyOffset: number): void {
  const key = rotate(maskingKey, keyOffset)
  if (end - start >= KERNEL_FROM && maskByKernel(data, start, end, data, start, key)) return
  maskOnce(data, start, end, key)
}

/**
 * Copies octets to `target` and masks the copy; the kernel does both in one pass. Source and target may overlap if the octets stay where
 * they are, or if there are at most `BLOCK_LENGTH`: otherwise a block could overwrite octets that a later block reads.
 *
 * @param keyOffset - position of the octet at `start` in the payload, in bytes
 */
export function maskInto(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
  maskingKey: number,
  keyOffset: number,
): void {
  const length = end - start
  const key = rotate(maskingKey, keyOffset)
  if (length >= COPY_BY_KERNEL_FROM && maskByKernel(source, start, end, target, targetStart, key)) return
  if (source !== target || start !== targetStart) {
    target.set(part(source, start, end), targetStart)
  }
  maskInPlace(target, targetStart, targetStart + length, key, 0)
}

/**
 * Copies a few octets one by one and masks the copy. Source and target must not overlap.
 *
 * @param key - rotated so that its first octet applies to the octet at `start`; 0 only copies
 */
export function copyMasked(source: Uint8Array, start: number, end: number, target: Uint8Array, targetStart: number, key: number): void {
  for (let i = start, at = targetStart; i < end; i++, at++) {
    target[at] = octetAt(source, i) ^ (key >>> 24)
    key = (key << 8) | (key >>> 24)
  }
}

/**
 * Copies octets into a new array and masks the copy, in the kernel's memory: a new array is otherwise filled with zeros first. Benchmark
 * case: encoding 16 KiB, masked.
 *
 * @param room - how many octets of any value come first, in bytes
 * @returns null if there is no kernel, or if its memory is too small
 */
export function maskedCopy(room: number, source: Uint8Array, maskingKey: number): Uint8Array<ArrayBuffer> | null {
  const length = room + source.length
  const kernel = length <= MEMORY_LENGTH ? maskingKernel() : null
  if (kernel === null) return null
  kernel.memory.set(source, room)
  kernel.mask(length, reversed(rotate(maskingKey, -room)))
  return new Uint8Array(new Uint8Array(kernel.buffer, 0, length))
}

/**
 * Joins and unmasks octets in the kernel's memory, which is faster than a new array: that is filled with zeros first.
 *
 * @param pieces - the octets, in order
 * @param length - their total length in bytes
 * @param maskingKey - null if they are not masked
 * @returns a view of the kernel's memory, to be used at once: whoever uses the kernel next overwrites it. Null if there is no kernel, or if
 *   its memory is too small
 */
export function joinedInKernel(pieces: readonly Uint8Array[], length: number, maskingKey: number | null): Uint8Array<ArrayBuffer> | null {
  const kernel = length <= MEMORY_LENGTH ? maskingKernel() : null
  if (kernel === null) return null
  const { buffer, memory } = kernel
  let position = 0
  for (const piece of pieces) {
    memory.set(piece, position)
    position += piece.length
  }
  if (maskingKey !== null) kernel.mask(length, reversed(maskingKey))
  return new Uint8Array(buffer, 0, length)
}

/**
 * Copies octets into the kernel's memory, unmasks them there and reads them.
 *
 * @param source - at most `MEMORY_LENGTH` bytes
 * @param read - called with a view of the kernel's memory, which it must not keep, and with whether all octets are ASCII
 * @returns what `read` returns; null if there is no kernel
 */
export function readUnmasked<Result>(
  source: Uint8Array,
  maskingKey: number,
  read: (unmasked: Uint8Array, isAscii: boolean) => Result,
): Result | null {
  const kernel = maskingKernel()
  if (kernel === null) return null
  const { length } = source
  kernel.memory.set(source)
  const isAscii = kernel.mask(length, reversed(maskingKey)) === 0
  return read(new Uint8Array(kernel.buffer, 0, length), isAscii)
}

/** @returns false if there is no kernel: then nothing has changed */
function maskByKernel(source: Uint8Array, start: number, end: number, target: Uint8Array, targetStart: number, key: number): boolean {
  const kernel = maskingKernel()
  if (kernel === null) return false
  const { buffer, memory } = kernel
  const littleEndianKey = reversed(key)
  for (let at = start; at < end; at += BLOCK_LENGTH) {
    const length = Math.min(end - at, BLOCK_LENGTH)
    memory.set(part(source, at, at + length))
    kernel.mask(length, littleEndianKey)
    // Faster than memory.subarray(). 125 B, one frame a chunk, decides.
    target.set(new Uint8Array(buffer, 0, length), targetStart + at - start)
  }
  return true
}
