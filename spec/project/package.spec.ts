/**
 * The package as users get it: packed, installed into an empty folder, and used from there.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as api from '../../src/index.js'
import { vectorFiles } from '../vectors.js'

const root = join(__dirname, '../..')
const bin = (name: string) => join(root, 'node_modules', name)
const tsc = bin('typescript/bin/tsc')
let folder = ''

/** @throws Error with all that was printed if the command fails */
function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

/** In bytes, as npm counts them. */
function sizeOf(path: string): number {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.reduce((size, entry) => size + statSync(join(entry.parentPath, entry.name)).size, 0)
}

function versionOf(manifest: unknown): unknown {
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'websocket-frames-'))
  write('package.json', '{ "private": true }')
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
  const packed = [root, join(root, 'fixtures')].map((cwd) => `./${execFileSync('npm', pack, { cwd, encoding: 'utf8' }).trim()}`)
  run('npm', 'install', '--offline', '--no-audit', '--no-fund', '--silent', ...packed)
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const use = `
const { frame } = decodeFrame(parseHex('8185 37fa213d 7f9f4d5158'))
console.log(new TextDecoder().decode(frame.payload), Object.keys(all).sort().join())
`

describe('the packed package', () => {
  const expected = `Hello ${Object.keys(api).sort().join()}\n`

  test('is imported', () => {
    write('user.mjs', `import * as all from 'websocket-frames'\nimport { decodeFrame, parseHex } from 'websocket-frames'\n${use}`)
    expect(run(process.execPath, 'user.mjs')).toBe(expected)
  })

  test('is required', () => {
    write('user.cjs', `const all = require('websocket-frames')\nconst { decodeFrame, parseHex } = all\n${use}`)
    expect(run(process.execPath, 'user.cjs')).toBe(expected)
  })

  test('has a command that decodes', () => {
    write('capture.hex', '8185 37fa213d 7f9f4d5158')
    expect(run(process.execPath, 'node_modules/.bin/websocket-frames', 'capture.hex')).toContain('"Hello"')
    expect(run('npx', '--offline', 'websocket-frames', 'capture.hex')).toContain('"Hello"')
    const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(run('npx', '--offline', 'websocket-frames', '--version')).toBe(`${version}\n`)
    const nothing = spawnSync(process.execPath, ['node_modules/.bin/websocket-frames'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect({ status: nothing.status, stdout: nothing.stdout }).toEqual({
      status: 2,
      stdout: expect.stringContaining('usage: websocket-frames'),
    })
  })

  test('is used in a Jest test', () => {
    write('jest.config.json', '{}')
    write(
      'user.test.js',
      `
const { decodeFrame, parseHex } = require('websocket-frames')
test('Hello', () => {
  expect(decodeFrame(parseHex('8105 48656c6c6f')).bytesRead).toBe(7)
  expect(decodeFrame(new Uint8Array([0x81]))).toBeNull()
})
`,
    )
    expect(() => run(process.execPath, bin('jest/bin/jest.js'), '--rootDir', folder, '--config', 'jest.config.json')).not.toThrow()
  })

  test.each([
    ['nodenext', 'nodenext', 'user.mts'],
    ['nodenext', 'nodenext', 'user.cts'],
    ['esnext', 'bundler', 'user.ts'],
  ])('has types under module %s, moduleResolution %s in %s', (module, moduleResolution, file) => {
    write(
      file,
      `
import { FrameReader, Opcode, ProtocolError, decodeFrame, encodeFrame, type Frame, type FrameReaderOptions } from 'websocket-frames'
const options: FrameReaderOptions = { sender: 'client', extensions: { permessageDeflate: true } }
export const frames: Frame[] = [...new FrameReader(options).push(encodeFrame({ opcode: Opcode.Text, payload: 'Hello' }))]
export const length: number | undefined = decodeFrame(new Uint8Array(2))?.bytesRead
export const offset: number = new ProtocolError('rsv-bit', 0, '').offset
// @ts-expect-error there is no such rule
new ProtocolError('no-such-rule', 0, '')
`,
    )
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false']
    const args = ['--target', 'es2022', '--lib', 'es2022', '--module', module, '--moduleResolution', moduleResolution, file]
    expect(() => run(process.execPath, tsc, ...flags, ...args)).not.toThrow()
  })

  test('says of memory of its own that nobody shares it, so that Blob, Response and WritableStream take it', () => {
    write(
      'own.ts',
      `
import { encodeClosePayload, encodeFrame, encodeHeader, parseHex } from 'websocket-frames'
const parts = [encodeFrame({ opcode: 1, payload: undefined }), encodeHeader({ opcode: 1, payloadLength: 0 }), encodeClosePayload(), parseHex('81')]
export const blob: Blob = new Blob(parts)
export const response: Response = new Response(parts[0])
export const digest: Promise<ArrayBuffer> = crypto.subtle.digest('SHA-256', encodeFrame({ opcode: 2 }))
`,
    )
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false']
    const args = ['--target', 'es2022', '--lib', 'es2022,dom', '--module', 'esnext', '--moduleResolution', 'bundler', 'own.ts']
    expect(() => run(process.execPath, tsc, ...flags, ...args)).not.toThrow()
  })

  test('has no dependencies, and no more files than it needs', () => {
    const installed = join(folder, 'node_modules/websocket-frames')
    const manifest: unknown = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    expect(manifest).not.toHaveProperty('dependencies')
    expect(manifest).toMatchObject({ name: 'websocket-frames', license: 'MIT', sideEffects: false, engines: { node: '>=20' } })
    expect(readdirSync(installed).sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json', 'spec'])
    expect(readdirSync(join(installed, 'spec'))).toEqual(['examples'])
    const onlyInClones = ['chat-server.mjs', 'chat.html', 'inspector', 'proxy.mjs', 'record']
    const examples = readdirSync(join(root, 'spec/examples')).filter((name) => !onlyInClones.includes(name))
    expect(readdirSync(join(installed, 'spec/examples')).sort()).toEqual(examples.sort())
    expect(sizeOf(installed)).toBeLessThanOrEqual(1_000_000)
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
    for (const format of ['esm', 'cjs']) {
      const files = readdirSync(join(installed, 'dist', format), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      // No public type refers to those of util, of cut frames, of the check of UTF-8, and of the rules for headers.
      const typed = sources.filter((name) => !/^(util|decode[\\/](cut|utf8)-|header[\\/](check|write)\.)/.test(name))
      const built = [...sources.map((name) => name.replace(/ts$/, 'js')), ...typed.map((name) => name.replace(/ts$/, 'd.ts'))]
      const found = files.map((entry) => relative(join(installed, 'dist', format), join(entry.parentPath, entry.name)))
      expect(found.sort()).toEqual([...built, ...(format === 'cjs' ? ['package.json'] : [])].sort())
    }
  })
})

describe('the packed package of the vectors', () => {
  const count = vectorFiles().reduce((sum, { vectors }) => sum + vectors.length, 0)
  const useVectors = `
const masked = vectors.find(({ id }) => id === '5.7-masked-text')
const many = vectors.find(({ id }) => id === '10.4-many-fragments-1025-client')
const frames = new FrameReader({ sender: many.sender }).push(bytesOf(many.bytes))
console.log(vectors.length, encoderVectors.length > 350, Buffer.from(bytesOf(masked.bytes)).toString('hex'))
console.log([...frames].length, listOf(many.frames).length, textOf(listOf(masked.messages)[0].data), verdictsOf(masked).length)
`
  const expected = `${count} true 818537fa213d7f9f4d5158\n1025 1025 Hello 1\n`

  test('is imported and required', () => {
    const names = '{ bytesOf, encoderVectors, listOf, textOf, vectors, verdictsOf }'
    write('v.mjs', `import ${names} from 'websocket-frames-vectors'\nimport { FrameReader } from 'websocket-frames'\n${useVectors}`)
    expect(run(process.execPath, 'v.mjs')).toBe(expected)
    write(
      'v.cjs',
      `const ${names} = require('websocket-frames-vectors')\nconst { FrameReader } = require('websocket-frames')\n${useVectors}`,
    )
    expect(run(process.execPath, 'v.cjs')).toBe(expected)
  })

  test('has its files one by one', () => {
    write('file.cjs', "const { vectors } = require('websocket-frames-vectors/rfc6455/5.7.json')\nconsole.log(vectors.length)")
    expect(run(process.execPath, 'file.cjs')).toBe('7\n')
    const installed = join(folder, 'node_modules/websocket-frames-vectors')
    const manifest: unknown = JSON.parse(readFileSync(join(installed, 'manifest.json'), 'utf8'))
    expect(manifest).toMatchObject({ format: 1, count, files: vectorFiles().map(({ path, vectors }) => ({ path, count: vectors.length })) })
    expect(readFileSync(join(installed, 'vectors.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(count)
    expect(readFileSync(join(installed, 'vectors.tsv'), 'utf8').trimEnd().split('\n')).toHaveLength(1 + count)
    for (const { path } of vectorFiles())
      expect(readFileSync(join(installed, path), 'utf8')).toBe(readFileSync(join(root, 'fixtures', path), 'utf8'))
  })

  test('has the version of the codec, no dependencies, and the same types for both kinds of modules', () => {
    const [codec, vectors]: unknown[] = ['', 'fixtures'].map((path) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')))
    expect(vectors).toMatchObject({ name: 'websocket-frames-vectors', version: versionOf(codec), license: 'MIT' })
    expect(vectors).not.toHaveProperty('dependencies')
    expect(readFileSync(join(root, 'fixtures/index.d.cts'), 'utf8')).toBe(readFileSync(join(root, 'fixtures/index.d.ts'), 'utf8'))
  })

  test.each([
    ['nodenext', 'nodenext', 'types.mts'],
    ['nodenext', 'nodenext', 'types.cts'],
    ['esnext', 'bundler', 'types.ts'],
  ])('has types under module %s, moduleResolution %s in %s', (module, moduleResolution, file) => {
    write(
      file,
      `
import { bytesOf, encoderVectors, listOf, vectors, verdictsOf, type Vector } from 'websocket-frames-vectors'
export const ids: string[] = vectors.map(({ id }) => id)
export const lengths: number[] = vectors.map(({ bytes }: Vector) => bytesOf(bytes).length)
export const fins: boolean[] = vectors.flatMap((vector) => listOf(verdictsOf(vector)[0]?.frames ?? []).map(({ fin }) => fin))
export const rules: (string | undefined)[] = encoderVectors.map(({ refused }) => refused?.rule)
// @ts-expect-error there is no such field
vectors[0]?.octets
`,
    )
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false']
    const args = ['--target', 'es2022', '--lib', 'es2022', '--module', module, '--moduleResolution', moduleResolution, file]
    expect(() => run(process.execPath, tsc, ...flags, ...args)).not.toThrow()
  })
})
