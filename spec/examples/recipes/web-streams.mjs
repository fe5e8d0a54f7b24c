import { MessageReader, Opcode, encodeFrame } from 'websocket-frames'
import { replyToClose, replyToError } from './close.mjs'

/**
 * Reads messages from a stream of chunks. An error comes after all messages before it: nothing is ever queued, since a stream that
 * fails drops its queue, as that of a `TransformStream` would. Backpressure is that of whoever reads.
 *
 * @param {ReadableStream<Uint8Array>} chunks is unlocked at the end, and may be cancelled then, or read on
 * @param {import('websocket-frames').MessageReaderOptions} [options]
 * @returns {ReadableStream<import('websocket-frames').Message>}
 */
export function messageStream(chunks, options) {
  const source = chunks.getReader()
  const reader = new MessageReader(options)

  async function next() {
    for (;;) {
      const message = reader.read()
      if (message !== null || reader.closed) return message
      const { done, value } = await source.read()
      if (done) {
        reader.end()
        return null
      }
      reader.push(value)
    }
  }

  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const message = await next()
          if (message !== null) return controller.enqueue(message)
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        source.releaseLock()
      },
      cancel: (reason) => source.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/**
 * Replies to the messages of a client.
 *
 * @param {{ readable: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array> }} connection after the opening handshake
 * @param {{ idle?: number, linger?: number }} [limits] milliseconds without a message; and for the peer to end after our Close
 */
export async function echo({ readable, writable }, { idle = 60_000, linger = 5_000 } = {}) {
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
    const payload = replyToError(error)
    if (payload !== null) send({ opcode: Opcode.Close, payload }).catch(() => {})
  }
  clearTimeout(timer)

  // Ends our direction only, and discards the rest: giving up at once could keep the peer from reading our Close.
  const late = AbortSignal.timeout(linger)
  late.addEventListener('abort', giveUp)
  const discarded = readable.locked ? messages.cancel() : readable.pipeTo(new WritableStream(), { signal: late })
  await Promise.allSettled([writer.close(), discarded])
  late.removeEventListener('abort', giveUp)
}
