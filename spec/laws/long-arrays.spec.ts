/**
 * Arrays longer than 4 GiB, where indexes no longer fit into 32 bits. Only a few of their pages are ever touched, so they take no memory.
 */
import { describe, expect, jest, test } from '@jest/globals'
import type * as Api from '../../src/index.js'
import { referenceMask } from '../reference/encode.js'
import { bytes, hexOf } from '../support.js'

const GiB = 2 ** 30

function zeros(length: number): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(length)
  } catch {
    return null
  }
}

/** One for all, to be cleared by those who write to it. */
const long = zeros(4 * GiB + 2 ** 20)
const testIfLong = long === null ? test.skip : test
const reason = long === null ? ' (skipped: no arrays of more than 4 GiB on this platform)' : ''

/** Where positions stop to fit into 32 bits, and a little before and after it. */
const positions = [4 * GiB - 1000, 4 * GiB - 3, 4 * GiB, 4 * GiB + 5, 4 * GiB + 1000]
const payloadLengths = [5, 47, 48, 100, 127, 128, 300, 511, 512, 2000, 20_000]
const maskingKey = 0x89abcdef

function at(start: number, length: number): Uint8Array<ArrayBuffer> {
  if (long === null) throw new Error('no long array')
  return new Uint8Array(long.buffer, start, length)
}

const { WebAssembly: present } = globalThis

/** The package as it is when it is loaded, and first used, where there is WebAssembly, or none. */
function loadedWith(webAssembly: unknown): typeof Api {
  Object.defineProperty(globalThis, 'WebAssembly', { value: webAssembly, configurable: true, writable: true })
  const loaded: { api?: typeof Api } = {}
  jest.isolateModules(() => {
    loaded.api = jest.requireActual<typeof Api>('../../src/index')
  })
  const { api } = loaded
  if (api === undefined) throw new Error('not loaded')
  api.applyMask(new Uint8Array(1000), 1)
  Object.defineProperty(globalThis, 'WebAssembly', { value: present, configurable: true, writable: true })
  return api
}

describe.each([
  ['with WebAssembly', present],
  ['without WebAssembly', undefined],
])(`beyond 4 GiB, %s${reason}`, (_circumstance, webAssembly) => {
  const { FrameReader, MessageReader, Opcode, applyMask, decodeFrame, decodeHeader, encodeFrame, encodeFrameInto } = loadedWith(webAssembly)

  testIfLong('applyMask masks', () => {
    for (const position of positions) {
      for (const length of payloadLengths) {
        const part = at(position, length)
        part.forEach((_, i) => (part[i] = i * 37))
        const expected = referenceMask(part, maskingKey)
        applyMask(at(0, 4 * GiB + 2 ** 20), maskingKey, 0, position, position + length)
        expect(Buffer.compare(part, expected)).toBe(0)
        part.fill(0)
      }
    }
  })

  testIfLong('frames are encoded and decoded', () => {
    const whole = at(0, 4 * GiB + 2 ** 20)
    for (const position of positions) {
      for (const length of payloadLengths) {
        const payload = Uint8Array.from({ length }, (_, i) => i * 37)
        for (const [init, content] of [
          [{ opcode: Opcode.Binary, payload, maskingKey }, hexOf(payload)],
          [{ opcode: Opcode.Text, payload: 'x'.repeat(length), maskingKey }, '78'.repeat(length)],
          [{ opcode: Opcode.Continuation, payload, maskingKey }, hexOf(payload)],
        ] as const) {
          const expected = encodeFrame(init)
          const written = encodeFrameInto(init, whole, position)
          expect(Buffer.compare(at(position, written), expected)).toBe(0)
          expect(decodeHeader(whole, {}, position)?.payloadLength).toBe(length)
          const decoded = decodeFrame(whole, {}, position)
          expect(decoded && hexOf(decoded.frame.payload)).toBe(content)
          at(position, written).fill(0)
        }
      }
    }
  })

  testIfLong('a payload is encoded from there, and moved across it', () => {
    const whole = at(0, 4 * GiB + 2 ** 20)
    for (const length of payloadLengths) {
      const payload = at(4 * GiB - 10, length)
      payload.forEach((_, i) => (payload[i] = i * 37))
      const expected = encodeFrame({ opcode: Opcode.Binary, payload: payload.slice(), maskingKey })
      expect(encodeFrameInto({ opcode: Opcode.Binary, payload, maskingKey }, whole, 4 * GiB - 20)).toBe(expected.length)
      expect(Buffer.compare(at(4 * GiB - 20, expected.length), expected)).toBe(0)
      at(4 * GiB - 20, length + 20).fill(0)
    }
  })

  testIfLong('readers that own a chunk unmask what comes after a payload of 4 GiB', () => {
    const header = bytes('827f 0000000100000000')
    for (const length of payloadLengths) {
      const payload = Uint8Array.from({ length }, (_, i) => i % 100)
      const next = encodeFrame({ opcode: Opcode.Binary, payload, maskingKey })
      const stream = at(0, header.length + 4 * GiB + 2 * next.length)
      const limits = { ownsChunks: true, maxPayloadLength: Infinity, maxMessageLength: Infinity }
      const readings: (() => Uint8Array[])[] = [
        () => Array.from(new FrameReader(limits).push(stream), (frame) => frame.payload),
        () => Array.from(new MessageReader(limits).push(stream), (message) => (message.type === 'binary' ? message.data : next)),
      ]
      for (const read of readings) {
        stream.set(header)
        stream.set(next, stream.length - 2 * next.length)
        stream.set(next, stream.length - next.length)
        const payloads = read()
        expect(payloads.map((each) => each.length)).toEqual([4 * GiB, length, length])
        expect(payloads.slice(1).map(hexOf)).toEqual([hexOf(payload), hexOf(payload)])
      }
      at(header.length + 4 * GiB, 2 * next.length).fill(0)
      at(0, header.length).fill(0)
    }
  })
})
