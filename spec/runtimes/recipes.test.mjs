/**
 * The recipes of the README on every runtime, with the packed package: over real sockets against peers of every kind, the order and
 * backpressure of streams and iterators, and the chunks that may be given away.
 *
 *   node --test recipes.test.mjs
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { runMatrix } from '../recipes/matrix.mjs'
import { install, root } from './packed.mjs'
import { runtimes } from './runtimes.mjs'

const { folder, remove } = install()
cpSync(join(root, 'spec/recipes'), join(folder, 'recipes'), { recursive: true })
cpSync(join(root, 'spec/examples/recipes'), join(folder, 'examples/recipes'), { recursive: true })
after(remove)

const all = ['data-handler', 'async-iterator', 'web-streams', 'inflate at once', 'inflate', 'decompression-stream']

/** What a runtime cannot do. */
const exceptions = {
  bun: {
    recipes: [...all, 'Bun.listen'],
    sources: ['Bun.connect'],
    // Its net.Socket has no timeout while it is paused. With Web Streams there is a timer of our own.
    spared: { 'data-handler': /does not read/, 'async-iterator': /does not read/ },
  },
  // Its node:zlib ignores `dictionary`.
  deno: { recipes: [...all.filter((recipe) => recipe !== 'inflate'), 'Deno.Conn'], sources: ['Deno.connect'], spared: {} },
  node: { recipes: all, sources: ['tls.TLSSocket'], spared: {} },
}

const delivered = JSON.parse(readFileSync(join(root, 'spec/recipes/delivered.json'), 'utf8'))
const unharmed = { received: 2 ** 22, wrong: 0, changed: 0 }

for (const { name, command, flags } of runtimes) {
  const { recipes, sources, spared } = exceptions[name.split(' ')[0]]
  const allowed = name.startsWith('deno') ? [...flags, '--allow-net', '--allow-env'] : flags

  async function report(program) {
    const { stdout } = await promisify(execFile)(command, [...allowed, `recipes/${program}`], { cwd: folder, timeout: 120_000 })
    return JSON.parse(stdout)
  }

  // Recipes at once, since they mostly wait.
  describe(name, { concurrency: true }, () => {
    for (const recipe of recipes) {
      const without = spared[recipe] === undefined ? '' : ` (but for peers like ${spared[recipe]})`
      test(`${recipe} replies to every peer, and outlives it${without}`, async () => {
        const outcomes = await runMatrix(recipe, [command, ...allowed], {
          program: join(folder, 'recipes/serve.mjs'),
          spared: spared[recipe],
        })
        assert.deepEqual(
          Object.entries(outcomes).filter(([, outcome]) => outcome !== null),
          [],
        )
        assert.ok(Object.keys(outcomes).length > 5)
      })
    }

    test('streams and iterators deliver what comes before an error, and read no chunk too early', async () => {
      assert.deepEqual(await report('streams.mjs'), { iterator: delivered, stream: delivered })
    })

    test(`the chunks of net.Socket, fetch and ${sources} may be given away`, async () => {
      const expected = ['net.Socket', 'fetch', ...sources].map((source) => [source, unharmed])
      assert.deepEqual(await report('chunks.mjs'), Object.fromEntries(expected))
    })
  })
}
