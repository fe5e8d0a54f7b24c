/**
 * The package as users get it: packed, installed into an empty folder, and used from there.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as api from '../src/index.js'

const root = join(__dirname, '..')
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

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'websocket-frames-'))
  write('package.json', '{ "private": true }')
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: root, encoding: 'utf8' })
  run('npm', 'install', '--offline', '--no-audit', '--no-fund', '--silent', `./${packed.trim()}`)
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

  test('has the test vectors', () => {
    write('vectors.cjs', "const { vectors } = require('websocket-frames/fixtures/rfc6455/5.7.json')\nconsole.log(vectors.length)")
    expect(run(process.execPath, 'vectors.cjs')).toBe('7\n')
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
    const nothing = spawnSync(process.execPath, ['node_modules/.bin/websocket-frames'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    expect(nothing.stdout).toMatch(/你好|usage: websocket-frames/)
  })

  test('is used in a Jest test', () => {
    write('jest.config.json', '{}')
    write('user.test.js', `
const { decodeFrame, parseHex } = require('websocket-frames')
test('Hello', () => {
  expect(decodeFrame(parseHex('8105 48656c6c6f')).bytesRead).toBe(7)
  expect(decodeFrame(new Uint8Array([0x81]))).toBeNull()
})
`)
    expect(() => run(process.execPath, bin('jest/bin/jest.js'), '--rootDir', folder, '--config', 'jest.config.json')).not.toThrow()
  })

  test.each([
    ['nodenext', 'nodenext', 'user.mts'],
    ['nodenext', 'nodenext', 'user.cts'],
    ['esnext', 'bundler', 'user.ts'],
  ])('has types under module %s, moduleResolution %s in %s', (module, moduleResolution, file) => {
    write(file, `
import { FrameReader, Opcode, ProtocolError, decodeFrame, encodeFrame, type Frame, type FrameReaderOptions } from 'websocket-frames'
const options: FrameReaderOptions = { sender: 'client', extensions: { permessageDeflate: true } }
export const frames: Frame[] = [...new FrameReader(options).push(encodeFrame({ opcode: Opcode.Text, payload: 'Hello' }))]
export const length: number | undefined = decodeFrame(new Uint8Array(2))?.bytesRead
export const offset: number = new ProtocolError('rsv-bit', 0, '').offset
// @ts-expect-error there is no such rule
new ProtocolError('no-such-rule', 0, '')
`)
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false']
    const args = ['--target', 'es2022', '--lib', 'es2022', '--module', module, '--moduleResolution', moduleResolution, file]
    expect(() => run(process.execPath, tsc, ...flags, ...args)).not.toThrow()
  })

  test('says of memory of its own that nobody shares it, so that Blob, Response and WritableStream take it', () => {
    write('own.ts', `
import { encodeClosePayload, encodeFrame, encodeHeader, parseHex } from 'websocket-frames'
const parts = [encodeFrame({ opcode: 1, payload: undefined }), encodeHeader({ opcode: 1, payloadLength: 0 }), encodeClosePayload(), parseHex('81')]
export const blob: Blob = new Blob(parts)
export const response: Response = new Response(parts[0])
export const digest: Promise<ArrayBuffer> = crypto.subtle.digest('SHA-256', encodeFrame({ opcode: 2 }))
`)
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false']
    const args = ['--target', 'es2022', '--lib', 'es2022,dom', '--module', 'esnext', '--moduleResolution', 'bundler', 'own.ts']
    expect(() => run(process.execPath, tsc, ...flags, ...args)).not.toThrow()
  })

  test('has no dependencies, and no more files than it needs', () => {
    const installed = join(folder, 'node_modules/websocket-frames')
    const manifest: unknown = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    expect(manifest).not.toHaveProperty('dependencies')
    expect(manifest).toMatchObject({ name: 'websocket-frames', license: 'MIT', sideEffects: false, engines: { node: '>=20' } })
    expect(readdirSync(installed).sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'fixtures', 'package.json', 'spec', 'src'])
    expect(readdirSync(join(installed, 'spec'))).toEqual(['examples'])
    expect(readdirSync(join(installed, 'spec/examples')).sort()).toEqual(['decode', 'decode.mjs', 'recipes'])
    expect(readdirSync(join(installed, 'fixtures')).sort()).toEqual(['README.md', 'captures', 'documents', 'rfc6455', 'schema.json'])
    expect(readdirSync(join(installed, 'fixtures/captures')).filter((name) => /\.(hex|pcap)$/.test(name))).toEqual([])
    const filesOf = (path: string) => readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name))
    const sources = filesOf(join(root, 'src')).map((name) => name.replace('.ts', ''))
    for (const format of ['esm', 'cjs']) {
      const files = filesOf(join(installed, 'dist', format))
      const built = sources.flatMap((name) => [`${name}.d.ts`, `${name}.d.ts.map`, `${name}.js`, `${name}.js.map`])
      expect(files.sort()).toEqual([...built, ...(format === 'cjs' ? ['package.json'] : [])].sort())
    }
  })
})
