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
])('%p is an error of that name: %p', (thrown: unknown, isNamed) => {
  expect(isErrorNamed(thrown, 'TypeError')).toBe(isNamed)
})
