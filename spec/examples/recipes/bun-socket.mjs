import { MessageReader, Opcode, encodeFrame } from 'websocket-frames'
import { replyToClose, replyToError } from './close.mjs'

/**
 * @typedef {object} Socket a `Socket` of Bun
 * @property {(bytes: Uint8Array) => number} write returns how many bytes were taken; negative if the socket is closed
 * @property {() => void} pause
 * @property {() => void} resume
 * @property {() => void} shutdown ends our direction
 * @property {() => void} terminate
 * @property {Echo | undefined} data ours, from `open` on
 */

/** @typedef {{ idle?: number, linger?: number, onError?: (error: unknown) => void }} Options */

/**
 * Echoes the messages of clients: `Bun.listen({ hostname, port, allowHalfOpen: true, socket: echo() })`. There is no opening handshake
 * here: to have one, wrap these handlers, and after it call `open(socket)`, then `data(socket, rest)` with the bytes behind the request.
 * `idle` and `linger` are milliseconds: without any traffic, and for the peer to end the connection after our Close.
 *
 * @param {Options} [options]
 */
export function echo({ idle = 60_000, linger = 5_000, onError = console.error } = {}) {
  return {
    open(/** @type {Socket} */ socket) {
      socket.data = new Echo(socket, { idle, linger, onError })
    },
    data(/** @type {Socket} */ socket, /** @type {Uint8Array} */ chunk) {
      socket.data?.receive(chunk)
    },
    drain(/** @type {Socket} */ socket) {
      socket.data?.drain()
    },
    end(/** @type {Socket} */ socket) {
      socket.data?.end()
    },
    close(/** @type {Socket} */ socket) {
      socket.data?.stop()
    },
    error(/** @type {Socket} */ socket, /** @type {unknown} */ error) {
      // Bun also reports here what a handler throws.
      onError(error)
      socket.terminate()
    },
  }
}

class Echo {
  #reader = new MessageReader({ sender: 'client', ownsChunks: true, maxMessageLength: 2 ** 24 })
  #socket
  #idle
  #linger
  #onError
  /** The rest of the frame that the socket did not take at once. Until it has, no other message is read. */
  #unsent = new Uint8Array(0)
  #peerHasEnded = false
  #hasFinished = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer

  /**
   * @param {Socket} socket
   * @param {Required<Options>} options
   */
  constructor(socket, { idle, linger, onError }) {
    this.#socket = socket
    this.#idle = idle
    this.#linger = linger
    this.#onError = onError
    this.#terminateAfter(idle)
  }

  /** @param {Uint8Array} chunk */
  receive(chunk) {
    if (this.#hasFinished) return
    this.#terminateAfter(this.#idle)
    this.#reader.push(chunk)
    this.#reply()
  }

  drain() {
    if (this.#hasFinished) return
    this.#terminateAfter(this.#idle)
    this.#write(this.#unsent)
    this.#reply()
  }

  end() {
    this.#peerHasEnded = true
    if (!this.#hasFinished) this.#reply()
  }

  stop() {
    this.#hasFinished = true
    clearTimeout(this.#timer)
  }

  #reply() {
    try {
      // One message at a time, so that what a peer does not read is not kept in memory.
      while (this.#unsent.length === 0) {
        const message = this.#reader.read()
        if (message === null) break
        if (message.type === 'text') this.#send({ opcode: Opcode.Text, payload: message.data })
        else if (message.type === 'binary') this.#send({ opcode: Opcode.Binary, payload: message.data })
        else if (message.type === 'ping') this.#send({ opcode: Opcode.Pong, payload: message.data })
        else if (message.type === 'close') this.#send({ opcode: Opcode.Close, payload: replyToClose(message) })
      }
      if (this.#unsent.length === 0 && this.#peerHasEnded) this.#reader.end()
    } catch (error) {
      // The cause of `deflate-data` may be a bug in your own `inflate`.
      this.#onError(error)
      const payload = replyToError(error)
      if (payload !== null) this.#send({ opcode: Opcode.Close, payload })
    }
    if (this.#unsent.length > 0) this.#socket.pause()
    else if (this.#reader.closed || this.#peerHasEnded) this.#finish()
    else this.#socket.resume()
  }

  /** @param {import('websocket-frames').FrameInit} frame */
  #send(frame) {
    this.#write(encodeFrame(frame, { sender: 'server' }))
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  #write(bytes) {
    this.#unsent = bytes.subarray(Math.max(this.#socket.write(bytes), 0))
  }

  #finish() {
    this.#hasFinished = true
    // Ends our direction only, and discards the rest: terminating at once could keep the peer from reading our Close.
    this.#socket.shutdown()
    this.#socket.resume()
    this.#terminateAfter(this.#linger)
  }

  /** @param {number} milliseconds */
  #terminateAfter(milliseconds) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#socket.terminate(), milliseconds)
  }
}
