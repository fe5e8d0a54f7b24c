/**
 * The behaviours of clients in the crowd. A visit is one connection with one behaviour. It fails if the server does not react as it
 * should.
 */
import assert from 'node:assert/strict'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { closeFrame, connectRaw, frame, inTime, openRaw, openingRequest } from '../raw.mjs'
import { MAX_MESSAGE_LENGTH, violationOfLongFrame, violationsOf, violationsOfDeflate, violationsOfLength } from '../violations.mjs'
import { ChatClient, EchoClient } from './clients.mjs'
import { Conversation, maskedFrame, takeFrame } from './conversation.mjs'
import { Member, Room } from './room.mjs'

/**
 * @typedef {'echo' | 'compressing' | 'chat'} ServerName
 *
 * @typedef {object} Behaviour
 * @property {string} name
 * @property {number} share of the connections, in relation to the other shares
 * @property {ServerName[]} servers
 * @property {(visit: Visit) => Promise<void>} run
 * @property {number} [connections] that it opens; default: 1
 * @property {boolean} [breaksRule] a different one in each visit
 * @property {boolean} [stays] after the Close, until the server gives up
 */

/** Characters of hex that an error shows. */
const HEX_SHOWN = 200

/** Bytes in a long line of the chat, and more such lines than the buffers of the system and the server can hold. */
const LONG_LINE = 60_000
const MANY_LINES = 500

/** How many of those lines the server holds for a member that does not read. */
const KEPT_LINES = 2 ** 20 / LONG_LINE

const NORMAL_CLOSE = closeFrame(1000, '').toString('hex')

const uncompressed = [...violationsOf('client'), ...violationsOfLength('client'), violationOfLongFrame()]

/** @type {Record<ServerName, import('../violations.mjs').Violation[]>} */
export const violations = { echo: uncompressed, compressing: violationsOfDeflate(), chat: uncompressed }

