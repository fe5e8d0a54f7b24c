import { describe, expect, test } from '@jest/globals'
import { Opcode, encodeClosePayload, encodeFrame, explain, inspect } from '../../src/index.js'
import type { ExplainOptions, FrameInit, InspectOptions } from '../../src/index.js'
import { bytes, concat, hexOf, thrownBy, utf8 } from '../support.js'

function frame(init: Partial<FrameInit>): FrameInit {
  return { fin: true, rsv1: false, rsv2: false, rsv3: false, opcode: Opcode.Text, maskingKey: null, payload: new Uint8Array(0), ...init }
}

function explained(hex: string, options?: ExplainOptions): string[] {
  return explain(bytes(hex), options).split('\n')
}

describe('explain', () => {
  test('gives each frame its offset, opcode, flags, length and form, masking key and payload', () => {
    expect(explained('8185 37fa213d 7f9f4d5158 0103 48656c 8900 8002 6c6f 8882 00000000 03e8')).toEqual([
      'byte 0: text, FIN, 5 bytes (7-bit length), masking key 37fa213d',
      '  "Hello"',
      'byte 11: text, no FIN, 3 bytes (7-bit length), not masked',
      '  "Hel"',
      'byte 16: ping, FIN, 0 bytes (7-bit length), not masked',
      'byte 18: continuation, FIN, 2 bytes (7-bit length), not masked',
      '  "lo"',
      'byte 22: close, FIN, 2 bytes (7-bit length), masking key 00000000',
      '  1000 Normal Closure',
    ])
  })

  test.each([
    [125, 7],
    [126, 16],
    [65535, 16],
    [65536, 64],
  ])('a payload length of %p has %p bits', (length, bits) => {
    for (const maskingKey of [null, 1]) {
      const [line] = explain(encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(length), maskingKey })).split('\n')
      expect(line).toContain(`${length} bytes (${bits}-bit length)`)
    }
  })

  test('of no bytes is nothing', () => {
    expect(explain(new Uint8Array(0))).toBe('')
  })

  test('a Frame has an offset if it is given one', () => {
    expect(explain(frame({ payload: utf8('Hi') }))).toBe('text, FIN, 2 bytes (7-bit length), not masked\n  "Hi"')
    expect(explain(frame({ opcode: 0xb }), { offset: 7 })).toBe('byte 7: 0xb, FIN, 0 bytes (7-bit length), not masked')
  })

  test('names the RSV bits that are set, and leaves such payloads in hex', () => {
    const lines = explain(frame({ rsv1: true, rsv2: true, rsv3: true, payload: utf8('Hi') })).split('\n')
    expect(lines).toEqual(['text, FIN, RSV1, RSV2, RSV3, 2 bytes (7-bit length), not masked', '  48 69'])
    for (const rsv of ['rsv1', 'rsv2', 'rsv3']) expect(explain(frame({ [rsv]: true, payload: utf8('Hi') }))).toContain('48 69')
  })
})

