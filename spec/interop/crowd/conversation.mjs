/** Valid frames of a client, and the bytes with which an echo server replies. Nothing here uses the codec. */
import { closeFrame, frame } from '../raw.mjs'

/** @typedef {import('./random.mjs').Random} Random */

const MAX_LENGTH = 5000
const MAX_PING_LENGTH = 125
const MAX_FRAGMENTS = 4

export class Conversation {
  #parts = /** @type {{ bytes: Buffer, answer: Buffer }[]} */ ([])

  /**
   * Messages in one frame and in fragments, and pings.
   *
   * @param {Random} random
   * @param {number} count of messages
   */
  static ofMessages(random, count) {
    const conversation = new Conversation()
    for (let i = 0; i < count; i++) conversation.#addMessage(random)
    return conversation
  }

  /**
   * @param {Random} random
   * @param {string[]} texts
   */
  static ofTexts(random, texts) {
    const conversation = new Conversation()
    for (const text of texts) conversation.#add(maskedFrame(random, 0x81, Buffer.from(text)))
    return conversation
  }

  /** @param {Random} random */
  close(random) {
    this.#add(maskedFrame(random, 0x88, Buffer.from('03e8', 'hex')), closeFrame(1000, ''))
    return this
  }

  get bytes() {
    return Buffer.concat(this.#parts.map(({ bytes }) => bytes))
  }

  get answer() {
    return this.answerTo(Infinity)
  }

  /** @param {number} length of the part that the server receives, in bytes */
  answerTo(length) {
    let end = 0
    const complete = this.#parts.filter(({ bytes }) => (end += bytes.length) <= length)
    return Buffer.concat(complete.map(({ answer }) => answer))
  }

  /** @param {Random} random */
  #addMessage(random) {
    const isText = random.chance(50)
    const length = random.length(MAX_LENGTH)
    const data = isText ? Buffer.from(random.text(length)) : random.bytes(length)
    const opcode = isText ? 1 : 2
    const count = random.chance(50) ? 1 : random.int(2, MAX_FRAGMENTS)
    let start = 0
    for (let i = 1; i <= count; i++) {
      const isLast = i === count
      const end = isLast ? data.length : random.int(start, data.length)
      const firstByte = (isLast ? 0x80 : 0) | (i === 1 ? opcode : 0)
      const answer = isLast ? serverFrame(0x80 | opcode, data) : undefined
      this.#add(maskedFrame(random, firstByte, data.subarray(start, end)), answer)
      start = end
      if (random.chance(30)) this.#addPing(random)
    }
  }

  /** @param {Random} random */
  #addPing(random) {
    const data = random.bytes(random.int(0, MAX_PING_LENGTH))
    this.#add(maskedFrame(random, 0x89, data), serverFrame(0x8a, data))
  }

  /**
   * @param {Buffer} bytes
   * @param {Buffer} [answer]
   */
  #add(bytes, answer = Buffer.alloc(0)) {
    this.#parts.push({ bytes, answer })
  }
}

/**
 * @param {Random} random
 * @param {number} firstByte
 * @param {Buffer} payload
 */
export function maskedFrame(random, firstByte, payload) {
  return frame(headerOf(firstByte, payload.length), payload, random.bytes(4).toString('hex'))
}

/**
 * @param {number} firstByte
 * @param {Buffer} payload
 */
export function serverFrame(firstByte, payload) {
  return frame(headerOf(firstByte, payload.length), payload)
}

/**
 * @param {number} firstByte
 * @param {number} length less than 2^32
 * @returns {string} in hex
 */
function headerOf(firstByte, length) {
  const hex = (/** @type {number} */ value, /** @type {number} */ bytes) => value.toString(16).padStart(2 * bytes, '0')
  if (length < 126) return hex(firstByte, 1) + hex(length, 1)
  if (length < 2 ** 16) return `${hex(firstByte, 1)}7e${hex(length, 2)}`
  return `${hex(firstByte, 1)}7f${hex(length, 8)}`
}

/**
 * Takes the next frame of a server, of less than 64 KiB.
 *
 * @param {import('../raw.mjs').RawPeer} peer
 * @returns {Promise<{ firstByte: number, payload: Buffer } | null>} null if the connection has ended
 */
export async function takeFrame(peer) {
  let payloadStart = 0
  try {
    const bytes = await peer.take((received) => {
      const isLong = received[1] === 126
      payloadStart = isLong ? 4 : 2
      if (received.length < payloadStart) return 0
      const end = payloadStart + (isLong ? received.readUInt16BE(2) : received[1])
      return received.length < end ? 0 : end
    })
    return { firstByte: bytes[0], payload: bytes.subarray(payloadStart) }
  } catch (error) {
    if (peer.hasEnded && peer.received.length === 0) return null
    throw error
  }
}
