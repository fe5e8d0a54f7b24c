/**
 * The servers that are not of this package. They echo or, if their script has a close, ping each client and close.
 */
import { once } from 'node:events'
import { WebSocketServer } from 'ws'
import { python } from '../tools.mjs'
import { sendInFragments } from './clients.mjs'
import { startPythonServer } from './python.mjs'

/**
 * @typedef {import('../page/websocket-client.mjs').Script} Script
 *
 * @typedef {object} PeerServer
 * @property {string} url
 * @property {() => Promise<{ code: number, reason: string }>} nextClose what the next client to end has sent
 * @property {() => Promise<void>} close
 */

/** @type {{ name: string, missing: string | null, start: (script: Script) => Promise<PeerServer> }[]} */
export const servers = [
  { name: 'ws', missing: null, start: startWsServer },
  { name: 'Python websockets', missing: python.missing, start: startPythonServer },
]

/**
 * @param {Script} script
 * @returns {Promise<PeerServer>}
 */
async function startWsServer({ deflate = false, fragment = Infinity, pings = [], close }) {
  const {
    server_no_context_takeover: serverNoContextTakeover,
    client_no_context_takeover: clientNoContextTakeover,
    server_max_window_bits: serverMaxWindowBits,
    client_max_window_bits: clientMaxWindowBits,
  } = Object(deflate)
  const parameters = { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits }
  const perMessageDeflate = deflate !== false && { threshold: 0, ...parameters }
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate })
  await once(server, 'listening')
  /** @type {TransformStream<{ code: number, reason: string }>} */
  const closes = new TransformStream()
  const writer = closes.writable.getWriter()
  const reader = closes.readable.getReader()
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => sendInFragments(socket, isBinary ? data : data.toString(), fragment))
    socket.on('close', (code, reason) => void writer.write({ code, reason: reason.toString() }))
    if (close) void pingAndClose(socket, pings, close)
  })
  return {
    url: `ws://127.0.0.1:${server.address().port}/`,
    nextClose: async () => (await reader.read()).value,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of server.clients) socket.terminate()
      }),
  }
}

/**
 * @param {import('ws').WebSocket} socket
 * @param {string[]} pings
 * @param {{ code: number, reason: string }} close
 */
async function pingAndClose(socket, pings, { code, reason }) {
  for (const ping of pings) {
    socket.ping(Buffer.from(ping, 'hex'))
    const [answer] = await once(socket, 'pong')
    if (answer.toString('hex') !== ping) return socket.close(1002, `pong ${answer.toString('hex')}`)
  }
  socket.close(code, reason)
}
