/**
 * One end of a WebSocket connection, client or server, over a socket whose opening handshake is done. It answers pings and
 * the closing handshake by itself, and fails the connection when the peer breaks a rule (RFC 6455, section 7).
 */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { CloseCode, MessageReader, Opcode, ProtocolError, fragmentMessage } from 'websocket-frames'
import { FrameSocket } from './frame-socket.mjs'

/** @typedef {import('websocket-frames').Message} Message */
/** @typedef {{ windowBits: number }} Deflate what permessage-deflate allows us to send; see handshake.mjs */

const flushed = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }

/** The bytes 00 00 ff ff, which the sender leaves out (RFC 7692, section 7.2.1). */
const DEFLATE_TAIL_LENGTH = 4

export class Connection {
  #socket
  #frames
  #reader
  #role
  #deflate

  /** What has ended the connection before its closing handshake: a `ProtocolError`, or an error of the socket. */
  error = /** @type {unknown} */ (null)

  /**
   * @param {import('node:stream').Duplex} socket
   * @param {object} options
   * @param {'client' | 'server'} options.role ours
   * @param {Deflate | null} [options.deflate] permessage-deflate, if it has been negotiated
   * @param {number} [options.maxMessageLength] in bytes
   */
  constructor(socket, { role, deflate = null, maxMessageLength = 64 * 2 ** 20 }) {
    const extensions = { permessageDeflate: deflate !== null }
    this.#socket = socket
    this.#role = role
    this.#deflate = deflate
    this.#frames = new FrameSocket(socket, role, extensions)
    this.#reader = new MessageReader({
      sender: role === 'client' ? 'server' : 'client',
      extensions,
      inflate: (data, maxLength) => inflateRawSync(data, { ...flushed, maxOutputLength: maxLength }),
      maxMessageLength,
      // A socket's chunks are nobody else's.
      ownsChunks: true,
    })
  }

  /** Whether messages can still be sent. */
  get isOpen() {
    return this.#frames.isOpen
  }

  /** Bytes sent that the socket has not taken yet. */
  get unsentLength() {
    return this.#frames.unsentLength
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
    const opcode = typeof data === 'string' ? Opcode.Text : Opcode.Binary
    const payload = this.#deflate === null ? data : this.#deflated(data, this.#deflate)
    const message = { opcode, payload, rsv1: this.#deflate !== null }
    // Not one after the other has drained: another message could come between two fragments.
    const sent = Array.from(fragmentMessage(message, fragment), (frame) => this.#frames.send(frame))
    return (await Promise.all(sent)).every(Boolean)
  }

  /** @param {string | Uint8Array} [payload] at most 125 bytes */
  ping(payload = '') {
    return this.#frames.send({ opcode: Opcode.Ping, payload })
  }

  /**
   * Begins the closing handshake. Iterate on: messages may come until the peer's Close does.
   *
   * @param {number} [code]
   * @param {string} [reason]
   */
  close(code = CloseCode.NormalClosure, reason = '') {
    return this.#frames.close(code, reason)
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
      for await (const chunk of this.#socket) {
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
      this.error ??= error
    }
    this.#frames.end()
  }

  /** @param {Message} message */
  async #answer(message) {
    if (message.type === 'ping') {
      await this.#frames.send({ opcode: Opcode.Pong, payload: message.data })
    } else if (message.type === 'close') {
      await this.#frames.close(message.code)
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
    if (error instanceof ProtocolError) await this.#frames.close(error.closeCode, error.rule)
    else await this.#frames.close(CloseCode.InvalidFramePayloadData, 'the message cannot be inflated')
    this.#frames.end()
  }

  /**
   * @param {string | Uint8Array} data
   * @param {Deflate} deflate
   */
  #deflated(data, { windowBits }) {
    return deflateRawSync(data, { ...flushed, windowBits }).subarray(0, -DEFLATE_TAIL_LENGTH)
  }
}