describe('explain shows a payload', () => {
  const payloadOf = (init: Partial<FrameInit>, options?: ExplainOptions) => explain(frame(init), options).split('\n')[1]?.slice(2)

  test('as text where it is UTF-8, in frames of any opcode', () => {
    expect(payloadOf({ payload: utf8('你好 😀\n') })).toBe('"你好 😀\\n"')
    expect(payloadOf({ opcode: Opcode.Ping, payload: utf8('还在吗？') })).toBe('"还在吗？"')
    expect(payloadOf({ opcode: Opcode.Binary, payload: utf8('{"a":1}\r\n\t') })).toBe('"{\\"a\\":1}\\r\\n\\t"')
  })

  test('as hex where it is not, or where it is binary with control characters', () => {
    expect(payloadOf({ payload: bytes('e4bda0e5') })).toBe('e4 bd a0 e5')
    expect(payloadOf({ opcode: Opcode.Binary, payload: bytes('00017f') })).toBe('00 01 7f')
    expect(payloadOf({ opcode: Opcode.Text, payload: bytes('00') })).toBe('"\\u0000"')
  })

  test('with everything escaped that would garble a terminal', () => {
    expect(payloadOf({ payload: utf8('\u001b[2J\u009b\u202eabc\ufeff\u2028\u061c') })).toBe(
      '"\\u001b[2J\\u009b\\u202eabc\\ufeff\\u2028\\u061c"',
    )
  })

  test.each<[number, number, string]>([
    [32, 96, '07 '.repeat(32).trim()],
    [33, 96, `${'07 '.repeat(16)}... 1 byte ... ${'07 '.repeat(16)}`.trim()],
    [4, 11, '07 ... 2 bytes ... 07'],
    [3, 0, '... 3 bytes ...'],
    [3, 5, '... 3 bytes ...'],
    [33, Infinity, '07 '.repeat(33).trim()],
  ])('in hex, elided in the middle: %p bytes in %p characters', (length, payloadLimit, shown) => {
    expect(payloadOf({ opcode: Opcode.Binary, payload: new Uint8Array(length).fill(7) }, { payloadLimit })).toBe(shown)
  })

  test.each<[string, number, string]>([
    ['a'.repeat(96), 96, `"${'a'.repeat(96)}"`],
    ['a'.repeat(97), 96, `"${'a'.repeat(48)}" ... 1 byte ... "${'a'.repeat(48)}"`],
    ['abcdef', 5, '"ab" ... 2 bytes ... "ef"'],
    ['a😀b😀c😀', 6, '"a😀b😀c😀"'],
    ['a😀b😀c😀', 4, '"a😀" ... 5 bytes ... "c😀"'],
    ['😀'.repeat(5), 4, '"😀😀" ... 4 bytes ... "😀😀"'],
    ['😀😀', 2, '"😀😀"'],
    ['aaaaaaa你aaaaaaaa', 4, '"aa" ... 14 bytes ... "aa"'],
    ['\u{10000}\u{10000}\u{10000}', 2, '"\u{10000}" ... 4 bytes ... "\u{10000}"'],
    ['ab\u{10000}\u{10000}\u{10000}ab', 4, '"ab" ... 12 bytes ... "ab"'],
    ['你好世界', 1, '"" ... 12 bytes ... ""'],
    ['你好世界', 0, '"" ... 12 bytes ... ""'],
    ['你好世界', Infinity, '"你好世界"'],
  ])('in text, elided in the middle: %p in %p characters', (text, payloadLimit, shown) => {
    expect(payloadOf({ payload: utf8(text) }, { payloadLimit })).toBe(shown)
  })

  test('of a Close frame with a long reason elided too', () => {
    const close = (payload: Uint8Array) => payloadOf({ opcode: Opcode.Close, payload }, { payloadLimit: 12 })
    expect(close(encodeClosePayload(1000, 'x'.repeat(123)))).toBe('1000 Normal Closure, "xxxxxx" ... 111 bytes ... "xxxxxx"')
    expect(close(bytes('03e8 ffffffffff'))).toBe('1000 Normal Closure, ff ff ... 1 byte ... ff ff')
  })

  test('of a Close frame as code, its name, and reason', () => {
    const close = (payload: Uint8Array) => payloadOf({ opcode: Opcode.Close, payload })
    expect(close(encodeClosePayload(1001, '再见'))).toBe('1001 Going Away, "再见"')
    expect(close(encodeClosePayload(4000))).toBe('4000 private use')
    expect(close(bytes('03ed'))).toBe('1005 No Status Rcvd')
    expect(close(bytes('03ed 627965'))).toBe('1005 No Status Rcvd, "bye"')
    expect(close(bytes('03e8 ff00'))).toBe('1000 Normal Closure, ff 00')
    expect(close(bytes('03'))).toBe('03')
    expect(close(new Uint8Array(0))).toBe('no close code, which means 1005 No Status Rcvd')
  })
})

