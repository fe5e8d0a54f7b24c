/**
 * Code that makes other bytes than it shows is refused: what is missing would go unnoticed.
 */
import { describe, expect, test } from '@jest/globals'
import { parseBytes } from '../../src/index.js'
import { bytes } from '../support.js'

describe('a list or a string that is an operand is refused', () => {
  test.each([
    ["b'\\x81\\x05' + payload", 13],
    ["b'\\x81\\x05'+payload", 12],
    ["sock.send(b'\\x81\\x05' + payload)", 23],
    ["header + b'Hello'", 8],
    ["header+b'Hello'", 7],
    ['header +b"Hello"', 8],
    ['"8105" + "4865" + rest', 17],
    ['"8105" + rest', 8],
    ["bytes([129, 5]) + b'Hello'", 17],
    ["[129, 5] + list(b'Hello')", 10],
    ['Bytes{129, 5} + rest', 15],
    ['Bytes({129, 5} ) + rest', 18],
    ["b'\\x81\\x7d' + b'a' * 125", 20],
    ['[0] * 5', 5],
    ["b'%c%c' % (129, 5)", 9],
    ['"\\x81\\x05" ++ rest', 12],
    ['"\\x81\\x05" . $rest', 12],
    ['"\\x81\\x05" .\n$rest', 12],
    ['<<129, 5>> <> "Hello"', 12],
  ])('%s', (text, column) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(`line 1, column ${column}: the bytes are only a part of what is made here`)
  })

  test.each([
    ['after it', "b'\\x81\\x05'\n + payload", 'line 2, column 2'],
    ['before it', "header\n + \n\tb'Hello'", 'line 2, column 2'],
    ['after the last of several calls', 'puts(3, "\\x81\\x05")\nputs(3, "Hello") + x', 'line 2, column 18'],
  ])('by a sign on another line, %s', (_, text, place) => {
    expect(() => parseBytes(text)).toThrow(`${place}: the bytes are only a part of what is made here`)
  })

  test.each([
    ['a list whose name is joined to it', "console.log('frame: ' + [129, 5])"],
    ['a list in a sum of others', 'seek(2) + write([129, 5])'],
    ['a string in parts', '"\\x81" +\n  "\\x05"'],
    ['a string with the method of a string', '"\\x81\\x05".b'],
    ['a string at the end of a sentence', 'It sent "\\x81\\x05". That is all.'],
    ['a string before a method on its own', '"\\x81\\x05" .b'],
    ['a string before a point that begins a line', '"\\x81\\x05"\n. b'],
    ['a string before a dash', '"\\x81\\x05" - b'],
    ['a string after the mark of a list', '  * "\\x81\\x05"'],
    ['a string after a sign alone', '+ "\\x81\\x05"'],
    ['lines of a diff', '+  write(\n+"\\x81\\x05"\n+  )'],
    ['lines of a diff around a list', '+  write([129, 5]\n+  )\n+'],
    ['a string before a prompt', '"\\x81\\x05"\n% '],
    ['a string before a comment', '"\\x81\\x05" /* + payload */'],
  ])('but not %s', (_, text) => {
    expect(parseBytes(text)).toEqual(bytes('8105'))
  })
})

describe('a call that makes other bytes is refused', () => {
  test.each([
    ['Buffer.concat([Buffer.from([129, 5]), Buffer.from("Hello")])', 14, 'concat'],
    ['Buffer.concat([Buffer.from([129, 5]), payload])', 14, 'concat'],
    ['"\\x81\\x05".concat("Hello")', 18, 'concat'],
    ['[129, 5].concat(payload)', 16, 'concat'],
    ['"a".repeat(125)', 11, 'repeat'],
    ['"\\x81\\x05".repeat(n)', 18, 'repeat'],
    ['struct.pack("BB5s", 129, 5, b"Hello")', 12, 'pack'],
    ['struct.pack("!BBH", 129, 126, 5)', 12, 'pack'],
    ['struct.pack("HBB", 129, 126, 5)', 12, 'pack'],
    ['struct.pack("B", "B", 129, 126)', 12, 'pack'],
    ['pack("n", 33029)', 5, 'pack'],
  ])('%s', (text, column, name) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(`line 1, column ${column}: the bytes are what ${name}() makes: print its result`)
  })

  test.each([
    ['of one letter for each', 'struct.pack("BB", 0x81, 5)', '8105'],
    ['of a byte order and a number of bytes', "struct.pack('>3B', 129, 5, 72)", '8105 48'],
    ['of signed bytes', "struct.pack('=2b', -127, 5)", '8105'],
    ['of a single signed byte', "pack('c', -1)", 'ff'],
    ['of a star', 'pack("C*", 129, 5, 72)', '8105 48'],
    ['after the numbers, in Ruby', '[129, 5, 72].pack("C*")', '8105 48'],
  ])('but not a call of pack with a format %s', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test.each([
    ['brackets after the word', '"8105" (see concat[1])', '8105'],
    ['the word alone', 'concat, repeat, pack: [129, 5]', '8105'],
    ['a list without a format', 'pack([129, 5])', '8105'],
    ['numbers without a format', 'pack(129, 5)', '8105'],
  ])('but not %s', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })
})
