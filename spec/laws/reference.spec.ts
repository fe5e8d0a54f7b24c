/**
 * The reference decoder and encoder against bytes written by hand: an oracle is worth what its own tests are.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  chunkingArbitrary,
  cut,
  frameArbitrary,
  mutatedStreamArbitrary,
  readerOptionsArbitrary,
  streamArbitrary,
} from '../reference/arbitraries.js'
import { referenceDecode, type ReferenceOptions } from '../reference/decode.js'
import { referenceEncode, referenceMask } from '../reference/encode.js'

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0))

const plain = { fin: true, rsv1: false, rsv2: false, rsv3: false, maskingKey: null }
const legal = { error: null, closed: false, insideFrame: false, messageOpen: false }

describe('the examples of section 5.7', () => {
  test('a single-frame unmasked text message', () => {
    expect(referenceDecode(bytesOf('8105 48656c6c6f'))).toEqual({
      ...legal,
      frames: [{ ...plain, offset: 0, opcode: 0x1, payload: ascii('Hello') }],
    })
  })

  test('a single-frame masked text message', () => {
    expect(referenceDecode(bytesOf('8185 37fa213d 7f9f4d5158'))).toEqual({
      ...legal,
      frames: [{ ...plain, offset: 0, opcode: 0x1, maskingKey: 0x37fa213d, payload: ascii('Hello') }],
    })
  })

  test('a fragmented unmasked text message', () => {
    expect(referenceDecode(bytesOf('0103 48656c'))).toEqual({
      ...legal,
      messageOpen: true,
      frames: [{ ...plain, offset: 0, fin: false, opcode: 0x1, payload: ascii('Hel') }],
    })
    expect(referenceDecode(bytesOf('0103 48656c 8002 6c6f'))).toEqual({
      ...legal,
      frames: [
        { ...plain, offset: 0, fin: false, opcode: 0x1, payload: ascii('Hel') },
        { ...plain, offset: 5, opcode: 0x0, payload: ascii('lo') },
      ],
    })
  })

  test('an unmasked Ping and its masked response', () => {
    expect(referenceDecode(bytesOf('8905 48656c6c6f 8a85 37fa213d 7f9f4d5158'))).toEqual({
      ...legal,
      frames: [
        { ...plain, offset: 0, opcode: 0x9, payload: ascii('Hello') },
        { ...plain, offset: 7, opcode: 0xa, maskingKey: 0x37fa213d, payload: ascii('Hello') },
      ],
    })
  })

  test('256 bytes and 64 KiB of binary in single unmasked frames', () => {
    for (const [header, length] of [
      ['827e 0100', 256],
      ['827f 0000000000010000', 65536],
    ] as const) {
      const bytes = Uint8Array.from([...bytesOf(header), ...new Uint8Array(length).fill(0xab)])
      expect(referenceDecode(bytes)).toEqual({
        ...legal,
        frames: [{ ...plain, offset: 0, opcode: 0x2, payload: new Array<number>(length).fill(0xab) }],
      })
    }
  })
})

/** What becomes of a hex string: legal, legal so far but inside a frame, or the rule and when it was certain. */
function verdict(hex: string, options: ReferenceOptions = {}): string {
  const { error, insideFrame, frames } = referenceDecode(bytesOf(hex), options)
  if (error === null) return `frames: ${frames.length}${insideFrame ? ', then inside a frame' : ''}`
  const { rule, section, closeCode, offset, detectedAfter } = error
  return `${rule} (${section}, ${closeCode}) at ${offset}, certain after ${detectedAfter}`
}

type Case = readonly [hex: string, options: ReferenceOptions, verdict: string]

const open = { messageOpen: true } as const
const client = { sender: 'client' } as const
const server = { sender: 'server' } as const
const deflate = { extensions: { permessageDeflate: true } } as const
const limit = (maxPayloadLength: number): ReferenceOptions => ({ maxPayloadLength })
const zeros = (length: number): string => '00'.repeat(length)

