/**
 * The receiver of `ws` as a peer.
 */
import { readFileSync } from 'node:fs'
import { PerMessageDeflate, Receiver } from 'ws'

/** @typedef {import('./differences.ts').PeerReading} PeerReading */

const TEXT = 0x1
const BINARY = 0x2
const CLOSE = 0x8
const PING = 0x9
const PONG = 0xa

export const { version } = JSON.parse(readFileSync(new URL(import.meta.resolve('ws/package.json')), 'utf8'))

/**
 * @param {import('./case.ts').Case} subject
 * @returns {Promise<PeerReading>}
 */
export function readWithWs({ bytes, cuts, options: { sender, extensions, maxMessageLength } }) {
  const isServer = sender === 'client'
  const maxPayload = maxMessageLength === Infinity ? 0 : maxMessageLength
  const deflate = new PerMessageDeflate({ isServer, maxPayload })
  deflate.accept([{ client_no_context_takeover: [true], server_no_context_takeover: [true] }])
  const receiver = new Receiver({
    isServer,
    maxPayload,
    extensions: extensions?.permessageDeflate === true ? { [PerMessageDeflate.extensionName]: deflate } : {},
  })

  /** @type {PeerReading['messages'][number][]} */
  const messages = []
  receiver.on('message', (data, isBinary) => messages.push({ opcode: isBinary ? BINARY : TEXT, payload: data }))
  receiver.on('ping', (payload) => messages.push({ opcode: PING, payload }))
  receiver.on('pong', (payload) => messages.push({ opcode: PONG, payload }))
  receiver.on('conclude', (code, reason) => {
    const head = code === 1005 ? [] : [Uint8Array.of(code >> 8, code & 0xff)]
    messages.push({ opcode: CLOSE, payload: Buffer.concat([...head, reason]) })
  })

  return new Promise((resolve) => {
    const done = (closeCode, crash) => {
      deflate.cleanup()
      resolve({ messages, closeCode, crash })
    }
    receiver.on('error', (error) => {
      const symbol = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code')
      if (symbol === undefined) done(null, String(error))
      else done(error[symbol], '')
    })
    receiver.on('finish', () => done(null, ''))

    // One at a time, as a stream with backpressure would.
    const write = (i) => {
      if (receiver.writableEnded) return
      // A copy, for it is unmasked in place.
      const chunk = Buffer.from(bytes.subarray([0, ...cuts][i], cuts[i] ?? bytes.length))
      const next = i < cuts.length ? () => write(i + 1) : () => receiver.writableEnded || receiver.end()
      receiver.write(chunk, (error) => error ?? next())
    }
    write(0)
  })
}
