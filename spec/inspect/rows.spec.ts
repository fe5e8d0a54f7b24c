/**
 * The rows of a dump: their offsets, headings and repetitions, and in how many ways they can be read.
 */
import { describe, expect, jest, test } from '@jest/globals'
import { parseBytes } from '../../src/index.js'
import { bytes } from '../support.js'

const hello = bytes('8105 48656c6c6f')

describe('reads rows', () => {
  test.each([
    ['of hexdump, indented', '  0000000 0581 6548 6c6c 006f\n  0000007'],
    ['of od -A x -x, whose offsets have six digits', '000000 0581 6548 6c6c 006f\n000007'],
    ['of an old xxd, whose offsets have seven digits', '0000000: 8105 4865 6c6c 6f                             ..Hello'],
    ['of an old xxd, without characters', '0000000: 8105 4865 6c6c 6f'],
    ['of xxd -g 4, without characters, in the usual order of bytes', '00000000: 81054865 6c6c6f'],
    ['of gdb, at a short address', '0x10:\t0x81\t0x05\t0x48\t0x65\t0x6c\t0x6c\t0x6f'],
    ['with a tab behind the offset', '0000\t81 05 48 65 6c 6c 6f'],
    ['with a bar and two blanks before the offset', '|  00000  81 05 48 65 6c 6c 6f  ..Hello |'],
    ['with two blanks before the dash', '0000  - 81 05 48 65 6c 6c 6f   ..Hello'],
  ])('%s', (_, text) => {
    expect(parseBytes(text)).toEqual(hello)
  })

  test('whose first cell is negative and has one digit', () => {
    expect(parseBytes('0x4010 <p>:\t-1\t5')).toEqual(bytes('ff05'))
  })

  test('of bits, even if hex after offsets of another radix would fit too', () => {
    const row = Array.from({ length: 64 }, () => '00000001').join(' ')
    expect(parseBytes(`0000000 ${row}\n0000100`)).toEqual(bytes('01'.repeat(64)))
  })
})

