/**
 * The vectors of the RFC's sections and of the documents are written by a generator that does not use the library.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { rules } from '../src/index.js'

const root = join(__dirname, '..')
const hasPython = spawnSync('python3', ['--version']).status === 0
const conditionally = hasPython ? test : test.skip

conditionally(`the committed files are what the generator writes${hasPython ? '' : ' (skipped: no python3 on this machine)'}`, () => {
  const { status, stdout, stderr } = spawnSync('python3', ['spec/generator/generate.py', '--check'], { cwd: root, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).not.toContain('stale')
})

test('the schema knows every rule with its section and close code, but truncated, which is an outcome', () => {
  const schema = readFileSync(join(root, 'fixtures/schema.json'), 'utf8')
  const groups = schema.matchAll(/"enum": \[(.*)\] \},\s+"section": \{ "const": "(.*)" \},\s+"closeCode": \{ "const": (\d+) \}/g)
  const known = [...groups].flatMap(([, names = '', section, closeCode]) =>
    [...names.matchAll(/"(.*?)"/g)].map(([, rule]) => [rule, section, Number(closeCode)]),
  )
  const expected = Object.entries(rules)
    .filter(([rule]) => rule !== 'truncated')
    .map(([rule, { section, closeCode }]) => [rule, section, closeCode])
  expect(known.sort()).toEqual(expected.sort())
})
