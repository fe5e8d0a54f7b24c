/**
 * What publint and arethetypeswrong have to say of the packed package: nothing.
 *
 *   node --test lint.test.mjs
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { install } from './packed.mjs'

const { installed, tarball, remove } = install()
after(remove)

test('publint', async () => {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball)
  const pack = { tarball: buffer.slice(byteOffset, byteOffset + byteLength) }
  const { messages, pkg } = await publint({ pack, strict: true })
  assert.equal(pkg.name, 'websocket-frames')
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg, { color: false })),
    [],
  )
})

test('arethetypeswrong', () => {
  const attw = fileURLToPath(new URL('node_modules/@arethetypeswrong/cli/dist/index.js', import.meta.url))
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const { analysis, problems } = JSON.parse(reportOf(attw))
  assert.deepEqual(problems, {})
  assert.deepEqual(analysis.problems, [])
  assert.deepEqual(Object.keys(analysis.entrypoints).sort(), Object.keys(exports).sort())
  const { resolutions } = analysis.entrypoints['.']
  const declarations = Object.entries(resolutions).map(([way, { resolution }]) => [way, resolution.fileName])
  const at = (format) => `/node_modules/websocket-frames/dist/${format}/index.d.ts`
  assert.deepEqual(Object.fromEntries(declarations), {
    node10: at('cjs'),
    'node16-cjs': at('cjs'),
    'node16-esm': at('esm'),
    bundler: at('esm'),
  })
})

/** It ends with a status of 1 if it has found problems, which are in what it prints. */
function reportOf(attw) {
  const args = [attw, tarball, '--no-definitely-typed', '--format', 'json']
  const options = { encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 26, timeout: 240_000 }
  try {
    return execFileSync(process.execPath, args, options)
  } catch (error) {
    if (!error.stdout) throw error
    return error.stdout
  }
}
