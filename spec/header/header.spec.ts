import { describe, expect, test } from '@jest/globals'
import { decodeHeader, encodeHeader } from '../../src/index.js'
import type { EncodeOptions, FrameHeader, FrameHeaderInit, DecodeOptions } from '../../src/index.js'
import { bytes, hexOf, thrownBy, violationOf } from '../support.js'

const plainHeader: FrameHeader = {
  fin: true,
  rsv1: false,
  rsv2: false,
  rsv3: false,
  opcode: 2,
  maskingKey: null,
  payloadLength: 0,
  headerLength: 2,
}

const lengthForms: [hex: string, payloadLength: number, headerLength: number][] = [
  ['8200', 0, 2],
  ['8201', 1, 2],
  ['827d', 125, 2],
  ['827e 007e', 126, 4],
  ['827e 007f', 127, 4],
  ['827e 0080', 128, 4],
  ['827e 7fff', 32767, 4],
  ['827e 8000', 32768, 4],
  ['827e ffff', 65535, 4],
  ['827f 0000000000010000', 65536, 10],
  ['827f 0000000000010001', 65537, 10],
  ['827f 000000007fffffff', 2 ** 31 - 1, 10],
  ['827f 0000000080000000', 2 ** 31, 10],
  ['827f 00000000ffffffff', 2 ** 32 - 1, 10],
  ['827f 0000000100000000', 2 ** 32, 10],
  ['827f 001ffffffffffffe', 2 ** 53 - 2, 10],
  ['827f 001fffffffffffff', 2 ** 53 - 1, 10],
]

describe('decodeHeader (5.2)', () => {
  test.each(lengthForms)('%s has a payload length of %p and a header of %p bytes', (hex, payloadLength, headerLength) => {
    expect(decodeHeader(bytes(hex))).toEqual({ ...plainHeader, payloadLength, headerLength })
  })

  test('reads every bit of the first byte', () => {
    const everything = { rsv1: true, rsv2: true, rsv3: true, opcodes: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] }
    for (let first = 0; first < 256; first++) {
      const opcode = first & 0xf
      if (opcode >= 8 && first < 0x80) continue
      expect(decodeHeader(Uint8Array.of(first, 0), { extensions: everything })).toEqual({
        ...plainHeader,
        fin: first >= 0x80,
        rsv1: Math.floor(first / 64) % 2 === 1,
        rsv2: Math.floor(first / 32) % 2 === 1,
        rsv3: Math.floor(first / 16) % 2 === 1,
        opcode,
      })
    }
  })

  test.each([
    ['8285 37fa213d', 0x37fa213d, 5, 6],
    ['8280 ffffffff', 0xffffffff, 0, 6],
    ['8280 00000000', 0, 0, 6],
    ['82fe 0100 80000001', 0x80000001, 256, 8],
    ['82ff 0000000000010000 00000080', 0x80, 65536, 14],
  ])('%s has the masking key %p', (hex, maskingKey, payloadLength, headerLength) => {
    expect(decodeHeader(bytes(hex))).toEqual({ ...plainHeader, maskingKey, payloadLength, headerLength })
  })

  test.each(['', '82', '827e', '827e 01', '827f', '827f 00000000000100', '8285', '8285 37fa21', '82ff 0000000000010000 000000'])(
    '%p needs more bytes',
    (hex) => {
      expect(decodeHeader(bytes(hex))).toBeNull()
    },
  )

  test('begins at offset, which is also the offset of the error', () => {
    const data = bytes('ffff 8105 8300')
    expect(decodeHeader(data, {}, 2)).toMatchObject({ opcode: 1, payloadLength: 5 })
    expect(violationOf(() => decodeHeader(data, {}, 4))).toMatchObject({ rule: 'opcode-reserved', offset: 4 })
    expect(decodeHeader(data, {}, 6)).toBeNull()
  })

  test('fills `into` instead of making an object', () => {
    const into = { ...plainHeader, rsv1: true, maskingKey: 7 }
    expect(decodeHeader(bytes('0105'), undefined, 0, into)).toBe(into)
    expect(into).toEqual({ ...plainHeader, fin: false, opcode: 1, payloadLength: 5 })
    expect(decodeHeader(bytes('827e'), undefined, 0, into)).toBeNull()
    expect(into).toEqual({ ...plainHeader, fin: false, opcode: 1, payloadLength: 5 })
    expect(decodeHeader(bytes('8100'), undefined, 0)).not.toBe(decodeHeader(bytes('8100'), undefined, 0))
  })

  test('does not modify its input', () => {
    const data = bytes('8185 37fa213d 7f9f4d5158')
    decodeHeader(data)
    expect(hexOf(data)).toBe('818537fa213d7f9f4d5158')
  })

  test.each<[unknown[], typeof Error]>([
    [['8105'], TypeError],
    [[[0x81, 0x05]], TypeError],
    [[bytes('8105'), null], TypeError],
    [[bytes('8105'), 'client'], TypeError],
    [[bytes('8105'), {}, '0'], TypeError],
    [[bytes('8105'), {}, 0, null], TypeError],
    [[bytes('8105'), {}, -1], RangeError],
    [[bytes('8105'), {}, 3], RangeError],
    [[bytes('8105'), {}, 0.5], RangeError],
    [[bytes('8105'), { sender: 'proxy' }], TypeError],
    [[bytes('8105'), { extensions: 7 }], TypeError],
    [[bytes('8105'), { extensions: { permessageDeflate: 1 } }], TypeError],
    [[bytes('8105'), { extensions: { rsv1: 'yes' } }], TypeError],
    [[bytes('8105'), { extensions: { opcodes: 3 } }], TypeError],
    [[bytes('8105'), { extensions: { opcodes: ['3'] } }], TypeError],
    [[bytes('8105'), { extensions: { opcodes: [1] } }], RangeError],
    [[bytes('8105'), { extensions: { opcodes: [8] } }], RangeError],
    [[bytes('8105'), { extensions: { opcodes: [16] } }], RangeError],
    [[bytes('8105'), { maxPayloadLength: '9' }], TypeError],
    [[bytes('8105'), { maxPayloadLength: null }], TypeError],
    [[bytes('8105'), { maxPayloadLength: -1 }], RangeError],
    [[bytes('8105'), { maxPayloadLength: NaN }], RangeError],
    [[bytes('8105'), { maxPayloadLength: 1.5 }], RangeError],
  ])('%j is wrong use', (args, kind) => {
    expect(thrownBy(() => Reflect.apply(decodeHeader, undefined, args))).toBeInstanceOf(kind)
  })
})