describe('explain describes violations', () => {
  test('with the rule, the close code, what was found and allowed, and the byte that made it certain in brackets', () => {
    expect(explained('8105 48656c6c6f 817e 007d 41', { sender: 'server' })).toEqual([
      'byte 0: text, FIN, 5 bytes (7-bit length), not masked',
      '  "Hello"',
      'byte 7: violation of length-not-minimal, close code 1002 Protocol Error',
      '  125 is written in 16 bits; a payload length must use the shortest form: 7 bits to 125, 16 bits to 65535, ' +
        '64 bits above (rule length-not-minimal, RFC 6455 section 5.2)',
      '  81 05 48 65 6c 6c 6f 81 7e 00 [7d] 41',
    ])
  })

  test('below the frame, all that it breaks, and goes on with the next frame', () => {
    const lines = explained('c97e 0001 61 8900', { sender: 'client' })
    expect(lines.map((line) => line.replace(/,.*/, ''))).toEqual([
      'byte 0: ping',
      '  61',
      ...['rsv-bit', 'control-too-long', 'mask-required', 'length-not-minimal'].flatMap((rule) => [
        `byte 0: violation of ${rule}`,
        expect.any(String),
        expect.any(String),
      ]),
      'byte 5: ping',
      'byte 5: violation of mask-required',
      expect.any(String),
      '  c9 7e 00 01 61 89 [00]',
    ])
    expect(lines[0]).toBe('byte 0: ping, FIN, RSV1, 1 byte (16-bit length), not masked')
  })

  test('with bytes before and after that are not all shown', () => {
    const lines = explain(concat(bytes('890c 0102030405060708090a0b0c 83'), new Uint8Array(20))).split('\n')
    expect(lines[5]).toBe('  ... 01 02 03 04 05 06 07 08 09 0a 0b 0c [83] 00 00 00 00 00 00 00 00 ...')
    expect(explained('83 0001020304050607')[3]).toBe('  [83] 00 01 02 03 04 05 06 07')
  })

  test('or that the frame is incomplete, or the message', () => {
    expect(explained('8100 8105 4865').at(-1)).toBe('byte 2: incomplete, the frame needs at least 3 bytes more')
    expect(explained('81').at(-1)).toBe('byte 0: incomplete, the frame needs at least 1 byte more')
    expect(explained('0101 61').at(-1)).toBe('byte 3: the end, inside a fragmented message')
    expect(explained('0101 61 8b00').at(-1)).toBe('  01 01 61 [8b] 00')
  })

  test('and how much is discarded after a Close frame', () => {
    expect(explained('8800 ff')).toEqual([
      'byte 0: close, FIN, 0 bytes (7-bit length), not masked',
      '  no close code, which means 1005 No Status Rcvd',
      'byte 2: 1 byte after the close frame, discarded',
    ])
  })

  test('and takes from the options only what it has said, so that its input is not modified', () => {
    const data = bytes('8185 37fa213d 7f9f4d5158')
    expect(Reflect.apply(explain, undefined, [data, { ownsChunks: true, streamAbove: 1 }])).toContain('"Hello"')
    expect(hexOf(data)).toBe('818537fa213d7f9f4d5158')
  })

  test('obeying the options of a reader, but with no limit by default', () => {
    const long = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(65 * 2 ** 20) })
    expect(explain(long).split('\n')).toHaveLength(2)
    expect(explain(long, { maxPayloadLength: 2 ** 20 })).toContain('violation of payload-too-long')
    expect(explain(bytes('0101 61 8001 62'), { maxMessageLength: 1 })).toContain('violation of message-too-long')
  })
})

