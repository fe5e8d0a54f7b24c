import { afterEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { applyMask, randomMaskingKey } from '../../src/index.js'
import { BLOCK_LENGTH, maskingKernel } from '../../src/mask/webassembly.js'
import { KERNEL_FROM, copyMasked, maskInto, maskedCopy as newMaskedCopy, readUnmasked } from '../../src/mask/mask.js'
import { referenceMask } from '../reference/encode.js'
import { bytes, bytesCopied, hexOf, textOf, thrownBy } from '../support.js'

const key = fc.integer({ min: 0, max: 0xffffffff })

describe('masking (5.3)', () => {
  test('unmasks the example of 5.7', () => {
    const payload = bytes('7f9f4d5158')
    applyMask(payload, 0x37fa213d)
    expect(textOf(payload)).toBe('Hello')
  })

  test('octet i is XORed with octet i mod 4 of the key, the most significant first', () => {
    const data = new Uint8Array(9)
    applyMask(data, 0x01020384)
    expect(hexOf(data)).toBe('010203840102038401')
  })

  test('keyOffset is the number of payload bytes before the piece', () => {
    const data = new Uint8Array(5)
    applyMask(data, 0x01020304, 3)
    expect(hexOf(data)).toBe('0401020304')
    applyMask(data, 0x01020304, 2 ** 53 - 1)
    expect(hexOf(data)).toBe('0000000000')
  })

  test('start and end bound what is changed; the key begins at start', () => {
    const data = new Uint8Array(8)
    applyMask(data, 0x01020304, 1, 2, 6)
    expect(hexOf(data)).toBe('0000020304010000')
  })

  test('an empty range changes nothing', () => {
    const data = bytes('0102')
    applyMask(data, 0xffffffff, 0, 1, 1)
    applyMask(data, 0xffffffff, 0, 2)
    expect(hexOf(data)).toBe('0102')
  })

  test('is the byte loop at every length to 200, alignment and key phase, and touches nothing else', () => {
    const memory = new Uint8Array(216).map((_, i) => (i * 37) & 0xff)
    for (let length = 0; length <= 200; length++) {
      for (let alignment = 0; alignment < 8; alignment++) {
        for (let keyOffset = 0; keyOffset < 4; keyOffset++) {
          const fast = memory.slice()
          applyMask(fast.subarray(alignment), 0x89abcdef, keyOffset, 0, length)
          const expected = referenceMask(memory, 0x89abcdef, keyOffset, alignment, alignment + length)
          if (Buffer.compare(fast, expected) !== 0) throw new Error(`${length}, ${alignment}, ${keyOffset} differs`)
        }
      }
    }
  })

  test('is the byte loop for parts of longer data, too, wherever they begin and end', () => {
    const memory = new Uint8Array(700).map((_, i) => (i * 37) & 0xff)
    const lengths = [
      ...Array.from({ length: 40 }, (_, length) => length),
      ...[47, 48, 49],
      ...[126, 127, 128, 129],
      ...[510, 511, 512, 513],
    ]
    for (const length of lengths) {
      for (let skew = 0; skew < 4; skew++) {
        for (let start = 100; start < 108; start++) {
          const fast = memory.slice()
          applyMask(fast.subarray(skew), 0x89abcdef, start, start, start + length)
          const expected = referenceMask(memory, 0x89abcdef, start, skew + start, skew + start + length)
          if (Buffer.compare(fast, expected) !== 0) throw new Error(`${length}, ${skew}, ${start} differs`)
        }
      }
    }
  })

  test('is the byte loop for any arguments', () => {
    const position = fc.nat({ max: 300 })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), key, fc.maxSafeNat(), position, position, (data, maskingKey, keyOffset, a, b) => {
        const start = Math.min(a, b, data.length)
        const end = Math.min(Math.max(a, b), data.length)
        const expected = referenceMask(data, maskingKey, keyOffset % 4, start, end)
        applyMask(data, maskingKey, keyOffset, start, end)
        expect(hexOf(data)).toBe(hexOf(expected))
      }),
      { numRuns: 2000 },
    )
  })

  /** Copied to a place in the target and masked there, in a naive way. */
  function maskedCopy(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number, keyOffset: number): Uint8Array {
    const result = target.slice()
    result.set(referenceMask(source.slice(start, end), 0x89abcdef, keyOffset), at)
    return result
  }

  const copiedLengths = [0, 1, 5, 31, 32, 33, 127, 128, 511, 512, 513, 1000, 16_383, 16_384, 16_385, 32_768, 40_000]

  test.each(copiedLengths)('%p octets that are copied are masked on the way, and nothing else is touched', (length) => {
    const source = Uint8Array.from({ length: length + 9 }, (_, i) => i * 37)
    for (const [start, end] of [
      [0, length],
      [4, length + 4],
      [9, length + 9],
    ] as const) {
      for (const keyOffset of [0, 1, 3]) {
        const target = new Uint8Array(length + 100).fill(7)
        const expected = maskedCopy(source, start, end, target, 50, keyOffset)
        maskInto(source, start, end, target, 50, 0x89abcdef, keyOffset)
        expect(Buffer.compare(target, expected)).toBe(0)
      }
    }
    const whole = new Uint8Array(source.length)
    maskInto(source, 0, source.length, whole, 0, 0x89abcdef, 0)
    expect(Buffer.compare(whole, referenceMask(source, 0x89abcdef))).toBe(0)
  })

  test.each([0, 1, 3, 4, 31])('%p octets that are copied one by one are masked, and nothing else is touched', (length) => {
    const source = Uint8Array.from({ length: 50 }, (_, i) => i * 37)
    const target = new Uint8Array(50).fill(7)
    const expected = maskedCopy(source, 3, 3 + length, target, 9, 0)
    copyMasked(source, 3, 3 + length, target, 9, 0x89abcdef)
    expect(hexOf(target)).toBe(hexOf(expected))
  })

  test.each([0, 1, 2, 3, 6, 8, 14])('a masked copy comes after %p octets of room, as far as the kernel has memory', (room) => {
    for (const length of [0, 1, 5, 1000, 65_536 - room]) {
      const source = Uint8Array.from({ length }, (_, i) => i * 37)
      const copy = newMaskedCopy(room, source, 0x89abcdef)
      expect(copy).toHaveLength(room + length)
      expect(Buffer.compare((copy ?? source).subarray(room), referenceMask(source, 0x89abcdef))).toBe(0)
    }
    expect(newMaskedCopy(room, new Uint8Array(65_537 - room), 7)).toBeNull()
  })

  test.each(copiedLengths)(
    '%p octets may stay in their place or, if they are few, overlap the place where they are copied to',
    (length) => {
      for (const [from, to] of [
        [3, 3],
        [10, 0],
        [0, 10],
        [8000, 0],
        [0, 8000],
      ] as const) {
        if (from !== to && length > BLOCK_LENGTH) continue
        const memory = Uint8Array.from({ length: length + 8000 }, (_, i) => i * 37)
        const expected = maskedCopy(memory, from, from + length, memory, to, 2)
        maskInto(memory, from, from + length, memory, to, 0x89abcdef, 2)
        expect(Buffer.compare(memory, expected)).toBe(0)
      }
    },
  )

  test('is its own inverse, and composes over keyOffset', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), key, fc.nat(), (data, maskingKey, at) => {
        const whole = data.slice()
        applyMask(whole, maskingKey)
        const cut = at % (data.length + 1)
        const pieces = data.slice()
        applyMask(pieces.subarray(0, cut), maskingKey)
        applyMask(pieces.subarray(cut), maskingKey, cut)
        expect(hexOf(pieces)).toBe(hexOf(whole))
        applyMask(whole, maskingKey)
        expect(hexOf(whole)).toBe(hexOf(data))
      }),
      { numRuns: 1000 },
    )
  })

  test.each<[unknown[], string]>([
    [['ab', 0], 'data must be a Uint8Array, not string'],
    [[undefined, 0], 'data must be a Uint8Array, not undefined'],
    [[null, 0], 'data must be a Uint8Array, not null'],
    [[new Uint16Array(1), 0], 'data must be a Uint8Array, not Uint16Array'],
    [[new Uint8Array(1), '0'], 'maskingKey must be a number, not string'],
    [[new Uint8Array(1), 0, '0'], 'keyOffset must be a number, not string'],
    [[new Uint8Array(1), 0, 0, '0'], 'start must be a number, not string'],
    [[new Uint8Array(1), 0, 0, 0, null], 'end must be a number, not null'],
  ])('%p is wrong use: TypeError', (args, message) => {
    expect(() => Reflect.apply(applyMask, undefined, args)).toThrow(new TypeError(message))
  })

  test.each<[number, number?, number?, number?]>([
    [-1],
    [2 ** 32],
    [0.5],
    [NaN],
    [0, -1],
    [0, 0.5],
    [0, Infinity],
    [0, 0, -1],
    [0, 0, 5],
    [0, 0, 3, 2],
    [0, 0, 0, 5],
  ])('(data of 4 bytes, %p, %p, %p, %p) is out of range: RangeError', (...args) => {
    expect(() => applyMask(new Uint8Array(4), ...args)).toThrow(RangeError)
  })
})

