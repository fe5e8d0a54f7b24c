import { MessageReader } from 'websocket-frames'

/**
 * Reads messages in order from anything that yields chunks, such as a socket or a response body. An error is thrown after the messages
 * before it. A chunk is read only after you have taken the messages of the last one.
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
