/**
 * What callers do that they should not, or that a transport cannot rule out: it has defined effects, on nobody else, and is
 * never taken for what the peer did.
 */
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test } from '@jest/globals'
import { FrameReader, MessageReader, Opcode, decodeFrame, encodeFrame, encodeFrameInto, fragmentMessage, inspect } from '../../src/index.js'
import type { Message } from '../../src/index.js'
import { expectFailed } from '../reading.js'
import { TRANSFERRED, bytes, concat, hexOf, textOf, thrownBy, violationOf } from '../support.js'

const hello = bytes('8185 37fa213d 7f9f4d5158')
const byteLengthOfChunk = 3 * hello.length

/** Three frames, each at an odd offset, in memory of some kind. */
function threeFrames(memory: ArrayBufferLike): Uint8Array {
  const chunk = new Uint8Array(memory, 3, byteLengthOfChunk)
  chunk.set(concat(hello, hello, hello))
  return chunk
}

function texts(messages: Iterable<Message>): unknown[] {
  return Array.from(messages, (message) => (message.type === 'close' ? message.type : message.data))
}

describe('memory of another kind', () => {
  const memories: [string, () => ArrayBufferLike][] = [
    ['an ArrayBuffer', () => new ArrayBuffer(100)],
    ['a Buffer', () => Buffer.alloc(100).buffer],
    ['a resizable ArrayBuffer', () => Reflect.construct(ArrayBuffer, [100, { maxByteLength: 200 }])],
    ['a SharedArrayBuffer', () => new SharedArrayBuffer(100)],
    ['the memory of WebAssembly', () => new WebAssembly.Memory({ initial: 1 }).buffer],
  ]

  test.each(memories)('%s is read, at any offset, given away or not', (_kind, memory) => {
    for (const ownsChunks of [true, false]) {
      const chunk = threeFrames(memory())
      expect(texts(new MessageReader({ ownsChunks }).push(chunk))).toEqual(['Hello', 'Hello', 'Hello'])
    }
    const chunk = threeFrames(memory())
    expect(decodeFrame(chunk, {}, hello.length)?.bytesRead).toBe(hello.length)
    expect(inspect(chunk).outcome).toBe('complete')
    expect(hexOf(chunk)).toBe(hexOf(concat(hello, hello, hello)))
  })

  test.each(memories)('%s is written to, and from', (_kind, memory) => {
    const target = new Uint8Array(memory(), 5, 40)
    const payload = new Uint8Array(memory(), 1, 5)
    payload.set(bytes('48656c6c6f'))
    expect(encodeFrameInto({ opcode: Opcode.Text, payload, maskingKey: 0x37fa213d }, target, 3)).toBe(hello.length)
    expect(hexOf(target.subarray(3, 3 + hello.length))).toBe(hexOf(hello))
    expect(textOf(payload)).toBe('Hello')
  })
})

