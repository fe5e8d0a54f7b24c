/**
 * The decode example as a user runs it.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { bytes } from './support.js'

const root = join(__dirname, '..')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'websocket-frames-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function decode(args: string[], input?: string | Uint8Array) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'spec/examples/decode.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    input: input ?? '',
  })
  return { status, stdout, stderr }
}

const helloLines =
  'byte  opcode  flags  length  bits  masking key  payload\n' + '   0  text    FIN         5     7  37fa213d     "Hello"\n'
const complete = 'verdict: complete\n'

describe('npm run decode', () => {
  test('prints both directions of a bundled browser capture', () => {
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'decode'], { cwd: root, encoding: 'utf8' })
    expect({ status, stderr: stderr.replaceAll(/^npm warn.*\n/gm, '') }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^chromium-client\.hex: \d+ bytes from the client\n\nbyte  opcode  flags/)
    expect(stdout).toContain('chromium-server.hex: ')
    expect(stdout).toContain('"你好，世界"')
    expect(stdout.match(/close   FIN .* 1000 Normal Closure/g)).toHaveLength(2)
    expect(stdout.match(/verdict: complete/g)).toHaveLength(2)
  })

  test.each<[string, string | Uint8Array]>([
    ['raw binary', bytes('8185 37fa213d 7f9f4d5158')],
    ['plain hex', '818537fa213d7f9f4d5158'],
    ['hex with comments', '# a text\n8185 37fa213d # key\n7f9f 4d51 58\n'],
    ['xxd', '00000000: 8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX\n'],
  ])('reads %s from a file and from standard input', (_form, content) => {
    writeFileSync(join(folder, 'capture'), content)
    expect(decode(['capture'])).toEqual({ status: 0, stdout: `capture: 11 bytes\n\n${helloLines}${complete}\n`, stderr: '' })
    expect(decode(['-'], content)).toEqual({ status: 0, stdout: `-: 11 bytes\n\n${helloLines}${complete}\n`, stderr: '' })
  })

  test('waits for standard input', () => {
    const command = `(sleep 0.5; printf 8100; sleep 0.2) | "${process.execPath}" "${join(root, 'spec/examples/decode.mjs')}" -`
    const { status, stdout } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^-: 2 bytes\n\nbyte .*\n   0  text .*\nverdict: complete\n\n$/) })
  })

  test('shows a violation after the frames before it, and goes on with the next file: status 1', () => {
    writeFileSync(join(folder, 'bad.hex'), '8185 37fa213d 7f9f4d5158 8105')
    writeFileSync(join(folder, 'good.hex'), '8185 37fa213d 7f9f4d5158')
    const { status, stdout, stderr } = decode(['--sender', 'client', 'bad.hex', 'good.hex'])
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(stdout).toBe(
      `bad.hex: 13 bytes from the client\n\n${helloLines}` +
        '  byte 11: violation of mask-required, close code 1002 Protocol Error\n' +
        '    a client sent a frame with MASK clear; a client must mask every frame it sends ' +
        '(rule mask-required, RFC 6455 section 5.1)\n' +
        '    81 85 37 fa 21 3d 7f 9f 4d 51 58 81 [05]\n' +
        'verdict: error, mask-required (section 5.1) at byte 11, reply with close code 1002\n\n' +
        `good.hex: 11 bytes from the client\n\n${helloLines}${complete}\n`,
    )
  })

  test.each([
    ['8105 4865', 'byte 0: incomplete, the frame needs at least 3 bytes more'],
    ['0100', 'byte 2: the end, inside a fragmented message'],
  ])('says of a stream that is cut off what is missing: status 1', (hex, line) => {
    const { status, stdout } = decode(['-'], hex)
    expect(status).toBe(1)
    expect(stdout).toContain(line)
  })

  test('takes RSV1 for permessage-deflate when it is told', () => {
    expect(decode(['-'], 'c101 00').status).toBe(1)
    const { status, stdout } = decode(['--permessage-deflate', '-'], 'c101 00')
    expect(status).toBe(0)
    expect(stdout).toContain('text    FIN RSV1       1     7               00')
  })

  test('draws diagrams', () => {
    expect(decode(['--diagram', '-'], '8100').stdout).toContain('|F|R|R|R| opcode|M| Payload len |')
  })

  test.each([
    [['no-such-file'], 'no-such-file'],
    [['--sender', 'proxy', '-'], '--sender proxy'],
    [['--no-such-option'], '--no-such-option'],
    [['-'], '-: line 1, column 3: found "g", expected bytes'],
  ])('%j cannot be read: status 2', (args, message) => {
    const { status, stderr } = decode(args, '81g5')
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('usage: decode')
  })
})
