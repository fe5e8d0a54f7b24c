/**
 * undici: the parser behind its WebSocket, and what makes its frames. Neither is exported; its package has no list of
 * exports, so that they can be imported all the same. Deep imports may break with any new version.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { ByteParser } = require('undici/lib/web/websocket/receiver.js')
const { WebsocketFrameSend } = require('undici/lib/web/websocket/frame.js')
const { utf8Decode } = require('undici/lib/web/websocket/util.js')

const OPCODE_TEXT = 1
const OPCODE_BINARY = 2

export function versions() {
  return { undici: require('undici/package.json').version }
}

/** The handler does what that of its WebSocket does, less the event and the copy of bytes that the event is given. */
export function decoder(_benchCase, onData) {
  const handler = {
    readyState: 1,
    closeState: new Set(),
    onMessage: (opcode, data) => onData(opcode === OPCODE_TEXT ? utf8Decode(data) : data),
  }
  const parser = new ByteParser(handler, null, { maxPayloadSize: 2 ** 26 })
  return (chunk) => parser.write(chunk)
}

export function encoder() {
  return (payload) => new WebsocketFrameSend(payload).createFrame(OPCODE_BINARY)
}
