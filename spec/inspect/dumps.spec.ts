/**
 * Dumps: what programs print is read back, whatever the bytes are.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseBytes } from '../../src/index.js'
import { anyBytes, layouts, print } from './printers.js'

describe('by the rules of each program, starting at any offset, with and without blanks at the ends of lines', () => {
  test.each(Object.keys(layouts))('%s', (name) => {
    const layout = layouts[name]
    if (layout === undefined) throw new Error(name)
    const start = fc.oneof(fc.constant(0), fc.nat({ max: 0x7000 }))
    fc.assert(
      fc.property(anyBytes, start, fc.boolean(), (bytes, from, trim) => {
        // A single row whose characters are blanks and lost may as well be hex, unless something else marks the offset.
        const mark = layout.behind.trim()
        const isMarked =
          mark === '-' ? layout.total : mark !== '' || layout.total || (from === 0 && layout.behind !== ' ' && layout.before !== '0x')
        fc.pre(isMarked || bytes.length > layout.columns || (layout.column !== null && bytes.some((byte) => byte !== 0x20)))
        // Cells of four and eight bytes may be words, unless the characters tell: that has its own tests.
        fc.pre(name !== 'xxd -g 0' || ![4, 8].includes(bytes.length % 16) || bytes.length > 16)
        const text = print(bytes, layout, from)
        expect(parseBytes(trim ? text.replaceAll(/ +$/gm, '') : text)).toEqual(bytes)
      }),
      { numRuns: 300 },
    )
  })
})
