/**
 * This package, in the build that the options name.
 */
import Stream from 'node:stream'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

let library
let file

/** Called once, before anything is made. */
export async function load({ build }) {
  library = await import(build)
  file = relative(process.cwd(), fileURLToPath(build))
}

export function versions() {
  return { 'websocket-frames': file }
}

export function decoder({ masked }, onData, { reader: kind, ownsChunks }) {
  const reader = new library[kind]({ sender: masked ? 'client' : 'server', ownsChunks })
  // Loops of their own, as the users of each reader write them.
  if (kind === 'FrameReader') {
    return (chunk) => {
      reader.push(chunk)
      for (let frame = reader.read(); frame !== null; frame = reader.read()) onData(frame.payload)
    }
  }
  return (chunk) => {
    reader.push(chunk)
    for (let message = reader.read(); message !== null; message = reader.read()) onData(message.data)
  }
}

/** A reader that is given chunks, and nobody reads. */
export function unread({ masked }, { reader: kind, ownsChunks }) {
  const reader = new library[kind]({ sender: masked ? 'client' : 'server', ownsChunks })
  return (chunk) => reader.push(chunk)
}

/**
 * What `Writable.write` calls for an array that is no `Buffer`. V8 keeps short arrays on its heap and moves them to memory of
 * their own when `buffer` is read: a cost of whoever encodes into such arrays.
 */
const asWritten = Stream._uint8ArrayToBuffer

/** Returns buffers as `Writable.write` would pass them on in `write` cases, otherwise what the library returns. */
export function encoder(benchCase, options) {
  const encode = encoderOf(benchCase, options)
  if (benchCase.group !== 'write') return encode
  if (options.call === 'encodeFrame') return (payload) => asWritten(encode(payload))
  return (payload) => {
    const [header, samePayload] = encode(payload)
    return [asWritten(header), samePayload]
  }
}

/** A new random masking key for every frame, as a client needs it. */
function encoderOf({ masked, size }, { call }) {
  const { Opcode, encodeFrame, encodeFrameInto, encodeHeader, encodedLength, randomMaskingKey } = library
  const options = { sender: masked ? 'client' : 'server' }
  const frameOf = (payload) =>
    masked ? { opcode: Opcode.Binary, payload, maskingKey: randomMaskingKey() } : { opcode: Opcode.Binary, payload }
  if (call === 'encodeFrame') return (payload) => encodeFrame(frameOf(payload), options)
  if (call === 'encodeHeader') {
    return (payload) => [encodeHeader({ opcode: Opcode.Binary, payloadLength: payload.length }, options), payload]
  }
  const target = new Uint8Array(encodedLength(frameOf(new Uint8Array(size))))
  return (payload) => {
    encodeFrameInto(frameOf(payload), target, 0, options)
    return target
  }
}
