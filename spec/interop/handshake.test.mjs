/**
 * The opening handshake (RFC 6455, section 4) with peers that get it wrong, or right in an unusual way.
 *
 *   node --test handshake.test.mjs
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe } from 'node:test'
import { WebSocket } from 'ws'
import { startChatServer } from '../examples/chat-server.mjs'
import { connect } from '../examples/client.mjs'
import { startEchoServer } from '../examples/echo-server.mjs'
import { startProxy } from '../examples/proxy.mjs'
import { Bystander } from './bystander.mjs'
import { randomBytes } from './contents.mjs'
import { startProxied } from './proxied.mjs'
import { connectRaw, frame, inTime, openingRequest, openingResponse, startRawServer } from './raw.mjs'
import { test } from './tools.mjs'

/** @typedef {[what: string, status: number, changed: Record<string, string | null>, ...startLine: string[]]} Refusal */

/** @type {Refusal[]} */
const refusals = [
  ['the method POST', 405, {}, 'POST'],
  ['HTTP/1.0', 400, {}, 'GET', '1.0'],
  ['no key', 400, { 'Sec-WebSocket-Key': null }],
  ['a key of 15 bytes', 400, { 'Sec-WebSocket-Key': 'AQIDBAUGBwgJCgsMDQ4P' }],
  ['a key that is no Base64', 400, { 'Sec-WebSocket-Key': 'AQIDBAUGBwgJCgsMDQ4P!A==' }],
  ['no version', 426, { 'Sec-WebSocket-Version': null }],
  ['version 8', 426, { 'Sec-WebSocket-Version': '8' }],
  ['version 14', 426, { 'Sec-WebSocket-Version': '14' }],
  ['no Host', 400, { Host: null }],
  ['an upgrade to something else', 400, { Upgrade: 'h2c' }],
]

/** @type {[what: string, changed: Record<string, string | null>][]} */
const acceptances = [
  ['tokens in another case', { Upgrade: 'WebSocket', Connection: 'upgrade' }],
  ['Connection as Firefox sends it', { Connection: 'keep-alive, Upgrade' }],
  ['a subprotocol that nobody knows', { 'Sec-WebSocket-Protocol': 'soap' }],
  ['an extension that nobody knows', { 'Sec-WebSocket-Extensions': 'x-unknown; a=1' }],
  ['an offer to compress that it does not want', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }],
]

const servers = [
  { name: 'the echo server', start: () => startEchoServer() },
  { name: 'the chat server', start: () => startChatServer() },
  { name: 'the echo server through the proxy', start: () => startProxied(startEchoServer) },
]

for (const { name, start } of servers) {
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

    for (const [what, status, changed, ...startLine] of refusals) {
      test(`refuses ${what} with ${status}, and ends the connection`, async () => {
        const peer = await connectRaw(server.url)
        peer.write(openingRequest(server.url, changed, ...startLine))
        const { start: statusLine, headers } = await peer.takeHead()
        assert.match(statusLine, new RegExp(`^HTTP/1\\.1 ${status} `))
        assert.equal(headers['sec-websocket-accept'], undefined)
        if (status === 426) assert.equal(headers['sec-websocket-version'], '13')
        if (status === 405) assert.equal(headers.allow, 'GET')
        await inTime(peer.closed, 'the end of the connection')
        await bystander.echo()
      })
    }

    for (const [what, changed] of acceptances) {
      test(`accepts ${what}`, async () => {
        const peer = await connectRaw(server.url)
        peer.write(openingRequest(server.url, changed))
        const { start: statusLine, headers } = await peer.takeHead()
        assert.match(statusLine, /^HTTP\/1\.1 101 /)
        assert.equal(headers.upgrade?.toLowerCase(), 'websocket')
        assert.equal(headers.connection?.toLowerCase(), 'upgrade')
        assert.equal(headers['sec-websocket-protocol'], undefined)
        assert.equal(headers['sec-websocket-extensions'], undefined)
        peer.socket.destroy()
        await bystander.echo()
      })
    }

    test('reads frames that come together with the request', async () => {
      const peer = await connectRaw(server.url)
      peer.write(Buffer.concat([Buffer.from(openingRequest(server.url)), frame('89 03', 'abc', '37fa213d')]))
      await peer.takeHead()
      await peer.take((received) => received.indexOf(frame('8a 03', 'abc')) + 1)
      peer.socket.destroy()
      await bystander.echo()
    })
  })
}

