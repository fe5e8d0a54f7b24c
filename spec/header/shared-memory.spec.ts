import { expect, test } from '@jest/globals'
import { MAX_SHARED_FRAME, memoryFor } from '../../src/header/shared-memory.js'
import { Slab } from '../../src/util/slab.js'

test('memory is cut into arrays that do not overlap, until it is used up', () => {
  const memory = new Slab(16384)
  const arrays: Uint8Array[] = []
  for (const length of [1, 0, 3, 100]) {
    expect(memory.hasRoom(length)).toBe(true)
    arrays.push(memory.cut(length).fill(arrays.length + 1))
  }
  expect(arrays.map((array) => [array.byteOffset, array.length])).toEqual([
    [0, 1],
    [1, 0],
    [1, 3],
    [4, 100],
  ])
  expect(arrays.every((array, i) => array.buffer === memory.bytes.buffer && array.every((octet) => octet === i + 1))).toBe(true)

  while (memory.bytes.length - memory.used > MAX_SHARED_FRAME) memory.cut(MAX_SHARED_FRAME)
  const left = memory.bytes.length - memory.used
  expect([left - 1, left, left + 1].map((length) => memory.hasRoom(length))).toEqual([true, true, false])
})

test('no memory is left to cut when somebody has transferred it', () => {
  const memory = new Slab(16384)
  const array = memory.cut(5)
  structuredClone(array, { transfer: [array.buffer] })
  expect(memory.hasRoom(1)).toBe(false)
})

test('arrays of up to 4 KiB are cut from memory that they share, as long as there is room', () => {
  const memoryOf = (length: number) => memoryFor(length).cut(length).buffer
  memoryOf(MAX_SHARED_FRAME)
  const memories = [1, 100, MAX_SHARED_FRAME, 200].map(memoryOf)
  expect(new Set(memories).size).toBeLessThanOrEqual(2)
  expect(new Set(Array.from({ length: 18 }, () => memoryOf(1000))).size).toBeGreaterThan(1)
})
