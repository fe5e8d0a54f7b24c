/**
 * The decode example as a user runs it: what it takes, what it prints, how it ends.
 */
import { spawnSync } from 'node:child_process'
import { openSync, closeSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { bytes, concat, utf8 } from '../support.js'

const root = join(__dirname, '../..')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'websocket-frames-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

interface Surroundings {
  readonly input?: string | Uint8Array
  readonly env?: Record<string, string>
}

function decode(args: readonly string[], { input = '', env = {} }: Surroundings = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'spec/examples/decode.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
    input,
  })
  return { status, stdout, stderr }
}

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content)
  return name
}

const hello = '8185 37fa213d 7f9f4d5158'
const helloLines =
  '11 bytes\n\n' +
  'byte  opcode  flags  length  masking key  payload\n' +
  '   0  text    FIN         5  37fa213d     "Hello"\n\n' +
  '1 frame: 1 text; 1 message\n' +
  'verdict: complete\n\n'

describe('npm run decode', () => {
  test.each<[string, string | Uint8Array]>([
    ['raw binary', bytes(hello)],
    ['plain hex', '818537fa213d7f9f4d5158'],
    ['hex with comments', '# a text\n8185 37fa213d # key\n7f9f 4d51 58\n'],
    ['xxd', '00000000: 8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX\n'],
    ['hex in colours', '\u001b[31m8185\u001b[0m 37fa213d \u001b[1;32m7f9f4d5158\u001b[0m\n'],
    ['hex in UTF-16, little-endian', concat(bytes('fffe'), Buffer.from(`${hello}\r\n`, 'utf16le'))],
    ['hex in UTF-16, big-endian', concat(bytes('feff'), Buffer.from(`${hello}\r\n`, 'utf16le').swap16())],
    ['hex in UTF-16 without a byte order mark', Buffer.from(hello, 'utf16le')],
    ['hex in UTF-8 with a byte order mark', `\ufeff${hello}`],
    ['gzip', gzipSync(bytes(hello))],
  ])('reads %s from a file, from - and from what is piped in', (_form, input) => {
    const name = file('capture', input)
    expect(decode([name])).toEqual({ status: 0, stdout: `capture\n${helloLines}`, stderr: '' })
    expect(decode(['-'], { input })).toEqual({ status: 0, stdout: `standard input\n${helloLines}`, stderr: '' })
    expect(decode([], { input })).toEqual({ status: 0, stdout: `standard input\n${helloLines}`, stderr: '' })
  })

  test.each([
    '10000001 00000101 01001000 01100101 01101100 01101100 01101111',
    '000000 81 05 48 65 6c 6c 6f\n000007',
    '[129, 5, 72, 101, 108, 108, 111]',
    "b'\\x81\\x05Hello'",
    'gQVIZWxsbw==',
    '<Buffer 81 05 48 65 6c 6c 6f>',
    '0000 - 81 05 48 65 6c 6c 6f                              ..Hello',
    '<= Recv data, 7 bytes (0x7)\n0000: 81 05 48 65 6c 6c 6f                            ..Hello',
    '\t0x0000:  8105 4865 6c6c 6f                             ..Hello',
  ])('reads %j in every form that parseBytes does', (input) => {
    const { status, stdout } = decode(['-'], { input })
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('   0  text    FIN         5  "Hello"\n') })
  })

  test('reads the bytes themselves as arguments, in one or in many', () => {
    expect(decode(['89:00']).stdout).toContain('ping')
    expect(decode(['gQVIZWxsbw==']).stdout).toContain('"Hello"')
    expect(decode([hello])).toEqual({ status: 0, stdout: `arguments\n${helloLines}`, stderr: '' })
    expect(decode(hello.split(' '))).toEqual({ status: 0, stdout: `arguments\n${helloLines}`, stderr: '' })
    file('8100', bytes(hello))
    expect(decode(['8100']).stdout).toBe(`8100\n${helloLines}`)
  })

  test('waits for standard input', () => {
    const command = `(sleep 0.5; printf 8100; sleep 0.2) | "${process.execPath}" "${join(root, 'spec/examples/decode.mjs')}"`
    const { status, stdout } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('   0  text    FIN         0  ""\n') })
  })

  test('without arguments and nothing piped in, prints a bundled capture of a browser', () => {
    const nothing = openSync('/dev/null', 'r')
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'decode'], {
      cwd: root,
      encoding: 'utf8',
      stdio: [nothing, 'pipe', 'pipe'],
    })
    closeSync(nothing)
    expect({ status, stderr: stderr.replaceAll(/^npm warn.*\n/gm, '') }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('"你好，世界"')
    expect(stdout.match(/^ *\d+ {2}close .* 1000 Normal Closure/gm)).toHaveLength(2)
    expect(stdout).toMatch(/2 of 2 connections complete, 0 not\n$/)
  })

  test('takes paths from where the user stands', () => {
    const captures = join(root, 'fixtures/captures')
    const args = ['run', '--silent', '--prefix', root, 'decode', '--', 'chromium-client.hex']
    const { status, stdout } = spawnSync('npm', args, { cwd: captures, encoding: 'utf8', input: '' })
    expect(status).toBe(0)
    expect(stdout).toMatch(/^chromium-client\.hex\n\d+ bytes from the client\n/)
  })

  test.each([
    [['no-such-file'], '', 'no-such-file: no such file in '],
    [['capture', 'no-such-file'], '', 'no-such-file: no such file in '],
    [['--sender', 'proxy', '-'], hello, '--sender proxy: it is client or server'],
    [['--sender'], hello, '--sender needs a value: client or server'],
    [['--diagramm'], hello, 'there is no --diagramm; did you mean --diagram?'],
    [['--no-such-option'], hello, 'there is no --no-such-option'],
    [['--json=no'], hello, '--json takes no value'],
    [['--opcode', '0x8'], hello, '--opcode 0x8: the reserved opcodes are 0x3 to 0x7 and 0xb to 0xf'],
    [['--max-message-length', '-1'], hello, '--max-message-length'],
    [['--max-message-length=1.5'], hello, '--max-message-length 1.5: it is a whole number of at least 0'],
    [['--connection', 'first'], hello, '--connection first: it is a whole number of at least 0'],
    [['-'], '81g5', 'standard input: '],
    [['81g5'], '', 'no such file in '],
    [['-'], '', 'standard input: nothing to decode: it is empty'],
    [['-'], '# nothing but a comment\n', 'nothing to decode'],
    [['-'], 'HTTP/1.1 101 Switching Protocols\r\n\r\n', 'nothing to decode'],
    [['-'], 'HTTP/1.1 400 Bad Request\r\n\r\n', 'the server did not switch to WebSocket: it answered "HTTP/1.1 400 Bad Request"'],
    [['.'], '', '.: it is a folder, not a file'],
    [['-'], '{"name":"x","scripts":{}}', 'this is JSON, but no HAR, no test vectors, and no bytes'],
    [['-'], bytes('160301 0200 0100'), 'these are TLS records'],
    [['-'], 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'this is HTTP/2'],
    [['-'], '<html><body>', 'HTML'],
  ])('%j on %j: status 2, and says what is wrong', (args, input, message) => {
    file('capture', bytes(hello))
    const { status, stdout, stderr } = decode(args, { input })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
  })

  test('an empty file is an error', () => {
    expect(decode([file('empty', '')])).toEqual({ status: 2, stdout: '', stderr: 'empty: nothing to decode: it is empty\n' })
  })

  test('--help and --version', () => {
    const { status, stdout, stderr } = decode(['--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const flag of ['--sender', '--permessage-deflate', '--extensions', '--connection', '--diagram', '--json'])
      expect(stdout).toContain(flag)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    expect(decode(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/) })
  })
})

