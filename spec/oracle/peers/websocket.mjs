/** websocket (WebSocket-Node): its connection, on a socket that is none. */
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const Connection = require('websocket/lib/WebSocketConnection')

export const name = 'websocket'
export const { version } = require('websocket/package.json')
export const senders = ['client', 'server']
export const supports = ['messages', 'payload-limit', 'message-limit', 'limit-0', '64-bit-lengths', 'many-fragments']

class Socket extends EventEmitter {
  destroyed = false
  setNoDelay() {}
  setTimeout() {}
  setKeepAlive() {}
  pause() {}
  resume() {}
  write(_data, callback) {
    if (typeof callback === 'function') setImmediate(callback)
    return true
  }
  end() {}
  destroy() {
    this.destroyed = true
  }
}

export async function read({ sender, maxPayloadLength = 2 ** 26, maxMessageLength = 2 ** 26 }, chunks, seen) {
  const config = {
    ...{ maxReceivedFrameSize: maxPayloadLength, maxReceivedMessageSize: maxMessageLength, assembleFragments: true },
    ...{ fragmentOutgoingMessages: false, keepalive: false, useNativeKeepalive: false, closeTimeout: 1 },
  }
  const connection = new Connection(new Socket(), [], null, sender === 'server', config)
  connection._addSocketEventListeners()
  let isOver = false
  let sentClose = null
  const { drop, sendCloseFrame } = connection
  connection.drop = function (code, ...rest) {
    isOver = true
    seen.error(code)
    return drop.call(this, code, ...rest)
  }
  connection.sendCloseFrame = function (...parameters) {
    sentClose = parameters
    return sendCloseFrame.apply(this, parameters)
  }
  connection.on('error', (error) => seen.crash(error))
  connection.on('message', ({ type, utf8Data, binaryData }) =>
    seen.message(type === 'utf8' ? 'text' : 'binary', type === 'utf8' ? Buffer.from(utf8Data) : binaryData),
  )
  // With a listener, it leaves the answer to it.
  connection.on('ping', (_cancel, data) => seen.message('ping', data))
  connection.on('pong', (data) => seen.message('pong', data))
  for (const chunk of chunks) {
    if (isOver || sentClose !== null) break
    seen.fed(chunk.length)
    connection.handleSocketData(chunk)
    // One turn of the event loop for each frame; a frame leaves less in the list, or a new one waiting.
    let before
    do {
      before = `${connection.bufferList.length} ${seen.count}`
      await new Promise((resolve) => setImmediate(resolve))
    } while (!isOver && sentClose === null && before !== `${connection.bufferList.length} ${seen.count}`)
  }
  await new Promise((resolve) => setImmediate(resolve))
  if (!isOver && sentClose !== null) {
    const { closeReasonCode, closeDescription } = connection
    seen.message(
      `close:${closeReasonCode}`,
      Buffer.from(closeDescription && sentClose.length >= 0 ? descriptionOf(connection, closeDescription) : ''),
    )
  }
  connection.clearCloseTimer()
  connection.clearKeepaliveTimer()
  connection.clearGracePeriodTimer()
}

/** Its own words for a code are no reason that came. */
function descriptionOf(connection, description) {
  return Connection.CLOSE_DESCRIPTIONS[connection.closeReasonCode] === description ? '' : description
}
