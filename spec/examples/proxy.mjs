/**
 * Forwards WebSocket connections to another server, frame by frame: payloads are unmasked on the way in, and what goes on to
 * the server is masked with a fresh key. Long frames go on in fragments as they arrive, so memory does not depend on them.
 *
 *   node spec/examples/proxy.mjs [--port NUMBER] ws://HOST:PORT/
 */
import { request as httpRequest } from 'node:http'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { CloseCode, FrameReader, ProtocolError } from 'websocket-frames'
import { FrameSocket } from './frame-socket.mjs'
import { addressOf, mayBeUpgraded, refuse, responseOf } from './handshake.mjs'
import { serve, upgradeRequired } from './serve.mjs'

/** @typedef {import('node:http').IncomingHttpHeaders} Headers */

/** Bytes: a frame with a longer payload is not held. */
const STREAM_ABOVE = 2 ** 14

/** @typedef {{ socket: import('node:stream').Duplex, reader: FrameReader, frames: FrameSocket }} Side */

/**
 * @param {object} options
 * @param {number} [options.port] 0, the default, for any that is free
 * @param {string} options.target ws://...
 */
export function startProxy({ port = 0, target }) {
  return serve(port, upgradeRequired, (upgrade, socket, head) => {
    if (!mayBeUpgraded(upgrade)) {
      refuse(socket, '400 Bad Request')
      return
    }
    const { method, url = '/', headers } = upgrade
    const request = httpRequest({ ...addressOf(target), method, path: url, headers: knownExtensions(headers) })
      .on('error', () => refuse(socket, '502 Bad Gateway'))
      .on('response', (response) => {
        response.destroy()
        refuse(socket, `${response.statusCode} ${response.statusMessage}`, ...linesOf(response.headers, /^(sec-websocket-|allow$)/))
      })
      .on('upgrade', (response, targetSocket, targetHead) => {
        socket.write(responseOf('101 Switching Protocols', linesOf(response.headers)))
        socket.unshift(head)
        targetSocket.unshift(targetHead)
        const extensions = { permessageDeflate: response.headers['sec-websocket-extensions'] !== undefined }
        const client = sideOf(socket, 'client', extensions)
        const server = sideOf(targetSocket, 'server', extensions)
        void forward(client, server)
        void forward(server, client)
      })
    socket.once('close', () => request.destroy())
    request.end()
  })
}

/**
 * @param {Side['socket']} socket
 * @param {'client' | 'server'} peer who is at the other end of the socket
 * @param {import('websocket-frames').Extensions} extensions
 * @returns {Side}
 */
function sideOf(socket, peer, extensions) {
  const options = { sender: peer, extensions, ownsChunks: true, maxPayloadLength: Infinity, streamAbove: STREAM_ABOVE }
  const role = peer === 'client' ? 'server' : 'client'
  return { socket, reader: new FrameReader(options), frames: new FrameSocket(socket, role, extensions) }
}

/**
 * @param {Side} from
 * @param {Side} to
 */
async function forward(from, to) {
  let hasFailed = false
  try {
    // By default, Node.js before 24 destroys the socket as soon as the peer has ended, with everything that it has not received.
    for await (const chunk of from.socket.iterator({ destroyOnReturn: false })) {
      if (hasFailed) continue
      try {
        // Nothing more is read before the other side has taken this.
        for (const frame of from.reader.push(chunk)) await to.frames.send(frame)
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        hasFailed = true
        await from.frames.close(error.closeCode, error.rule)
        from.frames.end()
        await to.frames.close(CloseCode.GoingAway, `the other side broke ${error.rule}`)
        to.frames.end()
      }
    }
  } catch {
    // A socket that failed ends both: the other side sees the connection end without a Close frame, as it did here.
    from.frames.destroy()
    to.frames.destroy()
  }
  to.frames.end()
}

/**
 * Extensions but one change what frames mean in ways unknown here, so they are not offered.
 *
 * @param {Headers} headers
 */
function knownExtensions({ 'sec-websocket-extensions': offers = '', ...headers }) {
  const known = offers.split(',').filter((offer) => /^\s*permessage-deflate\s*(;|$)/.test(offer))
  return known.length === 0 ? headers : { ...headers, 'sec-websocket-extensions': known.join() }
}

/**
 * @param {Headers} headers
 * @param {RegExp} names those wanted
 */
function linesOf(headers, names = /^/) {
  return Object.entries(headers).flatMap(([name, value]) => (names.test(name) ? [`${name}: ${value}`] : []))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { port: { type: 'string', default: '0' } } })
  const [target = ''] = positionals
  if (!URL.canParse(target)) {
    console.error('usage: proxy [--port NUMBER] ws://HOST:PORT/')
    process.exitCode = 2
  } else {
    const { url } = await startProxy({ port: Number(values.port), target })
    console.log(`listening on ${url}, forwarding to ${target}`)
  }
}