describe('explain describes an inspection as a table', () => {
  const table = (hex: string, options?: InspectOptions, how?: ExplainOptions) => explain(inspect(bytes(hex), options), how).split('\n')

  test('with a row for each frame', () => {
    expect(table('8185 37fa213d 7f9f4d5158 0103 48656c 8900 8002 6c6f 8802 03e8')).toEqual([
      'byte  opcode        flags  length  bits  masking key  payload',
      '   0  text          FIN         5     7  37fa213d     "Hello"',
      '  11  text                      3     7               "Hel"',
      '  16  ping          FIN         0     7',
      '  18  continuation  FIN         2     7               "lo"',
      '  22  close         FIN         2     7               1000 Normal Closure',
      'verdict: complete',
    ])
  })

  test('with violations below, also those of a frame that is incomplete, and the verdict', () => {
    expect(table('c97e 0001 61 8105 48', { sender: 'server' })).toEqual([
      'byte  opcode  flags     length  bits  masking key  payload',
      '   0  ping    FIN RSV1       1    16               61',
      '  byte 0: violation of rsv-bit, close code 1002 Protocol Error',
      expect.stringMatching(/^ {4}RSV1 is set on a ping frame; /),
      '    [c9] 7e 00 01 61 81 05 48',
      '  byte 0: violation of control-too-long, close code 1002 Protocol Error',
      expect.any(String),
      '    c9 [7e] 00 01 61 81 05 48',
      '  byte 0: violation of length-not-minimal, close code 1002 Protocol Error',
      expect.any(String),
      '    c9 7e 00 [01] 61 81 05 48',
      'verdict: error, rsv-bit (section 5.2) at byte 0, reply with close code 1002',
    ])
    expect(table('83')).toEqual([
      '  byte 0: violation of opcode-reserved, close code 1002 Protocol Error',
      expect.any(String),
      '    [83]',
      'verdict: error, opcode-reserved (section 5.2) at byte 0, reply with close code 1002',
    ])
  })

  test('with what is missing or discarded', () => {
    expect(table('8105 48')).toEqual(['byte 0: incomplete, the frame needs at least 4 bytes more', 'verdict: incomplete'])
    expect(table('8800 ffff').slice(-2)).toEqual(['byte 2: 2 bytes after the close frame, discarded', 'verdict: complete'])
    expect(table('')).toEqual(['verdict: complete'])
  })

  test('with diagrams of the bits as they were on the wire', () => {
    const lines = table('827e 0001 61', {}, { diagram: true })
    expect(lines[9]).toBe('  |1|0|0|0|0 0 1 0|0|1 1 1 1 1 1 0|0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1|')
    const short = table('8903 616263', {}, { diagram: true })
    expect(short[9]).toBe('  |1|0|0|0|1 0 0 1|0|0 0 0 0 0 1 1|0 1 1 0 0 0 0 1 0 1 1 0 0 0 1 0|')
  })

  test('with payloads elided as told', () => {
    expect(table('8106 616263646566', {}, { payloadLimit: 2 })[1]).toContain('"a" ... 4 bytes ... "f"')
  })
})

