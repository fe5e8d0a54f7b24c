import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ProtocolError, rules } from '../src/index.js'

const design = join(__dirname, '../../shared/design.md')

describe('rules', () => {
  test('each has a section of RFC 6455, a close code and a statement of what is allowed', () => {
    for (const { section, closeCode, statement } of Object.values(rules)) {
      expect(section).toMatch(/^\d+(\.\d+)*$/)
      expect([1002, 1006, 1007, 1009]).toContain(closeCode)
      expect(statement).toMatch(/ must | cannot | are /)
    }
  })

  const name = existsSync(design) ? '' : ' (skipped: the design is not beside the project)'
  const conditionally = existsSync(design) ? test : test.skip
  conditionally(`are those of the design, in its order${name}`, () => {
    const rows = [...readFileSync(design, 'utf8').matchAll(/^\| `([a-z0-9-]+)` \| ([\d.]+) \| (\d+) \|/gm)]
    const expected = rows.map(([, rule, section, closeCode]) => ({ rule, section, closeCode: Number(closeCode) }))
    const actual = Object.entries(rules).map(([rule, { section, closeCode }]) => ({ rule, section, closeCode }))
    expect(actual).toEqual(expected)
  })

  test('are those of the README, in its order and its words', () => {
    const readme = readFileSync(join(__dirname, '../README.md'), 'utf8')
    const rows = [...readme.matchAll(/^\| `([a-z0-9-]+)` \| ([\d.]+) \| (\d{4}) \| (.*) \|$/gm)]
    const expected = rows.map(([, rule, section, closeCode, statement]) => [rule, { section, closeCode: Number(closeCode), statement }])
    expect(Object.entries(rules)).toEqual(expected)
  })
})

describe('ProtocolError', () => {
  test('says what was found, what is allowed, which rule says so and where', () => {
    const error = new ProtocolError('opcode-reserved', 12, 'the opcode is 0x3')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'ProtocolError',
      rule: 'opcode-reserved',
      section: '5.2',
      closeCode: 1002,
      offset: 12,
      message:
        'the opcode is 0x3; opcodes 0x3-0x7 and 0xB-0xF must not be used unless a negotiated extension defines them ' +
        '(rule opcode-reserved, RFC 6455 section 5.2, frame at byte 12)',
    })
  })
})
