/**
 * The message layer of the reference against bytes written by hand, each boundary with its neighbour.
 */
import { describe, expect, test } from '@jest/globals'
import { referenceMessages } from '../reference/messages.js'
import type { ReferenceMessage, ReferenceMessageOptions } from '../reference/messages.js'
import { bytes, hexOf, utf8 } from '../support.js'

const text = (data: string) => ({ type: 'text', data })
const binary = (hex: string) => ({ type: 'binary', data: [...bytes(hex)] })
const ping = (hex: string) => ({ type: 'ping', data: [...bytes(hex)] })
const pong = (hex: string) => ({ type: 'pong', data: [...bytes(hex)] })
const close = (code: number, reason: string) => ({ type: 'close', code, reason })

function messagesOf(hex: string, options?: ReferenceMessageOptions): ReferenceMessage[] {
  const { messages, error } = referenceMessages(bytes(hex), options)
  expect(error).toBeNull()
  return messages
}

/** How a stream ends, and how many frames and messages come before that. */
function verdict(hex: string, options?: ReferenceMessageOptions): string {
  const { messages, frames, error, outcome, messageOpen } = referenceMessages(bytes(hex), options)
  expect(outcome === 'error').toBe(error !== null)
  const before = `${frames.length} frames, ${messages.length} messages, `
  if (error === null) return before + (messageOpen ? `${outcome}, message open` : outcome)
  const { rule, section, closeCode, offset, detectedAfter } = error
  return `${before}${rule} (${section}, ${closeCode}) at ${offset}, certain after ${detectedAfter}`
}

type Case = readonly [hex: string, options: ReferenceMessageOptions, verdict: string]

const byteHex = (byte: number) => byte.toString(16).padStart(2, '0')
const client = { sender: 'client' } as const
const deflate = { extensions: { permessageDeflate: true } } as const
const max = (maxMessageLength: number, others: ReferenceMessageOptions = {}) => ({ maxMessageLength, ...others })

describe('messages', () => {
  test('of every type, in order', () => {
    const stream = '8102 6869 8202 00ff 8901 61 8a00 8100 8200 8185 37fa213d 7f9f4d5158 8805 03e9 627965'
    expect(messagesOf(stream)).toEqual([
      text('hi'),
      binary('00ff'),
      ping('61'),
      pong(''),
      text(''),
      binary(''),
      text('Hello'),
      close(1001, 'bye'),
    ])
  })

  test('are put together from fragments, control frames delivered between them', () => {
    expect(messagesOf('0103 48656c 8901 61 0000 8a00 8002 6c6f 0201 01 8001 02')).toEqual([
      ping('61'),
      pong(''),
      text('Hello'),
      binary('0102'),
    ])
  })

  test('of a Close frame, with which everything ends', () => {
    expect(messagesOf('8800')).toEqual([close(1005, '')])
    expect(messagesOf('8802 03e8')).toEqual([close(1000, '')])
    expect(messagesOf('8806 1387 f09f9880')).toEqual([close(4999, '😀')])
    const result = referenceMessages(bytes('0101 61 8800 ff'))
    expect(result).toMatchObject({ messages: [close(1005, '')], outcome: 'complete', closed: true, messageOpen: false })
    expect(referenceMessages(bytes('0101 61')).closed).toBe(false)
  })

  test('are none where an extension defines the opcode', () => {
    const options = { extensions: { opcodes: [0x3, 0xb] } }
    expect(messagesOf('8301 61 8b01 62 0301 ff 8901 64 8001 ff 8101 66', options)).toEqual([ping('64'), text('f')])
  })

  test.each([
    ['the ends of each alternative of UTF8-char', '\0\x7f\x80\u07ff\u0800\u0fff\u1000\ucfff\ud000\ud7ff\ue000\uffff'],
    ['those of four octets', '\u{10000}\u{3ffff}\u{40000}\u{fffff}\u{100000}\u{10ffff}'],
    ['a byte order mark, which is kept, and noncharacters', '\ufeffa\ufeff\ufdd0\ufffe'],
    ['Chinese', '你好，世界'],
  ])('are decoded: %s', (_name, data) => {
    const payload = utf8(data)
    expect(messagesOf(`81 ${byteHex(payload.length)} ${hexOf(payload)}`)).toEqual([text(data)])
    const fragments = [...payload].map((octet) => `0001 ${byteHex(octet)}`)
    expect(messagesOf(`0100 ${fragments.join('')} 8000`)).toEqual([text(data)])
  })

  test('frames are those of the frame layer, up to the offending one', () => {
    const frame = { fin: true, rsv1: false, rsv2: false, rsv3: false, opcode: 1, maskingKey: null }
    const { frames } = referenceMessages(bytes('8101 61 8101 62 8101 ff 8101 63'))
    expect(frames).toEqual([
      { ...frame, offset: 0, payload: [0x61] },
      { ...frame, offset: 3, payload: [0x62] },
    ])
  })
})

