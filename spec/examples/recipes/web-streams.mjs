import { MessageReader } from 'websocket-frames'

/**
 * Reads messages from a stream of chunks. Messages keep their order, and the stream fails after you have read the messages before
 * the error: it never queues any. (A `TransformStream` drops the messages in its queue when it fails.) It reads a chunk only when you
 * wait for a message.
 *
 * @param {ReadableStream<Uint8Array>} chunks locked until the messages end or fail; then you can cancel it, or read on
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