describe('a request that is no upgrade', () => {
  test('is told by the echo server and by the proxy what they speak', async (t) => {
    const server = await startEchoServer()
    t.after(() => server.close())
    const proxy = await startProxy({ target: server.url })
    t.after(() => proxy.close())
    for (const { url } of [server, proxy]) {
      const response = await fetch(url.replace('ws:', 'http:'))
      assert.equal(response.status, 426)
      assert.equal(response.headers.get('upgrade'), 'websocket')
      await response.text()
    }
  })
})

describe('the chat server', () => {
  test('refuses a page of another site with 403', async (t) => {
    const server = await startChatServer()
    t.after(() => server.close())
    const peer = await connectRaw(server.url)
    peer.write(openingRequest(server.url, { Origin: 'http://other.example' }))
    assert.match((await peer.takeHead()).start, /^HTTP\/1\.1 403 /)
    await inTime(peer.closed, 'the end of the connection')
  })
})

/** Offers, and what a server makes of them that compresses. */
const offers = [
  ['one without parameters', 'permessage-deflate', {}],
  [
    'one with all parameters',
    `permessage-deflate; ${[
      'server_no_context_takeover',
      'client_no_context_takeover',
      'server_max_window_bits=10',
      'client_max_window_bits',
    ].join('; ')}`,
    { server_no_context_takeover: '', client_no_context_takeover: '', server_max_window_bits: '10' },
  ],
  ['a quoted value', 'permessage-deflate; server_max_window_bits="12"', { server_max_window_bits: '12' }],
  [
    'the first of two that it can meet',
    'permessage-deflate; x=1, permessage-deflate; server_max_window_bits=9',
    {
      server_max_window_bits: '9',
    },
  ],
  ['none with a parameter that nobody knows', 'permessage-deflate; x=1', null],
  ['none with a parameter twice', 'permessage-deflate; client_max_window_bits; client_max_window_bits', null],
  ['none with a window of 16 bits', 'permessage-deflate; server_max_window_bits=16', null],
  ['none with a window without a size', 'permessage-deflate; server_max_window_bits', null],
  ['none with a window of 010 bits', 'permessage-deflate; client_max_window_bits=010', null],
  ['none with a value where there is none', 'permessage-deflate; server_no_context_takeover=1', null],
  ['none of another name', 'x-webkit-deflate-frame', null],
]

describe('the compressing echo server', () => {
  for (const [what, offered, agreed] of offers) {
    test(`accepts ${what}: ${offered}`, async (t) => {
      const server = await startEchoServer({ deflate: true })
      t.after(() => server.close())
      const peer = await connectRaw(server.url)
      peer.write(openingRequest(server.url, { 'Sec-WebSocket-Extensions': offered }))
      const { start, headers } = await peer.takeHead()
      assert.match(start, /^HTTP\/1\.1 101 /)
      peer.socket.destroy()

      const answer = headers['sec-websocket-extensions']
      if (agreed === null) return assert.equal(answer, undefined)
      const [name, ...parameters] = answer.split(';').map((part) => part.trim())
      const expected = Object.entries(agreed).map(([parameter, value]) => (value === '' ? parameter : `${parameter}=${value}`))
      assert.equal(name, 'permessage-deflate')
      assert.deepEqual(parameters.sort(), expected.sort())
    })
  }

  for (const windowBits of [9, 10, 12, 15]) {
    test(`does not refer back further than a window of ${windowBits} bits, if asked`, async (t) => {
      const server = await startEchoServer({ deflate: true })
      t.after(() => server.close())
      const socket = new WebSocket(server.url, { perMessageDeflate: { threshold: 0, serverMaxWindowBits: windowBits } })
      t.after(() => socket.terminate())
      const answered = once(socket, 'upgrade')
      await inTime(once(socket, 'open'), 'a connection')
      const [{ headers }] = await answered
      assert.match(headers['sec-websocket-extensions'], new RegExp(`server_max_window_bits=${windowBits}(;|$)`))
      // It repeats itself at distances on both sides of every size of window.
      const data = Buffer.concat([300, 700, 3000, 10_000].flatMap((length, i) => Array(4).fill(randomBytes(length, i))))
      socket.send(data)
      const [answer] = await inTime(once(socket, 'message'), 'the echo')
      assert.ok(data.equals(answer))
    })
  }
})

