import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { assemble, modules } from './assemble.mjs'

for (const module of modules) {
  test(`the bytes in src are what ${module.text} is assembled to`, async () => {
    assert.equal(readFileSync(module.path, 'utf8'), await assemble(module), 'npm run assemble --prefix spec/kernel')
  })
}
