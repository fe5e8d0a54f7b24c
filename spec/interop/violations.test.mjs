/**
 * Each rule of RFC 6455 broken over a real socket: the right close code and the rule come back, the TCP connection
 * ends, and whoever else is connected does not notice.
 *
 *   node --test violations.test.mjs
 */
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { rules } from '../../dist/esm/index.js'
import { startChatServer } from '../examples/chat-server.mjs'
import { connect } from '../examples/client.mjs'
import { startEchoServer } from '../examples/echo-server.mjs'
import { Bystander } from './bystander.mjs'
import { startProxied } from './proxied.mjs'
import { closeFrame, frame, inTime, masked, openRaw, openingResponse, startRawServer } from './raw.mjs'
import { test } from './tools.mjs'
import { MAX_MESSAGE_LENGTH, violationOfLongFrame, violationsOf, violationsOfDeflate, violationsOfLength } from './violations.mjs'

/**
 * @typedef {object} Server
 * @property {string} name
 * @property {() => Promise<{ url: string, close: () => Promise<void> }>} start
 * @property {import('./violations.mjs').Violation[]} violations
 * @property {boolean} [deflate]
 * @property {boolean} [greets] with a text
 */

/**
 * The proxy sends long frames on in fragments, whatever their length, so a server behind it only sees messages that are
 * too long.
 */
const violationsThroughProxy = [...violationsOf('client'), violationOfLongFrame()]
const violationsOfClient = [...violationsOf('client'), ...violationsOfLength('client')]

/** @type {Server[]} */
const servers = [
  { name: 'the echo server', start: startEcho, violations: violationsOfClient },
  { name: 'the compressing echo server', start: startCompressing, violations: violationsOfDeflate(), deflate: true },
  { name: 'the chat server', start: startChatServer, violations: violationsOfClient, greets: true },
  {
    name: 'the echo server through the proxy',
    start: () => startProxied(startEcho),
    violations: violationsThroughProxy,
  },
  {
    name: 'the compressing echo server through the proxy',
    start: () => startProxied(startCompressing),
    violations: violationsOfDeflate(),
    deflate: true,
  },
]

function startEcho() {
  return startEchoServer({ maxMessageLength: MAX_MESSAGE_LENGTH })
}

function startCompressing() {
  return startEchoServer({ maxMessageLength: MAX_MESSAGE_LENGTH, deflate: true })
}

test('every rule is broken by clients and by servers, but for those that only the other one can break', () => {
  const exceptions = /** @type {const} */ ({ client: 'mask-forbidden', server: 'mask-required' })
  // The examples have no limit of a frame, and readers discard what comes after a Close.
  const unseen = ['payload-too-long', 'after-close']
  for (const sender of /** @type {const} */ (['client', 'server'])) {
    const broken = new Set([...violationsOf(sender), ...violationsOfDeflate()].map(({ rule }) => rule))
    const expected = Object.keys(rules).filter((rule) => rule !== exceptions[sender] && !unseen.includes(rule))
    assert.deepEqual([...broken].sort(), expected.sort())
  }
})

for (const { name, start, violations, deflate = false, greets = false } of servers) {
  describe(`a client that breaks a rule, and ${name}`, () => {
    /** @type {Awaited<ReturnType<Server['start']>>} */
    let server
    /** @type {Bystander} */
    let bystander

    before(async () => {
      server = await start()
      bystander = await Bystander.connect(server.url)
    })

    after(async () => {
      await bystander.close()
      await server.close()
    })

    for (const { rule, closeCode, what, bytes } of violations) {
      test(nameOf(rule, what, closeCode), async () => {
        await bystander.echo()
        const peer = await openRaw(server.url, { deflate })
        if (greets) assert.match((await peer.take(greetingLength)).toString(), /Welcome/)
        await bystander.echo()

        peer.write(bytes)
        if (closeCode === 1006) peer.socket.end()
        const expected = answerTo(rule, closeCode)
        const answer = await peer.takeRest()
        // In a chat, what the bystander says comes too.
        assert.equal(greets ? answer.slice(answer.length - expected.length) : answer, expected)
        await inTime(peer.closed, 'the end of both directions')
        assert.equal(peer.error, null)
        if (greets) await bystander.see((text) => text.endsWith(' left'))
        await bystander.echo()
      })
    }
  })
}

/**
 * @param {string} rule
 * @param {string} what
 * @param {number} closeCode
 */
function nameOf(rule, what, closeCode) {
  return `${rule}, ${what}: ${closeCode === 1006 ? 'the connection ends' : closeCode}`
}

/**
 * @param {string} rule
 * @param {number} closeCode
 * @returns {string} in hex
 */
function answerTo(rule, closeCode) {
  return closeCode === 1006 ? '' : closeFrame(closeCode, rule).toString('hex')
}

/**
 * The length of the first frame, which is a short text.
 *
 * @param {Buffer} received
 */
function greetingLength(received) {
  return received.length > 1 && received.length >= 2 + received[1] ? 2 + received[1] : 0
}

describe('a server that breaks a rule, and the client of the examples', () => {
  for (const { rule, closeCode, what, bytes } of [...violationsOf('server'), ...violationsOfLength('server')]) {
    test(nameOf(rule, what, closeCode), async (t) => {
      /** @type {(answer: Promise<string>) => void} */
      let answered = () => {}
      const answer = new Promise((resolve) => {
        answered = resolve
      })
      const server = await startRawServer((peer, key) => {
        peer.write(openingResponse(key))
        peer.write(bytes)
        if (closeCode === 1006) peer.socket.end()
        answered(peer.takeRest().finally(() => peer.socket.end()))
      })
      t.after(() => server.close())

      const connection = await connect(server.url, { maxMessageLength: MAX_MESSAGE_LENGTH })
      const messages = []
      for await (const message of connection) messages.push(message)

      assert.equal(connection.error?.rule, rule)
      assert.equal(connection.error?.closeCode, closeCode)
      assert.equal(unmasked(await inTime(answer, 'the answer of the client')), answerTo(rule, closeCode))
      assert.equal(connection.isOpen, false)
    })
  }
})

/**
 * A masked control frame without its mask; nothing of nothing.
 *
 * @param {string} hex
 */
function unmasked(hex) {
  if (hex === '') return ''
  const bytes = Buffer.from(hex, 'hex')
  assert.ok(bytes[1] & 0x80, 'a client masks what it sends')
  const header = Buffer.from([bytes[0], bytes[1] & 0x7f])
  return frame(header.toString('hex'), masked(bytes.subarray(6), bytes.toString('hex', 2, 6))).toString('hex')
}