describe('the proxy', () => {
  test('says 502 if there is no server', async (t) => {
    const server = await startEchoServer()
    const proxy = await startProxy({ target: server.url })
    t.after(() => proxy.close())
    await server.close()
    const peer = await connectRaw(proxy.url)
    peer.write(openingRequest(proxy.url))
    assert.match((await peer.takeHead()).start, /^HTTP\/1\.1 502 /)
    await inTime(peer.closed, 'the end of the connection')
  })
})

/** @type {[what: string, response: (key: string) => string][]} */
const badResponses = [
  ['200 instead of 101', () => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['404', () => 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'],
  ['a redirection', () => 'HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'],
  ['no Sec-WebSocket-Accept', (key) => openingResponse(key, { 'Sec-WebSocket-Accept': null })],
  ['the Sec-WebSocket-Accept of another key', () => openingResponse('AQIDBAUGBwgJCgsMDQ4PEA==')],
  ['the key instead of Sec-WebSocket-Accept', (key) => openingResponse(key, { 'Sec-WebSocket-Accept': key })],
  ['no Upgrade', (key) => openingResponse(key, { Upgrade: null })],
  ['an Upgrade to something else', (key) => openingResponse(key, { Upgrade: 'h2c' })],
  ['no Connection', (key) => openingResponse(key, { Connection: null })],
  ['an extension not offered', (key) => openingResponse(key, { 'Sec-WebSocket-Extensions': 'permessage-deflate' })],
  ['a subprotocol not offered', (key) => openingResponse(key, { 'Sec-WebSocket-Protocol': 'soap' })],
  ['what is no HTTP', () => 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ['nothing', () => ''],
]

const agreement = 'permessage-deflate; server_no_context_takeover'
const badAgreements = [
  ['a window for the client of 8 bits, which zlib does not have', `${agreement}; client_max_window_bits=8`],
  ['a window for the client without a size', `${agreement}; client_max_window_bits`],
  ['a window too large', `${agreement}; server_max_window_bits=16`],
  ['a parameter that nobody knows', `${agreement}; x=1`],
  ['a parameter twice', `${agreement}; server_no_context_takeover`],
  ['a parameter with a value that it has not', `${agreement}=1`],
  ['the extension twice', `${agreement}, ${agreement}`],
  ['another extension', 'x-unknown'],
]

/** @param {Promise<unknown>} connecting */
function assertRefuses(connecting) {
  return assert.rejects(inTime(connecting, 'the refusal'), (error) => !/not within/.test(String(error)))
}

describe('the client of the examples', () => {
  for (const [what, response] of badResponses) {
    test(`refuses a server that answers with ${what}, and ends the connection`, async (t) => {
      /** @type {Promise<void> | undefined} */
      let closed
      const server = await startRawServer((peer, key) => {
        closed = peer.closed
        peer.write(response(key))
        // Whether the client ends its direction is what is waited for below.
        if (response(key) === '') peer.socket.end()
        void peer.ended.then(() => peer.socket.end())
      })
      t.after(() => server.close())
      await assertRefuses(connect(server.url))
      await inTime(closed ?? Promise.reject(new Error('no connection')), 'the end of the connection')
    })
  }

  for (const [what, extensions] of badAgreements) {
    test(`that has offered to compress refuses a server that answers with ${what}`, async (t) => {
      const server = await startRawServer((peer, key) => {
        peer.write(openingResponse(key, { 'Sec-WebSocket-Extensions': extensions }))
        void peer.ended.then(() => peer.socket.end())
      })
      t.after(() => server.close())
      await assertRefuses(connect(server.url, { deflate: true }))
    })
  }

  test('reads frames that come together with the answer', async (t) => {
    const server = await startRawServer((peer, key) => {
      const frames = [frame('81 05', 'Hello'), frame('88 02', Uint8Array.of(0x03, 0xe8))]
      peer.write(Buffer.concat([Buffer.from(openingResponse(key)), ...frames]))
      void peer.ended.then(() => peer.socket.end())
    })
    t.after(() => server.close())
    const messages = []
    const connection = await connect(server.url)
    // By then the frames have come.
    await new Promise((resolve) => setImmediate(resolve))
    for await (const message of connection) {
      messages.push(message)
      if (message.type === 'close') connection.destroy()
    }
    assert.deepEqual(messages, [
      { type: 'text', data: 'Hello' },
      { type: 'close', code: 1000, reason: '' },
    ])
  })
})