const cases: Record<string, readonly Case[]> = {
  'the end of the bytes': [
    ['', {}, '0 frames, 0 messages, complete'],
    ['81', {}, '0 frames, 0 messages, incomplete'],
    ['8101', {}, '0 frames, 0 messages, incomplete'],
    ['8101 61', {}, '1 frames, 1 messages, complete'],
    ['8101 61 89', {}, '1 frames, 1 messages, incomplete'],
    ['8101 61 8900', {}, '2 frames, 2 messages, complete'],
    ['0101 61', {}, '1 frames, 0 messages, complete, message open'],
    ['0101 61 80', {}, '1 frames, 0 messages, incomplete, message open'],
    ['0101 61 8000', {}, '2 frames, 1 messages, complete'],
    ['8180 000000', client, '0 frames, 0 messages, incomplete'],
    ['8180 00000000', client, '1 frames, 1 messages, complete'],
    ['8802 03', {}, '0 frames, 0 messages, incomplete'],
  ],
  'violations of the frame layer': [
    ['8100 83', {}, '1 frames, 1 messages, opcode-reserved (5.2, 1002) at 2, certain after 3'],
    ['8100 8101 61', client, '0 frames, 0 messages, mask-required (5.1, 1002) at 0, certain after 2'],
    ['0101 61 8101', {}, '1 frames, 0 messages, continuation-expected (5.4, 1002) at 3, certain after 4'],
    ['8900 8802 03e7', {}, '1 frames, 1 messages, close-code (7.4, 1002) at 2, certain after 6'],
    ['0101 61 8803 03e8 ff', {}, '1 frames, 0 messages, close-reason-utf8 (5.5.1, 1007) at 3, certain after 8'],
    // What was certain first is the verdict, in whichever layer.
    ['8101 ff 83', {}, '0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 3'],
    ['0101 c3 83', {}, '1 frames, 0 messages, opcode-reserved (5.2, 1002) at 3, certain after 4'],
    ['0101 c3 8001 28', {}, '1 frames, 0 messages, text-utf8 (8.1, 1007) at 3, certain after 6'],
  ],
  'text-utf8 at the offending byte, in the middle of a frame too': [
    ['8105 61', {}, '0 frames, 0 messages, incomplete'],
    ['8105 61ff', {}, '0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 4'],
    ['8185 00000000 61ff', client, '0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 8'],
    ['8185 01020304 60fd', client, '0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 8'],
    ['8105 61ff626364 83', {}, '0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 4'],
    ['8101 61 8900 8101 80', {}, '2 frames, 2 messages, text-utf8 (8.1, 1007) at 5, certain after 8'],
    ['0102 61c3 8901 61 0002 a9ff', {}, '2 frames, 1 messages, text-utf8 (8.1, 1007) at 7, certain after 11'],
    ['817e 0080 ff', {}, '0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 5'],
    ['8201 ff', {}, '1 frames, 1 messages, complete'],
    ['0201 ff 8001 ff', {}, '2 frames, 1 messages, complete'],
    ['8901 ff 8a01 ff', {}, '2 frames, 2 messages, complete'],
    ['0100 0201', {}, '1 frames, 0 messages, continuation-expected (5.4, 1002) at 2, certain after 3'],
    ['8201 c3 8101 a9', {}, '1 frames, 1 messages, text-utf8 (8.1, 1007) at 3, certain after 6'],
  ],
  'text-utf8 where the message ends inside a character': [
    ['8101 c3', {}, '0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 3'],
    ['8102 c3a9', {}, '1 frames, 1 messages, complete'],
    ['8103 f09f98', {}, '0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 5'],
    ['8102 f09f', {}, '0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 4'],
    ['8102 f0', {}, '0 frames, 0 messages, incomplete'],
    ['0101 c3', {}, '1 frames, 0 messages, complete, message open'],
    ['0101 c3 0000', {}, '2 frames, 0 messages, complete, message open'],
    ['0101 c3 80', {}, '1 frames, 0 messages, incomplete, message open'],
    ['0101 c3 8000', {}, '1 frames, 0 messages, text-utf8 (8.1, 1007) at 3, certain after 5'],
    ['0101 c3 8900 8000', {}, '2 frames, 1 messages, text-utf8 (8.1, 1007) at 5, certain after 7'],
    ['0181 00000000 c3 8080 000000', client, '1 frames, 0 messages, incomplete, message open'],
    ['0181 00000000 c3 8080 00000000', client, '1 frames, 0 messages, text-utf8 (8.1, 1007) at 7, certain after 13'],
    ['0101 c3 8001 a9', {}, '2 frames, 1 messages, complete'],
    ['0101 c3 8800', {}, '2 frames, 1 messages, complete'],
  ],
  'message-too-long when the length field is complete': [
    ['0103 616263 8002', max(5), '1 frames, 0 messages, incomplete, message open'],
    ['0103 616263 8002 6465', max(5), '2 frames, 1 messages, complete'],
    ['0103 616263 8003', max(5), '1 frames, 0 messages, message-too-long (10.4, 1009) at 5, certain after 7'],
    ['0103 616263 80', max(5), '1 frames, 0 messages, incomplete, message open'],
    ['0103 616263 0003', max(5), '1 frames, 0 messages, message-too-long (10.4, 1009) at 5, certain after 7'],
    ['0103 616263 8083', max(5), '1 frames, 0 messages, message-too-long (10.4, 1009) at 5, certain after 7'],
    ['0103 616263 0002 6465 8001', max(5), '2 frames, 0 messages, message-too-long (10.4, 1009) at 9, certain after 11'],
    ['0103 616263 0002 6465 8000', max(5), '3 frames, 1 messages, complete'],
    ['0103 616263 8904 61616161 8002 6465', max(5), '3 frames, 2 messages, complete'],
    ['8103 616263 8103 616263', max(5), '2 frames, 2 messages, complete'],
    ['0101 61 8001 61 8102 6161', max(2), '3 frames, 2 messages, complete'],
    ['0201 00 807e 007e', max(127), '1 frames, 0 messages, incomplete, message open'],
    ['0201 00 807e 007e', max(126), '1 frames, 0 messages, message-too-long (10.4, 1009) at 3, certain after 7'],
    ['0201 00 807e 00', max(126), '1 frames, 0 messages, incomplete, message open'],
    ['0201 00 807f 0000000000010000', max(65536), '1 frames, 0 messages, message-too-long (10.4, 1009) at 3, certain after 13'],
    ['0201 00 807f 0000000000010000', max(65537), '1 frames, 0 messages, incomplete, message open'],
    ['0101 ff 8005', max(5), '0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 3'],
    ['8100 0100 8000', max(0), '3 frames, 2 messages, complete'],
    ['8905 6161616161', max(0), '1 frames, 1 messages, complete'],
    [
      '0301 61 8001 61',
      { maxMessageLength: 1, extensions: { opcodes: [3] } },
      '1 frames, 0 messages, message-too-long (10.4, 1009) at 3, certain after 5',
    ],
  ],
  'payload-too-long, which comes first where a frame has a limit': [
    ['8105', max(5), '0 frames, 0 messages, incomplete'],
    ['8106', max(5), '0 frames, 0 messages, message-too-long (10.4, 1009) at 0, certain after 2'],
    ['8106', max(5, { maxPayloadLength: 5 }), '0 frames, 0 messages, payload-too-long (10.4, 1009) at 0, certain after 2'],
    ['0103 616263 8006', max(5, { maxPayloadLength: 5 }), '1 frames, 0 messages, payload-too-long (10.4, 1009) at 5, certain after 7'],
    ['8106', max(5, { maxPayloadLength: 6 }), '0 frames, 0 messages, message-too-long (10.4, 1009) at 0, certain after 2'],
    ['8107', max(5, { maxPayloadLength: 6 }), '0 frames, 0 messages, payload-too-long (10.4, 1009) at 0, certain after 2'],
    ['8103', max(5, { maxPayloadLength: 2 }), '0 frames, 0 messages, payload-too-long (10.4, 1009) at 0, certain after 2'],
    ['0102 6161 8002 6161', max(5, { maxPayloadLength: 2 }), '2 frames, 1 messages, complete'],
  ],
  'the limit that nothing is said about, 64 MiB': [
    ['827f 0000000004000000', {}, '0 frames, 0 messages, incomplete'],
    ['827f 0000000004000001', {}, '0 frames, 0 messages, message-too-long (10.4, 1009) at 0, certain after 10'],
    ['827f 0000000004000001', { maxPayloadLength: Infinity }, '0 frames, 0 messages, message-too-long (10.4, 1009) at 0, certain after 10'],
    ['0201 00 807f 0000000003ffffff', {}, '1 frames, 0 messages, incomplete, message open'],
    ['0201 00 807f 0000000004000000', {}, '1 frames, 0 messages, message-too-long (10.4, 1009) at 3, certain after 13'],
    ['827f 001fffffffffffff', max(Infinity), '0 frames, 0 messages, incomplete'],
  ],
}

