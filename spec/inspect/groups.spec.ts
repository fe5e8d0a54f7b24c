/**
 * Groups of digits with their prefixes, signs, casts and separators, and string literals, one by one.
 */
import { describe, expect, test } from '@jest/globals'
import { parseBytes, parseHex } from '../../src/index.js'
import { bytes } from '../support.js'

describe('parseHex reads', () => {
  test.each([
    ['$ before several bytes', '$8105 $48', '810548'],
    ['$ without separators', '$81$05', '8105'],
    ['% without separators', '%81%05', '8105'],
    ['\\u00 without separators', '\\u0081\\u0005', '8105'],
    ['a separator with a blank only before it', '81 -fa -c3', '81fac3'],
    ['a comment after 16, which is no prefix in hex', '81 16#05\n48', '811648'],
    ['0b as the digits that they are', '0b10000001', '0b10000001'],
  ])('%s', (_, text, hex) => {
    expect(parseHex(text)).toEqual(bytes(hex))
  })
})

describe('parseHex refuses', () => {
  test.each([
    ['comments of C', '81 /* length */ 05', 'line 1, column 4: found "/", expected hex digits'],
    ['a backslash before a line end', '81 \\\n05', 'line 1, column 4: found "\\", expected hex digits'],
    ['plus signs', '81+05', 'line 1, column 3: found "+", expected hex digits'],
    ['h after 0x', '0x81h', 'line 1, column 5: found "h", expected hex digits'],
    ['an odd number of digits before h, unless the first is 0', '181h', 'column 1: found "181", expected an even number of hex digits'],
    ['several bytes after %', '%8105', 'line 1, column 4: found "0", expected hex digits'],
    ['several bytes after \\u00', '\\u008105', 'line 1, column 7: found "0", expected hex digits'],
    ['characters that are not one byte', '\\u4f60', 'line 1, column 1: found "\\", expected hex digits'],
    ['an ellipsis', '81 05 ...', 'line 1, column 7: found ".", expected hex digits'],
  ])('%s: %j', (_, text, message) => {
    expect(() => parseHex(text)).toThrow(RangeError)
    expect(() => parseHex(text)).toThrow(message)
  })
})

describe('parseBytes reads numbers in code', () => {
  test.each([
    ['a comment directly before a number', '{ 0x81, /* length */5, 0x48 }', '810548'],
    ['two comments side by side', '{ 0x81, /* FIN, text *//* length */ 0x05 }', '8105'],
    ['a sign directly after a comma', '[-127,-5]', '81fb'],
    ['casts with blanks inside', '{ ( byte ) 0x81, ( byte ) 5 }', '8105'],
    ['casts to a type of two words', '{ (signed char) -127, (unsigned char) 5 }', '8105'],
    ['casts to int8_t', '{ (int8_t) -127, (int8_t) 5 }', '8105'],
    ['casts to u8 and i8', '{ (u8) 0x81, (i8) 5 }', '8105'],
    ['suffixes of several letters', '{ 0x81UL, 5ull }', '8105'],
  ])('%s', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test.each([
    ['two commas', '[129,, 5]', 'line 1, column 6: found ",", expected bytes'],
    ['a number directly after a character', "['H'5]", 'line 1, column 5: found "5", expected a separator'],
    ['characters between < and >', "<Buffer 81 'H'>", 'line 1, column 12: found "\'", expected bytes'],
    ['an odd number of digits before h, unless the first is 0', '{181h, 5h}', 'column 2: found "181", expected an even number'],
  ])('but not %s: %j', (_, text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })
})

describe('parseBytes reads numbers without brackets', () => {
  test('hex that has the letters 0b, too', () => {
    expect(parseBytes('10b100000011')).toEqual(bytes('10b100000011'))
  })

  test('but not hex of one digit beside other hex', () => {
    expect(() => parseBytes('81 5 4a')).toThrow('line 1, column 4: found "5", expected an even number of hex digits')
  })
})

describe('only a decimal number may have a sign', () => {
  test.each([
    ['[-0x7f, 5]', 'line 1, column 3: found "0x7f", expected a decimal number after "-"'],
    ['{ (byte) -0x7f, 5 }', 'line 1, column 11: found "0x7f", expected a decimal number after "-"'],
    ['{ -16#7f }', 'line 1, column 4: found "16#7f", expected a decimal number after "-"'],
    ['[-0b10000001]', 'line 1, column 3: found "0b10000001", expected a decimal number after "-"'],
    ['-5h', 'line 1, column 2: found "5h", expected a decimal number after "-"'],
    ['-0x7f, -0x05', 'line 1, column 2: found "0x7f", expected a decimal number after "-"'],
    ['-1 fa', 'line 1, column 4: found "fa", expected a number from -128 to 255'],
    ['-1 0a', 'line 1, column 4: found "0a", expected a number from -128 to 255'],
    ['[-1, fa]', 'line 1, column 6: found "fa", expected a number from -128 to 255'],
  ])('%j', (text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })

  test('and hex may stand beside it', () => {
    expect(parseBytes('[-1, 0xfa, 5]')).toEqual(bytes('fffa05'))
  })
})

describe('parseBytes reads string literals', () => {
  test.each([
    ['side by side', 'const char p[] = "\\x81\\x05""Hello";', '810548656c6c6f'],
    ['of hex, with a backslash before the line end', '"8105"\\\n"4865"', '81054865'],
    ['with a brace after another escape than \\u', "b'\\r\\n{}'", '0d0a7b7d'],
    ['with a short octal escape before a blank', '"\\201\\5 Hi"', '8105204869'],
    ['with a short octal escape before a sign', '"\\201\\1!"', '810121'],
    ['with six digits in braces', '"\\u{000081}"', '81'],
  ])('%s', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test.each([
    ['with a quote that begins another', '"\\x81\\x05" "', 'line 1, column 13: found the end of the line, expected a closing "'],
    ['with a backslash and then another in the same line', '"\\x81" \\ "\\x05"', 'line 1, column 8: found "\\", expected bytes'],
    ['whose last quote is escaped', '"\\x81\\"', 'line 1, column 7: found """, expected an escape'],
    ['with seven digits in braces', '"\\u{0000081}"', 'line 1, column 11: found "1", expected a closing }'],
  ])('but not one %s: %j', (_, text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })
})
