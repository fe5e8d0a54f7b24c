/**
 * The WebAssembly modules: one masks as the byte loop does, and where they cannot be had nothing changes. The check of UTF-8 by the other
 * is in decode/utf8-check.spec.ts; `npm run test:kernel` compares their bytes with their text.
 */
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import type * as Checking from '../../src/decode/utf8-kernel.js'
import { UTF8_MODULE } from '../../src/decode/utf8-module.js'
import type * as Library from '../../src/index.js'
import type * as Masking from '../../src/mask/webassembly.js'
import { MEMORY_LENGTH, maskingKernel } from '../../src/mask/webassembly.js'
import { MASK_MODULE } from '../../src/mask/mask-module.js'
import { bytes, concat } from '../support.js'

function compiled(hexadecimal: string): WebAssembly.Module {
  expect(hexadecimal).toMatch(/^([0-9a-f]{2})+$/)
  return new WebAssembly.Module(Uint8Array.from(Buffer.from(hexadecimal, 'hex')))
}

describe('the modules', () => {
  test('that masks is nothing but a memory of one page and a function', () => {
    const module = compiled(MASK_MODULE)
    expect(WebAssembly.Module.imports(module)).toEqual([])
    expect(WebAssembly.Module.exports(module)).toEqual([
      { name: 'm', kind: 'memory' },
      { name: 'f', kind: 'function' },
    ])
    const { m: memory } = new WebAssembly.Instance(module).exports
    expect(memory).toHaveProperty('buffer.byteLength', 65536)
  })

  test('that checks texts is nothing but a function, in a memory that it is given', () => {
    const module = compiled(UTF8_MODULE)
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'm', name: 'm', kind: 'memory' }])
    expect(WebAssembly.Module.exports(module)).toEqual([{ name: 'u', kind: 'function' }])
  })
})

describe('the kernel', () => {
  test('masks the beginning of its memory, in steps of 64 bytes, as the byte loop does', () => {
    const kernel = maskingKernel()
    if (kernel === null) throw new Error('there is no WebAssembly here')
    expect(kernel.memory).toHaveLength(MEMORY_LENGTH)
    expect(kernel.memory.buffer).toBe(kernel.buffer)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MEMORY_LENGTH }), fc.integer({ min: 0, max: 0xffff_ffff }), (length, key) => {
        kernel.memory.forEach((_, i, memory) => (memory[i] = i * 7))
        kernel.mask(length, key)
        const masked = Math.ceil(length / 64) * 64
        const expected = Uint8Array.from(kernel.memory, (_, i) => (i * 7) ^ (i < masked ? key >>> ((i % 4) * 8) : 0))
        expect(Buffer.compare(kernel.memory, expected)).toBe(0)
      }),
      { numRuns: 100 },
    )
  })
})

describe('where there is no kernel', () => {
  const { WebAssembly: present } = globalThis
  afterEach(() => {
    Object.defineProperty(globalThis, 'WebAssembly', { value: present, configurable: true, writable: true })
  })

  const key = 0x37fa213d
  const data = () => Uint8Array.from({ length: 100_000 }, (_, i) => i * 7)
  const expected = data().map((octet, i) => octet ^ (key >>> (24 - (i % 4) * 8)))

  /** The package as it is when it is loaded in such a place. */
  function maskedWith(webAssembly: unknown, hasMasking = false, hasChecking = false): Uint8Array {
    Object.defineProperty(globalThis, 'WebAssembly', { value: webAssembly, configurable: true, writable: true })
    const masked = data()
    jest.isolateModules(() => {
      const { applyMask, encodeFrame, FrameReader, MessageReader } = jest.requireActual<typeof Library>('../../src/index')
      const { maskingKernel: masking } = jest.requireActual<typeof Masking>('../../src/mask/webassembly')
      const { textKernel: checking } = jest.requireActual<typeof Checking>('../../src/decode/utf8-kernel')
      expect([masking() !== null, checking() !== null]).toEqual([hasMasking, hasChecking])
      const frames: unknown[] = [masked, masked.slice(0, 5000)].map((payload) => encodeFrame({ opcode: 2, payload, maskingKey: key }))
      const [whole, cut] = [data().slice(0, 5000), new FrameReader()]
      const sent = concat(bytes('82fe 1388 37fa213d'), expected.subarray(0, 5000))
      expect(cut.push(sent.subarray(0, 1500)).read()).toBeNull()
      expect(cut.push(sent.subarray(1500)).read()?.payload).toEqual(whole)
      const text = encodeFrame({ opcode: 1, payload: 'é'.repeat(5000), maskingKey: key })
      expect(new MessageReader().push(text).read()).toEqual({ type: 'text', data: 'é'.repeat(5000) })
      const cutText = new MessageReader()
      expect(cutText.push(text.slice(0, 3001)).read()).toBeNull()
      expect(cutText.push(text.slice(3001, 8002)).read()).toBeNull()
      expect(cutText.push(text.slice(8002)).read()).toEqual({ type: 'text', data: 'é'.repeat(5000) })
      applyMask(masked, key)
      expect(frames).toEqual([
        concat(bytes('82ff 00000000000186a0 37fa213d'), masked),
        concat(bytes('82fe 1388 37fa213d'), masked.subarray(0, 5000)),
      ])
    })
    return masked
  }

  test.each<[string, unknown]>([
    ['there is no WebAssembly', undefined],
    ['compiling is forbidden', { ...own(present), Module: refuse }],
    ['instances are forbidden', { ...own(present), Instance: refuse }],
    ['an instance exports something else', exporting({})],
    ['an instance exports no function', exporting({ m: new present.Memory({ initial: 1 }) })],
    ['an instance exports no memory', exporting({ m: { buffer: new ArrayBuffer(65536) }, f: () => undefined })],
  ])('because %s, the result is the same', (_why, webAssembly) => {
    expect(Buffer.compare(maskedWith(webAssembly), expected)).toBe(0)
  })

  test('because the module that checks texts is forbidden, the result is the same', () => {
    expect(Buffer.compare(maskedWith({ ...own(present), Instance: withoutImports }, true), expected)).toBe(0)
  })

  test('and where all is well', () => {
    expect(Buffer.compare(maskedWith(present, true, true), expected)).toBe(0)
  })

  test('that is found out once', () => {
    const compile = jest.fn(refuse)
    expect(Buffer.compare(maskedWith({ ...own(present), Module: compile }), expected)).toBe(0)
    expect(compile).toHaveBeenCalledTimes(1)
  })

  test('that checks texts, that is found out once, too', () => {
    const instantiate = jest.fn(withoutImports)
    expect(Buffer.compare(maskedWith({ ...own(present), Instance: instantiate }, true), expected)).toBe(0)
    expect(instantiate).toHaveBeenCalledTimes(2)
  })

  /** Refuses a module that needs the memory of another. */
  function withoutImports(module: WebAssembly.Module, imports?: WebAssembly.Imports): WebAssembly.Instance {
    return imports === undefined ? new present.Instance(module) : refuse()
  }

  /** WebAssembly with instances that export this. */
  function exporting(exports: object): object {
    return {
      ...own(present),
      Instance: class {
        exports = exports
      },
    }
  }
})

/** The members of WebAssembly, which are not enumerable. */
function own(namespace: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(Object.getOwnPropertyDescriptors(namespace)).map(([name, { value }]) => [name, value]))
}

function refuse(): never {
  throw new Error('blocked by the content security policy')
}
