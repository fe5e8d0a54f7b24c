import { MessageReader } from 'websocket-frames'

/**
 * Reads messages from anything that yields chunks: a socket, a file, the body of a response. Messages keep their order. An error is
 * thrown after the messages before it. The next chunk is not read before you have taken the messages of the last.
 *
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {import('websocket-frames').MessageReaderOptions} [options]
 */
export async function* messagesOf(chunks, options) {
  const reader = new MessageReader(options)
  for await (const chunk of chunks) {
    yield* reader.push(chunk)
    if (reader.closed) return
  }
  reader.end()
}
