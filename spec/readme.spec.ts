/**
 * Runs every snippet of the README: JavaScript against the output printed below it, shell commands as they stand.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Opcode, encodeClosePayload, encodeFrame } from '../src/index.js'
import { concat, hexOf } from './support.js'

const root = join(__dirname, '..')
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
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function run(command: string, args: string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 30_000 })
  return { status, stdout, stderr: stderr.replaceAll(/^npm warn.*\n/gm, '') }
}

function snippetUnder(heading: string, language: string): Snippet {
  const found = snippets.find((snippet) => snippet.heading === heading && snippet.language === language)
  if (found === undefined) throw new Error(`no ${language} under ${heading}`)
  return found
}

/** The recipes that are printed below a link to their file. Those run in `spec/recipes.spec.ts`. */
const recipes = [...readme.matchAll(/\(spec\/examples\/recipes\/([\w-]+\.mjs)\)[^[]*?:\n\n```js\n([^]*?)^```/gm)].map(([, file = '', code = '']) => {
  return { file, code }
})

test.each(recipes)('the recipe $file is the file', ({ file, code }) => {
  expect(code).toBe(readFileSync(join(root, 'spec/examples/recipes', file), 'utf8'))
})

test('every code block without output is a recipe, a test, or the like', () => {
  const unprinted = snippets.filter(({ language, output }) => language === 'js' && output === undefined)
  const printed = recipes.map(({ code }) => code)
  const others = unprinted.filter(({ code }) => !printed.includes(code)).map(({ heading }) => heading)
  expect(others).toEqual(['An oracle for other implementations', 'Test vectors'])
  expect(recipes.map(({ file }) => file)).toEqual(['data-handler.mjs', 'async-iterator.mjs', 'web-streams.mjs', 'close.mjs', 'inflate.mjs'])
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

  test('In the data handler of a transport', () => {
    writeFileSync(join(folder, 'transport.mjs'), snippetUnder('In the data handler of a transport', 'js').code)
    writeFileSync(join(folder, 'talk.mjs'), talk)
    const answerTo = (bytes: Uint8Array) => run(process.execPath, ['talk.mjs', hexOf(bytes)])

    const fragments = [
      { opcode: Opcode.Text, payload: 'Hello', fin: false },
      { opcode: Opcode.Ping, payload: '?' },
      { opcode: Opcode.Continuation, payload: '!' },
    ]
    const sent = concat(...fragments.map((frame) => encodeFrame({ ...frame, maskingKey: 7 })))
    const echoed = concat(...fragments.map((frame) => encodeFrame({ ...frame, opcode: frame.opcode === Opcode.Ping ? Opcode.Pong : frame.opcode })))

    const close = { opcode: Opcode.Close, payload: encodeClosePayload(1001, 'bye') }
    const closing = answerTo(concat(sent, encodeFrame({ ...close, maskingKey: 7 })))
    expect(closing).toEqual({ status: 0, stdout: hexOf(concat(echoed, encodeFrame(close))), stderr: '' })

    const refused = answerTo(concat(sent, encodeFrame(close)))
    const refusal = encodeFrame({ opcode: Opcode.Close, payload: encodeClosePayload(1002, 'mask-required') })
    expect(refused).toEqual({ status: 0, stdout: hexOf(concat(echoed, refusal)), stderr: '' })
  })

  test.each([
    ['An oracle for other implementations', '6 passed, 6 total'],
    ['Test vectors', '7 passed, 7 total'],
  ])('%s, as a Jest test', (heading, summary) => {
    writeFileSync(join(folder, 'jest.config.json'), '{}')
    writeFileSync(join(folder, 'snippet.test.cjs'), snippetUnder(heading, 'js').code)
    const jest = join(root, 'node_modules/jest/bin/jest.js')
    const args = [jest, '--rootDir', folder, '--config', 'jest.config.json', '--testMatch', '**/snippet.test.cjs']
    const { status, stderr } = run(process.execPath, args)
    expect(stderr).toContain(summary)
    expect(status).toBe(0)
  })
})

/** Prints what the snippet's echo function answers on a real socket until it ends the connection. */
const talk = `
import { connect, createServer } from 'node:net'
import { echo } from './transport.mjs'

const server = createServer((socket) => {
  server.close()
  echo(socket)
})
server.listen(0, '127.0.0.1', () => {
  const socket = connect(server.address().port, '127.0.0.1')
  socket.write(Buffer.from(process.argv[2], 'hex'))
  socket.on('data', (chunk) => process.stdout.write(chunk.toString('hex')))
})
`

describe('shell', () => {
  test('the first block is what CI runs, and the decode example', () => {
    const { code } = snippets.find(({ language }) => language === 'sh') ?? { code: '' }
    expect(code).toBe('npm ci && npm run decode -- fixtures/captures/chromium.json\nnpm ci && npm test\n')
    const ci = readFileSync(join(root, '.ci/run'), 'utf8')
    expect(ci).toMatch(/^npm ci$/m)
    expect(ci).toMatch(/^npm test$/m)
    expect(run('npm', ['run', '--silent', 'decode', '--', 'fixtures/captures/chromium.json'], root)).toMatchObject({ status: 0, stderr: '' })
  })

  const hasTshark = spawnSync('tshark', ['--version']).status === 0
  const conditionally = hasTshark ? test : test.skip
  conditionally(`A packet capture${hasTshark ? '' : ' (skipped: no tshark on this machine)'}`, () => {
    const { status, stdout } = run('bash', ['-c', snippetUnder('A packet capture, a HAR, a paste', 'sh').code], root)
    expect(status).toBe(0)
    expect(stdout).toContain('"HELLO"')
    expect(stdout).toContain('"你好，世界 😀"')
    expect(stdout).toContain('1000 Normal Closure "再见"')
  })
})
