/**
 * The built package, loaded as an ES module by a page in Chromium and in Firefox, reads every test vector.
 *
 *   node --test vectors.test.mjs             SEED=1 repeats the random cuts of a run that printed this seed
 */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { browsers } from './browsers.mjs'
import { startFileServer } from './files.mjs'
import { testWith } from './tools.mjs'

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url))
const paths = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /^(captures|documents|rfc6455)\/.*\.json$/.test(path))
const folders = ['rfc6455/', 'documents/', 'captures/']
const vectorsOnDisk = paths.flatMap((path) => JSON.parse(readFileSync(join(fixtures, path), 'utf8')).vectors)
const seed = Number(process.env.SEED ?? randomInt(2 ** 31))

/** @type {Awaited<ReturnType<typeof startFileServer>>} */
let files

before(async () => {
  files = await startFileServer()
})

after(() => files.close())

for (const browser of browsers) {
  const name = `${browser.name} reads every vector, whole, byte by byte, and cut at random (seed ${seed})`
  testWith([browser], name, async (t) => {
    for (const folder of folders)
      assert.ok(
        paths.some((path) => path.startsWith(folder)),
        folder,
      )
    const running = await browser.launch()
    t.after(() => running.close())
    const page = await running.newPage()
    await page.goto(`${files.url}/spec/interop/page/`)

    const urls = paths.map((path) => `/fixtures/${path}`)
    const result = await page.evaluate(
      async (addresses, number) => {
        const { runVectors } = await import('/spec/interop/page/vectors.mjs')
        const { failures, ...counts } = await runVectors(addresses, number)
        return { ...counts, failed: failures.length, failures: failures.slice(0, 10) }
      },
      urls,
      seed,
    )

    t.diagnostic(`${result.count} vectors, ${result.byteByByte} of them byte by byte too, ${result.failed} differences`)
    assert.deepEqual(result.failures, [])
    assert.equal(result.count, vectorsOnDisk.length)
    assert.ok(result.byteByByte > vectorsOnDisk.length / 2, 'most vectors are read byte by byte')
  })
}
