import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ProtocolError, rfcSentences, rules } from '../../src/index.js'

describe('rules', () => {
  test('each has an RFC and a section of it, a close code and a statement of what is allowed', () => {
    for (const { rfc, section, closeCode, statement } of Object.values(rules)) {
      expect([6455, 7692]).toContain(rfc)
      expect(section).toMatch(/^\d+(\.\d+)*$/)
      expect([1002, 1006, 1007, 1009]).toContain(closeCode)
      expect(statement).toMatch(/ must | cannot | are /)
    }
  })

  test('are those of the README, in its order and its words', () => {
    const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8')
    const rows = [...readme.matchAll(/^\| `([a-z0-9-]+)` \| ([\d.]+)( of RFC 7692)? \| (\d{4}) \| (.*) \|$/gm)]
    const expected = rows.map(([, rule, section, other, closeCode, statement]) => {
      return [rule, { rfc: other === undefined ? 6455 : 7692, section, closeCode: Number(closeCode), statement }]
    })
    expect(Object.entries(rules)).toEqual(expected)
  })
})

test('each rule has a sentence of its RFC', () => {
  expect(Object.keys(rfcSentences)).toEqual(Object.keys(rules))
  for (const sentence of Object.values(rfcSentences)) expect(sentence).toMatch(/^[A-Z].*\.$/)
})

describe('ProtocolError', () => {
  test('says what was found, what is allowed, which rule says so and where', () => {
    const error = new ProtocolError('opcode-reserved', 12, 'the opcode is 0x3')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'ProtocolError',
      rule: 'opcode-reserved',
      rfc: 6455,
      section: '5.2',
      closeCode: 1002,
      offset: 12,
      message:
        'the opcode is 0x3; opcodes 0x3-0x7 and 0xB-0xF must not be used unless a negotiated extension defines them ' +
        '(rule opcode-reserved, RFC 6455 section 5.2, frame at byte 12)',
    })
  })

  test('names RFC 7692 for what it says of compressed messages, and has the cause', () => {
    const cause = new Error('invalid block type')
    const error = new ProtocolError('deflate-data', 0, 'found', cause)
    expect(error).toMatchObject({ rfc: 7692, section: '7.2.2', closeCode: 1007, cause })
    expect(error.message).toMatch(/RFC 7692 section 7\.2\.2/)
    expect(new ProtocolError('rsv-bit', 0, 'found')).not.toHaveProperty('cause')
  })
})
