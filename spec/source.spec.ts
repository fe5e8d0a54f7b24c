/**
 * What the source promises as a whole: purity, and imports that only point downwards.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
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
  'utf8check',
  'mask',
  'kernel',
  'kernelmodule',
  'words',
  'options',
  'rules',
  'opcode',
  'utf8',
  'octets',
  'arguments',
]

test('every file has its layer', () => {
  expect(readdirSync(src).sort()).toEqual(layers.map((name) => `${name}.ts`).sort())
})

describe.each(layers)('%s.ts', (name) => {
  const text = readFileSync(join(src, `${name}.ts`), 'utf8')

  test('imports only from the layers below', () => {
    const imported = [...text.matchAll(/from '(.*)'/g)].map(([, path]) => path ?? '')
    for (const path of imported) {
      const layer = /^\.\/([a-z0-9]+)\.js$/.exec(path)?.[1] ?? path
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
