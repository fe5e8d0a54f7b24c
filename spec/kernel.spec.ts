/**
 * The WebAssembly module: its bytes are what the comments beside them say, it masks as the byte loop does, and where it cannot
 * be had nothing changes.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { MEMORY_LENGTH, maskingKernel } from '../src/kernel.js'
import { bytes, concat } from './support.js'

const source = readFileSync(join(__dirname, '../src/kernel.ts'), 'utf8')

/** Each line of the module: its bytes, and what the comment says of them. */
const lines = [...source.matchAll(/^ {2}((?:0x[0-9a-f]{2}, )+)\/\/ ([^,:\n]+)/gm)].map(([, octets = '', comment = '']) => {
  return { octets: octets.split(', ').slice(0, -1).map(Number), comment, text: comment }
})

/** A number as WebAssembly writes it (LEB128); all here are small, and those of i32.const are signed. */
function leb(value: number, signed = false): number[] {
  const isShort = value < (signed ? 0x40 : 0x80)
  return isShort ? [value] : [0x80 | (value & 0x7f), value >> 7]
}

/** What the WebAssembly specification has for the terms of the comments. */
const assembler: Record<string, (...operands: number[]) => number[]> = {
  'local.get': (index = 0) => [0x20, ...leb(index)],
  'local.set': (index = 0) => [0x21, ...leb(index)],
  'local.tee': (index = 0) => [0x22, ...leb(index)],
  'i32.const': (value = 0) => [0x41, ...leb(value, true)],
  'i32.add': () => [0x6a],
  'i32.lt_u': () => [0x49],
  'i32x4.splat': () => [0xfd, 0x11],
  'v128.xor': () => [0xfd, 0x51],
  'v128.load': (align = 0, offset = 0) => [0xfd, 0x00, ...leb(align), ...leb(offset)],
  'v128.store': (align = 0, offset = 0) => [0xfd, 0x0b, ...leb(align), ...leb(offset)],
  loop: () => [0x03, 0x40],
  br_if: (depth = 0) => [0x0d, ...leb(depth)],
  end: () => [0x0b],
}

describe('the module', () => {
  const code = lines.slice(lines.findIndex(({ comment }) => comment.startsWith('local.get')))

  test.each(code)('has $text as $octets', ({ octets, comment }) => {
    const [mnemonic = '', ...operands] = comment.trim().split(' ')
    const numbers = operands.map((operand) => Number(operand.replace(/^(align|offset)=/, '')))
    expect(assembler[mnemonic]?.(...numbers)).toEqual(octets)
  })

  test('is that module: about 150 bytes, valid, and nothing but a memory of one page and a function', () => {
    const octets = Uint8Array.from(lines.flatMap((line) => line.octets))
    expect(octets.length).toBe((source.match(/\b0x[0-9a-f]{2},/g) ?? []).length)
    expect(octets.length).toBeLessThan(160)
    const module = new WebAssembly.Module(octets)
    expect(WebAssembly.Module.imports(module)).toEqual([])
    expect(WebAssembly.Module.exports(module)).toEqual([
      { name: 'm', kind: 'memory' },
      { name: 'f', kind: 'function' },
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
      const { applyMask, encodeFrame, maskingKernel: kernel } = { ...required('../src/index'), ...required('../src/kernel') }
      if (typeof applyMask !== 'function' || typeof encodeFrame !== 'function' || typeof kernel !== 'function') throw new Error('no')
      if (webAssembly !== present) expect(kernel()).toBeNull()
      const frames: unknown[] = [masked, masked.slice(0, 5000)].map((payload) => encodeFrame({ opcode: 2, payload, maskingKey: key }))
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
    ['an instance exports no memory', exporting({ m: { buffer: new ArrayBuffer(65536) }, f: () => undefined })],
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
    return { ...own(present), Instance: class { exports = exports } }
  }
})

/** The members of WebAssembly, which are not enumerable. */
function own(namespace: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(Object.getOwnPropertyDescriptors(namespace)).map(([name, { value }]) => [name, value]))
}

function refuse(): never {
  throw new Error('blocked by the content security policy')
}
