/**
 * Which header is acceptable is decided once: a rule that is changed there changes on every path. And the paths that skip the full
 * check do what they would do with it.
 */
import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import type * as Library from '../../src/index.js'
import { Opcode, encodeFrame } from '../../src/index.js'
import type { EncodeOptions, FrameInit } from '../../src/index.js'
import type * as Check from '../../src/header/check.js'
import type * as Layout from '../../src/header/layout.js'
import type * as Policy from '../../src/header/policy.js'
import { chunkingArbitrary, cut, mutatedStreamArbitrary, readerOptionsArbitrary } from '../reference/arbitraries.js'
import { concat, hexOf, plain, thrownBy } from '../support.js'

/** A copy of the library in which one of its files is another. */
function libraryWith<Module extends object>(path: string, change: (original: Module) => Partial<Module>): typeof Library {
  let library: typeof Library | null = null
  jest.isolateModules(() => {
    jest.doMock(path, () => {
      const original = jest.requireActual<Module>(path)
      return { ...original, ...change(original) }
    })
    library = jest.requireActual<typeof Library>('../../src/index')
    jest.dontMock(path)
  })
  if (library === null) throw new Error('nothing was loaded')
  return library
}

describe('a rule that is changed where it is decided', () => {
  const pingsReserved = libraryWith<typeof Check>('../../src/header/check', ({ checkFirstByte }) => ({
    checkFirstByte: (first, policy, offset, report) => {
      checkFirstByte(first, policy, offset, report)
      if ((first & 0x0f) === Opcode.Ping) report('opcode-reserved', offset, 'planted')
    },
  }))
  const controlFramesOfFour = libraryWith<typeof Check>('../../src/header/check', ({ checkSecondByte }) => ({
    checkSecondByte: (opcode, second, policy, offset, report) => {
      checkSecondByte(opcode, second, policy, offset, report)
      if (opcode >= 8 && (second & 0x7f) > 4) report('control-too-long', offset, 'planted')
    },
  }))
  const masksSwapped = libraryWith<typeof Policy>('../../src/header/policy', () => ({
    hasWrongMask: (second, wrongMask) => wrongMask !== null && (second & 0x80) !== wrongMask,
  }))
  const longForms = libraryWith<typeof Layout>('../../src/header/layout', () => ({
    shortestLengthBits: (payloadLength) => (payloadLength <= 100 ? 7 : payloadLength <= 300 ? 16 : 64),
  }))

  const ping = { opcode: Opcode.Ping, payload: '12345' }
  const pong = { opcode: Opcode.Pong, payload: '12345' }
  const text = { opcode: Opcode.Text, payload: 'Hello' }
  const unchecked = { strict: false } as const

  test.each<[string, typeof Library, FrameInit, Library.ConnectionOptions, string]>([
    ['a reserved opcode', pingsReserved, ping, {}, 'opcode-reserved'],
    ['the length of control frames', controlFramesOfFour, pong, {}, 'control-too-long'],
    ['who masks', masksSwapped, { ...text, maskingKey: 7 }, { sender: 'client' }, 'mask-required'],
    ['who does not mask', masksSwapped, text, { sender: 'server' }, 'mask-forbidden'],
  ])('is changed on every path: %s', (_what, library, frame, options, rule) => {
    const stream = library.encodeFrame(frame, unchecked)
    const more = concat(stream, stream)
    const broken = expect.objectContaining({ name: 'ProtocolError', rule, offset: 0 })
    const { payload = '', ...header } = frame

    expect(thrownBy(() => new library.FrameReader(options).push(more).read())).toEqual(broken)
    expect(thrownBy(() => new library.FrameReader({ ...options, ownsChunks: true }).push(more.slice()).read())).toEqual(broken)
    expect(thrownBy(() => new library.FrameReader(options).push(stream.subarray(0, 4)).read())).toEqual(broken)
    const byteByByte = new library.FrameReader(options)
    expect(thrownBy(() => [...stream].map((octet) => byteByByte.push(Uint8Array.of(octet)).read()))).toEqual(broken)
    expect(thrownBy(() => new library.MessageReader(options).push(more).read())).toEqual(broken)
    expect(thrownBy(() => library.decodeHeader(stream, options))).toEqual(broken)
    expect(thrownBy(() => library.decodeFrame(stream, options))).toEqual(broken)
    expect(library.inspect(stream, options).error).toEqual(broken)
    expect(library.inspect(stream, options).violations).toEqual([expect.objectContaining({ rule, offset: 0 })])
    expect(thrownBy(() => library.encodeFrame(frame, options))).toEqual(broken)
    expect(thrownBy(() => library.encodeFrameInto(frame, new Uint8Array(200), 0, options))).toEqual(broken)
    expect(thrownBy(() => library.encodeHeader({ ...header, payloadLength: payload.length }, options))).toEqual(broken)
  })

  test('is changed on every path: the form of a length', () => {
    const stream = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(400) })
    const broken = expect.objectContaining({ name: 'ProtocolError', rule: 'length-not-minimal', offset: 0 })
    expect(thrownBy(() => new longForms.FrameReader().push(concat(stream, stream)).read())).toEqual(broken)
    expect(thrownBy(() => new longForms.FrameReader().push(stream.subarray(0, 4)).read())).toEqual(broken)
    expect(thrownBy(() => new longForms.MessageReader().push(stream).read())).toEqual(broken)
    expect(thrownBy(() => longForms.decodeFrame(stream))).toEqual(broken)
    expect(longForms.inspect(stream).error).toEqual(broken)
    // Encoders write the form that a reader accepts.
    for (const payloadLength of [101, 300, 301]) {
      const frame = longForms.encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(payloadLength) })
      expect(frame).toHaveLength(payloadLength + (payloadLength <= 300 ? 4 : 10))
      expect(new longForms.FrameReader().push(frame).read()?.payload).toHaveLength(payloadLength)
      expect(longForms.encodeHeader({ opcode: Opcode.Binary, payloadLength })).toHaveLength(frame.length - payloadLength)
      expect(longForms.explain(frame)).toContain(payloadLength <= 300 ? '(16-bit length)' : '(64-bit length)')
    }
  })
})

