/**
 * The WebAssembly module: it masks as the byte loop does, and where it cannot be had nothing changes. Its check of UTF-8 is in
 * utf8check.spec.ts; `npm run test:kernel` compares its bytes with its text.
 */
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import type * as Library from '../../src/index.js'
import { MEMORY_LENGTH, maskingKernel } from '../../src/mask/webassembly.js'
import { KERNEL_MODULE } from '../../src/mask/webassembly-module.js'
import { bytes, concat } from '../support.js'

describe('the module', () => {
  test('is valid, and nothing but a memory of one page and two functions', () => {
    expect(KERNEL_MODULE).toMatch(/^([0-9a-f]{2})+$/)
    const module = new WebAssembly.Module(Uint8Array.from(Buffer.from(KERNEL_MODULE, 'hex')))
    expect(WebAssembly.Module.imports(module)).toEqual([])
    expect(WebAssembly.Module.exports(module)).toEqual([
      { name: 'm', kind: 'memory' },
      { name: 'f', kind: 'function' },
      { name: 'u', kind: 'function' },
    ])
    const { m: memory } = new WebAssembly.Instance(module).exports
    expect(memory).toHaveProperty('buffer.byteLength', 65536)
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
  function maskedWith(webAssembly: unknown): Uint8Array {
    Object.defineProperty(globalThis, 'WebAssembly', { value: webAssembly, configurable: true, writable: true })
    const masked = data()
    jest.isolateModules(() => {
      const {
        applyMask,
        encodeFrame,
        maskingKernel: kernel,
      } = { ...required('../../src/index'), ...required('../../src/mask/webassembly') }
      if (typeof applyMask !== 'function' || typeof encodeFrame !== 'function' || typeof kernel !== 'function') throw new Error('no')
      if (webAssembly !== present) expect(kernel()).toBeNull()
      const frames: unknown[] = [masked, masked.slice(0, 5000)].map((payload) => encodeFrame({ opcode: 2, payload, maskingKey: key }))
      const { FrameReader } = jest.requireActual<typeof Library>('../../src/index')
      const [whole, cut] = [data().slice(0, 5000), new FrameReader()]
      const sent = concat(bytes('82fe 1388 37fa213d'), expected.subarray(0, 5000))
      expect(cut.push(sent.subarray(0, 1500)).read()).toBeNull()
      expect(cut.push(sent.subarray(1500)).read()?.payload).toEqual(whole)
      applyMask(masked, key)
      expect(frames).toEqual([
        concat(bytes('82ff 00000000000186a0 37fa213d'), masked),
        concat(bytes('82fe 1388 37fa213d'), masked.subarray(0, 5000)),
      ])
    })
    return masked
  }

  function required(path: string): Record<string, unknown> {
    return { ...jest.requireActual<object>(path) }
  }

  test.each<[string, unknown]>([
    ['there is no WebAssembly', undefined],
    ['compiling is forbidden', { ...own(present), Module: refuse }],
    ['instances are forbidden', { ...own(present), Instance: refuse }],
    ['an instance exports something else', exporting({})],
    ['an instance exports no function', exporting({ m: new present.Memory({ initial: 1 }) })],
    ['an instance exports no memory', exporting({ m: { buffer: new ArrayBuffer(65536) }, f: () => undefined, u: () => 0 })],
    ['an instance exports no check', exporting({ m: new present.Memory({ initial: 1 }), f: () => undefined })],
    ['all is well', present],
  ])('because %s, the result is the same', (_why, webAssembly) => {
    expect(Buffer.compare(maskedWith(webAssembly), expected)).toBe(0)
  })

  test('that is found out once', () => {
    const compile = jest.fn(refuse)
    expect(Buffer.compare(maskedWith({ ...own(present), Module: compile }), expected)).toBe(0)
    expect(compile).toHaveBeenCalledTimes(1)
  })

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
