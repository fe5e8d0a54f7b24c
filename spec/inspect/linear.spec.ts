/**
 * No text makes reading it take more than time in proportion to its length.
 */
import { describe, expect, test } from '@jest/globals'
import { parseBytes, parseHex } from '../../src/index.js'

const heads = ['', '0000: ', '[', '0000000 ', '"']

// prettier-ignore
const units = [
  '81 ', '81', '8', ' ', '\n', '\t', '(', '[1]', '[', '{', '<', '<<', '"', "'", '`', '\\x81', '"a" ', '0: 81\n', '0: \n', '*\n', '0x',
  '0x8', '0x81,', '//', '/*', '/', '#', '#\n', '1 ', '0 ', ' 0', '1,', '(1)', '00000000 ', '0000000 ', '0000 0000',
  '00000000  81 05  |..|\n', '=', '=>', 'a=', '-', '- ', '...', 'a ', 'A', 'Ab', 'ab\n', '|', '|\n', '20 ', '32 30 20 ', '41 41 ',
  '0000: 20', 'write(1, "\\x81")\n', '"\\x81" ', '"\\x81",', "b'\\x81'\n", "'a',", '\u00a0', '\u00a0\n', '16#', '"1":1,', '"a":1,',
  '(byte)', 'repeats ', 'Frame (3 bytes):\n', 'GET /', ' GET', '<b', '81 05 48 65 ', 'a[1] ', 'a(', 'u8 ', '<a ', '0b', '0b10000001 ', '\\',
  '81h', '%8', '$', '_', '+', '+"a"', '"a"+', '0000  81  |.|\nA (1 bytes):\n', '-1 ', '<81>', '\r', '=\n', '[1],', '{"a":"gQ=="}',
  '00000000: 8105  ..\n', '{0x81}', '"8"', '(a)', '61 61 61 61  a', ';',
  'f(3,"\\x81")\n', 'f(3,"8")\n', 'f(3,[{a="\\x81"},{a="b"}])  \n', '{a="\\x81"},', 'concat', 'pack("B",1)', '"\\x81")', ')',
]

/** How many characters are looked at in a call, in all methods of strings that look at them. */
function workOf(call: () => unknown): number {
  let work = 0
  const { charAt, charCodeAt, startsWith, endsWith, slice, replaceAll, indexOf } = String.prototype
  const exec = RegExp.prototype.exec
  const counted = <Args extends unknown[], Result>(method: (...args: Args) => Result, cost: (text: string, result: Result) => number) =>
    function (this: string, ...args: Args): Result {
      const result = Reflect.apply(method, this, args)
      work += cost(this, result)
      return result
    }
  String.prototype.charAt = counted(charAt, () => 1)
  String.prototype.charCodeAt = counted(charCodeAt, () => 1)
  String.prototype.startsWith = counted(startsWith, () => 1)
  String.prototype.endsWith = counted(endsWith, () => 1)
  String.prototype.slice = counted(slice, (_, result) => result.length)
  String.prototype.indexOf = function (this: string, searched: string, from = 0): number {
    const found = indexOf.call(this, searched, from)
    work += (found < 0 ? this.length : found) - from
    return found
  }
  RegExp.prototype.exec = function (this: RegExp, text: string): RegExpExecArray | null {
    const { lastIndex } = this
    const match = exec.call(this, text)
    // A sticky expression of bounded repetitions looks at no more than some characters, another one at all up to its match.
    work += this.sticky ? 1 : match === null ? text.length - (this.global ? lastIndex : 0) : match.index + match[0].length - lastIndex
    return match
  }
  try {
    call()
  } catch (error) {
    if (!(error instanceof RangeError) || /stack/i.test(error.message)) throw error
  } finally {
    Object.assign(String.prototype, { charAt, charCodeAt, startsWith, endsWith, slice, replaceAll, indexOf })
    RegExp.prototype.exec = exec
  }
  return work
}

test('work is counted, or else nothing is shown', () => {
  expect(workOf(() => parseBytes('81 '.repeat(1000)))).toBeGreaterThan(3000)
})

describe.each([
  ['parseBytes', parseBytes],
  ['parseHex', parseHex],
])('%s', (_, parse) => {
  test.each(heads)('texts that begin with %j', (head) => {
    for (const unit of units) {
      const workFor = (length: number) => workOf(() => parse(head + unit.repeat(length / unit.length)))
      const [some, more] = [workFor(400), workFor(3200)]
      expect([unit, more / Math.max(some, 2000) < 12]).toEqual([unit, true])
      expect([unit, more < 300 * 3200]).toEqual([unit, true])
    }
  })

  test.each(['0', '81 ', '"a" ', '0: 81\n', ' ', '1,', 'a'])('a million characters of %j need no stack', (unit) => {
    for (const head of ['', '[']) {
      try {
        parse(head + unit.repeat(1_000_000 / unit.length))
      } catch (error) {
        expect(String(error)).toMatch(/^RangeError: line \d/)
      }
    }
  })
})
