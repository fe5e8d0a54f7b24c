/**
 * The table of other implementations in the README of the vectors is that of the scoreboard, which `npm run oracle` writes.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const root = join(__dirname, '../..')

interface Peer {
  readonly name: string
  readonly version: string
  readonly language: string
  readonly passed: number
  readonly late: number
  readonly failed: number
  readonly skipped: number
}

const { peers }: { peers: readonly Peer[] } = JSON.parse(readFileSync(join(root, 'spec/oracle/scoreboard.json'), 'utf8'))

test('it has a row for each implementation', () => {
  const readme = readFileSync(join(root, 'fixtures/README.md'), 'utf8')
  const [, table = ''] = /## Scoreboard\n[^|]*((?:\|.*\n)+)/.exec(readme) ?? []
  const rows = peers.map(
    ({ name, version, language, passed, late, failed, skipped }) =>
      `| ${name} ${version} | ${language} | ${passed} | ${late} | ${failed} | ${skipped} |`,
  )
  expect(rows).toHaveLength(10)
  expect(table.trimEnd().split('\n').slice(2)).toEqual(rows)
})
