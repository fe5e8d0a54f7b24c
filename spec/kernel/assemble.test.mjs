import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { assemble, modulePath } from './assemble.mjs'

test('src/mask/webassembly-module.ts is what kernel.wat is assembled to', async () => {
  assert.equal(readFileSync(modulePath, 'utf8'), await assemble(), 'npm run assemble --prefix spec/kernel')
})
