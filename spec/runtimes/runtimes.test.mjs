/**
 * The packed package in every runtime that runs programs, by `import` and by `require`, with WebAssembly and without: all test vectors,
 * masking against a byte loop, and random masking keys.
 *
 *   npm run build && npm run test:runtimes       in the root: all of this folder
 *   node --test runtimes.test.mjs                this file alone, after npm ci here
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { expectedReport, vectorCount } from './expected.mjs'
import { install } from './packed.mjs'
import { runtimes } from './runtimes.mjs'

const { folder, installed, remove } = install()
cpSync(new URL('user', import.meta.url), folder, { recursive: true })
after(remove)

const expected = await expectedReport(installed)

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
          const { resolved, ...seen } = await report(command, [...flags, ...more], script)
          assert.deepEqual(seen, { runtime: name, webAssembly, codeFromStrings, ...expected })
          assert.equal(resolved.replace(/^file:\/\//, ''), join(installed, file))
        })
      }
    }
  }
})
