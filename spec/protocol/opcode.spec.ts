import { describe, expect, test } from '@jest/globals'
import { Opcode, isControl, isReserved } from '../../src/index.js'
import { opcodeName } from '../../src/protocol/opcode.js'

describe('opcodes (5.2, 11.8)', () => {
  test('have the values and names of the RFC', () => {
    expect(Opcode).toEqual({ Continuation: 0x0, Text: 0x1, Binary: 0x2, Close: 0x8, Ping: 0x9, Pong: 0xa })
    const names = Array.from({ length: 16 }, (_, opcode) => opcodeName(opcode))
    expect(names.join(' ')).toBe('continuation text binary 0x3 0x4 0x5 0x6 0x7 close ping pong 0xb 0xc 0xd 0xe 0xf')
  })

  test('of control frames are those with the most significant bit set (5.5)', () => {
    expect(allOpcodes().filter(isControl)).toEqual([0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf])
  })

  test('0x3-0x7 and 0xB-0xF are reserved', () => {
    expect(allOpcodes().filter(isReserved)).toEqual([0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf])
  })
})

test.each([isControl, isReserved])('%p refuses what is no opcode', (ask) => {
  for (const opcode of [-1, 16, 99, 0.5, NaN]) expect(() => ask(opcode)).toThrow(RangeError)
  expect(() => Reflect.apply(ask, undefined, ['8'])).toThrow(TypeError)
})

test.each([isControl, isReserved])('%p says what an opcode may be', (ask) => {
  expect(() => ask(16)).toThrow(new RangeError('opcode must be a whole number from 0 to 15, not 16'))
  expect(() => Reflect.apply(ask, undefined, ['8'])).toThrow(new TypeError('opcode must be a number, not string'))
})

function allOpcodes(): number[] {
  return Array.from({ length: 16 }, (_, opcode) => opcode)
}
