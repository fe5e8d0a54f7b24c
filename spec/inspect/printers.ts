/**
 * Dumps as programs print them, by their rules: for the programs that are not on every machine, and for many random bytes.
 */
import fc from 'fast-check'

/** One byte for each character. */
export const ascii = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0))

const repeated = (row: Uint8Array, times: number) => Uint8Array.from(Array.from({ length: times }, () => Array.from(row)).flat())

/** Bytes of all kinds, among them those whose characters look like parts of dumps, and equal rows. */
export const anyBytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 100 }),
  fc.string({ unit: fc.constantFrom(...'012aF |#:*x\\'), minLength: 1, maxLength: 100 }).map(ascii),
  fc.string({ unit: fc.constantFrom(...'00 1'), minLength: 1, maxLength: 100 }).map(ascii),
  fc.uint8Array({ max: 1, minLength: 1, maxLength: 60 }),
  fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 6 })).map(([row, times]) => repeated(row, times)),
)

export interface Layout {
  /** What is before and behind the offset, its radix, and its width. */
  readonly before: string
  readonly behind: string
  readonly radix: 8 | 10 | 16
  readonly width: number
  /** Bytes in a row and in a group, and what is between groups; between the eighth byte and the next, if it is something else. */
  readonly columns: number
  readonly group: number
  readonly between: string
  readonly half: string
  readonly upperCase: boolean
  /** Before the characters and behind them; null for no characters. */
  readonly column: readonly [string, string] | null
  /** Whether there is one more space after eight characters. */
  readonly halves: boolean
  /** Whether the space is printed as a dot. */
  readonly dots: boolean
  /** Whether hex is padded to the width of full rows. */
  readonly padded: boolean
  /** Whether the last offset comes in a line of its own. */
  readonly total: boolean
}

const plain: Layout = {
  before: '',
  behind: '  ',
  radix: 16,
  width: 8,
  columns: 16,
  group: 1,
  between: ' ',
  half: ' ',
  upperCase: false,
  column: ['  ', ''],
  halves: false,
  dots: false,
  padded: true,
  total: false,
}

export const layouts: Readonly<Record<string, Layout>> = {
  xxd: { ...plain, behind: ': ', group: 2 },
  'xxd -g 1': { ...plain, behind: ': ' },
  'xxd -u -c 12 -g 3': { ...plain, behind: ': ', columns: 12, group: 3, upperCase: true },
  'xxd -g 0': { ...plain, behind: ': ', group: 16 },
  'hexdump -C': { ...plain, half: '  ', column: ['  |', '|'], total: true },
  'od -A x -t x1': { ...plain, width: 6, behind: ' ', column: null, padded: false, total: true },
  'od -t x1': { ...plain, width: 7, radix: 8, behind: ' ', column: null, padded: false, total: true },
  'od -A d -t x1': { ...plain, width: 7, radix: 10, behind: ' ', column: null, padded: false, total: true },
  'od -A x -t x1z': { ...plain, width: 6, behind: ' ', column: ['  >', '<'], total: true },
  Wireshark: { ...plain, width: 4, column: ['   ', ''] },
  'Wireshark without characters': { ...plain, width: 4, column: null, padded: false },
  'tshark -z follow,tcp,hex': { ...plain, half: '  ', halves: true },
  'tshark -z follow,tcp,hex, the other direction': { ...plain, before: '\t', half: '  ', halves: true },
  'tcpdump -x': { ...plain, before: '\t0x', width: 4, behind: ':  ', group: 2, column: null, padded: false },
  'tcpdump -X': { ...plain, before: '\t0x', width: 4, behind: ':  ', group: 2, dots: true },
  'gdb x/8xb': {
    ...plain,
    before: '0x',
    width: 12,
    behind: ' <payload>:\t',
    columns: 8,
    between: '\t',
    half: '\t',
    column: null,
    padded: false,
  },
  'curl --trace': { ...plain, width: 4, behind: ': ', column: [' ', ''] },
  'openssl s_client -debug': { ...plain, width: 4, behind: ' - ', half: '-', column: ['   ', ''] },
  Burp: { ...plain, behind: '\t', column: ['\t', ''] },
  'PowerShell 5 Format-Hex': { ...plain, behind: '   ', upperCase: true, column: ['  ', ''] },
  'PowerShell 7 Format-Hex': { ...plain, width: 16, behind: ' ', upperCase: true, column: [' ', ''] },
  mitmproxy: { ...plain, width: 10, behind: ' ', column: ['  ', ''] },
  'mitmproxy, as it was': { ...plain, width: 10, behind: ' ', column: [' ', ''] },
  'strace -e write=all': { ...plain, before: ' | ', width: 5, half: '  ', column: ['  ', ' |'] },
  radare2: { ...plain, before: '0x', group: 2 },
}

function charactersOf(row: Uint8Array, { halves, dots }: Layout): string {
  const characters = Array.from(row, (byte) => (byte > (dots ? 0x20 : 0x1f) && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
  return halves && row.length > 8 ? `${characters.slice(0, 8)} ${characters.slice(8)}` : characters
}

function hexOf(row: Uint8Array, { group, between, half, upperCase }: Layout): string {
  const hex = Array.from(row, (byte, index) => {
    const digits = byte.toString(16).padStart(2, '0')
    const gap = index === 0 || index % group > 0 ? '' : index === 8 ? half : between
    return gap + (between === '\t' ? '0x' : '') + (upperCase ? digits.toUpperCase() : digits)
  })
  return hex.join('')
}

/** @param start - the first offset */
export function print(bytes: Uint8Array, layout: Layout, start = 0): string {
  const { before, behind, radix, width, columns, column, padded, total } = layout
  const offset = (index: number) => before + (start + index).toString(radix).padStart(width, '0')
  const rows = Array.from({ length: Math.ceil(bytes.length / columns) }, (_, number) => {
    const row = bytes.subarray(number * columns, (number + 1) * columns)
    const hex = hexOf(row, layout).padEnd(padded ? hexOf(new Uint8Array(columns), layout).length : 0)
    return offset(number * columns) + behind + hex + (column === null ? '' : column[0] + charactersOf(row, layout) + column[1])
  })
  return [...rows, ...(total ? [offset(bytes.length)] : []), ''].join('\n')
}
