import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import {
  Opcode,
  decodeFrame,
  encodeClosePayload,
  encodeFrame,
  encodeFrameInto,
  encodeHeader,
  encodedLength,
  randomMaskingKey,
} from '../../src/index.js'
import type { EncodeOptions, FrameInit, DecodeOptions } from '../../src/index.js'
import { utf8Encoder } from '../../src/util/utf8.js'
import { referenceEncode } from '../reference/encode.js'
import { bytes, bytesCopied, hexOf, plain, textOf, thrownBy, utf8, violationOf } from '../support.js'

afterEach(() => {
  jest.restoreAllMocks()
})

describe('decodeFrame (5.2)', () => {
  test('unmasks the example of 5.7', () => {
    const result = decodeFrame(bytes('8185 37fa213d 7f9f4d5158'))
    expect(result?.bytesRead).toBe(11)
    expect(result && plain(result.frame)).toEqual({
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      opcode: Opcode.Text,
      maskingKey: '37fa213d',
      payload: hexOf(utf8('Hello')),
    })
  })

  test('reads every bit of the first byte, and says of an unmasked frame that it has no key', () => {
    const extensions = { rsv1: true, rsv2: true, rsv3: true }
    const unset = { fin: false, rsv1: false, rsv2: false, rsv3: false, opcode: Opcode.Continuation, maskingKey: null, payload: '' }
    const read = (hex: string) => {
      const result = decodeFrame(bytes(hex), { extensions })
      return result && plain(result.frame)
    }
    expect(read('0000')).toEqual(unset)
    expect(read('8000')).toEqual({ ...unset, fin: true })
    expect(read('4000')).toEqual({ ...unset, rsv1: true })
    expect(read('2000')).toEqual({ ...unset, rsv2: true })
    expect(read('1000')).toEqual({ ...unset, rsv3: true })
    expect(read('0200')).toEqual({ ...unset, opcode: Opcode.Binary })
  })

  test('reads frame after frame by offset, and judges none by those before it', () => {
    const data = bytes('0103 48656c 0100 8002 6c6f 8000')
    const payloads: string[] = []
    let offset = 0
    for (let result = decodeFrame(data); result !== null; result = decodeFrame(data, {}, offset)) {
      payloads.push(textOf(result.frame.payload))
      offset += result.bytesRead
    }
    expect(payloads).toEqual(['Hel', '', 'lo', ''])
    expect(offset).toBe(data.length)
  })

  test('needs more bytes until the last one is there', () => {
    const data = bytes('8185 37fa213d 7f9f4d5158')
    for (let length = 0; length < data.length; length++) expect(decodeFrame(data.subarray(0, length))).toBeNull()
    expect(decodeFrame(bytes('8105 48656c6c6f 8105 48656c6c'), {}, 7)).toBeNull()
  })

  test('copies the payload and leaves its input alone, masked or not', () => {
    for (const hex of ['8105 48656c6c6f', '8185 37fa213d 7f9f4d5158']) {
      const data = bytes(hex)
      const payload = decodeFrame(data)?.frame.payload
      expect(hexOf(data)).toBe(hex.replaceAll(' ', ''))
      data.fill(0)
      expect(payload && textOf(payload)).toBe('Hello')
    }
  })

  test('gives a plain Uint8Array for a Buffer, and for a view at an odd offset', () => {
    const memory = Buffer.concat([Buffer.alloc(3), bytes('8185 37fa213d 7f9f4d5158')])
    const payload = decodeFrame(memory.subarray(3))?.frame.payload
    expect(payload?.constructor).toBe(Uint8Array)
    expect(payload && textOf(payload)).toBe('Hello')
  })

  test('takes a Uint8Array of another realm', () => {
    const foreign: unknown = runInNewContext('Uint8Array.of(0x89, 0x00)')
    expect(Reflect.apply(decodeFrame, undefined, [foreign])).toMatchObject({ bytesRead: 2 })
  })

  test('takes a Uint8Array that goes by another name', () => {
    const named = Object.defineProperty(bytes('8900'), Symbol.toStringTag, { value: 'Chunk' })
    expect(decodeFrame(named)).toMatchObject({ bytesRead: 2 })
  })

  test('a claimed length allocates nothing', () => {
    expect(decodeFrame(bytes('827f 001fffffffffffff 00'))).toBeNull()
  })

  test.each<[string, string, DecodeOptions, number]>([
    ['0000 8300', 'opcode-reserved', {}, 2],
    ['0000 8801 03', 'close-payload-length', {}, 2],
    ['0000 8802 03ed', 'close-code', {}, 2],
    ['0000 8803 03e8ff', 'close-reason-utf8', {}, 2],
    ['0000 8882 00000001 03ec', 'close-code', {}, 2],
    ['0000 8105', 'mask-required', { sender: 'client' }, 2],
    ['0000 8106', 'payload-too-long', { maxPayloadLength: 5 }, 2],
  ])('%s breaks %s', (hex, rule, options, offset) => {
    expect(violationOf(() => decodeFrame(bytes(hex), options, offset))).toMatchObject({ rule, offset })
  })

  test('judges the contents of a Close frame when it is complete', () => {
    expect(decodeFrame(bytes('8803 03ed'))).toBeNull()
    expect(violationOf(() => decodeFrame(bytes('8803 03ed 61')))).toMatchObject({ rule: 'close-code' })
    expect(decodeFrame(bytes('8802 03e8'))).not.toBeNull()
    expect(decodeFrame(bytes('8800'))).not.toBeNull()
  })

  test.each<[unknown[], typeof Error]>([
    [['8100'], TypeError],
    [[new DataView(new ArrayBuffer(2))], TypeError],
    [[bytes('8100'), { sender: 1 }], TypeError],
    [[bytes('8100'), {}, null], TypeError],
    [[bytes('8100'), {}, 3], RangeError],
  ])('%j is wrong use', (args, kind) => {
    expect(thrownBy(() => Reflect.apply(decodeFrame, undefined, args))).toBeInstanceOf(kind)
  })
})

