/**
 * Peers of every kind, as plain sockets and hex: nothing here uses the codec.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { constants, deflateRawSync } from 'node:zlib'

const KEY = Buffer.from('37fa213d', 'hex')
const MIB = 2 ** 20

/** Milliseconds; whatever takes longer has failed. */
const LIMIT = 20_000

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {(socket: import('node:net').Socket) => unknown} play sends, and ends or not
 * @property {((recipe: string) => string) | null} answer in hex, all that comes back; null for a peer that does not read it
 */

/**
 * A frame of a client.
 *
 * @param {string} header in hex, with the MASK bit
 * @param {string | Uint8Array} [payload]
 */
export function frame(header, payload = '') {
  const masked = Buffer.from(payload)
  // A plain loop: while 17 MiB are masked, no other peer of this process can read its answer.
  for (let i = 0; i < masked.length; i++) masked[i] = (masked[i] ?? 0) ^ (KEY[i & 3] ?? 0)
  return Buffer.concat([Buffer.from(header.replaceAll(' ', ''), 'hex'), KEY, masked])
}

/**
 * @param {string} first byte of the header
 * @param {Uint8Array} payload
 */
function longFrame(first, payload) {
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(payload.length))
  return frame(`${first} ff ${length.toString('hex')}`, payload)
}

/**
 * The Close frame of a server, in hex.
 *
 * @param {number} code
 * @param {string} [reason]
 */
function close(code, reason = '') {
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])
  return Buffer.concat([Buffer.from([0x88, payload.length]), payload]).toString('hex')
}

const closing = frame('88 82', Uint8Array.of(0x03, 0xe8))
const closed = close(1000)
const conversation = Buffer.concat([frame('81 85', 'Hello'), frame('89 81', '?'), frame('8a 80'), frame('82 80'), closing])
const conversed = `810548656c6c6f8a013f8200${closed}`

/**
 * Writes until the other end has taken nothing for a while, and again and again after that: so a reset is noticed.
 *
 * @param {import('node:net').Socket} socket
 * @param {Buffer} bytes
 */
async function flood(socket, bytes) {
  socket.pause()
  let sent = 0
  while (!socket.destroyed && sent < 256 * MIB) {
    sent += bytes.length
    if (!socket.write(bytes)) await drainedOrClosed(socket)
  }
  if (!socket.destroyed) throw new Error(`${sent} bytes were taken, and what they are answered with is in memory`)
}

/** @param {import('node:net').Socket} socket */
async function drainedOrClosed(socket) {
  await new Promise((resolve) => {
    socket.once('drain', done).once('close', done)
    function done() {
      socket.off('drain', done).off('close', done)
      resolve(null)
    }
  })
}

/** Payloads of which a chunk holds several, and all together more than sockets hold. */
const several = Array.from({ length: 1000 }, (_, i) => Buffer.alloc(10_000, i))

