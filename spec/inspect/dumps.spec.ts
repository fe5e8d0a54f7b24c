/**
 * Dumps: what programs print is read back, whatever the bytes are.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseBytes } from '../../src/index.js'
import { layouts, print } from './printers.js'
import { output, outputFor, pcap } from './programs.js'

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const repeated = (row: Uint8Array, times: number) => Uint8Array.from(Array.from({ length: times }, () => Array.from(row)).flat())

/** Bytes of all kinds, among them those whose characters look like parts of dumps, and equal rows. */
const anyBytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 100 }),
  fc.string({ unit: fc.constantFrom(...'012aF |#:*x\\'), minLength: 1, maxLength: 100 }).map(ascii),
  fc.string({ unit: fc.constantFrom(...'00 1'), minLength: 1, maxLength: 100 }).map(ascii),
  fc.uint8Array({ max: 1, minLength: 1, maxLength: 60 }),
  fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 6 })).map(([row, times]) => repeated(row, times)),
)

describe('by the rules of each program, starting at any offset, with and without blanks at the ends of lines', () => {
  test.each(Object.keys(layouts))('%s', (name) => {
    const layout = layouts[name]
    if (layout === undefined) throw new Error(name)
    const start = fc.oneof(fc.constant(0), fc.nat({ max: 0x7000 }))
    fc.assert(
      fc.property(anyBytes, start, fc.boolean(), (bytes, from, trim) => {
        // A single row whose characters are blanks and lost may as well be hex, unless something else marks the offset.
        const mark = layout.behind.trim()
        const isMarked =
          mark === '-' ? layout.total : mark !== '' || layout.total || (from === 0 && layout.behind !== ' ' && layout.before !== '0x')
        fc.pre(isMarked || bytes.length > layout.columns || (layout.column !== null && bytes.some((byte) => byte !== 0x20)))
        // Cells of four and eight bytes may be words, unless the characters tell: that has its own tests.
        fc.pre(name !== 'xxd -g 0' || ![4, 8].includes(bytes.length % 16) || bytes.length > 16)
        const text = print(bytes, layout, from)
        expect(parseBytes(trim ? text.replaceAll(/ +$/gm, '') : text)).toEqual(bytes)
      }),
      { numRuns: 300 },
    )
  })
})

const hello = ascii('\x81\x05Hello')
const samples = [
  hello,
  Uint8Array.of(0x81),
  ascii('\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x81\x15ab | 41 42  43 # "hi" '),
  ascii('\x82\x10' + '12 34 56 78 ab c'),
  Uint8Array.from([0x82, 0x7e, 0x00, 0x64, ...new Uint8Array(100), 0x88, 0x00]),
  ...fc.sample(anyBytes, { numRuns: 16, seed: 6455 }),
]

interface Program {
  readonly command: readonly string[]
  /** Whether the command reads a file made of the bytes, and how that is made. */
  readonly file?: (bytes: Uint8Array) => Uint8Array
  /** Whether other commands may print the same for other bytes, so that this may be refused. */
  readonly mayBeRefused?: boolean
}

const ofFile = (bytes: Uint8Array): Uint8Array => bytes

/** A packet of an unknown protocol in IPv4, which tcpdump prints without reading it. */
const ip = (data: Uint8Array): Uint8Array =>
  Uint8Array.from([0x45, 0, 0, 20 + data.length, 0, 1, 0, 0, 64, 253, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, ...data])

const programs: readonly Program[] = [
  { command: ['xxd'] },
  { command: ['xxd', '-u'] },
  { command: ['xxd', '-a'] },
  { command: ['xxd', '-d'] },
  { command: ['xxd', '-g', '1', '-c', '8'] },
  { command: ['xxd', '-c', '40'] },
  { command: ['xxd', '-g', '3'] },
  { command: ['xxd', '-g', '4'], mayBeRefused: true },
  { command: ['xxd', '-g', '8'], mayBeRefused: true },
  { command: ['xxd', '-e'], mayBeRefused: true },
  { command: ['xxd', '-e', '-g', '8'], mayBeRefused: true },
  { command: ['xxd', '-b'] },
  { command: ['xxd', '-ps'] },
  { command: ['xxd', '-i'] },
  { command: ['xxd', '-i', 'FILE'], file: ofFile },
  { command: ['hexdump'] },
  { command: ['hexdump', '-v'] },
  { command: ['hexdump', '-x'] },
  { command: ['hexdump', '-b'], mayBeRefused: true },
  { command: ['hexdump', '-o'] },
  { command: ['hexdump', '-d'] },
  { command: ['hexdump', '-C'] },
  { command: ['hexdump', '-v', '-e', '16/1 "%02x " "\n"'] },
  { command: ['od'] },
  { command: ['od', '-x'] },
  { command: ['od', '-b'], mayBeRefused: true },
  { command: ['od', '-t', 'x1'] },
  { command: ['od', '-t', 'x1z'] },
  { command: ['od', '-t', 'x2z'] },
  { command: ['od', '-t', 'x4'], mayBeRefused: true },
  { command: ['od', '-t', 'x8'], mayBeRefused: true },
  { command: ['od', '-t', 'd1'], mayBeRefused: true },
  { command: ['od', '-t', 'u1'], mayBeRefused: true },
  { command: ['od', '-A', 'x', '-t', 'x1'] },
  { command: ['od', '-A', 'd', '-t', 'x1'] },
  { command: ['od', '-A', 'x', '-x'] },
  { command: ['od', '-v', '-A', 'n', '-t', 'x1'] },
  { command: ['tshark', '-x', '-r', 'FILE'], file: (bytes) => pcap(bytes, 147) },
  { command: ['tshark', '-T', 'fields', '-e', 'data.data', '-r', 'FILE'], file: (bytes) => pcap(bytes, 147) },
  { command: ['tcpdump', '-n', '-x', '-r', 'FILE'], file: (bytes) => pcap(bytes, 101) },
  { command: ['tcpdump', '-n', '-X', '-r', 'FILE'], file: (bytes) => pcap(bytes, 101) },
]

/** Words of which some are the same in hex and octal, or repeated rows, may be read in several ways. */
const isAmbiguous = /may be/

describe('as the programs on this machine print them', () => {
  for (const { command, file, mayBeRefused = false } of programs) {
    const [program = ''] = command
    const printed = (bytes: Uint8Array) => (file === undefined ? output(command, bytes) : outputFor(command, file(bytes)))
    const isHere = printed(program === 'tcpdump' ? ip(hello) : hello) !== null
    const name = command.join(' ').replace('\n', '\\n')
    const run = isHere ? test : test.skip
    run(isHere ? name : `${name} (not on this machine)`, () => {
      // tshark takes a second to start.
      for (const sample of program === 'tshark' ? samples.slice(0, 6) : samples) {
        const bytes = program === 'tcpdump' ? ip(sample) : sample
        const text = printed(bytes) ?? ''
        let read: Uint8Array | null = null
        try {
          read = parseBytes(text)
        } catch (error) {
          if (!isAmbiguous.test(String(error)) || !(mayBeRefused || /^\*$/m.test(text))) throw error
        }
        if (read !== null) expect(read).toEqual(bytes)
      }
    })
  }
})
