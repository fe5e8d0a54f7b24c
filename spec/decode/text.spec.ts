/**
 * A text that arrives in pieces is checked piece by piece and put together once.
 */
import { describe, expect, test } from '@jest/globals'
import { TextPieces } from '../../src/decode/text.js'
import { bytes, hexOf, textOf, utf8 } from '../support.js'

/** Reads a text in pieces of some lengths, which repeat. */
function read(data: Uint8Array, lengths: readonly number[]): unknown {
  const pieces = new TextPieces()
  let start = 0
  for (let i = 0; ; i++) {
    const end = start + (lengths[i % lengths.length] ?? data.length)
    const piece = data.slice(start, end)
    if (end >= data.length) return pieces.end(piece)
    if (pieces.add(piece) !== null || pieces.length !== end) throw new Error(`refused at ${end}, of which ${pieces.length} are held`)
    start = end
  }
}

describe('a text that arrives in pieces', () => {
  test.each(['a', 'é', '你', '😀', 'aé你😀'])('of %p is put together, wherever it is cut', (part) => {
    const text = part.repeat(Math.ceil(10_000 / part.length))
    for (const lengths of [[1], [2], [3], [7], [1000], [5000], [1, 2000, 2, 1025, 3]]) {
      const data = read(utf8(text), lengths)
      expect(data instanceof Uint8Array && textOf(data)).toBe(text)
      expect(data instanceof Uint8Array && data.buffer.byteLength).toBe(utf8(text).length)
    }
  })

  test('may be empty, and may consist of empty pieces', () => {
    const pieces = new TextPieces()
    expect(pieces.add(bytes(''))).toBeNull()
    expect(pieces.end(bytes(''))).toEqual(bytes(''))
  })

  test.each([
    ['61 ff', [1], 1, 'byte 1 of the text is 0xff'],
    ['e4bd 28', [1], 1, 'byte 2 of the text is 0x28'],
    ['e4bd 28', [2], 1, 'byte 2 of the text is 0x28'],
    ['61 e4bd', [1], 1, 'the text ends inside a character'],
  ])('is %s: refused in pieces of %j, at byte %p of the last piece', (hex, lengths, pieceBytes, found) => {
    expect(read(bytes(hex), lengths)).toEqual({ pieceBytes, found })
  })

  test('is refused at once, in the middle', () => {
    const pieces = new TextPieces()
    expect(pieces.add(bytes('61 e4'))).toBeNull()
    expect(pieces.add(bytes('bd 28 61'))).toEqual({ pieceBytes: 2, found: 'byte 3 of the text is 0x28' })
  })

  test('keeps pieces that are given, and not what is written to them once they are copied', () => {
    const pieces = new TextPieces()
    const short = utf8('short ')
    expect(pieces.add(short)).toBeNull()
    short.fill(0)
    const data = pieces.end(utf8('text'))
    expect(data instanceof Uint8Array && hexOf(data)).toBe(hexOf(utf8('short text')))
  })
})
