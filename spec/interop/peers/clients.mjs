/**
 * The clients that are not of this package, all of which do what a script says and report what they saw.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { WebSocket as Ws } from 'ws'
import { browsers } from '../browsers.mjs'
import { converse } from '../page/websocket-client.mjs'
import { python } from '../tools.mjs'
import { pythonClient } from './python.mjs'

/**
 * @typedef {import('../page/websocket-client.mjs').Script} Script
 * @typedef {import('../page/websocket-client.mjs').Report} Report
 *
 * @typedef {object} Client
 * @property {string} name
 * @property {string | null} missing why it cannot run here
 * @property {boolean} sendsEmptyClose can close without a code
 * @property {boolean} pings
 * @property {boolean} inflatesLarge one frame that inflates to more than 4 MiB
 * @property {boolean} showsParameters of extensions, not only their names
 * @property {(url: string, script: Script) => Promise<Report>} converse
 * @property {(filesUrl: string) => Promise<void>} [start]
 * @property {() => Promise<void>} [stop]
 */

/** @type {Client[]} */
export const clients = [
  {
    name: 'ws',
    missing: null,
    sendsEmptyClose: true,
    pings: true,
    inflatesLarge: true,
    showsParameters: true,
    converse: wsClient,
  },
  {
    name: `Node ${process.versions.node}`,
    missing: null,
    sendsEmptyClose: true,
    pings: false,
    inflatesLarge: false,
    showsParameters: true,
    converse: nodeClient,
  },
  {
    name: 'Python websockets',
    missing: python.missing,
    sendsEmptyClose: false,
    pings: true,
    inflatesLarge: true,
    showsParameters: true,
    converse: pythonClient,
  },
  ...browsers.map(browserClient),
]

/**
 * @param {string} url
 * @param {Script} script
 */
async function wsClient(url, script) {
  const { deflate = false, fragment = Infinity, pings = [] } = script
  /** @type {string[]} */
  const pongs = []
  // It only has the names of extensions itself.
  let extensions = ''
  const report = await converse(url, script, {
    open(address) {
      const socket = new Ws(address, { perMessageDeflate: deflate !== false && { threshold: 0 } })
      socket.on('upgrade', ({ headers }) => {
        extensions = headers['sec-websocket-extensions'] ?? ''
      })
      socket.on('pong', (data) => pongs.push(data.toString('hex')))
      socket.on('open', () => pings.forEach((ping) => socket.ping(Buffer.from(ping, 'hex'))))
      return socket
    },
    send: (socket, data) => sendInFragments(socket, data, fragment),
  })
  return { ...report, pongs, extensions }
}

/**
 * @param {Ws} socket
 * @param {string | Uint8Array} message
 * @param {number} fragment
 */
export function sendInFragments(socket, message, fragment) {
  const data = Buffer.from(message)
  const binary = typeof message !== 'string'
  let start = 0
  do {
    const end = Math.min(start + fragment, data.length)
    socket.send(data.subarray(start, end), { binary, fin: end === data.length })
    start = end
  } while (start < data.length)
}

/**
 * @param {string} url
 * @param {Script} script
 */
async function nodeClient(url, script) {
  const program = fileURLToPath(new URL('node-client.mjs', import.meta.url))
  const options = typeof WebSocket === 'undefined' ? ['--experimental-websocket'] : []
  const args = [...options, '--no-warnings', program, url, JSON.stringify(script)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24, timeout: 100_000 })
  return JSON.parse(stdout)
}

/**
 * @param {typeof browsers[number]} browser
 * @returns {Client}
 */
function browserClient({ name, missing, launch }) {
  /** @type {import('puppeteer-core').Browser | undefined} */
  let running
  /** @type {import('puppeteer-core').Page} */
  let page
  return {
    name,
    missing,
    sendsEmptyClose: true,
    pings: false,
    inflatesLarge: true,
    showsParameters: name !== 'Firefox',
    async start(filesUrl) {
      running = await launch()
      page = await running.newPage()
      page.setDefaultTimeout(100_000)
      await page.goto(`${filesUrl}/spec/interop/page/`)
    },
    async stop() {
      await running?.close()
    },
    converse: (url, script) =>
      page.evaluate(
        async (address, steps) => {
          const { converse } = await import('/spec/interop/page/websocket-client.mjs')
          return converse(address, steps)
        },
        url,
        script,
      ),
  }
}
