/**
 * Bytes may come as any kind of `Uint8Array`, over any kind of memory: the result is always that for a plain copy.
 */
import { createHash } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  FrameReader,
  MessageReader,
  Opcode,
  applyMask,
  decodeClosePayload,
  decodeFrame,
  decodeHeader,
  encodeClosePayload,
  encodeFrame,
  encodeFrameInto,
  encodedLength,
  explain,
  formatHex,
  fragmentMessage,
  inspect,
} from '../../src/index.js'
import { mayOverlap } from '../../src/util/memory.js'
import { referenceEncode, referenceMask } from '../reference/encode.js'
import { bytes, concat, hexOf, plain, utf8 } from '../support.js'

/** Its constructor takes something else than an array's, so that `subarray` and the like give an empty array. */
class Packet extends Uint8Array {
  constructor(options: { readonly size: number }) {
    super(options.size)
  }
}

/** Anything that makes an array like it gives another. */
class Lying extends Uint8Array {
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Lying
  }

  static override from(): Uint8Array<ArrayBuffer> {
    throw new Error('from')
  }

  override subarray(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(1000).fill(0x41)
  }

  override slice(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(1000).fill(0x41)
  }

  override [Symbol.iterator](): ArrayIterator<number> {
    return [1, 2, 3][Symbol.iterator]()
  }
}

const constructed = (type: string, ...args: unknown[]): Uint8Array => {
  const array: unknown = runInNewContext(`new ${type}(...args)`, { args })
  if (!isBytes(array)) throw new Error('no array of octets')
  return array
}

const isBytes = (value: unknown): value is Uint8Array => Object.prototype.toString.call(value) === '[object Uint8Array]'

const resizable = (length: number, most: number): ArrayBuffer => Reflect.construct(ArrayBuffer, [length, { maxByteLength: most }])
const growable = (length: number, most: number): SharedArrayBuffer =>
  Reflect.construct(SharedArrayBuffer, [length, { maxByteLength: most }])

/** Each gives an array of so many zeros. */
const kinds: [string, (length: number) => Uint8Array][] = [
  ['an array', (length) => new Uint8Array(length)],
  ['a view at an odd offset', (length) => new Uint8Array(new ArrayBuffer(length + 9), 3, length)],
  ['a Buffer', (length) => Buffer.alloc(length)],
  ['a Buffer of the pool', (length) => Buffer.from('x'.repeat(length)).fill(0)],
  ['a subclass with a constructor of its own', (length) => new Packet({ size: length })],
  ['a subclass with methods of its own', (length) => new Lying(length)],
  [
    'an array whose constructor is something else',
    (length) => Object.defineProperty(new Uint8Array(length), 'constructor', { value: Map }),
  ],
  ['an array of another realm', (length) => constructed('Uint8Array', length)],
  ['a subclass of another realm', (length) => constructed('(class extends Uint8Array { constructor(a, b) { super(b ?? 0) } })', 0, length)],
  ['resizable memory', (length) => new Uint8Array(resizable(length, 2 * length + 1), 0, length)],
  ['resizable memory whose length it has', (length) => new Uint8Array(resizable(length, 2 * length + 1))],
  ['a SharedArrayBuffer', (length) => new Uint8Array(new SharedArrayBuffer(length + 5), 5)],
  ['a SharedArrayBuffer that may grow', (length) => new Uint8Array(growable(length, 2 * length + 1))],
  ['the memory of WebAssembly', (length) => new Uint8Array(new WebAssembly.Memory({ initial: 4 }).buffer, 7, length)],
]

type Kind = (length: number) => Uint8Array

function made(kind: Kind, content: Uint8Array): Uint8Array {
  const array = kind(content.length)
  Uint8Array.prototype.set.call(array, content)
  return array
}

interface Case {
  readonly payload: Uint8Array
  readonly maskingKey: number | null
  readonly at: number
}

function frameOf({ payload, maskingKey }: Case): Uint8Array {
  return referenceEncode({ fin: true, rsv1: false, rsv2: false, rsv3: false, opcode: Opcode.Binary, maskingKey, payload })
}

function textFrameOf({ payload, maskingKey }: Case): Uint8Array {
  const text = utf8(hexOf(payload))
  return referenceEncode({ fin: true, rsv1: false, rsv2: false, rsv3: false, opcode: Opcode.Text, maskingKey, payload: text })
}

