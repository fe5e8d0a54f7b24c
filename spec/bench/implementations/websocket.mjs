/**
 * websocket (WebSocket-Node): its frame class, which it exports, on the list of buffers that its connections use. A
 * whole connection would take one turn of the event loop for each frame, which says nothing about its decoder.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const WebSocket = require('websocket')
const BufferList = require('websocket/vendor/FastBufferList')
// Its own version of the check, as its connections load it.
const isValidUTF8 = createRequire(require.resolve('websocket'))('utf-8-validate')

const config = { maxReceivedFrameSize: 2 ** 26 }
const OPCODE_TEXT = 1
const OPCODE_BINARY = 2

export function versions() {
  return { websocket: WebSocket.version }
}

/** Frames are not put together to messages; in these cases every message is one frame. */
export function decoder(_benchCase, onData) {
  const maskBytes = Buffer.allocUnsafe(4)
  const frameHeader = Buffer.allocUnsafe(10)
  const list = new BufferList()
  let frame = new WebSocket.frame(maskBytes, frameHeader, config)
  return (chunk) => {
    list.write(chunk)
    while (frame.addData(list)) {
      if (frame.protocolError || frame.frameTooLarge) throw new Error(frame.dropReason)
      onData(frame.opcode === OPCODE_TEXT ? textOf(frame.binaryPayload) : frame.binaryPayload)
      frame = new WebSocket.frame(maskBytes, frameHeader, config)
    }
  }
}

function textOf(payload) {
  if (!isValidUTF8(payload)) throw new Error('not UTF-8')
  return payload.toString('utf8')
}

export function encoder({ masked }) {
  const maskBytes = Buffer.allocUnsafe(4)
  const frameHeader = Buffer.allocUnsafe(10)
  return (payload) => {
    const frame = new WebSocket.frame(maskBytes, frameHeader, config)
    frame.fin = true
    frame.opcode = OPCODE_BINARY
    frame.mask = masked
    frame.binaryPayload = payload
    return frame.toBuffer()
  }
}