describe('the verdict and the exit status agree', () => {
  test.each([
    ['8100', 'verdict: complete', 0],
    ['8800 8100', 'after the Close frame, discarded', 0],
    ['8105 4865', 'it needs at least 3 more bytes', 1],
    ['8105 4865', 'verdict: incomplete', 1],
    ['0100', 'byte 2: the end, inside a fragmented message', 1],
    ['0100', 'verdict: incomplete', 1],
    ['8300', 'verdict: error, opcode-reserved (RFC 6455 section 5.2), frame at byte 0, close code 1002', 1],
  ])('%s: %s, status %i', (hex, line, status) => {
    const result = decode(['-'], { input: hex })
    expect(result.status).toBe(status)
    expect(result.stdout).toContain(line)
    expect(JSON.parse(decode(['--json', hex]).stdout).verdict === 'complete').toBe(status === 0)
  })

  test('a violation is shown after the frames before it, with the sentence of the RFC, and the next file is read', () => {
    file('bad.hex', `${hello} 8105`)
    file('good.hex', hello)
    const { status, stdout, stderr } = decode(['--sender', 'client', 'bad.hex', 'good.hex'])
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(stdout).toContain(
      '   0  text    FIN         5  37fa213d     "Hello"\n' +
        '  ✗ mask-required at byte 12, close code 1002 Protocol Error\n' +
        '    a client sent a frame with MASK clear',
    )
    expect(stdout).toContain('\n    81 85 37 fa 21 3d 7f 9f 4d 51 58 81 [05]\n    RFC 6455 section 5.1: "The server MUST close')
    expect(stdout).toContain(`\ngood.hex\n${helloLines.replace('11 bytes', '11 bytes from the client')}`)
    expect(stdout).toMatch(/1 of 2 connections complete, 1 not\n$/)
  })

  test('limits are as asked for', () => {
    expect(decode(['--max-payload-length', '4', hello]).stdout).toContain('verdict: error, payload-too-long')
    expect(decode(['--max-message-length', '4', hello]).stdout).toContain('verdict: error, message-too-long')
    expect(decode(['--max-message-length', '5', hello]).status).toBe(0)
  })
})

