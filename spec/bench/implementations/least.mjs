/**
 * The least that JavaScript has to do for each message, to give its users what this package gives them: a bound for the targets.
 *
 * Decoding: find the header's fields, unmask the payload, make a view of it, a string of that if it is a text, and an object that
 * says what it is. It checks nothing and knows that every frame is a whole message of one size; a frame that is cut by the end
 * of a chunk is put together in memory that it gets at once. Of a borrowed chunk it copies the whole frames, all at once. Encoding:
 * make an array, write the header that is known to be right, and the payload masked with a new key.
 *
 * Short payloads are unmasked by words; those that are long enough for it with the library's WebAssembly, which is faster than
 * anything that JavaScript does.
 */
import Stream from 'node:stream'

let library

/** Called once, before anything is made. */
export async function load({ build }) {
  library = await import(build)
}

export function versions() {
  return {}
}

export const BY_KERNEL_FROM = 512

/** Frames that are longer get memory of their own, shorter ones lie side by side as `Buffer` does it. */
export const SHARED_BELOW = 2048
const SLAB_LENGTH = 8192

export function decoder({ size, masked, type }, onData, { isBorrowed = false }) {
  const decodeText = type === 'binary' ? null : new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
  const lengthBytes = lengthBytesOf(size)
  const frameLength = 2 + lengthBytes + (masked ? 4 : 0) + size
  const allocate = makeAllocator()
  let cutFrame = null
  let held = 0
  return (chunk) => {
    let start = 0
    if (cutFrame !== null) {
      start = Math.min(frameLength - held, chunk.length)
      cutFrame.set(start === chunk.length ? chunk : chunk.subarray(0, start), held)
      held += start
      if (held < frameLength) return
      const frame = cutFrame
      cutFrame = null
      decode(frame, 0, onData)
    }
    const wholeFrames = Math.floor((chunk.length - start) / frameLength) * frameLength
    const end = start + wholeFrames
    if (!isBorrowed) decode(chunk, start, onData)
    else if (wholeFrames > 0) decode(copyOf(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end)), 0, onData)
    if (end === chunk.length) return
    cutFrame = allocate(frameLength)
    cutFrame.set(chunk.subarray(end))
    held = chunk.length - end
  }

  /** A long copy has memory of its own, which is not filled with zeros first. */
  function copyOf(bytes) {
    if (bytes.length >= SHARED_BELOW) return new Uint8Array(bytes)
    const copy = allocate(bytes.length)
    copy.set(bytes)
    return copy
  }

  /** Decodes all whole frames. */
  function decode(bytes, start, onData) {
    const { buffer, byteOffset, length } = bytes
    const view = new DataView(buffer, byteOffset, length)
    let position = start
    while (length - position >= frameLength) {
      const first = bytes[position]
      let payloadLength = bytes[position + 1] & 0x7f
      let at = position + 2
      if (payloadLength === 126) {
        payloadLength = view.getUint16(at)
        at += 2
      } else if (payloadLength === 127) {
        payloadLength = Number(view.getBigUint64(at))
        at += 8
      }
      let key = 0
      if (masked) {
        key = view.getInt32(at)
        at += 4
        if (payloadLength < BY_KERNEL_FROM) unmask(bytes, view, at, at + payloadLength, key)
      }
      const payload = new Uint8Array(buffer, byteOffset + at, payloadLength)
      if (masked && payloadLength >= BY_KERNEL_FROM) library.applyMask(payload, key >>> 0)
      const message = { type: first & 0x0f, data: decodeText === null ? payload : decodeText.decode(payload) }
      onData(message.data)
      position = at + payloadLength
    }
  }
}

export function unmask(bytes, view, start, end, key) {
  let position = start
  for (const last = end - 7; position < last; position += 8) {
    view.setInt32(position, view.getInt32(position) ^ key)
    view.setInt32(position + 4, view.getInt32(position + 4) ^ key)
  }
  for (; position < end; position++) {
    bytes[position] ^= key >>> 24
    key = (key << 8) | (key >>> 24)
  }
}

/** In `write` cases the array is wrapped as `Writable.write` does it. */
export function encoder(benchCase, { asList = false }) {
  // An array that is only encoded is cheapest on V8's heap; one that is written has to leave it.
  const allocateHeader = benchCase.group === 'write' ? makeAllocator() : (length) => new Uint8Array(length)
  const encode = asList ? listEncoder(benchCase.size, allocateHeader) : frameEncoder(benchCase)
  if (benchCase.group !== 'write') return encode
  if (!asList) return (payload) => Stream._uint8ArrayToBuffer(encode(payload))
  return (payload) => {
    const [header, samePayload] = encode(payload)
    return [Stream._uint8ArrayToBuffer(header), samePayload]
  }
}

function frameEncoder({ size, masked }) {
  const { randomMaskingKey, applyMask } = library
  const lengthBytes = lengthBytesOf(size)
  const headerLength = 2 + lengthBytes + (masked ? 4 : 0)
  const frameLength = headerLength + size
  const lengthField = (masked ? 0x80 : 0) | (lengthBytes === 0 ? size : lengthBytes === 2 ? 126 : 127)
  let slab = null
  let view = null
  let used = SLAB_LENGTH
  return (payload) => {
    if (frameLength >= SHARED_BELOW) {
      slab = new Uint8Array(frameLength)
      view = new DataView(slab.buffer)
      used = 0
    } else if (used + frameLength > SLAB_LENGTH) {
      slab = new Uint8Array(SLAB_LENGTH)
      view = new DataView(slab.buffer)
      used = 0
    }
    const start = used
    const payloadStart = start + headerLength
    used += frameLength
    slab[start] = 0x82
    slab[start + 1] = lengthField
    if (lengthBytes === 2) view.setUint16(start + 2, size)
    else if (lengthBytes === 8) view.setBigUint64(start + 2, BigInt(size))
    if (size > 0) slab.set(payload, payloadStart)
    if (masked) {
      const key = randomMaskingKey()
      view.setUint32(payloadStart - 4, key)
      if (size < BY_KERNEL_FROM) unmask(slab, view, payloadStart, used, key | 0)
      else applyMask(slab, key, 0, payloadStart, used)
    }
    return frameLength >= SHARED_BELOW ? slab : new Uint8Array(slab.buffer, start, frameLength)
  }
}

/** A header that is known to be right, in an array of its own, and the payload as it is. */
function listEncoder(size, allocate) {
  const lengthBytes = lengthBytesOf(size)
  return (payload) => {
    const header = allocate(2 + lengthBytes)
    header[0] = 0x82
    if (lengthBytes === 0) {
      header[1] = size
    } else {
      header[1] = lengthBytes === 2 ? 126 : 127
      for (let i = 0, rest = size; i < lengthBytes; i++, rest = Math.floor(rest / 256)) header[1 + lengthBytes - i] = rest
    }
    return [header, payload]
  }
}

/** @param {number} slabLength in bytes: the memory that is shared */
export function makeAllocator(slabLength = SLAB_LENGTH) {
  let slab = null
  let used = slabLength
  return (length) => {
    if (length >= SHARED_BELOW) return new Uint8Array(length)
    if (used + length > slabLength) {
      slab = new ArrayBuffer(slabLength)
      used = 0
    }
    used += length
    return new Uint8Array(slab, used - length, length)
  }
}

export function lengthBytesOf(size) {
  return size < 126 ? 0 : size < 2 ** 16 ? 2 : 8
}
