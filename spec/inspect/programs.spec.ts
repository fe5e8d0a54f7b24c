/**
 * What the programs of this machine print of any bytes is read back.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseBytes } from '../../src/index.js'
import { anyBytes, ascii } from './printers.js'
import { output, outputFor, pcap } from './programs.js'

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

describe('dumps', () => {
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

describe('values and calls', () => {
  const values = fc
    .sample(fc.uint8Array({ minLength: 1, maxLength: 40 }), { numRuns: 30, seed: 6455 })
    .map((read) => Uint8Array.of(0x81, ...read))

  const python = `import sys, pprint, array
for line in sys.stdin:
    b = bytes.fromhex(line)
    print(*map(ascii, [repr(b), pprint.pformat(b), repr(bytearray(b)), repr(list(b)), str(array.array('B', b)), repr(b.hex()), b.hex(':'), repr(b.decode('latin1'))]), sep='\\t')
`
  const printed = output(['python3', '-c', python], Buffer.from(values.map((read) => Buffer.from(read).toString('hex')).join('\n')))
  const name = 'Python'
  const run = printed === null ? test.skip : test
  run(printed === null ? `${name} (not on this machine)` : name, () => {
    const lines = (printed ?? '').trimEnd().split('\n')
    expect(lines).toHaveLength(values.length)
    lines.forEach((line, index) => {
      for (const field of line.split('\t')) {
        // Each field is a Python string of ASCII: what was printed, in quotes.
        const text = field.slice(1, -1).replaceAll(/\\(['\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character))
        if (/[^\n -~]|\\u|\\x[a-f89]/.test(text) || !/[\x80-\uffff]/.test(text))
          expect([text, parseBytes(text)]).toEqual([text, values[index]])
      }
    })
  })

  const strace = (how: string) => ['sh', '-c', `strace -qq ${how} -s 9999 -e trace=write cat FILE 2>&1 >/dev/null`]
  const straced = outputFor(strace(''), hello)
  const isHere = straced !== null && straced.includes('write(')
  const runStrace = isHere ? test : test.skip
  runStrace(isHere ? 'strace' : 'strace (not on this machine, or not allowed)', () => {
    for (const read of values.slice(0, 8)) {
      for (const how of ['', '-x', '-xx']) expect(parseBytes(outputFor(strace(how), read) ?? '')).toEqual(read)
    }
  })
})