describe('encodeFrame (5.2)', () => {
  test.each<[FrameInit, string]>([
    [{ opcode: Opcode.Text, payload: 'Hello' }, '8105 48656c6c6f'],
    [{ opcode: Opcode.Text, payload: 'Hello', maskingKey: 0x37fa213d }, '8185 37fa213d 7f9f4d5158'],
    [{ opcode: Opcode.Text, payload: 'Hel', fin: false }, '0103 48656c'],
    [{ opcode: Opcode.Continuation, payload: 'lo' }, '8002 6c6f'],
    [{ opcode: Opcode.Ping, payload: utf8('Hello') }, '8905 48656c6c6f'],
    [{ opcode: Opcode.Pong, payload: 'Hello', maskingKey: 0x37fa213d }, '8a85 37fa213d 7f9f4d5158'],
    [{ opcode: Opcode.Ping }, '8900'],
    [{ opcode: Opcode.Binary, payload: new Uint8Array(0), maskingKey: 0 }, '8280 00000000'],
    [{ opcode: Opcode.Close, payload: encodeClosePayload(1000, 'bye') }, '8805 03e8 627965'],
    [{ opcode: Opcode.Close, payload: encodeClosePayload(1000, 'bye'), maskingKey: 0x37fa213d }, '8885 37fa213d 3412 434452'],
    [{ opcode: Opcode.Text, payload: '世界' }, '8106 e4b896 e7958c'],
    [{ opcode: Opcode.Text, payload: '\ufeff' }, '8103 efbbbf'],
    [{ opcode: Opcode.Text, payload: '\udc00' }, '8103 efbfbd'],
    [{ opcode: Opcode.Close }, '8800'],
  ])('%j', (frame, hex) => {
    expect(hexOf(encodeFrame(frame))).toBe(hex.replaceAll(' ', ''))
    expect(encodedLength(frame)).toBe(bytes(hex).length)
  })

  test('writes the examples of 256 bytes and 64 KiB (5.7)', () => {
    expect(hexOf(encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(256) }).subarray(0, 4))).toBe('827e0100')
    const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(65536) })
    expect(hexOf(frame.subarray(0, 10))).toBe('827f0000000000010000')
    expect(frame).toHaveLength(65546)
  })

  test('frames that are kept stay as they are, whatever is encoded after them', () => {
    const payloadLengths = [0, 1, 7, 125, 126, 1000, 2034, 2040, 2041, 3000]
    const encoded = Array.from({ length: 100 }, (_, i) => {
      const payload = new Uint8Array(payloadLengths[i % payloadLengths.length] ?? 0).fill(i)
      const frame = { opcode: Opcode.Binary, payload, maskingKey: i % 2 === 0 ? i * 0x01020304 : null }
      expect(() => encodeFrame({ opcode: Opcode.Ping, payload: new Uint8Array(200).fill(0xff) })).toThrow('control-too-long')
      return { payload, data: encodeFrame(frame) }
    })
    for (const { payload, data } of encoded) {
      const decoded = decodeFrame(data)
      expect(decoded?.bytesRead).toBe(data.length)
      expect(decoded && hexOf(decoded.frame.payload)).toBe(hexOf(payload))
    }
  })

  test.each([null, 0x01020304])('up to 4096 bytes they share memory, longer ones have their own (masking key %p)', (maskingKey) => {
    const keyLength = maskingKey === null ? 0 : 4
    const framesOf = (length: number, lengthBytes: number) =>
      [1, 2].map(() => encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(length - 2 - lengthBytes - keyLength), maskingKey }))
    const shared = [...framesOf(4096, 2), ...framesOf(6, 0)]
    expect(shared.map(({ length }) => length)).toEqual([4096, 4096, 6, 6])
    expect(new Set(shared.map(({ buffer }) => buffer)).size).toBeLessThan(3)
    const own = framesOf(4097, 2).map(({ buffer }) => buffer)
    expect(own.map(({ byteLength }) => byteLength)).toEqual([4097, 4097])
    expect(own[0]).not.toBe(own[1])
  })

  test.each(['a', 'é', '世', '\ud800'])('a string of up to 1360 code units (%j) is encoded where its frame goes', (unit) => {
    const encode = jest.spyOn(utf8Encoder(), 'encode')
    for (const maskingKey of [null, 0x01020304]) {
      for (const length of [0, 1, 41, 42, 62, 63, 125, 126, 1359, 1360, 1361]) {
        const payload = unit.repeat(length)
        encode.mockClear()
        const text = encodeFrame({ opcode: Opcode.Text, payload, maskingKey })
        expect(encode).toHaveBeenCalledTimes(length > 1360 ? 1 : 0)
        expect(hexOf(text)).toBe(hexOf(encodeFrame({ opcode: Opcode.Text, payload: utf8(payload), maskingKey })))
      }
    }
  })

  test.each([null, 0x01020304])(
    'a Close payload is written as it was checked, even if another thread changes it (masking key %p)',
    (maskingKey) => {
      const payload = new Uint8Array(new SharedArrayBuffer(5))
      payload.set(encodeClosePayload(1000, 'bye'))
      const frame = { opcode: Opcode.Close, payload, maskingKey }
      const expected = hexOf(encodeFrame(frame))
      const decode = jest.spyOn(TextDecoder.prototype, 'decode').mockImplementation(() => {
        payload.fill(0xff)
        return 'bye'
      })
      expect(hexOf(encodeFrame(frame))).toBe(expected)
      payload.set(encodeClosePayload(1000, 'bye'))
      const target = new Uint8Array(20)
      expect(hexOf(target.subarray(0, encodeFrameInto(frame, target)))).toBe(expected)
      expect(decode).toHaveBeenCalledTimes(2)
    },
  )

  test.each([1, 100, 1000, 1360])('strings of %p code units fill the memory that they share', (length) => {
    const payload = '世'.repeat(length)
    const frames = Array.from({ length: Math.ceil(50_000 / length) }, () => encodeFrame({ opcode: Opcode.Text, payload }))
    const expected = hexOf(
      referenceEncode({ fin: true, rsv1: false, rsv2: false, rsv3: false, opcode: Opcode.Text, maskingKey: null, payload: utf8(payload) }),
    )
    expect(new Set(frames.map(hexOf))).toEqual(new Set([expected]))
    expect(new Set(frames.map(({ buffer }) => buffer)).size).toBeGreaterThan(2)
  })

  test.each([
    [Opcode.Ping, '世'.repeat(42), 'control-too-long'],
    [Opcode.Close, '世'.repeat(42), 'control-too-long'],
    [Opcode.Close, 'x', 'close-payload-length'],
    [Opcode.Close, '\u0003\u0004', 'close-code'],
  ])('a string that is refused (opcode %p, %j: %s) leaves nothing behind in the next frame', (opcode, payload, rule) => {
    const { offset, rule: broken } = violationOf(() => encodeFrame({ opcode, payload, maskingKey: 7 }))
    expect([broken, offset]).toEqual([rule, 0])
    const next = encodeFrame({ opcode: Opcode.Text, payload: 'Hello', maskingKey: 0x37fa213d })
    expect(hexOf(next)).toBe('818537fa213d7f9f4d5158')
  })

  test.each([4087, 4088, 4089, 16_384, 65_519, 65_520, 65_521, 65_527, 65_528, 65_529, 65_535, 65_536])(
    'masks a payload of %p bytes in memory of its own length, and leaves the payload as it is',
    (payloadLength) => {
      const payload = Uint8Array.from({ length: payloadLength }, (_, i) => i * 37)
      const flags = { fin: true, rsv1: false, rsv2: false, rsv3: false }
      const frame = { ...flags, opcode: Opcode.Binary, maskingKey: 0x89abcdef, payload }
      const expected = referenceEncode(frame)
      const encoded = encodeFrame(frame, { sender: 'client' })
      expect(Buffer.compare(encoded, expected)).toBe(0)
      expect(payload.every((octet, i) => octet === ((i * 37) & 0xff))).toBe(true)
      if (expected.length > 4096) expect(encoded.buffer.byteLength).toBe(expected.length)
    },
  )

  test.each([125, 126, 4088, 4089, 65_528, 65_529])('checks a masked frame of %p bytes of payload as any other', (payloadLength) => {
    const payload = new Uint8Array(payloadLength).fill(0x61)
    const wrong: [FrameInit, EncodeOptions, string][] = [
      [{ opcode: Opcode.Binary, payload, maskingKey: 1 }, { sender: 'server' }, 'mask-forbidden'],
      [{ opcode: Opcode.Binary, payload, maskingKey: 1, rsv2: true }, { sender: 'client' }, 'rsv-bit'],
      [{ opcode: Opcode.Close, payload, maskingKey: 1 }, { sender: 'client' }, payloadLength > 125 ? 'control-too-long' : 'close-code'],
    ]
    for (const [frame, options, rule] of wrong) {
      expect(() => encodeFrame(frame, options)).toThrow(expect.objectContaining({ rule, offset: 0 }))
      const flags = { fin: true, rsv1: false, rsv2: frame.rsv2 === true, rsv3: false }
      const encoded = encodeFrame(frame, { ...options, strict: false })
      expect(Buffer.compare(encoded, referenceEncode({ ...flags, opcode: frame.opcode, maskingKey: 1, payload }))).toBe(0)
    }
  })

  test('takes a Frame as decodeFrame gives it', () => {
    const data = bytes('8185 37fa213d 7f9f4d5158')
    const frame = decodeFrame(data)?.frame
    expect(frame && hexOf(encodeFrame(frame, { sender: 'client' }))).toBe(hexOf(data))
  })

  test('does not modify the payload', () => {
    const payload = new Uint8Array(100).fill(1)
    encodeFrame({ opcode: Opcode.Binary, payload, maskingKey: randomMaskingKey() })
    expect(payload.every((octet) => octet === 1)).toBe(true)
  })

  test.each<[FrameInit, EncodeOptions, string]>([
    [{ opcode: Opcode.Text, rsv1: true }, {}, 'rsv-bit'],
    [{ opcode: Opcode.Continuation, rsv1: true }, { extensions: { permessageDeflate: true } }, 'rsv-bit'],
    [{ opcode: 0xb }, {}, 'opcode-reserved'],
    [{ opcode: Opcode.Pong, fin: false }, {}, 'control-fragmented'],
    [{ opcode: Opcode.Ping, payload: 'x'.repeat(126) }, {}, 'control-too-long'],
    [{ opcode: Opcode.Ping, payload: '…'.repeat(42) }, {}, 'control-too-long'],
    [{ opcode: Opcode.Text }, { sender: 'client' }, 'mask-required'],
    [{ opcode: Opcode.Text, maskingKey: 0 }, { sender: 'server' }, 'mask-forbidden'],
    [{ opcode: Opcode.Text, payload: 'x' }, { lengthBits: 16 }, 'length-not-minimal'],
    [{ opcode: Opcode.Close, payload: bytes('03') }, {}, 'close-payload-length'],
    [{ opcode: Opcode.Close, payload: bytes('03ed') }, {}, 'close-code'],
    [{ opcode: Opcode.Close, payload: 'no code', maskingKey: 7 }, {}, 'close-code'],
    [{ opcode: Opcode.Close, payload: bytes('03e8 ff'), maskingKey: 7 }, {}, 'close-reason-utf8'],
  ])('refuses %j with %j as a reader would: %s', (frame, options, rule) => {
    expect(violationOf(() => encodeFrame(frame, options))).toMatchObject({ rule, offset: 0 })
    expect(violationOf(() => encodeFrameInto(frame, new Uint8Array(200), 20, options))).toMatchObject({ rule, offset: 20 })
    const written = encodeFrame(frame, { ...options, strict: false })
    expect(violationOf(() => decodeFrame(written, options))).toMatchObject({ rule, offset: 0 })
  })

  test('strict: false writes what it is told, in the length form it is told', () => {
    const frame = { fin: false, rsv1: true, rsv2: true, rsv3: true, opcode: 0xf, maskingKey: 0x01020304, payload: utf8('abc') }
    for (const lengthBits of [7, 16, 64] as const) {
      const options = { sender: 'server' as const, strict: false, lengthBits }
      const expected = referenceEncode(frame, lengthBits)
      expect(hexOf(encodeFrame(frame, options))).toBe(hexOf(expected))
      const target = new Uint8Array(30)
      expect(encodeFrameInto({ ...frame, payload: 'abc' }, target, 5, options)).toBe(expected.length)
      expect(hexOf(target.subarray(5, 5 + expected.length))).toBe(hexOf(expected))
    }
  })

  test.each<[unknown[], typeof Error]>([
    [[undefined], TypeError],
    [['Hello'], TypeError],
    [[{ payload: 'Hello' }], TypeError],
    [[{ opcode: '1' }], TypeError],
    [[{ opcode: 16 }], RangeError],
    [[{ opcode: 1.5 }], RangeError],
    [[{ opcode: 1, payload: 5 }], TypeError],
    [[{ opcode: 1, payload: null }], TypeError],
    [[{ opcode: 1, payload: [1, 2] }], TypeError],
    [[{ opcode: 1, maskingKey: 2 ** 32 }], RangeError],
    [[{ opcode: 1, fin: 'yes' }], TypeError],
    [[{ opcode: 1 }, { lengthBits: 32 }], RangeError],
    [[{ opcode: 1 }, null], TypeError],
  ])('%j is wrong use', (args, kind) => {
    expect(thrownBy(() => Reflect.apply(encodeFrame, undefined, args))).toBeInstanceOf(kind)
  })
})

