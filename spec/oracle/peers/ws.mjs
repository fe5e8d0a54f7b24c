/** ws: its Receiver. */
import { readFileSync } from 'node:fs'
import { PerMessageDeflate, Receiver } from 'ws'

export const name = 'ws'
export const { version } = JSON.parse(readFileSync(new URL(import.meta.resolve('ws/package.json')), 'utf8'))
export const senders = ['client', 'server']
export const supports = [
  'messages',
  'message-limit',
  '64-bit-lengths',
  'many-fragments',
  'permessage-deflate',
  'context-takeover',
  'window-15',
  'bfinal',
]

export function read({ sender, extensions, maxMessageLength = 2 ** 26 }, chunks, seen) {
  const isServer = sender === 'client'
  const deflate = new PerMessageDeflate({ isServer, maxPayload: maxMessageLength })
  deflate.accept([{}])
  const receiver = new Receiver({
    isServer,
    maxPayload: maxMessageLength,
    maxFragments: 2 ** 30,
    maxBufferedChunks: 2 ** 30,
    extensions: extensions?.permessageDeflate ? { [PerMessageDeflate.extensionName]: deflate } : {},
  })
  receiver.on('message', (data, isBinary) => seen.message(isBinary ? 'binary' : 'text', data))
  receiver.on('ping', (data) => seen.message('ping', data))
  receiver.on('pong', (data) => seen.message('pong', data))
  receiver.on('conclude', (code, reason) => seen.message(`close:${code}`, reason))
  return new Promise((resolve) => {
    const done = () => {
      deflate.cleanup()
      resolve()
    }
    receiver.on('error', (error) => {
      const symbol = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code')
      if (symbol === undefined) seen.crash(error)
      else seen.error(error[symbol])
      done()
    })
    receiver.on('finish', done)
    const write = (i) => {
      if (receiver.writableEnded) return
      if (i === chunks.length) return receiver.end()
      seen.fed(chunks[i].length)
      receiver.write(chunks[i], (error) => error ?? write(i + 1))
    }
    write(0)
  })
}
