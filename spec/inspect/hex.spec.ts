import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { formatHex, parseHex } from '../../src/index.js'

const masked = Uint8Array.of(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58)
const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0))

/** A masked frame and one whose payload looks like parts of dumps. */
const tricky = Uint8Array.from([...masked, 0x81, 0x15, ...ascii('ab | 41 42  43 # "hi" ')])

/** A frame of 100 zero bytes and an empty Close frame. */
const sparse = Uint8Array.from([0x82, 0x7e, 0x00, 0x64, ...new Uint8Array(100), 0x88, 0x00])

describe('parseHex reads plain hex', () => {
  test.each([
    ['contiguous', '818537fa213d7f9f4d5158'],
    ['in upper case', '818537FA213D7F9F4D5158'],
    ['byte by byte', '81 85 37 fa 21 3d 7f 9f 4d 51 58'],
    ['in groups of any size', '8185 37fa213d 7f9f4d 5158'],
    ['with tabs, line ends and blanks around', '\t8185\n\n  37fa213d  \n\t7f 9f\t4d5158 \n'],
    ['with CRLF', '8185\r\n\r\n37fa213d # masking key\r\n7f9f4d5158\r\n'],
    ['with comments', '# frame\n8185 # header\n  # masking key:\n37fa213d\n7f9f#payload | "Hel\n4d5158'],
    ['with a byte order mark', '\ufeff8185 37fa213d 7f9f4d5158'],
    ['in columns', '8185  37fa\n213d  7f9f\n4d51  58'],
  ])('%s', (_, text) => {
    expect(parseHex(text)).toEqual(masked)
  })

  test.each([
    ['0x in front of each byte', '0x81 0x85 0x37 0xfa 0x21 0x3d 0x7f 0x9f 0x4d 0x51 0x58'],
    ['0x in front of several bytes', '0x8185 0X37FA213D # key\n0x7f9f4d5158'],
    ['\\x', '\\x81\\x85\\x37\\xfa\\x21\\x3d\\x7f\\x9f\\x4d\\x51\\x58'],
    ['\\x in groups', '\\x81\\x85 \\x37\\xFA\\x21\\x3d#key\n\\x7f\\x9f\\x4d\\x51 \\x58'],
  ])('with %s', (_, text) => {
    expect(parseHex(text)).toEqual(masked)
  })

  test.each(['', ' ', '\n', '\r\n', '\ufeff', '# 8185', '\n \t\n# 81\n  # 85 |', '\r'])('%j holds no bytes', (text) => {
    expect(parseHex(text)).toEqual(new Uint8Array(0))
  })

  test.each([
    ['00000000', [0, 0, 0, 0]],
    ['0000  ', [0, 0]],
    ['0000 81 85', [0, 0, 0x81, 0x85]],
    ['000000  8185', [0, 0, 0, 0x81, 0x85]],
    ['00  81 85', [0, 0x81, 0x85]],
    ['0010  81 85', [0, 0x10, 0x81, 0x85]],
    ['8185  37fa  # a | b', [0x81, 0x85, 0x37, 0xfa]],
    ['8185 # 00000000: 8185', [0x81, 0x85]],
    ['8185 # 00000000  81 85  |..|', [0x81, 0x85]],
    ['8185 # 0000  81 85', [0x81, 0x85]],
  ])('%j, which only resembles a dump', (text, bytes) => {
    expect(parseHex(text)).toEqual(Uint8Array.from(bytes))
  })

  test('into a buffer of its own size', () => {
    expect(parseHex('# a long comment\n8185').buffer.byteLength).toBe(2)
  })
})

