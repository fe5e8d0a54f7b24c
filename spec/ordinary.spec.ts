/**
 * The short way, which most frames take: what it takes must be what the long way would give, and what it leaves must be left as
 * it was.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ProtocolError, decodeFrame, decodeHeader, encodeFrame, encodeFrameInto, encodeHeader } from '../src/index.js'
import type { EncodeOptions, FrameInit, DecodeOptions } from '../src/index.js'
import { isOrdinary, ordinaryFirstByte, ordinaryHeaderLength } from '../src/header/header.js'
import { Input } from '../src/decode/input.js'
import { readPolicy } from '../src/header/options.js'
import { takeOrdinaryFrame } from '../src/decode/whole-frame.js'
import { bytes, concat, hexOf } from './support.js'

describe('takeOrdinaryFrame', () => {
  /** The frame with zeros for a payload, between other bytes, the last `missing` of it not there yet. */
  function take(hex: string, options: DecodeOptions = {}, missing = 0) {
    const { payloadLength = 0 } = decodeHeader(bytes(hex), { extensions: { rsv1: true, opcodes: [3] } }) ?? {}
    const data = concat(bytes('ffff'), bytes(hex), new Uint8Array(payloadLength), bytes('ffff'))
    const input = new Input()
    input.set(data, 2)
    input.end -= 2 + missing
    const into = { firstByte: 0, maskingKey: null }
    const payload = takeOrdinaryFrame(input, readPolicy(options, Infinity), into)
    return { ...into, payloadLength: payload?.length, left: input.length, all: bytes(hex).length + payloadLength }
  }

  test.each<[string, object, DecodeOptions?]>([
    ['8100', { firstByte: 0x81, payloadLength: 0, maskingKey: null }],
    ['827d', { firstByte: 0x82, payloadLength: 125, maskingKey: null }],
    ['8900', { firstByte: 0x89, payloadLength: 0, maskingKey: null }],
    ['8a7d', { firstByte: 0x8a, payloadLength: 125 }],
    ['8a85 37fa213d', { firstByte: 0x8a, payloadLength: 5, maskingKey: 0x37fa213d }],
    ['8280 00000001', { firstByte: 0x82, payloadLength: 0, maskingKey: 1 }],
    ['827e 007e', { payloadLength: 126, maskingKey: null }],
    ['82fe ffff 00000001', { payloadLength: 65535, maskingKey: 1 }],
    ['8105', { payloadLength: 5 }, { maxPayloadLength: 5, sender: 'server' }],
    ['817e 007e', { payloadLength: 126 }, { maxPayloadLength: 126 }],
    ['8180 00000001', { maskingKey: 1 }, { sender: 'client' }],
  ])('takes %s of a frame that has come whole', (hex, expected, options = {}) => {
    expect(take(hex, options)).toMatchObject({ ...expected, left: 0 })
    const { all } = take(hex, options)
    for (const missing of [1, 2, all - 2, all - 1, all]) {
      if (missing > 0) expect(take(hex, options, missing)).toMatchObject({ payloadLength: undefined, left: all - missing })
    }
  })

  test.each<[string, DecodeOptions?]>([
    ['0100'],
    ['8000'],
    ['8800'],
    ['c100', { extensions: { rsv1: true } }],
    ['8300', { extensions: { opcodes: [3] } }],
    ['827f 0000000000010000'],
    ['8105', { sender: 'client' }],
    ['8180 00000001', { sender: 'server' }],
    ['8106', { maxPayloadLength: 5 }],
    ['817e 007f', { maxPayloadLength: 126 }],
  ])('leaves %s with %j', (hex, options = {}) => {
    const { payloadLength, left, all } = take(hex, options)
    expect([payloadLength, left]).toEqual([undefined, all])
  })

  test.each(['897e 007e', '827e 007d', '8b00', '827f 0000000000000000', '827f 007e000000000000'])('leaves %s, which breaks a rule or has not come whole', (hex) => {
    const input = new Input()
    input.set(concat(bytes(hex), new Uint8Array(200)), 0)
    const { length } = input
    expect(takeOrdinaryFrame(input, readPolicy({}, Infinity), { firstByte: 0, maskingKey: null })).toBeNull()
    expect(input.length).toBe(length)
  })
})