/** What a reader delivers when the bytes come in two chunks, the first of which is read before the second comes. */
function delivered<T>(reader: { push(chunk: Uint8Array): Iterable<T> }, kind: Kind, stream: Uint8Array, at: number): T[] {
  const cut = at % (stream.length + 1)
  return [new Uint8Array(stream.slice(0, cut)), new Uint8Array(stream.slice(cut))].flatMap((chunk) =>
    Array.from(reader.push(made(kind, chunk))),
  )
}

/** Each public function that takes bytes: what it makes of arrays of a kind, in plain data. */
const functions: [string, (kind: Kind, given: Case) => unknown][] = [
  ['decodeHeader', (kind, given) => decodeHeader(made(kind, frameOf(given)))],
  [
    'decodeFrame',
    (kind, given) => {
      const result = decodeFrame(made(kind, concat(new Uint8Array(3), frameOf(given))), {}, 3)
      return result && { ...plain(result.frame), bytesRead: result.bytesRead, isOwn: result.frame.payload.constructor === Uint8Array }
    },
  ],
  [
    'encodeFrame',
    (kind, { payload, maskingKey }) => {
      const encoded = encodeFrame({ opcode: Opcode.Binary, payload: made(kind, payload), maskingKey })
      const fragment = encodeFrame({ opcode: Opcode.Binary, fin: false, payload: made(kind, payload), maskingKey })
      return [hexOf(encoded), hexOf(fragment), encodedLength({ opcode: Opcode.Binary, payload: made(kind, payload), maskingKey })]
    },
  ],
  [
    'encodeFrame of a Close frame',
    (kind, { payload, maskingKey }) => {
      const closePayload = encodeClosePayload(1000, hexOf(payload).slice(0, 123))
      return hexOf(encodeFrame({ opcode: Opcode.Close, payload: made(kind, closePayload), maskingKey }))
    },
  ],
  [
    'encodeFrameInto, the payload',
    (kind, { payload, maskingKey, at }) => {
      const target = new Uint8Array(payload.length + 14 + (at % 5))
      encodeFrameInto({ opcode: Opcode.Binary, payload: made(kind, payload), maskingKey }, target, at % 5)
      return hexOf(target)
    },
  ],
  [
    'encodeFrameInto, the target',
    (kind, { payload, maskingKey, at }) => {
      const lengths = [hexOf(payload), payload].map((content) => {
        const target = kind(2 * payload.length + 14 + (at % 5))
        const length = encodeFrameInto({ opcode: Opcode.Text, payload: content, maskingKey }, target, at % 5)
        return [length, Buffer.from(target).toString('hex', 0, length + (at % 5))]
      })
      const close = kind(30)
      encodeFrameInto({ opcode: Opcode.Close, payload: encodeClosePayload(1000, 'bye'), maskingKey }, close, at % 5)
      return [lengths, hexOf(close)]
    },
  ],
  [
    'encodeFrameInto, the payload in the target',
    (kind, { payload, maskingKey, at }) => {
      const memory = made(kind, concat(new Uint8Array(at % 20), payload, new Uint8Array(20)))
      const inside = new Uint8Array(memory.buffer, memory.byteOffset + (at % 20), payload.length)
      const length = encodeFrameInto({ opcode: Opcode.Binary, payload: inside, maskingKey }, memory)
      return Buffer.from(memory).toString('hex', 0, length)
    },
  ],
  [
    'applyMask',
    (kind, { payload, maskingKey, at }) => {
      const data = made(kind, payload)
      applyMask(data, maskingKey ?? 7, at, Math.min(at % 5, data.length))
      return hexOf(data)
    },
  ],
  ['decodeClosePayload', (kind, { payload }) => decodeClosePayload(made(kind, concat(bytes('03e8'), utf8(hexOf(payload).slice(0, 123)))))],
  [
    'fragmentMessage',
    (kind, { payload, at }) => {
      const message = { opcode: Opcode.Binary, payload: made(kind, payload) }
      return Array.from(fragmentMessage(message, 50 + (at % 1000)), (fragment) => hexOf(encodeFrame(fragment)))
    },
  ],
  ['formatHex', (kind, { payload }) => formatHex(made(kind, payload))],
  ['inspect', (kind, given) => JSON.stringify(inspect(made(kind, concat(textFrameOf(given), frameOf(given), bytes('83')))))],
  ['explain', (kind, given) => explain(made(kind, concat(textFrameOf(given), frameOf(given), bytes('83'))))],
  ['explain of an inspection', (kind, given) => explain(inspect(made(kind, concat(textFrameOf(given), frameOf(given), bytes('83')))))],
  [
    'FrameReader',
    (kind, given) => {
      const stream = concat(frameOf(given), textFrameOf(given), bytes('8902 6162'))
      return [true, false].map((ownsChunks) => delivered(new FrameReader({ ownsChunks }), kind, stream, given.at).map(plain))
    },
  ],
  [
    'MessageReader',
    (kind, given) => {
      const stream = concat(textFrameOf(given), frameOf(given), bytes('0102 6162 8902 6162 8002 6162 8802 03e8'))
      return [true, false].map((ownsChunks) =>
        delivered(new MessageReader({ ownsChunks }), kind, stream, given.at).map((message) =>
          'data' in message && typeof message.data !== 'string' ? { ...message, data: hexOf(message.data) } : message,
        ),
      )
    },
  ],
]

