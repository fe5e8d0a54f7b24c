/**
 * The forms in which people paste bytes. Dumps, and what the programs of a machine print, have specs of their own.
 */
import { inspect as inspectValue } from 'node:util'
import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { parseBytes } from '../../src/index.js'
import { bytes, thrownBy } from '../support.js'

const hello = bytes('8105 48656c6c6f')

describe('reads groups of digits', () => {
  test.each([
    ['in pairs', '81 05 48 65 6c 6c 6f'],
    ['of any even length', '8105 48656c6c6f'],
    ['without separators', '810548656C6C6F'],
    ['with commas', '81,05,48,65,6c,6c,6f'],
    ['with commas and blanks, the last one too', '81, 05, 48, 65,\n6c, 6c, 6f,\n'],
    ['with colons', '81:05:48:65:6c:6c:6f'],
    ['as .NET prints them', '81-05-48-65-6C-6C-6F'],
    ['with semicolons', '81;05;48;65;6c;6c;6f'],
    ['with bars', '| 81 | 05 | 48 | 65 | 6c | 6c | 6f |'],
    ['with underscores', '81_05_48_65_6c_6c_6f'],
    ['with no-break spaces', '81\u00a005\u00a048\u202f65\u20076c\u30006c\u00a06f'],
    ['with zero-width spaces', '81\u200b05\u200b48\u200b65\u20606c\u200d6c\ufeff6f'],
    ['in lines with any ends', '81\r05\r\n48\u202865\u20296c\u00856c\f6f'],
    ['with a byte order mark', '\ufeff81 05 48 65 6c 6c 6f'],
    ['with comments', '# Hello\n81 05 // header\n48 65 6c 6c 6f # payload'],
    ['with 0x', '0x81 0x05 0x48 0x65 0x6c 0x6c 0x6f'],
    ['with 0x and digits left out', '0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f'],
    ['with 0x before several', '0x8105 0x48656c6c6f'],
    ['with \\x', '\\x81\\x05\\x48\\x65\\x6c\\x6c\\x6f'],
    ['with \\x and separators', '\\x81 \\x05 \\x48 \\x65\n\\x6c \\x6c \\x6f'],
    ['with \\u00', '\\u0081\\u0005\\u0048\\u0065\\u006c\\u006c\\u006f'],
    ['with $', '$81 $05 $48 $65 $6c $6c $6f'],
    ['with %', '%81%05%48%65%6c%6c%6f'],
    ['with h', '81h 05h 48h 65h 6ch 6ch 6fh'],
    ['with h, as assemblers want it', '081h, 5h, 48h, 65h, 06ch, 06ch, 06fh'],
    ['that are bits', '10000001 00000101 01001000 01100101 01101100 01101100 01101111'],
    ['that are bits with a prefix', '0b10000001, 0b00000101, 0b01001000, 0b01100101, 0b01101100, 0b01101100, 0b01101111'],
    ['that are bits, field by field', '1 000 0001 0 0000101 01001000 01100101 01101100 01101100 01101111'],
    ['that are decimal', '129 5 72 101 108 108 111'],
    ['that are signed', '-127 5 72 101 108 108 111'],
    ['that are octal', '201 005 110 145 154 154 372'],
  ])('%s', (_, text) => {
    expect(parseBytes(text)).toEqual(text.endsWith('372') ? bytes('810548656c6cfa') : hello)
  })

  test.each(['', ' \n', '\ufeff', '# 81 05', '// 81\n\u00a0'])('%j: none', (text) => {
    expect(parseBytes(text)).toEqual(new Uint8Array(0))
  })

  test.each([
    ['89:00', '8900'],
    ['8900', '8900'],
    ['81:05:48', '810548'],
    ['00 01 10', '000110'],
    ['0001', '0001'],
    ['00000000', '00'],
    ['8185  37fa\n213d  7f9f\n4d51  58', '818537fa213d7f9f4d5158'],
    ['8105 48 65\n8900', '810548658900'],
    ['8105\n37fa213d 7f 9f', '810537fa213d7f9f'],
    ['0x8105 0x48', '810548'],
    ['129 131 61', '81833d'],
    ['101 5 72', '650548'],
    ['129', '81'],
    ['-1 -128', 'ff80'],
    ['fa 05', 'fa05'],
  ])('%j', (text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })
})

