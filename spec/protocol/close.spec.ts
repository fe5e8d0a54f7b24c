import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { CloseCode, decodeClosePayload, encodeClosePayload, isSendableCloseCode } from '../../src/index.js'
import { closeCodeName } from '../../src/protocol/close-code.js'
import { bytes, hexOf, utf8, violationOf } from '../support.js'

const closeCode = { rule: 'close-code', section: '7.4', closeCode: 1002, offset: 0 }
const reasonUtf8 = { rule: 'close-reason-utf8', section: '5.5.1', closeCode: 1007, offset: 0 }
const payloadLength = { rule: 'close-payload-length', section: '5.5.1', closeCode: 1002, offset: 0 }
const tooLong = { rule: 'control-too-long', section: '5.5', closeCode: 1002, offset: 0 }

describe('close codes (7.4)', () => {
  test('1000-1003, 1007-1014 and 3000-4999 may be sent, of all numbers of 16 bits', () => {
    const sendable = Array.from({ length: 0x10000 }, (_, code) => code).filter(isSendableCloseCode)
    const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
    expect(sendable).toEqual([...from(1000, 1003), ...from(1007, 1014), ...from(3000, 4999)])
  })

  test.each([-1000, 1000.5, NaN, Infinity, 66536])('%p may not', (code) => {
    expect(isSendableCloseCode(code)).toBe(false)
  })

  test('are named as in the registry', () => {
    expect(Object.values(CloseCode)).toEqual(Array.from({ length: 16 }, (_, i) => 1000 + i))
    expect([1000, 1005, 1007, 1010, 1014, 1015].map(closeCodeName)).toEqual([
      'Normal Closure',
      'No Status Rcvd',
      'Invalid Frame Payload Data',
      'Mandatory Ext',
      'Bad Gateway',
      'TLS Handshake',
    ])
    expect([3000, 3999].map(closeCodeName)).toEqual(Array(2).fill('registered for a library, framework or application'))
    expect([4000, 4999].map(closeCodeName)).toEqual(Array(2).fill('private use'))
    expect([999, 1016, 2999, 5000].map(closeCodeName)).toEqual(Array(4).fill('not a valid close code'))
  })
})

describe('encodeClosePayload (5.5.1)', () => {
  test.each<[number | undefined, string | undefined, string]>([
    [undefined, undefined, ''],
    [undefined, '', ''],
    [1005, undefined, ''],
    [1005, '', ''],
    [1000, undefined, '03e8'],
    [1000, '', '03e8'],
    [4999, 'bye', '1387 627965'],
    [1001, '再见', '03e9 e5868d e8a781'],
    [1000, '\ufeff', '03e8 efbbbf'],
    [1000, '\ud800', '03e8 efbfbd'],
  ])('(%p, %p) gives %s', (code, reason, hex) => {
    expect(hexOf(encodeClosePayload(code, reason))).toBe(hex.replaceAll(' ', ''))
  })

  test.each([0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65535])('refuses code %p', (code) => {
    expect(violationOf(() => encodeClosePayload(code))).toEqual(closeCode)
  })

  test('takes reasons of up to 123 bytes of UTF-8', () => {
    expect(encodeClosePayload(1000, 'x'.repeat(123))).toHaveLength(125)
    expect(violationOf(() => encodeClosePayload(1000, 'x'.repeat(124)))).toEqual(tooLong)
    expect(encodeClosePayload(1000, '…'.repeat(41))).toHaveLength(125)
    expect(violationOf(() => encodeClosePayload(1000, '…'.repeat(42)))).toEqual(tooLong)
  })

  test('wrong use is a TypeError or a RangeError', () => {
    expect(() => encodeClosePayload(undefined, 'bye')).toThrow(TypeError)
    expect(() => Reflect.apply(encodeClosePayload, undefined, ['1000'])).toThrow(TypeError)
    expect(() => Reflect.apply(encodeClosePayload, undefined, [1000, 7])).toThrow(TypeError)
    for (const code of [-1, 0.5, NaN, 65536]) expect(() => encodeClosePayload(code)).toThrow(RangeError)
  })

  test('says what is wrong', () => {
    expect(() => encodeClosePayload(undefined, 'bye')).toThrow(
      new TypeError('a reason needs a close code before it: no close code was given'),
    )
    expect(() => encodeClosePayload(1005, 'bye')).toThrow(
      new TypeError('a reason needs a close code before it: 1005 says that there is no close code'),
    )
    expect(() => encodeClosePayload(-1)).toThrow(new RangeError('code must be a whole number from 0 to 65535, not -1'))
    expect(() => Reflect.apply(encodeClosePayload, undefined, [1000, 7])).toThrow(new TypeError('reason must be a string, not number'))
    expect(() => encodeClosePayload(1006)).toThrow(/^the close code is 1006; /)
    expect(() => encodeClosePayload(1000, 'x'.repeat(124))).toThrow(/^the reason is 124 bytes of UTF-8, 123 at most; /)
  })
})

