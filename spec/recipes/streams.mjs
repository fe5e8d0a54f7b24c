/**
 * The recipes for streams and iterators, in any runtime, without sockets: order, backpressure, and what becomes of the source.
 * Prints what it saw, as JSON.
 *
 *   node spec/recipes/streams.mjs
 */
import { messagesOf } from '../examples/recipes/async-iterator.mjs'
import { messageStream } from '../examples/recipes/web-streams.mjs'

/** @param {string} hex */
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (octet) => parseInt(octet, 16))

const cut = (/** @type {string} */ hex, /** @type {number} */ length) =>
  Array.from({ length: Math.ceil(hex.length / 2 / length) }, (_, i) => hex.slice(2 * i * length, 2 * (i + 1) * length))

/** The texts a, b and c. */
const abc = '810161 810162 810163'.replaceAll(' ', '')

/** @type {Record<string, string[]>} */
const conversations = {
  'three messages and a violation in one chunk': [`${abc}83`],
  'the same, byte by byte': cut(`${abc}8300`, 1),
  'a Close in the middle of a chunk': [abc, `${abc}88008300`, '83'],
  'the end inside a frame': [abc, '8105'],
  'the end between frames': [abc],
  'nothing': [],
}

/** Each way gives the messages one by one, and says how many chunks have been read when each one is there. */
const ways = {
  async *iterator(/** @type {string[]} */ chunks) {
    let read = 0
    async function* source() {
      for (const chunk of chunks) {
        read++
        yield bytesOf(chunk)
      }
    }
    for await (const message of messagesOf(source(), { ownsChunks: true })) yield { message, read: () => read }
  },
  async *stream(/** @type {string[]} */ chunks) {
    let read = 0
    const source = new ReadableStream(
      {
        pull(controller) {
          const chunk = chunks[read]
          if (chunk === undefined) return controller.close()
          read++
          controller.enqueue(bytesOf(chunk))
        },
      },
      { highWaterMark: 0 },
    )
    const messages = messageStream(source, { ownsChunks: true }).getReader()
    for (let next = await messages.read(); !next.done; next = await messages.read()) yield { message: next.value, read: () => read }
    if (source.locked) throw new Error('the source is still locked')
  },
}

/** @type {Record<string, Record<string, { seen: string[], read: number[], error: string | null }>>} */
const report = {}
for (const [way, read] of Object.entries(ways)) {
  report[way] = {}
  for (const [name, chunks] of Object.entries(conversations)) {
    const result = { seen: /** @type {string[]} */ ([]), read: /** @type {number[]} */ ([]), error: /** @type {string | null} */ (null) }
    try {
      for await (const { message, read: count } of read(chunks)) {
        // Time for whoever reads ahead.
        await new Promise((resolve) => setTimeout(resolve, 1))
        result.seen.push(message.type === 'text' ? message.data : message.type)
        result.read.push(count())
      }
    } catch (error) {
      result.error = /** @type {{ rule?: string }} */ (error).rule ?? String(error)
    }
    report[way][name] = result
  }
}
console.log(JSON.stringify(report))