describe('extensions', () => {
  const compressed = 'c107 f248cdc9c90700'

  test('a compressed message is inflated if permessage-deflate was negotiated', () => {
    for (const args of [['--permessage-deflate'], ['--extensions', 'permessage-deflate; server_no_context_takeover']]) {
      const { status, stdout } = decode([...args, compressed])
      expect(status).toBe(0)
      expect(stdout).toContain('   0  text    FIN RSV1       7  inflated to 5 bytes: "Hello"\n')
    }
  })

  test('if nothing was negotiated, it says which flag to add', () => {
    const { status, stdout } = decode([compressed])
    expect(status).toBe(1)
    expect(stdout).toContain('then add --permessage-deflate\n')
    expect(decode(['--rsv1', compressed.replace('c1', 'c2')]).status).toBe(0)
  })

  // RFC 7692, section 7.2.3.2: the second message refers to the first.
  const twice = 'c107 f248cdc9c90700 c105 f200110000'

  test('a message may refer to the one before it, unless that was excluded', () => {
    expect(decode(['--permessage-deflate', twice]).stdout.match(/inflated to 5 bytes: "Hello"/g)).toHaveLength(2)
    const head = 'HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Extensions: permessage-deflate'
    const accepted = concat(utf8(`${head}\r\n\r\n`), bytes(twice))
    expect(decode(['-'], { input: accepted }).stdout.match(/inflated to 5 bytes: "Hello"/g)).toHaveLength(2)
    const excluded = concat(utf8(`${head}; server_no_context_takeover\r\n\r\n`), bytes(twice))
    const { status, stdout } = decode(['-'], { input: excluded })
    expect(stdout.match(/inflated to 5 bytes: "Hello"/g)).toHaveLength(1)
    expect(status).toBe(1)
    expect(stdout).toContain('verdict: error, deflate-data (RFC 7692 section 7.2.2)')
  })

  test.each([
    ['f348cdc9c9070000', 'a final block'],
    ['f248050000 00ffffcac9c90700', 'two blocks'],
  ])('%s is "Hello" (RFC 7692, section 7.2.3: %s)', (payload) => {
    const length = (payload.replace(' ', '').length / 2).toString(16).padStart(2, '0')
    expect(decode(['--permessage-deflate', `c1${length} ${payload}`]).stdout).toContain('inflated to 5 bytes: "Hello"')
  })

  test('fragments of a compressed message come to one message', () => {
    const { stdout } = decode(['--permessage-deflate', '4103 f248cd 8900 8004 c9c90700'])
    expect(stdout).toMatch(/ = text of 5 bytes: "Hello"\n/)
  })

  test.each([
    [
      'a response',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
      compressed,
      'server',
    ],
    [
      'a request, which is only an offer',
      'GET / HTTP/1.1\r\nHost: a\r\nsec-websocket-extensions: permessage-deflate\r\n\r\n',
      'c187 00000000 f248cdc9c90700',
      'client',
    ],
  ])('an HTTP head in front is read and skipped: %s', (_what, head, hex, sender) => {
    const raw = concat(utf8(head), bytes(hex))
    for (const input of [
      raw,
      Buffer.from(raw).toString('hex'),
      `${head.replaceAll('\r', '')}${hex}`,
      head.replaceAll('\r', '').replaceAll(/^/gm, '# > ') + `\n${hex}`,
    ]) {
      const { status, stdout } = decode(['-'], { input })
      expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('inflated to 5 bytes: "Hello"') })
      expect(stdout).toContain(`from the ${sender}`)
    }
  })

  test('the capture of a browser that compresses is inflated', () => {
    const { status, stdout } = decode([join(root, 'fixtures/captures/chromium-deflate-client.hex')])
    expect(status).toBe(0)
    expect(stdout).toContain('inflated to')
    expect(stdout).toContain('1001 Going Away "服务器即将重启"')
  })
})