describe('checks offsets', () => {
  const row = '0102 0304 0506 0708 090a 0b0c 0d0e 0f10'
  const sixteen = '0102030405060708090a0b0c0d0e0f10'
  const words = '0581 6548 6c6c 006f 0581 6548 6c6c 006f'

  test.each([
    ['in decimal, from xxd -d', `00000000: ${row}\n00000016: 8105`, `${sixteen}8105`],
    ['of seven digits before a colon, always in hex', `0000000: ${row}\n*\n0000100: 8100`, `${sixteen.repeat(16)}8100`],
    ['with a digit 8, which are not octal', `0000000 ${words}\n*\n0000180`, '810548656c6c6f00'.repeat(48)],
    ['after which the last word is half padding', `0000000 ${words}\n0000020 0088\n0000021`, `${'810548656c6c6f00'.repeat(2)}88`],
    ['and takes half a word as it is if none follows', '0000000 0581 6548\n0000004 00', '8105486500'],
    ['after a repeated row', '0000 07\n*\n0005', '0707070707'],
    ['which tell bytes from characters', '0000: 30 31 01\n0003: 02', '30310102'],
  ])('%s', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test.each([
    ['0000: 81\n(7)\n0000: 48', 'line 3, column 1: found "0000", expected offset 0001'],
    ['0000: 81\n*\n0001: 85', 'line 3, column 1: found "0001", expected an offset after a whole number of repeated rows'],
    ['00000000: 8100\n00000001: 05', 'line 2, column 1: found "00000001", expected offset 00000002'],
    ['0000000 0581 0000\n0000002', 'line 2, column 1: found "0000002", expected offset 0000004'],
    ['0000000 00010281\n0000001', 'line 2, column 1: found "0000001", expected offset 0000004'],
    [
      '0000: 01 02 03 04 05 06 07 08\n0008: 01 02 03 04 05 06 07 08 09',
      'line 2, column 7: found "0", expected at most 8 bytes, like the rows before',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })
})

describe('reads up to the column of characters', () => {
  test.each([
    ['that begins after one blank and looks like bytes', '0000: 61 62 20 63 64 ab cd', '6162206364'],
    ['that looks like bytes, with blanks at the end of the line', '0000: 61 62 20 63 64 ab cd    ', '6162206364'],
    ['that looks like bytes, with a bar behind it', '0000: 61 62 20 63 64 ab cd  |', '6162206364'],
    ['but not if it had to have lost blanks', '0000: 34 31 20 41', '34312041'],
    ['of words with the last byte first, from od', '000000 81050302  >....<\n000004', '02030581'],
    ['that shows the order of bytes in one row of two', '00000000: 41414141  AAAA\n00000004: 65480581  ..He', '4141414181054865'],
    ['of another kind, after a tab', '00000000\t81 05 48 65 6c 6c 6f\ta...%%?', '810548656c6c6f'],
    ['of another kind, after two blanks', '00000000: 8105 4865 6c6c 6f  a...%%?', '810548656c6c6f'],
    ['of another kind, in bars', '00000000: 8105 4865 6c6c 6f |a...%%?|', '810548656c6c6f'],
    ['of another kind, with a letter alone', '00000000: 8105 4865 6c6c 6f  a ..%%?', '810548656c6c6f'],
    ['of another kind, in two rows', '00000000: 8105  a.\n00000002: 4865 6c6c 6f  ..%%?', '810548656c6c6f'],
  ])('%s', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test.each([
    ['0000: 81 05  xyz 48 zz', 'line 1, column 14: found "x", expected the end of the line, or the characters of 2 bytes'],
    ['0000000 0581 6548 zz\n0000004', 'line 1, column 19: found "z", expected the end of the line, or the characters of 4 bytes'],
    ['0000: 81053', 'line 1, column 7: found "8", expected bytes in hex, bits, decimal or octal, all in one form'],
  ])('refuses %j', (text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })
})

describe('skips headings', () => {
  test.each([
    ['of curl, which begin with a star', '* Connected to localhost\n0000: 81 05 48 65 6c 6c 6f  ..Hello'],
    ['of one character', '0000: 81 05\n%\n0002: 48 65 6c 6c 6f'],
    ['that begin with a date', '20261127 client to server\n0000  81 05 48 65 6c 6c 6f  ..Hello'],
    ['with numbers above the bytes, far apart', '          00  01  02\n00000000  81  05  48  65  6c  6c  6f'],
    ['with numbers of one digit above the bytes', '          0  1  2\n00000000  81 05 48 65 6c 6c 6f'],
    [
      'of openssl, at other addresses',
      'read from 0x5581c0 [0x5581d3] (2 bytes => 2 (0x2))\n0000 - 81 05\nread from 0x5581c0 [0x5581f0] (5 bytes => 5 (0x5))\n0000 - 48 65 6c 6c 6f',
    ],
    [
      'of tcpdump, with other times and numbers',
      '12:34:56.789012 IP a > b: seq 98:100, length 2\n\t0x0000:  8105\n12:35:07.001234 IP a > b: seq 100:105, length 5\n\t0x0000:  4865 6c6c 6f',
    ],
    ['between short offsets', 'Received:\n10: 81 05\nReceived:\n10: 48 65 6c 6c 6f'],
  ])('%s', (_, text) => {
    expect(parseBytes(text)).toEqual(hello)
  })

  test('but not if the words change', () => {
    expect(() => parseBytes('User A B\n0000: 81\nUser AB\n0000: 81')).toThrow('line 3, column 1: other bytes begin here')
  })

  test.each([
    ['bytes that continue like the numbers above a dump', '81 00 01 02'],
    ['bytes in capitals', '4A 4B'],
    ['bytes with a no-break space behind them', '48 65\u00a0'],
    ['bytes with no-break spaces between them', '48\u00a065\u00a06c'],
    ['bytes with zero-width spaces between them', '48\u200b65\u200b6c'],
    ['a long line of bytes', '48 '.repeat(100)],
    ['a long line of bytes with commas', '0x48, '.repeat(100)],
  ])('but not %s', (_, line) => {
    expect(() => parseBytes(`0000: 81 05\n${line}\n0002: 48`)).toThrow(/^line 2, column 1: found ".", expected an offset\n/)
  })

  test.each([
    ['with a heading above it', 'Data\n00000000: 8185\n00000002: xy', 'line 3, column 11: found "x", expected hex digits'],
    ['with a space that is no blank', '0000  81 05\n0002\u205f48 |H|', 'line 2, column 5: found "\\u205f", expected hex digits'],
  ])('but not a row that is broken, %s', (_, text, message) => {
    expect(() => parseBytes(text)).toThrow(message)
  })
})

describe('a row alone may be a dump or not', () => {
  test.each(['8105486', '8105486 # Hello'])('%j is hex with a digit missing', (text) => {
    expect(() => parseBytes(text)).toThrow('line 1, column 1: found "8105486", expected an even number of hex digits')
  })

  test.each([
    ['7ff0  81 05', 'line 1, column 1'],
    ['0000 20 20', 'line 1, column 1'],
    ['0000 - 0000', 'line 1, column 1'],
    [' 10: 81 05', 'line 1, column 2'],
    ['Data\n10: 81 05', 'line 2, column 1'],
  ])('%j may begin with an offset or with bytes', (text, place) => {
    expect(() => parseBytes(text)).toThrow(`${place}: this may be an offset or the first bytes`)
  })
})

test.each(['\n', '\r', '\f', '\v', '\u0085', '\u2028', '\u2029'])(
  'the symbol of a row does not go beyond the line that %j ends',
  (lineEnd) => {
    expect(parseBytes(`12 <a${lineEnd}b>:81\n0000: 41`)).toEqual(bytes('41'))
  },
)

test('repeated rows may have 256 MiB, and not one byte more', () => {
  // Copies nothing, since that takes a second. The first text is refused for its last line only.
  const copyWithin = jest.spyOn(Uint8Array.prototype, 'copyWithin').mockReturnThis()
  try {
    expect(() => parseBytes('0000000a: 81\n*\n1000000b:\n*\n')).toThrow('line 4, column 1: found "*", expected a row')
    expect(() => parseBytes('0000000a: 81\n*\n1000000c:\n')).toThrow('line 3, column 1: found "1000000c", expected at most 256 MiB')
  } finally {
    copyWithin.mockRestore()
  }
})