const length = fc.oneof({ weight: 6, arbitrary: fc.nat({ max: 200 }) }, fc.nat({ max: 3000 }), fc.constantFrom(16_384, 20_001, 70_000))
const maskingKey = fc.option(fc.integer({ min: 0, max: 0xffff_ffff }))

/** A result, short enough to be printed when it is wrong. */
function brief(result: unknown): string {
  const text = JSON.stringify(result)
  return text.length < 500 ? text : `${text.slice(0, 200)} ... ${createHash('sha256').update(text).digest('hex')}`
}

describe.each(functions)('%s', (_name, call) => {
  test('makes the same of each kind of array as of a plain one', () => {
    fc.assert(
      fc.property(length, maskingKey, fc.nat({ max: 100_000 }), (payloadLength, key, at) => {
        const given = { payload: Uint8Array.from({ length: payloadLength }, (_, i) => i * 37 + 5), maskingKey: key, at }
        const expected = brief(call((count) => new Uint8Array(count), given))
        for (const [kind, make] of kinds) expect(`${kind}: ${brief(call(make, given))}`).toBe(`${kind}: ${expected}`)
      }),
      { numRuns: 40 },
    )
  })
})

test('every kind gives an array of its length that holds what it is given', () => {
  for (const [, kind] of kinds) {
    for (const count of [0, 1, 70_000]) expect(hexOf(made(kind, new Uint8Array(count).fill(0xa5)))).toBe('a5'.repeat(count))
  }
})

describe('memory that several SharedArrayBuffer objects are', () => {
  /** Two that are the same memory: nothing tells that they are. */
  function twins(length: number): [SharedArrayBuffer, SharedArrayBuffer] {
    const memory = new SharedArrayBuffer(length)
    return [memory, structuredClone(memory)]
  }

  test('may overlap, as may any two, and other memory does not', () => {
    const [one, other] = twins(8)
    expect(one).not.toBe(other)
    new Uint8Array(one).fill(7)
    expect(hexOf(new Uint8Array(other))).toBe('07'.repeat(8))
    expect(mayOverlap(new Uint8Array(one), new Uint8Array(other))).toBe(true)
    expect(mayOverlap(new Uint8Array(one), new Uint8Array(8))).toBe(false)
    expect(mayOverlap(new Uint8Array(8), new Uint8Array(one))).toBe(false)
    expect(mayOverlap(new Uint8Array(8), new Uint8Array(8))).toBe(false)
    const { buffer } = new Uint8Array(8)
    expect(mayOverlap(new Uint8Array(buffer, 4), new Uint8Array(buffer, 0, 4))).toBe(true)
  })

  test.each([5, 100, 600, 16_384, 16_385, 40_000, 100_000])(
    'a payload of %p bytes is encoded right wherever in the target it lies',
    (length) => {
      for (const maskingKey of [null, 0x89abcdef]) {
        for (const from of [0, 3, 8, 14, 1000, 20_000]) {
          const [one, other] = twins(length + 20_020)
          const payload = new Uint8Array(one, from, length)
          payload.set(Uint8Array.from({ length }, (_, i) => i * 37))
          const content = Uint8Array.from(payload)
          const target = new Uint8Array(other)
          const written = encodeFrameInto({ opcode: Opcode.Binary, payload, maskingKey }, target, 3)
          const masked = maskingKey === null ? content : referenceMask(content, maskingKey)
          expect(Buffer.compare(Uint8Array.from(target).slice(3 + written - length, 3 + written), masked)).toBe(0)
        }
      }
    },
  )
})