/** @type {Peer[]} */
export const peers = [
  { name: 'behaves', play: (socket) => socket.end(conversation), answer: () => conversed },
  {
    name: 'sends byte by byte',
    async play(socket) {
      for (const octet of conversation) {
        socket.write(Uint8Array.of(octet))
        await delay(2)
      }
    },
    answer: () => conversed,
  },
  { name: 'ends without a Close', play: (socket) => socket.end(frame('81 85', 'Hello')), answer: () => '810548656c6c6f' },
  { name: 'closes without a code', play: (socket) => socket.end(frame('88 80')), answer: () => '8800' },
  { name: 'closes, and keeps its end open', play: (socket) => socket.write(closing), answer: () => closed },
  {
    name: 'closes, and sends more',
    async play(socket) {
      socket.write(Buffer.concat([closing, frame('81 85', 'Hello'), Buffer.from('ffff', 'hex')]))
      await delay(200)
      socket.write(frame('89 80'))
    },
    answer: () => closed,
  },
  {
    name: 'breaks a rule, and sends more',
    async play(socket) {
      socket.write(Buffer.from('8300', 'hex'))
      await delay(200)
      socket.write(Buffer.from('8900', 'hex'))
    },
    answer: () => close(1002, 'opcode-reserved'),
  },
  {
    name: 'breaks a rule in the middle of much data',
    play: (socket) => socket.end(Buffer.concat([frame('81 85', 'Hello'), frame('c2 80'), Buffer.alloc(MIB)])),
    answer: (recipe) => (negotiates(recipe) ? '' : `810548656c6c6f${close(1002, 'rsv-bit')}`),
  },
  { name: 'has a Close of one byte', play: (socket) => socket.end(frame('88 81', '1')), answer: () => close(1002, 'close-payload-length') },
  {
    name: 'sends a message of 17 MiB',
    play: (socket) => socket.end(longFrame('82', Buffer.alloc(17 * MIB))),
    answer: (recipe) => close(1009, recipe === 'data-handler' ? 'payload-too-long' : 'message-too-long'),
  },
  { name: 'is cut off inside a frame', play: (socket) => socket.end(frame('81 85', 'He')), answer: () => '' },
  {
    name: 'is cut off between fragments',
    play: (socket) => socket.end(frame('01 82', 'He')),
    answer: (recipe) => (recipe === 'data-handler' ? '01024865' : ''),
  },
  { name: 'says nothing', play: () => {}, answer: () => '' },
  { name: 'stops inside a frame', play: (socket) => socket.write(frame('81 85', 'He')), answer: () => '' },
  { name: 'resets', play: reset, answer: null },
  { name: 'resets inside a frame', play: (socket) => socket.write(frame('81 85', 'He'), () => reset(socket)), answer: null },
  { name: 'resets after its Close', play: (socket) => socket.write(closing, () => reset(socket)), answer: null },
  {
    name: 'resets while it is sent to',
    async play(socket) {
      socket.pause()
      socket.write(longFrame('82', Buffer.alloc(4 * MIB)))
      await delay(300)
      reset(socket)
    },
    answer: null,
  },
  {
    name: 'sends pings and does not read',
    play: (socket) => flood(socket, Buffer.concat(Array(4096).fill(frame('89 84', 'ping')))),
    answer: null,
  },
  { name: 'sends messages and does not read', play: (socket) => flood(socket, longFrame('82', Buffer.alloc(MIB))), answer: null },
  {
    name: 'reads late',
    async play(socket) {
      socket.pause()
      socket.write(longFrame('82', Buffer.alloc(4 * MIB)))
      await delay(500)
      socket.resume()
      socket.end(closing)
    },
    answer: () => `827f0000000000400000${'00'.repeat(4 * MIB)}${closed}`,
  },
  {
    name: 'sends many messages and reads late',
    async play(socket) {
      socket.pause()
      for (const payload of several) socket.write(longestForm('82', payload))
      socket.end(closing)
      await delay(500)
      socket.resume()
    },
    answer: () => several.map((payload) => `827e2710${payload.toString('hex')}`).join('') + closed,
  },
]

/** @param {string} recipe */
function negotiates(recipe) {
  return /inflate|decompression/.test(recipe)
}

/** @param {import('node:net').Socket} socket */
function reset(socket) {
  socket.resetAndDestroy()
}

