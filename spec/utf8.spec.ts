import { afterEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { MessageReader, Opcode, encodeFrame } from '../src/index.js'
import { decodeText, offendingIndex, unfinishedLength, utf8Decoder } from '../src/utf8.js'
import { bytes, concat, thrownBy, utf8 } from './support.js'

afterEach(() => {
  jest.restoreAllMocks()
})

describe('offendingIndex (RFC 3629)', () => {
  test.each([
    ['', null],
    ['61', null],
    ['e4bda0', null],
    ['e4bd', null],
    ['f09f98', null],
    ['ff', 0],
    ['61ff', 1],
    ['e4bd28', 2],
    ['e080', 1],
    ['eda0', 1],
    ['f4908080', 1],
    ['c3', null],
    ['c328', 1],
  ])('of %s is %p', (hex, index) => {
    expect(offendingIndex(bytes(hex))).toBe(index)
  })

  test('is the same wherever a text is cut into blocks', () => {
    for (const character of ['a', 'é', '你', '😀']) {
      const text = utf8(character.repeat(12_000)).subarray(0, 12_000)
      const whole = text.subarray(0, text.length - unfinishedLength(text, text.length))
      expect(offendingIndex(whole)).toBeNull()
      for (const at of [0, 4000, 4095, 4096, 4097, 8191, 8192, whole.length]) {
        const boundary = at - unfinishedLength(whole, at)
        const broken = concat(whole.subarray(0, boundary), bytes('ff'), whole.subarray(boundary))
        expect(offendingIndex(broken)).toBe(boundary)
      }
    }
  })

  test('is null exactly for what can be completed to a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), fc.nat(), (text, at) => {
        const data = utf8(text)
        expect(offendingIndex(data.subarray(0, at % (data.length + 1)))).toBeNull()
      }),
      { numRuns: 1000 },
    )
  })

  test('decodes each byte of a long text once, and few of them again', () => {
    let decoded = 0
    const decode = utf8Decoder.decode.bind(utf8Decoder)
    jest.spyOn(utf8Decoder, 'decode').mockImplementation((input, options) => {
      decoded += input?.byteLength ?? 0
      return decode(input, options)
    })
    const text = concat(utf8('你'.repeat(100_000)), bytes('ff'))
    expect(offendingIndex(text)).toBe(300_000)
    expect(decoded).toBeLessThan(1.2 * text.length)
  })
})

test('an error of the platform that is not about UTF-8 is not taken for bad bytes', () => {
  const tooLong = Object.assign(new Error('Cannot create a string longer than 0x1fffffe8 characters'), { code: 'ERR_STRING_TOO_LONG' })
  jest.spyOn(utf8Decoder, 'decode').mockImplementation(() => {
    throw tooLong
  })
  expect(thrownBy(() => decodeText(bytes('61')))).toBe(tooLong)
  const reader = new MessageReader().push(encodeFrame({ opcode: Opcode.Text, payload: 'a' }))
  expect(thrownBy(() => reader.read())).toBe(tooLong)
  expect(thrownBy(() => reader.read())).toBe(tooLong)
})