describe('explain draws the bit diagram of 5.2', () => {
  test('as in the RFC, with the bits of the frame', () => {
    expect(explained('8185 37fa213d 7f9f4d5158', { diagram: true })).toEqual([
      'byte 0: text, FIN, 5 bytes (7-bit length), masking key 37fa213d',
      '   0                   1                   2                   3',
      '   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1',
      '  +-+-+-+-+-------+-+-------------+-------------------------------+',
      '  |F|R|R|R| opcode|M| Payload len |          Masking-key          |',
      '  |I|S|S|S|       |A|             |                               |',
      '  |N|V|V|V|       |S|             |                               |',
      '  | |1|2|3|       |K|             |                               |',
      '  |1|0|0|0|0 0 0 1|1|0 0 0 0 1 0 1|0 0 1 1 0 1 1 1 1 1 1 1 1 0 1 0|',
      '  +-+-+-+-+-------+-+-------------+-------------------------------+',
      '  |     Masking-key continued     |          Payload Data         |',
      '  |0 0 1 0 0 0 0 1 0 0 1 1 1 1 0 1|0 1 1 1 1 1 1 1 1 0 0 1 1 1 1 1|',
      '  +-------------------------------+-------------------------------+',
      '  :              Payload Data continued: 3 more bytes             :',
      '  "Hello"',
    ])
  })

  test('of a frame with no payload, and with one that ends inside a row', () => {
    const [, , , ...empty] = explained('8900', { diagram: true })
    expect(empty).toEqual([
      '  +-+-+-+-+-------+-+-------------+',
      '  |F|R|R|R| opcode|M| Payload len |',
      '  |I|S|S|S|       |A|             |',
      '  |N|V|V|V|       |S|             |',
      '  | |1|2|3|       |K|             |',
      '  |1|0|0|0|1 0 0 1|0|0 0 0 0 0 0 0|',
      '  +-+-+-+-+-------+-+-------------+',
    ])
    expect(explained('8901 61', { diagram: true }).slice(-5)).toEqual([
      '  |N|V|V|V|       |S|             |               |',
      '  | |1|2|3|       |K|             |               |',
      '  |1|0|0|0|1 0 0 1|0|0 0 0 0 0 0 1|0 1 1 0 0 0 0 1|',
      '  +-+-+-+-+-------+-+-------------+---------------+',
      '  "a"',
    ])
  })

  test('of the longest header', () => {
    const payload = new Uint8Array(65539)
    const lines = explain(encodeFrame({ opcode: Opcode.Binary, payload, maskingKey: 0xff0000ff }), { diagram: true }).split('\n')
    expect(lines.slice(4, -1)).toEqual([
      '  |F|R|R|R| opcode|M| Payload len |    Extended payload length    |',
      '  |I|S|S|S|       |A|             |                               |',
      '  |N|V|V|V|       |S|             |                               |',
      '  | |1|2|3|       |K|             |                               |',
      '  |1|0|0|0|0 0 1 0|1|1 1 1 1 1 1 1|0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0|',
      '  +-+-+-+-+-------+-+-------------+-------------------------------+',
      '  |               Extended payload length continued               |',
      '  |0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1|',
      '  +-------------------------------+-------------------------------+',
      '  |           continued           |          Masking-key          |',
      '  |0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 1|1 1 1 1 1 1 1 1 0 0 0 0 0 0 0 0|',
      '  +-------------------------------+-------------------------------+',
      '  |     Masking-key continued     |          Payload Data         |',
      '  |0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1|1 1 1 1 1 1 1 1 0 0 0 0 0 0 0 0|',
      '  +-------------------------------+-------------------------------+',
      '  :            Payload Data continued: 65537 more bytes           :',
    ])
  })

  test('of a header that ends with a row: the payload begins with the next', () => {
    const lines = explain(encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(126).fill(0xf0) }), { diagram: true }).split('\n')
    expect(lines.slice(4, -1)).toEqual([
      '  |F|R|R|R| opcode|M| Payload len |    Extended payload length    |',
      '  |I|S|S|S|       |A|             |                               |',
      '  |N|V|V|V|       |S|             |                               |',
      '  | |1|2|3|       |K|             |                               |',
      '  |1|0|0|0|0 0 1 0|0|1 1 1 1 1 1 0|0 0 0 0 0 0 0 0 0 1 1 1 1 1 1 0|',
      '  +-+-+-+-+-------+-+-------------+-------------------------------+',
      '  |                          Payload Data                         |',
      '  |1 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0 1 1 1 1 0 0 0 0|',
      '  +---------------------------------------------------------------+',
      '  :             Payload Data continued: 122 more bytes            :',
    ])
  })

  test('of one more byte than is drawn', () => {
    expect(explained('8903 616263', { diagram: true }).at(-2)).toBe('  :              Payload Data continued: 1 more byte              :')
  })
})

test.each<[unknown[], typeof Error]>([
  [['8100'], TypeError],
  [[null], TypeError],
  [[{}], TypeError],
  [[{ ...frame({}), payload: 1 }], TypeError],
  [[{ ...frame({}), fin: 1 }], TypeError],
  [[{ ...frame({}), maskingKey: -1 }], RangeError],
  [[{ ...frame({}), opcode: 99 }], RangeError],
  [[bytes('8100'), null], TypeError],
  [[bytes('8100'), { sender: 'proxy' }], TypeError],
  [[bytes('8100'), { diagram: 1 }], TypeError],
  [[bytes('8100'), { payloadLimit: '9' }], TypeError],
  [[bytes('8100'), { payloadLimit: -1 }], RangeError],
  [[bytes('8100'), { offset: -1 }], RangeError],
])('explain: %j is wrong use', (args, kind) => {
  expect(thrownBy(() => Reflect.apply(explain, undefined, args))).toBeInstanceOf(kind)
})

