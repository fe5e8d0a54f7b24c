/**
 * What the example servers have in common: an HTTP server on the loopback interface that can be asked to upgrade.
 */
import { createServer } from 'node:http'

/**
 * @typedef {object} Running
 * @property {number} port
 * @property {string} url ws://...
 * @property {() => Promise<void>} close ends all connections at once
 */

/**
 * @param {number} port 0 for any that is free
 * @param {import('node:http').RequestListener} onRequest
 * @param {(request: import('node:http').IncomingMessage, socket: import('node:net').Socket, head: Buffer) => void} onUpgrade
 * @returns {Promise<Running>}
 */
export async function serve(port, onRequest, onUpgrade) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()
  const server = createServer(onRequest)
  server.on('upgrade', onUpgrade)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server.off('error', reject)))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    port: address.port,
    url: `ws://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** @type {import('node:http').RequestListener} */
export function upgradeRequired(_request, response) {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' }).end('This server speaks WebSocket.\n')
}
