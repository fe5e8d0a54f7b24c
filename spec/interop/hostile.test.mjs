/**
 * Peers that break no rule and are hard to bear all the same: very slow, very sudden, or not listening.
 *
 *   node --test hostile.test.mjs
 */
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { MessageReader } from '../../dist/esm/index.js'
import { startChatServer } from '../examples/chat-server.mjs'
import { connect } from '../examples/client.mjs'
import { startEchoServer } from '../examples/echo-server.mjs'
import { startProxy } from '../examples/proxy.mjs'
import { Bystander } from './bystander.mjs'
import { startProxied } from './proxied.mjs'
import { closeFrame, connectRaw, frame, inTime, masked } from './raw.mjs'
import { openRaw, openingRequest, openingResponse, startRawServer } from './raw.mjs'
import { test } from './tools.mjs'

const KEY = '37fa213d'
const MIB = 2 ** 20

const closeOfClient = frame('88 02', Uint8Array.of(0x03, 0xe8), KEY)

/** An opcode and RSV bits that nobody has defined. */
const violation = Buffer.from('ffff', 'hex')

const answerToClose = closeFrame(1000, '').toString('hex')

/** A text in three fragments with a ping between them, a binary message with a length of 16 bits, and a Close. */
const conversation = Buffer.concat([
  frame('01 03', 'abc', KEY),
  frame('89 02', 'hi', KEY),
  frame('00 00', '', KEY),
  frame('80 03', 'dé', KEY),
  frame('82 7e 0100', Buffer.alloc(256, 7), KEY),
  closeOfClient,
])
const answers =
  Buffer.concat([frame('8a 02', 'hi'), frame('81 06', 'abcdé'), frame('82 7e 0100', Buffer.alloc(256, 7))]).toString('hex') + answerToClose

const servers = [
  { name: 'the echo server', start: () => startEchoServer(), echoes: true },
  { name: 'the echo server through the proxy', start: () => startProxied(startEchoServer), echoes: true },
  { name: 'the chat server', start: () => startChatServer(), echoes: false },
]

/** @type {string[]} */
const warnings = []
process.on('warning', (warning) => warnings.push(String(warning)))

/**
 * @param {import('./raw.mjs').RawPeer} peer
 * @param {Uint8Array} bytes
 */