/** `hex` breaks `rule`, and cut by one byte it does not yet break any. */
const violations: [hex: string, rule: string, options?: DecodeOptions, found?: string][] = [
  ['c1', 'rsv-bit', {}, 'RSV1 is set on a text frame'],
  ['a2', 'rsv-bit', {}, 'RSV2 is set on a binary frame'],
  ['98', 'rsv-bit', {}, 'RSV3 is set on a close frame'],
  ['f1', 'rsv-bit', {}, 'RSV1 and RSV2 and RSV3 are set on a text frame'],
  ['c0', 'rsv-bit', { extensions: { permessageDeflate: true } }, 'RSV1 is set on a continuation frame'],
  ['c9', 'rsv-bit', { extensions: { permessageDeflate: true } }, 'RSV1 is set on a ping frame'],
  ['c3', 'rsv-bit', { extensions: { permessageDeflate: true, opcodes: [3] } }, 'RSV1 is set on a 0x3 frame'],
  ['e1', 'rsv-bit', { extensions: { permessageDeflate: true } }, 'RSV2 is set on a text frame'],
  ['e1', 'rsv-bit', { extensions: { rsv2: true } }, 'RSV1 is set on a text frame'],
  ['91', 'rsv-bit', { extensions: { rsv1: true, rsv2: true } }, 'RSV3 is set on a text frame'],
  ['c3', 'rsv-bit'],
  ['83', 'opcode-reserved', {}, 'the opcode is 0x3'],
  ['87', 'opcode-reserved'],
  ['8b', 'opcode-reserved'],
  ['0f', 'opcode-reserved'],
  ['83', 'opcode-reserved', { extensions: { opcodes: [4] } }],
  ['08', 'control-fragmented', {}, 'FIN is clear on a close frame'],
  ['09', 'control-fragmented'],
  ['0a', 'control-fragmented'],
  ['0b', 'control-fragmented', { extensions: { opcodes: [11] } }],
  ['897e', 'control-too-long', {}, 'the 7-bit length of a ping frame is 126'],
  ['88ff', 'control-too-long', { sender: 'server' }],
  ['8a7f', 'control-too-long', { sender: 'client' }],
  ['8105', 'mask-required', { sender: 'client' }, 'a client sent a frame with MASK clear'],
  ['817e', 'mask-required', { sender: 'client' }],
  ['8801', 'mask-required', { sender: 'client' }],
  ['8185', 'mask-forbidden', { sender: 'server' }, 'a server sent a frame with MASK set'],
  ['827f 80', 'length-msb', {}, 'the 64-bit payload length begins with 0x80'],
  ['827f ff', 'length-msb'],
  ['827e 007d', 'length-not-minimal', {}, '125 is written in 16 bits'],
  ['827e 0000', 'length-not-minimal'],
  ['82fe 007c', 'length-not-minimal'],
  ['827f 000000000000', 'length-not-minimal', {}, 'a payload length below 65536 is written in 64 bits'],
  ['827f 0020000000000000', 'length-unsafe', {}, 'the payload length is 9007199254740992'],
  ['827f 7fffffffffffffff', 'length-unsafe', {}, 'the payload length is 9223372036854775807'],
  ['827f 7fffffffffffffff', 'length-unsafe', { maxPayloadLength: 5 }],
  ['8206', 'payload-too-long', { maxPayloadLength: 5 }, 'the payload length is 6, the limit 5'],
  ['8001', 'payload-too-long', { maxPayloadLength: 0 }],
  ['827e 0100', 'payload-too-long', { maxPayloadLength: 255 }],
  ['827f 0000000000010000', 'payload-too-long', { maxPayloadLength: 65535 }],
  ['827f 001fffffffffffff', 'payload-too-long', { maxPayloadLength: 2 ** 53 - 2 }],
  ['8801', 'close-payload-length', {}, 'the payload of a close frame is 1 byte long'],
  ['8881', 'close-payload-length', { sender: 'client' }],
]

