import { Opcode, encodeFrame } from 'websocket-frames'
import { replyToClose, replyToError } from './close.mjs'
import { messageStream } from './web-streams.mjs'

/**
 * @typedef {object} Connection
 * @property {ReadableStream<Uint8Array>} readable
 * @property {WritableStream<Uint8Array>} writable
 * @property {() => Promise<void>} [closeWrite] of a `Deno.Conn`, both of whose directions end when `writable` is closed
 */

/**
 * Replies to the messages of a client. `idle` and `linger` are milliseconds: without a message, and for the peer to end the connection
 * after our Close.
 *
 * @param {Connection} connection after the opening handshake
 * @param {{ idle?: number, linger?: number, onError?: (error: unknown) => void }} [options]
 */
export async function echo(connection, options = {}) {
  const { readable, writable } = connection
  const { idle = 60_000, linger = 5_000, onError = console.error } = options
  const messages = messageStream(readable, { sender: 'client', ownsChunks: true, maxMessageLength: 2 ** 24 }).getReader()
  const writer = writable.getWriter()
  const send = (/** @type {import('websocket-frames').FrameInit} */ frame) => writer.write(encodeFrame(frame, { sender: 'server' }))
  const giveUp = () => void Promise.allSettled([messages.cancel(), writer.abort()])

  let timer = setTimeout(giveUp, idle)
  try {
    for (let next = await messages.read(); !next.done; next = await messages.read()) {
      const message = next.value
      if (message.type === 'text') await send({ opcode: Opcode.Text, payload: message.data })
      else if (message.type === 'binary') await send({ opcode: Opcode.Binary, payload: message.data })
      else if (message.type === 'ping') await send({ opcode: Opcode.Pong, payload: message.data })
      else if (message.type === 'close') await send({ opcode: Opcode.Close, payload: replyToClose(message) })
      clearTimeout(timer)
      timer = setTimeout(giveUp, idle)
    }
  } catch (error) {
    onError(error)
    const payload = replyToError(error)
    if (payload !== null) await send({ opcode: Opcode.Close, payload }).catch(() => {})
  }
  clearTimeout(timer)

  // Ends our direction only, and discards the rest: giving up at once could keep the peer from reading our Close.
  const late = AbortSignal.timeout(linger)
  late.addEventListener('abort', giveUp)
  const discarded = readable.locked ? messages.cancel() : readable.pipeTo(new WritableStream(), { signal: late })
  const ended = connection.closeWrite === undefined ? writer.close() : connection.closeWrite()
  await Promise.allSettled([ended, discarded])
  late.removeEventListener('abort', giveUp)
}
