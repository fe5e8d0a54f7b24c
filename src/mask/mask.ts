/**
 * Masking (RFC 6455, section 5.3): octet i of the payload XOR octet i mod 4 of the masking key, the same in both directions.
 */
import { assertBytes, assertInteger } from '../util/arguments.js'
import { BLOCK_LENGTH, MEMORY_LENGTH, maskingKernel } from './webassembly.js'
import { mayOverlap, viewOf } from '../util/memory.js'
import { wordAt } from '../util/octets.js'
import { maskOnce, reversed, rotate } from './javascript.js'
import type { PlainMask } from './javascript.js'

/** The largest masking key: 32 bits. */
export const MAX_MASKING_KEY = 0xffff_ffff

/** In bytes, from here on by the kernel: 300 take as long by words, a frame of 1 KiB 170 ns instead of 260 (Node 20). */
export const KERNEL_FROM = 512

/** The same for octets that are copied, with no views kept for it: a frame of 125 bytes then takes 110 ns instead of 170. */
const COPY_BY_KERNEL_FROM = 32

/**
 * Masks or unmasks bytes in place: octet `start + i` becomes itself XOR octet `(keyOffset + i) mod 4` of the key
 * (RFC 6455, section 5.3). Doing it twice restores the bytes. A payload that comes in pieces is masked piece by piece,
 * `keyOffset` being the number of payload bytes before the piece.
 *
 * @param data - modified from `start` to `end`
 * @param maskingKey - 0 to 2^32-1, in network byte order, as it reads on the wire: `0x37fa213d`
 * @param keyOffset - position of the first byte in the payload, in bytes; default 0
 * @param start - first byte to mask; default 0
 * @param end - after the last byte to mask; default `data.length`
 * @throws TypeError or RangeError for arguments of another type or range
 *
 * @example
 * ```js
 * const bytes = parseHex('7f9f4d5158')
 * applyMask(bytes, 0x37fa213d)
 * new TextDecoder().decode(bytes) // 'Hello'
 * ```
 */
export function applyMask(
  data: Uint8Array,
  maskingKey: number,
  keyOffset = 0,
  start = 0,
  end?: number,
): void {
  assertBytes(data, 'data')
  assertInteger(maskingKey, 'maskingKey', 0, MAX_MASKING_KEY)
  assertInteger(keyOffset, 'keyOffset', 0, Number.MAX_SAFE_INTEGER)
  const stop = end === undefined ? data.length : end
  assertInteger(stop, 'end', 0, data.length)
  assertInteger(start, 'start', 0, stop)
  maskInPlace(data, start, stop, maskingKey, keyOffset)
}

/**
 * {@link applyMask} for arguments that are known to be right.
 *
 * @param plainMask - of the data, if somebody keeps one
 */
export function maskInPlace(
  data: Uint8Array,
  start: number,
  end: number,
  maskingKey: number,
  keyOffset: number,
  plainMask?: PlainMask,
): void {
  const key = rotate(maskingKey, keyOffset)
  if (end - start >= KERNEL_FROM && maskByKernel(data, start, end, data, start, key)) return
  if (plainMask === undefined) maskOnce(data, start, end, key)
  else plainMask.mask(start, end, key)
}

/**
 * Copies octets and masks them on the way: with the kernel that is one pass. They may overlap the place where they go.
 *
 * @param keyOffset - position of the first of them in the payload, in bytes
 * @param plainMask - of the target, if somebody keeps one
 */
export function maskInto(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
  maskingKey: number,
  keyOffset: number,
  plainMask?: PlainMask,
): void {
  const length = end - start
  const isLong = length >= (plainMask === undefined ? COPY_BY_KERNEL_FROM : KERNEL_FROM)
  // Block by block, octets that overlap would be read after they have been written.
  if (isLong && (length <= BLOCK_LENGTH || !mayOverlap(source, target))) {
    if (maskByKernel(source, start, end, target, targetStart, rotate(maskingKey, keyOffset))) return
  }
  if (source !== target || start !== targetStart) {
    target.set(start === 0 && end === source.length ? source : viewOf(source, start, end), targetStart)
  }
  maskInPlace(target, targetStart, targetStart + length, maskingKey, keyOffset, plainMask)
}

/** In bytes, before the octets: room for the longest header, and a multiple of 4, so that the key begins with its first octet. */
const ROOM = 16

/**
 * A new array of octets masked on the way, with room for a header before them. Nothing fills it with zeros first: a frame of
 * 16 KiB takes 0.72 us instead of 0.89 (Node 20).
 *
 * @returns null if there is no kernel, or if they do not fit into its memory
 */
export function maskedCopy(octets: Uint8Array, length: number, headerLength: number, maskingKey: number): Uint8Array<ArrayBuffer> | null {
  const kernel = maskingKernel()
  const end = ROOM + length
  if (kernel === null || end > MEMORY_LENGTH) return null
  const { buffer, memory } = kernel
  memory.set(octets, ROOM)
  kernel.mask(end, reversed(maskingKey))
  return new Uint8Array(new Uint8Array(buffer, ROOM - headerLength, headerLength + length))
}

/** @returns false if there is no kernel and nothing was done */
function maskByKernel(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
  key: number,
): boolean {
  const kernel = maskingKernel()
  if (kernel === null) return false
  const { buffer, memory } = kernel
  const littleEndianKey = reversed(key)
  for (let at = start; at < end; at += BLOCK_LENGTH) {
    const length = Math.min(end - at, BLOCK_LENGTH)
    memory.set(length === source.length ? source : viewOf(source, at, at + length))
    kernel.mask(length, littleEndianKey)
    // Not memory.subarray(), which takes 50 ns, and this 20.
    target.set(new Uint8Array(buffer, 0, length), targetStart + at - start)
  }
  return true
}

/**
 * How many keys are drawn at a time. Few, since keys in stock are in each copy of the memory, such as a startup snapshot; but a call of
 * Web Crypto takes 1.5 us, which is 23 ns a key if 64 are drawn, 11 if 128, 6 if 256 (Node 20), and a short frame takes 50.
 */
const KEYS_PER_DRAW = 128
const keys = /* @__PURE__ */ new Int32Array(KEYS_PER_DRAW)
let keysLeft = 0

/**
 * A masking key that nobody can predict, from the platform's Web Crypto (RFC 6455, sections 5.3 and 10.3). Take a new one
 * for every frame. This is the package's only impure function.
 *
 * Keys are drawn 128 at a time. Do not call it before you take a startup snapshot (`v8.startupSnapshot`): all processes started from the
 * snapshot would get the rest of the same 128 keys.
 *
 * @returns 0 to 2^32-1
 * @throws TypeError where there is no Web Crypto (`globalThis.crypto.getRandomValues`)
 * @throws whatever Web Crypto throws when it has no random values to give. No key is lost or repeated, and you may call again.
 */
export function randomMaskingKey(): number {
  if (keysLeft === 0) drawKeys()
  keysLeft--
  const key = wordAt(keys, keysLeft) >>> 0
  keys[keysLeft] = 0 // A key that has been used must not be found in memory later.
  return key
}

/** Apart from the rest, since to look at the global costs 40 ns in Node.js. */
function drawKeys(): void {
  if (typeof globalThis.crypto?.getRandomValues !== 'function') {
    throw new TypeError('randomMaskingKey needs Web Crypto: globalThis.crypto.getRandomValues is missing')
  }
  globalThis.crypto.getRandomValues(keys)
  keysLeft = KEYS_PER_DRAW
}
