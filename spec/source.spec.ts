/**
 * What the source promises as a whole: purity, and imports that only point downwards.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import ts from 'typescript'

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
  'examine',
  'scan',
  'ends',
  'inspection',
  'message',
  'inflate',
  'text',
  'reader',
  'decoder',
  'cut-frame',
  'pieces',
  'ordinary',
  'input',
  'policies',
  'fragment',
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
  'sentences',
  'rules',
  'opcode',
  'utf8',
  'octets',
  'memory',
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
      const layer = /^\.\/([a-z0-9-]+)\.js$/.exec(path)?.[1] ?? path
      expect(layers.slice(layers.indexOf(name) + 1)).toContain(layer)
    }
  })

  const code = text.replaceAll(/\/\*[^]*?\*\/|\/\/.*|'[^'\n]*'|"[^"\n]*"/g, '')

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

describe('methods that call the constructor of a subclass (TypedArraySpeciesCreate)', () => {
  const methods = ['subarray', 'slice', 'map', 'filter']

  /** Where they are still called, to be emptied: a file, and how often. */
  const remaining: Record<string, number> = {
    'hex.ts': 1,
  }

  test('are called on no array of octets: views and copies are made by viewOf and copyOf', () => {
    const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, types: [], strict: true }
    const program = ts.createProgram(layers.map((name) => join(src, `${name}.ts`)), options)
    const checker = program.getTypeChecker()
    const calls: Record<string, number> = {}
    const seen = new Set<string>()
    const visit = (node: ts.Node): void => {
      ts.forEachChild(node, visit)
      if (!ts.isPropertyAccessExpression(node) || !methods.includes(node.name.text)) return
      const receiver = checker.typeToString(checker.getTypeAtLocation(node.expression))
      seen.add(receiver.replace(/<.*/, ''))
      if (!/\b\w*(Int|Uint|Float)\d+(Clamped)?Array\b/.test(receiver) || receiver.endsWith('[]')) return
      const name = basename(node.getSourceFile().fileName)
      calls[name] = (calls[name] ?? 0) + 1
    }
    const files = program.getSourceFiles().filter(({ fileName }) => resolve(fileName).startsWith(src))
    expect(files).toHaveLength(layers.length)
    files.forEach(visit)
    // The checker knows what the receivers are.
    expect(seen).toContain('string')
    expect(seen).not.toContain('any')
    expect(calls).toEqual(remaining)
  })
})
