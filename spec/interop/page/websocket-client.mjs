/**
 * A client with the WebSocket interface of the HTML standard: that of browsers, where a page loads this file, that of
 * Node, and that of ws. It says what it saw; whether that is right is for the tests to say.
 */

/**
 * @typedef {{ type: 'text' | 'binary', length: number, sha256: string }} Entry
 * @typedef {{ code: number, reason: string }} Close
 *
 * @typedef {object} Script what a client does
 * @property {string} [contents] where the messages are: sent all at once, and waited for
 * @property {Close | null} [close] how it closes then; code 1005 for none, null to wait for the server
 * @property {boolean | import('../../examples/permessage-deflate.mjs').DeflateOptions} [deflate] offer permessage-deflate; browsers
 *   always do. A client lets the server choose the parameters
 * @property {number} [fragment] send in fragments of that many bytes at most, if it can
 * @property {string[]} [pings] in hex, sent before the first message, if it can
 *
 * @typedef {object} Report what it saw
 * @property {string} extensions those negotiated
 * @property {Entry[]} received
 * @property {Close} close
 * @property {string[]} [pongs] in hex, by those who see them
 *
 * @typedef {object} Ways of a client to do what the interface does not say
 * @property {(url: string) => WebSocket} [open]
 * @property {(socket: WebSocket, data: string | Uint8Array) => void} [send]
 */

/** Milliseconds to wait for the next message: then it has been lost, and the report is of those that came. */
export const PATIENCE = 30_000

/**
 * @param {string} url
 * @param {Script} script
 * @param {Ways} [ways]
 * @returns {Promise<Report>}
 */
export async function converse(url, { contents, close = { code: 1000, reason: '' } }, ways = {}) {
  const { open = (address) => new WebSocket(address), send = (socket, data) => socket.send(data) } = ways
  const messages = contents === undefined ? [] : await loadContents(contents)
  const socket = open(url)
  socket.binaryType = 'arraybuffer'
  /** @type {Promise<Entry>[]} */
  const received = []
  const closed = new Promise((resolve) => {
    socket.onclose = ({ code, reason }) => resolve({ code, reason })
  })
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let patience
  const allReceived = new Promise((resolve) => {
    const waitForNext = () => {
      clearTimeout(patience)
      if (received.length < messages.length) patience = setTimeout(resolve, PATIENCE)
      else resolve(undefined)
    }
    waitForNext()
    socket.onmessage = ({ data }) => {
      received.push(entryOf(data))
      waitForNext()
    }
  })
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error(`no connection to ${url}`))
  })
  const { extensions } = socket
  for (const data of messages) send(socket, data)
  await Promise.race([allReceived, closed])
  clearTimeout(patience)
  if (close?.code === 1005) socket.close()
  else if (close !== null) socket.close(close.code, close.reason)
  return { close: await closed, extensions, received: await Promise.all(received) }
}

/**
 * @param {string} url without the ending
 * @returns {Promise<(string | Uint8Array)[]>}
 */
export async function loadContents(url) {
  const responses = await Promise.all([fetch(`${url}.json`), fetch(`${url}.bin`)])
  /** @type {Entry[]} */
  const index = await responses[0].json()
  const data = new Uint8Array(await responses[1].arrayBuffer())
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let end = 0
  return index.map(({ type, length }) => {
    const bytes = data.subarray(end, (end += length))
    return type === 'text' ? decoder.decode(bytes) : bytes
  })
}

/**
 * @param {string | ArrayBuffer | Uint8Array} data
 * @returns {Promise<Entry>}
 */
export async function entryOf(data) {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const sha256 = Array.from(hash, (octet) => octet.toString(16).padStart(2, '0')).join('')
  return { type: typeof data === 'string' ? 'text' : 'binary', length: bytes.length, sha256 }
}