describe('encodeFrameInto', () => {
  const texts = [
    '',
    'a',
    'x'.repeat(125),
    '…'.repeat(41),
    '…'.repeat(42),
    'é'.repeat(63),
    '…'.repeat(21845),
    '😀'.repeat(16384),
    'x'.repeat(65536),
  ]

  test.each(texts.map((text) => [text.length, utf8(text).length, text] as const))(
    'writes a string of %p code units and %p bytes as encodeFrame does, and nothing around it',
    (_units, _bytes, payload) => {
      for (const maskingKey of [null, 0x37fa213d]) {
        const frame = { opcode: Opcode.Text, payload, maskingKey }
        const expected = referenceEncode({ fin: true, rsv1: false, rsv2: false, rsv3: false, ...frame, payload: utf8(payload) })
        const target = new Uint8Array(expected.length + 7)
        expect(encodeFrameInto(frame, target, 3)).toBe(expected.length)
        expect(hexOf(target)).toBe(`000000${hexOf(expected)}${hexOf(target.subarray(3 + expected.length))}`)
        expect(hexOf(encodeFrame(frame))).toBe(hexOf(expected))
        expect(encodedLength(frame)).toBe(expected.length)

        const exact = new Uint8Array(expected.length)
        expect(encodeFrameInto(frame, exact)).toBe(expected.length)
        expect(hexOf(exact)).toBe(hexOf(expected))
        const short = exact.subarray(1)
        const message = `the frame takes ${expected.length} bytes, but target has only ${short.length} from offset on`
        expect(() => encodeFrameInto(frame, short)).toThrow(new RangeError(message))
        expect(() => encodeFrameInto({ ...frame, payload: utf8(payload) }, short)).toThrow(new RangeError(message))
      }
    },
  )

  test('encodes a string where it belongs, with no buffer of its own', () => {
    const encode = jest.spyOn(utf8Encoder(), 'encode')
    expect(encodeFrameInto({ opcode: Opcode.Text, payload: '世界' }, new Uint8Array(20))).toBe(8)
    expect(encode).not.toHaveBeenCalled()
  })

  test.each<[string, ArrayBufferLike]>([
    ['resizable', Reflect.construct(ArrayBuffer, [80_000, { maxByteLength: 100_000 }])],
    ['shared', new SharedArrayBuffer(80_000)],
  ])('encodes a string into %s memory also where the platform refuses to', (_kind, memory) => {
    const refused = new TypeError('the ArrayBufferView must not be resizable or shared')
    const encodeInto = jest.spyOn(TextEncoder.prototype, 'encodeInto').mockImplementation(() => {
      throw refused
    })
    const target = new Uint8Array(memory)
    for (const payload of texts) {
      const expected = encodeFrame({ opcode: Opcode.Text, payload, maskingKey: 7 })
      expect(encodeFrameInto({ opcode: Opcode.Text, payload, maskingKey: 7 }, target, 5)).toBe(expected.length)
      expect(Buffer.compare(target.subarray(5, 5 + expected.length), expected)).toBe(0)
      const message = `the frame takes ${expected.length} bytes, but target has only ${expected.length - 1} from offset on`
      const exact = target.length - expected.length
      expect(encodeFrameInto({ opcode: Opcode.Text, payload, maskingKey: 7 }, target, exact)).toBe(expected.length)
      expect(Buffer.compare(target.subarray(exact), expected)).toBe(0)
      expect(() => encodeFrameInto({ opcode: Opcode.Text, payload, maskingKey: 7 }, target, exact + 1)).toThrow(new RangeError(message))
    }
    expect(encodeInto).toHaveBeenCalled()
  })

  test.each([utf8('Hello'), 'Hello'])('counts the room for %j from offset on', (payload) => {
    const message = 'the frame takes 7 bytes, but target has only 6 from offset on'
    expect(() => encodeFrameInto({ opcode: Opcode.Text, payload }, new Uint8Array(10), 4)).toThrow(new RangeError(message))
    expect(encodeFrameInto({ opcode: Opcode.Text, payload }, new Uint8Array(10), 3)).toBe(7)
  })

  test('the payload may lie in the target', () => {
    const target = new Uint8Array(200)
    target.set(utf8('Hello'), 4)
    expect(encodeFrameInto({ opcode: Opcode.Text, payload: target.subarray(4, 9), maskingKey: 0x37fa213d }, target)).toBe(11)
    expect(hexOf(target.subarray(0, 11))).toBe('818537fa213d7f9f4d5158')
  })

  test.each([16_384, 16_385, 100_000])(
    'masks a payload of %p bytes in the same pass as it copies it, unless it may lie in the target',
    (length) => {
      const frame = { opcode: Opcode.Binary, maskingKey: 7, payload: new Uint8Array(length) }
      const target = new Uint8Array(length + 1000)
      // Into the memory of the kernel and out of it.
      expect(bytesCopied(() => encodeFrameInto(frame, target))).toBe(2 * length)
      const isLong = length > 16_384
      const inTarget = { ...frame, payload: target.subarray(900, 900 + length) }
      expect(bytesCopied(() => encodeFrameInto(inTarget, target))).toBe((isLong ? 3 : 2) * length)
    },
  )

  test('frames follow each other', () => {
    const target = new Uint8Array(14)
    let end = encodeFrameInto({ opcode: Opcode.Ping }, target)
    end += encodeFrameInto({ opcode: Opcode.Text, payload: 'Hello' }, target, end)
    end += encodeFrameInto({ opcode: Opcode.Binary, payload: bytes('010203') }, target, end)
    expect(end).toBe(14)
    expect(hexOf(target)).toBe('8900810548656c6c6f8203010203')
  })

  test.each<[unknown[], typeof Error]>([
    [[{ opcode: 1 }], TypeError],
    [[{ opcode: 1 }, [0, 0]], TypeError],
    [[{ opcode: 1 }, new Uint8Array(2), '0'], TypeError],
    [[{ opcode: 1 }, new Uint8Array(2), 3], RangeError],
    [[{ opcode: 1 }, new Uint8Array(2), 1], RangeError],
    [[{ opcode: 1, payload: 'x' }, new Uint8Array(2), 2], RangeError],
  ])('%j is wrong use', (args, kind) => {
    expect(thrownBy(() => Reflect.apply(encodeFrameInto, undefined, args))).toBeInstanceOf(kind)
  })
})

