/**
 * The least that JavaScript has to do under the contract of this package: a bound that is closer to ours than `least.mjs`.
 *
 * `push` accepts any `Uint8Array`, parses nothing, and copies a borrowed chunk; `read` gives messages one by one; an error ends the
 * stream. A length field alone makes the reader allocate 2 KiB at most, and chunks that find it idle share 1 KiB. A text that spans
 * chunks is checked as it arrives, with the library's own check. An encoder reads every field and option, checks its type and range, and
 * shares memory among frames of up to 4 KiB.
 *
 * Otherwise it knows as much as `least.mjs`: every frame is a valid message of one size, and `read` follows each `push`.
 */
import Stream from 'node:stream'
import { makeEncoder } from './contract-encoder.mjs'
import { BY_KERNEL_FROM, SHARED_BELOW, lengthBytesOf, makeAllocator, unmask } from './least.mjs'

let library
let TextCheck

/** Called once, before anything is made. */
export async function load({ build }) {
  library = await import(build)
  const { href } = new URL('decode/text.js', build)
  ;({ TextCheck } = await import(href))
}

export function versions() {
  return {}
}

/** In bytes: what is allocated at first, and for each byte that has arrived. */
const FIRST_ROOM = 2048
const ROOM_PER_BYTE = 256

/** In bytes: what an idle reader may keep. */
const IDLE_LENGTH = 1024

class Reader {
  #headerLength
  #frameLength
  #isMasked
  /** Null for binary messages. */
  #decodeText
  #isBorrowed
  #allocate = makeAllocator()
  #allocateIdle = makeAllocator(IDLE_LENGTH)
  #error = null

  #bytes = new Uint8Array(0)
  #buffer = null
  #byteOffset = 0
  #view = null
  #position = 0

  /** The frame that the end of a chunk cuts, and how much of it is there. */
  #cutFrame = null
  #held = 0
  #key = 0
  /** Checks the text of the cut frame; null if it is checked when it is complete. */
  #check = null

  constructor({ size, masked, type }, isBorrowed) {
    this.#headerLength = 2 + lengthBytesOf(size) + (masked ? 4 : 0)
    this.#frameLength = this.#headerLength + size
    this.#isMasked = masked
    this.#decodeText = type === 'binary' ? null : new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
    this.#isBorrowed = isBorrowed
  }

  push(chunk) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('chunk must be a Uint8Array')
    if (this.#error !== null) return this
    try {
      const start = this.#cutFrame === null ? 0 : this.#gather(chunk, 0)
      if (start < chunk.length) this.#use(this.#isBorrowed ? this.#copyOf(chunk, start) : chunk, this.#isBorrowed ? 0 : start)
    } catch (error) {
      this.#error = error
    }
    return this
  }

  read() {
    try {
      return this.#next()
    } catch (error) {
      this.#error = error
      throw error
    }
  }

