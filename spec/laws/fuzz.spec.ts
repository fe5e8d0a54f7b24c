/**
 * A short run of the fuzzer (`npm run fuzz`, spec/fuzz) against the reference alone, and the proof that it finds what
 * it looks for: each fault below is one that it must notice.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as library from '../../src/index.js'
import { Cases, chunksOf, textOf } from '../fuzz/case.js'
import type { Case } from '../fuzz/case.js'
import { check } from '../fuzz/check.js'
import type { Library } from '../fuzz/check.js'
import { compare } from '../fuzz/differences.js'
import type { PeerReading } from '../fuzz/differences.js'
import { Disagreement } from '../fuzz/disagreement.js'
import { faults } from '../fuzz/faults.js'
import { minimise } from '../fuzz/minimise.js'
import { readOwn } from '../fuzz/own.js'
import { seedsOf } from '../fuzz/seeds.js'
import { bytes, hexOf } from '../support.js'
import { vectorFiles } from '../vectors.js'

/** Any would do: all rules are hit with each that was tried. */
const seed = 'jest'
const STREAMS = 3000
const seeds = seedsOf(vectorFiles())

/** The stack of an error costs more than all the rest where most streams end with one. */
const { stackTraceLimit } = Error
beforeAll(() => {
  Error.stackTraceLimit = 1
})
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit
})

test(`${STREAMS} streams from seed "${seed}" are what the reference says, and break each rule first`, () => {
  const cases = new Cases(seed, seeds)
  const broken = new Set<string | null>()
  for (let index = 0; index < STREAMS; index++) {
    const subject = cases.make(index)
    try {
      broken.add(check(library, subject))
    } catch (error) {
      const { during = '', message } = error instanceof Disagreement ? error : { message: String(error) }
      throw new Error(`stream ${index}, ${during}: ${message}; ${textOf(subject)}`)
    }
  }
  // What comes after a Close frame is discarded, so no reader has that for a verdict.
  const verdicts = [...Object.keys(library.rules).filter((rule) => rule !== 'after-close'), null]
  expect([...broken].sort()).toEqual(verdicts.sort())
})

describe('a stream', () => {
  test('is made from the seed and its number, whichever streams were made before it', () => {
    const cases = new Cases(seed, seeds)
    const made = Array.from({ length: 50 }, (_, index) => textOf(cases.make(index)))
    expect(new Set(made).size).toBeGreaterThan(40)
    expect(textOf(new Cases(seed, seeds).make(49))).toBe(made[49])
    expect(textOf(new Cases('another', seeds).make(49))).not.toBe(made[49])
  })

  test('is cut into chunks that make up the whole', () => {
    expect(chunksOf(5, [])).toEqual([[0, 5]])
    expect(chunksOf(5, [2, 2, 5])).toEqual([
      [0, 2],
      [2, 2],
      [2, 5],
      [5, 5],
    ])
  })
})

describe('what is wrong is noticed', () => {
  const cases = new Cases(seed, seeds)

  /** The first of the streams on which the library disagrees with the reference. */
  function firstFailure(faulty: Library): Case | null {
    for (let index = 0; index < STREAMS; index++) {
      const subject = cases.make(index)
      if (fails(faulty, subject)) return subject
    }
    return null
  }

  function fails(faulty: Library, subject: Case): boolean {
    try {
      check(faulty, subject)
      return false
    } catch (error) {
      expect(error).toBeInstanceOf(Disagreement)
      return true
    }
  }

  test.each(Object.entries(faults))('%s', (_name, fault) => {
    expect(firstFailure({ ...library, ...fault })).not.toBeNull()
  })

  test('and made as small as it can be', async () => {
    const faulty = { ...library, ...faults['a ping in the place of a pong'] }
    const subject = firstFailure(faulty)
    const least = subject && (await minimise({ ...subject, options: {} }, (smaller) => fails(faulty, smaller)))
    expect(least && { hex: hexOf(least.bytes), cuts: least.cuts }).toEqual({ hex: '8a00', cuts: [] })
  })
})