describe('decodeClosePayload (5.5.1)', () => {
  test('an empty payload means code 1005 (7.1.5)', () => {
    expect(decodeClosePayload(new Uint8Array(0))).toEqual({ code: 1005, reason: '' })
  })

  test('gives code and reason; a byte order mark is data', () => {
    expect(decodeClosePayload(bytes('03e8'))).toEqual({ code: 1000, reason: '' })
    expect(decodeClosePayload(bytes('0fa0 e5868d e8a781'))).toEqual({ code: 4000, reason: '再见' })
    expect(decodeClosePayload(bytes('03e8 efbbbf 61'))).toEqual({ code: 1000, reason: '\ufeffa' })
  })

  test.each([
    ['03', payloadLength],
    ['03ed', closeCode],
    ['0000', closeCode],
    ['ffff', closeCode],
    ['03e8 ff', reasonUtf8],
    ['03e8 c080', reasonUtf8],
    ['03e8 eda080', reasonUtf8],
    ['03e8 e586', reasonUtf8],
    ['03ed ff', closeCode],
  ])('%s is a violation', (hex, expected) => {
    expect(violationOf(() => decodeClosePayload(bytes(hex)))).toEqual(expected)
  })

  test('a violation leaves nothing behind for the next payload', () => {
    expect(violationOf(() => decodeClosePayload(bytes('03e8 e586')))).toEqual(reasonUtf8)
    expect(decodeClosePayload(bytes('03e8 61'))).toEqual({ code: 1000, reason: 'a' })
  })

  test('takes payloads of up to 125 bytes', () => {
    const payload = new Uint8Array(126).fill(0x61)
    payload.set([0x03, 0xe8])
    expect(decodeClosePayload(payload.subarray(0, 125)).reason).toBe('a'.repeat(123))
    expect(violationOf(() => decodeClosePayload(payload))).toEqual(tooLong)
  })

  test('undoes encodeClosePayload', () => {
    const code = fc.oneof(fc.constantFrom(1000, 1003, 1007, 1014), fc.integer({ min: 3000, max: 4999 }))
    const reason = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => utf8(text).length <= 123)
    fc.assert(
      fc.property(code, reason, (sent, text) => {
        expect(decodeClosePayload(encodeClosePayload(sent, text))).toEqual({ code: sent, reason: text })
      }),
      { numRuns: 1000 },
    )
  })

  test('wrong use is a TypeError', () => {
    expect(() => Reflect.apply(decodeClosePayload, undefined, ['03e8'])).toThrow(TypeError)
  })

  test('says what is wrong', () => {
    expect(() => Reflect.apply(decodeClosePayload, undefined, ['03e8'])).toThrow(new TypeError('payload must be a Uint8Array, not string'))
    expect(() => decodeClosePayload(new Uint8Array(126))).toThrow(/^the payload length of a close frame is 126; /)
    expect(() => decodeClosePayload(bytes('03'))).toThrow(/^the payload of a close frame is 1 byte long; /)
    expect(() => decodeClosePayload(bytes('03ed'))).toThrow(/^the close code is 1005; /)
    expect(() => decodeClosePayload(bytes('03e8 ff'))).toThrow(/^the close reason is not UTF-8; /)
  })
})
