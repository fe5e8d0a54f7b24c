import { expect, test } from '@jest/globals'
import { MAX_SHARED_LENGTH, Slab, slabFor } from '../src/encode/shared-memory.js'

test('memory is cut into arrays that do not overlap, until it is used up', () => {
  const slab = new Slab(8192)
  const arrays: Uint8Array[] = []
  for (const length of [1, 0, 3, 100]) {
    expect(slab.hasRoom(length)).toBe(true)
    arrays.push(slab.cut(length).fill(arrays.length + 1))
  }
  expect(arrays.map((array) => [array.byteOffset, array.length])).toEqual([[0, 1], [1, 0], [1, 3], [4, 100]])
  expect(arrays.every((array, i) => array.buffer === slab.bytes.buffer && array.every((octet) => octet === i + 1))).toBe(true)

  while (slab.bytes.length - slab.used > MAX_SHARED_LENGTH) slab.cut(MAX_SHARED_LENGTH)
  const left = slab.bytes.length - slab.used
  expect([left - 1, left, left + 1].map((length) => slab.hasRoom(length))).toEqual([true, true, false])
})

test('no memory is left to cut when somebody has transferred it', () => {
  const slab = new Slab(8192)
  const array = slab.cut(5)
  structuredClone(array, { transfer: [array.buffer] })
  expect(slab.hasRoom(1)).toBe(false)
})

test('arrays of up to 2 KiB are cut from memory that they share, as long as there is room, and longer ones have their own', () => {
  const memoryOf = (length: number) => slabFor(length).cut(length).buffer
  memoryOf(MAX_SHARED_LENGTH)
  const memories = [1, 100, MAX_SHARED_LENGTH, 200].map(memoryOf)
  expect(new Set(memories).size).toBeLessThanOrEqual(2)
  expect(new Set(Array.from({ length: 9 }, () => memoryOf(1000))).size).toBeGreaterThan(1)
  expect(memoryOf(MAX_SHARED_LENGTH + 1).byteLength).toBe(MAX_SHARED_LENGTH + 1)
})