describe('a chunk that was given away, and', () => {
  test('is transferred after its first frame gives a TypeError, which is final, and no violation', () => {
    const memory = new ArrayBuffer(100)
    const reader = new FrameReader({ ownsChunks: true }).push(threeFrames(memory))
    expect(textOf(reader.read()?.payload ?? hello)).toBe('Hello')
    structuredClone(memory, { transfer: [memory] })
    const error = thrownBy(() => reader.read())
    expect(error).toMatchObject({ name: 'TypeError', message: expect.stringMatching(TRANSFERRED) })
    expectFailed(reader, error)
  })

  test.each([
    [1000, 300],
    [1000, 600],
    [3000, 600],
    [20_000, 6000],
    [20_000, 12_000],
  ])(
    'is transferred in a payload of %p bytes, %p of which have arrived, gives a final TypeError, and nothing of another stream',
    (payloadLength, arrived) => {
      const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(payloadLength).fill(0x11), maskingKey: 0x01020304 })
      const chunk = frame.slice(0, 8 + arrived)
      const reader = new FrameReader({ ownsChunks: true }).push(chunk)
      const secret = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(30_000).fill(0x53), maskingKey: 0x01020304 })
      expect(new FrameReader({ ownsChunks: true }).push(secret).read()?.payload).toHaveLength(30_000)
      structuredClone(chunk, { transfer: [chunk.buffer] })
      const error = thrownBy(() => reader.read())
      expect(error).toMatchObject({ name: 'TypeError', message: expect.stringMatching(TRANSFERRED) })
      expectFailed(reader, error)
    },
  )

  test('has been transferred when the next one arrives before it has been read, gives a TypeError, which is final', () => {
    const chunk = concat(hello, hello)
    const reader = new FrameReader({ ownsChunks: true }).push(chunk)
    structuredClone(chunk, { transfer: [chunk.buffer] })
    const error = thrownBy(() => reader.push(hello))
    expect(error).toMatchObject({ name: 'TypeError', message: expect.stringMatching(TRANSFERRED) })
    expectFailed(reader, error)
  })

  const changeable: [string, () => ArrayBufferLike][] = [
    ['resizable', () => Reflect.construct(ArrayBuffer, [100, { maxByteLength: 200 }])],
    ['shared', () => new SharedArrayBuffer(100)],
    ['growable shared', () => Reflect.construct(SharedArrayBuffer, [100, { maxByteLength: 200 }])],
    ['resizable of another realm', () => runInNewContext('new ArrayBuffer(100, { maxByteLength: 200 })')],
  ]

  test.each(changeable)('is over %s memory is copied, so that payloads cannot be changed by whoever has it', (_kind, memory) => {
    for (const cut of [0, 1, 5, 8, hello.length]) {
      const buffer = memory()
      const chunk = threeFrames(buffer).subarray(cut)
      const reader = new FrameReader({ ownsChunks: true }).push(hello.slice(0, cut)).push(chunk)
      const frames = [...reader]
      chunk.fill(0xff)
      const resize: unknown = Reflect.get(buffer, 'resize')
      if (typeof resize === 'function') Reflect.apply(resize, buffer, [1])
      expect(frames.map(({ payload }) => textOf(payload)).slice(0, 3)).toEqual(['Hello', 'Hello', 'Hello'])
      expect(frames.every(({ payload }) => payload.buffer instanceof ArrayBuffer && payload.buffer !== buffer)).toBe(true)
    }
  })

  test('comes from another realm is read in place like any other', () => {
    const memory: ArrayBuffer = runInNewContext('new ArrayBuffer(100)')
    const chunk = threeFrames(memory)
    const frames = [...new FrameReader({ ownsChunks: true }).push(chunk)]
    expect(frames.map(({ payload }) => payload.buffer === memory)).toEqual([true, true, true])
  })

  test('has frames without payload does not stay in memory with the empty payloads that are kept', () => {
    const reader = new FrameReader({ ownsChunks: true })
    const chunk = () => concat(bytes('8900 827e ea60'), new Uint8Array(60_000))
    const payloads = Array.from({ length: 10 }, () => [...reader.push(chunk())].map(({ payload }) => payload))
    for (const [empty, long] of payloads) expect([empty?.buffer.byteLength, long?.length]).toEqual([0, 60_000])
  })

  test('was copied instead, it may be shrunk, transferred and overwritten at once', () => {
    const memory = new ArrayBuffer(100)
    const reader = new FrameReader().push(threeFrames(memory))
    structuredClone(memory, { transfer: [memory] })
    expect(Array.from(reader, ({ payload }) => textOf(payload))).toEqual(['Hello', 'Hello', 'Hello'])
  })

  test('whose payloads are overwritten as soon as they come, leaves the others alone', () => {
    for (const ownsChunks of [true, false]) {
      const seen: string[] = []
      for (const { payload } of new FrameReader({ ownsChunks }).push(concat(hello, hello, hello))) {
        seen.push(textOf(payload))
        payload.fill(0xff)
      }
      expect(seen).toEqual(['Hello', 'Hello', 'Hello'])
    }
  })
})

