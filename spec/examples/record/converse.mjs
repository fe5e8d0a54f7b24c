// Plays one end of a session. Runs in the recorder and, served by it, in browsers.

/**
 * @typedef {import('./sessions.mjs').Message} Message
 * @typedef {import('./sessions.mjs').Step} Step
 *
 * How some software takes part: it is told what to send, and shows its application the `sees` types of message.
 * @typedef {{ sees: Message['type'][], received: Inbox, send: (step: Step) => void }} Peer
 */

/** Messages in the order of arrival, waited for one at a time. */
export class Inbox {
  #stream = new TransformStream()
  #writer = this.#stream.writable.getWriter()
  #reader = this.#stream.readable.getReader()

  /** @param {Message} message */
  push(message) {
    void this.#writer.write(message)
  }

  async next() {
    return (await this.#reader.read()).value
  }
}

/** @param {Message | undefined} message */
const show = (message) => JSON.stringify(message, (_, value) => (value instanceof Uint8Array ? [...value] : value))

/**
 * Sends what `role` says and checks that everything the other end says arrives as it was sent.
 * @param {Step[]} steps @param {'client' | 'server'} role @param {Peer} peer
 */
export async function converse(steps, role, peer) {
  for (const step of steps) {
    if (step.from === role) {
      if (!step.automatic) peer.send(step)
    } else if (step.completes && peer.sees.includes(step.completes.type)) {
      const message = await peer.received.next()
      if (show(message) !== show(step.completes)) {
        throw new Error(`the ${role} received ${show(message)}, expected ${show(step.completes)}`)
      }
    }
  }
}

/**
 * The client of browsers and of Node: the WebSocket interface that both have.
 * @param {string} url @param {Step[]} steps
 */
export async function webSocketClient(url, steps) {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  const received = new Inbox()
  socket.onmessage = ({ data }) =>
    received.push(typeof data === 'string' ? { type: 'text', data } : { type: 'binary', data: new Uint8Array(data) })
  socket.onclose = ({ code, reason }) => received.push({ type: 'close', code, reason })
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error(`no connection to ${url}`))
  })
  await converse(steps, 'client', {
    sees: ['text', 'binary', 'close'],
    received,
    send(step) {
      if (step.type === 'close') socket.close(step.code, step.reason)
      else if (step.type === 'text') socket.send(new TextDecoder('utf-8', { ignoreBOM: true }).decode(step.data))
      else socket.send(step.data)
    },
  })
}
