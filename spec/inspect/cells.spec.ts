/**
 * The cells of a row of a dump, and the column of characters beside them.
 */
import { describe, expect, test } from '@jest/globals'
import { parseBytes } from '../../src/index.js'
import { bytes, thrownBy } from '../support.js'

/** The first line of the error that a text is refused with. */
function refusalOf(text: string): string {
  const error = thrownBy(() => parseBytes(text))
  expect(error).toBeInstanceOf(RangeError)
  const [line = ''] = String(error).split('\n')
  return line.replace('RangeError: ', '')
}

describe('reads cells', () => {
  test.each([
    // What a cell is depends on the first cells of all rows.
    ['decimal, of which the first has one digit', '0x4010 <p>:\t5\t129\t72', '058148'],
    ['decimal, of which some rows begin with two digits', '0x4010 <p>:\t81\t5\n0x4012 <p+2>:\t5\t72', '51050548'],
    ['decimal, zero', '0x4010 <p>:\t129\t0\t72', '810048'],
    ['decimal, the least number', '0x4010 <p>:\t-128\t5', '8005'],
    ['decimal, signed, after an offset and a dash', '0000 - -127 5\n0002 - 72', '810548'],
    ['decimal, aligned to the right', '0000000 129 131   5\n0000003', '818305'],
    ['decimal words of which half of the last is missing (od -t u2)', '0000000 34177 64055    33\n0000005', '818537fa21'],
    ['decimal words with zeros before them (hexdump -d)', '0000000   34177   00033\n0000004', '81852100'],
    ['hex with 0X', '0x4010: 0X81 0x05', '8105'],
    ['hex that is no bits, because there are ten digits', '00000000: 0010000001', '0010000001'],
    ['hex that is no octal word, because there are eight digits', '0000000 00002601', '01260000'],
    ['hex with a wider gap in one row, which is not aligned as decimal numbers are', '0000000 81 15\n0000002  48 65', '81154865'],
    ['groups of three with a wider gap in one row, which are no words', '00000000: 810203  ...\n00000003:  040506  ...', '810203040506'],
    [
      'a group of seventeen, which is no word',
      `0000:  808182838485868788898a8b8c8d8e8f90  ${'.'.repeat(17)}`,
      '808182838485868788898a8b8c8d8e8f90',
    ],
    [
      'halves with a dash between them (openssl)',
      '0000 - 81 05 48 65 6c 6c 6f 21-89 00                     ..Hello!..',
      '810548656c6c6f218900',
    ],
    ['a word of which a byte is missing (xxd -e)', '00000000:   480581                             ..H', '810548'],
    [
      'words of which the third lacks a byte (xxd -e)',
      '00000000: 65480581 216f6c6c   626120           ..Hello! ab',
      '810548656c6c6f21206162',
    ],
    ['words of eight bytes (xxd -e -g 8)', '00000000: 216f6c6c65480581           626120  ..Hello! ab', '810548656c6c6f21206162'],
  ])('%s', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })
})

describe('refuses', () => {
  const inNoForm = 'expected bytes in hex, bits, decimal or octal, all in one form'
  const after = (count: number) => `expected the end of the line, or the characters of ${count} bytes`

  test.each([
    ['rows of which only some have 0x', '0000: 0x81 0x05\n0002: 4865', `line 1, column 7: found "0", ${inNoForm}`],
    ['one and a half bytes after 0x', '0000: 0x129 0x005', `line 1, column 7: found "0", ${inNoForm}`],
    ['more than three decimal digits', '0000: 12345', `line 1, column 7: found "1", ${inNoForm}`],
    ['words of five digits with a letter behind', '0000000 1234a', `line 1, column 9: found "1", ${inNoForm}`],
    ['words of five digits with a letter before', '0000000 a1234', `line 1, column 9: found "a", ${inNoForm}`],
    ['a wider cell than the first', '0000: 81 0548', `line 1, column 10: found "0", ${after(1)}`],
    ['fewer bits than eight', '0000: 10000001 101', `line 1, column 16: found "1", ${after(1)}`],
    ['fewer octal digits than three', '0000: 372 05', `line 1, column 11: found "0", ${after(1)}`],
    ['a group behind an incomplete one', '0000: 8105 48 656c', `line 1, column 15: found "6", ${after(3)}`],
    ['a cell without 0x', '0000: 0x81 1205', `line 1, column 12: found "1", ${after(1)}`],
    ['a sign in hex', '0000: 81 -05', `line 1, column 10: found "-", ${after(1)}`],
    ['a sign in words (od -t d2)', '0000000  15649     -5\n0000004', 'line 2, column 1: found "0000004", expected offset 0000002'],
    ['a letter in decimal numbers', '0000: 129 5a', `line 1, column 11: found "5", ${after(1)}`],
    ['256', '0000: 129 256', `line 1, column 11: found "2", ${after(1)}`],
    ['-129', '0000: 129 -129', `line 1, column 11: found "-", ${after(1)}`],
    ['a dash between bytes, unless one stands after the offset', '0000: 81-05', `line 1, column 9: found "-", ${after(1)}`],
    ['another mark between bytes', '0000 - 81 05\n0002 - 48,65', `line 2, column 10: found ",", ${after(1)}`],
    ['a wider gap between words', '00000000: 8105 4865 6c6c 6f20  beef', `line 1, column 32: found "b", ${after(8)}`],
    ['a gap between halves that is too wide', '0000: 01 02 03 04 05 06 07 08   09', `line 1, column 33: found "0", ${after(8)}`],
  ])('%s', (_, text, message) => {
    expect(refusalOf(text)).toContain(message)
  })
})

describe('the column of characters', () => {
  // Without a column, this may be an offset or the first bytes.
  test.each([
    ['between bars, with blanks behind', '0010  81 05 48  |..H|  ', '810548'],
    ['between bars, with blanks for bytes that are no characters', '0010  41 00  |A |', '4100'],
    ['between bars, with blanks that were lost behind', '0010  41 20 20  |A|', '412020'],
    ['between bars, with all blanks lost', '0010  20 20  ||', '2020'],
    ['before a bar (strace)', '0010  81 05 48                                          ..H              |', '810548'],
    ['blanks before a bar', '0010  20 20       |', '2020'],
    ['with the space as a dot', '0010  41 20 42  A.B', '412042'],
    ['with blanks that were lost before and behind', '0010  20 41 20  A', '204120'],
  ])('%s: confirms the offset', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test.each([
    ['with blanks lost before, though between bars', '0010  20 20 41 42  |AB|'],
    ['with a character more than there are bytes', '0010  81 05 48  ..H.'],
    ['with a character less than there are bytes', '0010  81 05 48  ..'],
    ['with nothing but blanks', '0010  20 20  '],
  ])('%s: does not confirm the offset', (_, text) => {
    expect(refusalOf(text)).toContain('line 1, column 1: this may be an offset or the first bytes')
  })

  test('blanks at the end of a line change nothing, even if all bytes are spaces', () => {
    expect(parseBytes('0000 2020  ')).toEqual(bytes('00002020'))
    expect(parseBytes('0105 2020 \n')).toEqual(bytes('01052020'))
    expect(refusalOf('0000000  32  32  ')).toContain('may be hex after offsets in hex, or decimal after offsets in hex')
  })
})
