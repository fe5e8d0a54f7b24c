/**
 * What the source promises as a whole: purity, and imports that only point downwards.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import ts from 'typescript'

const src = join(__dirname, '../../src')

/** From the public surface down: a folder imports only from itself and from those below it. Those in one line do not import each other. */
const floors = [['.'], ['inspect'], ['decode', 'encode'], ['header'], ['mask'], ['protocol'], ['util']]

/** The files of `src`, as paths in it. */
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))

function floorOf(path: string): number {
  return floors.findIndex((folders) => folders.includes(dirname(path)))
}

/** What a file imports, as paths in `src`. */
function importsOf(path: string): string[] {
  const text = readFileSync(join(src, path), 'utf8')
  return [...text.matchAll(/from '(.*)'/g)].map(([, specifier = '']) => join(dirname(path), specifier.replace(/\.js$/, '.ts')))
}

test('every file has its floor, and there is one at the top', () => {
  expect(files.filter((path) => floorOf(path) < 0)).toEqual([])
  expect(files.filter((path) => dirname(path) === '.')).toEqual(['index.ts'])
})

test('no file imports itself by way of others', () => {
  const below = new Map<string, Set<string>>()
  const reach = (path: string, above: readonly string[]): Set<string> => {
    expect(above).not.toContain(path)
    const known = below.get(path)
    if (known !== undefined) return known
    const reached = new Set(importsOf(path).flatMap((imported) => [imported, ...reach(imported, [...above, path])]))
    below.set(path, reached)
    return reached
  }
  for (const path of files) reach(path, [])
  expect(below.size).toBe(files.length)
})

describe.each(files)('%s', (path) => {
  const text = readFileSync(join(src, path), 'utf8')

  test('imports only from its own folder and from those below', () => {
    for (const imported of importsOf(path)) {
      expect(files).toContain(imported)
      if (dirname(imported) !== dirname(path)) expect(floorOf(imported)).toBeGreaterThan(floorOf(path))
    }
  })

  test('is one job: at most 250 lines', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(251)
  })

  const code = text.replaceAll(/\/\*[^]*?\*\/|\/\/.*|'[^'\n]*'|"[^"\n]*"/g, '')

  test('is pure: no platform but UTF-8 and Web Crypto, no clock, no chance', () => {
    expect(code).not.toMatch(/\b(require|process|Buffer|window|document|setTimeout|setInterval|fetch|Date|console)\b|Math\.random/)
    if (path !== 'mask/masking-key.ts') expect(code).not.toMatch(/\bcrypto\b/)
  })

  test('casts nothing and switches no check off', () => {
    expect(code.replaceAll('import * as', '')).not.toMatch(/\bas\s+(?!const\b)/)
    expect(code).not.toMatch(/(:\s*|<)any\b|[\w)\]]!(?!=)/)
    expect(text).not.toMatch(/@ts-|istanbul|eslint/)
  })
})

describe('methods that call the constructor of a subclass (TypedArraySpeciesCreate)', () => {
  const methods = ['subarray', 'slice', 'map', 'filter']

  test('are called on no array of octets: views and copies are made by viewOf and copyOf', () => {
    const options = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: [],
      strict: true,
    }
    const program = ts.createProgram(
      files.map((path) => join(src, path)),
      options,
    )
    const checker = program.getTypeChecker()
    const calls: string[] = []
    const seen = new Set<string>()
    const visit = (node: ts.Node): void => {
      ts.forEachChild(node, visit)
      if (!ts.isPropertyAccessExpression(node) || !methods.includes(node.name.text)) return
      const receiver = checker.typeToString(checker.getTypeAtLocation(node.expression))
      seen.add(receiver.replace(/<.*/, ''))
      if (!/\b\w*(Int|Uint|Float)\d+(Clamped)?Array\b/.test(receiver) || receiver.endsWith('[]')) return
      calls.push(`${relative(src, node.getSourceFile().fileName)}: ${node.getText()}`)
    }
    const sources = program.getSourceFiles().filter(({ fileName }) => resolve(fileName).startsWith(src))
    expect(sources).toHaveLength(files.length)
    sources.forEach(visit)
    // The checker knows what the receivers are.
    expect(seen).toContain('string')
    expect(seen).not.toContain('any')
    expect(calls).toEqual([])
  })
})