/** Options of `ws`. */
const agreements = [
  {},
  { serverNoContextTakeover: true },
  { clientNoContextTakeover: true },
  { serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
  { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 12 },
]

export const serverNames = /** @type {ServerName[]} */ (['echo', 'compressing', 'chat'])
const echoing = /** @type {ServerName[]} */ (['echo', 'compressing'])

/** @type {Behaviour[]} */
export const behaviours = [
  { name: 'sends messages', share: 130, servers: serverNames, run: (visit) => converse(visit) },
  { name: 'sends in fragments', share: 100, servers: serverNames, run: (visit) => converse(visit, { inFragments: true }) },
  { name: 'compresses', share: 110, servers: ['compressing'], run: compress },
  { name: 'does not read for a while', share: 25, servers: echoing, run: readLate },
  { name: 'writes byte by byte', share: 60, servers: serverNames, run: writeByteByByte },
  { name: 'stalls inside a frame, goes on', share: 80, servers: serverNames, run: stall },
  { name: 'sends before the handshake is done', share: 25, servers: echoing, run: hurry },
  { name: 'is told to leave', share: 20, servers: ['chat'], run: beSentAway },
  { name: 'breaks a rule', share: 220, servers: ['echo', 'chat', 'echo', 'chat', 'compressing'], breaksRule: true, run: breakRule },
  { name: 'ends after half a message', share: 60, servers: serverNames, run: endHalfway },
  { name: 'resets', share: 70, servers: serverNames, run: reset },
  { name: 'resets while the server sends', share: 15, servers: echoing, run: resetWhileReceiving },
  { name: 'goes during the handshake', share: 30, servers: serverNames, run: goDuringHandshake },
  { name: 'has a wrong handshake', share: 15, servers: serverNames, run: beRefused },
  { name: 'closes improperly', share: 60, servers: serverNames, run: closeImproperly },
  { name: 'stalls inside a frame, goes', share: 25, servers: serverNames, run: stallForGood },
  { name: 'stays after a Close', share: 10, servers: serverNames, stays: true, run: stay },
  { name: 'never reads', share: 3, servers: ['chat'], connections: 3, run: neverRead },
]

/** One connection of the crowd, or a few. */
export class Visit {
  #closers = /** @type {(() => void)[]} */ ([])
  connections = 0

  /**
   * @param {object} options
   * @param {string} options.tag unique, in each line that it sends to the chat
   * @param {Behaviour} options.behaviour
   * @param {ServerName} options.server
   * @param {string} options.url
   * @param {Room} options.room of the chat
   * @param {import('../violations.mjs').Violation | null} options.violation
   * @param {import('./random.mjs').Random} options.random
   * @param {import('./clients.mjs').Tally} options.tally
   * @param {number} options.maxPause in milliseconds
   * @param {import('node:net').Socket[]} options.staying receives sockets that stay open until the end of the run
   */
  constructor({ tag, behaviour, server, url, room, violation, random, tally, maxPause, staying }) {
    this.tag = tag
    this.behaviour = behaviour
    this.server = server
    this.serverUrl = url
    this.room = room
    this.violation = violation
    this.random = random
    this.tally = tally
    this.maxPause = maxPause
    this.staying = staying
  }

  get isChat() {
    return this.server === 'chat'
  }

  get url() {
    return this.isChat ? new URL(this.room.path, this.serverUrl).href : this.serverUrl
  }

  toString() {
    const what = this.violation === null ? '' : ` (${this.violation.rule}, ${this.violation.what})`
    return `${this.tag}, ${this.server}, ${this.behaviour.name}${what}`
  }

  async run() {
    try {
      await this.behaviour.run(this)
    } finally {
      for (const close of this.#closers) close()
    }
  }

  /** @param {number} [max] in milliseconds */
  pause(max = this.maxPause) {
    return delay(this.random.int(0, Math.round(max)))
  }

  /** @param {{ deflate?: import('ws').ClientOptions['perMessageDeflate'], isWitness?: boolean }} [options] */
  async open({ deflate = false, isWitness = false } = {}) {
    const { tally, tag, room } = this
    this.connections++
    const client = this.isChat
      ? new ChatClient(this.serverUrl, { tally, deflate, tag, room, isWitness })
      : new EchoClient(this.serverUrl, { tally, deflate })
    this.#closers.push(() => client.socket.terminate())
    await inTime(client.opened, 'a connection')
    if (client instanceof ChatClient) await client.welcomed()
    return client
  }

  /** @param {Parameters<typeof openRaw>[1]} [options] */
  async openRaw(options) {
    this.connections++
    const peer = await openRaw(this.url, options)
    this.#closers.push(() => peer.socket.destroy())
    return peer
  }

  async connectRaw() {
    this.connections++
    const peer = await connectRaw(this.url)
    this.#closers.push(() => peer.socket.destroy())
    return peer
  }

  /** @param {import('../raw.mjs').RawPeer} peer that stays open after this visit */
  keep(peer) {
    this.staying.push(peer.socket)
    this.#closers = []
  }
}

/**
 * @param {Visit} visit
 * @param {{ deflate?: import('ws').ClientOptions['perMessageDeflate'], inFragments?: boolean }} [options]
 */
async function converse(visit, { deflate = false, inFragments = false } = {}) {
  const { random } = visit
  const client = await visit.open({ deflate })
  if (deflate !== false) assert.equal(client.socket.extensions, 'permessage-deflate')
  const count = random.int(1, 10)
  for (let i = 0; i < count; i++) {
    client.transmit(random, inFragments)
    if (random.chance(50)) await client.allReturned()
    await visit.pause(visit.maxPause / count)
  }
  const code = random.pick([1000, 1000, 1001, 1005, 3000, 4999])
  await client.close(code, random.chance(50) ? '' : random.text(123))
}

/** @param {Visit} visit */
async function compress(visit) {
  const { random } = visit
  await converse(visit, { deflate: { threshold: 0, ...random.pick(agreements) }, inFragments: random.chance(50) })
}

/** @param {Visit} visit */
async function readLate(visit) {
  const { random } = visit
  const client = await visit.open()
  client.socket.pause()
  const count = random.int(20, 100)
  for (let i = 0; i < count; i++) client.transmit(random, false)
  await visit.pause()
  client.socket.resume()
  await client.close(1000, '')
}

/** @param {Visit} visit */
async function beSentAway(visit) {
  const { random } = visit
  const client = await visit.open()
  client.transmit(random, false)
  await visit.pause()
  if (random.chance(50)) await client.end(1000, () => client.socket.send('quit'))
  else await client.end(1003, () => client.socket.send(random.bytes(10)))
}

/** @param {Visit} visit */
async function writeByteByByte(visit) {
  const peer = await visit.connectRaw()
  await writeOneByOne(peer, Buffer.from(openingRequest(visit.url)))
  await peer.takeHead()
  await converseRaw(visit, peer, (bytes) => writeOneByOne(peer, bytes))
}

/**
 * @param {import('../raw.mjs').RawPeer} peer
 * @param {Buffer} bytes
 */
async function writeOneByOne(peer, bytes) {
  for (const byte of bytes) {
    peer.write(Uint8Array.of(byte))
    await turn()
  }
}

/** @param {Visit} visit */
async function stall(visit) {
  const { random } = visit
  const peer = await visit.openRaw()
  await converseRaw(visit, peer, async (bytes) => {
    const cut = random.int(1, bytes.length - 1)
    peer.write(bytes.subarray(0, cut))
    await visit.pause()
    peer.write(bytes.subarray(cut))
  })
}

/** @param {Visit} visit */
async function hurry(visit) {
  const { random } = visit
  const peer = await visit.connectRaw()
  const conversation = Conversation.ofMessages(random, random.int(1, 5)).close(random)
  peer.write(Buffer.concat([Buffer.from(openingRequest(visit.url)), conversation.bytes]))
  await peer.takeHead()
  assertHex(await peer.takeRest(), conversation.answer.toString('hex'))
}

/**
 * Sends messages, checks every reply, and closes properly.
 *
 * @param {Visit} visit
 * @param {import('../raw.mjs').RawPeer} peer whose handshake is done
 * @param {(bytes: Buffer) => Promise<void>} write
 */
async function converseRaw(visit, peer, write) {
  const { random, tally } = visit
  const count = random.int(1, 3)
  tally.sent += count
  if (visit.isChat) {
    const guest = await enter(visit, peer)
    const texts = Array.from({ length: count }, (_, i) => `${visit.tag}.${i} ${random.text(60)}`)
    const lines = texts.map((text) => guest.member.say(text))
    await write(Conversation.ofTexts(random, texts).bytes)
    for (const line of lines) await guest.member.hears(line)
    guest.member.leave()
    await write(new Conversation().close(random).bytes)
    assertHex(await guest.close, NORMAL_CLOSE)
    await guest.member.check()
    tally.lines += guest.member.lines.length
  } else {
    const conversation = Conversation.ofMessages(random, count).close(random)
    tally.bytes += conversation.bytes.length
    await write(conversation.bytes)
    assertHex(await peer.takeRest(), conversation.answer.toString('hex'))
  }
  tally.returned += count
}

/**
 * Reads the frames of the chat.
 *
 * @param {Visit} visit
 * @param {import('../raw.mjs').RawPeer} peer
 * @returns {Promise<{ member: Member, close: Promise<string> }>} the Close frame in hex, empty if none came
 */
async function enter(visit, peer) {
  const member = new Member(visit.room)
  const reading = (async () => {
    for (;;) {
      const next = await takeFrame(peer)
      if (next === null) return ''
      if (next.firstByte === 0x88) {
        assertHex(await peer.takeRest(), '')
        return frame(`88${next.payload.length.toString(16).padStart(2, '0')}`, next.payload).toString('hex')
      }
      assert.equal(next.firstByte, 0x81)
      member.take(next.payload.toString())
    }
  })()
  // Visits that reset do not wait for it.
  reading.catch(() => {})
  await member.welcomed()
  return { member, close: reading }
}

/** @param {Visit} visit */
async function breakRule(visit) {
  const { random, violation } = visit
  assert.ok(violation !== null)
  const { rule, closeCode, bytes } = violation
  const isEnd = closeCode === 1006
  const way = random.pick(isEnd ? ['reads', 'reads', 'resets'] : ['reads', 'reads', 'goes on', 'resets'])
  const peer = await visit.openRaw({ deflate: visit.server === 'compressing', connect: { allowHalfOpen: way === 'goes on' } })
  const guest = visit.isChat ? await enter(visit, peer) : null
  let expected = isEnd ? '' : closeFrame(closeCode, rule).toString('hex')
  if (visit.server === 'echo') {
    const before = Conversation.ofMessages(random, random.int(0, 2))
    peer.write(before.bytes)
    expected = before.answer.toString('hex') + expected
  }
  await visit.pause()

  if (way === 'resets') {
    peer.write(bytes)
    if (random.chance(50)) await visit.pause(50)
    peer.socket.resetAndDestroy()
    return
  }
  peer.write(way === 'goes on' ? Buffer.concat([bytes, random.bytes(2 ** 17)]) : bytes)
  if (isEnd) peer.socket.end()
  assertHex(guest === null ? await peer.takeRest() : await guest.close, expected)
  peer.socket.end()
  await inTime(peer.closed, 'the end of both directions')
  assert.equal(peer.error, null)
}

/** @param {Visit} visit */
async function endHalfway(visit) {
  const { random } = visit
  const peer = await visit.openRaw({ connect: { allowHalfOpen: true } })
  const { guest, bytes, answerTo } = await talkOf(visit, peer)
  const length = random.int(1, bytes.length - 1)
  peer.socket.end(bytes.subarray(0, length))
  if (guest !== null) assertHex(await guest.close, '')
  else assertHex(await peer.takeRest(), answerTo(length).toString('hex'))
  await inTime(peer.closed, 'the end of both directions')
  assert.equal(peer.error, null)
}

/** @param {Visit} visit */
async function reset(visit) {
  const { random } = visit
  const peer = await visit.openRaw()
  const { bytes } = await talkOf(visit, peer)
  await visit.pause()
  peer.write(bytes.subarray(0, random.int(0, bytes.length)))
  if (random.chance(70)) await visit.pause(50)
  peer.socket.resetAndDestroy()
}

/** @param {Visit} visit */
async function stallForGood(visit) {
  const { random } = visit
  const peer = await visit.openRaw()
  const { bytes } = await talkOf(visit, peer)
  peer.write(bytes.subarray(0, random.int(1, bytes.length - 1)))
  await visit.pause()
  if (random.chance(50)) peer.socket.destroy()
  else peer.socket.resetAndDestroy()
}

/**
 * Bytes of messages, of which the server may not receive all.
 *
 * @param {Visit} visit
 * @param {import('../raw.mjs').RawPeer} peer
 */
async function talkOf(visit, peer) {
  const { random, tag } = visit
  if (!visit.isChat) {
    const conversation = Conversation.ofMessages(random, random.int(1, 4))
    return { guest: null, bytes: conversation.bytes, answerTo: (/** @type {number} */ length) => conversation.answerTo(length) }
  }
  const guest = await enter(visit, peer)
  const texts = Array.from({ length: random.int(1, 4) }, (_, i) => `${tag}.${i} ${random.text(200)}`)
  for (const text of texts) guest.member.say(text, false)
  return { guest, bytes: Conversation.ofTexts(random, texts).bytes, answerTo: () => Buffer.alloc(0) }
}

/** @param {Visit} visit */
async function resetWhileReceiving(visit) {
  const { random } = visit
  const peer = await visit.openRaw()
  peer.socket.pause()
  const message = maskedFrame(random, 0x82, random.bytes(MAX_MESSAGE_LENGTH))
  const count = random.int(20, 80)
  for (let i = 0; i < count; i++) peer.write(message)
  await visit.pause()
  peer.socket.resetAndDestroy()
}

/** @param {Visit} visit */
async function goDuringHandshake(visit) {
  const { random } = visit
  const peer = await visit.connectRaw()
  const request = Buffer.from(openingRequest(visit.url))
  peer.write(request.subarray(0, random.pick([0, random.int(1, request.length - 1), random.int(1, request.length - 1), request.length])))
  if (random.chance(70)) await visit.pause(random.pick([20, visit.maxPause]))
  const way = random.pick(['ends', 'is destroyed', 'is reset'])
  if (way === 'ends') peer.socket.end()
  else if (way === 'is destroyed') peer.socket.destroy()
  else peer.socket.resetAndDestroy()
  await inTime(peer.closed, 'the end of both directions')
}

/** @param {Visit} visit */
async function beRefused(visit) {
  const plain = { Connection: 'close', Upgrade: null, 'Sec-WebSocket-Key': null, 'Sec-WebSocket-Version': null }
  const [expected, request] = visit.random.pick([
    ['HTTP/1.1 426 Upgrade Required', openingRequest(visit.url, { 'Sec-WebSocket-Version': '8' })],
    ['HTTP/1.1 400 Bad Request', openingRequest(visit.url, { 'Sec-WebSocket-Key': 'short' })],
    ['HTTP/1.1 405 Method Not Allowed', openingRequest(visit.url, {}, 'POST')],
    [visit.isChat ? 'HTTP/1.1 200 OK' : 'HTTP/1.1 426 Upgrade Required', openingRequest(visit.url, plain)],
  ])
  const peer = await visit.connectRaw()
  peer.write(request)
  if (visit.random.chance(30)) {
    peer.socket.resetAndDestroy()
    return
  }
  const { start } = await peer.takeHead()
  assert.equal(start, expected)
  await peer.takeRest()
}

/** @param {Visit} visit */
async function closeImproperly(visit) {
  const { random } = visit
  const way = random.pick([
    'without a Close',
    'without waiting for the Close',
    'with more data',
    visit.isChat ? 'with more data' : 'at once',
  ])
  if (way === 'without a Close') {
    const client = await visit.open({ deflate: visit.server === 'compressing' && { threshold: 0 } })
    const count = random.int(0, 5)
    for (let i = 0; i < count; i++) client.transmit(random, random.chance(50))
    await visit.pause(random.pick([1, 20, visit.maxPause]))
    client.terminate()
    return
  }
  const peer = await visit.openRaw({ connect: { allowHalfOpen: true } })
  if (way === 'at once') {
    const conversation = Conversation.ofMessages(random, random.int(1, 5)).close(random)
    peer.socket.pause()
    peer.socket.end(conversation.bytes)
    await visit.pause()
    peer.socket.resume()
    assertHex(await peer.takeRest(), conversation.answer.toString('hex'))
    return
  }
  const guest = visit.isChat ? await enter(visit, peer) : null
  await visit.pause()
  const { bytes } = new Conversation().close(random)
  if (way === 'without waiting for the Close') {
    peer.write(bytes)
    peer.socket.destroy()
    return
  }
  const more = [maskedFrame(random, 0x81, Buffer.from('too late')), bytes, random.bytes(random.int(0, 5000))]
  peer.write(Buffer.concat([bytes, ...more]))
  assertHex(guest === null ? await peer.takeRest() : await guest.close, NORMAL_CLOSE)
  peer.socket.end()
  await inTime(peer.closed, 'the end of both directions')
  assert.equal(peer.error, null)
}

/** @param {Visit} visit */
async function stay(visit) {
  const { random } = visit
  const peer = await visit.openRaw({ connect: { allowHalfOpen: true } })
  const guest = visit.isChat ? await enter(visit, peer) : null
  const isClose = random.chance(50)
  peer.write(isClose ? new Conversation().close(random).bytes : Buffer.from('ffff', 'hex'))
  const expected = isClose ? NORMAL_CLOSE : closeFrame(1002, 'rsv-bit').toString('hex')
  assertHex(guest === null ? await peer.takeRest() : await guest.close, expected)
  visit.keep(peer)
}

/**
 * Two members of a separate room do not read, while a third one sends more than the server holds for them. The server drops the first.
 * The second ends and resets earlier, while the server holds data for it.
 *
 * @param {Visit} visit
 */
async function neverRead(visit) {
  visit.room = new Room(`/${visit.tag}`)
  const deaf = await enterDeaf(visit)
  const talker = await visit.open({ isWitness: true })
  visit.room.present.add(deaf.name)
  const talk = async (/** @type {() => boolean} */ isEnough) => {
    let lines = 0
    for (; !isEnough() && lines < MANY_LINES; lines++) {
      talker.transmit(visit.random, false, LONG_LINE)
      await talker.allReturned()
    }
    return lines
  }
  const most = await talk(() => !visit.room.present.has(deaf.name))
  await visit.room.settle([])

  const other = await enterDeaf(visit)
  let left = most - KEPT_LINES / 2
  await talk(() => left-- <= 0)
  other.peer.socket.end()
  await visit.pause(50)
  other.peer.socket.resetAndDestroy()
  await visit.room.settle([])
  await talker.end(1000, () => talker.socket.send('quit'))
  assert.deepEqual(visit.room.faults, [])
}

/** @param {Visit} visit */
async function enterDeaf(visit) {
  const peer = await visit.openRaw()
  const { payload } = (await takeFrame(peer)) ?? assert.fail('no welcome')
  peer.socket.pause()
  return { peer, name: /guest \d+/.exec(payload.toString())?.[0] }
}

/**
 * @param {string} actual
 * @param {string} expected
 */
function assertHex(actual, expected) {
  if (actual === expected) return
  let same = 0
  while (actual[same] === expected[same]) same++
  const shown = (/** @type {string} */ hex) => `${hex.slice(same, same + HEX_SHOWN)} (${hex.length / 2} bytes)`
  assert.fail(`from byte ${same >> 1}: received ${shown(actual)}, expected ${shown(expected)}`)
}