describe('decodeHeader reports each violation at the first byte that makes it certain', () => {
  // Jest would pass a callback for a missing last element.
  const rows = violations.map(([hex, rule, options = {}, found = '']) => [hex, rule, options, found] as const)
  test.each(rows)('%s: %s with %j', (hex, rule, options, found) => {
    const data = bytes(hex)
    expect(violationOf(() => decodeHeader(data, options))).toMatchObject({ rule, offset: 0 })
    expect(thrownBy(() => decodeHeader(data, options))).toMatchObject({ message: expect.stringContaining(found) })
    expect(violationOf(() => decodeHeader(bytes(`${hex}000000000000000000000000`), options))).toMatchObject({ rule })
    expect(decodeHeader(data.subarray(0, -1), options)).toBeNull()
  })

  test.each<[string, DecodeOptions]>([
    ['c1 00', { extensions: { permessageDeflate: true } }],
    ['42 00', { extensions: { permessageDeflate: true } }],
    ['c0 00', { extensions: { rsv1: true } }],
    ['a9 00', { extensions: { rsv2: true } }],
    ['98 00', { extensions: { rsv3: true } }],
    ['83 00', { extensions: { opcodes: [3] } }],
    ['8f 00', { extensions: { opcodes: [4, 15] } }],
    ['81 85 00000000', { sender: 'client' }],
    ['81 05', { sender: 'server' }],
    ['89 7d', { maxPayloadLength: 0 }],
    ['82 05', { maxPayloadLength: 5 }],
    ['88 02', {}],
    ['88 7d', {}],
  ])('%s is legal with %j', (hex, options) => {
    expect(decodeHeader(bytes(hex), options)).not.toBeNull()
  })
})

