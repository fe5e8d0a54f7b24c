/**
 * Runs every snippet of the README: JavaScript against the output printed below it, shell commands as they stand.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

const root = join(__dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

interface Snippet {
  readonly heading: string
  readonly language: string
  readonly code: string
  /** The output printed below it, if there is one. */
  readonly output: string | undefined
}

const snippets: Snippet[] = [...readme.matchAll(/^```(js|sh)\n([^]*?)^```\n(?:\n```text\n([^]*?)^```)?/gm)].map((match) => {
  const [, language = '', code = '', output] = match
  const heading = [...readme.slice(0, match.index).matchAll(/^#+ (.*)/gm)].at(-1)?.[1] ?? ''
  return { heading, language, code, output }
})

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'websocket-frames-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/websocket-frames'))
  symlinkSync(join(root, 'fixtures'), join(folder, 'node_modules/websocket-frames-vectors'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function run(command: string, args: string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 30_000 })
  return { status, stdout, stderr: stderr.replaceAll(/^npm warn.*\n/gm, '') }
}

/** The recipes printed below a link to their file. `recipes.spec.ts` runs all recipes against real peers. */
const recipes = [...readme.matchAll(/\(spec\/examples\/recipes\/([\w-]+\.mjs)\)[^[]*?:\n\n```js\n([^]*?)^```/gm)].map(
  ([, file = '', code = '']) => {
    return { file, code }
  },
)

test.each(recipes)('the recipe $file is the file', ({ file, code }) => {
  expect(code).toBe(readFileSync(join(root, 'spec/examples/recipes', file), 'utf8'))
})

test('every JavaScript block without output is a recipe', () => {
  const withoutOutput = snippets.filter(({ language, output }) => language === 'js' && output === undefined)
  expect(withoutOutput.map(({ code }) => code)).toEqual(recipes.map(({ code }) => code))
  expect(recipes.map(({ file }) => file)).toEqual(['async-iterator.mjs'])
})

test('links to every recipe', () => {
  const links = [...readme.matchAll(/\(spec\/examples\/recipes\/([\w-]+\.mjs)\)/g)].map(([, file]) => file)
  const echoes = ['web-echo.mjs'] // A server on web-streams.mjs, as async-echo.mjs is on async-iterator.mjs.
  expect([...new Set([...links, ...echoes])].sort()).toEqual(readdirSync(join(root, 'spec/examples/recipes')).sort())
})

test('is short: under 400 lines of up to 140 characters', () => {
  const lines = readme.trimEnd().split('\n')
  expect(lines.length).toBeLessThan(400)
  expect(lines.filter((line) => line.length > 140)).toEqual([])
})

test('every link to a heading leads to one', () => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')
  const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slug(heading))
  const links = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, link = '']) => link)
  expect(links.length).toBeGreaterThan(10)
  expect(links.filter((link) => !headings.includes(link))).toEqual([])
})

test('every link to a file of the repository leads to one', () => {
  const links = [...readme.matchAll(/\]\((?!#|https?:)([^)#]+)/g)].map(([, path = '']) => path)
  expect(links.length).toBeGreaterThan(10)
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('every code block is one that this file runs', () => {
  const blocks = [...readme.matchAll(/^```(\w+)$/gm)].map(([, language]) => language).sort()
  const known = snippets.flatMap(({ language, output }) => (output === undefined ? [language] : [language, 'text'])).sort()
  expect(blocks).toEqual(known)
  expect(snippets.length).toBeGreaterThanOrEqual(8)
})

describe('JavaScript', () => {
  const scripts = snippets.filter(({ language, output }) => language === 'js' && output !== undefined)

  test.each(scripts.map(({ heading, code, output }) => [heading, code, output] as const))('%s', (_heading, code, output) => {
    writeFileSync(join(folder, 'snippet.mjs'), code)
    expect(run(process.execPath, ['snippet.mjs'])).toEqual({ status: 0, stdout: output, stderr: '' })
  })
})

describe('shell', () => {
  test('the first block is what CI runs, and the decode example', () => {
    const { code } = snippets.find(({ language }) => language === 'sh') ?? { code: '' }
    expect(code).toBe('npm ci && npm run decode -- fixtures/captures/chromium.json\nnpm ci && npm test\n')
    const ci = readFileSync(join(root, '.ci/run'), 'utf8')
    expect(ci).toMatch(/^npm ci$/m)
    expect(ci).toMatch(/^npm test$/m)
    expect(run('npm', ['run', '--silent', 'decode', '--', 'fixtures/captures/chromium.json'], root)).toMatchObject({
      status: 0,
      stderr: '',
    })
  })

  const tshark = snippets.filter(({ language }) => language === 'sh').at(-1)?.code ?? ''
  const hasTshark = spawnSync('tshark', ['--version']).status === 0
  const conditionally = hasTshark ? test : test.skip
  conditionally(`A pcap${hasTshark ? '' : ' (skipped: no tshark on this machine)'}`, () => {
    const { status, stdout } = run('bash', ['-c', tshark], root)
    expect(status).toBe(0)
    expect(stdout).toContain('"HELLO"')
    expect(stdout).toContain('"你好，世界 😀"')
    expect(stdout).toContain('1000 Normal Closure "再见"')
  })
})
