/**
 * What the comparison of survivors is trusted to notice. Run with `node --test`.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare, endedOf, survivorsOf } from './survivors.mjs'

const source = 'const a = 1\n  if (a > 0) {\n    b()\n  }\n'
const at = (startLine, startColumn, endLine, endColumn) => ({
  start: { line: startLine, column: startColumn },
  end: { line: endLine, column: endColumn },
})
const condition = { status: 'Survived', replacement: 'a >= 0', location: at(2, 7, 2, 12) }
const block = { status: 'NoCoverage', replacement: '{}', location: at(2, 14, 4, 4) }
const killed = { ...condition, status: 'Killed' }
const timeout = { ...condition, status: 'Timeout' }

const changed = { file: 'a.ts', code: 'if (a > 0) {', becomes: 'if (a >= 0) {' }
const emptied = { file: 'a.ts', code: 'if (a > 0) { b() }', becomes: 'if (a > 0) {}' }

test('survivors are the mutants that no spec noticed or reached, as code', () => {
  const files = { 'a.ts': { source, mutants: [killed, condition, timeout, block] } }
  assert.deepEqual(survivorsOf(files), [changed, emptied])
})

test('those that had to be ended are told, by the clock or by the count of their runs', () => {
  const counted = { ...timeout, statusReason: 'Hit limit reached (501/500)' }
  assert.deepEqual(endedOf({ 'a.ts': { source, mutants: [killed, condition] } }), [])
  assert.deepEqual(endedOf({ 'a.ts': { source, mutants: [timeout, killed, counted] } }), [changed, changed])
})

test('of code of many lines the first and the last are told', () => {
  const files = { 'a.ts': { source: 'f(() => {\n  a()\n  b()\n})\n', mutants: [{ ...block, location: at(1, 9, 4, 2) }] } }
  assert.deepEqual(survivorsOf(files), [{ file: 'a.ts', code: 'f(() => { ... })', becomes: 'f(() => {})' }])
})

test('a survivor that is not listed is noticed, and one that is listed and was not found', () => {
  const listed = [{ reason: 'the same', mutants: [changed] }]
  assert.deepEqual(compare([changed], listed, ['a.ts']), { unlisted: [], stale: [] })
  assert.deepEqual(compare([changed, emptied], listed, ['a.ts']), { unlisted: [emptied], stale: [] })
  assert.deepEqual(compare([], listed, ['a.ts']), { unlisted: [], stale: [changed] })
})

test('two survivors that look the same are listed twice', () => {
  const listed = [{ reason: 'the same', mutants: [changed] }]
  assert.deepEqual(compare([changed, changed], listed, ['a.ts']), { unlisted: [changed], stale: [] })
})

test('what is listed of a file that was not mutated is passed over', () => {
  assert.deepEqual(compare([], [{ reason: 'the same', mutants: [changed] }], ['b.ts']), { unlisted: [], stale: [] })
})
