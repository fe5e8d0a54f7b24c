/**
 * A chat: everybody who opens a page of it sees what the others on the same page write. The path is the room.
 *
 *   node spec/examples/chat-server.mjs [--port NUMBER]
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { CloseCode } from 'websocket-frames'
import { acceptUpgrade, refuse } from './handshake.mjs'
import { serve } from './serve.mjs'

/** @typedef {import('./connection.mjs').Connection} Connection */

const page = readFileSync(new URL('chat.html', import.meta.url))

/** Bytes. Who has not taken that much of what others wrote is dropped, instead of being waited for. */
const MAX_UNSENT = 2 ** 20
const MAX_MESSAGE_LENGTH = 2 ** 16

/**
 * @param {object} [options]
 * @param {number} [options.port] 0, the default, for any that is free
 */
export async function startChatServer({ port = 0 } = {}) {
  /** @type {Map<string, Set<Connection>>} */
  const rooms = new Map()
  let guests = 0

  /**
   * @param {Connection} connection
   * @param {string} path
   */
  async function join(connection, path) {
    const name = `guest ${++guests}`
    const room = rooms.get(path) ?? new Set()
    rooms.set(path, room)
    broadcast(room, `${name} joined`)
    room.add(connection)
    void connection.send(`Welcome, ${name}!`)

    for await (const message of connection) {
      if (message.type === 'binary') void connection.close(CloseCode.UnsupportedData, 'this chat is text')
      if (message.type === 'text' && room.has(connection)) {
        if (message.data === 'quit') void connection.close(CloseCode.NormalClosure, 'quit')
        else broadcast(room, `${name}: ${message.data}`)
      }
      // Not only when the loop ends: the client may take its time to end the connection.
      if (!connection.isOpen) leave()
    }
    leave()

    function leave() {
      if (!room.delete(connection)) return
      if (room.size === 0) rooms.delete(path)
      broadcast(room, `${name} left`)
    }
  }

  const { url, ...running } = await serve(
    port,
    (_request, response) => response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page),
    (request, socket, head) => {
      // A page of another site must not speak for who visits it (RFC 6455, section 10.2).
      const { origin, host } = request.headers
      if (origin !== undefined && origin !== `http://${host}`) {
        refuse(socket, '403 Forbidden')
        return
      }
      const connection = acceptUpgrade(request, socket, head, { maxMessageLength: MAX_MESSAGE_LENGTH })
      if (connection !== null) void join(connection, request.url ?? '/')
    },
  )
  return { ...running, url, pageUrl: url.replace('ws:', 'http:') }
}

/**
 * Nobody is waited for: what a slow client has not taken waits in its own socket, up to a limit.
 *
 * @param {Set<Connection>} room
 * @param {string} text
 */
function broadcast(room, text) {
  for (const connection of room) {
    if (connection.unsentLength > MAX_UNSENT) connection.destroy()
    else void connection.send(text)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
  const { pageUrl } = await startChatServer({ port: Number(values.port) })
  console.log(`open ${pageUrl}`)
}
