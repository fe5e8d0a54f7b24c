/**
 * Bytes that come in pieces: what is kept of them as it is, what is copied, and what comes of them in the end.
 */
import { describe, expect, test } from '@jest/globals'
import { Pieces } from '../../src/decode/pieces.js'
import { referenceMask } from '../reference/encode.js'
import { bytes, bytesCopied, concat, hexOf } from '../support.js'

const NOTHING = new Uint8Array(0)

/** Of these, from here on, pieces are kept as they are; shorter ones are put together. */
const LONG_PIECE = 4096

function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i * 7)
}

/** The piece as it comes out when its bytes are overwritten after it was added. */
function addedAndOverwritten(piece: Uint8Array, isGiven: boolean): Uint8Array {
  const pieces = new Pieces(Infinity, null)
  pieces.add(piece, 0, piece.length, isGiven)
  piece.fill(0xff)
  return pieces.joined(NOTHING, 0, 0)
}

/** A piece at the beginning of memory that is so many bytes longer. */
function pieceWithRest(length: number, rest: number): Uint8Array {
  return new Uint8Array(length + rest).subarray(0, length)
}

function isKept(piece: Uint8Array): boolean {
  return addedAndOverwritten(piece, true).every((octet) => octet === 0xff)
}

describe('what comes of pieces', () => {
  test.each([null, 0x01020384])('is all of them, one after the other, in an array of its own size (masking key %p)', (maskingKey) => {
    for (const lengths of [[1, 2], [0, 5, 0], [100, 20_000, 3], Array<number>(7).fill(3000), [5000, 5000, 5000]]) {
      const parts = lengths.map(counting)
      const all = concat(...parts)
      for (const total of [Infinity, all.length]) {
        const pieces = new Pieces(total, maskingKey)
        for (const part of parts.slice(0, -1)) pieces.add(part, 0, part.length, false)
        const whole = pieces.joined(parts.at(-1) ?? NOTHING, 0, parts.at(-1)?.length ?? 0)
        expect(Buffer.compare(whole, maskingKey === null ? all : referenceMask(all, maskingKey))).toBe(0)
        expect(whole.buffer.byteLength).toBe(all.length)
      }
    }
  })

  test.each([16, Infinity])('begins and ends where a piece does, a part of its array (%p bytes are wanted)', (total) => {
    const pieces = new Pieces(total, null)
    const source = bytes('000102030405060708')
    pieces.add(source, 2, 5, false)
    pieces.add(source, 0, 9, true)
    pieces.add(source, 7, 8, true)
    expect(hexOf(pieces.joined(source, 6, 9))).toBe('02030400010203040506070807060708')
  })

  test('is not changed by writing to pieces that were not given', () => {
    for (const length of [1, LONG_PIECE - 1, LONG_PIECE, 100_000]) {
      expect(addedAndOverwritten(new Uint8Array(length), false).every((octet) => octet === 0)).toBe(true)
    }
  })
})

describe('a piece that was given is kept as it is', () => {
  test('if it is long: short ones are put together, so that a million of them are no million objects', () => {
    const lengths = [1, LONG_PIECE - 1, LONG_PIECE, LONG_PIECE + 1]
    expect(lengths.map((length) => isKept(new Uint8Array(length)))).toEqual([false, false, true, true])
  })

  test('unless that would keep half as much memory again as the piece has, or 64 KiB more than it', () => {
    const rests = [0, 2499, 2500, 2501, 60_000]
    expect(rests.map((rest) => isKept(pieceWithRest(5000, rest)))).toEqual([true, true, true, false, false])
    const restsOfLong = [2 ** 16 - 1, 2 ** 16, 2 ** 16 + 1, 90_000]
    expect(restsOfLong.map((rest) => isKept(pieceWithRest(200_000, rest)))).toEqual([true, true, false, false])
  })

  test('unless somebody could still shrink it or write to it from another thread', () => {
    const resizable: ArrayBuffer = Reflect.construct(ArrayBuffer, [5000, { maxByteLength: 9000 }])
    expect([resizable, new SharedArrayBuffer(5000), new ArrayBuffer(5000)].map((memory) => isKept(new Uint8Array(memory)))).toEqual([false, false, true])
  })
})

describe('work', () => {
  /** How many bytes are copied when so many are wanted, and some come at first, the rest one by one. */
  function copiedOf(total: number, first: number): number {
    return bytesCopied(() => {
      const pieces = new Pieces(total, null)
      pieces.add(counting(first), 0, first, false)
      for (let i = first; i < total; i++) pieces.add(counting(1), 0, 1, false)
      pieces.joined(NOTHING, 0, 0)
    })
  }

  test('is one copy if at least half of what is wanted comes at first', () => {
    expect([2500, 2501, 4999].map((first) => copiedOf(5000, first))).toEqual([5000, 5000, 5000])
    expect(copiedOf(5000, 2499)).toBeGreaterThan(5000)
  })

  test('is one copy if no more than 2 KiB are wanted', () => {
    expect([1, 2, 2048].map((total) => copiedOf(total, 1))).toEqual([1, 2, 2048])
    expect(copiedOf(2049, 1)).toBeGreaterThan(2049)
  })

  test('is linear if it comes in short pieces', () => {
    for (const length of [1, 100, LONG_PIECE - 1]) {
      const pieces = new Pieces(Infinity, null)
      const part = counting(length)
      const copied = bytesCopied(() => {
        for (let i = 0; i < 200_000; i += length) pieces.add(part, 0, length, false)
        pieces.joined(NOTHING, 0, 0)
      })
      expect(copied).toBeLessThan(3 * (pieces.length + LONG_PIECE))
    }
  })
})
