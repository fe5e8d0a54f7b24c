import { expect, test } from '@jest/globals'
import { hexOf, keyHex, octetAt, wordAt } from '../../src/util/octets.js'

test('octetAt and wordAt give what is at an index, and 0 beyond the end', () => {
  expect([0, 1, 2].map((index) => octetAt(Uint8Array.of(7, 255), index))).toEqual([7, 255, 0])
  expect([0, 1, 2].map((index) => wordAt(Int32Array.of(7, -1), index))).toEqual([7, -1, 0])
})

test('hexOf separates the octets, also where its blocks meet', () => {
  expect(hexOf(Uint8Array.of(0, 10, 255))).toBe('000aff')
  expect(hexOf(Uint8Array.of(0, 10, 255), ' ')).toBe('00 0a ff')
  for (const length of [4096, 5000]) expect(hexOf(new Uint8Array(length), ' ')).toBe(Array(length).fill('00').join(' '))
  expect(hexOf(new Uint8Array(0), ' ')).toBe('')
})

test('keyHex gives eight digits', () => {
  expect([0, 0x37fa213d, 0xffffffff].map(keyHex)).toEqual(['00000000', '37fa213d', 'ffffffff'])
})
