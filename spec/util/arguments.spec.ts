import { runInNewContext } from 'node:vm'
import { expect, test } from '@jest/globals'
import { isErrorNamed } from '../../src/util/arguments.js'

test.each([
  [new TypeError('a'), true],
  [runInNewContext('new TypeError("of another realm")'), true],
  [new RangeError('a'), false],
  [new Error('TypeError'), false],
  [{}, false],
  [null, false],
  [undefined, false],
  ['TypeError', false],
  [7, false],
])('%p counts as a TypeError: %p', (thrown: unknown, counts) => {
  expect(isErrorNamed(thrown, 'TypeError')).toBe(counts)
})
