import { once } from 'node:events'
import { Opcode, encodeFrame } from 'websocket-frames'
import { messagesOf } from './async-iterator.mjs'
import { replyToClose, replyToError } from './close.mjs'

/**
 * Replies to the messages of a client. `idle` and `linger` are milliseconds: without any traffic, and for the peer to end the
 * connection after our Close.
 *
 * @param {import('node:net').Socket} socket after the opening handshake
 * @param {AsyncIterable<import('websocket-frames').Message>} [messages] those of the socket
 * @param {{ idle?: number, linger?: number, onError?: (error: unknown) => void }} [options]
 */
export async function echo(socket, messages = clientMessagesOf(socket), options = {}) {
  const { idle = 60_000, linger = 5_000, onError = console.error } = options
  const closed = new AbortController()
  socket.once('close', () => closed.abort())
  // Without a listener, a connection reset by the peer would end the process.
  socket.on('error', () => socket.destroy())
  socket.setTimeout(idle, () => socket.destroy())
  const send = async (/** @type {import('websocket-frames').FrameInit} */ frame) => {
    if (!socket.write(encodeFrame(frame, { sender: 'server' }))) await once(socket, 'drain', closed)
  }
  try {
    for await (const message of messages) {
      if (message.type === 'text') await send({ opcode: Opcode.Text, payload: message.data })
      else if (message.type === 'binary') await send({ opcode: Opcode.Binary, payload: message.data })
      else if (message.type === 'ping') await send({ opcode: Opcode.Pong, payload: message.data })
      else if (message.type === 'close') await send({ opcode: Opcode.Close, payload: replyToClose(message) })
    }
  } catch (error) {
    // The cause of `deflate-data` may be a bug in your own `inflate`.
    onError(error)
    const payload = replyToError(error)
    if (payload !== null && socket.writable) socket.write(encodeFrame({ opcode: Opcode.Close, payload }))
  }
  if (socket.destroyed) return
  // Ends our direction only, and discards the rest: destroying the socket at once could keep the peer from reading our Close.
  socket.end()
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), linger)
  socket.once('close', () => clearTimeout(timer))
}

/**
 * To leave the loop over a socket's chunks would destroy it, unless told not to.
 *
 * @param {import('node:net').Socket} socket
 * @param {import('websocket-frames').MessageReaderOptions} [options]
 */
export function clientMessagesOf(socket, options) {
  const chunks = /** @type {AsyncIterable<Buffer>} */ (socket.iterator({ destroyOnReturn: false }))
  return messagesOf(chunks, { sender: 'client', ownsChunks: true, maxMessageLength: 2 ** 24, ...options })
}