test.each<[unknown[], string]>([
  [['8100'], 'subject must be an object, not string'],
  [[null], 'subject must be an object, not null'],
  [[[]], 'subject must be a Uint8Array, not Array'],
  [[{ ...frame({}), payload: [] }], 'payload must be a Uint8Array, not Array'],
  [[{ opcode: undefined }], 'opcode must be a number, not undefined'],
  [[bytes('8100'), null], 'options must be an object, not null'],
  [[bytes('8100'), { diagram: 1 }], 'diagram must be a boolean, not number'],
  [[bytes('8100'), { payloadLimit: '9' }], 'payloadLimit, unless Infinity, must be a number, not string'],
  [[bytes('8100'), { payloadLimit: 0.5 }], 'payloadLimit, unless Infinity, must be a whole number from 0 to 9007199254740991, not 0.5'],
  [[bytes('8100'), { offset: -1 }], 'offset must be a whole number from 0 to 9007199254740991, not -1'],
])('explain: %j says what is wrong', (args, message) => {
  expect(() => Reflect.apply(explain, undefined, args)).toThrow(expect.objectContaining({ message }))
})

describe('explain takes a frame as encodeFrame does', () => {
  test('fields that are missing have the same defaults', () => {
    expect(explain({ opcode: Opcode.Text, payload: utf8('Hi') })).toBe('text, FIN, 2 bytes (7-bit length), not masked\n  "Hi"')
    expect(explain({ opcode: Opcode.Text, payload: 'Hi' })).toBe('text, FIN, 2 bytes (7-bit length), not masked\n  "Hi"')
    expect(explain({ opcode: Opcode.Ping })).toBe('ping, FIN, 0 bytes (7-bit length), not masked')
    expect(explain({ opcode: Opcode.Ping, fin: undefined, rsv1: undefined, maskingKey: undefined, payload: undefined })).toBe(
      'ping, FIN, 0 bytes (7-bit length), not masked',
    )
  })

  test('with the bits that encodeFrame would write', () => {
    for (const length of [0, 1, 3, 4, 5, 125, 126, 65536]) {
      for (const maskingKey of [null, 0x37fa213d]) {
        const init = { opcode: Opcode.Binary, payload: new Uint8Array(length).fill(0xa5), maskingKey }
        const [, ...ofBytes] = explain(encodeFrame(init), { diagram: true }).split('\n')
        const [, ...ofFrame] = explain(init, { diagram: true }).split('\n')
        expect(ofFrame).toEqual(ofBytes)
      }
    }
  })
})

describe('explain names the RFC where it is not 6455', () => {
  const options: InspectOptions = {
    extensions: { permessageDeflate: true },
    inflate: () => {
      throw new Error('incorrect data check')
    },
  }

  test('with each violation and in the verdict', () => {
    expect(explained('c101 ff', options)).toEqual([
      'byte 0: text, FIN, RSV1, 1 byte (7-bit length), not masked',
      '  ff',
      'byte 0: violation of deflate-data, close code 1007 Invalid Frame Payload Data',
      expect.stringMatching(/incorrect data check.*\(rule deflate-data, RFC 7692 section 7\.2\.2\)$/),
      '  c1 01 [ff]',
    ])
    const lines = explain(inspect(bytes('c101 ff'), options)).split('\n')
    expect(lines.at(-1)).toBe('verdict: error, deflate-data (RFC 7692 section 7.2.2) at byte 0, reply with close code 1007')
  })
})

test('explain describes a data frame after a Close frame', () => {
  expect(explained('8802 03e8 8101 61')).toEqual([
    'byte 0: close, FIN, 2 bytes (7-bit length), not masked',
    '  1000 Normal Closure',
    'byte 4: violation of after-close, close code 1002 Protocol Error',
    expect.stringContaining('a text frame comes after a close frame; '),
    '  88 02 03 e8 [81] 01 61',
    'byte 4: 3 bytes after the close frame, discarded',
  ])
})

