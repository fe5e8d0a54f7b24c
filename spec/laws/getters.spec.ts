/**
 * Fields of frames and options may be getters, which may do anything: each is read once, and whatever they do the result is that for
 * plain data.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  FrameReader,
  MessageReader,
  Opcode,
  decodeFrame,
  decodeHeader,
  encodeFrame,
  encodeFrameInto,
  encodeHeader,
  encodedLength,
  explain,
  fragmentMessage,
  inspect,
} from '../../src/index.js'
import type { EncodeOptions, Extensions, FrameHeader, FrameInit } from '../../src/index.js'
import { bytes, concat, hexOf } from '../support.js'

/** How often each field has been read. */
type Counts = Record<string, number>

/** The same fields as getters, of a class, which count how often they are read and do something else before they give the value. */
function withGetters<T extends object>(fields: T, counts: Counts, before: () => void, prefix = ''): T {
  const prototype: object = Object.create(null)
  for (const [name, value] of Object.entries(fields)) {
    const path = `${prefix}${name}`
    counts[path] = 0
    const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
    const given: unknown = isPlain ? withGetters(value, counts, before, `${path}.`) : value
    Object.defineProperty(prototype, name, {
      enumerable: true,
      get: () => {
        counts[path] = (counts[path] ?? 0) + 1
        before()
        return given
      },
    })
  }
  return Object.create(prototype)
}

/** Uses everything that is shared between calls. */
function reenter(): void {
  const header: FrameHeader = {
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    opcode: 0,
    maskingKey: 1,
    payloadLength: 1,
    headerLength: 1,
  }
  for (const payloadLength of [10, 3000]) {
    const payload = new Uint8Array(payloadLength).fill(0xee)
    encodeFrame({ opcode: Opcode.Binary, payload, maskingKey: 0x55555555 })
    encodeFrame({ opcode: Opcode.Binary, payload, fin: false })
    expect(() => encodeFrame({ opcode: Opcode.Ping, fin: false, payload, maskingKey: 7 })).toThrow('control-')
    encodeHeader({ opcode: Opcode.Binary, payloadLength, fin: false, maskingKey: 7 })
    decodeHeader(encodeFrame({ opcode: Opcode.Continuation, payload, maskingKey: 7 }), {}, 0, header)
    decodeFrame(encodeFrame({ opcode: Opcode.Continuation, payload, maskingKey: 7 }))
  }
  for (let i = 0; i < 3; i++) encodeFrame({ opcode: Opcode.Text, payload: 'x'.repeat(1900) })
}

/** What a call gives or throws, in plain data. */
function outcome(call: () => unknown): string {
  try {
    const result = call()
    return result instanceof Uint8Array
      ? hexOf(result)
      : JSON.stringify(result, (_, value: unknown) => (value instanceof Uint8Array ? hexOf(value) : value))
  } catch (error) {
    return String(error)
  }
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })
const flag = maybe(fc.boolean())
const sender = maybe(fc.constantFrom('client' as const, 'server' as const))
const extensions: fc.Arbitrary<Extensions> = fc.record({
  permessageDeflate: flag,
  rsv1: flag,
  rsv2: flag,
  rsv3: flag,
  opcodes: maybe(fc.constantFrom([], [3], [11, 15])),
})
const encodeOptions: fc.Arbitrary<EncodeOptions> = fc.record({
  sender,
  extensions: maybe(extensions),
  strict: maybe(fc.constantFrom(true, false)),
  lengthBits: maybe(fc.constantFrom(7, 16, 64)),
})
const payloadLength = fc.constantFrom(0, 5, 60, 61, 100, 125, 126, 2000, 3000, 20_000, 66_000)
const headerFields = {
  fin: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.boolean()),
  rsv1: flag,
  rsv2: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.boolean()),
  rsv3: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.boolean()),
  opcode: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 8, 9, 10) }, fc.nat({ max: 15 })),
  maskingKey: fc.oneof(fc.constantFrom(null, undefined), fc.integer({ min: 0, max: 0xffff_ffff })),
}
const payload = payloadLength.chain((length) =>
  fc.oneof(
    fc.constant(new Uint8Array(length).fill(0x61)),
    fc.constant('x'.repeat(length)),
    fc.constant('…'.repeat(length)),
    fc.constant(undefined),
  ),
)
const frame: fc.Arbitrary<FrameInit> = fc.record({ ...headerFields, payload })
const header = fc.record({ ...headerFields, payloadLength })

const decodeOptions = fc.record({ sender, extensions: maybe(extensions), maxPayloadLength: maybe(fc.constantFrom(0, 100, Infinity)) })
const readerOptions = fc.record({
  sender,
  extensions: maybe(extensions),
  maxPayloadLength: maybe(fc.constant(100)),
  ownsChunks: flag,
  streamAbove: maybe(fc.nat({ max: 9 })),
})
const stream = concat(
  bytes('8105 48656c6c6f 8185 37fa213d 7f9f4d5158 0103 616263 c000 8000 8900 830161 827e 0080'),
  new Uint8Array(128),
  bytes('8802 03e8'),
)
const offset = fc.constantFrom(0, 7, 18, stream.length - 4)

/** Calls with fields that are given as getters, one argument after the other. */
interface Call {
  readonly given: fc.Arbitrary<object[]>
  readonly call: (...given: never[]) => unknown
}