describe('reads lists of numbers', () => {
  test.each([
    ['JSON', '[129, 5, 72, 101, 108, 108, 111]'],
    ['Go, printed', '[129 5 72 101 108 108 111]'],
    ['Java, printed', '[-127, 5, 72, 101, 108, 108, 111]'],
    ['hex, because of its letters', '[81, 05, 48, 65, 6c, 6c, 6f]'],
    ['hex, because of its letters, and digits left out', '[81 5 48 65 6c 6c 6f]'],
    ['C', "uint8_t p[] = { 0x81, 0x05, 'H', 'e', 'l', 'l', 'o' };"],
    ['C with a length and types', 'static const unsigned char p[7] = {0x81U, 5, 72, 101, 108, 108, 111};'],
    ['xxd -i', 'unsigned char p[] = {\n  0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f\n};\nunsigned int p_len = 7;\n'],
    [
      'Wireshark',
      '/* Frame (7 bytes) */\nstatic const unsigned char pkt1[7] = {\n0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f /* ..Hello */\n};',
    ],
    ['C++', 'std::vector<uint8_t> p{0x81, 0x05, 72, 101, 108, 108, 111};'],
    ['Go', 'p := []byte{0x81, 0x05, 72, 101, 108, 108, 111}'],
    ['Go with a length', '[7]byte{0x81, 0x05, 72, 101, 108, 108, 111}'],
    ['Rust', 'let p: [u8; 7] = [0x81, 0x05, 72, 101, 108, 108, 111];'],
    ['Rust with types', "vec![0x81u8, 5_u8, b'H', 101, 108, 108, 111 as u8]"],
    ['Java', 'byte[] p = new byte[] { (byte) 0x81, 5, 72, 101, 108, 108, (byte)111 };'],
    ['Java, negative', 'byte[] p = { (byte) -127, (byte)5, (byte) 72, 101, 108, 108, 111 };'],
    ['Kotlin', 'byteArrayOf(0x81.toByte(), 5, 72, 101, 108, 108, 111)'],
    ['C#', 'var p = new byte[7] { 0b10000001, 5, 72, 101, 108, 108, 111 }; // Hello'],
    ['JavaScript', 'const p = new Uint8Array([0x81, 0x05, 72, 101, 108, 108, 111])'],
    ['JavaScript, of', 'Uint8Array.of(129, 5, 72, 101, 108, 108, 111)'],
    ['JavaScript, printed', 'Uint8Array(7) [\n  129, 5, 72,\n  101, 108, 108, 111\n]'],
    ['JavaScript, JSON of an array', '{"0":129,"1":5,"2":72,"3":101,"4":108,"5":108,"6":111}'],
    ['Node.js, JSON of a buffer', '{"type":"Buffer","data":[129,5,72,101,108,108,111]}'],
    ['Node.js, printed', '<Buffer 81 05 48 65 6c 6c 6f>'],
    ['Node.js, in an object', '{ opcode: 1, data: <Buffer 81 05 48 65 6c 6c 6f> }'],
    ['Node.js, a buffer of an array', 'ArrayBuffer {\n  [Uint8Contents]: <81 05 48 65 6c 6c 6f>,\n  byteLength: 7\n}'],
    ['Python', 'bytes((0x81, 0x05, 72, 101, 108, 108, 111))'],
    ['Python, an array', "array('B', [129, 5, 72, 101, 108, 108, 111])"],
    ['Ruby and Perl', '@p = (129, 5, 72, 101, 108, 108, 111); # Hello'],
    ['Elixir', '<<129, 5, 72, 101, 108, 108, 111>>'],
    ['Elixir with a string', '<<129, 5, "Hello">>'],
    ['Erlang', '<<16#81, 16#05, "Hello">>'],
    ['NSData', '<81054865 6c6c6f>'],
    ['NSData, since it has its length', '{length = 7, bytes = 0x81054865 6c6c6f}'],
    ['gdb', '$1 = {0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f}'],
    ['strings of hex', '["0x81", "0x05", "0x48", "0x65", "0x6c", "0x6c", "0x6f"]'],
    ['strings of one character', "[129, 5, 'H', 'e', 'l', 'l', 'o']"],
    ['a call with other numbers', 'write(1, [129, 5, 72, 101, 108, 108, 111], 7)'],
    ['bits', '[10000001, 00000101, 01001000, 01100101, 01101100, 01101100, 01101111]'],
  ])('%s', (_, text) => {
    expect(parseBytes(text)).toEqual(hello)
  })
})

