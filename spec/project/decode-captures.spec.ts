/**
 * The decode example on captures of whole connections: packet captures, HAR, followed streams, mitmproxy.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { pcap, pcapng } from './packets.js'
import type { Segment } from './packets.js'
import { bytes, concat, hexOf, utf8 } from '../support.js'

const root = join(__dirname, '../..')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'websocket-frames-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const path = process.env['PATH'] ?? ''

function decode(args: readonly string[], input: string | Uint8Array = '', env: Record<string, string> = { PATH: path }) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'spec/examples/decode.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
    input,
  })
  return { status, stdout, stderr }
}

/** The rows of frames: time if there is one, arrow, opcode and payload. */
function rowsOf(stdout: string): string[] {
  const row =
    /^ *(?:[\d.]+ {2})?(?<arrow>[→←]) +\d+ {2}(?<opcode>\S+).*? {2,}\d+(?: {2}[\da-f]{8}(?= {2}|$))?(?: {2,}(?<payload>\S.*))?$/gmu
  return [...stdout.matchAll(row)].map(({ groups = {} }) => [groups['arrow'], groups['opcode'], groups['payload']].join(' '))
}

const request = utf8(
  'GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n',
)
const responseWith = (extensions: string) =>
  utf8(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n${extensions}\r\n`,
  )
const response = responseWith('')
const deflateResponse = responseWith('Sec-WebSocket-Extensions: permessage-deflate\r\n')

const maskedHello = bytes('8185 37fa213d 7f9f4d5158')
const hello = bytes('8105 48656c6c6f')
const ping = bytes('8900')
const maskedPong = bytes('8a80 00000000')
const close = bytes('8802 03e8')
const maskedClose = bytes('8882 00000000 03e8')

/** Segments as they are sent: each after the one before of its direction. */
function inOrder(...sent: [Segment['from'], Uint8Array, number?][]): Segment[] {
  const lengths = new Map<string, number>()
  return sent.map(([from, data, connection = 0]) => {
    const key = `${connection} ${from}`
    const at = lengths.get(key) ?? 0
    lengths.set(key, at + data.length)
    return { connection, from, data, at }
  })
}

const conversation = inOrder(
  ['client', request],
  ['server', concat(response, hello)],
  ['client', maskedHello.subarray(0, 4)],
  ['client', concat(maskedHello.subarray(4), maskedHello)],
  ['server', ping],
  ['client', maskedPong],
  ['server', close],
  ['client', maskedClose],
)
const rowsOfConversation = [
  '← text "Hello"',
  '→ text "Hello"',
  '→ text "Hello"',
  '← ping ',
  '→ pong ',
  '← close 1000 Normal Closure',
  '→ close 1000 Normal Closure',
]

function swapped<T>(items: readonly T[], index: number): T[] {
  const copy = [...items]
  copy.splice(index, 2, ...items.slice(index, index + 2).reverse())
  return copy
}

const hasTshark = spawnSync('tshark', ['--version']).status === 0
const testWithTshark = hasTshark ? test : test.skip
const name = (text: string) => `${text}${hasTshark ? '' : ' (skipped: no tshark on this machine)'}`

describe('packet captures', () => {
  testWithTshark.each<[string, Uint8Array]>([
    ['a pcap', pcap(conversation)],
    ['a pcapng', pcapng(conversation)],
    ['a retransmission', pcap([...conversation.slice(0, 5), ...conversation.slice(3, 5), ...conversation.slice(5)])],
    ['two segments swapped', pcap(swapped(conversation, 2))],
    [
      'a segment that overlaps the one before',
      pcap(
        conversation.map((segment, index) => {
          return index === 3 ? { ...segment, at: segment.at - 2, data: concat(maskedHello.subarray(2), maskedHello) } : segment
        }),
      ),
    ],
    [
      'the end cut off in the middle of a packet',
      pcap([...conversation, { from: 'client' as const, at: 1000, data: new Uint8Array(40) }]).subarray(0, -30),
    ],
  ])(name('%s: both directions in one timeline, with the frame in the segment of the 101'), (_what, capture) => {
    writeFileSync(join(folder, 'capture.pcap'), capture)
    const { status, stdout, stderr } = decode(['capture.pcap'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(rowsOf(stdout)).toEqual(rowsOfConversation)
    expect(stdout).toMatch(
      /^capture\.pcap, connection 0: 10\.0\.0\.1:40000 and 10\.0\.0\.2:8080\n36 bytes from the client, 13 bytes from the server\n/,
    )
    expect(stdout).toMatch(/^ seconds {5}byte/m)
    expect(stdout).toMatch(/^0\.000000 {2}← /m)
    expect(rowsOf(decode(['-'], capture).stdout)).toEqual(rowsOfConversation)
  })

  testWithTshark(name('the times are those of the segments that complete the frames'), () => {
    const { stdout } = decode(['-'], pcap(conversation))
    expect([...stdout.matchAll(/^(\d\.\d{6}) /gm)].map(([, time]) => time)).toEqual([
      '0.000000',
      '0.002000',
      '0.002000',
      '0.003000',
      '0.004000',
      '0.005000',
      '0.006000',
    ])
  })

  testWithTshark(name('several connections, those that are no WebSockets left out; --connection, --sender'), () => {
    const web = inOrder(
      ['client', utf8('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), 1],
      ['server', utf8('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'), 1],
    )
    const second = inOrder(
      ['client', request, 2],
      ['server', deflateResponse, 2],
      ['client', maskedHello, 2],
      ['server', bytes('c107 f248cdc9c90700 c105 f200110000'), 2],
    )
    const mixed = pcap([...conversation.slice(0, 2), ...web, ...second.slice(0, 3), ...conversation.slice(2), ...second.slice(3)])
    const { status, stdout } = decode(['-'], mixed)
    expect(status).toBe(0)
    expect(stdout.match(/connection \d/g)).toEqual(['connection 0', 'connection 2'])
    expect(stdout).toContain('extensions: permessage-deflate\n')
    const inflated = '← text inflated to 5 bytes: "Hello"'
    expect(rowsOf(stdout)).toEqual([...rowsOfConversation, '→ text "Hello"', inflated, inflated])
    expect(stdout).toMatch(/2 of 2 connections complete, 0 not\n$/)

    expect(rowsOf(decode(['--connection', '2', '-'], mixed).stdout)).toEqual(['→ text "Hello"', inflated, inflated])
    expect(rowsOf(decode(['--connection', '2', '--sender', 'server', '-'], mixed).stdout)).toEqual([inflated, inflated])
    expect(decode(['--connection', '7', '-'], mixed)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no connection 7'),
    })
  })

  testWithTshark(name('a capture that began after the handshake: says so, and reads the connection that is asked for'), () => {
    const late = pcap(inOrder(['server', hello], ['client', maskedHello]))
    const { status, stderr } = decode(['-'], late)
    expect(status).toBe(2)
    expect(stderr).toContain('no WebSocket in the capture')
    expect(stderr).toContain('--connection N')
    expect(stderr).toContain('0: 10.0.0.1 port 40000, 10.0.0.2 port 8080')
    expect(rowsOf(decode(['--connection', '0', '-'], late).stdout)).toEqual(['← text "Hello"', '→ text "Hello"'])
  })

  testWithTshark(name('a segment that is missing: what comes before it is shown, and that it is missing'), () => {
    for (const missing of [2, 3]) {
      const { status, stdout } = decode(['-'], pcap(conversation.filter((_, index) => index !== missing)))
      expect(stdout).toMatch(/the capture lacks a segment/)
      expect(rowsOf(stdout)).toContain('← text "Hello"')
      expect(rowsOf(stdout).filter((row) => row.startsWith('→'))).toEqual([])
      expect({ status, verdict: /^verdict: \w+/m.exec(stdout)?.[0] }).toEqual({ status: 1, verdict: 'verdict: incomplete' })
    }
  })

  testWithTshark(name('frames of both directions that break rules'), () => {
    const capture = pcap(inOrder(['client', request], ['server', response], ['client', hello], ['server', maskedHello]))
    const { status, stdout } = decode(['-'], capture)
    expect(status).toBe(1)
    expect(stdout).toContain('verdict: error, client, mask-required')
    expect(stdout).toContain('verdict: error, server, mask-forbidden')
  })

  testWithTshark(name('the session in fixtures/captures'), () => {
    const { status, stdout } = decode([join(root, 'fixtures/captures/session.pcap')])
    expect(status).toBe(0)
    expect(rowsOf(stdout)).toContain('← text "你好，世界 😀"')
    expect(stdout).toContain('= text of 9 bytes: "aaabbbccc"\n')
  })

  test('without tshark: says how to get it', () => {
    const { status, stderr } = decode(['-'], pcap(conversation), { PATH: '/no-such-folder' })
    expect(status).toBe(2)
    expect(stderr).toContain('reading a packet capture needs tshark')
    expect(stderr).toContain('apt-get install tshark')
  })
})

describe('followed streams', () => {
  const ruler = '='.repeat(67)
  const hexRows = (data: Uint8Array, offset: number, indent: string) => {
    const rows = []
    for (let start = 0; start < data.length; start += 16) {
      const row = [...data.subarray(start, start + 16)]
      const half = (octets: number[]) => octets.map((octet) => octet.toString(16).padStart(2, '0')).join(' ')
      const ascii = row.map((octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.')).join('')
      rows.push(
        `${indent}${(offset + start).toString(16).padStart(8, '0')}  ` +
          `${`${half(row.slice(0, 8))}  ${half(row.slice(8))}`.padEnd(50)}${ascii}\n`,
      )
    }
    return rows.join('')
  }
  const followed = (mode: string, body: string) =>
    `\n${ruler}\nFollow: tcp,${mode}\nFilter: tcp.stream eq 0\nNode 0: 10.0.0.1:40000\nNode 1: 10.0.0.2:8080\n${body}${ruler}\n`
  const base64 = (data: Uint8Array) =>
    Buffer.from(data)
      .toString('base64')
      .match(/.{1,76}/g)
      ?.map((line) => `      ${line}\n`)
      .join('') ?? ''
  const yaml =
    'peers:\n  - peer: 0\n    host: 10.0.0.1\n    port: 40000\n  - peer: 1\n    host: 10.0.0.2\n    port: 8080\npackets:\n' +
    conversation
      .map(({ from, data }, index) => {
        const head = `  - packet: ${index + 4}\n    peer: ${from === 'client' ? 0 : 1}\n    timestamp: 1700000000.00${index}000\n`
        return `${head}    data: !!binary |\n${base64(data)}`
      })
      .join('')
  const arrays = conversation
    .map(({ from, data }, index) => {
      const octets = [...data].map((octet) => `0x${octet.toString(16).padStart(2, '0')}`).join(', ')
      return `char peer${from === 'client' ? 0 : 1}_${index}[] = { /* Packet ${index} */\n${octets} };\n`
    })
    .join('')

  test.each([
    ['hex', followed('hex', conversation.map(({ from, data, at }) => hexRows(data, at, from === 'client' ? '' : '\t')).join(''))],
    ['raw', followed('raw', conversation.map(({ from, data }) => `${from === 'client' ? '' : '\t'}${hexOf(data)}\n`).join(''))],
    ['yaml', yaml],
    ['C arrays', arrays],
  ])('%s', (_mode, text) => {
    const { status, stdout } = decode(['-'], text)
    expect(rowsOf(stdout)).toEqual(rowsOfConversation)
    expect(status).toBe(0)
    expect(rowsOf(decode(['-'], text.replaceAll('\n', '\r\n')).stdout)).toEqual(rowsOfConversation)
  })

  test('a form that has lost bytes is refused, and says which has not', () => {
    const { status, stderr } = decode(['-'], followed('ascii', '.....Hello\n'))
    expect(status).toBe(2)
    expect(stderr).toContain('tshark -q -z follow,tcp,hex,N')
  })

  testWithTshark(name('what tshark prints of the session in fixtures/captures'), () => {
    const capture = join(root, 'fixtures/captures/session.pcap')
    const expected = rowsOf(decode(['--full', capture]).stdout)
    expect(expected.length).toBeGreaterThan(10)
    for (const mode of ['hex', 'raw', 'yaml']) {
      const { stdout } = spawnSync('tshark', ['-r', capture, '-q', '-z', `follow,tcp,${mode},0`], { encoding: 'utf8' })
      expect(rowsOf(decode(['--full', '-'], stdout).stdout)).toEqual(expected)
    }
  })
})

describe('messages without frames', () => {
  const har = {
    log: {
      entries: [
        { request: { url: 'https://a.example/' }, _webSocketMessages: [] },
        {
          request: { url: 'wss://a.example/chat' },
          _webSocketMessages: [
            { type: 'send', time: 1700000000.5, opcode: 1, data: '{"hi":1}' },
            { type: 'receive', time: 1700000000.75, opcode: 2, data: 'AAEC/w==' },
            { type: 'error', time: 1700000001, opcode: -1, data: 'the connection was reset' },
          ],
        },
        { request: { url: 'wss://b.example/' }, _webSocketMessages: [{ type: 'receive', time: 1, opcode: 1, data: '你好' }] },
      ],
    },
  }

  test('a HAR: each connection with its messages', () => {
    const { status, stdout } = decode(['-'], JSON.stringify(har))
    expect(status).toBe(0)
    expect(stdout).toMatch(/^wss:\/\/a\.example\/chat\n/)
    expect(stdout).toContain('masking keys, fragments and compression are not known')
    expect(rowsOf(stdout)).toEqual(['→ text {"hi": 1}', '← binary 00 01 02 ff  ....', '← text "你好"'])
    expect(stdout).toMatch(/^0\.250000 {2}←/m)
    expect(rowsOf(decode(['--connection', '2', '-'], JSON.stringify(har)).stdout)).toEqual(['← text "你好"'])
  })

  test('a HAR: says what it leaves out, and what it takes as text', () => {
    expect(decode(['-'], JSON.stringify(har)).stdout).toContain('left out: 1 message of another type than send or receive, or without data')
    const binary = (data: string) => ({ type: 'receive', time: 1, opcode: 2, data })
    const messages = [binary('AAEC/w=='), binary('no base64!'), { type: 'receive', time: 1, opcode: 1 }, { opcode: 1, data: 'a' }]
    const { status, stdout } = decode(['-'], JSON.stringify({ log: { entries: [{ _webSocketMessages: messages }] } }))
    expect(status).toBe(0)
    expect(stdout).toContain('left out: 2 messages of another type')
    expect(stdout).toContain('taken as text: 1 binary message whose data is not base64')
    const whole = JSON.stringify({ log: { entries: [{ _webSocketMessages: [binary('AAEC/w==')] }] } })
    expect(decode(['-'], whole).stdout).not.toMatch(/left out|taken as text/)
  })

  test('a HAR without messages is an error', () => {
    const { status, stderr } = decode(['-'], JSON.stringify({ log: { entries: har.log.entries.slice(0, 1) } }))
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('a HAR of 1 requests without _webSocketMessages'),
    })
  })

  test('what mitmdump prints with its contents', () => {
    const text = [
      '127.0.0.1:53738: GET http://127.0.0.1:18181/chat',
      '    Host: 127.0.0.1:18181',
      '',
      ' << 101 Switching Protocols 0b',
      '    Upgrade: websocket',
      '',
      '127.0.0.1:53738 -> WebSocket text message -> 127.0.0.1:18181/chat',
      '',
      '    {"a":[1,2]}',
      '',
      '127.0.0.1:53738 <- WebSocket binary message <- 127.0.0.1:18181/chat',
      '',
      '    0000000000 00 01 02 ff 00 01 02 ff 00 01 02 ff 00 01 02 ff   ................\r',
      '    0000000010 00 01 02 ff                                       ....',
      '',
      'WebSocket connection closed by client: 1000 ',
    ].join('\n')
    const { status, stdout } = decode(['-'], text)
    expect(status).toBe(0)
    expect(rowsOf(stdout)).toEqual(['→ text {"a": [1, 2]}', `← binary ${'00 01 02 ff '.repeat(5)} ${'....'.repeat(5)}`])
  })

  test('mitmdump without contents: says which option shows them', () => {
    const { status, stderr } = decode(['-'], '1.2.3.4:5 -> WebSocket text message -> a.example:80/\n')
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('--set flow_detail=4') })
  })
})

test('the captures of the project read alike, whether as vectors or as hex', () => {
  for (const session of ['chromium', 'firefox', 'ws']) {
    const vectors = decode([join(root, `fixtures/captures/${session}.json`)])
    expect(vectors.status).toBe(0)
    const hex = ['client', 'server'].map((sender) => decode([join(root, `fixtures/captures/${session}-${sender}.hex`)]).stdout)
    const frames = (text: string) => text.match(/^ *\d+ {2}(?:text|binary|continuation|ping|pong|close) .*$/gm)
    expect(hex.flatMap(frames)).toEqual(frames(vectors.stdout))
  }
  expect(readFileSync(join(root, 'fixtures/captures/chromium.json'), 'utf8')).toContain('"client"')
})
