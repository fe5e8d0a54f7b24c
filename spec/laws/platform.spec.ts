/**
 * The built package where the platform has nothing but the language: it is imported all the same, and what needs something of the platform
 * says what is missing.
 */
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import * as api from '../../src/index.js'
import { bytes, hexOf, thrownBy } from '../support.js'

const index = resolve(__dirname, '../../dist/cjs/index.js')

/** What the package exports in a realm of its own, which has these globals beside those of the language. */
function loadedWith(globals: Record<string, unknown>): typeof api {
  const context = createContext(globals)
  runInContext('delete globalThis.WebAssembly', context)
  const modules = new Map<string, object>()
  const load = (path: string): object => {
    const known = modules.get(path)
    if (known !== undefined) return known
    const exports: object = {}
    modules.set(path, exports)
    const wrapped: unknown = runInContext(`(function (exports, require) {${readFileSync(path, 'utf8')}\n})`, context, { filename: path })
    if (typeof wrapped !== 'function') throw new Error('no function')
    wrapped(exports, (request: string) => load(join(dirname(path), request)))
    return exports
  }
  const loaded = load(index)
  if (!isApi(loaded)) throw new Error(`${index} is not what src exports: build it first`)
  return loaded
}

function isApi(loaded: object): loaded is typeof api {
  return Object.keys(api).every((name) => name in loaded)
}

/** An error of the other realm. */
const typeError = (message: string) => expect.objectContaining({ name: 'TypeError', message })

describe('without TextEncoder, TextDecoder, WebAssembly and Web Crypto', () => {
  const bare = loadedWith({})
  const { Opcode } = api

  test('all that is not text works, masked or not, long or short', () => {
    for (const payloadLength of [0, 5, 100, 1000, 100_000]) {
      for (const maskingKey of [null, 0x37fa213d]) {
        const frame = { opcode: Opcode.Binary, payload: new Uint8Array(payloadLength).fill(7), maskingKey }
        const encoded = bare.encodeFrame(frame)
        expect(Buffer.compare(encoded, api.encodeFrame(frame))).toBe(0)
        expect(bare.decodeFrame(encoded)?.frame.payload).toHaveLength(payloadLength)
        expect(new bare.FrameReader().push(encoded).read()?.payload).toHaveLength(payloadLength)
        expect(new bare.MessageReader().push(encoded).read()).toMatchObject({ type: 'binary' })
      }
    }
    expect(hexOf(bare.encodeFrame({ opcode: Opcode.Close, payload: bytes('03e8') }, { strict: false }))).toBe('880203e8')
    expect(bare.decodeHeader(bytes('8105'))).toMatchObject({ opcode: 1, payloadLength: 5 })
    expect(bare.formatHex(bare.parseHex('81 05'))).toBe('8105')
    expect(bare.decodeClosePayload(new Uint8Array(0))).toEqual({ code: 1005, reason: '' })
    expect(bare.inspect(bytes('8200')).outcome).toBe('complete')
  })

  test.each<[string, () => unknown]>([
    ['encodeFrame', () => bare.encodeFrame({ opcode: Opcode.Text, payload: 'Hello' })],
    ['encodeFrameInto', () => bare.encodeFrameInto({ opcode: Opcode.Text, payload: 'Hello' }, new Uint8Array(20))],
    ['encodedLength', () => bare.encodedLength({ opcode: Opcode.Text, payload: 'Hello' })],
    ['encodeClosePayload', () => bare.encodeClosePayload(1000, 'bye')],
    ['fragmentMessage', () => bare.fragmentMessage({ opcode: Opcode.Text, payload: 'Hello' }, 2)],
  ])('%s of a string says that TextEncoder is missing', (_name, call) => {
    expect(thrownBy(call)).toEqual(typeError('encoding a string needs globalThis.TextEncoder, which is missing'))
  })

  test.each<[string, () => unknown]>([
    ['MessageReader', () => new bare.MessageReader().push(bytes('8105 48656c6c6f')).read()],
    ['decodeClosePayload', () => bare.decodeClosePayload(bytes('03e8 61'))],
    ['decodeFrame of a Close frame', () => bare.decodeFrame(bytes('8803 03e861'))],
  ])('%s says that TextDecoder is missing, and does not blame the bytes', (_name, call) => {
    expect(thrownBy(call)).toEqual(typeError('decoding a text needs globalThis.TextDecoder, which is missing'))
  })

  test('randomMaskingKey says that Web Crypto is missing', () => {
    const message = 'randomMaskingKey needs Web Crypto: globalThis.crypto.getRandomValues is missing'
    expect(thrownBy(() => bare.randomMaskingKey())).toEqual(typeError(message))
  })
})

test('what is there later is found when it is needed', () => {
  const globals: Record<string, unknown> = {}
  const late = loadedWith(globals)
  expect(thrownBy(() => late.encodeClosePayload(1000, 'bye'))).toHaveProperty('name', 'TypeError')
  globals['TextEncoder'] = TextEncoder
  expect(hexOf(late.encodeClosePayload(1000, 'bye'))).toBe('03e8627965')
})

test('with them, strings are encoded and texts decoded, whichever realm they come from', () => {
  const loaded = loadedWith({ TextEncoder, TextDecoder, crypto: globalThis.crypto })
  const encoded = loaded.encodeFrame({ opcode: 1, payload: '你好', maskingKey: loaded.randomMaskingKey() })
  expect(new loaded.MessageReader().push(encoded).read()).toEqual({ type: 'text', data: '你好' })
})
