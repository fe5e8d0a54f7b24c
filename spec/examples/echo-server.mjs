/**
 * A WebSocket server that sends every message back.
 *
 *   node spec/examples/echo-server.mjs [--port NUMBER] [--deflate]
 */
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { acceptUpgrade } from './handshake.mjs'
import { serve, upgradeRequired } from './serve.mjs'

/**
 * @param {object} [options]
 * @param {number} [options.port] 0, the default, for any that is free
 * @param {boolean | import('./permessage-deflate.mjs').DeflateOptions} [options.deflate] accept permessage-deflate
 * @param {number} [options.maxMessageLength] in bytes
 * @param {number} [options.fragment] the longest payload of a frame sent, in bytes
 * @param {(error: unknown) => void} [options.onError] told how connections failed
 */
export function startEchoServer({ port = 0, fragment = Infinity, onError = () => {}, ...options } = {}) {
  return serve(port, upgradeRequired, (request, socket, head) => {
    const connection = acceptUpgrade(request, socket, head, options)
    if (connection !== null) void echo(connection, fragment).then(() => connection.error !== null && onError(connection.error))
  })
}

/**
 * @param {import('./connection.mjs').Connection} connection
 * @param {number} fragment
 */
async function echo(connection, fragment) {
  for await (const message of connection) {
    // The next message is not read before the socket has taken this one: a peer that does not read cannot fill our memory.
    if (message.type === 'text' || message.type === 'binary') await connection.send(message.data, { fragment })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, deflate: { type: 'boolean', default: false } } })
  // Of `deflate-data` it shows the cause too, which may be a bug of our own.
  const onError = (/** @type {unknown} */ error) => console.error(error)
  const { url } = await startEchoServer({ port: Number(values.port), deflate: values.deflate, onError })
  console.log(`listening on ${url}`)
}
