/**
 * Texts without offsets, and mostly without brackets: digits, escapes and base64. How texts are refused that are none of these.
 */
import { describe, expect, test } from '@jest/globals'
import { parseBytes } from '../../src/index.js'
import { bytes } from '../support.js'

const expected = 'expected bytes: hex, numbers, a string with escapes, base64 or a dump'

describe('the base of digits', () => {
  test.each([
    ['hex in pairs, all of its digits 0 or 1', '00 01 10 11', '00011011'],
    ['hex in both cases, which could be base64', '81FA21bd', '81fa21bd'],
    ['hex in groups of six, with digits of octal numbers that are too large for words', '200000 200001', '200000200001'],
    ['signed numbers of two digits', '-12 -34', 'f4de'],
    ['decimal numbers up to 255', '129 2 255 0', '8102ff00'],
    ['octal numbers up to 377', '201 377', '81ff'],
    ['a list with a zero', '[0, 129]', '0081'],
    ['a list with leading zeros, but the same numbers in octal', '[007, 129]', '0781'],
  ])('%s', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test.each([
    ['# bits\n 1000 0001', 'line 2, column 2: these may be bits or hex digits'],
    ['10000001 0000010101001000', 'line 1, column 1: these may be bits or hex digits'],
    ['177777 177777', 'line 1, column 1: these may be octal words (od) or hex digits'],
    ['fa 5 48', 'line 1, column 4: found "5", expected an even number of hex digits'],
    ['-129 5', 'line 1, column 1: found "-129", expected a number from -128 to 255'],
  ])('%j is refused', (text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })
})

test('a space of any width is a blank', () => {
  const codes = [0x20, 0x09, 0xa0, ...Array.from({ length: 0x0e }, (_, i) => 0x2000 + i), 0x202f, 0x2060, 0x3000, 0xfeff]
  for (const code of codes) expect([code, parseBytes(`81${String.fromCharCode(code)}05`)]).toEqual([code, bytes('8105')])
})

describe('escapes without quotes', () => {
  test('blanks and line ends around them are no bytes', () => {
    expect(parseBytes('\n \\x81\\x05Hello \t\n ')).toEqual(bytes('8105 48656c6c6f'))
  })

  test.each(['\n', '\r', '\r\n'])('several lines with %j between them are refused', (lineEnd) => {
    const text = `\\x81\\x05Hel${lineEnd}lo`
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(`line 1, column 9: found "H", ${expected}`)
  })
})

describe('base64', () => {
  test.each([
    ['of one byte, without padding', 'gQ', '81'],
    ['of two bytes, without padding', 'gQA', '8100'],
    ['that begins like a comment', '//A=', 'fff0'],
    ['with blanks at the ends of lines', 'gQVI \nZWxs\t\r\nbw== ', '810548656c6c6f'],
    ['in a data URL after an empty line', '\n\n data:application/octet-stream;base64,gQVI', '810548'],
  ])('%s', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test.each([
    ['a word in capital letters', 'HEADER01', 'column 1: found "H"'],
    ['a JSON Web Token', 'eyJhbGciOiJIUzI1NiJ9.e30.abc', 'column 2: found "y"'],
    ['hex with dashes and a wrong digit', 'FA-05-4g-68', 'column 8: found "g"'],
    ['hex with underscores and a wrong digit', 'FA_05_4g_68', 'column 8: found "g"'],
    ['words of three letters with dashes', 'Jun-Jul-Aug', 'column 1: found "J"'],
    ['bits after the last byte that are not 0', 'gQVIZWxsbk==', 'column 1: found "g"'],
    ['padding after whole groups', 'gQVI====', 'column 1: found "g"'],
  ])('is not %s', (_, text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(`line 1, ${message}, ${expected}`)
  })
})

describe('what is no frame', () => {
  test.each([
    ['an HTTP head without a minor version', 'HTTP/2 200\r\n', 'line 1, column 1: this is an HTTP head'],
    ['a text frame of 31 bytes, read as Latin-1', '\x81\x1fHello, this is a longer message', 'line 1, column 2: this is binary data'],
    ['gzip after a byte order mark', '\ufeff\x1f\ufffd\b\0', 'line 1, column 1: this is gzip'],
    ['gzip with the time of a file', '1f8b0800c5d3e6650003', 'line 1, column 1: this is gzip'],
    ['the first six bytes of a ClientHello', '16 03 01 02 00 01', 'line 1, column 1: this is a TLS record'],
    ['the first six bytes of a ServerHello', '16 03 03 00 7a 02', 'line 1, column 1: this is a TLS record'],
    ['a TLS record with the number of TLS 1.3', '16 03 04 00 05 01', 'line 1, column 1: this is a TLS record'],
  ])('%s', (_, text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })

  test.each([
    ['the first five bytes of a TLS record', '16 03 01 02 00'],
    ['the number of a TLS version that does not exist', '16 03 05 00 05 01'],
    ['the first byte of gzip', '1f 05 48 65 6c 6c 6f'],
  ])('not %s', (_, text) => {
    expect(parseBytes(text)).toEqual(bytes(text))
  })

  test('not an HTTP head: a status of less than three digits', () => {
    expect(() => parseBytes('HTTP/1.1 10')).toThrow(`line 1, column 1: found "H", ${expected}`)
  })
})

describe('an error', () => {
  test('counts empty lines, and shows a tab as a blank, so that the caret stands below its character', () => {
    expect(() => parseBytes('\n\n81 05\t8z')).toThrow(new RangeError(`line 3, column 8: found "z", ${expected}\n  81 05 8z\n         ^`))
  })

  test('shows a letter that is not ASCII by its number', () => {
    expect(() => parseBytes('81\u00e905')).toThrow(`line 1, column 3: found "\\u00e9", ${expected}`)
  })

  test('names the argument that is no string', () => {
    expect(() => Reflect.apply(parseBytes, null, [8105])).toThrow(TypeError)
    expect(() => Reflect.apply(parseBytes, null, [8105])).toThrow(/^text must be a string/)
  })
})
