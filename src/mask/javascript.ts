/**
 * Masks in plain JavaScript: by 32-bit words, and short payloads octet by octet.
 */
import { octetAt } from '../util/octets.js'

/**
 * Below these sizes, in bytes, a view costs more than it saves: a single payload, and data that holds many payloads. 16 B and 125 B
 * decide, one frame a chunk and in chunks of 64 KiB.
 */
const LONG_PAYLOAD = 48
const LONG_DATA = 512

/** Masks parts of an array, and creates a view of the array only once. For callers that mask many parts of one array. */
export class PlainMask {
  readonly #data: Uint8Array
  readonly #buffer: ArrayBufferLike
  readonly #byteOffset: number
  /** In bytes. Shorter parts are masked octet by octet. */
  readonly #leastLength: number
  /** A view of the same octets, created when it is first needed. */
  #view: DataView | null = null

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
    else maskWords((this.#view ??= new DataView(this.#buffer, this.#byteOffset, data.length)), start, end, key)
  }
}

/** Masks a single part of an array in place: see {@link PlainMask.mask}. */
export function maskOnce(data: Uint8Array, start: number, end: number, key: number): void {
  if (end - start < LONG_PAYLOAD) maskOctets(data, start, end, key)
  else new PlainMask(data, data.buffer, data.byteOffset).mask(start, end, key)
}

function maskOctets(data: Uint8Array, start: number, end: number, key: number): void {
  for (let i = start; i < end; i++) {
    data[i] = octetAt(data, i) ^ (key >>> 24)
    key = (key << 8) | (key >>> 24)
  }
}

/** Two words at a time are faster than one or eight. 16 B in chunks of 64 KiB decides. */
function maskWords(view: DataView, start: number, end: number, key: number): void {
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

/** The key for the payload from `octets` bytes further on: its first octet applies there. */
export function rotate(key: number, octets: number): number {
  const bits = (octets & 3) * 8
  return (key << bits) | (key >>> (32 - bits))
}

/** The key with its octets in reverse order. */
export function reversed(key: number): number {
  return (key << 24) | ((key & 0xff00) << 8) | ((key >>> 8) & 0xff00) | (key >>> 24)
}