describe('reads literals', () => {
  test.each([
    ['Python', "b'\\x81\\x05Hello'"],
    ['Python, a bytearray', "bytearray(b'\\x81\\x05Hello')"],
    ['Python, printed over lines', "(b'\\x81\\x05H'\n b'ello')"],
    ['C', 'const char p[] = "\\x81\\x05" "Hello";'],
    ['C over lines', '"\\x81\\x05H" \\\n  "ello"'],
    ['C, octal', '"\\201\\5Hello"'],
    ['JavaScript', "const p = '\\x81\\x05' + 'Hello'"],
    ['JavaScript, Unicode', '"\\u0081\\u{5}Hello"'],
    ['JavaScript, template', '`\\x81\\x05Hello`'],
    ['Rust', 'let p = b"\\x81\\x05Hello";'],
    ['Perl', '$VAR1 = "\\201\\5Hello";'],
    ['Ruby', '"\\x81\\u0005Hello".b'],
    ['a list of characters', "['\\x81', '\\x05', 'H', 'e', 'l', 'l', 'o']"],
    ['gdb', '$1 = "\\201\\005Hello"'],
    ['a shell', "printf '\\x81\\x05Hello' | nc localhost 80"],
    ['a shell, quoted', "$'\\x81\\x05Hello'"],
    ['strace', 'write(3, "\\201\\5Hello", 7)              = 7'],
    ['strace -xx', 'write(3, "\\x81\\x05\\x48\\x65\\x6c\\x6c\\x6f", 7) = 7'],
    ['strace, a call for each', 'write(3, "\\201\\5", 2) = 2\nwrite(3, "Hel\\154\\157", 5) = 5\n'],
    ['a call without a number', 'send("\\x81\\x05")\nsend("\\x48ello")'],
    [
      'strace, sendto',
      'sendto(3, "\\201\\5Hello", 7, 0, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 7',
    ],
    ['without quotes', ' \\x81\\x05Hello\n'],
    ['hex', '"8105 48656c6c6f"'],
    ['hex with its encoding', 'Buffer.from("810548656c6c6f", "hex")'],
    ['hex in Python', "bytes.fromhex('81 05 48 65 6c 6c 6f')"],
    ['base64 in JSON', '{"opcode":2,"payloadData":"gQVIZWxsbw=="}'],
  ])('%s', (_, text) => {
    expect(parseBytes(text)).toEqual(hello)
  })

  test.each([
    ["b'81'", '3831'],
    ['"\\a\\b\\t\\n\\v\\f\\r\\e\\"\\\'\\`\\\\\\/\\?\\$\\0\\x8"', '0708090a0b0c0d1b2227605c2f3f240008'],
    ['"\\x81\\\r\n\\x05"', '8105'],
    ['"\\x81\\\n\\x05"', '8105'],
    ['"\\377\\0001"', 'ff0031'],
    ["b''", ''],
    ["L'\\x81'", '81'],
  ])('%s', (text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })
})