const byteHex = (byte: number): string => byte.toString(16).padStart(2, '0')

/** Around the ends of each alternative of RFC 3629's grammar. */
const notUtf8 = [
  ...['80', 'bf', 'c0', 'c1', 'f5', 'ff', '61ff', 'c3a9a9'],
  ...['c2', 'c27f', 'c2c0', 'c080', 'c1bf'],
  ...['e0', 'e0a0', 'e09fbf', 'e0c080', 'e0a07f', 'e17fbf', 'e1bfc0', 'eda080', 'edbfbf', 'ed7f80', 'ee807f', 'efbfc0'],
  ...['f0', 'f090', 'f09080', 'f08fbfbf', 'f0c08080', 'f090807f', 'f1807f80', 'f3bfbfc0', 'f4908080', 'f47fbfbf'],
  ...['f5808080', 'f880808080'],
]
const utf8 = [
  ...['', '00', '7f', 'c280', 'dfbf', '61c3a9e282acf09f918b'],
  ...['e0a080', 'e0bfbf', 'e18080', 'ecbfbf', 'ed8080', 'ed9fbf', 'ee8080', 'efbfbf', 'efbbbf'],
  ...['f0908080', 'f0bfbfbf', 'f1808080', 'f3bfbfbf', 'f4808080', 'f48fbfbf'],
]

