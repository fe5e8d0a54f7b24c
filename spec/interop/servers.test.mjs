/**
 * The client of the examples with servers that are not of this package: every set of messages, pings, and how it ends.
 *
 *   node --test servers.test.mjs
 */
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { agreements } from './agreements.mjs'
import { assertEchoed } from './assertions.mjs'
import { contents, fragmentOf } from './contents.mjs'
import { startFileServer } from './files.mjs'
import { converseByExample } from './peers/example-client.mjs'
import { servers } from './peers/servers.mjs'
import { startProxied } from './proxied.mjs'
import { testWith } from './tools.mjs'

/** @typedef {import('./contents.mjs').SetName} SetName */

/** @typedef {import('../examples/permessage-deflate.mjs').DeflateOptions | boolean} Deflate */
const all = /** @type {SetName[]} */ (['lengths', 'large', 'many'])

/**
 * @type {{ name: string, deflate?: Deflate, serverDeflate?: Deflate, isFragmented?: boolean, isProxied?: boolean, sets: SetName[] }[]}
 */
const routes = [
  { name: 'directly', sets: ['lengths', 'large', 'many'] },
  { name: 'directly, in fragments', isFragmented: true, sets: ['lengths', 'large', 'many'] },
  ...agreements.flatMap(({ name, deflate }) => [
    { name: `directly, compressed, the client asks: ${name}`, deflate, serverDeflate: true, sets: all },
    { name: `directly, compressed, the server asks: ${name}`, deflate: true, serverDeflate: deflate, sets: ['lengths', 'many'] },
  ]),
  { name: 'directly, compressed, in fragments', deflate: true, isFragmented: true, sets: ['lengths'] },
  { name: 'through the proxy, in fragments', isFragmented: true, isProxied: true, sets: ['lengths', 'many'] },
  { name: 'through the proxy, compressed', deflate: true, isProxied: true, sets: ['lengths', 'large'] },
]

const close = { code: 4000, reason: 'fin – 完了 🏁' }
const pings = ['', '00', 'ff00fe01', 'ab'.repeat(125)]

/** @type {Awaited<ReturnType<typeof startFileServer>>} */
let files

before(async () => {
  files = await startFileServer()
})

after(() => files.close())

for (const peer of servers) {
  describe(`the client of the examples and ${peer.name}`, () => {
    for (const { name, deflate = false, serverDeflate = deflate, isFragmented = false, isProxied = false, sets } of routes) {
      for (const set of sets) {
        const { index } = contents[set]
        testWith([peer], `${name}: ${index.length} messages, the set "${set}"`, async (t) => {
          const fragment = isFragmented ? fragmentOf[set] : undefined
          const start = () => peer.start({ deflate: serverDeflate, fragment })
          const server = await (isProxied ? startProxied(start) : start())
          t.after(() => server.close())

          const script = { contents: files.contentsUrl(set), deflate, fragment, close }
          const report = await converseByExample(server.url, script)

          assert.equal(report.error, null)
          assert.ok(report.sent.every(Boolean))
          assertEchoed(report.received, index)
          assert.equal(report.close?.code, close.code)
          assert.deepEqual(await server.nextClose(), close)
        })
      }
    }

    for (const isProxied of [false, true]) {
      const where = isProxied ? 'through the proxy' : 'directly'
      testWith([peer], `${where}: pings of both ends are answered, and the server closes`, async (t) => {
        const start = () => peer.start({ pings, close })
        const server = await (isProxied ? startProxied(start) : start())
        t.after(() => server.close())

        const report = await converseByExample(server.url, { pings, close: null })

        assert.deepEqual(report, { received: [], pongs: pings, pings, close, error: null, sent: pings.map(() => true) })
        assert.equal((await server.nextClose()).code, close.code)
      })
    }
  })
}