describe('explain elides, whatever the size', () => {
  const many = (hex: string, count: number) => Uint8Array.from(Buffer.alloc((hex.length / 2) * count, Buffer.from(hex, 'hex')))
  /** The frames that are described, by their offsets, and the line that counts those that are not. */
  const outline = (text: string) => {
    const lines = text.split('\n')
    const offsets = lines.flatMap((line) => /^byte (\d+): (?!violation)/.exec(line)?.[1] ?? /^ *(\d+)  ping/.exec(line)?.[1] ?? [])
    return { offsets: offsets.map(Number), elided: lines.filter((line) => line.startsWith('...')) }
  }

  test.each([
    [9_999, []],
    [10_000, []],
    [10_001, ['... 1 frame ...']],
    [14_999, ['... 4999 frames ...']],
    [15_000, ['... 5000 frames ...']],
    [15_001, ['... 5001 frames ...']],
    [100_003, ['... 90003 frames ...']],
  ])('of %p frames the first and the last 5,000 are described', (count, elided) => {
    const stream = many('8900', count)
    const offsets = Array.from({ length: count }, (_, i) => 2 * i)
    const expected = { offsets: count > 10_000 ? [...offsets.slice(0, 5000), ...offsets.slice(-5000)] : offsets, elided }
    expect(outline(explain(stream))).toEqual(expected)
    expect(outline(explain(inspect(stream)))).toEqual(expected)
  })

  test('840,000 bytes of frames that each break four rules', () => {
    const stream = many('7b00', 420_000)
    expect(outline(explain(stream, { sender: 'client' })).elided).toEqual(['... 410000 frames ...'])
    expect(explain(inspect(stream, { sender: 'client' }))).toContain('\n... 410000 frames ...\n')
  })

  test.each([
    ['text', Opcode.Text, 'a'],
    ['text that has to be escaped', Opcode.Text, '\u0001'],
    ['text of two code units a character', Opcode.Text, '😀'],
    ['hex', Opcode.Binary, '\u0000'],
  ])('a payload of 144 MB, as %s, with no limit', (_name, opcode, character) => {
    const payload = new Uint8Array(Buffer.alloc(144_000_000, character))
    const text = explain({ opcode, payload }, { payloadLimit: Infinity })
    expect(text.length).toBeLessThan(2 ** 28)
    expect(text).toMatch(/ \.\.\. \d+ bytes \.\.\. /)
  })

  test('all payloads together, to 2^25 characters', () => {
    const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(6_000_000) })
    const stream = concat(frame, frame)
    for (const subject of [stream, inspect(stream)]) {
      const text = explain(subject, { payloadLimit: Infinity })
      // Half of the characters for each payload, three of which show a byte.
      expect(text.match(/ \.\.\. \d+ bytes \.\.\. /g)).toEqual([' ... 407596 bytes ... ', ' ... 407596 bytes ... '])
      expect(text.length).toBeLessThan(2 ** 25 + 1000)
    }
  })

  test('a text with a character across the boundary of 65,536 bytes', () => {
    const payload = utf8(`${'a'.repeat(65_535)}你好`)
    expect(explain({ opcode: Opcode.Text, payload }, { payloadLimit: 4 })).toContain('  "aa" ... 65533 bytes ... "你好"')
  })

  test('a text that is longer than any string', () => {
    const payload = new Uint8Array(2 ** 29).fill(0x61)
    const half = `"${'a'.repeat(48)}"`
    expect(explain({ opcode: Opcode.Text, payload }).split('\n')[1]).toBe(`  ${half} ... 536870816 bytes ... ${half}`)
  })

  test('a text that is invalid only at its end is shown in hex', () => {
    const payload = new Uint8Array(200_000).fill(0x61)
    payload[199_999] = 0xe4
    expect(explain({ opcode: Opcode.Text, payload })).toContain('  61 61 61')
    payload[199_999] = 0x07
    expect(explain({ opcode: Opcode.Binary, payload })).toContain('  61 61 61')
    expect(explain({ opcode: Opcode.Text, payload })).toContain('  "aaa')
  })
})
