/** Well-behaved clients, with `ws`, that check every message they receive. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { inTime } from '../raw.mjs'
import { MAX_MESSAGE_LENGTH } from '../violations.mjs'
import { Condition } from './condition.mjs'
import { Member } from './room.mjs'

/** @typedef {import('./random.mjs').Random} Random */

/** DEFLATE makes random bytes longer, and the limit of the server applies to compressed messages too. */
const MAX_COMPRESSED_LENGTH = MAX_MESSAGE_LENGTH - 1000

const MAX_LINE_LENGTH = 300
const MAX_PING_LENGTH = 125
const MAX_FRAGMENTS = 6

/** Counts the messages of well-behaved clients. */
export class Tally {
  sent = 0
  returned = 0
  bytes = 0
  /** Lines of the chat that were compared with those of a witness. */
  lines = 0
}

/**
 * @typedef {object} ClientOptions
 * @property {Tally} tally
 * @property {import('ws').ClientOptions['perMessageDeflate']} [deflate]
 */

class Client {
  #awaited = /** @type {{ data: Buffer, isBinary: boolean, sentAt: number }[]} */ ([])
  #pings = /** @type {Buffer[]} */ ([])
  #changed = new Condition()
  #isLeaving = false
  #isGone = false
  #error = /** @type {Error | null} */ (null)
  #tally
  onRoundTrip = (/** @type {number} */ _milliseconds) => {}

