/**
 * The opening handshake (RFC 6455, section 4) on top of node:http.
 */
import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { Connection } from './connection.mjs'
import { acceptDeflate, agreeDeflate, offerDeflate } from './permessage-deflate.mjs'

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */
/** @typedef {import('./permessage-deflate.mjs').DeflateOptions} DeflateOptions */

const VERSION = '13'

/** @param {string} key the Sec-WebSocket-Key */
export function acceptKeyOf(key) {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/**
 * The server's side.
 *
 * @param {IncomingMessage} request
 * @param {import('node:stream').Duplex} socket
 * @param {Buffer} head what came after the request
 * @param {object} options
 * @param {boolean | DeflateOptions} [options.deflate] accept permessage-deflate if it is offered
 * @param {number} [options.maxMessageLength] in bytes
 * @returns {Connection | null} null if the request is no opening handshake, which it has then been told
 */
export function acceptUpgrade(request, socket, head, { deflate = false, ...options }) {
  const key = request.headers['sec-websocket-key'] ?? ''
  if (request.method !== 'GET') return refuse(socket, '405 Method Not Allowed', 'Allow: GET')
  if (!mayBeUpgraded(request)) return refuse(socket, '400 Bad Request')
  if (request.headers['sec-websocket-version'] !== VERSION) {
    return refuse(socket, '426 Upgrade Required', `Sec-WebSocket-Version: ${VERSION}`)
  }
  if (Buffer.from(key, 'base64').toString('base64') !== key || key.length !== 24) return refuse(socket, '400 Bad Request')

  const wanted = optionsOf(deflate)
  const accepted = wanted === null ? null : acceptDeflate(request.headers['sec-websocket-extensions'] ?? '', wanted)
  const lines = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${acceptKeyOf(key)}`]
  if (accepted !== null) lines.push(`Sec-WebSocket-Extensions: ${accepted.answer}`)
  socket.write(responseOf('101 Switching Protocols', lines))
  socket.unshift(head)
  return new Connection(socket, { role: 'server', deflate: accepted?.agreement ?? null, ...options })
}

/**
 * The client's side.
 *
 * @param {string | URL} url ws://...
 * @param {object} [options]
 * @param {boolean | DeflateOptions} [options.deflate] offer permessage-deflate
 * @param {number} [options.maxMessageLength] in bytes
 * @returns {Promise<Connection>}
 */
export async function connect(url, { deflate = false, ...options } = {}) {
  const wanted = optionsOf(deflate)
  const key = randomBytes(16).toString('base64')
  const { pathname, search } = new URL(url)
  return new Promise((resolve, reject) => {
    httpRequest({
      ...addressOf(url),
      path: pathname + search,
      headers: {
        Upgrade: 'websocket',
        Connection: 'Upgrade',
        'Sec-WebSocket-Key': key,
        'Sec-WebSocket-Version': VERSION,
        ...(wanted === null ? {} : { 'Sec-WebSocket-Extensions': offerDeflate(wanted) }),
      },
    })
      .on('error', reject)
      .on('response', (response) => {
        response.destroy()
        reject(new Error(`no WebSocket here: ${response.statusCode} ${response.statusMessage}`))
      })
      .on('upgrade', (response, socket, head) => {
        const { 'sec-websocket-accept': acceptKey, 'sec-websocket-extensions': extensions } = response.headers
        const isAnswer = upgradesToWebSocket(response) && acceptKey === acceptKeyOf(key)
        const hasProtocol = response.headers['sec-websocket-protocol'] !== undefined
        const agreement = wanted === null || extensions === undefined ? null : agreeDeflate(extensions, wanted)
        if (!isAnswer || hasProtocol || (extensions !== undefined && agreement === null)) {
          socket.destroy()
          reject(new Error('the server answered what it was not asked'))
          return
        }
        socket.unshift(head)
        resolve(new Connection(socket, { role: 'client', deflate: agreement, ...options }))
      })
      .end()
  })
}

/**
 * Where to connect to.
 *
 * @param {string | URL} url ws://...
 */
export function addressOf(url) {
  const { hostname, port } = new URL(url)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port) }
}

/**
 * Answers a request to upgrade with something else.
 *
 * @param {import('node:stream').Duplex} socket
 * @param {string} status
 * @param {string[]} lines
 */
export function refuse(socket, status, ...lines) {
  socket.on('error', () => socket.destroy())
  socket.end(responseOf(status, ['Connection: close', 'Content-Length: 0', ...lines]), () => socket.destroy())
  return null
}

/**
 * @param {string} status
 * @param {string[]} lines
 */
export function responseOf(status, lines) {
  return `HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n`
}

/** @param {string} header */
function listOf(header) {
  return header.split(',').map((item) => item.trim())
}

/**
 * Whether the request line and the headers of every HTTP request are those of an opening handshake.
 *
 * @param {IncomingMessage} request
 */
export function mayBeUpgraded(request) {
  return request.httpVersion === '1.1' && request.headers.host !== undefined && upgradesToWebSocket(request)
}

/** @param {IncomingMessage} message */
function upgradesToWebSocket({ headers: { upgrade = '' } }) {
  return listOf(upgrade.toLowerCase()).includes('websocket')
}

/**
 * @param {boolean | DeflateOptions} deflate
 * @returns {DeflateOptions | null}
 */
function optionsOf(deflate) {
  if (typeof deflate === 'boolean') return deflate ? {} : null
  return deflate
}
