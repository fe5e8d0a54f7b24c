/**
 * Clients of all kinds send every set of messages to the echo server, directly and through the proxy, and get back what
 * they sent: nothing lost, nothing changed, nothing out of order.
 *
 *   node --test clients.test.mjs
 */
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { startEchoServer } from '../examples/echo-server.mjs'
import { assertEchoed } from './assertions.mjs'
import { contents, fragmentOf } from './contents.mjs'
import { startFileServer } from './files.mjs'
import { clients } from './peers/clients.mjs'
import { startProxied } from './proxied.mjs'
import { testWith } from './tools.mjs'

/** @typedef {import('./contents.mjs').SetName} SetName */

/** @type {{ name: string, deflate?: boolean, isFragmented?: boolean, isProxied?: boolean, sets: SetName[] }[]} */
const routes = [
  { name: 'directly', sets: ['lengths', 'large', 'many'] },
  { name: 'directly, in fragments', isFragmented: true, sets: ['lengths', 'large'] },
  { name: 'directly, compressed', deflate: true, sets: ['lengths', 'many'] },
  // Not large in one frame: Node's own WebSocket refuses one that inflates to more than 4 MiB.
  { name: 'directly, compressed, in fragments', deflate: true, isFragmented: true, sets: ['lengths', 'large'] },
  { name: 'through the proxy', isProxied: true, sets: ['lengths', 'large', 'many'] },
  {
    name: 'through the proxy, compressed, in fragments',
    isProxied: true,
    deflate: true,
    isFragmented: true,
    sets: ['lengths'],
  },
]

/** @type {Awaited<ReturnType<typeof startFileServer>>} */
let files

before(async () => {
  files = await startFileServer()
})

after(() => files.close())

for (const client of clients) {
  describe(`${client.name} and the echo server`, () => {
    before(async () => {
      if (client.missing === null) await client.start?.(files.url)
    })

    after(() => client.stop?.())

    for (const { name, deflate = false, isFragmented = false, isProxied = false, sets } of routes) {
      for (const set of sets) {
        const { index } = contents[set]
        testWith([client], `${name}: ${index.length} messages, the set "${set}"`, async (t) => {
          const fragment = isFragmented ? fragmentOf[set] : undefined
          const start = () => startEchoServer({ deflate, fragment })
          const server = await (isProxied ? startProxied(start) : start())
          t.after(() => server.close())

          const script = { contents: files.contentsUrl(set), deflate, fragment }
          const report = await client.converse(server.url, script)

          assertEchoed(report.received, index)
          assert.match(report.extensions, deflate ? /^permessage-deflate/ : /^$/)
          assert.equal(report.close.code, 1000)
        })
      }
    }
  })
}