/** What the tools print for `tricky` and `sparse`, trailing blanks included. */
describe('parseHex reads the dumps of', () => {
  test.each([
    [
      'xxd',
      tricky,
      [
        '00000000: 8185 37fa 213d 7f9f 4d51 5881 1561 6220  ..7.!=..MQX..ab ',
        '00000010: 7c20 3431 2034 3220 2034 3320 2320 2268  | 41 42  43 # "h',
        '00000020: 6922 20                                  i" ',
      ],
    ],
    [
      'xxd -g 4 -u -c 12',
      tricky,
      [
        '00000000: 818537FA 213D7F9F 4D515881  ..7.!=..MQX.',
        '0000000c: 15616220 7C203431 20343220  .ab | 41 42 ',
        '00000018: 20343320 23202268 692220     43 # "hi" ',
      ],
    ],
    [
      'xxd -g 1 -c 8',
      tricky.subarray(0, 24),
      [
        '00000000: 81 85 37 fa 21 3d 7f 9f  ..7.!=..',
        '00000008: 4d 51 58 81 15 61 62 20  MQX..ab ',
        '00000010: 7c 20 34 31 20 34 32 20  | 41 42 ',
      ],
    ],
    ['xxd -g 0', masked, ['00000000: 818537fa213d7f9f4d5158                    ..7.!=..MQX']],
    [
      'xxd -a',
      sparse,
      [
        '00000000: 827e 0064 0000 0000 0000 0000 0000 0000  .~.d............',
        '00000010: 0000 0000 0000 0000 0000 0000 0000 0000  ................',
        '*',
        '00000060: 0000 0000 0000 0000 8800                 ..........',
      ],
    ],
    [
      'xxd -s 20',
      new Uint8Array(32),
      [
        '00000014: 0000 0000 0000 0000 0000 0000 0000 0000  ................',
        '00000024: 0000 0000 0000 0000 0000 0000 0000 0000  ................',
      ],
    ],
    [
      'hexdump -C',
      tricky,
      [
        '00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58 81 15 61 62 20  |..7.!=..MQX..ab |',
        '00000010  7c 20 34 31 20 34 32 20  20 34 33 20 23 20 22 68  || 41 42  43 # "h|',
        '00000020  69 22 20                                          |i" |',
        '00000023',
      ],
    ],
    [
      'hexdump -C with repeated rows',
      sparse,
      [
        '00000000  82 7e 00 64 00 00 00 00  00 00 00 00 00 00 00 00  |.~.d............|',
        '00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|',
        '*',
        '00000060  00 00 00 00 00 00 00 00  88 00                    |..........|',
        '0000006a',
      ],
    ],
    [
      'hexdump -C -s 20',
      Uint8Array.from([...new Uint8Array(80), ...ascii('# 41 | 42  43 44')]),
      [
        '00000014  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|',
        '*',
        '00000064  23 20 34 31 20 7c 20 34  32 20 20 34 33 20 34 34  |# 41 | 42  43 44|',
        '00000074',
      ],
    ],
    [
      'hexdump -C, eight bytes',
      Uint8Array.from([0x81, 0x06, ...new TextEncoder().encode('你好')]),
      ['00000000  81 06 e4 bd a0 e5 a5 bd                           |........|', '00000008'],
    ],
    [
      'tshark -x',
      Uint8Array.from([
        ...ascii(' RECV'), 0x00, ...ascii(' SEND'), 0x00, 0x08, 0x00, 0x45, 0x00,
        ...[0x00, 0x4b, 0x12, 0x34, 0x00, 0x00, 0xff, 0x06, 0x92, 0x73, 0x0a, 0x01, 0x01, 0x01, 0x0a, 0x02],
        ...[0x02, 0x02, 0x9c, 0x40, 0x1f, 0x90, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x50, 0x00],
        ...[0x20, 0x00, 0x20, 0x96, 0x00, 0x00],
        ...tricky,
      ]),
      [
        '0000  20 52 45 43 56 00 20 53 45 4e 44 00 08 00 45 00    RECV. SEND...E.',
        '0010  00 4b 12 34 00 00 ff 06 92 73 0a 01 01 01 0a 02   .K.4.....s......',
        '0020  02 02 9c 40 1f 90 00 00 00 00 00 00 00 00 50 00   ...@..........P.',
        '0030  20 00 20 96 00 00 81 85 37 fa 21 3d 7f 9f 4d 51    . .....7.!=..MQ',
        '0040  58 81 15 61 62 20 7c 20 34 31 20 34 32 20 20 34   X..ab | 41 42  4',
        '0050  33 20 23 20 22 68 69 22 20                        3 # "hi" ',
      ],
    ],
    [
      'tshark -x --hexdump noascii',
      Uint8Array.from([...ascii(' RECV'), 0x00, ...ascii(' SEND'), 0x00, 0x08, 0x00, 0x45, 0x00, 0x00, 0x41]),
      [
        '0000  20 52 45 43 56 00 20 53 45 4e 44 00 08 00 45 00   ',
        '0010  00 41                                             ',
      ],
    ],
    [
      'tshark -x --hexdump delimit',
      Uint8Array.from([...ascii(' RECV'), 0x00, ...ascii(' SEND'), 0x00, 0x08, 0x00, 0x45, 0x00, 0x00, 0x41]),
      [
        '0000  20 52 45 43 56 00 20 53 45 4e 44 00 08 00 45 00   | RECV. SEND...E.|',
        '0010  00 41                                             |.A|',
      ],
    ],
    [
      'tshark -z follow,tcp,hex',
      tricky,
      [
        '00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58 81 15 61 62 20  ..7.!=.. MQX..ab',
        '00000010  7c 20 34 31 20 34 32 20  20 34 33 20 23 20 22 68  | 41 42   43 # "h',
        '00000020  69 22 20                                          i"',
      ],
    ],
    [
      'tshark -z follow,tcp,hex, the other direction',
      Uint8Array.from([0x81, 0x05, ...ascii('Hello'), 0x82, 0x7e, 0x00, 0x80, ...ascii('ab | 41')]),
      [
        '\t00000000  81 05 48 65 6c 6c 6f 82  7e 00 80 61 62 20 7c 20  ..Hello. ~..ab |',
        '\t00000010  34 31                                             41',
      ],
    ],
  ])('%s', (_, bytes, lines) => {
    expect(parseHex(lines.join('\n'))).toEqual(bytes)
    expect(parseHex(`# dump\r\n\r\n${lines.join('\r\n')}\r\n`)).toEqual(bytes)
    expect(parseHex(lines.map((line) => `    ${line}\n# between\n\n`).join(''))).toEqual(bytes)
  })

  test.each([
    ['no space behind the colon', '00000000:8185', [0x81, 0x85]],
    ['two spaces behind the colon', '0000:  8185  ..', [0x81, 0x85]],
    ['a comment behind the hex', '00000000: 8185 # header', [0x81, 0x85]],
    ['a comment behind the bytes of a row', '0000  81 85 # header', [0x81, 0x85]],
    ['one space before the ASCII column', '00000010  81 85 |..|', [0x81, 0x85]],
    ['no space before the ASCII column', '00000000  81 85|..|', [0x81, 0x85]],
    ['an ASCII column that is a |', '0000  7c 41   |A', [0x7c, 0x41]],
    ['an ASCII column that is a #', '0000  23 41   #A', [0x23, 0x41]],
    ['an ASCII column that looks like bytes in halves', '0000  7a 7a  01 02 03 04 05 06 07 08  x', [0x7a, 0x7a]],
    ['offsets of different widths', '0000  81\n00000001  85\n2  00', [0x81, 0x85, 0x00]],
    ['upper case', '0000000A: FA\n0000000B: 3D', [0xfa, 0x3d]],
    ['three spaces behind the offset', '0000   81 85 37', [0x81, 0x85, 0x37]],
    ['three spaces behind an offset that is not 0', '00000010   81 85 37  |..7|', [0x81, 0x85, 0x37]],
    ['only blanks behind eight bytes', '0000  01 02 03 04 05 06 07 08  ', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['repeated rows of one byte', '0000  07\n*\n0005\n', [7, 7, 7, 7, 7]],
    ['bytes in halves, with nothing behind them', '0000  01 02 03 04 05 06 07 08  09', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['an offset of one digit at the end', '00000000  81 85 |..|\n2', [0x81, 0x85]],
    ['two runs of repeated rows', '00: 01 02\n*\n06: 03\n *  # zeros\n08: 04\n', [1, 2, 1, 2, 1, 2, 3, 3, 4]],
  ])('unusual but clear hands: %s', (_, text, bytes) => {
    expect(parseHex(text)).toEqual(Uint8Array.from(bytes))
  })

  test('a megabyte of repeated rows', () => {
    const row = '00000000  81 02 03 04 05 06 07 08  09 0a 0b 0c 0d 0e 0f 10  |................|'
    const bytes = parseHex(`${row}\n*\n00100000\n`)
    expect(bytes).toHaveLength(0x100000)
    expect(bytes.every((byte, i) => byte === (i % 16 === 0 ? 0x81 : (i % 16) + 1))).toBe(true)
  })

  test('many rows after repeated ones, copying what came before only now and then', () => {
    const repeated = 0x10000
    const rows = Array.from({ length: 1000 }, (_, i) => `${(i + repeated).toString(16)}: 85\n`)
    const set = jest.spyOn(Uint8Array.prototype, 'set')
    const bytes = parseHex(`0: 81\n*\n${rows.join('')}`)
    const copied = set.mock.calls.reduce((sum, [source]) => sum + source.length, 0)
    set.mockRestore()
    expect(bytes).toEqual(Uint8Array.from({ length: repeated + 1000 }, (_, i) => (i < repeated ? 0x81 : 0x85)))
    expect(copied).toBeLessThan(2 * bytes.length)
  })
})

describe('parseHex refuses', () => {
  test.each([
    ['g', 'line 1, column 1: found "g", expected hex digits'],
    ['8185\n37fa\n2 13dg', 'line 3, column 1: found "2", expected an even number of hex digits'],
    ['8185\n37fa\n21 3dg', 'line 3, column 6: found "g", expected hex digits'],
    ['81 8g', 'line 1, column 5: found "g", expected hex digits'],
    ['81 858', 'line 1, column 4: found "858", expected an even number of hex digits'],
    ['81 8#', 'line 1, column 4: found "8", expected an even number of hex digits'],
    ['8@', 'line 1, column 2: found "@", expected hex digits'],
    ['8`', 'line 1, column 2: found "`", expected hex digits'],
    ['8/', 'line 1, column 2: found "/", expected hex digits'],
    ['81 8:', 'line 1, column 5: found ":", expected hex digits'],
    ['8G', 'line 1, column 2: found "G", expected hex digits'],
    ['81, 85', 'line 1, column 3: found ",", expected hex digits'],
    ['81 "85"', 'line 1, column 4: found """, expected hex digits'],
    ['81\r85', 'line 1, column 3: found "\\u000d", expected hex digits'],
    ['81\u00a085', 'line 1, column 3: found "\\u00a0", expected hex digits'],
    ['81 你', 'line 1, column 4: found "\\u4f60", expected hex digits'],
    ['81 👋', 'line 1, column 4: found "\\ud83d\\udc4b", expected hex digits'],
    ['81\0', 'line 1, column 3: found "\\u0000", expected hex digits'],
    ['*', 'line 1, column 1: found "*", expected hex digits'],
    ['81 0x85', 'line 1, column 5: found "x", expected hex digits'],
    ['81 \\x85', 'line 1, column 4: found "\\", expected hex digits'],
    ['0x81 85', 'line 1, column 6: found "8", expected "0x"'],
    ['0x81\n\\x85', 'line 2, column 1: found "\\", expected "0x"'],
    ['0x81 0x8', 'line 1, column 6: found "0x8", expected an even number of hex digits'],
    ['0x', 'line 1, column 3: found the end of the line, expected hex digits'],
    ['0x 81', 'line 1, column 3: found " ", expected hex digits'],
    ['0x81\\x85', 'line 1, column 5: found "\\", expected hex digits'],
    ['0x81, 0x85', 'line 1, column 5: found ",", expected hex digits'],
    ['\\x81 85', 'line 1, column 6: found "8", expected "\\x"'],
    ['\\x81\\85', 'line 1, column 5: found "\\", expected "\\x"'],
    ['\\x8185', 'line 1, column 5: found "8", expected a space'],
    ['\\x81\\x8', 'line 1, column 1: found "\\x81\\x8", expected an even number of hex digits'],
    ['\\x81\\x', 'line 1, column 7: found the end of the line, expected hex digits'],
    ['1'.repeat(99), `line 1, column 1: found "${'1'.repeat(32)}", expected an even number of hex digits`],
  ])('%j', (text, message) => {
    expect(() => parseHex(text)).toThrow(new RangeError(message))
  })

  const tooHigh = 'expected an offset of at most 1fffffffffffff'
  const rows = '0000  01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10   ................\n'

  test.each([
    ['00000000: 8185\n00000003: 37', 'line 2, column 1: found "00000003", expected offset 00000002'],
    ['00000010: 8185\n00000010: 37', 'line 2, column 1: found "00000010", expected offset 00000012'],
    ['00000000: 8185\n  00000003', 'line 2, column 11: found the end of the line, expected ":"'],
    ['00000000: 8185\n8185', 'line 2, column 5: found the end of the line, expected ":"'],
    ['00000000: 8185\n00000002  85', 'line 2, column 9: found " ", expected ":"'],
    ['00000000: 8185\nxyz', 'line 2, column 1: found "x", expected an offset'],
    ['00000000: 8185 3', 'line 1, column 16: found "3", expected an even number of hex digits'],
    ['00000000: 8185 3g', 'line 1, column 17: found "g", expected hex digits'],
    ['00000000: 8185 | ..', 'line 1, column 16: found "|", expected hex digits'],
    ['fffffffffffff0000: 81', `line 1, column 1: found "fffffffffffff0000", ${tooHigh}`],
    ['1fffffffffffff: 81\n20000000000000: 81', `line 2, column 1: found "20000000000000", ${tooHigh}`],
    [`${rows}0000  81`, 'line 2, column 1: found "0000", expected offset 0010'],
    [`${rows}    0000  81`, 'line 2, column 5: found "0000", expected offset 0010'],
    [`${rows}0010 81`, 'line 2, column 5: found " ", expected two spaces after the offset'],
    [`${rows}0010: 81`, 'line 2, column 5: found ":", expected two spaces after the offset'],
    [`${rows}0010  8185`, 'line 2, column 9: found "8", expected a space'],
    [`${rows}0010  81 8`, 'line 2, column 10: found "8", expected an even number of hex digits'],
    [`${rows}0010  81 8g`, 'line 2, column 11: found "g", expected hex digits'],
    [`${rows}0010  81 g1`, 'line 2, column 10: found "g", expected hex digits'],
    [`${rows}Frame (83 bytes):`, 'line 2, column 2: found "r", expected two spaces after the offset'],
    [`${rows}Reassembled TCP`, 'line 2, column 1: found "R", expected an offset'],
    [`${rows.slice(0, 53)} 11`, 'line 1, column 7: found "0", expected at most 16 bytes'],
    [`${rows.slice(0, 53)} AB`, 'line 1, column 7: found "0", expected at most 16 bytes'],
    [`${rows.slice(0, 53)} ABC`, 'line 1, column 57: found "C", expected a space'],
    ['00000000  81 85 |..|\n00000002\n8185', 'line 3, column 1: found "8185", expected offset 0002'],
  ])('the dump %j', (text, message) => {
    expect(() => parseHex(text)).toThrow(new RangeError(message))
  })

  const notReached = 'expected an offset that whole repeated rows lead to'
  const tooMany = 'expected at most 256 MiB of repeated rows'

  test.each([
    ['00000000: 8185\n*', 'line 2, column 1: found "*", expected an offset after it'],
    ['00000000: 8185\n*\n\n', 'line 2, column 1: found "*", expected an offset after it'],
    ['00000000: 8185\n *\n\n# end', 'line 2, column 2: found "*", expected an offset after it'],
    ['00000000: 8185\n* *\n', 'line 2, column 1: found "*", expected an offset'],
    ['00000000: 8185\n*\n*\n', 'line 3, column 1: found "*", expected a row'],
    ['0000  81\n0001\n*\n0002', 'line 3, column 1: found "*", expected a row'],
    ['00000000: 8185\n*\n00000002:', `line 3, column 1: found "00000002", ${notReached}`],
    ['00000000: 8185\n*\n00000001:', `line 3, column 1: found "00000001", ${notReached}`],
    ['00000000: 8185\n*\n00000005:', `line 3, column 1: found "00000005", ${notReached}`],
    ['00000000: 8185\n*\n1ffffffffffffe:', `line 3, column 1: found "1ffffffffffffe", ${tooMany}`],
    ['00000000: 8185\n*\n10000004:', `line 3, column 1: found "10000004", ${tooMany}`],
    ['0: 00\n*\n401: 00\n*\n10000403:', `line 5, column 1: found "10000403", ${tooMany}`],
  ])('the repeated rows of %j', (text, message) => {
    expect(() => parseHex(text)).toThrow(new RangeError(message))
  })

  test.each([undefined, null, 8185, masked, { toString: () => '81' }, Object('81')].map((value: unknown) => [value]))(
    '%p, which is not a string',
    (value) => {
      expect(() => Reflect.apply(parseHex, null, [value])).toThrow(TypeError)
    },
  )

  test('other types by name', () => {
    expect(() => Reflect.apply(parseHex, null, [8185])).toThrow(new TypeError('text must be a string, not number'))
  })
})

describe('formatHex', () => {
  test('writes two lower-case digits a byte', () => {
    expect(formatHex(masked)).toBe('818537fa213d7f9f4d5158')
    expect(formatHex(Uint8Array.of(0x00, 0x0f, 0xf0, 0xff))).toBe('000ff0ff')
    expect(formatHex(new Uint8Array(0))).toBe('')
    expect(formatHex(Buffer.from('Hello'))).toBe('48656c6c6f')
    expect(formatHex(masked.subarray(2, 6))).toBe('37fa213d')
  })

  test('writes bytes over many blocks', () => {
    const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i * 7)
    expect(formatHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
  })

  test.each([undefined, null, '8185', [0x81], new ArrayBuffer(2), new Uint16Array(2)].map((value: unknown) => [value]))(
    'refuses %p',
    (value) => {
      expect(() => Reflect.apply(formatHex, null, [value])).toThrow(TypeError)
    },
  )

  test('refuses other types by name', () => {
    expect(() => Reflect.apply(formatHex, null, ['8185'])).toThrow(new TypeError('bytes must be a Uint8Array, not string'))
  })
})

describe('for all bytes', () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    // Much of what could be mistaken in an ASCII column.
    fc
      .string({ unit: fc.constantFrom(...'012aF |#:*x\\'), maxLength: 100 })
      .map((text) => Uint8Array.from(ascii(text))),
    // Runs of equal rows.
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat({ max: 5 })).map(([row, times]) =>
      Uint8Array.from(Array.from({ length: times }, () => Array.from(row)).flat()),
    ),
  )
  const runs = { numRuns: 1000 }

  const hexOf = (bytes: Uint8Array): string[] => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
  const printable = (bytes: Uint8Array): string =>
    Array.from(bytes, (byte) => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.')).join('')
  const rowsOf = (bytes: Uint8Array, size: number): { offset: number; row: Uint8Array }[] =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => ({
      offset: i * size,
      row: bytes.subarray(i * size, i * size + size),
    }))

  test('parseHex reads what formatHex writes', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(parseHex(formatHex(bytes))).toEqual(bytes)
        expect(parseHex(formatHex(bytes).toUpperCase())).toEqual(bytes)
        expect(formatHex(parseHex(hexOf(bytes).join(' ')))).toBe(formatHex(bytes))
      }),
      runs,
    )
  })

  test('parseHex reads them with prefixes', () => {
    fc.assert(
      fc.property(anyBytes, fc.constantFrom('0x', '\\x'), fc.constantFrom(' ', '\n', '#9\n'), (bytes, prefix, gap) => {
        expect(parseHex(hexOf(bytes).map((pair) => prefix + pair).join(gap))).toEqual(bytes)
      }),
      runs,
    )
  })

  test('parseHex reads an xxd dump of them, in rows and groups of any size', () => {
    const xxd = (bytes: Uint8Array, columns: number, group: number, start: number): string =>
      rowsOf(bytes, columns)
        .map(({ offset, row }) => {
          const hex = hexOf(row).map((pair, i) => (group > 0 && i > 0 && i % group === 0 ? ` ${pair}` : pair)).join('')
          const width = columns * 2 + (group === 0 ? 0 : Math.ceil(columns / group) - 1)
          return `${(start + offset).toString(16).padStart(8, '0')}: ${hex.padEnd(width)}  ${printable(row)}\n`
        })
        .join('')
    const size = fc.integer({ min: 1, max: 40 })
    fc.assert(
      fc.property(anyBytes, size, fc.nat({ max: 20 }), fc.nat(), (bytes, columns, group, start) => {
        expect(parseHex(xxd(bytes, columns, group, start))).toEqual(bytes)
      }),
      runs,
    )
  })

  test('parseHex reads a dump of them as hexdump -C prints it, with and without repeated rows', () => {
    const hexdump = (bytes: Uint8Array, start: number, squeeze: boolean): string => {
      const offsetOf = (offset: number): string => (start + offset).toString(16).padStart(8, '0')
      let before = ''
      const lines = rowsOf(bytes, 16).map(({ offset, row }) => {
        const pairs = hexOf(row)
        const repeats = squeeze && row.length === 16 && pairs.join('') === before
        before = pairs.join('')
        const hex = `${pairs.slice(0, 8).join(' ').padEnd(23)}  ${pairs.slice(8).join(' ')}`.padEnd(48)
        return repeats ? '*' : `${offsetOf(offset)}  ${hex}  |${printable(row)}|`
      })
      const once = lines.filter((line, i) => line !== '*' || lines[i - 1] !== '*')
      return bytes.length === 0 ? '' : [...once, offsetOf(bytes.length), ''].join('\n')
    }
    const repeated = fc.tuple(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat({ max: 5 }), anyBytes)
    const withRepeats = repeated.map(([row, times, rest]) =>
      Uint8Array.from([...Array.from({ length: times }, () => Array.from(row)).flat(), ...rest]),
    )
    fc.assert(
      fc.property(fc.oneof(anyBytes, withRepeats), fc.nat(), fc.boolean(), (bytes, start, squeeze) => {
        expect(parseHex(hexdump(bytes, start, squeeze))).toEqual(bytes)
      }),
      runs,
    )
  })

  test('parseHex reads a dump of them as Wireshark prints it, in every variant', () => {
    type Column = 'ascii' | 'noascii' | 'delimit'
    const wireshark = (bytes: Uint8Array, follow: boolean, column: Column, indent: string): string =>
      rowsOf(bytes, 16)
        .map(({ offset, row }) => {
          const pairs = hexOf(row)
          const halves = follow
            ? `${pairs.slice(0, 8).join(' ').padEnd(23)}  ${pairs.slice(8).join(' ')}`.padEnd(48)
            : pairs.join(' ').padEnd(48)
          const inHalves = `${printable(row.subarray(0, 8))} ${printable(row.subarray(8))}`.trimEnd()
          const text = follow ? inHalves : printable(row)
          const shown = { ascii: text, noascii: '', delimit: `|${text}|` }[column]
          return `${indent}${offset.toString(16).padStart(follow ? 8 : 4, '0')}  ${halves}  ${shown}\n`
        })
        .join('')
    fc.assert(
      fc.property(
        anyBytes,
        fc.boolean(),
        fc.constantFrom('ascii', 'noascii', 'delimit'),
        fc.constantFrom('', '    ', '\t'),
        (bytes, follow, column, indent) => {
          expect(parseHex(wireshark(bytes, follow, column, indent))).toEqual(bytes)
        },
      ),
      runs,
    )
  })

  test('any text gives bytes or a RangeError that names a place in it', () => {
    const unit = fc.oneof(fc.constantFrom(...'00018aF  \n|#:*x\\'), fc.string({ maxLength: 1 }))
    const text = fc.string({ unit, maxLength: 60 })
    fc.assert(
      fc.property(text, (input) => {
        try {
          expect(parseHex(input)).toBeInstanceOf(Uint8Array)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
          const place = /^RangeError: line (\d+), column (\d+): found .*, expected ./
          const [, line, column] = place.exec(String(error)) ?? []
          const named = input.split('\n')[Number(line) - 1]
          expect(named).toBeDefined()
          expect(Number(column)).toBeLessThanOrEqual((named ?? '').length + 1)
        }
      }),
      runs,
    )
  })
})

test('parseHex reads lines of any length', () => {
  expect(parseHex('0'.repeat(20_000_000))).toHaveLength(10_000_000)
  expect(() => parseHex(`${'0'.repeat(20_000_000)}: 81`)).toThrow('line 1, column 20000001: found ":"')
  expect(parseHex(`0000${' '.repeat(1_000_000)}81`)).toEqual(Uint8Array.of(0, 0, 0x81))
})

test('parseHex repeats rows for 256 MiB, if asked to', () => {
  expect(parseHex('00: 81 85\n*\n10000002:')).toHaveLength(0x10000002)
})
