/**
 * Masks in plain JavaScript: by 32-bit words, and short payloads octet by octet.
 */
import { octetAt, wordAt } from '../util/octets.js'

/**
 * Below these sizes, in bytes, a view costs more than it saves: a single payload, and data that holds many payloads. 16 B and 125 B
 * decide, one frame a chunk and in chunks of 64 KiB.
 */
const LONG_PAYLOAD = 48
const LONG_DATA = 512

/** From this length on, in bytes, aligned words are faster than a `DataView`. 125 B in chunks of 64 KiB decides. */
const ALIGNED_FROM = 128

/** Masks parts of an array, and creates the views of the array only once. For callers that mask many parts of one array. */
export class PlainMask {
  readonly #data: Uint8Array
  readonly #buffer: ArrayBufferLike
  readonly #byteOffset: number
  /** In bytes. Shorter parts are masked octet by octet. */
  readonly #leastLength: number
  /** A view of the same octets, created when it is first needed. */
  #view: DataView | null = null
  /** The aligned words of the array, created when they are first needed. */
  #words: Int32Array | null = null

  /**
   * @param buffer - that of the array; on a Buffer, reading it is slow, and `Input` has read it already
   * @param byteOffset - that of the array
   */
  constructor(data: Uint8Array, buffer: ArrayBufferLike, byteOffset: number) {
    this.#data = data
    this.#buffer = buffer
    this.#byteOffset = byteOffset
    this.#leastLength = data.length < LONG_DATA ? LONG_PAYLOAD : 0
  }

  /**
   * Masks in place.
   *
   * @param start - position of the first octet to mask
   * @param end - position after the last octet to mask
   * @param key - rotated so that its first octet applies to the octet at `start`
   */
  mask(start: number, end: number, key: number): void {
    const data = this.#data
    const length = end - start
    if (length < this.#leastLength) maskOctets(data, start, end, key)
    else if (length < ALIGNED_FROM) maskUnaligned((this.#view ??= this.#newView()), start, end, key)
    else maskAligned(data, (this.#words ??= this.#newWords()), skewOf(this.#byteOffset), start, end, key)
  }

  #newView(): DataView {
    return new DataView(this.#buffer, this.#byteOffset, this.#data.length)
  }

  #newWords(): Int32Array {
    const skew = skewOf(this.#byteOffset)
    // Divided, not shifted: arrays may be longer than 4 GiB.
    return new Int32Array(this.#buffer, this.#byteOffset + skew, Math.floor((this.#data.length - skew) / 4))
  }
}

/** Masks a single part of an array in place: see {@link PlainMask.mask}. */
export function maskOnce(data: Uint8Array, start: number, end: number, key: number): void {
  if (end - start < LONG_PAYLOAD) maskOctets(data, start, end, key)
  else new PlainMask(data, data.buffer, data.byteOffset).mask(start, end, key)
}

/** The number of octets before the first aligned word. */
function skewOf(byteOffset: number): number {
  return -byteOffset & 3
}

function maskOctets(data: Uint8Array, start: number, end: number, key: number): void {
  for (let i = start; i < end; i++) {
    data[i] = octetAt(data, i) ^ (key >>> 24)
    key = (key << 8) | (key >>> 24)
  }
}

/** Two words at a time are faster than one or eight. 16 B in chunks of 64 KiB decides. */
function maskUnaligned(view: DataView, start: number, end: number, key: number): void {
  const word = reversed(key)
  let position = start
  for (const last = end - 7; position < last; position += 8) {
    view.setInt32(position, view.getInt32(position, true) ^ word, true)
    view.setInt32(position + 4, view.getInt32(position + 4, true) ^ word, true)
  }
  if (position < end - 3) {
    view.setInt32(position, view.getInt32(position, true) ^ word, true)
    position += 4
  }
  for (; position < end; position++) {
    view.setUint8(position, view.getUint8(position) ^ (key >>> 24))
    key = (key << 8) | (key >>> 24)
  }
}

/** Eight words at a time are faster than one. 16 KiB decides where WebAssembly is missing. */
function maskAligned(data: Uint8Array, words: Int32Array, skew: number, start: number, end: number, key: number): void {
  const wordsStart = start + ((skew - start) & 3)
  maskOctets(data, start, wordsStart, key)
  const keyThere = rotate(key, wordsStart - start)
  const word = keyThere ^ ((keyThere ^ reversed(keyThere)) & littleEndian)
  const lastWord = Math.floor((end - skew) / 4)
  let i = (wordsStart - skew) / 4
  for (const last = lastWord - 7; i < last; i += 8) {
    words[i] = wordAt(words, i) ^ word
    words[i + 1] = wordAt(words, i + 1) ^ word
    words[i + 2] = wordAt(words, i + 2) ^ word
    words[i + 3] = wordAt(words, i + 3) ^ word
    words[i + 4] = wordAt(words, i + 4) ^ word
    words[i + 5] = wordAt(words, i + 5) ^ word
    words[i + 6] = wordAt(words, i + 6) ^ word
    words[i + 7] = wordAt(words, i + 7) ^ word
  }
  for (; i < lastWord; i++) words[i] = wordAt(words, i) ^ word
  const wordsEnd = skew + lastWord * 4
  maskOctets(data, wordsEnd, end, keyThere)
}

/** The key for the payload from `octets` bytes further on: its first octet applies there. */
export function rotate(key: number, octets: number): number {
  const bits = (octets & 3) * 8
  return (key << bits) | (key >>> (32 - bits))
}

/** -1 on a little-endian machine, 0 on a big-endian one. */
const littleEndian = /* @__PURE__ */ -octetAt(/* @__PURE__ */ new Uint8Array(/* @__PURE__ */ Int32Array.of(1).buffer), 0)

/** The key with its octets in reverse order. */
export function reversed(key: number): number {
  return (key << 24) | ((key & 0xff00) << 8) | ((key >>> 8) & 0xff00) | (key >>> 24)
}
