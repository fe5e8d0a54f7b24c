/**
 * Bytes in brackets and in quotes, with code or the output of a program around them.
 */
import { describe, expect, test } from '@jest/globals'
import { parseBytes } from '../../src/index.js'
import { bytes } from '../support.js'

const hello = bytes('8105 48656c6c6f')

describe('finds the one list', () => {
  test.each([
    ['after its length, as Chrome prints it', '(7) [129, 5, 72, 101, 108, 108, 111]'],
    ['after a length in a type of C++', 'std::array<uint8_t, 7> p = {0x81, 0x05, 72, 101, 108, 108, 111};'],
    ['after a length in hex', 'unsigned char p[0x7] = {0x81, 0x05, 72, 101, 108, 108, 111};'],
    ['after a length and a name that ends in Z', 'const uint8_t XYZ[7] = {129, 5, 72, 101, 108, 108, 111};'],
    ['after a length and a name that ends in z', 'const uint8_t xyz[7] = {129, 5, 72, 101, 108, 108, 111};'],
    ['after a length and a name of one A', 'byte A[7] = {129, 5, 72, 101, 108, 108, 111};'],
    ['after a length and a name that ends in 9', 'byte p9[7] = {129, 5, 72, 101, 108, 108, 111};'],
    ['after a length and a name that ends in _', 'byte p_[7] = {129, 5, 72, 101, 108, 108, 111};'],
    ['after brackets with no more than a word', 'def reply(a): return bytes([129, 5, 72, 101, 108, 108, 111])'],
    ['after brackets with a number and a word', 'frame 3 (was 2): [129, 5, 72, 101, 108, 108, 111]'],
    ['after a shift', 'limit = 1 << 20\np = [129, 5, 72, 101, 108, 108, 111]'],
    ['beside a number with a name', '{"data": [129, 5, 72, 101, 108, 108, 111], "fin": 1}'],
    ['beside brackets with numbers that have names', '{"frame": {"opcode": 1, "length": 5}, "bytes": [129, 5, 72, 101, 108, 108, 111]}'],
    ['beside a number with a name, as Ruby prints it', '{:data=>[129, 5, 72, 101, 108, 108, 111], :opcode=>1}'],
    ['that has a name that may be hex', '{ d: [129, 5, 72, 101, 108, 108, 111] }'],
    ['with characters, after its name in C++', "std::vector<uint8_t> p{0x81, 5, 'H', 'e', 'l', 'l', 'o'};"],
    ['with characters, in parentheses', "@p = (0x81, 5, 'H', 'e', 'l', 'l', 'o');"],
  ])('%s', (_, text) => {
    expect(parseBytes(text)).toEqual(hello)
  })

  test.each([
    ['of a single number in a call', 'Buffer.of(9)', '09'],
    ['of numbers that begin with 9', 'Buffer.of(9, 99)', '0963'],
    ['of hex that has no decimal digit', '[AA]', 'aa'],
    ['of a single number after its length, with a type', 'let p: [u8; 1] = [129 as u8];', '81'],
    ['with a string that looks like a key', '<<129, 7, \'{"1":1}\'>>', '8107 7b2231223a317d'],
    ['behind names with values', '{ opcode = 2, kind = text, bytes = 0x81, 0x05 }', '8105'],
    ['behind its length', 'Frame(length = 2, bytes = 0x81, 0x05)', '8105'],
    ['of strings of hex and a number', "['81', fa, '05']", '81fa05'],
    ['of strings of decimal numbers', '["129", "5", "72"]', '810548'],
    ['of strings of one character', "['H', 'e', 'y']", '486579'],
    ['of strings that are bytes, and others', '["\\x81\\x05", "Hello"]', '8105 48656c6c6f'],
  ])('%s', (_, text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test.each([
    ['to the end of the line', "// it's [1, 2]\n[129, 5, 72, 101, 108, 108, 111]"],
    ['to the end of the line, after a word', "begin# it's [1, 2]\n[129, 5, 72, 101, 108, 108, 111]"],
    ['to the end of the line, after the number 16', "length 16 # it's [1, 2]\n[129, 5, 72, 101, 108, 108, 111]"],
    ['in a block', '/* [1, 2] */ [129, 5, 72, 101, 108, 108, 111]'],
    ['in a block of many slashes', '/*//////\n it\'s "Hello" (1)\n//////*/\n[129, 5, 72, 101, 108, 108, 111]'],
    ['with brackets, beside hex', '81 05 48 65 6c 6c 6f // (text)'],
  ])('past a comment %s', (_, text) => {
    expect(parseBytes(text)).toEqual(hello)
  })
})

describe('finds the one string', () => {
  test.each([
    ['beside its length, as strace prints it', 'writev(3, [{iov_base="\\201\\5Hello", iov_len=7}], 1) = 7'],
    [
      'beside numbers and words, as strace prints them',
      'sendmsg(3, {msg_iov=[{iov_base="\\201\\5Hello", iov_len=7}], msg_iovlen=1}, 0) = 7',
    ],
    ['beside its length, as gdb prints it', '$1 = {data = "\\201\\005Hello", len = 7}'],
    ['beside another string, as gdb prints it', '$1 = {data = "\\201\\005Hello", name = "frame"}'],
    ['after a sign of C++', 'std::cout << "\\x81\\x05Hello" << std::endl;'],
    ['beside a string in another place of the call', 'send(3, ["8105"], "\\x81\\x05Hello")'],
    ['beside a list', "send(b'\\x81\\x05Hello', [1, 2])"],
    ['of hex beside its encoding', 'Buffer.from("810548656c6c6f", "hex").toString("utf8")'],
    ['of hex beside the encoding of text', 'bytes.fromhex("810548656c6c6f").decode("latin1")'],
    ['of hex beside a format with a star', '["810548656c6c6f"].pack("H*")'],
    ['of base64 beside a format of one letter', '"gQVIZWxsbw==".unpack("m")'],
    ['of hex with a prefix', '@"810548656c6c6f"'],
    ['of hex with a prefix of two characters', 'u8"810548656c6c6f"'],
    ['of hex in quotes within quotes', '\'"810548656c6c6f"\''],
    ['of hex in parts', '"8105" +\n "4865" \\\n "6c6c6f"'],
  ])('%s', (_, text) => {
    expect(parseBytes(text)).toEqual(hello)
  })

  test.each([
    ['+aBcDeFg', 'f9a05c 0de160'],
    ['gf4+aw==', '81fe3e6b'],
    ['aBcDeF/+', '681703 785ffe'],
  ])('of base64: %s', (base64, hex) => {
    expect(parseBytes(`{"payloadData":"${base64}"}`)).toEqual(bytes(hex))
  })
})

describe('joins the strings of calls of one function with the same first number', () => {
  test.each([
    ['in decimal', 'write(3, "\\201\\5", 2) = 2\nwrite(3, "Hel\\154o", 5) = 5'],
    ['in hex', 'SSL_write(0x55d0, "\\201\\5", 2) = 2\nSSL_write(0x55d0, "Hel\\154o", 5) = 5'],
    ['without escapes in some', 'write(3, "\\201\\5", 2) = 2\nwrite(3, "He", 2) = 2\nwrite(3, "llo", 3) = 3'],
    ['without escapes in some, beside another number', 'send(3, "\\x81\\x05Hel", 5)\nsend(4, "8105", 4)\nsend(3, "lo", 2)'],
    ['in a list, as strace prints them', 'writev(3, [{iov_base="\\201\\5", iov_len=2}, {iov_base="Hel\\154o", iov_len=5}], 2) = 7'],
    [
      'in a list, one of them without escapes',
      'sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="\\201\\5", iov_len=2}, {iov_base="Hello", iov_len=5}], msg_iovlen=2, msg_flags=0}, 0) = 7',
    ],
    [
      'in lists of several calls',
      'writev(3, [{iov_base="\\201\\5", iov_len=2}], 1) = 2\nwritev(3, [{iov_base="Hel", iov_len=3}, {iov_base="lo", iov_len=2}], 2) = 5',
    ],
    ['or without one', '3 puts("\\x81\\x05")\n4 puts("\\x48ello")'],
  ])('%s', (_, text) => {
    expect(parseBytes(text)).toEqual(hello)
  })

  test.each([
    ['other numbers in hex', 'SSL_write(0x55d0, "\\201\\5", 2)\nSSL_write(0x66e0, "Hel\\154o", 5)', 'line 2, column 19'],
    ['a number and none', 'puts("\\x81\\x05")\nputs(3, "\\x48ello")', 'line 2, column 9'],
    ['two strings in one call', 'memcmp("\\x81\\x05", "\\x81\\x06", 2)', 'line 1, column 20'],
    ['strings in brackets without a call', '{"\\x81\\x05"},\n{"\\x81\\x06"},', 'line 2, column 2'],
    ['strings of which one has no escapes, without a number', 'puts("\\x81\\x05")\nputs("Hello")', 'line 2, column 6'],
    ['strings of which the first has no escapes, without a number', 'puts("8105")\nputs("\\x81\\x05")', 'line 2, column 6'],
    ['strings without escapes', 'puts("8105")\nputs("4865")', 'line 2, column 6'],
    ['numbers', 'Buffer.of(129, 5)\nBuffer.of(129, 72)', 'line 2, column 10'],
  ])('but not %s', (_, text, place) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(`${place}: a second list or string begins here`)
  })
})

describe('refuses', () => {
  test.each([
    ['two lists, one of a single number', '[1]\n[137]', 'line 2, column 1'],
    ['two lists, one of numbers after a word', 'seek(2, 0)\nwrite([129, 5])', 'line 2, column 7'],
    ['two lists, one of a number and a character', "[2, 'H'] [129, 5]", 'line 1, column 10'],
    ['two lists, one of a number with the type byte', '(byte 2), [129, 5]', 'line 1, column 11'],
    ['two lists, one of a number with the type int8_t', '(int8_t 2), [129, 5]', 'line 1, column 13'],
    ['two lists, one of a number with the type signed char', '(signed char 2), [129, 5]', 'line 1, column 18'],
    ['two lists in braces after names', 'std::vector<uint8_t> a{2};\nstd::vector<uint8_t> b{129, 5};', 'line 2, column 23'],
    ['two lists in braces, one of a number with a type', 'Bytes{u8 2} Bytes{129, 5}', 'line 1, column 18'],
    ['two lists, one of a number and hex letters', 'a = x[02 fa]\nb = x[81 05]', 'line 2, column 6'],
    ['two lists, one of numbers after a format', 'pack("BB", 129, 5) [129, 5]', 'line 1, column 20'],
    ['two lists between < and >', '<Buffer 01> <Buffer 81>', 'line 1, column 13'],
    ['two strings with names', '{a = "\\x81", b = "\\x05"}', 'line 1, column 18'],
  ])('%s', (_, text, place) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(`${place}: a second list or string begins here`)
  })

  test.each([
    ['const int8_t p[3] = {-127, 5};', 'column 16: found "3"'],
    ['std::array<const int8_t, 3> p = {-127, 5};', 'column 26: found "3"'],
    ['char p[0x3] = {129, 5};', 'column 8: found "0x3"'],
    ['Frame(length = 3, bytes = 0x81, 0x05)', 'column 16: found "3"'],
  ])('another length: %s', (text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(`line 1, ${message}, expected 2, the number of bytes that follow`)
  })

  test.each([
    ['<Buffer fa 81 fb ... 25 more bytes>', 'line 1, column 18: the bytes are cut off here'],
    ['[129, 5, \u2026 198 more items]', 'line 1, column 10: the bytes are cut off here'],
    ['{129, 5, 72, n = 3}', 'line 1, column 1: found "{"'],
    ['{"opcode": 1, "fin": 1}', 'line 1, column 1: found "{"'],
    ['send("8105\n  4865 zz")', 'line 2, column 8: found "z"'],
    ['p = "8105 zz"', 'line 1, column 11: found "z"'],
    ['p = \'"81 zz"\'', 'line 1, column 10: found "z"'],
    ['p = ["81 05", "zz"]', 'line 1, column 16: found "z"'],
    ['{"0":129,"1":300}', 'line 1, column 14: found "300", expected a number from -128 to 255'],
  ])('%j', (text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })
})
