/**
 * Peers that do what no library would: plain sockets and hex, with an opening handshake written by hand. Nothing here
 * uses the codec, so that it cannot make the same mistake on both ends.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'

/** The example of RFC 6455, section 1.3. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

const END_OF_HEAD = '\r\n\r\n'

/** Milliseconds; whatever takes longer has failed. */
const LIMIT = 20_000

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {string | (() => string)} what is waited for
 * @param {number} [limit] in milliseconds
 * @returns {Promise<T>}
 */
export async function inTime(promise, what, limit = LIMIT) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  const late = new Promise((_, reject) => {
    const text = () => (typeof what === 'string' ? what : what())
    timer = setTimeout(() => reject(new Error(`not within ${limit} ms: ${text()}`)), limit)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** One end of a TCP connection, and what has come on it. */
export class RawPeer {
  /** What has come and has not been taken. */
  received = Buffer.alloc(0)
  hasEnded = false
  /** What broke the connection, if something did. */
  error = /** @type {Error | null} */ (null)
  #wake = () => {}

  /** @param {net.Socket} socket */
  constructor(socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk])
      this.#wake()
    })
    socket.on('error', (error) => {
      this.error = error
    })
    /** When the other end has ended its direction of the connection. */
    this.ended = new Promise((resolve) => {
      socket.once('end', resolve).once('close', resolve)
    }).then(() => {
      this.hasEnded = true
      this.#wake()
    })
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve(undefined))
    })
  }

  /** @param {Uint8Array | string} data a string is ASCII */
  write(data) {
    this.socket.write(data)
  }

  /**
   * Takes what has come, once that is enough.
   *
   * @param {(received: Buffer) => number} lengthOf how many bytes to take, 0 if more are needed
   */
  async take(lengthOf) {
    for (;;) {
      const length = lengthOf(this.received)
      if (length > 0) {
        const taken = this.received.subarray(0, length)
        this.received = this.received.subarray(length)
        return taken
      }
      if (this.hasEnded) throw new Error(`the connection has ended, after ${this.received.toString('hex')}`)
      const more = new Promise((resolve) => {
        this.#wake = () => resolve(undefined)
      })
      await inTime(more, `more than ${this.received.toString('hex', 0, 300)}`)
    }
  }

  /** @param {number} count */
  async takeHex(count) {
    return (await this.take(({ length }) => (length >= count ? count : 0))).toString('hex')
  }

  /**
   * The head of an HTTP request or response: its first line, and headers with lower-case names.
   *
   * @returns {Promise<{ start: string, headers: Record<string, string> }>}
   */
  async takeHead() {
    const head = await this.take((received) => {
      const end = received.indexOf(END_OF_HEAD)
      return end < 0 ? 0 : end + END_OF_HEAD.length
    })
    const [start = '', ...lines] = head.toString('latin1').trimEnd().split('\r\n')
    const pairs = lines.map((line) => /^([^:]*): *(.*?) *$/.exec(line) ?? ['', line, ''])
    return { start, headers: Object.fromEntries(pairs.map(([, name, value]) => [name.toLowerCase(), value])) }
  }

  /** All that comes until the other end ends its direction of the connection, in hex. */
  async takeRest() {
    await inTime(this.ended, 'the end of the TCP connection')
    return this.received.toString('hex')
  }
}

/**
 * @param {string} url
 * @param {net.NetConnectOpts} [options]
 */
export async function connectRaw(url, options = {}) {
  const { port, hostname } = new URL(url)
  const socket = net.connect({ port: Number(port), host: hostname, ...options })
  const peer = new RawPeer(socket)
  await inTime(once(socket, 'connect'), `a connection to ${url}`)
  return peer
}

/**
 * The lines of a request that opens a WebSocket connection.
 *
 * @param {string} url
 * @param {Record<string, string | null>} [changed] headers to send instead, or none at all
 * @param {string} [method]
 * @param {string} [version] of HTTP
 */
export function openingRequest(url, changed = {}, method = 'GET', version = '1.1') {
  const { host, pathname } = new URL(url)
  const headers = {
    Host: host,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': KEY,
    'Sec-WebSocket-Version': '13',
    ...changed,
  }
  return headOf(`${method} ${pathname} HTTP/${version}`, headers)
}

/**
 * @param {string} start
 * @param {Record<string, string | null>} headers
 */
function headOf(start, headers) {
  const present = Object.entries(headers).filter(([, value]) => value !== null)
  return [start, ...present.map(([name, value]) => `${name}: ${value}`)].join('\r\n') + END_OF_HEAD
}

/**
 * A client whose opening handshake is done.
 *
 * @param {string} url
 * @param {{ deflate?: boolean, connect?: net.NetConnectOpts }} [options]
 */
export async function openRaw(url, { deflate = false, connect = {} } = {}) {
  const peer = await connectRaw(url, connect)
  peer.write(openingRequest(url, deflate ? { 'Sec-WebSocket-Extensions': 'permessage-deflate' } : {}))
  const { start, headers } = await peer.takeHead()
  const isAccepted = start.startsWith('HTTP/1.1 101 ') && headers['sec-websocket-accept'] === ACCEPT
  if (!isAccepted) throw new Error(`the answer was ${start}`)
  return peer
}

/**
 * A server that plays its part by hand with each client.
 *
 * @param {(peer: RawPeer, key: string) => Promise<void> | void} onRequest once the head of a request has come
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startRawServer(onRequest) {
  /** @type {Set<net.Socket>} */
  const sockets = new Set()
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    const peer = new RawPeer(socket)
    void peer.takeHead().then(({ headers }) => onRequest(peer, headers['sec-websocket-key'] ?? ''))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `ws://127.0.0.1:${server.address().port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** @param {string} key */
export function acceptKeyOf(key) {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/**
 * The answer that opens a connection.
 *
 * @param {string} key of the request
 * @param {Record<string, string | null>} [changed] headers to send instead, or none at all
 */
export function openingResponse(key, changed = {}) {
  const headers = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': acceptKeyOf(key), ...changed }
  return headOf('HTTP/1.1 101 Switching Protocols', headers)
}

/**
 * A frame, right or wrong.
 *
 * @param {string} header in hex, with the MASK bit clear
 * @param {string | Uint8Array} [payload] a string is encoded as UTF-8
 * @param {string | null} [maskingKey] in hex; sets the MASK bit
 */
export function frame(header, payload = '', maskingKey = null) {
  const head = Buffer.from(header.replaceAll(' ', ''), 'hex')
  const data = Buffer.from(payload)
  if (maskingKey === null) return Buffer.concat([head, data])
  head[1] |= 0x80
  return Buffer.concat([head, Buffer.from(maskingKey, 'hex'), masked(data, maskingKey)])
}

/**
 * @param {Buffer} data
 * @param {string} maskingKey in hex
 */
export function masked(data, maskingKey) {
  const key = Buffer.from(maskingKey, 'hex')
  return Buffer.from(data.map((octet, i) => octet ^ key[i % 4]))
}

/**
 * The Close frame that answers a violation: its code, and the rule as the reason.
 *
 * @param {number} code
 * @param {string} reason
 */
export function closeFrame(code, reason) {
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])
  return frame(`88 ${payload.length.toString(16).padStart(2, '0')}`, payload)
}