describe('ordinaryFirstByte and isOrdinary', () => {
  test.each<[number, FrameInit, number?, EncodeOptions?]>([
    [0x81, { opcode: 1 }],
    [0x82, { opcode: 2 }],
    [0x89, { opcode: 9 }],
    [0x8a, { opcode: 10 }],
    [0x81, { opcode: 1, fin: true, rsv1: false, rsv2: false, rsv3: false }],
    [0x81, { opcode: 1 }, 65535],
    [0x8a, { opcode: 10 }, 125],
    [0x81, { opcode: 1, maskingKey: 0 }],
    [0x81, { opcode: 1, maskingKey: 0xffff_ffff }],
    [0x81, { opcode: 1 }, 5, {}],
    [0x81, { opcode: 1 }, 5, { strict: true }],
    [0x81, { opcode: 1 }, 5, { sender: 'server' }],
    [0x81, { opcode: 1, maskingKey: 0 }, 5, { sender: 'client', extensions: { permessageDeflate: true } }],

    [0, { opcode: 1, fin: false }],
    [0, { opcode: 1, rsv1: true }],
    [0, { opcode: 1, rsv2: true }],
    [0, { opcode: 1, rsv3: true }],
    [0, { opcode: 0 }],
    [0, { opcode: 8 }],
    [0, { opcode: 3 }],
    [0, { opcode: 11 }],
    [0, { opcode: 1 + 32 }],
    [0, { opcode: 1 }, 65536],
    [0, { opcode: 9 }, 126],
    [0, { opcode: 1, maskingKey: -1 }],
    [0, { opcode: 1, maskingKey: 2 ** 32 }],
    [0, { opcode: 1 }, 5, { sender: 'client' }],
    [0, { opcode: 1, maskingKey: 0 }, 5, { sender: 'server' }],
    [0, { opcode: 1 }, 5, { strict: false }],
    [0, { opcode: 1 }, 5, { lengthBits: 7 }],
  ])('is %p for %j of %p bytes with %j', (expected, frame, payloadLength = 5, options) => {
    const { fin, rsv1, rsv2, rsv3, opcode, maskingKey = null } = frame
    const allowed = isOrdinary(maskingKey, options?.sender, options?.strict, options?.lengthBits)
    expect(allowed ? ordinaryFirstByte(fin, rsv1, rsv2, rsv3, opcode, payloadLength, maskingKey) : 0).toBe(expected)
  })

  test.each([0, 1, 125, 126, 127, 65535])('and the header of a frame of %p bytes is as long as it is', (payloadLength) => {
    for (const maskingKey of [null, 7]) {
      const { length } = encodeHeader({ opcode: 2, payloadLength, maskingKey }, { strict: false })
      expect(ordinaryHeaderLength(payloadLength, maskingKey)).toBe(length)
    }
  })
})

describe('a frame that is encoded the short way', () => {
  /** What comes of it: bytes in hex, or what is thrown. */
  function outcome(encode: () => Uint8Array): string {
    try {
      return hexOf(encode())
    } catch (error) {
      if (error instanceof ProtocolError || error instanceof TypeError || error instanceof RangeError) return `${error.name}: ${error.message}`
      throw error
    }
  }

  const flag = fc.constantFrom(undefined, undefined, undefined, true, false)
  const anyFrame: fc.Arbitrary<FrameInit> = fc
    .record({
      opcode: fc.constantFrom(0, 1, 1, 2, 2, 8, 9, 10, 3, 11),
      payloadLength: fc.constantFrom(0, 1, 3, 4, 5, 57, 58, 59, 61, 62, 63, 125, 126, 2040, 2044, 2045, 65535, 65536),
      fin: flag,
      rsv1: flag,
      rsv2: flag,
      rsv3: flag,
      maskingKey: fc.constantFrom(undefined, null, 0, 1, 0x37fa213d, 0x8000_0000, 0xffff_ffff),
    })
    .map(({ payloadLength, opcode, ...fields }) => ({
      opcode,
      payload: Uint8Array.from({ length: payloadLength }, (_, i) => i),
      ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    }))
  const anyOptions = fc.constantFrom<EncodeOptions[]>({}, { sender: 'client' }, { sender: 'server' }, { extensions: { rsv1: true } })

  test('is the same as the long way gives, which takes `lengthBits`', () => {
    fc.assert(
      fc.property(anyFrame, anyOptions, ({ payload = new Uint8Array(0), ...frame }, options) => {
        const lengthBits = payload.length < 126 ? 7 : payload.length < 65536 ? 16 : 64
        const long = outcome(() => encodeFrame({ ...frame, payload }, { ...options, lengthBits }))
        expect(outcome(() => encodeFrame({ ...frame, payload }, options))).toBe(long)
        const target = new Uint8Array(70_000).fill(0xee)
        const into = outcome(() => target.subarray(9, 9 + encodeFrameInto({ ...frame, payload }, target, 9, options)))
        expect(into.replace('frame at byte 9', 'frame at byte 0')).toBe(long)
        expect(target.subarray(0, 9).every((octet) => octet === 0xee)).toBe(true)

        const header = { ...frame, payloadLength: payload.length }
        const longHeader = outcome(() => encodeHeader(header, { ...options, lengthBits }))
        expect(outcome(() => encodeHeader(header, options))).toBe(longHeader)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([0, 1, 2, 3, 4, 5, 57, 58, 59, 125, 126, 2040, 2041, 65535])('has its %p bytes masked octet by octet', (length) => {
    const payload = Uint8Array.from({ length }, (_, i) => i * 7)
    const key = 0xf1fa213d
    const encoded = encodeFrame({ opcode: 2, payload, maskingKey: key }, { sender: 'client' })
    const masked = payload.map((octet, i) => octet ^ (key >>> (24 - 8 * (i % 4))))
    expect(hexOf(encoded.subarray(encoded.length - length))).toBe(hexOf(masked))
    expect(decodeFrame(encoded, { sender: 'client' })).toMatchObject({ frame: { maskingKey: key }, bytesRead: encoded.length })
  })

  test('has memory of its own up to 64 bytes, so that to transfer it takes no other along', () => {
    const frames = [0, 1, 2].map(() => encodeFrame({ opcode: 2, payload: new Uint8Array(62) }))
    expect(frames.map(({ buffer }) => buffer.byteLength)).toEqual([64, 64, 64])
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
