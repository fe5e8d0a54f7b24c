/** websocket-driver: bytes in, events out, as the server of a connection. What its clients read goes through the same parser. */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { http } = require('websocket-driver')

export const name = 'websocket-driver'
export const { version } = require('websocket-driver/package.json')
export const senders = ['client', 'server']
export const supports = ['messages', 'message-limit', '64-bit-lengths', 'many-fragments']

const headers = {
  ...{ host: 'localhost', connection: 'Upgrade', upgrade: 'websocket' },
  ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
}

export function read({ sender, maxMessageLength = 2 ** 26 }, chunks, seen) {
  const options = { maxLength: maxMessageLength, requireMasking: sender === 'client' }
  const driver = http({ method: 'GET', url: '/', headers }, options)
  let failed = false
  driver.on('error', () => {
    failed = true
  })
  driver.on('message', ({ data }) => seen.message(typeof data === 'string' ? 'text' : 'binary', Buffer.from(data)))
  driver.on('ping', ({ data }) => seen.message('ping', Buffer.from(data)))
  driver.on('pong', ({ data }) => seen.message('pong', Buffer.from(data)))
  driver.on('close', ({ code, reason }) => (failed ? seen.error(code) : seen.message(`close:${code}`, Buffer.from(reason))))
  driver.start()
  for (const chunk of chunks) {
    seen.fed(chunk.length)
    driver.parse(chunk)
    if (failed) return
  }
}