describe('the reading of a peer', () => {
  const server = { sender: 'server', maxPayloadLength: Infinity, maxMessageLength: Infinity } as const
  const deflate = { ...server, extensions: { permessageDeflate: true } }

  // The rows leave out what is usual. A parameter that they leave out would be taken for Jest's callback: hence the
  // rest parameters.

  /** @param messages - opcode and payload in hex */
  const compared = (
    peer: string,
    hex: string,
    messages: readonly string[],
    closeCode: number | null,
    options: Case['options'] = server,
    crash = '',
  ) => {
    const reading: PeerReading = {
      messages: messages.map((message) => ({
        opcode: Number.parseInt(message.slice(0, 1), 16),
        payload: bytes(message.slice(2)),
      })),
      closeCode,
      crash,
    }
    return compare(peer, { bytes: bytes(hex), options }, (part) => readOwn(library, part, options), reading)
  }

  test.each<[hex: string, messages: string[], closeCode: number | null, options?: Case['options']]>([
    ['8101 61 8900', ['1:61', '9:'], null],
    ['8203 000102', ['2:000102'], null],
    ['8a00 8802 03e8', ['a:', '8:03e8'], null],
    ['8800', ['8:'], null],
    ['8101 61 8301', ['1:61'], 1002],
    ['0101 e2 8002 82ac', ['1:e282ac'], null],
    ['8101 ff', [], 1007],
    ['c107 f248cdc9c90700', ['1:48656c6c6f'], null, deflate],
    ['8103 616263', [], 1009, { ...server, maxPayloadLength: 2, maxMessageLength: 2 }],
  ])('of %s agrees: %j, %j', (...[hex, messages, closeCode, options]) => {
    for (const peer of ['ws', 'websockets', 'wsproto']) expect(compared(peer, hex, messages, closeCode, options)).toBeNull()
  })

  test.each<
    [peer: string, hex: string, messages: string[], closeCode: number | null, rule: string, reason: RegExp, options?: Case['options']]
  >([
    ['ws', '827e 0001 61', ['2:61'], null, 'length-not-minimal', /any form/],
    ['ws', '8900 a1', ['9:'], null, 'rsv-bit', /first two bytes/],
    ['ws', '827f 80', [], null, 'length-msb', /as a whole/],
    ['ws', '827f 8000000000000000', [], 1009, 'length-msb', /1009/],
    ['ws', '0101 ff 8900', ['9:'], null, 'text-utf8', /complete/],
    ['ws', '4101 07', [], 1007, '-', /inflates/, deflate],
    ['ws', 'c101 07', [], 1007, 'inflate', /inflates/, deflate],
    ['ws', '4208 4bcbcc4bcc010000 8005 cdc9c90700', [], 1007, '-', /final block/, deflate],
    ['websockets', '4204 4a040000 0002', [], null, 'message-too-long', /counts/, { ...deflate, maxMessageLength: 5 }],
    ...['ws', 'websockets', 'wsproto'].map((peer): [string, string, string[], null, string, RegExp, typeof deflate] => {
      return [peer, 'c203 4a2400', [`2:${'61'.repeat(32)}`], null, 'inflate', /ends inside a block/, deflate]
    }),
    ['ws', 'c203 4a006c', [`2:${'60'.repeat(116)}0fff`], null, '-', /ends inside a block/, deflate],
    ['websockets', '827e 0001 61', ['2:61'], null, 'length-not-minimal', /any form/],
    ['websockets', '897e 0001 61', ['9:61'], null, 'control-too-long', /up to 125/],
    ['websockets', '827f 80', [], null, 'length-msb', /waits/],
    ['websockets', '84', [], null, 'opcode-reserved', /first two bytes/],
    ['websockets', 'a205 00', [], null, 'rsv-bit', /complete/],
    ['websockets', '8803 03eeff', [], 1007, 'close-code', /reason before/],
    ['websockets', '0200 8802 03e8', [], 1002, '-', /complete before a Close/],
    ['websockets', '8902 0000', [], 1009, '-', /control frames/, { ...server, maxPayloadLength: 1, maxMessageLength: 1 }],
    ['wsproto', '8103 616263', ['1:616263'], null, 'payload-too-long', /no limits/, { ...server, maxPayloadLength: 2 }],
    ['wsproto', '84', [], null, 'opcode-reserved', /header/],
    ['wsproto', '8002', [], null, 'continuation-unexpected', /fragments/],
    ['wsproto', '8801', [], null, 'close-payload-length', /complete/],
    ['wsproto', '8802 03f6', [], 1002, '-', /1014/],
    ['wsproto', '0102 eda0', [], null, 'text-utf8', /surrogate/],
    ['wsproto', '4201 02 8900 8000', ['9:', '2:0200'], null, 'inflate', /forgets/, deflate],
  ])('of %s on %s differs for a reason that is known: %j, %j, %s', (...[peer, hex, messages, closeCode, rule, reason, options]) => {
    expect(compared(peer, hex, messages, closeCode, options)).toEqual({ rule, reason: expect.stringMatching(reason) })
  })

  test.each<[why: string, peer: string, hex: string, messages: string[], closeCode: number | null, options?: Case['options']]>([
    ['another payload', 'ws', '8101 61', ['1:62'], null],
    ['another opcode', 'ws', '8101 61', ['2:61'], null],
    ['a message less', 'ws', '8101 61 8900', ['1:61'], null],
    ['a message more', 'ws', '8101 61', ['1:61', '9:'], null],
    ['refused without a reason', 'ws', '8101 61', ['1:61'], 1002],
    ['another close code', 'ws', '8101 ff', [], 1002],
    ['accepted without a reason', 'ws', '8104 61626380', ['1:61626380'], null],
    ['accepted though the text is complete', 'websockets', '8101 ff', [], null],
    ['a message less before what it does not enforce', 'ws', '8900 827e 0001 61', ['2:61'], null],
    ['a reason of another peer', 'wsproto', '827e 0001 61', ['2:61'], null],
    ['not refused though both bytes are there', 'ws', 'a205', [], null],
    ['not refused though the frame is there', 'websockets', 'a201 00', [], null],
    ['another close code than that of a broken message', 'ws', '8101 61 4101 07', [], 1007, deflate],
    ['an unknown peer', 'another', '827e 0001 61', ['2:61'], null],
  ])('is a failure: %s', (...[_why, peer, hex, messages, closeCode, options]) => {
    expect(compared(peer, hex, messages, closeCode, options)).toBe('unexplained')
  })

  test('is a failure if the peer fails itself', () => {
    expect(compared('ws', '827e 0001 61', ['2:61'], null, server, 'AssertionError')).toBe('unexplained')
  })
})
