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
  nothing: [],
}

/** How many chunks of the source have been read. */
let read = 0

const ways = {
  async *iterator(/** @type {string[]} */ chunks) {
    async function* source() {
      for (const chunk of chunks) {
        read++
        yield bytesOf(chunk)
      }
    }
    yield* messagesOf(source(), { ownsChunks: true })
  },
  async *stream(/** @type {string[]} */ chunks) {
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
    for (let next = await messages.read(); !next.done; next = await messages.read()) yield next.value
    if (source.locked) throw new Error('the source is still locked')
  },
}

/**
 * @typedef {object} Result
 * @property {string[]} seen the messages
 * @property {number[]} read how many chunks had been read at each
 * @property {number} total how many at the end
 * @property {string | null} error
 */
/** @type {Record<string, Record<string, Result>>} */
const report = {}
for (const [way, messagesFrom] of Object.entries(ways)) {
  report[way] = {}
  for (const [name, chunks] of Object.entries(conversations)) {
    read = 0
    /** @type {Result} */
    const result = { seen: [], read: [], total: 0, error: null }
    try {
      for await (const message of messagesFrom(chunks)) {
        // Time for whoever reads ahead.
        await new Promise((resolve) => setTimeout(resolve, 1))
        result.seen.push(message.type === 'text' ? message.data : message.type)
        result.read.push(read)
      }
    } catch (error) {
      result.error = /** @type {{ rule?: string }} */ (error).rule ?? String(error)
    }
    report[way][name] = { ...result, total: read }
  }
}
console.log(JSON.stringify(report))
