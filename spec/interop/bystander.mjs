/**
 * A client that behaves, on a connection of its own, while others do not: what it sends must keep coming back.
 */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { inTime } from './raw.mjs'

export class Bystander {
  #count = 0
  /** @type {string[]} */
  #texts = []
  #wake = () => {}

  /**
   * @param {WebSocket} socket
   * @param {(text: string) => void} onText told of everything that comes
   */
  constructor(socket, onText) {
    this.socket = socket
    socket.on('message', (data) => {
      this.#texts.push(data.toString())
      onText(data.toString())
      this.#wake()
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => this.#wake())
  }

  /**
   * @param {string} url
   * @param {(text: string) => void} [onText]
   */
  static async connect(url, onText = () => {}) {
    const socket = new WebSocket(url)
    const bystander = new Bystander(socket, onText)
    await inTime(once(socket, 'open'), `a connection to ${url}`)
    return bystander
  }

  /** Sends a text and waits for it, which in a chat comes after the name of who sent it. */
  async echo() {
    const text = `still here ${this.#count++}`
    this.socket.send(text)
    await this.see((seen) => seen.endsWith(text))
  }

  /**
   * Drops what has come up to a text.
   *
   * @param {(text: string) => boolean} isIt
   */
  async see(isIt) {
    for (;;) {
      const found = this.#texts.findIndex(isIt)
      if (found >= 0) return this.#texts.splice(0, found + 1).at(-1)
      if (this.socket.readyState !== WebSocket.OPEN) throw new Error('the bystander has been disconnected')
      const more = new Promise((resolve) => {
        this.#wake = () => resolve(undefined)
      })
      await inTime(more, `a text after ${JSON.stringify(this.#texts.slice(-3))}`)
    }
  }

  /** Closes as agreed, which shows that nothing has gone wrong. */
  async close() {
    this.socket.close(1000)
    const [code] = await inTime(once(this.socket, 'close'), 'the end of the bystander')
    if (code !== 1000) throw new Error(`the connection of the bystander ended with ${code}`)
  }
}