describe('encodedLength', () => {
  test.each([undefined, 7, 16, 64] as const)(
    'is the length of what encodeFrame makes with the same options (lengthBits %p)',
    (lengthBits) => {
      for (const payload of ['', 'x'.repeat(125), '…'.repeat(41), new Uint8Array(126), new Uint8Array(65_535), new Uint8Array(65_536)]) {
        for (const maskingKey of [null, undefined, 7]) {
          const frame = { opcode: Opcode.Binary, payload, maskingKey }
          const options = { lengthBits, strict: false }
          const attempt = (call: (frame: FrameInit, options: EncodeOptions) => unknown) => {
            try {
              return call(frame, options)
            } catch (error) {
              return error
            }
          }
          expect(attempt(encodedLength)).toEqual(attempt((...args) => encodeFrame(...args).length))
        }
      }
    },
  )

  test('does not check the rules', () => {
    expect(encodedLength({ opcode: Opcode.Ping, fin: false, payload: new Uint8Array(126) }, { sender: 'client' })).toBe(130)
  })

  test.each<[unknown[]]>([
    [[undefined]],
    [[{ opcode: 99 }]],
    [[{ opcode: 1, payload: 5 }]],
    [[{ opcode: 1, payload: null }]],
    [[{ opcode: 1, maskingKey: '7' }]],
    [[{ opcode: 1, rsv2: 0 }]],
    [[{ opcode: 1 }, null]],
    [[{ opcode: 1 }, 'client']],
    [[{ opcode: 1 }, { sender: 1 }]],
    [[{ opcode: 1 }, { strict: 0 }]],
    [[{ opcode: 1 }, { lengthBits: 8 }]],
    [[{ opcode: 1 }, { lengthBits: '7' }]],
    [[{ opcode: 1, payload: new Uint8Array(126) }, { lengthBits: 7 }]],
    [[{ opcode: 1 }, { extensions: 1 }]],
    [[{ opcode: 1 }, { extensions: { rsv1: 1 } }]],
    [[{ opcode: 1 }, { extensions: { opcodes: [1] } }]],
  ])('refuses %j as encodeFrame and encodeFrameInto do', (args) => {
    const expected = thrownBy(() => Reflect.apply(encodeFrame, undefined, args))
    expect(expected).toHaveProperty('name', expect.stringMatching(/^(Type|Range)Error$/))
    expect(thrownBy(() => Reflect.apply(encodedLength, undefined, args))).toEqual(expected)
    const [frame, options] = args
    expect(thrownBy(() => Reflect.apply(encodeFrameInto, undefined, [frame, new Uint8Array(200), 0, options]))).toEqual(expected)
  })
})

