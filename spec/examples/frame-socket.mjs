/**
 * The sending half of a WebSocket connection: frames onto a socket, one at a time, with backpressure and a way to end that
 * lets the peer read the last Close frame.
 */
import { Opcode, encodeClosePayload, encodeFrame, randomMaskingKey } from 'websocket-frames'
import { cutReason } from './recipes/close.mjs'

/** @typedef {import('websocket-frames').FrameInit} FrameInit */
/** @typedef {import('websocket-frames').Extensions} Extensions */

/** How long the peer may take to end the TCP connection once we have sent a Close frame or ended, in milliseconds. */
const LINGER = 5000

export class FrameSocket {
  #socket
  #options
  #closeSent = false
  #isEnding = false
  /** @type {Promise<void> | null} */
  #drained = null

  /**
   * @param {import('node:stream').Duplex} socket after the opening handshake
   * @param {'client' | 'server'} role ours
   * @param {Extensions} extensions those negotiated
   */
  constructor(socket, role, extensions) {
    this.#socket = socket
    this.#options = { sender: role, extensions }
    // Whoever reads the socket sees its errors. Without a listener, one that comes when nobody reads would end the process.
    socket.on('error', () => socket.destroy())
  }

  /** Whether frames can still be sent. */
  get isOpen() {
    return !this.#closeSent && this.#socket.writable
  }

  /** Whether a Close frame has been sent, after which nothing else is. */
  get closeSent() {
    return this.#closeSent
  }

  /** Bytes that the socket has not taken yet. */
  get unsentLength() {
    return this.#socket.writableLength
  }

  /**
   * Sends a frame, masked with a fresh key if we are the client.
   *
   * @param {FrameInit} frame
   * @returns {Promise<boolean>} once the socket can take more; false if the connection is closing and nothing was sent
   */
  async send(frame) {
    if (!this.isOpen) return false
    this.#closeSent = frame.opcode === Opcode.Close
    const maskingKey = this.#options.sender === 'client' ? randomMaskingKey() : null
    if (!this.#socket.write(encodeFrame({ ...frame, maskingKey }, this.#options))) await this.#drain()
    return true
  }

  /**
   * Sends a Close frame: the last one.
   *
   * @param {number} code 1005 for none
   * @param {string} reason is cut to 123 bytes
   */
  close(code, reason = '') {
    const payload = encodeClosePayload(code, cutReason(reason))
    this.#destroyLater()
    return this.send({ opcode: Opcode.Close, payload })
  }

  /** Ends our direction of the TCP connection. Not all of it: what the peer still sends would reset it. */
  end() {
    this.#destroyLater()
    this.#socket.end()
  }

  /** Ends everything at once, unsent bytes included. */
  destroy() {
    this.#socket.destroy()
  }

  #destroyLater() {
    if (this.#isEnding) return
    this.#isEnding = true
    const timer = setTimeout(() => this.#socket.destroy(), LINGER)
    this.#socket.once('close', () => clearTimeout(timer))
  }

  /** One promise for all that wait, so that ten thousand senders leave two listeners. */
  #drain() {
    this.#drained ??= new Promise((resolve) => {
      const done = () => {
        this.#socket.off('drain', done).off('close', done)
        this.#drained = null
        resolve()
      }
      this.#socket.on('drain', done).on('close', done)
    })
    return this.#drained
  }
}
