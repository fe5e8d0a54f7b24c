import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { MessageReader, Opcode, encodeFrame } from '../../src/index.js'
import { decodeText, unfinishedLength, utf8Decoder } from '../../src/util/utf8.js'
import { bytes, thrownBy } from '../support.js'

afterEach(() => {
  jest.restoreAllMocks()
})

describe('unfinishedLength', () => {
  test.each([
    ['', 0],
    ['61', 0],
    ['c2', 1],
    ['c280', 0],
    ['df', 1],
    ['dfbf', 0],
    ['e0', 1],
    ['e0a0', 2],
    ['e0a080', 0],
    ['efbfbf', 0],
    ['f0', 1],
    ['f090', 2],
    ['f09080', 3],
    ['f0908080', 0],
    ['f48f', 2],
    ['f48fbfbf', 0],
    ['e4bda0e4', 1],
  ])('of %s is %p: so many bytes begin a character that the next ones may complete', (hex, length) => {
    expect(unfinishedLength(bytes(hex), hex.length / 2)).toBe(length)
  })

  test.each(['80', '8080', 'c1', 'f5', 'e061', 'e09f', 'eda0', 'f08f', 'f490', 'f09061', 'f090c0', 'e1c0', 'e06180'])(
    'of %s is 0: no next byte makes it UTF-8',
    (hex) => {
      expect(unfinishedLength(bytes(hex), hex.length / 2)).toBe(0)
    },
  )
})

test('the offending byte of a text that comes in pieces is counted from the beginning of the text', () => {
  const reader = new MessageReader().push(bytes('0102 61e4 0002 bda0 0002 c3a9 8003 6263ff'))
  expect(() => reader.read()).toThrow(/^byte 8 of the text is 0xff; /)
})

test('an error of the platform that is not about UTF-8 is not taken for bad bytes', () => {
  const tooLong = Object.assign(new Error('Cannot create a string longer than 0x1fffffe8 characters'), { code: 'ERR_STRING_TOO_LONG' })
  jest.spyOn(utf8Decoder(), 'decode').mockImplementation(() => {
    throw tooLong
  })
  expect(thrownBy(() => decodeText(bytes('61')))).toBe(tooLong)
  const reader = new MessageReader().push(encodeFrame({ opcode: Opcode.Text, payload: 'a' }))
  expect(thrownBy(() => reader.read())).toMatchObject({ rule: 'message-too-long', cause: tooLong })
})

describe.each([
  ['TextEncoder', 'encoding a string', 'encodeText', ['a']],
  ['TextDecoder', 'decoding a text', 'decodeText', [bytes('61')]],
] as const)('%s', (name, what, call, args) => {
  const present = Object.getOwnPropertyDescriptor(globalThis, name) ?? {}
  afterEach(() => {
    Object.defineProperty(globalThis, name, present)
  })

  test('is looked for when it is first needed, and kept', () => {
    jest.isolateModules(() => {
      const { [call]: use } = jest.requireActual<typeof import('../../src/util/utf8.js')>('../../src/util/utf8')
      for (const value of [undefined, {}]) {
        Object.defineProperty(globalThis, name, { value, configurable: true })
        expect(() => Reflect.apply(use, undefined, args)).toThrow(new TypeError(`${what} needs globalThis.${name}, which is missing`))
      }
      Object.defineProperty(globalThis, name, present)
      const expected = Reflect.apply(use, undefined, args)
      expect(expected).toEqual(call === 'encodeText' ? bytes('61') : 'a')
      Object.defineProperty(globalThis, name, { value: undefined, configurable: true })
      expect(Reflect.apply(use, undefined, args)).toEqual(expected)
    })
  })
})