describe('a frame of the wrong sender', () => {
  test('is refused with what to do about it', () => {
    for (const encode of [
      encodeFrame,
      (frame: FrameInit, options: EncodeOptions) => encodeFrameInto(frame, new Uint8Array(20), 0, options),
    ]) {
      for (const opcode of [Opcode.Text, Opcode.Close]) {
        expect(() => encode({ opcode }, { sender: 'client' })).toThrow(
          /^the frame has no maskingKey \(pass one from randomMaskingKey\(\)\); a client must mask/,
        )
        expect(() => encode({ opcode, maskingKey: 7 }, { sender: 'server' })).toThrow(
          /^the frame has a maskingKey \(leave it out, or pass null\); a server must not/,
        )
      }
    }
    expect(() => encodeHeader({ opcode: 1, payloadLength: 0 }, { sender: 'client' })).toThrow(/randomMaskingKey\(\)/)
  })

  test('that was read is not', () => {
    expect(() => decodeFrame(bytes('8100'), { sender: 'client' })).toThrow(/^a client sent a frame with MASK clear; /)
    expect(() => decodeFrame(bytes('8180 00000000'), { sender: 'server' })).toThrow(/^a server sent a frame with MASK set; /)
  })
})

test('a frame that breaks a rule other than those for MASK is refused with what was found', () => {
  const frame = { opcode: Opcode.Text, maskingKey: 7, rsv2: true }
  expect(() => encodeFrame(frame, { sender: 'client' })).toThrow(/^RSV2 is set on a text frame; /)
})