describe.each(Object.entries(cases))('%s', (_title, rows) => {
  test.each(rows)('%p with %j: %s', (hex, options, expected) => {
    expect(verdict(hex, options)).toBe(expected)
  })
})

describe('text-utf8: how many bytes of a text make it certain', () => {
  test.each<readonly [hex: string, certain: number]>([
    ...(['80', 'bf', 'c0', 'c1', 'f5', 'f8', 'ff'] as const).map((hex) => [hex, 1] as const),
    ...(['c27f', 'c2c0', 'dfc2', 'e080', 'e09f', 'e17f', 'eda0', 'edbf', 'ef61'] as const).map((hex) => [hex, 2] as const),
    ...(['f080', 'f08f', 'f1c0', 'f490', 'f4bf'] as const).map((hex) => [hex, 2] as const),
    ...(['e0a07f', 'e0bfc0', 'ed80ed', 'ed9f61', 'f0907f', 'f0bfc0', 'f480f0', 'f48f61'] as const).map((hex) => [hex, 3] as const),
    ...(['f090807f', 'f3bfbfc0', 'f48fbff4', '61c3a9ff', 'e4bda080'] as const).map((hex) => [hex, 4] as const),
  ])('%s: %i', (hex, certain) => {
    const { error } = referenceMessages(bytes(`8114 ${hex}`))
    expect(error).toMatchObject({ rule: 'text-utf8', offset: 0, detectedAfter: 2 + certain })
    const oneLess = referenceMessages(bytes(`8114 ${hex}`).slice(0, 2 + certain - 1))
    expect(oneLess).toMatchObject({ error: null, outcome: 'incomplete' })
  })
})

