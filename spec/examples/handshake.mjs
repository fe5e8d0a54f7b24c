/**
 * The opening handshake (RFC 6455, section 4) on top of node:http, and the negotiation of permessage-deflate without context
 * takeover (RFC 7692, section 7.1): each message is then compressed by itself.
 */
import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { Connection } from './connection.mjs'

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */
/** @typedef {import('./connection.mjs').Deflate} Deflate */

const VERSION = '13'
const NO_CONTEXT_TAKEOVER = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'

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
 * @param {boolean} [options.deflate] accept permessage-deflate if it is offered
 * @param {number} [options.maxMessageLength] in bytes
 * @returns {Connection | null} null if the request is no opening handshake, which it has then been told
 */
export function acceptUpgrade(request, socket, head, { deflate: mayDeflate = false, ...options }) {
  const key = request.headers['sec-websocket-key'] ?? ''
  if (request.method !== 'GET') return refuse(socket, '405 Method Not Allowed', 'Allow: GET')
  if (!mayBeUpgraded(request)) return refuse(socket, '400 Bad Request')
  if (request.headers['sec-websocket-version'] !== VERSION) {
    return refuse(socket, '426 Upgrade Required', `Sec-WebSocket-Version: ${VERSION}`)
  }
  if (Buffer.from(key, 'base64').toString('base64') !== key || key.length !== 24) return refuse(socket, '400 Bad Request')

  const deflate = mayDeflate ? acceptDeflate(request.headers['sec-websocket-extensions'] ?? '') : null
  const lines = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${acceptKeyOf(key)}`]
  if (deflate !== null) lines.push(`Sec-WebSocket-Extensions: ${deflate.extension}`)
  socket.write(responseOf('101 Switching Protocols', lines))
  socket.unshift(head)
  return new Connection(socket, { role: 'server', deflate, ...options })
}

/**
 * The client's side.
 *
 * @param {string | URL} url ws://...
 * @param {object} [options]
 * @param {boolean} [options.deflate] offer permessage-deflate
 * @param {number} [options.maxMessageLength] in bytes
 * @returns {Promise<Connection>}
 */
export function connect(url, { deflate: mayDeflate = false, ...options } = {}) {
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
        ...(mayDeflate ? { 'Sec-WebSocket-Extensions': NO_CONTEXT_TAKEOVER } : {}),
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
        const deflate = mayDeflate && extensions !== undefined ? agreedDeflate(extensions) : null
        if (!isAnswer || hasProtocol || (extensions !== undefined && deflate === null)) {
          socket.destroy()
          reject(new Error('the server answered what it was not asked'))
          return
        }
        socket.unshift(head)
        resolve(new Connection(socket, { role: 'client', deflate, ...options }))
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

/** The parameters of permessage-deflate and the values that they may have; none is the empty one (RFC 7692, section 7.1). */
const values = new Map([
  ['server_no_context_takeover', /^$/],
  ['client_no_context_takeover', /^$/],
  ['server_max_window_bits', /^([89]|1[0-5])$/],
  ['client_max_window_bits', /^([89]|1[0-5])?$/],
])

/**
 * @param {string} extension
 * @returns {Map<string, string> | null} the parameters; null if it is not permessage-deflate, or not as it must be
 */
function parseDeflate(extension) {
  const [name, ...rest] = extension.split(';').map((part) => part.trim())
  /** @type {Map<string, string>} */
  const parameters = new Map()
  for (const part of rest) {
    const [parameter = '', value = ''] = part.split(/\s*=\s*/)
    const unquoted = value.replace(/^"(.*)"$/, '$1')
    if (values.get(parameter)?.test(unquoted) !== true || parameters.has(parameter)) return null
    parameters.set(parameter, unquoted)
  }
  return name === 'permessage-deflate' ? parameters : null
}

/**
 * The answer to the first offer of permessage-deflate that can be met.
 *
 * @param {string} header
 * @returns {(Deflate & { extension: string }) | null}
 */
function acceptDeflate(header) {
  for (const parameters of listOf(header).map(parseDeflate)) {
    const windowBits = parameters?.get('server_max_window_bits')
    // zlib has no raw DEFLATE with a window of 8 bits.
    if (parameters === null || windowBits === '8') continue
    const extension = windowBits === undefined ? '' : `; server_max_window_bits=${windowBits}`
    return { windowBits: Number(windowBits ?? 15), extension: NO_CONTEXT_TAKEOVER + extension }
  }
  return null
}

/**
 * What the server has made of our offer; null if it is no answer to it.
 *
 * @param {string} header
 * @returns {Deflate | null}
 */
function agreedDeflate(header) {
  const parameters = parseDeflate(header)
  // We have not offered that our window can be limited.
  const isAnswer = parameters?.has('server_no_context_takeover') && !parameters.has('client_max_window_bits')
  return isAnswer ? { windowBits: 15 } : null
}
