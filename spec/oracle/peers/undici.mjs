/** undici: the parser behind its WebSocket, which is a client. It is not exported; deep imports may break with any new version. */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { ByteParser } = require('undici/lib/web/websocket/receiver.js')
const { utf8Decode } = require('undici/lib/web/websocket/util.js')

export const name = 'undici'
export const { version } = require('undici/package.json')
export const senders = ['server']
export const supports = ['messages', 'message-limit', 'many-fragments', 'permessage-deflate', 'context-takeover', 'window-15', 'bfinal']

/** The code of a masked Close frame that it answers with. */
function codeOf(frame) {
  if ((frame[0] & 15) !== 8 || (frame[1] & 127) < 2) return 1005
  return ((frame[6] ^ frame[2]) << 8) | (frame[7] ^ frame[3])
}

export async function read({ extensions, maxMessageLength = 2 ** 26 }, chunks, seen) {
  let answered = 1005
  let isOver = false
  const handler = {
    readyState: 1,
    closeState: new Set(),
    controller: {
      abort() {
        isOver = true
        seen.error(answered)
      },
    },
    socket: {
      destroyed: false,
      writableNeedDrain: false,
      write(frame, callback) {
        answered = codeOf(frame)
        callback?.()
        return true
      },
      destroy() {},
    },
    // As that of its WebSocket.
    onMessage(opcode, data) {
      if (isOver) return
      try {
        seen.message(opcode === 1 ? 'text' : 'binary', opcode === 1 ? Buffer.from(utf8Decode(data)) : data)
      } catch {
        isOver = true
        seen.error(1007)
      }
    },
    onPing: (data) => seen.message('ping', data ?? Buffer.alloc(0)),
    onPong: (data) => seen.message('pong', data ?? Buffer.alloc(0)),
    onFail() {},
    onSocketClose() {},
    onParserError: (error) => seen.crash(error),
  }
  const parser = new ByteParser(handler, extensions?.permessageDeflate ? new Map([['permessage-deflate', '']]) : new Map(), {
    maxPayloadSize: maxMessageLength,
  })
  parser.on('error', (error) => {
    isOver = true
    seen.crash(error)
  })
  for (const chunk of chunks) {
    if (isOver || parser.destroyed) break
    seen.fed(chunk.length)
    let isWritten = false
    parser.write(chunk, () => {
      isWritten = true
    })
    // It does not call back when it fails, and inflates asynchronously.
    for (let turn = 0; turn < 100 && !isWritten && !isOver; turn++) await (turn < 5 ? soon() : later())
    const { code, reason } = parser.closingInfo ?? {}
    if (parser.closingInfo !== undefined && !isOver) {
      seen.message(`close:${code ?? 1005}`, Buffer.from(reason ?? ''))
      return
    }
  }
}

const soon = () => new Promise((resolve) => setImmediate(resolve))
const later = () => new Promise((resolve) => setTimeout(resolve, 2))