describe('encodeHeader (5.2)', () => {
  test.each(lengthForms)('writes %s', (hex, payloadLength) => {
    expect(hexOf(encodeHeader({ opcode: 2, payloadLength }))).toBe(hex.replaceAll(' ', ''))
  })

  test('writes every field where the RFC has it', () => {
    const extensions = { rsv1: true, rsv2: true, rsv3: true }
    const encode = (header: Partial<FrameHeaderInit>) => hexOf(encodeHeader({ opcode: 1, payloadLength: 0, ...header }, { extensions }))
    expect(encode({})).toBe('8100')
    expect(encode({ fin: false })).toBe('0100')
    expect(encode({ rsv1: true })).toBe('c100')
    expect(encode({ rsv2: true })).toBe('a100')
    expect(encode({ rsv3: true })).toBe('9100')
    expect(encode({ maskingKey: 0x37fa213d })).toBe('818037fa213d')
    expect(encode({ maskingKey: 0xffffffff, payloadLength: 256 })).toBe('81fe0100ffffffff')
    expect(encode({ maskingKey: 0 })).toBe('818000000000')
    expect(encode({ maskingKey: null })).toBe('8100')
  })

  test('takes what decodeHeader gave', () => {
    const data = bytes('82ff 0000000000010000 00000080')
    const header = decodeHeader(data)
    expect(header && hexOf(encodeHeader(header))).toBe(hexOf(data))
  })

  test.each<[FrameHeaderInit, EncodeOptions, string]>([
    [{ opcode: 1, payloadLength: 0, rsv1: true }, {}, 'rsv-bit'],
    [{ opcode: 3, payloadLength: 0 }, {}, 'opcode-reserved'],
    [{ opcode: 9, payloadLength: 0, fin: false }, {}, 'control-fragmented'],
    [{ opcode: 9, payloadLength: 126 }, {}, 'control-too-long'],
    [{ opcode: 1, payloadLength: 0 }, { sender: 'client' }, 'mask-required'],
    [{ opcode: 1, payloadLength: 0, maskingKey: 1 }, { sender: 'server' }, 'mask-forbidden'],
    [{ opcode: 1, payloadLength: 2 ** 63 }, {}, 'length-msb'],
    [{ opcode: 1, payloadLength: 125 }, { lengthBits: 16 }, 'length-not-minimal'],
    [{ opcode: 1, payloadLength: 65535 }, { lengthBits: 64 }, 'length-not-minimal'],
    [{ opcode: 1, payloadLength: 2 ** 53 }, {}, 'length-unsafe'],
    [{ opcode: 8, payloadLength: 1 }, {}, 'close-payload-length'],
  ])('refuses %j with %j as a reader would: %s', (header, options, rule) => {
    expect(violationOf(() => encodeHeader(header, options))).toMatchObject({ rule, offset: 0 })
    const written = encodeHeader(header, { ...options, strict: false })
    const reading = options.sender === undefined ? {} : { sender: options.sender }
    expect(violationOf(() => decodeHeader(written, reading))).toMatchObject({ rule, offset: 0 })
  })

  test.each<[number, 7 | 16 | 64, string]>([
    [5, 7, '8205'],
    [5, 16, '827e0005'],
    [5, 64, '827f0000000000000005'],
    [126, 16, '827e007e'],
    [126, 64, '827f000000000000007e'],
    [65535, 64, '827f000000000000ffff'],
    [2 ** 53, 64, '827f0020000000000000'],
    [2 ** 63, 64, '827f8000000000000000'],
    [2 ** 64 - 2 ** 11, 64, '827ffffffffffffff800'],
  ])('writes a payload length of %p in %p bits if told to', (payloadLength, lengthBits, hex) => {
    expect(hexOf(encodeHeader({ opcode: 2, payloadLength }, { strict: false, lengthBits }))).toBe(hex)
  })

  test.each<[unknown[], typeof Error]>([
    [[undefined], TypeError],
    [[{ payloadLength: 0 }], TypeError],
    [[{ opcode: 99, payloadLength: 0 }], RangeError],
    [[{ opcode: -1, payloadLength: 0 }], RangeError],
    [[{ opcode: 1 }], TypeError],
    [[{ opcode: 1, payloadLength: -1 }], RangeError],
    [[{ opcode: 1, payloadLength: 0.5 }], RangeError],
    [[{ opcode: 1, payloadLength: 2 ** 64 }], RangeError],
    [[{ opcode: 1, payloadLength: 0, fin: 1 }], TypeError],
    [[{ opcode: 1, payloadLength: 0, rsv1: null }], TypeError],
    [[{ opcode: 1, payloadLength: 0, maskingKey: 2 ** 32 }], RangeError],
    [[{ opcode: 1, payloadLength: 0, maskingKey: -1 }], RangeError],
    [[{ opcode: 1, payloadLength: 0, maskingKey: '37fa213d' }], TypeError],
    [[{ opcode: 1, payloadLength: 0 }, { strict: 'no' }], TypeError],
    [[{ opcode: 1, payloadLength: 0 }, { strict: null }], TypeError],
    [
      [
        { opcode: 1, payloadLength: 0 },
        { strict: false, sender: 'proxy' },
      ],
      TypeError,
    ],
    [
      [
        { opcode: 1, payloadLength: 0 },
        { strict: false, lengthBits: '7' },
      ],
      TypeError,
    ],
    [
      [
        { opcode: 1, payloadLength: 0 },
        { strict: false, lengthBits: null },
      ],
      TypeError,
    ],
    [[{ opcode: 1, payloadLength: 0 }, { sender: 'proxy' }], TypeError],
    [
      [
        { opcode: 1, payloadLength: 0 },
        { strict: false, lengthBits: 8 },
      ],
      RangeError,
    ],
    [
      [
        { opcode: 1, payloadLength: 126 },
        { strict: false, lengthBits: 7 },
      ],
      RangeError,
    ],
    [
      [
        { opcode: 1, payloadLength: 65536 },
        { strict: false, lengthBits: 16 },
      ],
      RangeError,
    ],
  ])('%j is wrong use', (args, kind) => {
    expect(thrownBy(() => Reflect.apply(encodeHeader, undefined, args))).toBeInstanceOf(kind)
  })
})

