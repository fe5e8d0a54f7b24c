/**
 * The public surface in one file, `api-report.d.ts`: declarations as they are built, so that nobody changes them
 * without seeing it, nor without it being seen in review.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import ts from 'typescript'
import * as api from '../../src/index.js'

const dist = resolve(__dirname, '../../dist')
const path = join(__dirname, 'api-report.d.ts')
const command = 'npm run build && API_REPORT=write npx jest spec/project/api.spec.ts'

const head = `/**
 * What the package declares to its users, without the comments. A spec holds it against the build; it is written by
 * ${command}
 */
`

/** The statement that a declaration is, if it is at the top level of a file of this package. */
function statementOf(declaration: ts.Declaration): ts.Statement | undefined {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
  if (!ts.isStatement(node) || !ts.isSourceFile(node.parent)) return undefined
  return dirname(resolve(node.parent.fileName)).startsWith(dist) ? node : undefined
}

function statementsOf(symbol: ts.Symbol | undefined): ts.Statement[] {
  return (symbol?.declarations ?? []).flatMap((declaration) => statementOf(declaration) ?? [])
}

interface Surface {
  /** The declarations of all exports, by name. */
  readonly report: string
  /** What these declarations mention and nobody can import. */
  readonly unnameable: string[]
}

function surfaceOf(format: 'esm' | 'cjs'): Surface {
  const index = join(dist, format, 'index.d.ts')
  const program = ts.createProgram([index], { noLib: true, types: [], module: ts.ModuleKind.ESNext })
  const checker = program.getTypeChecker()
  const origin = (symbol: ts.Symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
  const file = program.getSourceFile(index)
  const module = file && checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`nothing has been built: ${index} is missing`)
  const exported = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, origin(symbol)]))

  const unnameable = new Set<string>()
  const visit = (node: ts.Node): void => {
    const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined
    const isOurs = symbol !== undefined && statementsOf(origin(symbol)).length > 0
    if (isOurs && exported.get(symbol.name) !== origin(symbol)) unnameable.add(symbol.name)
    ts.forEachChild(node, visit)
  }
  const printer = ts.createPrinter({ removeComments: true })
  const textOf = (statement: ts.Statement) => {
    const text = printer.printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile())
    return text.replaceAll(/^ +/gm, (indentation) => ' '.repeat(indentation.length / 2))
  }
  const statements = [...exported.keys()].sort().flatMap((name) => statementsOf(exported.get(name)))
  statements.forEach(visit)
  return { report: `${[head, ...statements.map(textOf)].join('\n')}\n`, unnameable: [...unnameable] }
}

if (process.env['API_REPORT'] === 'write') writeFileSync(path, surfaceOf('esm').report)

test(`the public surface is that of api-report.d.ts (if it was meant to change: ${command})`, () => {
  expect(surfaceOf('esm').report).toBe(readFileSync(path, 'utf8'))
})

test('it is the same for require', () => {
  expect(surfaceOf('cjs')).toEqual(surfaceOf('esm'))
})

test('it mentions no type that users could not import', () => {
  expect(surfaceOf('esm').unnameable).toEqual([])
})

test('it has every value that there is', () => {
  const { report } = surfaceOf('esm')
  const names = [...report.matchAll(/^export declare (?:const|function|class) (\w+)/gm)].map(([, name]) => name)
  expect(names.sort()).toEqual(Object.keys(api).sort())
})

test('every name is used in the README, so that it has a purpose there', () => {
  const readme = readFileSync(resolve(__dirname, '../../README.md'), 'utf8')
  const names = [...surfaceOf('esm').report.matchAll(/^export (?:declare )?(?:const|function|class|interface|type) (\w+)/gm)]
  expect(names.length).toBeGreaterThan(45)
  expect(names.map(([, name = '']) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([])
})
