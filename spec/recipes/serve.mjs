/**
 * A server of one recipe, without an opening handshake: frames from the first byte on. Prints its port, and ends when its input does.
 *
 *   node spec/recipes/serve.mjs RECIPE
 */
import { createServer } from 'node:net'
import { Duplex } from 'node:stream'
import { inflateRawSync } from 'node:zlib'
import * as iterator from '../examples/recipes/async-echo.mjs'
import * as bun from '../examples/recipes/bun-socket.mjs'
import * as handler from '../examples/recipes/data-handler.mjs'
import { inflated } from '../examples/recipes/decompression-stream.mjs'
import { createInflate } from '../examples/recipes/inflate.mjs'
import * as web from '../examples/recipes/web-echo.mjs'

/** @typedef {import('node:net').Socket} Socket */
/** @typedef {NonNullable<import('websocket-frames').MessageReaderOptions['inflate']>} Inflate */

/** Milliseconds: short, since the peers wait for them to pass. */
const options = { idle: 1500, linger: 500, onError: () => {} }
const extensions = { permessageDeflate: true }
const MAX_MESSAGE_LENGTH = 2 ** 24

/** The types of Node.js and of the DOM describe the same streams in different words. */
function webStreamsOf(/** @type {Socket} */ socket) {
  const streams = /** @type {unknown} */ (Duplex.toWeb(socket))
  return /** @type {{ readable: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array> }} */ (streams)
}

/** @param {() => Inflate} create */
function inflatingBy(create) {
  return (/** @type {Socket} */ socket) =>
    iterator.echo(socket, iterator.clientMessagesOf(socket, { extensions, inflate: create() }), options)
}

/** @type {Record<string, (socket: Socket) => unknown>} */
const recipes = {
  'data-handler': (socket) => handler.echo(socket, options),
  'async-iterator': (socket) => iterator.echo(socket, iterator.clientMessagesOf(socket), options),
  'web-streams': (socket) => web.echo(webStreamsOf(socket), options),
  'inflate at once': inflatingBy(() => (data, maxLength) => inflateRawSync(data, { maxOutputLength: maxLength })),
  inflate: inflatingBy(() => createInflate({ contextTakeover: true })),
  'decompression-stream': (socket) =>
    iterator.echo(socket, inflated(iterator.clientMessagesOf(socket, { extensions }), MAX_MESSAGE_LENGTH), options),
}

const name = process.argv[2] ?? ''
if (name === 'Deno.Conn') await serveByDeno()
else if (name === 'Bun.listen') serveByBun()
else serveByNode(recipes[name])
process.stdin.on('end', () => process.exit()).resume()

/** @param {((socket: Socket) => unknown) | undefined} recipe */
function serveByNode(recipe) {
  if (recipe === undefined) throw new Error(`no such recipe: ${name}`)
  // Half-open sockets are those that node:http hands over at an upgrade.
  const server = createServer({ allowHalfOpen: true }, recipe)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    console.log(typeof address === 'object' ? address?.port : address)
  })
}

/**
 * @typedef {{ accept: () => Promise<import('../examples/recipes/web-echo.mjs').Connection>, addr: { port: number } }} Listener
 */
async function serveByDeno() {
  const { Deno } = /** @type {{ Deno: { listen: (options: object) => Listener } }} */ (/** @type {unknown} */ (globalThis))
  const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 })
  console.log(listener.addr.port)
  void (async () => {
    for (;;) {
      try {
        void web.echo(await listener.accept(), options)
      } catch {
        // Reset by its client before it was accepted, which would end a loop over the listener.
      }
    }
  })()
}

function serveByBun() {
  const { Bun } = /** @type {{ Bun: { listen: (options: object) => { port: number } } }} */ (/** @type {unknown} */ (globalThis))
  const { port } = Bun.listen({ hostname: '127.0.0.1', port: 0, allowHalfOpen: true, socket: bun.echo(options) })
  console.log(port)
}
