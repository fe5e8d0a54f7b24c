/**
 * One end of a WebSocket connection, client or server, over a socket whose opening handshake is done. It answers pings and
 * the closing handshake by itself, and fails the connection when the peer breaks a rule (RFC 6455, section 7).
 */
import { CloseCode, MessageReader, Opcode, ProtocolError, fragmentMessage } from 'websocket-frames'
import { FrameSocket } from './frame-socket.mjs'
import { createDeflate } from './recipes/deflate.mjs'
import { createInflate } from './recipes/inflate.mjs'

/** @typedef {import('websocket-frames').Message} Message */

export class Connection {
  #socket
  #frames
  #reader
  #role
  #deflater

  /** The last of the messages and Close frames that wait for their turn, and how many bytes of messages do. */
  #turn = Promise.resolve(/** @type {unknown} */ (null))
  #deflatingLength = 0
  #isClosing = false
  #closeReceived = false

  /** What has ended the connection before its closing handshake: a `ProtocolError`, or an error of the socket. */
  error = /** @type {unknown} */ (null)

  /**
   * @param {import('node:stream').Duplex} socket
   * @param {object} options
   * @param {'client' | 'server'} options.role ours
   * @param {import('./permessage-deflate.mjs').Agreement | null} [options.deflate] permessage-deflate, if it has been negotiated
   * @param {number} [options.maxMessageLength] in bytes
   */
  constructor(socket, { role, deflate = null, maxMessageLength = 64 * 2 ** 20 }) {
    const extensions = { permessageDeflate: deflate !== null }
    const sender = role === 'client' ? 'server' : 'client'
    const deflater = deflate === null ? null : createDeflate(deflate[role])
    socket.once('close', () => deflater?.close())
    this.#socket = socket
    this.#role = role
    this.#deflater = deflater
    this.#frames = new FrameSocket(socket, role, extensions)
    this.#reader = new MessageReader({
      sender,
      extensions,
      inflate: deflate === null ? undefined : createInflate(deflate[sender]),
      maxMessageLength,
      // A socket's chunks are nobody else's.
      ownsChunks: true,
    })
  }

  /** Whether messages can still be sent. */
  get isOpen() {
    return !this.#isClosing && this.#frames.isOpen
  }

  /** Bytes sent that the socket has not taken yet. */
  get unsentLength() {
    return this.#frames.unsentLength + this.#deflatingLength
  }

  /**
   * Sends a message. Who waits for the promise respects backpressure; messages keep their order either way.
   *
   * @param {string | Uint8Array} data
   * @param {object} [options]
   * @param {number} [options.fragment] the longest payload of a frame, in bytes
   * @returns {Promise<boolean>} false if the connection is closing and the message could not be sent
   */
  async send(data, { fragment = Infinity } = {}) {
    if (!this.isOpen) return false
    const opcode = typeof data === 'string' ? Opcode.Text : Opcode.Binary
    if (this.#deflater === null) return this.#sendMessage({ opcode, payload: data }, fragment)

    const { deflate } = this.#deflater
    // A copy: by the time that it is deflated, the array could have changed.
    const bytes = Buffer.from(data)
    this.#deflatingLength += bytes.length
    try {
      // Not the message itself, for which the next one would have to wait until the socket has drained.
      const [sent] = await this.#inTurn(async () => {
        const payload = await deflate(bytes)
        return [this.#sendMessage({ opcode, payload, rsv1: true }, fragment)]
      })
      return await sent
    } catch {
      // The socket was closed meanwhile, and with it the deflater.
      return false
    } finally {
      this.#deflatingLength -= bytes.length
    }
  }

  /** @param {string | Uint8Array} [payload] at most 125 bytes */
  ping(payload = '') {
    return this.#frames.send({ opcode: Opcode.Ping, payload })
  }

  /**
   * Begins the closing handshake. Iterate on: messages may come until the peer's Close does.
   *
   * @param {number} [code] 1005 for none
   * @param {string} [reason] is cut to 123 bytes
   * @returns {Promise<boolean>} false if a Close frame had been sent before
   */
  close(code = CloseCode.NormalClosure, reason = '') {
    this.#isClosing = true
    if (this.#deflater === null) return this.#frames.close(code, reason)
    // It must not overtake the messages before it.
    return this.#inTurn(() => this.#frames.close(code, reason))
  }

  /** Gives up on the peer at once. */
  destroy() {
    this.#frames.destroy()
  }

  /**
   * The messages of the peer, pings, pongs and the Close included, until the TCP connection has ended. No more is read from
   * the socket than is asked for here. To leave the loop early ends the connection.
   *
   * @returns {AsyncGenerator<Message, void>}
   */
  async *[Symbol.asyncIterator]() {
    try {
      // By default, Node.js before 24 destroys the socket as soon as the peer has ended, with everything that it has not received.
      for await (const chunk of this.#socket.iterator({ destroyOnReturn: false })) {
        // After a failure, what still comes is read and dropped until the peer has seen our Close frame and ended.
        if (this.error !== null) continue
        try {
          for (const message of this.#reader.push(chunk)) {
            await this.#answer(message)
            yield message
          }
        } catch (error) {
          await this.#fail(error)
        }
      }
      if (this.error === null) this.#reader.end()
    } catch (error) {
      // After both Close frames the connection is closed (7.1.4), also if the peer resets what is left of it.
      if (!this.#closeReceived || !this.#frames.closeSent) this.error ??= error
    } finally {
      if (this.#socket.readableEnded) this.#frames.end()
      else this.#frames.destroy()
    }
  }

  /** @param {Message} message */
  async #answer(message) {
    if (message.type === 'ping') {
      await this.#frames.send({ opcode: Opcode.Pong, payload: message.data })
    } else if (message.type === 'close') {
      this.#closeReceived = true
      await this.close(message.code)
      // The server ends the TCP connection first (7.1.1).
      if (this.#role === 'server') this.#frames.end()
    }
  }

  /**
   * Fails the connection (7.1.7).
   *
   * @param {unknown} error
   */
  async #fail(error) {
    this.error = error
    if (error instanceof ProtocolError) await this.close(error.closeCode, error.rule)
    else await this.close(CloseCode.InternalError)
    this.#frames.end()
  }

  /**
   * @param {{ opcode: number, payload: string | Uint8Array, rsv1?: boolean }} message
   * @param {number} fragment
   */
  async #sendMessage(message, fragment) {
    // Not one after the other has drained: another message could come between two fragments.
    const sent = Array.from(fragmentMessage(message, fragment), (frame) => this.#frames.send(frame))
    return (await Promise.all(sent)).every(Boolean)
  }

  /**
   * @template T
   * @param {() => Promise<T>} job
   * @returns {Promise<T>}
   */
  #inTurn(job) {
    const done = this.#turn.then(job)
    this.#turn = done.catch(() => {})
    return done
  }
}