test.each<[(...args: never[]) => unknown, unknown[], string]>([
  [decodeFrame, ['8100'], 'bytes must be a Uint8Array, not string'],
  [decodeFrame, [bytes('8100'), null], 'options must be an object, not null'],
  [decodeFrame, [bytes('8100'), {}, 3], 'offset must be a whole number from 0 to 2, not 3'],
  [encodeFrame, ['Hello'], 'frame must be an object, not string'],
  [encodeFrame, [{ opcode: 16 }], 'opcode must be a whole number from 0 to 15, not 16'],
  [encodeFrame, [{ opcode: 1, payload: [1, 2] }], 'payload must be a Uint8Array, not Array'],
  [encodeFrame, [{ opcode: 1 }, null], 'options must be an object, not null'],
  [encodeFrameInto, [null, new Uint8Array(2)], 'frame must be an object, not null'],
  [encodeFrameInto, [{ opcode: 1 }, [0, 0]], 'target must be a Uint8Array, not Array'],
  [encodeFrameInto, [{ opcode: 1 }, new Uint8Array(2), 3], 'offset must be a whole number from 0 to 2, not 3'],
])('%p of %j says what is wrong', (call, args, message) => {
  expect(() => Reflect.apply(call, undefined, args)).toThrow(expect.objectContaining({ message }))
})