describe('the kernel, which is faster for long data, and for copies of shorter', () => {
  afterEach(() => {
    jest.restoreAllMocks()
  })

  /** How often the kernel masks its block, and how many bytes are copied into it, out of it and elsewhere. */
  function work(call: () => void): { blocks: number; copied: number } {
    const kernel = maskingKernel()
    if (kernel === null) throw new Error('there is no WebAssembly here')
    const mask = jest.spyOn(kernel, 'mask')
    const copied = bytesCopied(call)
    const blocks = mask.mock.calls.length
    mask.mockRestore()
    return { blocks, copied }
  }

  const memory = (length: number) => new Uint8Array(length)

  test.each([
    [1, 0],
    [KERNEL_FROM - 1, 0],
    [KERNEL_FROM, 1],
    [BLOCK_LENGTH, 1],
    [BLOCK_LENGTH + 1, 2],
    [100_000, 7],
  ])('masks %p bytes in place in %p blocks, and copies them in and out', (length, blocks) => {
    expect(work(() => applyMask(memory(length + 5), 7, 0, 5))).toEqual({ blocks, copied: blocks === 0 ? 0 : 2 * length })
  })

  test.each([
    [100, 1],
    [KERNEL_FROM, 1],
    [BLOCK_LENGTH, 1],
    [100_000, 7],
  ])('masks %p bytes that are copied in %p blocks, in the same pass', (length, blocks) => {
    for (const start of [0, 5]) {
      const copy = () => maskInto(memory(length + 5), start, start + length, memory(length), 0, 7, 0)
      expect(work(copy)).toEqual({ blocks, copied: 2 * length })
    }
  })

  test('tells ASCII apart at every length and position, whatever was in its memory before', () => {
    const isAscii = (data: Uint8Array) => {
      maskingKernel()?.memory.fill(0xff)
      return readUnmasked(referenceMask(data, 0x01020384), 0x01020384, (_unmasked, ascii) => ascii)
    }
    for (let length = 1; length <= 200; length++) {
      const data = memory(length).fill(0x7f)
      expect(isAscii(data)).toBe(true)
      for (let at = 0; at < length; at++) {
        data[at] = 0x80
        if (isAscii(data) !== false) throw new Error(`byte ${at} of ${length} is not ASCII`)
        data[at] = 0x7f
      }
    }
  })

  test.each([100, BLOCK_LENGTH])('masks %p bytes in the same pass where they overlap the place where they go', (length) => {
    const overlapping = memory(length + 5)
    expect(work(() => maskInto(overlapping, 0, length, overlapping, 5, 7, 0))).toEqual({ blocks: 1, copied: 2 * length })
  })
})