/** @param {Uint8Array} data */
function deflated(data) {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

/** @param {string} name @param {Uint8Array | string} payload in hex, if it is a string @param {(recipe: string) => string} answer */
function compressed(name, payload, answer, first = 'c1') {
  const bytes = typeof payload === 'string' ? Buffer.from(payload.replaceAll(' ', ''), 'hex') : payload
  return {
    name,
    play: (/** @type {import('node:net').Socket} */ socket) => socket.end(Buffer.concat([longestForm(first, bytes), closing])),
    answer,
  }
}

/** @param {string} first @param {Uint8Array} payload */
function longestForm(first, payload) {
  if (payload.length > 0xffff) return longFrame(first, payload)
  if (payload.length < 126) return frame(first + (0x80 | payload.length).toString(16), payload)
  return frame(`${first} fe ${payload.length.toString(16).padStart(4, '0')}`, payload)
}

const hello = `810548656c6c6f${closed}`
const damaged = close(1007, 'deflate-data')

/**
 * With permessage-deflate.
 *
 * @type {Peer[]}
 */
export const compressingPeers = [
  compressed('compresses', 'f248cdc9c90700', () => hello),
  compressed('compresses nothing', '00', () => `8100${closed}`),
  compressed('compresses 4 MiB', deflated(Buffer.alloc(4 * MIB)), () => `827f0000000000400000${'00'.repeat(4 * MIB)}${closed}`, 'c2'),
  compressed('compresses 17 MiB', deflated(Buffer.alloc(17 * MIB)), () => close(1009, 'message-too-long'), 'c2'),
  compressed('compresses 1 GiB', bomb(1024), () => close(1009, 'message-too-long'), 'c2'),
  compressed('compresses what is no text', deflated(Uint8Array.of(0xff)), () => close(1007, 'text-utf8')),
  compressed('compresses, and is cut off inside a block', 'f248cd', () => damaged),
  compressed('sends what is not compressed', 'ffffffff', () => damaged),
]

/** With blocks marked as the final one, which not everybody reads on after. */
/** @type {Peer[]} */
export const finalBlockPeers = [
  compressed('has a final block', 'f348cdc9c9070000', () => hello),
  compressed('has two final blocks', 'f3480500 cbc9c9070000', () => hello),
  compressed('has garbage after a final block', 'f348cdc9c90700deadbeef', () => damaged),
  compressed('has 100,000 final blocks', '4b0400'.repeat(100_000) + '00', () => damaged),
  {
    name: 'takes over its context',
    play: (socket) =>
      socket.end(
        Buffer.concat([
          longestForm('c1', Buffer.from('f248cdc9c90700', 'hex')),
          longestForm('c1', Buffer.from('f200110000', 'hex')),
          closing,
        ]),
      ),
    answer: () => `810548656c6c6f${hello}`,
  },
]

/** @param {number} mebibytes of zeros, compressed, as blocks of one stream */
function bomb(mebibytes) {
  // A block that refers to the window alone can be repeated.
  const zeros = deflateRawSync(Buffer.alloc(MIB), { finishFlush: constants.Z_FULL_FLUSH })
  return Buffer.concat(Array(mebibytes).fill(zeros))
}

/**
 * Lets a peer play its part with a server, until both directions have ended.
 *
 * @param {number} port
 * @param {Peer} peer
 * @returns {Promise<string>} in hex, what has come
 */
export async function play(port, { name, play: begin }) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  /** @type {Buffer[]} */
  const received = []
  socket.on('data', (chunk) => received.push(chunk))
  socket.on('error', () => socket.destroy())
  const ended = new Promise((resolve) => {
    socket.once('end', resolve).once('close', resolve)
  })
  await once(socket, 'connect')
  const late = new AbortController()
  const timeout = delay(LIMIT, null, { signal: late.signal }).then(
    () => {
      socket.destroy()
      throw new Error(`${name}: the connection has not ended after ${Buffer.concat(received).toString('hex', 0, 100)}`)
    },
    () => null,
  )
  const closing = new Promise((resolve) => socket.once('close', resolve))
  const playing = (async () => {
    await begin(socket)
    await ended
    // Who keeps its end open is reset in the end, which shows only when they write.
    while (!socket.destroyed && socket.writable) {
      socket.write(Uint8Array.of(0))
      await delay(20)
    }
    await closing
  })()
  try {
    await Promise.race([playing, timeout])
  } finally {
    late.abort()
    socket.destroy()
  }
  return Buffer.concat(received).toString('hex')
}
