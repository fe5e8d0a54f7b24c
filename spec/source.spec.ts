/**
 * What the source promises as a whole: purity, and imports that only point downwards.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const src = join(__dirname, '../src')

/** From the public surface down: each file imports only from those after it. */
const layers = [
  'index',
  'explain',
  'table',
  'shown',
  'diagram',
  'hex',
  'inspect/parse-bytes',
  'inspect/code',
  'inspect/brackets',
  'inspect/dump',
  'inspect/row-reader',
  'inspect/cells',
  'inspect/rows',
  'inspect/column',
  'inspect/numerals',
  'inspect/base64',
  'inspect/foreign',
  'inspect/groups',
  'inspect/literals',
  'inspect/byte-list',
  'inspect/unreadable',
  'inspect/characters',
  'inspect',
  'message',
  'text',
  'reader',
  'decoder',
  'pieces',
  'ordinary',
  'input',
  'policies',
  'frame',
  'slab',
  'close',
  'header',
  'mask',
  'kernel',
  'words',
  'options',
  'rules',
  'opcode',
  'utf8',
  'octets',
  'arguments',
]

test('every file has its layer', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  expect(files.map((file) => file.replaceAll('\\', '/')).sort()).toEqual(layers.map((name) => `${name}.ts`).sort())
})

describe.each(layers)('%s.ts', (name) => {
  const text = readFileSync(join(src, `${name}.ts`), 'utf8')

  test('imports only from the layers below', () => {
    const imported = [...text.matchAll(/from '(.*)'/g)].map(([, path]) => path ?? '')
    for (const path of imported) {
      const layer = posix.join(posix.dirname(name), path).replace(/\.js$/, '')
      expect(layers.slice(layers.indexOf(name) + 1)).toContain(layer)
    }
  })

  const code = text.replaceAll(/\/\*[^]*?\*\/|\/\/.*|'[^'\n]*'/g, '')

  test('is pure: no platform but UTF-8 and Web Crypto, no clock, no chance', () => {
    expect(code).not.toMatch(/\b(require|process|Buffer|window|document|setTimeout|setInterval|fetch|Date|console)\b|Math\.random/)
    if (name !== 'mask') expect(code).not.toMatch(/\bcrypto\b/)
  })

  test('casts nothing and switches no check off', () => {
    expect(code.replaceAll('import * as', '')).not.toMatch(/\bas\s+(?!const\b)/)
    expect(code).not.toMatch(/(:\s*|<)any\b|[\w)\]]!(?!=)/)
    expect(text).not.toMatch(/@ts-|istanbul|eslint/)
  })
})