describe('randomMaskingKey (5.3, 10.3)', () => {
  const webCrypto = Object.getOwnPropertyDescriptor(globalThis, 'crypto') ?? {}
  afterEach(() => {
    Object.defineProperty(globalThis, 'crypto', webCrypto)
    jest.restoreAllMocks()
  })

  test('gives keys of 32 bits, new ones every time', () => {
    const keys = Array.from({ length: 10_000 }, randomMaskingKey)
    expect(keys.every((value) => Number.isInteger(value) && value >= 0 && value <= 0xffffffff)).toBe(true)
    // Among 10,000 of 2^32 values, two are equal with a chance of 1 in 86; ten pairs with one of less than 1 in 10^25.
    expect(new Set(keys).size).toBeGreaterThan(9_990)
    for (let bit = 0; bit < 32; bit++) {
      const ones = keys.filter((value) => ((value >>> bit) & 1) === 1).length
      // Ten standard deviations of 50 around 5,000.
      expect(Math.abs(ones - 5_000)).toBeLessThan(500)
    }
  })

  test('gives what Web Crypto gives, each value once, and draws in batches', () => {
    let next = 0
    const draws = jest.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((array) => {
      if (array instanceof Int32Array) array.forEach((_, i) => (array[i] = ++next))
      return array
    })
    const drawn = Array.from({ length: 10_000 }, randomMaskingKey).filter((value) => value <= next)
    expect(new Set(drawn).size).toBe(drawn.length)
    expect(drawn.length).toBeGreaterThan(10_000 - 2048)
    expect(draws.mock.calls.length).toBeLessThanOrEqual(10_000 / 2048 + 5)
  })

  /** The function as a program has it that has just loaded the package. */
  function fresh(): () => number {
    let draw = randomMaskingKey
    jest.isolateModules(() => {
      draw = jest.requireActual<{ randomMaskingKey: () => number }>('../../src/mask/masking-key').randomMaskingKey
    })
    return draw
  }

  test('has few keys in stock if few have been used, since every process started from a startup snapshot has them', () => {
    const draws = jest.spyOn(globalThis.crypto, 'getRandomValues')
    const draw = fresh()
    for (const [i, stock] of [128, 256, 512, 1024, 2048, 2048, 2048].entries()) {
      Array.from({ length: stock }, draw)
      expect(draws).toHaveBeenCalledTimes(i + 1)
    }
  })

  test('throws what Web Crypto throws, and loses and repeats nothing by it', () => {
    const failure = new Error('no entropy')
    let next = 2 ** 20
    const draws = jest.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((array) => {
      if (array instanceof Int32Array) array.forEach((_, i) => (array[i] = ++next))
      return array
    })
    const draw = fresh()
    const keys = Array.from({ length: 128 }, draw)
    draws.mockImplementationOnce((array) => {
      if (array instanceof Int32Array) array.fill(7)
      throw failure
    })
    expect(thrownBy(draw)).toBe(failure)
    keys.push(...Array.from({ length: 256 }, draw))
    expect(draws).toHaveBeenCalledTimes(3)
    expect(new Set(keys).size).toBe(384)
    expect(keys.every((key) => key > 2 ** 20 && key <= next)).toBe(true)
  })

  test.each([[undefined], [{}]])('says so where there is no Web Crypto (%p)', (value) => {
    Object.defineProperty(globalThis, 'crypto', { value, configurable: true })
    const message = 'randomMaskingKey needs Web Crypto: globalThis.crypto.getRandomValues is missing'
    // Keys that have been drawn before are good ones, and are given first.
    const drawUp = () => Array.from({ length: 2049 }, randomMaskingKey)
    expect(drawUp).toThrow(new TypeError(message))
    expect(() => randomMaskingKey()).toThrow(new TypeError(message))
  })
})
