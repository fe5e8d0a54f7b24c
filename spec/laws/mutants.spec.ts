/**
 * The vectors of each sender alone find every plausible bug: the second reader with one change is no longer what they say.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import ts from 'typescript'
import * as original from '../second/decode.js'
import { chunksOf, difference, waysOf } from '../second/hold.js'
import { mutants } from '../second/mutants.js'
import type { Mutant } from '../second/mutants.js'
import { vectorFiles } from '../vectors.js'
import type { Vector } from '../vectors.js'

type Decode = typeof original

const files = ['utf8', 'inflate', 'decode'] as const
const sources = new Map(files.map((file) => [file, readFileSync(join(__dirname, `../second/${file}.ts`), 'utf8')]))

/** The short vectors first: most bugs need no other. */
const vectors = vectorFiles()
  .flatMap((file) => file.vectors)
  .sort((a, b) => a.byteLength - b.byteLength)
  // A copy keeps what is otherwise expanded each time.
  .map((vector) => (vector.byteLength < 10_000 ? { ...vector } : vector))

/** The second reader with a change, or as it is. */
function load(mutant?: Mutant): Decode {
  const modules = new Map<string, object>()
  for (const file of files) {
    let source = sources.get(file) ?? ''
    if (mutant?.file === file) {
      if (source.split(mutant.from).length !== 2) throw new Error(`not exactly once in ${file}.ts: ${mutant.from}`)
      source = source.replace(mutant.from, () => mutant.to)
    }
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 }
    const { outputText } = ts.transpileModule(source, { compilerOptions })
    const exports = {}
    new Function('exports', 'require', outputText)(exports, (name: string) => modules.get(name))
    modules.set(`./${file}.js`, exports)
  }
  const decode: unknown = modules.get('./decode.js')
  if (!isDecode(decode)) throw new Error('no decoder')
  return decode
}

function isDecode(value: unknown): value is Decode {
  return typeof value === 'object' && value !== null && 'Decoder' in value
}

function fails({ Decoder }: Decode, vector: Vector): boolean {
  const { bytes, cuts, options } = vector
  return waysOf(vector).some((way) => {
    const decoder = new Decoder(options)
    try {
      for (const chunk of chunksOf(bytes, cuts, way)) decoder.push(chunk)
    } catch {
      return true
    }
    if (difference(decoder, vector) === null) return decoder.error !== null && decoder.error.detectedAfter !== vector.error?.detectedAfter
    return !vector.alternatives.some((verdict) => difference(decoder, verdict) === null)
  })
}

test('there are at least 60 bugs, each of its own', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(60)
  expect(new Set(mutants.map(({ bug }) => bug)).size).toBe(mutants.length)
})

describe.each(['client', 'server'] as const)('the vectors of a %s', (sender) => {
  const own = vectors.filter(({ options }) => options.sender === sender)
  const possible = mutants.filter(({ only = sender }) => only === sender)

  test('pass without a bug', () => {
    const decode = load()
    expect(own.filter((vector) => fails(decode, vector)).map(({ id }) => id)).toEqual([])
  })

  test.each(possible.map((mutant) => [mutant.bug, mutant] as const))('find: %s', (_bug, mutant) => {
    const decode = load(mutant)
    expect(own.some((vector) => fails(decode, vector))).toBe(true)
  })
})