test.each<[(...args: never[]) => unknown, unknown[], string]>([
  [decodeHeader, ['8105'], 'bytes must be a Uint8Array, not string'],
  [decodeHeader, [bytes('8105'), null], 'options must be an object, not null'],
  [decodeHeader, [bytes('8105'), {}, 3], 'offset must be a whole number from 0 to 2, not 3'],
  [decodeHeader, [bytes('8105'), {}, 0, null], 'into must be an object, not null'],
  [encodeHeader, [undefined], 'header must be an object, not undefined'],
  [encodeHeader, [{ payloadLength: 0 }], 'opcode must be a number, not undefined'],
  [encodeHeader, [{ opcode: 1 }], 'payloadLength must be a number, not undefined'],
  [encodeHeader, [{ opcode: 1, payloadLength: 0, fin: 1 }], 'fin must be a boolean, not number'],
  [encodeHeader, [{ opcode: 1, payloadLength: 0, rsv1: 1 }], 'rsv1 must be a boolean, not number'],
  [encodeHeader, [{ opcode: 1, payloadLength: 0, rsv2: 1 }], 'rsv2 must be a boolean, not number'],
  [encodeHeader, [{ opcode: 1, payloadLength: 0, rsv3: 1 }], 'rsv3 must be a boolean, not number'],
  [
    encodeHeader,
    [{ opcode: 1, payloadLength: 0, maskingKey: 2 ** 32 }],
    'maskingKey must be a whole number from 0 to 4294967295, not 4294967296',
  ],
  [encodeHeader, [{ opcode: 1, payloadLength: 0 }, { strict: 'no' }], 'strict must be a boolean, not string'],
  [encodeHeader, [{ opcode: 1, payloadLength: 0 }, { lengthBits: '7' }], 'lengthBits must be a number, not string'],
  [encodeHeader, [{ opcode: 1, payloadLength: 0 }, { lengthBits: 8 }], 'lengthBits must be 7, 16 or 64, not 8'],
  [encodeHeader, [{ opcode: 1, payloadLength: 126 }, { lengthBits: 7 }], 'a payload length of 126 does not fit in 7 bits'],
])('%p of %j says what is wrong', (call, args, message) => {
  expect(() => Reflect.apply(call, undefined, args)).toThrow(expect.objectContaining({ message }))
})
