/**
 * The consumers of the vectors that `fixtures/README.md` shows: they are files, they run, and they find what they should.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { rules } from '../src/index.js'
import { fixtures, vectorFiles } from './vectors.js'
import type { Vector } from './vectors.js'

const root = join(__dirname, '..')
const readme = readFileSync(join(fixtures, 'README.md'), 'utf8')
const files = vectorFiles()
const vectors = files.flatMap((file) => file.vectors)

const byId = new Map(vectors.map((vector) => [vector.id, vector]))

/** The line of the output that a vector is counted in: its rule or, where there is no error, its outcome. */
const groupOf = ({ error, outcome }: Vector) => error?.rule ?? outcome

const counts = new Map<string, number>()
for (const vector of vectors) counts.set(groupOf(vector), (counts.get(groupOf(vector)) ?? 0) + 1)

/** What the parser in `consume.py` reports, and what it need not. */
const knownToItsParser = ['rsv-bit', 'opcode-reserved', 'text-utf8', 'message-too-long']

interface Row {
  readonly passed: number
  readonly failed: number
  /** The first few of those that failed. */
  readonly ids: readonly string[]
}

/** What a consumer prints: a line for each rule, then the sum. */
function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', timeout: 50_000 })
  expect(stderr).toBe('')
  const lines = stdout.trimEnd().split('\n')
  const sum = /^(\d+) vectors, (\d+) failed$/.exec(lines.pop() ?? '')
  const rows = new Map<string, Row>()
  for (const line of lines) {
    const [, rule = '', passed, failed, ids = ''] = /^(\S+) +(\d+) passed +(\d+) failed ?(.*)$/.exec(line) ?? [line]
    rows.set(rule, { passed: Number(passed), failed: Number(failed), ids: ids.split(' ').filter((id) => id !== '') })
  }
  return { status, rows, vectors: Number(sum?.[1]), failed: Number(sum?.[2]) }
}

function checkCounts({ rows, vectors: total, failed }: ReturnType<typeof run>): void {
  expect(total).toBe(vectors.length)
  expect(new Map([...rows].map(([rule, row]) => [rule, row.passed + row.failed]))).toEqual(counts)
  expect([...rows.values()].reduce((sum, row) => sum + row.failed, 0)).toBe(failed)
}

const hasPython = spawnSync('python3', ['--version']).status === 0
const conditionally = hasPython ? test : test.skip

conditionally(`consume.py finds the rules that its parser does not know${hasPython ? '' : ' (skipped: no python3 on this machine)'}`, () => {
  const result = run('python3', 'spec/examples/consume.py')
  checkCounts(result)
  expect(result.status).toBe(1)
  for (const [rule, { failed, ids }] of result.rows) {
    expect(ids).toHaveLength(Math.min(failed, 2))
    expect(ids.map((id) => byId.get(id)).filter((vector) => vector === undefined || groupOf(vector) !== rule)).toEqual([])
  }
  const unknown = Object.keys(rules).filter((rule) => counts.has(rule) && !knownToItsParser.includes(rule))
  expect(unknown.length).toBeGreaterThanOrEqual(9)
  expect(unknown.filter((rule) => result.rows.get(rule)?.failed === 0)).toEqual([])
  const opcodeReserved = result.rows.get('opcode-reserved')
  expect(opcodeReserved?.passed).toBeGreaterThan(opcodeReserved?.failed ?? 0)
  expect(result.rows.get('complete')?.passed).toBeGreaterThan(100)
})

test('consume.mjs finds that the package passes', () => {
  const result = run(process.execPath, 'spec/examples/consume.mjs')
  checkCounts(result)
  expect([...result.rows].filter(([, { failed }]) => failed > 0)).toEqual([])
  expect(result).toMatchObject({ status: 0, failed: 0 })
})

describe('fixtures/README.md', () => {
  test.each([
    ['python', 'consume.py'],
    ['js', 'consume.mjs'],
  ])('its %s is spec/examples/%s', (language, file) => {
    const [, code] = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(readme) ?? []
    expect(code).toBe(readFileSync(join(root, 'spec/examples', file), 'utf8'))
  })

  test('its example is a vector', () => {
    const [, code = ''] = /^```json\n([^]*?)^```$/m.exec(readme) ?? []
    const examples: { vectors: unknown[] } = JSON.parse(readFileSync(join(fixtures, 'rfc6455/5.7.json'), 'utf8'))
    expect(examples.vectors).toContainEqual(JSON.parse(code))
  })

  test('its table has every file', () => {
    const listed = [...readme.matchAll(/`([\w./-]+)\*\.json`/g)].map(([, start = '']) => start)
    const paths = files.map(({ path }) => path)
    expect(paths.filter((path) => !listed.some((start) => path.startsWith(start)))).toEqual([])
  })
})