const calls: Record<string, Call> = {
  encodeFrame: { given: fc.tuple(frame, encodeOptions), call: encodeFrame },
  encodeFrameInto: {
    given: fc.tuple(frame, encodeOptions),
    call: (init: FrameInit, options: EncodeOptions) => {
      const target = new Uint8Array(70_000)
      return target.slice(0, encodeFrameInto(init, target, 3, options) + 3)
    },
  },
  encodeHeader: { given: fc.tuple(header, encodeOptions), call: encodeHeader },
  encodedLength: { given: fc.tuple(frame, encodeOptions), call: encodedLength },
  decodeHeader: {
    given: fc.tuple(
      decodeOptions,
      offset.map((at) => ({ at })),
    ),
    call: (options: object, { at }: { at: number }) => decodeHeader(stream, options, at),
  },
  decodeFrame: {
    given: fc.tuple(
      decodeOptions,
      offset.map((at) => ({ at })),
    ),
    call: (options: object, { at }: { at: number }) => decodeFrame(stream, options, at),
  },
  fragmentMessage: {
    given: fc.tuple(fc.record({ opcode: fc.constantFrom(1, 2), payload: payload.map((value) => value ?? ''), rsv1: flag })),
    call: (message: Parameters<typeof fragmentMessage>[0]) => [...fragmentMessage(message, 5000)],
  },
  FrameReader: {
    given: fc.tuple(readerOptions),
    call: (options: object) => [...new FrameReader(options).push(stream.slice())],
  },
  MessageReader: {
    given: fc.tuple(readerOptions.map((options) => ({ ...options, maxMessageLength: 1000, inflate: (data: Uint8Array) => data }))),
    call: (options: object) => [...new MessageReader(options).push(stream.slice())],
  },
  inspect: {
    given: fc.tuple(decodeOptions.map((options) => ({ ...options, maxMessageLength: 1000, inflate: (data: Uint8Array) => data }))),
    call: (options: object) => inspect(stream, options),
  },
  explain: {
    given: fc.tuple(decodeOptions.map((options) => ({ ...options, diagram: false, payloadLimit: 20 }))),
    call: (options: object) => explain(stream, options),
  },
}

describe.each(Object.keys(calls))('%s', (name) => {
  const { given = fc.constant([]), call = () => null } = calls[name] ?? {}
  test('reads each field once, and gives what it gives for plain data, whatever else the getters do', () => {
    fc.assert(
      fc.property(given, (fields) => {
        const expected = outcome(() => Reflect.apply(call, undefined, fields))
        const counts: Counts = {}
        const getters = fields.map((each) => withGetters(each, counts, reenter))
        const actual = outcome(() => Reflect.apply(call, undefined, getters))
        expect(actual === expected || `${actual.slice(0, 200)} instead of ${expected.slice(0, 200)}`).toBe(true)
        const most = Object.entries(counts).filter(([, count]) => count > 1)
        expect(most).toEqual([])
        if (!/^(Type|Range)Error/.test(expected)) expect(Object.entries(counts).filter(([, count]) => count !== 1)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

describe('a payload that is resized by a getter', () => {
  const resize = (memory: ArrayBuffer, length: number): unknown =>
    Reflect.apply(Reflect.get(ArrayBuffer.prototype, 'resize'), memory, [length])

  test.each([
    [100, 20],
    [20, 100],
    [10, 3000],
    [3000, 70],
    [70_000, 200],
    [200, 70_000],
    [5, 0],
  ])('from %p to %p bytes is a frame of the length that it has in the end', (before, after) => {
    for (const maskingKey of [null, 0x01020304]) {
      for (const fin of [true, false]) {
        for (const length of ['encodeFrame', 'encodeFrameInto', 'encodedLength'] as const) {
          const memory: ArrayBuffer = Reflect.construct(ArrayBuffer, [before, { maxByteLength: 100_000 }])
          const options = withGetters({ sender: undefined, strict: undefined, lengthBits: undefined, extensions: { rsv1: true } }, {}, () =>
            resize(memory, after),
          )
          const init = { opcode: Opcode.Binary, fin, maskingKey, payload: new Uint8Array(memory) }
          const expected = encodeFrame({ ...init, payload: new Uint8Array(after) })
          const target = new Uint8Array(80_000)
          const encoded = {
            encodeFrame: () => encodeFrame(init, options),
            encodeFrameInto: () => target.slice(0, encodeFrameInto(init, target, 0, options)),
            encodedLength: () => new Uint8Array(encodedLength(init, options)),
          }[length]()
          expect(encoded.length).toBe(expected.length)
          if (length !== 'encodedLength') expect(Buffer.compare(encoded, expected)).toBe(0)
        }
      }
    }
  })

  test('and so are bytes and targets: they are looked at after the options', () => {
    const memory: ArrayBuffer = Reflect.construct(ArrayBuffer, [2000, { maxByteLength: 2000 }])
    const shrinking = () => withGetters({ sender: undefined, extensions: undefined }, {}, () => resize(memory, 10))
    new Uint8Array(memory).set(bytes('827e 0400'))
    expect(decodeFrame(new Uint8Array(memory), shrinking())).toBeNull()
    resize(memory, 2000)
    expect(() => decodeHeader(new Uint8Array(memory), shrinking(), 100)).toThrow(RangeError)
    resize(memory, 2000)
    const target = new Uint8Array(memory)
    const message = 'the frame takes 104 bytes, but target has only 10 from offset on'
    for (const payload of ['x'.repeat(100), new Uint8Array(100)]) {
      resize(memory, 2000)
      expect(() =>
        encodeFrameInto(
          { opcode: Opcode.Text, payload: concat(new Uint8Array(2), new Uint8Array(payload.length)) },
          target,
          0,
          shrinking(),
        ),
      ).toThrow(message)
      resize(memory, 2000)
      expect(() => encodeFrameInto({ opcode: Opcode.Text, payload }, target, 20, shrinking())).toThrow(RangeError)
    }
  })
})