describe('encodeFrame: what it writes, and what it refuses', () => {
  test.each([0, 1, 2, 3, 4, 5, 57, 58, 59, 125, 126, 2040, 2041, 65535])('has its %p bytes masked octet by octet', (length) => {
    const payload = Uint8Array.from({ length }, (_, i) => i * 7)
    const key = 0xf1fa213d
    const encoded = encodeFrame({ opcode: 2, payload, maskingKey: key }, { sender: 'client' })
    const masked = payload.map((octet, i) => octet ^ (key >>> (24 - 8 * (i % 4))))
    expect(hexOf(encoded.subarray(encoded.length - length))).toBe(hexOf(masked))
    expect(decodeFrame(encoded, { sender: 'client' })).toMatchObject({ frame: { maskingKey: key }, bytesRead: encoded.length })
  })

  test.each<[string, object, unknown?]>([
    ['opcode must be a number, not bigint', { opcode: 1n }],
    ['opcode must be a whole number from 0 to 15, not 1.5', { opcode: 1.5 }],
    ['opcode must be a whole number from 0 to 15, not 17', { opcode: 17 }],
    ['maskingKey must be a number, not bigint', { opcode: 1, maskingKey: 1n }],
    ['maskingKey must be a whole number from 0 to 4294967295, not 0.5', { opcode: 1, maskingKey: 0.5 }],
    ['fin must be a boolean, not number', { opcode: 1, fin: 1 }],
    ['rsv1 must be a boolean, not number', { opcode: 1, rsv1: 0 }],
    ['rsv2 must be a boolean, not null', { opcode: 1, rsv2: null }],
    ['rsv3 must be a boolean, not string', { opcode: 1, rsv3: '' }],
    ['options must be an object, not string', { opcode: 1 }, 'client'],
    ['options must be an object, not null', { opcode: 1 }, null],
    ['extensions must be an object, not null', { opcode: 1 }, { extensions: null }],
    ['extensions.rsv1 must be a boolean, not number', { opcode: 1 }, { extensions: { rsv1: 1 } }],
  ])('is not one of wrong fields or options: %s', (message, frame, options = {}) => {
    const encodeInto = (wrong: FrameInit, wrongOptions?: EncodeOptions) => encodeFrameInto(wrong, new Uint8Array(99), 0, wrongOptions)
    for (const encode of [encodeFrame, encodeInto]) {
      expect(() => Reflect.apply(encode, undefined, [frame, options])).toThrow(expect.objectContaining({ message }))
    }
  })
})
