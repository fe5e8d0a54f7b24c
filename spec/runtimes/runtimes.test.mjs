/**
 * The packed package in every runtime, by `import` and by `require`, with WebAssembly and without: all test vectors,
 * and masking against a byte loop.
 *
 *   npm run build && npm run test:runtimes       in the root: all of this folder
 *   node --test runtimes.test.mjs                this file alone, after npm ci here
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { install, root } from './packed.mjs'
import { runtimes } from './runtimes.mjs'

const { folder, installed, remove } = install()
cpSync(new URL('user', import.meta.url), folder, { recursive: true })
after(remove)

/** Counted in the repository, not in the package, in which files could be missing. */
function countVectors() {
  const fixtures = join(root, 'fixtures')
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^(captures|documents|rfc6455).*\.json$/.test(path),
  )
  const counts = files.map((path) => JSON.parse(readFileSync(join(fixtures, path), 'utf8')).vectors?.length ?? 0)
  return counts.reduce((sum, count) => sum + count, 0)
}

const vectorCount = countVectors()

/** For each of 190 lengths: 16 of `applyMask`, and 6 of whole frames. */
const comparisons = 190 * (16 + 6)

const names = Object.keys(await import(pathToFileURL(join(installed, 'dist/esm/index.js')).href)).sort()

const env = {
  ...process.env,
  DENO_DIR: join(folder, '.deno'),
  DENO_NO_UPDATE_CHECK: '1',
  DO_NOT_TRACK: '1',
  NO_COLOR: '1',
}

async function report(command, flags, script) {
  const { stdout } = await promisify(execFile)(command, [...flags, script], { cwd: folder, env, timeout: 240_000 })
  return JSON.parse(stdout)
}

const ways = [
  { script: 'import.mjs', file: 'dist/esm/index.js' },
  { script: 'require.cjs', file: 'dist/cjs/index.js' },
]

test('there are as many vectors as there were, or more', () => {
  assert.ok(vectorCount >= 7001, `${vectorCount}`)
})

describe('the corpus', { concurrency: availableParallelism() }, () => {
  for (const { name, command, flags, circumstances } of runtimes) {
    for (const { name: circumstance, flags: more, webAssembly, codeFromStrings } of circumstances) {
      for (const { script, file } of ways) {
        test(`${name}, ${circumstance}, ${script}`, async () => {
          const { resolved, vectors, masking, ...seen } = await report(command, [...flags, ...more], script)
          assert.deepEqual(seen, { runtime: name, webAssembly, codeFromStrings, names })
          assert.equal(resolved.replace(/^file:\/\//, ''), join(installed, file))
          assert.deepEqual(vectors, { count: vectorCount, failed: 0, first: [] })
          assert.deepEqual(masking, { count: comparisons, failed: 0, first: [] })
        })
      }
    }
  }
})
