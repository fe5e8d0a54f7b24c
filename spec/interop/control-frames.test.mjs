/**
 * The closing handshake and pings between clients of all kinds and the server's end of a connection of the examples:
 * codes and reasons arrive, whoever closes, and pings are answered.
 *
 *   node --test control-frames.test.mjs
 */
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { acceptUpgrade } from '../examples/handshake.mjs'
import { serve, upgradeRequired } from '../examples/serve.mjs'
import { startFileServer } from './files.mjs'
import { clients } from './peers/clients.mjs'
import { testWith } from './tools.mjs'

/** 123 bytes, the most there is room for after the code. */
const longestReason = '€'.repeat(41)

/** Those that every client may send. */
const closesOfClients = [
  { code: 1000, reason: '' },
  { code: 1000, reason: 'done' },
  { code: 3000, reason: longestReason },
  { code: 4999, reason: 'auf Wiedersehen, 再见 👋' },
]

/** What remains of the codes that may be on the wire (7.4). */
const closesOfServers = [
  ...closesOfClients,
  { code: 1005, reason: '' },
  ...[1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].map((code) => ({ code, reason: `${code}!` })),
]

/** In hex: with nothing in them, with what is no text, and with as much as a control frame can hold. */
const pings = ['', '00', 'ff00fe01', 'ab'.repeat(125)]

/** @type {Awaited<ReturnType<typeof startFileServer>>} */
let files

before(async () => {
  files = await startFileServer()
})

after(() => files.close())

/**
 * A server that lets a test play its end of the first connection.
 *
 * @param {import('node:test').TestContext} t
 */
async function startServer(t) {
  /** @type {(connection: import('../examples/connection.mjs').Connection) => void} */
  let accept
  const connected = new Promise((resolve) => {
    accept = resolve
  })
  const { url, close } = await serve(0, upgradeRequired, (request, socket, head) => {
    const connection = acceptUpgrade(request, socket, head, {})
    if (connection !== null) accept(connection)
  })
  t.after(close)
  return { url, connected }
}

/** @param {AsyncIterable<import('websocket-frames').Message>} connection */
async function controlFramesOf(connection) {
  const frames = []
  for await (const message of connection) {
    if (message.type === 'close') frames.push(message)
    else frames.push({ type: message.type, data: Buffer.from(message.data).toString('hex') })
  }
  return frames
}

for (const client of clients) {
  describe(`${client.name} and the server's end of a connection`, () => {
    before(async () => {
      if (client.missing === null) await client.start?.(files.url)
    })

    after(() => client.stop?.())

    for (const close of [...closesOfClients, ...(client.sendsEmptyClose ? [{ code: 1005, reason: '' }] : [])]) {
      testWith([client], `the client closes with ${close.code} "${close.reason}" and gets it back`, async (t) => {
        const { url, connected } = await startServer(t)
        const seen = connected.then(controlFramesOf)
        const report = await client.converse(url, { close })
        assert.deepEqual(await seen, [{ type: 'close', ...close }])
        assert.deepEqual(report.close, { code: close.code, reason: '' })
      })
    }

    for (const close of closesOfServers) {
      testWith([client], `the server closes with ${close.code} "${close.reason}" and gets it back`, async (t) => {
        const { url, connected } = await startServer(t)
        const seen = connected.then(async (connection) => {
          await connection.close(close.code, close.reason)
          return controlFramesOf(connection)
        })
        const report = await client.converse(url, { close: null })
        assert.deepEqual(report.close, close)
        const [{ type, code } = {}, ...more] = await seen
        assert.deepEqual({ type, code, more }, { type: 'close', code: close.code, more: [] })
      })
    }

    testWith([client], 'the client answers pings', async (t) => {
      const { url, connected } = await startServer(t)
      const seen = connected.then(async (connection) => {
        for (const ping of pings) await connection.ping(Buffer.from(ping, 'hex'))
        await connection.close()
        return controlFramesOf(connection)
      })
      await client.converse(url, { close: null })
      const frames = await seen
      assert.deepEqual(
        frames.slice(0, -1),
        pings.map((data) => ({ type: 'pong', data })),
      )
      assert.equal(frames.at(-1)?.type, 'close')
    })

    if (client.pings) {
      testWith([client], 'the pings of the client are answered', async (t) => {
        const { url, connected } = await startServer(t)
        const seen = connected.then(controlFramesOf)
        const report = await client.converse(url, { pings })
        assert.deepEqual(report.pongs, pings)
        assert.deepEqual(
          (await seen).slice(0, -1),
          pings.map((data) => ({ type: 'ping', data })),
        )
      })
    }
  })
}