describe('without the fast paths', () => {
  const fullyChecked = libraryWith<typeof import('../../src/header/accept.js')>('../../src/header/accept', () => ({
    isSimple: () => false,
  }))

  /** What comes of it: bytes in hex, or what is thrown. */
  function outcome(encode: () => Uint8Array): string {
    try {
      return hexOf(encode())
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    }
  }

  const flag = fc.constantFrom(undefined, undefined, undefined, true, false)
  const anyFrame: fc.Arbitrary<FrameInit> = fc
    .record({
      opcode: fc.constantFrom(0, 1, 1, 2, 2, 8, 9, 10, 3, 11),
      payloadLength: fc.constantFrom(0, 1, 3, 4, 5, 57, 58, 59, 61, 62, 63, 125, 126, 2040, 2044, 2045, 65535, 65536),
      fin: flag,
      rsv1: flag,
      rsv2: flag,
      rsv3: flag,
      maskingKey: fc.constantFrom(undefined, null, 0, 1, 0x37fa213d, 0x8000_0000, 0xffff_ffff),
    })
    .map(({ payloadLength, opcode, ...fields }) => ({
      opcode,
      payload: Uint8Array.from({ length: payloadLength }, (_, i) => i),
      ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    }))
  const anyOptions = fc.constantFrom<EncodeOptions[]>({}, { sender: 'client' }, { sender: 'server' }, { extensions: { rsv1: true } })

  test('the same frames are written', () => {
    fc.assert(
      fc.property(anyFrame, anyOptions, ({ payload = new Uint8Array(0), ...frame }, options) => {
        const { encodeFrame, encodeFrameInto, encodeHeader } = jest.requireActual<typeof Library>('../../src/index')
        const expected = outcome(() => fullyChecked.encodeFrame({ ...frame, payload }, options))
        expect(outcome(() => encodeFrame({ ...frame, payload }, options))).toBe(expected)
        const target = new Uint8Array(70_000).fill(0xee)
        const into = outcome(() => target.subarray(9, 9 + encodeFrameInto({ ...frame, payload }, target, 9, options)))
        expect(into.replace('frame at byte 9', 'frame at byte 0')).toBe(expected)
        expect(target.subarray(0, 9).every((octet) => octet === 0xee)).toBe(true)
        const header = { ...frame, payloadLength: payload.length }
        expect(outcome(() => encodeHeader(header, options))).toBe(outcome(() => fullyChecked.encodeHeader(header, options)))
      }),
      { numRuns: 2000 },
    )
  })

  const anyStream = readerOptionsArbitrary.chain((options) => mutatedStreamArbitrary(options))

  test('the same frames are read', () => {
    fc.assert(
      fc.property(anyStream, chunkingArbitrary, ({ bytes: stream, options }, cuts) => {
        const read = ({ FrameReader }: typeof Library) => {
          const reader = new FrameReader(options)
          const frames: object[] = []
          try {
            for (const chunk of cut(stream, cuts)) for (const frame of reader.push(chunk)) frames.push(plain(frame))
          } catch (error) {
            return { frames, error: String(error) }
          }
          return { frames, error: null }
        }
        expect(read(jest.requireActual<typeof Library>('../../src/index'))).toEqual(read(fullyChecked))
      }),
      { numRuns: 1000 },
    )
  })
})
