/**
 * A text that comes in pieces: it is decoded on the way, and what is held of it is little more than the text.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { TextReader } from '../src/text.js'
import { utf8Decoder, utf8Encoder } from '../src/utf8.js'
import { utf8 } from './support.js'

setFlagsFromString('--expose-gc')
const collectGarbage: unknown = runInNewContext('gc')

afterEach(() => {
  jest.restoreAllMocks()
})

/** Reads a text in pieces of one length. */
function read(data: Uint8Array, pieceLength: number): TextReader {
  const reader = new TextReader()
  for (let start = 0; start < data.length; start += pieceLength) {
    const end = start + pieceLength
    if (reader.add(data.subarray(start, end), end >= data.length) !== null) throw new Error('this is UTF-8')
  }
  return reader
}

/** How many bytes are decoded by reading a text in pieces of one length. */
function bytesDecoded(text: string, pieceLength: number): number {
  let decoded = 0
  const decode = utf8Decoder().decode.bind(utf8Decoder())
  jest.spyOn(utf8Decoder(), 'decode').mockImplementation((input, options) => {
    decoded += input?.byteLength ?? 0
    return decode(input, options)
  })
  expect(read(utf8(text), pieceLength).text()).toBe(text)
  jest.restoreAllMocks()
  return decoded
}

describe('a text that comes in pieces', () => {
  test.each(['a', 'é', '你', '😀', 'aé你😀'])('of %p is put together, wherever it is cut', (part) => {
    const text = part.repeat(Math.ceil(10_000 / part.length))
    for (const pieceLength of [1, 2, 3, 7, 1000, 1023, 1024, 1025, 5000]) {
      expect(read(utf8(text), pieceLength).text()).toBe(text)
    }
  })

  test('may change between short pieces and long ones', () => {
    const data = utf8('a你'.repeat(3000))
    const reader = new TextReader()
    let start = 0
    for (const length of [1, 2000, 2, 1025, 1023, 3, 1024, 1, 1, data.length]) {
      expect(reader.add(data.subarray(start, start + length), start + length >= data.length)).toBeNull()
      start += length
      expect(reader.length).toBe(Math.min(start, data.length))
    }
    expect(reader.text()).toBe('a你'.repeat(3000))
  })
})

describe('decoding', () => {
  test.each(['a', '你'])('long pieces of %p is done once', (character) => {
    const text = character.repeat(50_000)
    for (const pieceLength of [1024, 1025, 5000]) {
      expect(bytesDecoded(text, pieceLength)).toBeLessThan(1.1 * utf8(text).length)
    }
  })

  test('short pieces is done twice: to check them, and when they have been put together', () => {
    for (const pieceLength of [1, 100, 1023]) {
      expect(bytesDecoded('a'.repeat(10_000), pieceLength)).toBeLessThanOrEqual(20_000)
    }
  })

  test('leaves bytes where a string would take more than twice as many: two a character, and some for itself', () => {
    const encode = jest.spyOn(utf8Encoder(), 'encode')
    const almostAscii = 'a'.repeat(1021) + '你'
    expect(read(utf8(almostAscii.repeat(10)), 1024).text()).toBe(almostAscii.repeat(10))
    expect(encode).toHaveBeenCalledTimes(10)
    expect(encode).toHaveBeenCalledWith(almostAscii)
  })
})

test('many short pieces are not many strings, which cost 32 bytes each', () => {
  const memoryInUse = () => {
    if (typeof collectGarbage !== 'function') throw new Error('no garbage collection on demand')
    collectGarbage()
    collectGarbage()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const piece = utf8('8 bytes.')
  const count = 100_000
  const reader = new TextReader()
  const before = memoryInUse()
  for (let i = 0; i < count; i++) reader.add(piece, false)
  expect(memoryInUse() - before).toBeLessThan(2 * count * piece.length)
  expect(reader.length).toBe(count * piece.length)
  expect(reader.text()).toBe('8 bytes.'.repeat(count))
})