const cases: Record<string, readonly Case[]> = {
  'no bytes, whole frames, parts of frames': [
    ['', {}, 'frames: 0'],
    ['8100', {}, 'frames: 1'],
    ['81', {}, 'frames: 0, then inside a frame'],
    ['8101', {}, 'frames: 0, then inside a frame'],
    ['8181 00000000', {}, 'frames: 0, then inside a frame'],
    ['8180 000000', {}, 'frames: 0, then inside a frame'],
    ['8180 00000000', {}, 'frames: 1'],
    ['817e', {}, 'frames: 0, then inside a frame'],
    ['817e 00', {}, 'frames: 0, then inside a frame'],
    ['817f 00000000000100', {}, 'frames: 0, then inside a frame'],
    ['8100 81', {}, 'frames: 1, then inside a frame'],
    ['8100 8100', {}, 'frames: 2'],
  ],
  'rsv-bit': [
    ['c1', {}, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['a1', {}, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['91', {}, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['8100 c100', {}, 'rsv-bit (5.2, 1002) at 2, certain after 3'],
    ['c100', { extensions: { rsv1: true } }, 'frames: 1'],
    ['a100', { extensions: { rsv2: true } }, 'frames: 1'],
    ['9100', { extensions: { rsv3: true } }, 'frames: 1'],
    ['c1', { extensions: { rsv2: true, rsv3: true } }, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['a1', { extensions: { rsv1: true, rsv3: true } }, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['91', { extensions: { rsv1: true, rsv2: true } }, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['f100', { extensions: { rsv1: true, rsv2: true, rsv3: true } }, 'frames: 1'],
    ['c900', { extensions: { rsv1: true } }, 'frames: 1'],
    ['4100 c000', { extensions: { rsv1: true } }, 'frames: 2'],
  ],
  'rsv-bit with permessage-deflate': [
    ['c100', deflate, 'frames: 1'],
    ['c200', deflate, 'frames: 1'],
    ['4100 8000', deflate, 'frames: 2'],
    ['0100 8000', deflate, 'frames: 2'],
    ['4100 c0', deflate, 'rsv-bit (5.2, 1002) at 2, certain after 3'],
    ['0100 c0', deflate, 'rsv-bit (5.2, 1002) at 2, certain after 3'],
    ['c8', deflate, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['c9', deflate, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['ca', deflate, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['a1', deflate, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['c3', { extensions: { permessageDeflate: true, opcodes: [3] } }, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['c900', { extensions: { permessageDeflate: true, rsv1: true } }, 'frames: 1'],
  ],
  'opcode-reserved': [
    ...['83', '84', '85', '86', '87', '8b', '8c', '8d', '8e', '8f'].map((hex): Case => [
      hex,
      {},
      'opcode-reserved (5.2, 1002) at 0, certain after 1',
    ]),
    ['8200', {}, 'frames: 1'],
    ['8a00', {}, 'frames: 1'],
    ['8300', { extensions: { opcodes: [3] } }, 'frames: 1'],
    ['8f00', { extensions: { opcodes: [3, 15] } }, 'frames: 1'],
    ['84', { extensions: { opcodes: [3] } }, 'opcode-reserved (5.2, 1002) at 0, certain after 1'],
  ],
  'opcodes that an extension defines': [
    ['0700 8000', { extensions: { opcodes: [7] } }, 'frames: 2'],
    ['0700 87', { extensions: { opcodes: [7] } }, 'continuation-expected (5.4, 1002) at 2, certain after 3'],
    ['0100 87', { extensions: { opcodes: [7] } }, 'continuation-expected (5.4, 1002) at 2, certain after 3'],
    ['0700 81', { extensions: { opcodes: [7] } }, 'continuation-expected (5.4, 1002) at 2, certain after 3'],
    ['0b', { extensions: { opcodes: [11] } }, 'control-fragmented (5.5, 1002) at 0, certain after 1'],
    ['8b7e', { extensions: { opcodes: [11] } }, 'control-too-long (5.5, 1002) at 0, certain after 2'],
    ['0100 8b00 8000', { extensions: { opcodes: [11] } }, 'frames: 3'],
    ['8b01 ff 8100', { extensions: { opcodes: [11] } }, 'frames: 2'],
  ],
  'control-fragmented': [
    ['08', {}, 'control-fragmented (5.5, 1002) at 0, certain after 1'],
    ['09', {}, 'control-fragmented (5.5, 1002) at 0, certain after 1'],
    ['0a', {}, 'control-fragmented (5.5, 1002) at 0, certain after 1'],
    ['8800', {}, 'frames: 1'],
    ['8900', {}, 'frames: 1'],
    ['8a00', {}, 'frames: 1'],
  ],
  'control-too-long': [
    ['887e', {}, 'control-too-long (5.5, 1002) at 0, certain after 2'],
    ['897e', {}, 'control-too-long (5.5, 1002) at 0, certain after 2'],
    ['8a7f', {}, 'control-too-long (5.5, 1002) at 0, certain after 2'],
    ['89fe', {}, 'control-too-long (5.5, 1002) at 0, certain after 2'],
    [`897d ${zeros(125)}`, {}, 'frames: 1'],
    [`8a7d ${zeros(125)}`, {}, 'frames: 1'],
    [`887d 03e8 ${zeros(123)}`, {}, 'frames: 1'],
  ],
  'mask-required': [
    ['8100', client, 'mask-required (5.1, 1002) at 0, certain after 2'],
    ['8900', client, 'mask-required (5.1, 1002) at 0, certain after 2'],
    ['8180 00000000', client, 'frames: 1'],
    ['8180 00000000 8100', client, 'mask-required (5.1, 1002) at 6, certain after 8'],
  ],
  'mask-forbidden': [
    ['8180', server, 'mask-forbidden (5.1, 1002) at 0, certain after 2'],
    ['8880', server, 'mask-forbidden (5.1, 1002) at 0, certain after 2'],
    ['8100', server, 'frames: 1'],
    ['8100 8180', {}, 'frames: 1, then inside a frame'],
    ['8100 8180 00000000', {}, 'frames: 2'],
  ],
  'length-msb': [
    ['827f 80', {}, 'length-msb (5.2, 1002) at 0, certain after 3'],
    ['82ff ff', client, 'length-msb (5.2, 1002) at 0, certain after 3'],
    ['827f 7f', {}, 'frames: 0, then inside a frame'],
    ['827e 80', {}, 'frames: 0, then inside a frame'],
  ],
  'length-not-minimal': [
    ['827e 0000', {}, 'length-not-minimal (5.2, 1002) at 0, certain after 4'],
    ['827e 007c', {}, 'length-not-minimal (5.2, 1002) at 0, certain after 4'],
    ['827e 007d', {}, 'length-not-minimal (5.2, 1002) at 0, certain after 4'],
    ['827e 007e', {}, 'frames: 0, then inside a frame'],
    ['827e 00', {}, 'frames: 0, then inside a frame'],
    [`827e 007e ${zeros(126)}`, {}, 'frames: 1'],
    ['827f 000000000000', {}, 'length-not-minimal (5.2, 1002) at 0, certain after 8'],
    ['827f 0000000000', {}, 'frames: 0, then inside a frame'],
    ['827f 000000000001', {}, 'frames: 0, then inside a frame'],
    [`827f 0000000000010000 ${zeros(65536)}`, {}, 'frames: 1'],
    ['827f 000000000000ffff', {}, 'length-not-minimal (5.2, 1002) at 0, certain after 8'],
    ['8900 827e 0000', {}, 'length-not-minimal (5.2, 1002) at 2, certain after 6'],
  ],
  'length-unsafe': [
    ['827f 0020000000000000', limit(Infinity), 'length-unsafe (10.4, 1009) at 0, certain after 10'],
    ['827f 7fffffffffffffff', limit(Infinity), 'length-unsafe (10.4, 1009) at 0, certain after 10'],
    ['827f 00200000000000', limit(Infinity), 'frames: 0, then inside a frame'],
    ['827f 001fffffffffffff', limit(Infinity), 'frames: 0, then inside a frame'],
    ['827f 0020000000000000', limit(0), 'length-unsafe (10.4, 1009) at 0, certain after 10'],
  ],
  'payload-too-long': [
    ['8201', limit(0), 'payload-too-long (10.4, 1009) at 0, certain after 2'],
    ['8200', limit(0), 'frames: 1'],
    ['827d', limit(124), 'payload-too-long (10.4, 1009) at 0, certain after 2'],
    ['827d', limit(125), 'frames: 0, then inside a frame'],
    ['827e', limit(0), 'frames: 0, then inside a frame'],
    ['827e 00', limit(0), 'frames: 0, then inside a frame'],
    ['827e 007e', limit(125), 'payload-too-long (10.4, 1009) at 0, certain after 4'],
    ['827e 007e', limit(126), 'frames: 0, then inside a frame'],
    ['827f 00000000000100', limit(65535), 'frames: 0, then inside a frame'],
    ['827f 0000000000010000', limit(65535), 'payload-too-long (10.4, 1009) at 0, certain after 10'],
    ['827f 0000000000010000', limit(65536), 'frames: 0, then inside a frame'],
    ['827f 001fffffffffffff', limit(0), 'payload-too-long (10.4, 1009) at 0, certain after 10'],
    ['0100 8001', limit(0), 'payload-too-long (10.4, 1009) at 2, certain after 4'],
    ['8901 00', limit(0), 'frames: 1'],
    ['8802 03e8', limit(0), 'frames: 1'],
    ['827f 0000000001000000', {}, 'frames: 0, then inside a frame'],
    ['827f 0000000001000001', {}, 'payload-too-long (10.4, 1009) at 0, certain after 10'],
  ],
  'continuation-unexpected': [
    ['80', {}, 'continuation-unexpected (5.4, 1002) at 0, certain after 1'],
    ['00', {}, 'continuation-unexpected (5.4, 1002) at 0, certain after 1'],
    ['8100 80', {}, 'continuation-unexpected (5.4, 1002) at 2, certain after 3'],
    ['0100 8000 80', {}, 'continuation-unexpected (5.4, 1002) at 4, certain after 5'],
    ['8900 00', {}, 'continuation-unexpected (5.4, 1002) at 2, certain after 3'],
    ['8000', open, 'frames: 1'],
    ['0000 8000', open, 'frames: 2'],
    ['8000 80', open, 'continuation-unexpected (5.4, 1002) at 2, certain after 3'],
  ],
  'continuation-expected': [
    ['0100 81', {}, 'continuation-expected (5.4, 1002) at 2, certain after 3'],
    ['0200 02', {}, 'continuation-expected (5.4, 1002) at 2, certain after 3'],
    ['0100 0000 82', {}, 'continuation-expected (5.4, 1002) at 4, certain after 5'],
    ['0100 8900 81', {}, 'continuation-expected (5.4, 1002) at 4, certain after 5'],
    ['81', open, 'continuation-expected (5.4, 1002) at 0, certain after 1'],
    ['0100 8900 8a00 0000 8900 8000 8100', {}, 'frames: 7'],
  ],
  'close-payload-length': [
    ['8801', {}, 'close-payload-length (5.5.1, 1002) at 0, certain after 2'],
    ['8881', client, 'close-payload-length (5.5.1, 1002) at 0, certain after 2'],
    ['8800', {}, 'frames: 1'],
    ['8802', {}, 'frames: 0, then inside a frame'],
    ['8802 03e8', {}, 'frames: 1'],
    ['8901 00', {}, 'frames: 1'],
  ],
  'close-code': [
    ...['0000', '03e7', '03ec', '03ed', '03ee', '03f7', '03f8', '0bb7', '1388', 'ffff'].map((code): Case => [
      `8802 ${code}`,
      {},
      'close-code (7.4, 1002) at 0, certain after 4',
    ]),
    ...['03e8', '03eb', '03ef', '03f6', '0bb8', '0f9f', '0fa0', '1387'].map((code): Case => [`8802 ${code}`, {}, 'frames: 1']),
    ['8804 03ed 61', {}, 'frames: 0, then inside a frame'],
    ['8804 03ed 6161', {}, 'close-code (7.4, 1002) at 0, certain after 6'],
    ['8882 ffffffff fc17', {}, 'frames: 1'],
    ['8882 ffffffff fc12', {}, 'close-code (7.4, 1002) at 0, certain after 8'],
  ],
  'close-reason-utf8': [
    ...notUtf8.map((reason): Case => [
      `88${byteHex(2 + reason.length / 2)} 03e8 ${reason}`,
      {},
      `close-reason-utf8 (5.5.1, 1007) at 0, certain after ${4 + reason.length / 2}`,
    ]),
    ...utf8.map((reason): Case => [`88${byteHex(2 + reason.length / 2)} 03e8 ${reason}`, {}, 'frames: 1']),
    ['8803 03e8', {}, 'frames: 0, then inside a frame'],
    ['8903 03e8ff', {}, 'frames: 1'],
  ],
  'after a Close frame everything is discarded': [
    ['8800 ffff', {}, 'frames: 1'],
    ['8800 81', {}, 'frames: 1'],
    ['0100 8800 8100', {}, 'frames: 2'],
  ],
  'the order of the table when one byte breaks several rules': [
    ['c3', {}, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['4b', {}, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['49', {}, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['c0', {}, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['c1', open, 'rsv-bit (5.2, 1002) at 0, certain after 1'],
    ['0b', {}, 'opcode-reserved (5.2, 1002) at 0, certain after 1'],
    ['83', open, 'opcode-reserved (5.2, 1002) at 0, certain after 1'],
    ['897e', client, 'control-too-long (5.5, 1002) at 0, certain after 2'],
    ['89fe', server, 'control-too-long (5.5, 1002) at 0, certain after 2'],
    ['8105', { ...client, ...limit(0) }, 'mask-required (5.1, 1002) at 0, certain after 2'],
    ['8185', { ...server, ...limit(0) }, 'mask-forbidden (5.1, 1002) at 0, certain after 2'],
    ['8801', client, 'mask-required (5.1, 1002) at 0, certain after 2'],
    ['8881', server, 'mask-forbidden (5.1, 1002) at 0, certain after 2'],
    ['827e 0001', limit(0), 'length-not-minimal (5.2, 1002) at 0, certain after 4'],
    ['8803 03ed ff', {}, 'close-code (7.4, 1002) at 0, certain after 5'],
  ],
  'an earlier byte wins over a later one': [
    ['89', {}, 'frames: 0, then inside a frame'],
    ['097e', client, 'control-fragmented (5.5, 1002) at 0, certain after 1'],
    ['807f', client, 'continuation-unexpected (5.4, 1002) at 0, certain after 1'],
    ['817e 0000', client, 'mask-required (5.1, 1002) at 0, certain after 2'],
    ['827f ffffffffffffffff', limit(0), 'length-msb (5.2, 1002) at 0, certain after 3'],
    ['8905 48', limit(0), 'frames: 0, then inside a frame'],
  ],
}

describe.each(Object.entries(cases))('%s', (_, list) => {
  test.each(list.map(([hex, options, expected]) => ({ start: hex.slice(0, 40), hex, options, expected })))(
    '$start under $options: $expected',
    ({ hex, options, expected }) => {
      expect(verdict(hex, options)).toBe(expected)

      // The byte that makes an error certain is enough, the bytes before it are not.
      const bytes = bytesOf(hex)
      const whole = referenceDecode(bytes, options)
      const detectedAfter = whole.error?.detectedAfter ?? bytes.length
      expect(referenceDecode(bytes.slice(0, detectedAfter), options)).toEqual(whole)
      expect(referenceDecode(bytes.slice(0, Math.max(detectedAfter - 1, 0)), options).error).toBeNull()
    },
  )
})

test('what is no error yet can still become legal, the limits and the contents of a Close frame aside', () => {
  const senders = [{}, client, server]
  const starts = [{}, open]
  const extended = [{}, { extensions: { permessageDeflate: true, opcodes: [4, 12] } }]
  for (const options of senders.flatMap((a) => starts.flatMap((b) => extended.map((c) => ({ ...a, ...b, ...c }))))) {
    const isLegal = (bytes: number[]): boolean => referenceDecode(Uint8Array.from(bytes), options).error === null
    const lengths = [0, 1, 2, 125, 126, 127].flatMap((length) => [length, length + 128])
    for (let first = 0; first < 256; first++) {
      if (!isLegal([first])) continue
      const seconds = lengths.filter((second) => isLegal([first, second]))
      expect(seconds).not.toEqual([])
      for (const second of seconds) {
        const length = second % 128
        const extendedLength = length === 126 ? [0, 126] : length === 127 ? [0, 0, 0, 0, 0, 1, 0, 0] : []
        const key = second >= 128 ? [0, 0, 0, 0] : []
        const payload = length === 0 ? [] : [3, 232, ...new Array<number>(124).fill(0)].slice(0, length)
        expect(isLegal([first, second, ...extendedLength, ...key, ...payload])).toBe(true)
      }
    }
  }
})

describe('what is open at the end', () => {
  test.each([
    ['0100', { closed: false, insideFrame: false, messageOpen: true }],
    ['0100 8900', { closed: false, insideFrame: false, messageOpen: true }],
    ['0100 80', { closed: false, insideFrame: true, messageOpen: true }],
    ['01', { closed: false, insideFrame: true, messageOpen: false }],
    ['0100 8000', { closed: false, insideFrame: false, messageOpen: false }],
    ['8800', { closed: true, insideFrame: false, messageOpen: false }],
    ['0100 8800', { closed: true, insideFrame: false, messageOpen: true }],
    ['88', { closed: false, insideFrame: true, messageOpen: false }],
  ])('%s', (hex, expected) => {
    expect(referenceDecode(bytesOf(hex))).toMatchObject(expected)
  })

  test('is what it was before the offending frame', () => {
    const neither = { closed: false, insideFrame: false }
    expect(referenceDecode(bytesOf('0100 8300'))).toMatchObject({ ...neither, messageOpen: true })
    expect(referenceDecode(bytesOf('8802 0000'))).toMatchObject({ ...neither, messageOpen: false })
  })
})

describe('the reference encoder', () => {
  const hello = { ...plain, opcode: 0x1, payload: ascii('Hello') }

  test('writes the examples of section 5.7', () => {
    expect(referenceEncode(hello)).toEqual(bytesOf('8105 48656c6c6f'))
    expect(referenceEncode({ ...hello, maskingKey: 0x37fa213d })).toEqual(bytesOf('8185 37fa213d 7f9f4d5158'))
    expect(referenceEncode({ ...hello, fin: false, payload: ascii('Hel') })).toEqual(bytesOf('0103 48656c'))
  })

  test.each([
    [0, '8200'],
    [125, '827d'],
    [126, '827e 007e'],
    [127, '827e 007f'],
    [65535, '827e ffff'],
    [65536, '827f 0000000000010000'],
  ])('takes the shortest form for %i bytes', (length, header) => {
    const bytes = referenceEncode({ ...plain, opcode: 0x2, payload: new Uint8Array(length) })
    expect(bytes).toHaveLength(bytesOf(header).length + length)
    expect(bytes.slice(0, bytesOf(header).length)).toEqual(bytesOf(header))
  })

  test('takes the form it is told', () => {
    expect(referenceEncode(hello, 7)).toEqual(bytesOf('8105 48656c6c6f'))
    expect(referenceEncode(hello, 16)).toEqual(bytesOf('817e 0005 48656c6c6f'))
    expect(referenceEncode(hello, 64)).toEqual(bytesOf('817f 0000000000000005 48656c6c6f'))
    expect(referenceEncode({ ...hello, payload: new Uint8Array(130) }, 7).slice(0, 2)).toEqual(bytesOf('8102'))
  })

  test('writes each flag and every opcode, legal or not', () => {
    const empty = { ...plain, opcode: 0x0, payload: [] }
    expect(referenceEncode({ ...empty, fin: false, rsv1: true })).toEqual(bytesOf('4000'))
    expect(referenceEncode({ ...empty, fin: false, rsv2: true })).toEqual(bytesOf('2000'))
    expect(referenceEncode({ ...empty, fin: false, rsv3: true })).toEqual(bytesOf('1000'))
    expect(referenceEncode({ ...empty, rsv1: true, rsv2: true, rsv3: true, opcode: 0xf })).toEqual(bytesOf('ff00'))
    expect(referenceEncode({ ...empty, maskingKey: 0xffffffff })).toEqual(bytesOf('8080 ffffffff'))
    expect(referenceEncode({ ...empty, maskingKey: 1 })).toEqual(bytesOf('8080 00000001'))
  })
})

describe('the reference masking', () => {
  test('is that of the example', () => {
    expect(referenceMask(ascii('Hello'), 0x37fa213d)).toEqual(bytesOf('7f9f4d5158'))
    expect(referenceMask(bytesOf('7f9f4d5158'), 0x37fa213d)).toEqual(Uint8Array.from(ascii('Hello')))
  })

  test('starts in the key where it is told', () => {
    expect(referenceMask(new Uint8Array(5), 0x01020384, 1)).toEqual(bytesOf('0203840102'))
    expect(referenceMask(new Uint8Array(2), 0x01020384, 7)).toEqual(bytesOf('8401'))
  })

  test('masks only from start to end', () => {
    expect(referenceMask(new Uint8Array(8), 0x01020304, 0, 2, 7)).toEqual(bytesOf('0000010203040100'))
    expect(referenceMask(new Uint8Array(4), 0x01020304, 1, 3)).toEqual(bytesOf('00000002'))
    expect(referenceMask(new Uint8Array(2), 0x01020304, 0, 1, 1)).toEqual(bytesOf('0000'))
  })

  test('leaves what it is given as it was', () => {
    const data = new Uint8Array(3)
    referenceMask(data, 0xffffffff)
    expect(data).toEqual(new Uint8Array(3))
  })
})

describe('what is generated', () => {
  test('frames are read back as they were', () => {
    fc.assert(
      fc.property(
        readerOptionsArbitrary.chain((options) => fc.tuple(fc.constant(options), frameArbitrary(options))),
        ([options, frame]) => {
          const result = referenceDecode(referenceEncode(frame), { ...options, messageOpen: frame.opcode === 0x0 })
          expect(result.error).toBeNull()
          expect(result.frames).toEqual([{ ...frame, offset: 0, payload: Array.from(frame.payload) }])
        },
      ),
    )
  })

  test.each([{}, { messageOpen: true }])('streams are legal under %j', (start) => {
    fc.assert(
      fc.property(
        readerOptionsArbitrary.chain((options) => streamArbitrary({ ...options, ...start })),
        ({ frames, bytes, options }) => {
          const result = referenceDecode(bytes, options)
          expect(result.error).toBeNull()
          expect(result.insideFrame).toBe(false)
          expect(result.closed).toBe(frames.some((frame) => frame.opcode === 0x8))
          expect(result.frames.map(({ offset, ...frame }) => frame)).toEqual(
            frames.map((frame) => ({ ...frame, payload: Array.from(frame.payload) })),
          )
        },
      ),
    )
  })

  test('chunks make the stream they were cut from', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), chunkingArbitrary, (bytes, cuts) => {
        const chunks = cut(bytes, cuts)
        expect(chunks.flatMap((chunk) => Array.from(chunk))).toEqual(Array.from(bytes))
        expect(chunks.every((chunk) => chunk.buffer !== bytes.buffer)).toBe(true)
      }),
    )
    expect(cut(bytesOf('010203'), 1)).toEqual([bytesOf('01'), bytesOf('02'), bytesOf('03')])
    expect(cut(bytesOf('010203'), 2)).toEqual([bytesOf('0102'), bytesOf('03')])
    expect(cut(bytesOf('010203'), [2, 2, 7])).toEqual([bytesOf('0102'), bytesOf(''), bytesOf('03'), bytesOf('')])
    expect(cut(bytesOf(''), 1)).toEqual([bytesOf('')])
  })

  const mutated = readerOptionsArbitrary.chain((options) => mutatedStreamArbitrary(options))

  test('mutated streams get a verdict that no prefix contradicts', () => {
    fc.assert(
      fc.property(mutated, fc.nat(), ({ bytes, options }, at) => {
        const whole = referenceDecode(bytes, options)
        const length = at % (bytes.length + 1)
        const prefix = referenceDecode(bytes.slice(0, length), options)
        expect(whole.frames.slice(0, prefix.frames.length)).toEqual(prefix.frames)
        if (whole.error === null) expect(prefix.error).toBeNull()
        else expect(prefix.error).toEqual(length >= whole.error.detectedAfter ? whole.error : null)
      }),
    )
  })

  test('mutated streams break every rule, and some none', () => {
    const rules = fc
      .sample(mutated, { numRuns: 3000, seed: 6455 })
      .map(({ bytes, options }) => referenceDecode(bytes, options).error?.rule ?? 'none')
    expect([...new Set(rules)].sort()).toEqual([
      'close-code',
      'close-payload-length',
      'close-reason-utf8',
      'continuation-expected',
      'continuation-unexpected',
      'control-fragmented',
      'control-too-long',
      'length-msb',
      'length-not-minimal',
      'length-unsafe',
      'mask-forbidden',
      'mask-required',
      'none',
      'opcode-reserved',
      'payload-too-long',
      'rsv-bit',
    ])
  })
})
