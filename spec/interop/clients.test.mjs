/**
 * Clients of all kinds send every set of messages to the echo server, directly and through the proxy, and get back what
 * they sent: nothing lost, nothing changed, nothing out of order.
 *
 *   node --test clients.test.mjs
 */
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { startEchoServer } from '../examples/echo-server.mjs'
import { agreements, assertAgreed } from './agreements.mjs'
import { assertEchoed } from './assertions.mjs'
import { contents, fragmentOf } from './contents.mjs'
import { startFileServer } from './files.mjs'
import { clients } from './peers/clients.mjs'
import { startProxied } from './proxied.mjs'
import { testWith } from './tools.mjs'

/** @typedef {import('./contents.mjs').SetName} SetName */
/** @typedef {import('../examples/permessage-deflate.mjs').DeflateOptions} DeflateOptions */

const all = /** @type {SetName[]} */ (['lengths', 'large', 'many'])

/** @type {{ name: string, deflate?: DeflateOptions | boolean, isFragmented?: boolean, isProxied?: boolean, sets: SetName[] }[]} */
const routes = [
  { name: 'directly', sets: ['lengths', 'large', 'many'] },
  { name: 'directly, in fragments', isFragmented: true, sets: ['lengths', 'large'] },
  ...agreements.map(({ name, deflate }) => ({ name: `directly, compressed, ${name}`, deflate, sets: all })),
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
        if (set === 'large' && deflate && !isFragmented && !client.inflatesLarge) continue
        const { index } = contents[set]
        testWith([client], `${name}: ${index.length} messages, the set "${set}"`, async (t) => {
          const fragment = isFragmented ? fragmentOf[set] : undefined
          const start = () => startEchoServer({ deflate, fragment })
          const server = await (isProxied ? startProxied(start) : start())
          t.after(() => server.close())

          const script = { contents: files.contentsUrl(set), deflate, fragment }
          const report = await client.converse(server.url, script)

          assertEchoed(report.received, index)
          // Not every client offers that its window be limited; what it has to inflate, every server may limit.
          assertAgreed(report.extensions, client.showsParameters ? deflate : deflate !== false, ['client_max_window_bits'])
          assert.equal(report.close.code, 1000)
        })
      }
    }
  })
}
