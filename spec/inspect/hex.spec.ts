import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatHex, parseBytes, parseHex } from '../../src/index.js'

const masked = Uint8Array.of(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58)

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
    ['commas', '81, 85, 37, fa, 21, 3d,\n7f, 9f, 4d, 51, 58 // payload'],
    ['colons', '81:85:37:fa:21:3d:7f:9f:4d:51:58'],
    ['any line ends and blanks', '8185\r37fa\u2028213d\u00a07f9f\u200b4d51\ufeff58'],
    ['h', '81h 85h 37h fah 21h 3dh 7fh 9fh 4dh 51h 58H'],
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
    ['10000001 00000101', [0x10, 0, 0, 1, 0, 0, 1, 1]],
    ['8185 # 00000000  81 85  |..|', [0x81, 0x85]],
    ['8185 # 0000  81 85', [0x81, 0x85]],
  ])('%j, which only resembles a dump', (text, bytes) => {
    expect(parseHex(text)).toEqual(Uint8Array.from(bytes))
  })

  test('into a buffer of its own size', () => {
    expect(parseHex('# a long comment\n8185').buffer.byteLength).toBe(2)
  })
})

describe('parseHex refuses', () => {
  test.each([
    ['g', 'line 1, column 1: found "g", expected hex digits'],
    ['8185\n37fa\n2 13dg', 'line 3, column 1: found "2", expected an even number of hex digits'],
    ['8185\r\n37fa\r21 3dg', 'line 3, column 6: found "g", expected hex digits'],
    ['81 8g', 'line 1, column 5: found "g", expected hex digits'],
    ['81 858', 'line 1, column 4: found "858", expected an even number of hex digits'],
    ['81 8#', 'line 1, column 4: found "8", expected an even number of hex digits'],
    ['8@', 'line 1, column 2: found "@", expected hex digits'],
    ['8`', 'line 1, column 2: found "`", expected hex digits'],
    ['8/', 'line 1, column 2: found "/", expected hex digits'],
    ['8G', 'line 1, column 2: found "G", expected hex digits'],
    ['81,, 85', 'line 1, column 4: found ",", expected hex digits'],
    ['81 "85"', 'line 1, column 4: found """, expected hex digits'],
    ['81 \u4f60', 'line 1, column 4: found "\\u4f60", expected hex digits'],
    ['81 \u{1f44b}', 'line 1, column 4: found "\\ud83d\\udc4b", expected hex digits'],
    ['81\0', 'line 1, column 3: found "\\u0000", expected hex digits'],
    ['*', 'line 1, column 1: found "*", expected hex digits'],
    ['81 0x85', 'line 1, column 4: found "0", expected hex digits'],
    ['81 \\x85', 'line 1, column 4: found "\\", expected hex digits'],
    ['0x81 85', 'line 1, column 6: found "8", expected "0x"'],
    ['0x81\n\\x85', 'line 2, column 1: found "\\", expected "0x"'],
    ['0x81 0x8', 'line 1, column 6: found "0x8", expected an even number of hex digits'],
    ['0x', 'line 1, column 3: found the end of the line, expected hex digits'],
    ['0x 81', 'line 1, column 3: found " ", expected hex digits'],
    ['0x81\\x85', 'line 1, column 5: found "\\", expected "0x"'],
    ['\\x81 85', 'line 1, column 6: found "8", expected "\\x"'],
    ['\\x81\\85', 'line 1, column 5: found "\\", expected hex digits'],
    ['\\x8185', 'line 1, column 5: found "8", expected hex digits'],
    ['\\x81\\x8', 'line 1, column 5: found "\\x8", expected an even number of hex digits'],
    ['\\x81\\x', 'line 1, column 7: found the end of the line, expected hex digits'],
    ['81h 85', 'line 1, column 5: found "8", expected hex digits and "h"'],
    ['81h85h', 'line 1, column 4: found "8", expected hex digits'],
    ['1'.repeat(99), `line 1, column 1: found "${'1'.repeat(32)}", expected an even number of hex digits`],
    ['12:34:56 81 05', 'line 1, column 9: mixed separators, ":" and " ": write only the bytes, with the same separator everywhere'],
    ['81 - 85 37', 'line 1, column 8: mixed separators, "-" and " ": write only the bytes, with the same separator everywhere'],
    ['00000000: 8185 37fa  ..7.', 'line 1, column 15: mixed separators, ":" and " "'],
    ['[129, 5]', 'line 1, column 1: found "[", expected hex digits'],
    ['81 -05', 'line 1, column 4: found "-", expected hex digits'],
    ['129 5 72', 'line 1, column 1: found "129", expected an even number of hex digits'],
    ['gQVIZWxsbw==', 'line 1, column 1: found "g", expected hex digits'],
  ])('%j', (text, message) => {
    expect(() => parseHex(text)).toThrow(RangeError)
    expect(() => parseHex(text)).toThrow(message)
  })

  test('with the line and a caret below it', () => {
    expect(() => parseHex('81\n 85 3g # x')).toThrow(
      new RangeError('line 2, column 6: found "g", expected hex digits\n   85 3g # x\n       ^'),
    )
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
  const runs = { numRuns: 1000 }
  const hexOf = (bytes: Uint8Array): string[] => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))

  test('parseHex reads what formatHex writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(parseHex(formatHex(bytes))).toEqual(bytes)
        expect(parseHex(formatHex(bytes).toUpperCase())).toEqual(bytes)
        expect(formatHex(parseHex(hexOf(bytes).join(' ')))).toBe(formatHex(bytes))
      }),
      runs,
    )
  })

  test('parseHex reads them with prefixes and separators', () => {
    const prefix = fc.constantFrom('', '0x', '\\x', '$', '%', '\\u00')
    const gap = fc.constantFrom(' ', '\n', '#9\n', ', ', ':', '-', ';', ' | ', '_', '\u00a0', '//9\r\n')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), prefix, gap, (bytes, before, between) => {
        expect(
          parseHex(
            hexOf(bytes)
              .map((pair) => before + pair)
              .join(between),
          ),
        ).toEqual(bytes)
        expect(
          parseHex(
            hexOf(bytes)
              .map((pair) => `${pair}h`)
              .join(between),
          ),
        ).toEqual(bytes)
      }),
      runs,
    )
  })

  test('parseHex reads nothing in another way than parseBytes', () => {
    const unit = fc.constantFrom(...'00018aF  \n|#:x,-', '0x', '\\x', '81 ', '0000 ')
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 20 }), (units) => {
        const text = units.join('')
        const read = (parse: (input: string) => Uint8Array) => {
          try {
            return formatHex(parse(text))
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError)
            return null
          }
        }
        const [hex, any] = [read(parseHex), read(parseBytes)]
        // Bits in groups of eight are hex digits as well, and rows may have offsets: parseHex never asks.
        fc.pre(hex !== null && any !== null && !/[01]{8}|^[ |]*(?:0x)?[0-9a-f]+(?:: |  | 0x| [0-9a-f]{2}\b)|0x[01]{8}/im.test(text))
        expect(any).toBe(hex)
      }),
      runs,
    )
  })
})

test('parseHex reads lines of any length', () => {
  expect(parseHex('0'.repeat(20_000_000))).toHaveLength(10_000_000)
  expect(() => parseHex(`${'0'.repeat(20_000_000)}: 8g`)).toThrow('line 1, column 20000004: found "g"')
  expect(parseHex(`0000${' '.repeat(1_000_000)}81`)).toEqual(Uint8Array.of(0, 0, 0x81))
})
