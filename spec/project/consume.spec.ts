/**
 * The consumers of `fixtures/consumers`: they find nothing wrong with a right parser, and name the section of each planted bug.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { fixtures, vectorFiles } from '../vectors.js'

const folder = mkdtempSync(join(tmpdir(), 'consumers-'))
const consumer = (language: string) => join(fixtures, `consumers/consume.${language}`)
const parser = (language: string) => join(__dirname, `../consumers/parser.${language}`)
const works = (command: string, ...args: string[]) => spawnSync(command, args).status === 0

const vectors = vectorFiles().flatMap((file) => file.vectors)

/** Files with the vectors that are short, so that nine runs of each consumer take seconds. */
const short = new Set(vectors.filter(({ byteLength }) => byteLength < 1000).map(({ id }) => id))
const shortLines = join(folder, 'short.jsonl')
const shortTable = join(folder, 'short.tsv')

beforeAll(() => {
  const lines = readFileSync(join(fixtures, 'vectors.jsonl'), 'utf8').trimEnd().split('\n')
  writeFileSync(shortLines, lines.filter((line) => short.has(/^{"id":"(.*?)"/.exec(line)?.[1] ?? '')).join('\n') + '\n')
  const [head = '', ...rows] = readFileSync(join(fixtures, 'vectors.tsv'), 'utf8').trimEnd().split('\n')
  writeFileSync(shortTable, [head, ...rows.filter((row) => short.has(row.split('\t')[0] ?? ''))].join('\n') + '\n')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Language {
  readonly name: string
  readonly isThere: boolean
  readonly build?: () => void
  readonly command: (isShort: boolean) => readonly [string, ...string[]]
}

const languages: Language[] = [
  {
    name: 'Python',
    isThere: works('python3', '--version'),
    command: (isShort) => ['python3', consumer('py'), parser('py'), ...(isShort ? [shortLines] : [])],
  },
  {
    name: 'JavaScript',
    isThere: true,
    command: (isShort) => [process.execPath, consumer('mjs'), parser('mjs'), ...(isShort ? [shortLines] : [])],
  },
  {
    name: 'C',
    isThere: works('gcc', '--version') && works('sh', '-c', 'echo "#include <zlib.h>" | gcc -E -'),
    build: () => {
      const flags = [
        '-O2',
        '-Wall',
        '-Wextra',
        '-Werror',
        '-Wno-unused-result',
        `-I${join(fixtures, 'consumers')}`,
        '-o',
        join(folder, 'c'),
      ]
      execFileSync('gcc', [...flags, consumer('c'), parser('c'), '-lz'], { stdio: 'pipe' })
    },
    command: (isShort) => [join(folder, 'c'), isShort ? shortTable : join(fixtures, 'vectors.tsv')],
  },
  {
    name: 'Go',
    isThere: works('go', 'version'),
    build: () => {
      for (const file of [consumer('go'), parser('go')])
        copyFileSync(file, join(folder, file.endsWith('consume.go') ? 'consume.go' : 'parser.go'))
      const env = { ...process.env, GOCACHE: join(folder, 'cache'), GOFLAGS: '-mod=mod', GO111MODULE: 'off' }
      execFileSync('go', ['build', '-o', join(folder, 'go'), 'consume.go', 'parser.go'], { cwd: folder, env, stdio: 'pipe' })
    },
    command: (isShort) => [join(folder, 'go'), isShort ? shortTable : join(fixtures, 'vectors.tsv')],
  },
]

/** Each planted bug, and the section that has to be named among those that fail. */
const bugs = [
  ['signed-16-bit', 'RFC 6455 5.2'],
  ['not-minimal', 'RFC 6455 5.2'],
  ['mask-phase', 'RFC 6455 5.3'],
  ['utf8-by-fragment', 'RFC 6455 5.6'],
  ['close-codes', 'RFC 6455 7.4'],
  ['limit-off-by-one', 'RFC 6455 10.4'],
  ['rsv1-on-control', 'RFC 7692 6'],
  ['ping-ends-compression', 'RFC 7692 6'],
] as const

describe.each(languages)('the consumer in $name', ({ name, isThere, build, command }) => {
  const conditionally = isThere ? test : test.skip
  const skipped = isThere ? '' : ` (skipped: no toolchain for ${name} on this machine)`

  /** Long lengths of 16 bits are in longer vectors, so that bug has the whole corpus. */
  function run(bug: string, isShort: boolean) {
    const [file, ...args] = command(isShort)
    const options = { encoding: 'utf8', env: { ...process.env, BUG: bug }, timeout: 200_000, maxBuffer: 2 ** 26 } as const
    const { status, stdout, stderr } = spawnSync(file, args, options)
    expect(stderr).toBe('')
    const lines = stdout.trimEnd().split('\n')
    const [, passed, late, failed, skippedCount] = /^(\d+) passed, (\d+) late, (\d+) failed, (\d+) skipped$/.exec(lines.pop() ?? '') ?? []
    return { status, lines, passed: Number(passed), late: Number(late), failed: Number(failed), skipped: Number(skippedCount) }
  }

  if (isThere && build) beforeAll(build, 120_000)

  conditionally(
    `finds nothing wrong with a right parser${skipped}`,
    () => {
      const { lines, ...result } = run('', false)
      expect(lines).toEqual([])
      expect(result).toEqual({ status: 0, passed: vectors.length, late: 0, failed: 0, skipped: 0 })
    },
    200_000,
  )

  conditionally.each(bugs)(
    `finds the bug %s, in %s${skipped}`,
    (bug, section) => {
      const { status, lines, failed } = run(bug, bug !== 'signed-16-bit')
      expect(status).toBe(1)
      expect(failed).toBeGreaterThan(0)
      const failures = lines.filter((line) => line.split('\t').length === 5)
      expect(failures.map((line) => line.split('\t')[1])).toContain(section)
      for (const line of failures) expect(line).toMatch(/^[^\t]+\tRFC \d+ [\d.]+\t[^\t]+\texpected [^\t]+\tgot [^\t]+$/)
    },
    200_000,
  )
})