describe('test vectors', () => {
  test('on a line each', () => {
    const vectors = [
      { id: 'a', description: 'one', bytes: '8100', outcome: 'complete' },
      { id: 'b', description: 'run', bytes: ['820a', { repeat: '61', count: 10 }], outcome: 'complete' },
    ]
    const { status, stdout } = decode(['-'], { input: vectors.map((vector) => `${JSON.stringify(vector)}\n`).join('') })
    expect(status).toBe(0)
    expect(stdout).toContain('b: run\n12 bytes\n')
    expect(stdout).toContain('"aaaaaaaaaa"')
  })

  test('of a file, or one of them', () => {
    const path = join(root, 'fixtures/rfc6455/5.7.json')
    const { status, stdout } = decode([path])
    expect(status).toBe(0)
    expect(stdout).toMatch(/7 of 7 connections complete, 0 not\n$/)
    const one = decode([path, '--vector', '5.7-masked-text'])
    expect(one.stdout).toMatch(/^5\.7-masked-text: .*\n11 bytes from the client\n[^]*"Hello"/)
    expect(decode([path, '--vector', 'no-such-vector'])).toMatchObject({ status: 2, stderr: 'there is no vector no-such-vector\n' })
  })
})

describe('for eyes', () => {
  const json = '{"name":"你好","n":[1,-2.5e3,true,null]}'
  const ofText = (text: string) => concat(bytes('81'), Uint8Array.of(utf8(text).length), utf8(text))

  test('JSON is shown as JSON, other text in quotation marks, other bytes in hex with what can be printed', () => {
    const input = concat(ofText(json), ofText('{"not": json'), bytes('8204 004142ff'), bytes('8205 48656c6c6f'))
    const { stdout } = decode(['-'], { input })
    expect(stdout).toContain(' {"name": "你好", "n": [1, -2.5e3, true, null]}\n')
    expect(stdout).toContain(' "{\\"not\\": json"\n')
    expect(stdout).toContain(' 00 41 42 ff  .AB.\n')
    expect(stdout).toContain(' "Hello"\n')
  })

  test.each([40, 80, 100])('lines of frames fit into %i columns', (width) => {
    const long = '你好 and more 😀 '.repeat(5)
    const input = concat(ofText(long), ofText(json), bytes(hello), bytes(`827d ${'ff'.repeat(125)}`))
    const { stdout } = decode(['--width', `${width}`, '-'], { input })
    for (const line of stdout.split('\n')) {
      const wide = line.match(/[\u4e00-\u9fff]|😀/gu) ?? []
      const columns = [...line].length + wide.length
      expect(columns).toBeLessThanOrEqual(width)
    }
    expect(decode(['--full', '-'], { input }).stdout).toContain(JSON.stringify(long))
  })

  const hasScript = spawnSync('script', ['--version']).status === 0
  const testInTerminal = hasScript ? test : test.skip
  testInTerminal(`a terminal gets colours and as many columns as it has${hasScript ? '' : ' (skipped: no script on this machine)'}`, () => {
    file('long', bytes(`817d ${'61'.repeat(125)}`))
    const command = (columns: number) => `stty cols ${columns}; '${process.execPath}' '${join(root, 'spec/examples/decode.mjs')}' long`
    const shown = (columns: number, env: Record<string, string> = {}) => {
      // Node.js takes a terminal of a CI service for one without colours.
      const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...rest } = process.env
      const options = { cwd: folder, encoding: 'utf8' as const, env: { ...rest, TERM: 'xterm', INIT_CWD: folder, ...env } }
      return spawnSync('script', ['--quiet', '--command', command(columns), '/dev/null'], options).stdout
    }
    const widths = (text: string) =>
      text
        .replaceAll(/\u001b\[[\d;]*m/g, '')
        .split(/\r?\n/)
        .map((line) => [...line].length)
    for (const columns of [60, 150]) {
      expect(shown(columns)).toContain('\u001b[')
      expect(Math.max(...widths(shown(columns)))).toBe(columns)
    }
    expect(Math.max(...widths(shown(0)))).toBe(120)
    expect(shown(80, { NO_COLOR: '1' })).not.toContain('\u001b[')
  })

  test('colours are for terminals, and for those who ask', () => {
    const isColoured = (args: string[], env: Record<string, string>) => decode([...args, hello], { env }).stdout.includes('\u001b[')
    expect(isColoured([], {})).toBe(false)
    expect(isColoured(['--color'], {})).toBe(true)
    expect(isColoured([], { FORCE_COLOR: '1' })).toBe(true)
    expect(isColoured([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
    expect(isColoured(['--no-color'], { FORCE_COLOR: '1' })).toBe(false)
  })

  test('whatever a peer sends, no control character and nothing that turns the reading order reaches the terminal', () => {
    const hostile = '\u001b[2J\u001b]0;title\u0007\u0000\b\r\n\t\u0085\u009b31m\u202e\u2066\u200f\u2028\ufeff\u200b\u007f\u{e0041}'
    const heaped = `a${'\u0301'.repeat(50)}`
    const all = [hostile, JSON.stringify({ [hostile]: hostile }).replaceAll('\\', ''), heaped].map((text) => utf8(text.slice(0, 60)))
    const frames = all.flatMap((payload) => [
      concat(Uint8Array.of(0x81, payload.length), payload),
      concat(Uint8Array.of(0x82, payload.length), payload),
      concat(Uint8Array.of(0x01, payload.length), payload, bytes('8000')),
      concat(Uint8Array.of(0x89, payload.length), payload),
    ])
    const close = concat(Uint8Array.of(0x88, utf8(hostile).length + 2), bytes('03e8'), utf8(hostile))
    const { status, stdout } = decode(['--full', '-'], { input: concat(...frames, close) })
    expect(status).toBe(0)
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Zl}|\p{M}{5}/u)
    const evil = file('\u001b[31mred\u202e', bytes('8300'))
    expect(decode([evil]).stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
    expect(decode([`${evil}-`]).stderr).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
  })

  test('diagrams', () => {
    const { stdout } = decode(['--diagram', hello])
    expect(stdout).toContain('|F|R|R|R| opcode|M| Payload len |')
    expect(stdout).toContain('|1|0|0|0|0 0 0 1|1|0 0 0 0 1 0 1|')
  })

  test('who reads the output may stop: | head', () => {
    file('many', bytes('8100'.repeat(50_000)))
    const command = `"${process.execPath}" "${join(root, 'spec/examples/decode.mjs')}" many | head -1`
    const { stdout, stderr } = spawnSync('bash', ['-c', command], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, INIT_CWD: folder },
    })
    expect({ stdout, stderr }).toEqual({ stdout: 'many\n', stderr: '' })
  })
})

test('--json has everything', () => {
  const { status, stdout } = decode(['--json', '--sender', 'client', hello, '8105'])
  expect(status).toBe(1)
  const { verdict, connections } = JSON.parse(stdout)
  expect(verdict).toBe('error')
  expect(connections).toHaveLength(1)
  expect(connections[0].timeline).toEqual([
    {
      stream: 0,
      frame: expect.objectContaining({
        offset: 0,
        opcode: 1,
        fin: true,
        maskingKey: '37fa213d',
        payload: '48656c6c6f',
        violations: [],
      }),
      message: { type: 'text', data: 'Hello' },
    },
  ])
  expect(connections[0].streams).toEqual([
    expect.objectContaining({
      sender: 'client',
      byteLength: 13,
      verdict: 'error',
      error: expect.objectContaining({ rule: 'mask-required', offset: 11, closeCode: 1002 }),
      violations: [expect.objectContaining({ rule: 'mask-required', offset: 11, detectedAfter: 13 })],
    }),
  ])
})