  #next() {
    const cutFrame = this.#cutFrame
    if (cutFrame !== null) {
      if (this.#held < this.#frameLength) return null
      this.#cutFrame = null
      const isUnmasked = this.#check !== null
      return this.#message(cutFrame, cutFrame.buffer, cutFrame.byteOffset, 0, isUnmasked ? null : viewOf(cutFrame), isUnmasked)
    }
    const position = this.#position
    const rest = this.#bytes.length - position
    if (rest === 0) return null
    if (rest < this.#frameLength) return this.#begin(position, rest)
    this.#position += this.#frameLength
    return this.#message(this.#bytes, this.#buffer, this.#byteOffset, position, this.#view, false)
  }

  /** Begins to put the cut frame together. */
  #begin(position, rest) {
    const length = this.#frameLength
    this.#cutFrame = this.#allocate(Math.min(length, Math.max(FIRST_ROOM, ROOM_PER_BYTE * rest)))
    this.#held = 0
    this.#check = null
    let start = position
    if (this.#decodeText !== null && rest >= this.#headerLength) {
      start += this.#headerLength
      this.#cutFrame.set(this.#bytes.subarray(position, start))
      this.#held = this.#headerLength
      this.#check = new TextCheck()
      if (this.#isMasked) this.#key = viewOf(this.#cutFrame).getInt32(this.#headerLength - 4)
    }
    this.#gather(this.#bytes, start)
    this.#position = this.#bytes.length
    return null
  }

  /** @returns where the rest of the bytes begins */
  #gather(bytes, start) {
    const held = this.#held
    const length = Math.min(this.#frameLength - held, bytes.length - start)
    if (held + length > this.#cutFrame.length) {
      const larger = this.#allocate(this.#frameLength)
      larger.set(this.#cutFrame)
      this.#cutFrame = larger
    }
    const end = start + length
    if (this.#check !== null && this.#isMasked) {
      this.#check.unmask(bytes, start, end, this.#cutFrame, held, this.#key, held - this.#headerLength)
    } else {
      this.#cutFrame.set(start === 0 && end === bytes.length ? bytes : partOf(bytes, start, end), held)
      this.#check?.add(this.#cutFrame, held, held + length)
    }
    if (this.#check?.violation) throw new Error('the text is not UTF-8')
    this.#held += length
    return end
  }

  #message(bytes, buffer, byteOffset, position, view, isUnmasked) {
    const start = position + this.#headerLength
    const end = position + this.#frameLength
    const payload = new Uint8Array(buffer, byteOffset + start, end - start)
    if (this.#isMasked && !isUnmasked) {
      const key = view.getInt32(start - 4)
      if (payload.length < BY_KERNEL_FROM) unmask(bytes, view, start, end, key)
      else library.applyMask(payload, key >>> 0)
    }
    const opcode = bytes[position] & 0x0f
    return { type: opcode === 1 ? 'text' : 'binary', data: this.#decodeText === null ? payload : this.#decodeText.decode(payload) }
  }

  #use(bytes, position) {
    this.#bytes = bytes
    this.#buffer = bytes.buffer
    this.#byteOffset = bytes.byteOffset
    this.#view = this.#isMasked ? new DataView(this.#buffer, this.#byteOffset, bytes.length) : null
    this.#position = position
  }

  /**
   * A long copy has memory of its own, which is not filled with zeros first. A chunk that does not continue a frame finds the reader idle,
   * which must not have kept more than 1 KiB to be shared.
   */
  #copyOf(bytes, start) {
    const rest = start === 0 ? bytes : partOf(bytes, start, bytes.length)
    if (rest.length >= (start === 0 ? IDLE_LENGTH : SHARED_BELOW)) return new Uint8Array(rest)
    const copy = start === 0 ? this.#allocateIdle(rest.length) : this.#allocate(rest.length)
    copy.set(rest)
    return copy
  }
}

function viewOf({ buffer, byteOffset, length }) {
  return new DataView(buffer, byteOffset, length)
}

/** Not subarray, which costs more for a Buffer. */
function partOf({ buffer, byteOffset }, start, end) {
  return new Uint8Array(buffer, byteOffset + start, end - start)
}

export function decoder(benchCase, onData, { isBorrowed = false }) {
  const reader = new Reader(benchCase, isBorrowed)
  return (chunk) => {
    reader.push(chunk)
    for (let message = reader.read(); message !== null; message = reader.read()) onData(message.data)
  }
}

/** In `write` cases the array is wrapped as `Writable.write` does it. */
export function encoder({ group, masked }) {
  const { randomMaskingKey } = library
  const encodeFrame = makeEncoder(library)
  const options = { sender: masked ? 'client' : 'server' }
  const encode = masked
    ? (payload) => encodeFrame({ opcode: 2, payload, maskingKey: randomMaskingKey() }, options)
    : (payload) => encodeFrame({ opcode: 2, payload }, options)
  return group === 'write' ? (payload) => Stream._uint8ArrayToBuffer(encode(payload)) : encode
}