async function writeOneByOne(peer, bytes) {
  for (const octet of bytes) {
    await new Promise((resolve) => peer.socket.write(Uint8Array.of(octet), resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/**
 * The server has ended its direction of the connection and still reads: had it ended both, as it does with a peer that
 * stays, writing would make it reset the connection.
 *
 * @param {import('./raw.mjs').RawPeer} peer
 * @param {Bystander} bystander
 */
async function endUnharmed(peer, bystander) {
  for (let i = 0; i < 3; i++) {
    peer.write(Buffer.alloc(1))
    await bystander.echo()
  }
  peer.socket.end()
  await inTime(peer.closed, 'the end of both directions')
  assert.equal(peer.error, null)
  await bystander.echo()
}

for (const { name, start, echoes } of servers) {
  describe(name, () => {
    /** @type {Awaited<ReturnType<typeof startEchoServer>>} */
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

    if (echoes) {
      test('reads a conversation that comes byte by byte, the handshake included', async () => {
        const peer = await connectRaw(server.url)
        await writeOneByOne(peer, Buffer.from(openingRequest(server.url)))
        await peer.takeHead()
        const [answer] = await Promise.all([peer.takeRest(), writeOneByOne(peer, conversation), bystander.echo()])
        assert.equal(answer, answers)
        await bystander.echo()
      })

      test('sends everything to a peer that ends its direction right after its Close', async () => {
        const peer = await openRaw(server.url, { connect: { allowHalfOpen: true } })
        peer.socket.end(conversation)
        assert.equal(await peer.takeRest(), answers)
        await inTime(peer.closed, 'the end of both directions')
        assert.equal(peer.error, null)
      })
    }

    test('drops what comes after a Close', async () => {
      const peer = await openRaw(server.url, { connect: { allowHalfOpen: true } })
      const after = [frame('81 05', 'Hello', KEY), frame('89 00', '', KEY), violation]
      peer.write(Buffer.concat([closeOfClient, ...after]))
      const rest = await peer.takeRest()
      assert.equal(echoes ? rest : rest.slice(-answerToClose.length), answerToClose)
      await endUnharmed(peer, bystander)
    })

    test('lets a peer that breaks a rule in the middle of much data read the Close', async () => {
      const peer = await openRaw(server.url, { connect: { allowHalfOpen: true } })
      peer.write(Buffer.concat([violation, Buffer.alloc(MIB)]))
      const rest = await peer.takeRest()
      const expected = closeFrame(1002, 'rsv-bit').toString('hex')
      assert.equal(echoes ? rest : rest.slice(-expected.length), expected)
      await endUnharmed(peer, bystander)
    })

    for (const [what, bytes] of /** @type {const} */ ([
      ['before a frame', Buffer.alloc(0)],
      ['inside a header', frame('82 7f 0000000001000000', '', KEY).subarray(0, 7)],
      ['inside a payload', frame('82 7e 1000', 'only some of it', KEY)],
      ['between two fragments', frame('01 03', 'abc', KEY)],
      ['after a Close', closeOfClient],
    ])) {
      test(`survives a reset ${what}`, async () => {
        const peer = await openRaw(server.url)
        await new Promise((resolve) => peer.socket.write(bytes, resolve))
        await bystander.echo()
        peer.socket.resetAndDestroy()
        await inTime(peer.closed, 'the reset')
        await bystander.echo()
      })
    }

    test('survives a reset while it sends', async () => {
      const peer = await openRaw(server.url)
      peer.socket.pause()
      for (let i = 0; i < 50; i++) peer.write(frame('82 7e ffff', Buffer.alloc(65535), KEY))
      await bystander.echo()
      peer.socket.resetAndDestroy()
      await inTime(peer.closed, 'the reset')
      await bystander.echo()
    })
  })
}

describe('a peer that is told to go and stays', { concurrency: true }, () => {
  // All at once, since each is given some seconds.
  for (const { name, start } of servers) {
    for (const [what, bytes] of /** @type {const} */ ([
      ['a violation', violation],
      ['its Close', closeOfClient],
    ])) {
      test(`is disconnected from ${name} after ${what}`, async (t) => {
        const server = await start()
        t.after(() => server.close())
        const bystander = await Bystander.connect(server.url)
        const peer = await openRaw(server.url, { connect: { allowHalfOpen: true } })
        peer.write(bytes)
        await inTime(peer.ended, 'the end of the TCP connection')
        // Only who goes on writing learns that nobody reads any more.
        const writing = setInterval(() => peer.write(Buffer.alloc(100, 0xff)), 20)
        t.after(() => clearInterval(writing))
        await inTime(peer.closed, 'the end of both directions')
        await bystander.echo()
        await bystander.close()
      })
    }
  }
})

for (const { name, start } of servers.filter(({ echoes }) => echoes)) {
  test(`${name} does not read from who does not read, and loses nothing when they do again`, async (t) => {
    const server = await start()
    t.after(() => server.close())
    const bystander = await Bystander.connect(server.url)
    const peer = await openRaw(server.url)
    peer.socket.removeAllListeners('data').pause()
    const count = 256
    const data = Buffer.alloc(MIB, 'some data')
    const message = frame('82 7f 0000000000100000', data, KEY)
    let sent = 0
    const sending = (async () => {
      while (sent < count && !peer.socket.destroyed) {
        await new Promise((resolve) => peer.socket.write(message, resolve))
        sent++
      }
    })()

    // Until nothing moves any more: then what does not fit into the buffers of the operating system waits here.
    for (let before = -1, same = 0; same < 10;) {
      await delay(100)
      await bystander.echo()
      same = sent === before ? same + 1 : 0
      before = sent
    }
    assert.notEqual(sent, count, 'the server has taken everything')

    const reader = new MessageReader({ sender: 'server' })
    let received = 0
    const all = new Promise((resolve, reject) => {
      peer.socket.on('data', (chunk) => {
        for (const answer of reader.push(chunk)) {
          if (answer.type !== 'binary' || !data.equals(answer.data)) reject(new Error(`message ${received} is wrong`))
          if (++received === count) resolve(undefined)
        }
      })
    })
    peer.socket.resume()
    await inTime(Promise.all([sending, all]), 'all of the echo')
    await bystander.close()
    peer.socket.destroy()
  })
}

describe('the client of the examples', () => {
  test('reads a conversation that comes byte by byte, the handshake included', async (t) => {
    const server = await startRawServer(async (peer, key) => {
      const frames = [frame('01 03', 'abc'), frame('89 02', 'hi'), frame('80 03', 'dé'), closeFrame(1001, 'bye')]
      await writeOneByOne(peer, Buffer.concat([Buffer.from(openingResponse(key)), ...frames]))
      // The server ends the TCP connection first (7.1.1).
      peer.socket.end()
    })
    t.after(() => server.close())
    const messages = []
    for await (const message of await inTime(connect(server.url), 'a connection')) messages.push(message)
    assert.deepEqual(messages, [
      { type: 'ping', data: new Uint8Array(Buffer.from('hi')) },
      { type: 'text', data: 'abcdé' },
      { type: 'close', code: 1001, reason: 'bye' },
    ])
  })

  test('masks each frame with a key of its own', async (t) => {
    const count = 50
    /** @type {Set<string>} */
    const keys = new Set()
    const server = await startRawServer(async (peer, key) => {
      peer.write(openingResponse(key))
      for (let i = 0; i < count; i++) keys.add((await peer.takeHex(2 + 4 + 1)).slice(4, 12))
      peer.socket.end(closeFrame(1000, ''))
    })
    t.after(() => server.close())
    const connection = await inTime(connect(server.url), 'a connection')
    for (let i = 0; i < count; i++) void connection.send('a')
    for await (const message of connection) assert.equal(message.type, 'close')
    assert.equal(keys.size, count)
  })

  test('takes a reset after both Close frames for a clean close', async (t) => {
    const server = await startRawServer(async (peer, key) => {
      peer.write(openingResponse(key))
      peer.write(closeFrame(1000, 'bye'))
      await peer.takeHex(2 + 4 + 2)
      peer.socket.resetAndDestroy()
    })
    t.after(() => server.close())
    // More than once, since a reset may come sooner or later.
    for (let i = 0; i < 20; i++) {
      const connection = await inTime(connect(server.url), 'a connection')
      const messages = []
      for await (const message of connection) {
        messages.push(message)
        // Until the reset has come.
        await delay(i)
        void connection.ping()
      }
      assert.deepEqual(messages, [{ type: 'close', code: 1000, reason: 'bye' }])
      assert.equal(connection.error, null)
    }
  })

  test('takes a reset that answers its Close with nothing for an error', async (t) => {
    const server = await startRawServer(async (peer, key) => {
      peer.write(openingResponse(key))
      await peer.takeHex(2 + 4 + 2)
      peer.socket.resetAndDestroy()
    })
    t.after(() => server.close())
    const connection = await inTime(connect(server.url), 'a connection')
    void connection.close()
    for await (const message of connection) assert.fail(`a message: ${message.type}`)
    assert.equal(connection.error?.code, 'ECONNRESET')
  })

  test('cuts a reason that is too long on a character', async (t) => {
    const server = await startRawServer(async (peer, key) => {
      peer.write(openingResponse(key))
      const header = await peer.takeHex(2)
      const payload = Buffer.from(await peer.takeHex(4 + (parseInt(header.slice(2), 16) & 0x7f)), 'hex')
      const reason = masked(payload.subarray(4), payload.toString('hex', 0, 4)).subarray(2)
      peer.socket.end(closeFrame(1000, String(reason.equals(Buffer.from(`a${'é'.repeat(61)}`)))))
    })
    t.after(() => server.close())
    const connection = await inTime(connect(server.url), 'a connection')
    void connection.close(1000, `a${'é'.repeat(200)}`)
    for await (const message of connection) assert.deepEqual(message, { type: 'close', code: 1000, reason: 'true' })
  })

  for (const contextTakeover of [true, false]) {
    const what = `${contextTakeover ? 'with' : 'without'} context takeover`
    test(`does not hang or fail if the connection is reset while it compresses, ${what}`, async (t) => {
      const parameter = contextTakeover ? '' : '; client_no_context_takeover'
      const server = await startRawServer(async (peer, key) => {
        peer.write(openingResponse(key, { 'Sec-WebSocket-Extensions': `permessage-deflate${parameter}` }))
        await peer.takeHex(1)
        peer.socket.resetAndDestroy()
      })
      t.after(() => server.close())
      const connection = await inTime(connect(server.url, { deflate: true }), 'a connection')
      const sent = Array.from({ length: 20 }, () => connection.send(Buffer.alloc(MIB, 'some data')))
      for await (const message of connection) assert.fail(`a message: ${message.type}`)
      assert.equal((await inTime(Promise.all(sent), 'an answer to each')).at(-1), false)
      assert.equal(await connection.send('late'), false)
      assert.equal(connection.unsentLength, 0)
    })
  }

  test('says that a server has reset the connection', async (t) => {
    const server = await startRawServer(async (peer, key) => {
      peer.write(Buffer.concat([Buffer.from(openingResponse(key)), frame('82 7e 1000', 'only some of it')]))
      await peer.takeHex(1)
      peer.socket.resetAndDestroy()
    })
    t.after(() => server.close())
    const connection = await inTime(connect(server.url), 'a connection')
    const reading = (async () => {
      for await (const message of connection) assert.fail(`a message: ${message.type}`)
    })()
    await connection.ping()
    await inTime(reading, 'the end of the connection')
    assert.equal(connection.error?.code, 'ECONNRESET')
  })
})

describe('the proxy', () => {
  test('ends the connection of a client whose server has gone, without a Close', async (t) => {
    const server = await startEchoServer()
    const proxy = await startProxy({ target: server.url })
    t.after(() => proxy.close())
    const peer = await openRaw(proxy.url)
    peer.write(frame('81 05', 'Hello', KEY))
    assert.equal(await peer.takeHex(7), frame('81 05', 'Hello').toString('hex'))
    await server.close()
    assert.equal(await peer.takeRest(), '')
    await inTime(peer.closed, 'the end of both directions')
  })

  test('ends the connection to a server whose client has gone, without a Close', async (t) => {
    /** @type {(peer: import('./raw.mjs').RawPeer) => void} */
    let connected = () => {}
    const connection = new Promise((resolve) => {
      connected = resolve
    })
    const server = await startRawServer((peer, key) => {
      peer.write(openingResponse(key))
      connected(peer)
    })
    t.after(() => server.close())
    const proxy = await startProxy({ target: server.url })
    t.after(() => proxy.close())
    const client = await openRaw(proxy.url)
    const peer = await connection
    client.socket.resetAndDestroy()
    assert.equal(await peer.takeRest(), '')
  })
})

test('nothing of this has made Node warn, as it does of listeners that become more and more', () => {
  assert.deepEqual(warnings, [])
})