test('memory that frames share may be transferred, which takes them all, and not those after them', () => {
  // More than may share memory, so that none of them is another test's.
  for (let i = 0; i < 9; i++) encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(2044) })
  const frame = encodeFrame({ opcode: Opcode.Text, payload: 'Hello' })
  structuredClone(frame.buffer, { transfer: [frame.buffer] })
  expect(frame).toHaveLength(0)
  expect(hexOf(encodeFrame({ opcode: Opcode.Text, payload: 'Hello', maskingKey: 0x37fa213d }))).toBe(hexOf(hello))
})

describe('a push from inside', () => {
  test('an iteration goes on with it', () => {
    for (const ownsChunks of [true, false]) {
      const reader = new MessageReader({ ownsChunks })
      const seen: unknown[] = []
      for (const message of reader.push(concat(hello, hello.subarray(0, 4)))) {
        seen.push(...texts([message]))
        if (seen.length === 1) reader.push(hello.slice(4))
        if (seen.length === 2) reader.push(concat(bytes('8900'), hello))
      }
      expect(seen).toEqual(['Hello', 'Hello', new Uint8Array(0), 'Hello'])
    }
  })

  test('two iterations at once share what there is', () => {
    const reader = new FrameReader().push(concat(hello, bytes('8900'), bytes('8a00')))
    const [first, second] = [reader[Symbol.iterator](), reader[Symbol.iterator]()]
    const opcodes = [first, second, first].map((iterator) => iterator.next().value?.opcode)
    expect(opcodes).toEqual([Opcode.Text, Opcode.Ping, Opcode.Pong])
    expect([first.next().done, second.next().done]).toEqual([true, true])
  })
})

describe('options and frames', () => {
  test('may be frozen, and may be changed once they have been read', () => {
    const options = { sender: 'client' as 'client' | 'server', extensions: { opcodes: [3] } }
    const reader = new FrameReader(options)
    options.sender = 'server'
    options.extensions.opcodes.length = 0
    expect(violationOf(() => reader.push(bytes('8300')).read()).rule).toBe('mask-required')
    const frozen = Object.freeze({ sender: 'server', extensions: Object.freeze({}) } as const)
    expect(new FrameReader(frozen).push(bytes('8900')).read()).toMatchObject({ opcode: Opcode.Ping })
    expect(hexOf(encodeFrame(Object.freeze({ opcode: Opcode.Ping }), frozen))).toBe('8900')
    const message = Object.freeze({ opcode: Opcode.Text, payload: 'Hello' })
    expect([...fragmentMessage(message, 3)]).toHaveLength(2)
  })
})

describe('Object.prototype with properties of somebody else', () => {
  const names = ['0', 'length', 'done', 'value', 'next', 'frame', 'fin', 'rule', 'data', 'open', 'buffer', 'type']
  afterEach(() => {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name)
    Reflect.deleteProperty(Object.prototype, 'sender')
  })

  test('changes nothing about what is read', () => {
    const stream = concat(hello, bytes('0181 00000000 61 8081 00000000 62 8800'))
    const before = JSON.stringify([inspect(stream), texts(new MessageReader().push(stream))])
    for (const name of names) Object.defineProperty(Object.prototype, name, { value: 7, configurable: true, writable: true })
    expect(JSON.stringify([inspect(stream), texts(new MessageReader().push(stream))])).toBe(before)
  })

  test('counts as given where it has the name of an option', () => {
    Object.defineProperty(Object.prototype, 'sender', { value: 'client', configurable: true, writable: true })
    expect(violationOf(() => new FrameReader().push(bytes('8900')).read()).rule).toBe('mask-required')
    expect(new FrameReader({ sender: 'server' }).push(bytes('8900')).read()).not.toBeNull()
  })
})
