/**
 * The consumers of `fixtures/consumers`: they are short, pass a right parser, name the section of each planted bug, and skip what a parser
 * does not support.
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

/** Files with the vectors that are short, so that most runs of a consumer take seconds. */
const shortVectors = vectors.filter(({ byteLength }) => byteLength < 1000)
const short = new Set(shortVectors.map(({ id }) => id))
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
  readonly extension: string
  /** Of the consumer, without the parser. */
  readonly maxLines: number
  readonly isThere: boolean
  readonly build?: () => void
  readonly command: (isShort: boolean) => readonly [string, ...string[]]
}

const languages: Language[] = [
  {
    name: 'Python',
    extension: 'py',
    maxLines: 90,
    isThere: works('python3', '--version'),
    command: (isShort) => ['python3', consumer('py'), parser('py'), ...(isShort ? [shortLines] : [])],
  },
  {
    name: 'JavaScript',
    extension: 'mjs',
    maxLines: 90,
    isThere: true,
    command: (isShort) => [process.execPath, consumer('mjs'), parser('mjs'), ...(isShort ? [shortLines] : [])],
  },
  {
    name: 'C',
    extension: 'c',
    maxLines: 140,
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
    extension: 'go',
    maxLines: 140,
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
  ['early', 'RFC 6455 8.1'],
  // For a consumer that does not cut at the cuts, compares only messages or only frames, or does not catch exceptions.
  ['mask-phase-of-words', 'RFC 6455 5.3'],
  ['frames-without-rsv', 'RFC 6455 5.2'],
  ['pong-as-ping', 'RFC 6455 5.5'],
  ['crash', 'RFC 6455 5.5'],
] as const

/** Text of at least one line: how these bugs show. */
const signs: Partial<Record<string, RegExp>> = {
  early: /\tgot after |, early$|\texpected error .*\tgot byte by byte, failed after \d+ bytes: error 1007/,
  'mask-phase-of-words': /\tgot at the cuts/,
  crash: /\tgot .*(crash|Abort)/,
}

/** A name to remove from those that the parser supports, and a bug that does not show without it. */
const missing = [
  ['permessage-deflate', 'ping-ends-compression'],
  ['messages', 'pong-as-ping'],
  ['frames', 'frames-without-rsv'],
] as const

describe.each(languages)('the consumer in $name', ({ name, extension, maxLines, isThere, build, command }) => {
  const conditionally = isThere ? test : test.skip
  const skipped = isThere ? '' : ` (skipped: no toolchain for ${name} on this machine)`

  function run(environment: { readonly BUG?: string; readonly WITHOUT?: string }, isShort = true) {
    const [file, ...args] = command(isShort)
    const env = { ...process.env, BUG: '', WITHOUT: '', ...environment }
    // A crash may leave a core file in the working directory.
    const options = { encoding: 'utf8', cwd: folder, env, timeout: 200_000, maxBuffer: 2 ** 26 } as const
    const { status, stdout, stderr } = spawnSync(file, args, options)
    expect(stderr).toBe('')
    const lines = stdout.trimEnd().split('\n')
    const [, passed, late, failed, skippedCount] = /^(\d+) passed, (\d+) late, (\d+) failed, (\d+) skipped$/.exec(lines.pop() ?? '') ?? []
    return { status, lines, passed: Number(passed), late: Number(late), failed: Number(failed), skipped: Number(skippedCount) }
  }

  if (isThere && build) beforeAll(build, 120_000)

  test(`has at most ${maxLines} lines, none of them long`, () => {
    const lines = readFileSync(consumer(extension), 'utf8').trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(maxLines)
    expect(lines.filter((line) => line.length > 140)).toEqual([])
  })

  conditionally(
    `finds nothing wrong with a right parser${skipped}`,
    () => {
      const { lines, ...result } = run({}, false)
      expect(lines).toEqual([])
      expect(result).toEqual({ status: 0, passed: vectors.length, late: 0, failed: 0, skipped: 0 })
    },
    200_000,
  )

  conditionally.each(bugs)(
    `finds the bug %s, in %s${skipped}`,
    (bug, section) => {
      // Long lengths of 16 bits are in longer vectors.
      const { status, lines, failed } = run({ BUG: bug }, bug !== 'signed-16-bit')
      expect(status).toBe(1)
      expect(failed).toBeGreaterThan(0)
      const failures = lines.filter((line) => line.split('\t').length === 5)
      expect(failures.map((line) => line.split('\t')[1])).toContain(section)
      for (const line of failures) expect(line).toMatch(/^[^\t]+\tRFC \d+ [\d.]+\t[^\t]+\texpected [^\t]+\tgot [^\t]+$/)
      const sign = signs[bug]
      if (sign) expect(failures.some((line) => sign.test(line))).toBe(true)
    },
    200_000,
  )

  conditionally.each(missing)(
    `skips what needs %s, and with it the bug %s${skipped}`,
    (requirement, bug) => {
      const skippedCount = shortVectors.filter(({ requires }) => requires.includes(requirement)).length
      const { lines, ...result } = run({ BUG: bug, WITHOUT: requirement })
      expect(lines).toEqual([])
      expect(result).toEqual({ status: 0, passed: short.size - skippedCount, late: 0, failed: 0, skipped: skippedCount })
    },
    200_000,
  )

  conditionally(
    `reports a parser that judges one byte later as late, without the prompt vectors${skipped}`,
    () => {
      const skippedCount = shortVectors.filter(({ prompt }) => prompt).length
      const { lines, late, passed, ...result } = run({ BUG: 'late', WITHOUT: 'prompt' })
      expect(result).toEqual({ status: 0, failed: 0, skipped: skippedCount })
      expect(late).toBeGreaterThan(0)
      expect(passed).toBe(short.size - skippedCount - late)
      expect(lines).toHaveLength(late)
      expect(lines.filter((line) => !line.includes(', late'))).toEqual([])
    },
    200_000,
  )

  conditionally(
    `accepts alternatives, and their detectedAfter${skipped}`,
    () => {
      const { lines, ...result } = run({ BUG: 'other-verdicts' })
      expect(lines).toEqual([])
      expect(result).toEqual({ status: 0, passed: short.size, late: 0, failed: 0, skipped: 0 })
    },
    200_000,
  )
})