describe('reads base64', () => {
  test.each([
    ['gQVIZWxsbw==', '810548656c6c6f'],
    ['gQVIZWxsbw', '810548656c6c6f'],
    ['  gQVI\r\n  ZWxs\n\nbw==  \n', '810548656c6c6f'],
    ['+/+/aBcD', 'fbffbf681703'],
    ['aBcD-_-_xyz0', '681703fbffbfc72cf4'],
    ['gQA=', '8100'],
    ['data:application/octet-stream;base64,gQVI', '810548'],
  ])('%j', (text, hex) => {
    expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test.each([
    '-300',
    '81-05-4g',
    '81-05-4G-fa-0',
    '05/04/48',
    'gQVI ZWxsbw==',
    'gQVIZ',
    'gQVIZWxsbw=',
    'gQVIZWxsbx==',
    'gQ=I',
    'gqvi',
    'gQ===',
    'gQVIZWxsb2\u00e9',
  ])('refuses %j', (text) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
  })
})

describe('reads dumps', () => {
  test.each([
    ['od, with nothing but offsets beside it', '000000 81 05 48 65 6c 6c 6f\n000007'],
    ['openssl', '0000 - 81 05 48 65 6c 6c 6f                              ..Hello'],
    ['curl --trace', '<= Recv data, 7 bytes (0x7)\n0000: 81 05 48 65 6c 6c 6f                            ..Hello'],
    ['curl --trace, several', '<= Recv data, 2 bytes (0x2)\n0000: 81 05  ..\n<= Recv data, 5 bytes (0x5)\n0000: 48 65 6c 6c 6f   Hello'],
    ['tcpdump', '12:34:56.789 IP a > b: 7\n\t0x0000:  8105 4865 6c6c 6f'],
    ['gdb', '0x7ffe0010 <p>:\t0x81\t0x05\t0x48\t0x65\n0x7ffe0014 <p+4>:\t0x6c\t0x6c\t0x6f'],
    ['gdb, decimal', '0x4010 <p>:\t129\t5\t72\t101\t108\t108\t111'],
    ['gdb, signed', '0x4010 <p>:\t-127\t5\t72\t101\t108\t108\t111'],
    ['gdb, bits', '0x4010 <p>:\t10000001\t00000101\t01001000\t01100101\t01101100\t01101100\t01101111'],
    ['od -x', '0000000 0581 6548 6c6c 006f\n0000007'],
    ['od -b', '0000000 201 005 110 145 154 154 157\n0000007'],
    ['od', '0000000 002601 062510 066154 000157\n0000007'],
    ['od -t u1', '0000000 129   5  72 101 108 108 111\n0000007'],
    ['xxd -e', '00000000: 65480581   6f6c6c  ..Hello'],
    [
      'PowerShell',
      '           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n00000000   81 05 48 65 6C 6C 6F                             ..Hello',
    ],
    [
      'PowerShell 7',
      `   Label: String (System.String) <3BD2B1E2>

          Offset Bytes                                           Ascii
                 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F
          ------ ----------------------------------------------- -----
0000000000000000 81 05 48 65 6C 6C 6F                            ..Hello`,
    ],
    ['UltraEdit', '00000000h: 81 05 48 65 6C 6C 6F ; ..Hello'],
    ['Wireshark', 'Frame (7 bytes):\n0000  81 05 48 65 6c 6c 6f                              ..Hello'],
    ['a dump without characters', '0000  81 05 48 65 6c 6c 6f'],
    ['a dump that lost its blanks', '00000000 81 05 48 65 6c 6c 6f |..Hello|'],
    ['offsets of one digit', '0: 81 05 48\n3: 65 6c 6c 6f'],
    ['no blank behind the colon', '00000000:81 05 48 65 6c 6c 6f'],
    ['comments', '# dump\n0000: 81 05 # header\n# payload\n0002: 48 65 6c 6c 6f # Hello'],
    ['an offset in a line of its own, with a comment', '00000000  81 05 48 65 6c 6c 6f |..Hello|\n00000007 # the end'],
    ['a dump in characters of another kind', '00000000: 8105 4865 6c6c 6f                             a....%?'],
    ['decimal offsets', '00000000: 81\n00000001: 05 48 65 6c 6c 6f  .Hello\n'],
    ['bytes that look like characters', '0000: 81 05 48 65 6c 6c 6f ..Hello'],
  ])('%s', (_, text) => {
    expect(parseBytes(text)).toEqual(hello)
    expect(parseBytes(text.replaceAll('\n', '\r\n'))).toEqual(hello)
  })

  test.each([
    ['0000  07\n*\n0005\n', '0707070707'],
    ['00: 01 02\n*\n06: 03\n *  # zeros\n08: 04\n', '010201020102030304'],
    ['0000000  31  32  33\n', null],
    ['0000000 34177 64055 15649\n0000006\n', '818537fa213d'],
    ['00000000: 00000000 00000001  ........', null],
    ['00000000: 00000000 00000001', '0001'],
    ['0000: 41 GB', null],
    ['0000000 8581 0037 >..7<\n0000003', '818537'],
    ['0000000 8185 37fa  >..7.<\n', '818537fa'],
    ['0000: 81 05\n(7)\n0002: 48', '810548'],
    ['0000:\n0000: 81 05', '8105'],
    // Hex of six bytes: a row without bytes does not make the first group of the next line an offset.
    ['0000\n0000 0000', '000000000000'],
    ['0000 8105 #|', '00008105'],
    ['0000 8105 ..', '8105'],
    ['00 - 81 ,', null],
  ])('%j', (text, hex) => {
    if (hex === null) expect(() => parseBytes(text)).toThrow(RangeError)
    else expect(parseBytes(text)).toEqual(bytes(hex))
  })

  test('a megabyte of repeated rows', () => {
    const row = '00000000  81 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f 10  |................|'
    const read = parseBytes(`${row}\n*\n00100000\n`)
    expect(read).toHaveLength(0x100000)
    expect(read.every((byte, i) => byte === (i % 16 === 0 ? 0x81 : (i % 16) + 1))).toBe(true)
  })

  test('many rows after repeated ones, copying what came before only now and then', () => {
    const before = 0x10000
    const rows = Array.from({ length: 1000 }, (_, i) => `${(i + before).toString(16)}: 85\n`)
    const set = jest.spyOn(Uint8Array.prototype, 'set')
    const read = parseBytes(`0: 81\n*\n${rows.join('')}`)
    const copied = set.mock.calls.reduce((sum, [source]) => sum + source.length, 0)
    set.mockRestore()
    expect(read).toEqual(Uint8Array.from({ length: before + 1000 }, (_, i) => (i < before ? 0x81 : 0x85)))
    expect(copied).toBeLessThan(4 * read.length)
  })
})

describe('says what else it could be, and what to write', () => {
  test.each([
    ['1000 0001', 'line 1, column 1: these may be bits or hex digits: write the bits in groups of eight, or the hex in groups of two'],
    ['0000 0000 |#', 'line 1, column 1: these may be bits or hex digits'],
    ['102601 175067', 'line 1, column 1: these may be octal words (od) or hex digits'],
    ['1 0 0 0 0 0 0 1', 'line 1, column 1: these may be bits or decimal numbers'],
    ['101 102 103', 'line 1, column 1: these may be decimal or octal: write'],
    ['81 5 48', 'line 1, column 1: these may be decimal numbers, or hex with a digit missing: write [129, 5] for decimal, 81 05 for hex'],
    ['[81, 05]', 'line 1, column 2: these may be hex or decimal numbers'],
    ['{0201, 005, 0110}', 'line 1, column 2: a leading zero makes numbers octal in some languages'],
    ['0010  81 05', 'line 1, column 1: this may be an offset or the first bytes'],
    ['0105 48 65', 'line 1, column 1: this may be an offset or the first bytes'],
    ['0000 81 05', 'line 1, column 1: this may be an offset or the first bytes'],
    ['10: 81 05', 'line 1, column 1: this may be an offset or the first bytes'],
    ['0000000 201', 'may be octal after offsets in hex, or decimal after offsets in hex'],
    ['0000000  31  32  33', 'may be hex after offsets in hex, or decimal after offsets in hex'],
    ['0000000 0000\n*\n0000100', 'or hex after offsets in octal, the last byte of each group first'],
    ['00000000: 81050203  ....', 'may be hex after offsets in hex, or hex after offsets in hex, the last byte of each group first'],
    ['12:34:56 81 05', 'line 1, column 9: mixed separators, ":" and " "'],
    ['81 05, 48', 'line 1, column 6: mixed separators, " " and ","'],
    ['"\\x81\u00e9"', 'line 1, column 6: this character may be one byte or several'],
    ['{1, 2}; {3, 4}', 'line 1, column 9: a second list or string begins here'],
    ['[[129, 5], [72]]', 'line 1, column 12: a second list or string begins here'],
    ['"\\x81", "\\x05"', 'line 1, column 9: a second list or string begins here'],
    ['write(3, "\\201") = 1\nread(3, "\\5") = 1', 'line 2, column 9: a second list or string begins here'],
    ['write(3, "\\201") = 1\nwrite(4, "\\5") = 1', 'line 2, column 10: a second list or string begins here'],
    ['=> Send data\n0000: 81\n<= Recv data\n0000: 81', 'line 3, column 1: other bytes begin here'],
    ['Frame (1 bytes):\n0000  41  A\nUnmasked data (1 bytes):\n0000  42  B', 'line 3, column 1: other bytes begin here'],
  ])('%j', (text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })
})

describe('says that it is no frame, or not all of it', () => {
  test.each([
    ['GET /chat HTTP/1.1\r\nHost: localhost\r\n', 'line 1, column 1: this is an HTTP head'],
    ['\nHTTP/1.1 101 Switching Protocols\r\n', 'line 2, column 1: this is an HTTP head'],
    [' <!DOCTYPE html><p>', 'line 1, column 2: this is HTML'],
    ['<html>', 'this is HTML'],
    ['\x16\x03\x01', 'this is a TLS record'],
    ['16 03 01 02 00 01 00 01 fc 03 03', 'line 1, column 1: this is a TLS record'],
    ['\x1f\ufffd\b\0', 'this is gzip'],
    ['1f8b0800000000000003', 'this is gzip'],
    ['\u00d4\u00c3\u00b2\u00a1\x02\0', 'this is a pcap file'],
    ['d4c3b2a102000400', 'this is a pcap file'],
    ['a1b2c3d400020004', 'this is a pcap file'],
    ['4d3cb2a102000400', 'this is a pcap file'],
    ['0a0d0d0a 1c000000', 'this is a pcapng file'],
    ['\n\r\r\n\x1c\0\0\0', 'this is a pcapng file'],
    ['81\0', 'line 1, column 3: this is binary data that was read as text'],
    ['\ufffd\x05Hello', 'line 1, column 1: this is binary data that was read as text'],
    ['<Buffer 81 05 ... 25 more bytes>', 'line 1, column 15: the bytes are cut off here'],
    ['[129, 5, \u2026]', 'the bytes are cut off here'],
    ['Uint8Array(200) [129, 5, ... 198 more items]', 'the bytes are cut off here'],
    ['81 05 ...', 'line 1, column 7: the bytes are cut off here'],
    ['read(3, "\\201\\5"..., 8192) = 4096', 'the bytes are cut off here'],
    ['$1 = "\\201", \'\\000\' <repeats 15 times>', 'repeated bytes are left out here'],
    ['p[7] = {1, 2, 3}', 'line 1, column 3: found "7", expected 3, the number of bytes that follow'],
    ['{length = 8, bytes = 0x81054865 6c6c6f}', 'line 1, column 11: found "8", expected 7'],
    ['if (1 < 2) p = [129, 5]', 'line 1, column 4: a closing ) is missing'],
    ['[129, 5 /* ]', 'line 1, column 1: a closing ] is missing'],
    ['[129, 5', 'line 1, column 1: a closing ] is missing'],
    ['"\\x81', 'line 1, column 6: found the end of the line, expected a closing "'],
  ])('%j', (text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })

  test.each(['1603', '16 03 01 02 00 17', '1f8b', '160501020001', '88 00 16 03 01 02'])(
    'but reads %s, which may be bytes all the same',
    (text) => {
      expect(parseBytes(text)).toEqual(bytes(text))
    },
  )
})

describe('shows where it cannot read', () => {
  test('with the line and a caret', () => {
    expect(() => parseBytes('81 05\n 48 6g 6c # Hello\n6c 6f')).toThrow(
      new RangeError(
        'line 2, column 6: found "g", expected bytes: hex, numbers, a string with escapes, base64 or a dump\n   48 6g 6c # Hello\n       ^',
      ),
    )
  })

  test('with part of a long line, one column for each character', () => {
    const text = `${'\u4f60 \t'.repeat(20)}81 8?${' 81'.repeat(40)}`
    const [, line = '', caret = ''] = String(thrownBy(() => parseBytes(`#\r\n${text}`))).split('\n')
    expect(line.length).toBeLessThan(90)
    expect(line.charAt(caret.indexOf('^'))).toBe('?')
  })

  test.each([
    ['81 05 4g', 'column 8: found "g"'],
    ['81,, 05', 'column 4: found ","'],
    ['\ufeff81 zz', 'line 1, column 4: found "z"'],
    ['0x81 05', 'column 6: found "0", expected "0x"'],
    ['81h 05', 'column 5: found "0", expected hex digits and "h"'],
    ['\\x81\\x', 'column 7: found the end of the line'],
    ['300 400', 'column 1: found "300", expected an even number of hex digits'],
    ['-300', 'column 1: found "-300", expected a number from -128 to 255'],
    ['[256]', 'column 2: found "256", expected a number from -128 to 255'],
    ['[0x8105, 5]', 'column 2: found "0x8105", expected one byte'],
    ['[81h85h]', 'column 5: found "8", expected a separator'],
    ['\\u4f60', 'found "4f60", expected the value of one byte'],
    ['[1 2, 3]', 'column 5: mixed separators'],
    ['[0x81 0b1]', 'column 7'],
    ['"Hello"', 'column 2: found "H"'],
    ["b'\\q'", 'column 4: found "q", expected an escape'],
    ['"\\xg"', 'column 4: found "g", expected hex digits'],
    ['"\\u{81"', 'column 7: found """, expected a closing }'],
    ['"\\u4f60"', 'found "4f60", expected the value of one byte'],
    ['"\\777"', 'found "777", expected the value of one byte'],
    ['{1, [2, 3]}', 'column 1: these brackets contain numbers and other lists'],
    ['('.repeat(65), 'brackets are nested more than 64 deep'],
    ['hello world', 'column 1: found "h", expected bytes: hex'],
    ['818537fa213g', 'column 12: found "g"'],
    ['81 \u4f60', 'found "\\u4f60"'],
  ])('%j', (text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })

  const row = '0000  01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10   ................\n'

  test.each([
    ['00000000: 8185\n00000003: 37', 'line 2, column 1: found "00000003", expected offset 00000002'],
    ['00000000: 8185\n  00000003', 'line 2, column 11: found the end of the line, expected ":"'],
    ['0000000 81\n0000001: 85', 'line 2, column 8: found ":", expected a blank'],
    ['00000000: 8185\n8185', 'line 2, column 5: found the end of the line, expected ":"'],
    ['00000000: 8185\n81 85', 'line 2, column 1: found "8", expected an offset'],
    ['00000000: 8185\n00000002: xy', 'line 2, column 11: found "x", expected hex digits'],
    ['00000000: 8185 3', 'line 1, column 16: found "3", expected the end of the line, or the characters of 2 bytes'],
    ['0000  81 05  48 65', 'line 1, column 14: found "4", expected the end of the line, or the characters of 2 bytes'],
    [`${row}0000  81`, 'line 2, column 1: found "0000", expected offset 0010'],
    [`${row}0020  81`, 'line 2, column 1: found "0020", expected offset 0010'],
    [`${row}0010  ${'81 '.repeat(17)}`, 'line 2, column 7: found "8", expected at most 16 bytes'],
    ['00000000: 8185\n*', 'expected an offset after "*"'],
    ['00000000: 8185\n*\n*\n', 'line 3, column 1: found "*", expected a row'],
    ['0000: 81\n0001\n*\n0002', 'line 2, column 5: found the end of the line, expected ":"'],
    ['0000: 81\n0001:\n*\n0002:', 'line 3, column 1: found "*", expected a row'],
    ['00000000: 8185\n*\n00000005:', 'line 3, column 1: found "00000005", expected an offset after a whole number of repeated rows'],
    ['00000000: 8185\n*\n1ffffffffffffe:', 'line 3, column 1: found "1ffffffffffffe", expected at most 256 MiB of repeated rows'],
    ['1fffffffffffff: 81\n20000000000000: 81', 'line 2, column 1: found "20000000000000", expected an offset of at most 1fffffffffffff'],
    ['0x4010 <p>:\t0x0581\t0x6548', 'column 13: the byte order of these words is unknown'],
    ['0x4010 <p>:\t0201\t05\t0110', 'column 21: found "0"'],
    ['0000: 12g', 'line 1, column 9: found "g"'],
    ['0000: 400', 'line 1, column 7: found "4", expected bytes'],
    ['0000: -300', 'line 1, column 7: found "-", expected bytes'],
  ])('in the dump %j', (text, message) => {
    expect(() => parseBytes(text)).toThrow(RangeError)
    expect(() => parseBytes(text)).toThrow(message)
  })

  test.each([undefined, null, 8105, hello, Object('81')].map((value: unknown) => [value]))('%p, which is no string', (value) => {
    expect(() => Reflect.apply(parseBytes, null, [value])).toThrow(TypeError)
  })
})

describe('for all bytes', () => {
  const anyBytes = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.uint8Array({ minLength: 1, maxLength: 9, max: 12 }))
  const hexOf = (read: Uint8Array) => Array.from(read, (byte) => byte.toString(16).padStart(2, '0'))
  const octal = (read: Uint8Array) => Array.from(read, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  const decimal = (read: Uint8Array) => Array.from(read)

  const printers: Readonly<Record<string, (read: Uint8Array) => string>> = {
    'hex with a separator': (read) => hexOf(read).join([' ', ', ', ':', '-', ';', ' | ', '_', '\n', '\u00a0'][read.length % 9]),
    '0x': (read) => Array.from(read, (byte) => `0x${byte.toString(16)}`).join(' '),
    '\\x': (read) =>
      hexOf(read)
        .map((pair) => `\\x${pair}`)
        .join(''),
    JSON: (read) => JSON.stringify(decimal(read)),
    'JSON of an array': (read) => JSON.stringify(read),
    'JSON of a buffer': (read) => JSON.stringify(Buffer.from(read)),
    'JSON of a string': (read) =>
      JSON.stringify(`\x81${Buffer.from(read).toString('latin1')}`).replaceAll(
        /[\u007f-\u00ff]/g,
        (unit) => `\\u00${unit.charCodeAt(0).toString(16)}`,
      ),
    Java: (read) => `byte[] p = { ${Array.from(Int8Array.from(read)).join(', ')} };`,
    Go: (read) =>
      `[]byte{${hexOf(read)
        .map((pair) => `0x${pair}`)
        .join(', ')}}`,
    bits: (read) => Array.from(read, (byte) => byte.toString(2).padStart(8, '0')).join(' '),
    'an octal literal': (read) => `"${octal(read)}"`,
    NSData: (read) =>
      `<${hexOf(read)
        .join('')
        .replaceAll(/.{8}(?=.)/g, '$& ')}>`,
    'Node.js': (read) => inspectValue(Buffer.from(read.subarray(0, 50))),
    'Node.js, arrays': (read) => inspectValue(read),
    'Node.js, buffers of arrays': (read) => inspectValue(Uint8Array.from(read.subarray(0, 50)).buffer),
    'base64, padded': (read) => (read.length % 3 === 0 ? '' : Buffer.from(read).toString('base64')),
  }

  test.each(Object.keys(printers))('%s', (name) => {
    fc.assert(
      fc.property(anyBytes, (read) => {
        const text = printers[name]?.(read) ?? ''
        const expected: Record<string, Uint8Array> = {
          'JSON of a string': Uint8Array.of(0x81, ...read),
          'Node.js': read.subarray(0, 50),
          'Node.js, buffers of arrays': read.subarray(0, 50),
        }
        // NSData prints ten or more digits in a row without a letter like decimal numbers, in brackets of its own.
        fc.pre(text !== '' && !(name === 'NSData' && /^<[01 ]+>$/.test(text)))
        expect(parseBytes(text)).toEqual(expected[name] ?? read)
      }),
      { numRuns: 500 },
    )
  })

  test('any text gives bytes or a RangeError that names a place in it', () => {
    const unit = fc.oneof(
      fc.constantFrom(...'00018aF  \n|#:*x\\\'"([{<>}]),=-_/.'),
      fc.constantFrom('0x', '\\x', '0000: ', '0000  81 05', '\n*\n', 'b"', '...', '<<', '16#', '(byte)', ' = ', '0000000 ', '10000001'),
      fc.string({ maxLength: 1 }),
    )
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
        const text = units.join('')
        try {
          expect(parseBytes(text)).toBeInstanceOf(Uint8Array)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
          const [, line, column] = /^RangeError: line (\d+), column (\d+): .*\n {2}.*\n {2} *\^$/.exec(String(error)) ?? []
          const named = text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/)[Number(line) - 1]
          expect(named).toBeDefined()
          expect(Number(column)).toBeLessThanOrEqual((named ?? '').length + 1)
        }
      }),
      { numRuns: 5000 },
    )
  })
})
