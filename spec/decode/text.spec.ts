/**
 * A text is checked piece by piece.
 */
import { describe, expect, test } from '@jest/globals'
import { TextCheck, foundInText, textForm } from '../../src/decode/text.js'
import { referenceMask } from '../reference/encode.js'
import { bytes, bytesCopied, concat, utf8 } from '../support.js'

/** What is found in a text that arrives in pieces of one length. */
function found(data: Uint8Array, length: number): unknown {
  const check = new TextCheck()
  for (let start = 0; start < data.length; start += length) check.add(data, start, Math.min(start + length, data.length))
  check.end(Math.min(length, data.length))
  return check.violation
}

describe('a text in pieces', () => {
  test.each(['', 'a', 'é', '你', '😀', 'aé你😀\ufeff\0'])('of %p is valid, wherever it is cut', (part) => {
    const data = utf8(part.repeat(200))
    for (const length of [1, 2, 3, 7, 100, 10_000]) expect(found(data, length)).toBeNull()
  })

  test.each([
    ['61 ff', 1, { pieceBytes: 1, found: 'byte 1 of the text is 0xff' }],
    ['61 ff', 2, { pieceBytes: 2, found: 'byte 1 of the text is 0xff' }],
    ['e4bd 28', 1, { pieceBytes: 1, found: 'byte 2 of the text is 0x28' }],
    ['e4bd 28', 2, { pieceBytes: 1, found: 'byte 2 of the text is 0x28' }],
    ['e4bd 28', 3, { pieceBytes: 3, found: 'byte 2 of the text is 0x28' }],
    ['61 e4bd', 1, { pieceBytes: 1, found: 'the text ends inside a character' }],
    ['61 e4bd', 3, { pieceBytes: 3, found: 'the text ends inside a character' }],
  ])('%s in pieces of %p is %j', (hex, length, violation) => {
    expect(found(bytes(hex), length)).toEqual(violation)
  })

  test('keeps its first violation', () => {
    const check = new TextCheck()
    check.add(bytes('ff'), 0, 1)
    check.add(bytes('fe fe'), 0, 2)
    check.unmask(bytes('fe fe'), 0, 2, new Uint8Array(2), 0, 7, 0)
    check.end(2)
    expect(check.violation).toEqual({ pieceBytes: 1, found: 'byte 0 of the text is 0xff' })
  })
})

test.each([
  [bytes('61 ff'), 'byte 1 of the text is 0xff'],
  [bytes('61 e4bd'), 'the text ends inside a character'],
  [concat(utf8('a'.repeat(100_000)), bytes('c0')), 'byte 100000 of the text is 0xc0'],
])('a whole text says what is wrong with it', (text, message) => {
  expect(foundInText(text)).toBe(message)
})

describe('work', () => {
  const KEY = 0x37fa213d
  const masked = referenceMask(utf8('é'.repeat(500)), KEY)

  test('on a masked piece is one copy, into the memory of the kernel: the piece stays masked', () => {
    const check = new TextCheck()
    const piece = masked.slice()
    expect(bytesCopied(() => check.addMasked(piece, 0, piece.length, KEY, 0))).toBe(piece.length)
    check.end(piece.length)
    expect(check.violation).toBeNull()
    expect(Buffer.compare(piece, masked)).toBe(0)
  })

  test('on a masked text is one copy, into the memory of the kernel, where it is decoded', () => {
    const payload = masked.slice()
    const copied = bytesCopied(() => {
      expect(textForm('string').read(payload, KEY, false)).toBe('é'.repeat(500))
    })
    expect(copied).toBe(payload.length)
  })
})
