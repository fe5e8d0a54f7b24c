/**
 * The packed package in Jest's jsdom, and the root's spec of long arrays where the runtime has arrays of more than 4 GiB.
 *
 *   node --test jest.test.mjs
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { install, root } from './packed.mjs'

const { folder, remove } = install()
after(remove)

const modules = fileURLToPath(new URL('node_modules', import.meta.url))

/** Runs a Jest, and gives what it says of its tests. */
function summary(node, jest, args, cwd) {
  const { status, stderr } = spawnSync(node, [jest, ...args], { cwd, encoding: 'utf8', timeout: 240_000 })
  assert.equal(status, 0, stderr)
  return /^Tests: +(.*)$/m.exec(stderr)?.[1]
}

test('jsdom', () => {
  cpSync(new URL('user/jsdom.cjs', import.meta.url), join(folder, 'jsdom.cjs'))
  const config = { testEnvironment: join(modules, 'jest-environment-jsdom'), testMatch: ['**/jsdom.cjs'], rootDir: folder }
  writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(config))
  const args = ['--config', join(folder, 'jest.config.json')]
  assert.equal(summary(process.execPath, join(modules, 'jest/bin/jest.js'), args, folder), '3 passed, 3 total')
})

describe('arrays of more than 4 GiB', () => {
  for (const version of [22, 24, 26]) {
    test(`Node.js ${version}`, () => {
      const node = join(modules, `node-${version}/bin/node`)
      assert.equal(summary(node, join(root, 'node_modules/jest/bin/jest.js'), ['spec/laws/long-arrays.spec.ts'], root), '8 passed, 8 total')
    })
  }
})