  /**
   * @param {string} url
   * @param {ClientOptions} options
   */
  constructor(url, { tally, deflate = false }) {
    this.#tally = tally
    this.socket = new WebSocket(url, { perMessageDeflate: deflate })
    this.socket.on('message', (data, isBinary) => {
      if (!this.#isGone) this.#attempt(() => this.receive(/** @type {Buffer} */ (data), isBinary))
    })
    this.socket.on('pong', (data) => this.#attempt(() => assert.deepEqual(data, this.#pings.shift(), 'a pong')))
    this.socket.on('error', (error) => this.#fail(error))
    this.socket.on('close', (code) => {
      if (!this.#isLeaving) this.#fail(new Error(`the connection ended with ${code}`))
    })
    this.opened = once(this.socket, 'open')
  }

  toString() {
    return `a client of ${this.socket.url}${this.socket.extensions === '' ? '' : ', compressing'}`
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN
  }

  /**
   * Sends a message, in one frame or in fragments with pings between them.
   *
   * @param {Random} random
   * @param {boolean} [inFragments]
   * @param {number} [lineLength] in bytes, in a chat
   */
  transmit(random, inFragments = false, lineLength = undefined) {
    const { data, isBinary, answer } = this.message(random, lineLength)
    this.#awaited.push({ data: answer, isBinary, sentAt: performance.now() })
    this.#tally.sent++
    this.#tally.bytes += data.length
    const count = inFragments ? random.int(2, MAX_FRAGMENTS) : 1
    let start = 0
    for (let i = 1; i <= count; i++) {
      const end = i === count ? data.length : random.int(start, data.length)
      this.socket.send(data.subarray(start, end), { binary: isBinary, fin: i === count })
      start = end
      if (inFragments && random.chance(40)) this.#ping(random.bytes(random.int(0, MAX_PING_LENGTH)))
    }
  }

  /** @param {Buffer} data */
  #ping(data) {
    this.#pings.push(data)
    this.socket.ping(data)
  }

  /**
   * Checks that a message is the next one that must return.
   *
   * @param {Buffer} data
   * @param {boolean} isBinary
   */
  returned(data, isBinary) {
    const expected = this.#awaited.shift()
    assert.ok(expected !== undefined, 'received a message that was not sent')
    assert.ok(isBinary === expected.isBinary, 'the type of a message has changed')
    assert.ok(data.equals(expected.data), `received a message of ${data.length} bytes, expected one of ${expected.data.length}`)
    this.#tally.returned++
    this.onRoundTrip(performance.now() - expected.sentAt)
    this.#changed.notify()
  }

  /** Waits for all messages and pongs. */
  allReturned() {
    return this.#changed.until(
      () => {
        if (this.#error !== null) throw this.#error
        return this.#awaited.length === 0 && this.#pings.length === 0
      },
      () => `${this.#awaited.length} messages and ${this.#pings.length} pongs`,
    )
  }

  /**
   * @param {number} code 1005 for none
   * @param {string} reason
   */
  close(code, reason) {
    return this.end(code, () => (code === 1005 ? this.socket.close() : this.socket.close(code, reason)))
  }

  /** Ends the connection without a Close. Messages that have not returned are no longer expected. */
  terminate() {
    this.#isLeaving = true
    this.#isGone = true
    for (const { data } of this.#awaited) this.doubt(data)
    this.#tally.sent -= this.#awaited.length
    this.socket.terminate()
  }

  /**
   * @param {number} code expected in the server's Close
   * @param {() => void} act closes, or makes the server close
   */
  async end(code, act) {
    await this.allReturned()
    this.#isLeaving = true
    this.leave()
    const closed = once(this.socket, 'close')
    act()
    const [actual] = await inTime(closed, 'the end of the connection')
    assert.ok(actual === code, `the connection ended with ${actual}, not ${code}`)
    if (this.#error !== null) throw this.#error
    await this.check()
  }

  /** @param {() => void} check */
  #attempt(check) {
    try {
      check()
    } catch (error) {
      this.#fail(/** @type {Error} */ (error))
    }
    this.#changed.notify()
  }

  /** @param {Error} error */
  #fail(error) {
    this.#error ??= error
    this.#changed.notify()
  }
}

/** A client of an echo server. */
export class EchoClient extends Client {
  #maxLength

  /**
   * @param {string} url
   * @param {ClientOptions} options
   */
  constructor(url, options) {
    super(url, options)
    this.#maxLength = options.deflate === undefined || options.deflate === false ? MAX_MESSAGE_LENGTH : MAX_COMPRESSED_LENGTH
  }

  /** @param {Random} random */
  message(random) {
    const isBinary = random.chance(50)
    const length = random.length(this.#maxLength)
    const data = isBinary ? random.bytes(length) : Buffer.from(random.text(length))
    return { data, isBinary, answer: data }
  }

  /**
   * @param {Buffer} data
   * @param {boolean} isBinary
   */
  receive(data, isBinary) {
    this.returned(data, isBinary)
  }

  leave() {}

  check() {}

  doubt() {}
}

/** A member of a room of the chat. */
export class ChatClient extends Client {
  #tag
  #tally
  #isWitness
  #member
  #count = 0

  /**
   * @param {string} url of the server
   * @param {ClientOptions & { room: import('./room.mjs').Room, tag: string, isWitness?: boolean }} options each line contains
   *   the tag, which makes it unique; the other members of the room must receive the same lines as the witness
   */
  constructor(url, { room, tag, isWitness = false, ...options }) {
    super(new URL(room.path, url).href, options)
    this.#tag = tag
    this.#tally = options.tally
    this.room = room
    this.#isWitness = isWitness
    this.#member = new Member(room)
  }

  get name() {
    return this.#member.name
  }

  welcomed() {
    return this.#member.welcomed()
  }

  /**
   * @param {Random} random
   * @param {number} [length]
   */
  message(random, length = random.int(0, MAX_LINE_LENGTH)) {
    const text = `${this.#tag}.${this.#count++} ${random.text(length)}`
    return { data: Buffer.from(text), isBinary: false, answer: Buffer.from(this.#member.say(text)) }
  }

  /**
   * @param {Buffer} data
   * @param {boolean} isBinary
   */
  receive(data, isBinary) {
    const line = data.toString()
    const isWelcome = this.name === ''
    this.#member.take(line)
    if (this.#isWitness && !isWelcome) this.room.take(line)
    if (line.startsWith(`${this.name}: `) || isBinary) this.returned(data, isBinary)
  }

  leave() {
    this.#member.leave()
  }

  async check() {
    if (!this.#isWitness) await this.#member.check()
    this.#tally.lines += this.#member.lines.length
  }

  /** @param {Buffer} line */
  doubt(line) {
    this.room.doubt(line.toString())
  }
}