describe('permessage-deflate (RFC 7692)', () => {
  /** Answers as DEFLATE would, for the bytes in the table, and keeps what it was called with. */
  function inflater(results: Record<string, string>) {
    const calls: unknown[] = []
    const inflate = (data: Uint8Array, maxLength: number) => {
      calls.push([hexOf(data), maxLength])
      return bytes(results[hexOf(data)] ?? '')
    }
    return { calls, options: { ...deflate, inflate } }
  }
  const hello = { f248cdc9c907000000ffff010000ffff: '48656c6c6f' }

  test('a compressed message is inflated as a whole, with the four octets that were removed (7.2.2), and a final block', () => {
    const { calls, options } = inflater(hello)
    expect(messagesOf('c107 f248cdc9c90700', options)).toEqual([text('Hello')])
    expect(messagesOf('4103 f248cd 8901 ff 8004 c9c90700', { ...options, maxMessageLength: 9 })).toEqual([ping('ff'), text('Hello')])
    expect(messagesOf('c207 f248cdc9c90700 8105 48656c6c6f', options)).toEqual([binary('48656c6c6f'), text('Hello')])
    expect(calls).toEqual([67108864, 9, 67108864].map((maxLength) => ['f248cdc9c907000000ffff010000ffff', maxLength]))
  })

  test('without inflate it is given as it is, and not held to be text', () => {
    const compressed = { type: 'compressed', opcode: 1, data: [...bytes('f248cd')] }
    expect(messagesOf('c103 f248cd', deflate)).toEqual([compressed])
    expect(messagesOf('4101 f2 8900 8002 48cd', deflate)).toEqual([ping(''), compressed])
    expect(messagesOf('c201 ff', deflate)).toEqual([{ type: 'compressed', opcode: 2, data: [0xff] }])
  })

  test('RSV1 of some other extension does not compress', () => {
    const { calls, options } = inflater(hello)
    expect(messagesOf('c102 6869', { ...options, extensions: { rsv1: true } })).toEqual([text('hi')])
    expect(verdict('c101 ff', { extensions: { rsv1: true } })).toMatch('text-utf8 (8.1, 1007) at 0, certain after 3')
    expect(calls).toEqual([])
  })

  test('UTF-8 is checked in what comes out, at the end of the message', () => {
    const { options } = inflater({ ff0000ffff010000ffff: '61', '610000ffff010000ffff': '61ff62', '620000ffff010000ffff': 'c3' })
    expect(verdict('c101 ff', options)).toBe('1 frames, 1 messages, complete')
    expect(verdict('c101 61', options)).toBe('0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 3')
    expect(verdict('c101 62', options)).toBe('0 frames, 0 messages, text-utf8 (8.1, 1007) at 0, certain after 3')
    expect(verdict('c201 61', options)).toBe('1 frames, 1 messages, complete')
    expect(verdict('4101 61 8080 00000000', options)).toBe('1 frames, 0 messages, text-utf8 (8.1, 1007) at 3, certain after 9')
    expect(verdict('4101 61 8080 000000', options)).toBe('1 frames, 0 messages, incomplete, message open')
    expect(verdict('8101 61 8101 ff', options)).toBe('1 frames, 1 messages, text-utf8 (8.1, 1007) at 3, certain after 6')
  })

  test('the limit holds for what comes in and for what comes out', () => {
    const { options } = inflater({ '610000ffff010000ffff': '616263', '620000ffff010000ffff': '61ffff' })
    expect(verdict('c101 61', { ...options, maxMessageLength: 3 })).toBe('1 frames, 1 messages, complete')
    expect(verdict('c101 61', { ...options, maxMessageLength: 2 })).toBe(
      '0 frames, 0 messages, message-too-long (10.4, 1009) at 0, certain after 3',
    )
    expect(verdict('4101 61 8000', { ...options, maxMessageLength: 2 })).toBe(
      '1 frames, 0 messages, message-too-long (10.4, 1009) at 3, certain after 5',
    )
    expect(verdict('c101 62', { ...options, maxMessageLength: 2 })).toBe(
      '0 frames, 0 messages, message-too-long (10.4, 1009) at 0, certain after 3',
    )
    expect(verdict('4101 61 8002', { ...options, maxMessageLength: 2 })).toBe(
      '1 frames, 0 messages, message-too-long (10.4, 1009) at 3, certain after 5',
    )
  })

  test('what inflate throws means that it does not inflate', () => {
    const inflate = () => {
      throw new Error('incorrect data check')
    }
    expect(verdict('8900 c10100', { ...deflate, inflate })).toBe('1 frames, 1 messages, deflate-data (7.2.2, 1007) at 2, certain after 5')
  })
})
