/**
 * The packed package's types, declarations included (`skipLibCheck` is off; TypeScript does not check its own libraries again):
 * TypeScript from 5.7 on, every way to resolve modules, and the options of users that change what is an error.
 *
 *   node --test types.test.mjs
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { install } from './packed.mjs'

const { folder, installed, remove } = install()
after(remove)

const user = fileURLToPath(new URL('types/user.ts', import.meta.url))

const compilers = ['5.7', '5.9', '6.0', '7.0'].map((release) => {
  const path = fileURLToPath(new URL(`node_modules/typescript-${release}`, import.meta.url))
  const { version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  return { release, version, tsc: join(path, 'bin/tsc') }
})

const resolutions = {
  node16: { files: ['user.mts', 'user.cts'], compilerOptions: { module: 'node16', moduleResolution: 'node16' } },
  nodenext: { files: ['user.mts', 'user.cts'], compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext' } },
  bundler: { files: ['user.ts'], compilerOptions: { module: 'esnext', moduleResolution: 'bundler' } },
  node10: { files: ['user.ts'], compilerOptions: { module: 'commonjs', moduleResolution: 'node10' } },
}
const es2022 = { lib: ['es2022'], exactOptionalPropertyTypes: true }
const variants = {
  ES2022: es2022,
  'ES2022, optional properties not exact': { ...es2022, exactOptionalPropertyTypes: false },
  'ES2022 and DOM': { ...es2022, lib: ['es2022', 'dom'] },
  'ES2022 and DOM, optional properties not exact': { lib: ['es2022', 'dom'], exactOptionalPropertyTypes: false },
}

/** What tsc says of the user's files: nothing, if all is well. */
async function compile(tsc, files, compilerOptions) {
  const project = join(folder, `project-${++projects}`)
  mkdirSync(project)
  for (const file of files) copyFileSync(user, join(project, file))
  const all = {
    strict: true,
    skipLibCheck: false,
    skipDefaultLibCheck: true,
    noEmit: true,
    target: 'es2022',
    types: [],
    ...compilerOptions,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ files, compilerOptions: all }))
  const args = [tsc, '--pretty', 'false', '-p', project]
  const run = promisify(execFile)(process.execPath, args, { cwd: folder, timeout: 240_000 })
  return run.then(
    ({ stdout }) => stdout,
    ({ stdout, message }) => stdout || message,
  )
}
let projects = 0

describe('types', { concurrency: availableParallelism() }, () => {
  for (const { release, version, tsc } of compilers) {
    for (const [name, { files, compilerOptions }] of Object.entries(resolutions)) {
      if (name === 'node10' && release === '7.0') continue // It does not know that one any more.
      const deprecated = name === 'node10' && release === '6.0' ? { ignoreDeprecations: '6.0' } : {}
      // What is in the libraries does not depend on how modules are found: one way to find them will do for them all.
      for (const [variant, options] of Object.entries(name === 'bundler' ? variants : { ES2022: es2022 })) {
        test(`TypeScript ${version}, ${name}, ${variant}`, async () => {
          assert.equal(await compile(tsc, files, { ...compilerOptions, ...deprecated, ...options }), '')
        })
      }
    }
  }
})

test('the program that is compiled uses every export', () => {
  const index = readFileSync(join(installed, 'dist/esm/index.d.ts'), 'utf8')
  const names = [...index.matchAll(/\{(.*?)\}/g)].flatMap(([, list]) => list.split(',').map((name) => name.trim()))
  const uses = readFileSync(user, 'utf8').replaceAll(/^import .*?^\} from .*?$/gms, '')
  const used = new Set(uses.match(/\w+/g))
  assert.ok(names.length > 40, `${names.length}`)
  assert.deepEqual(
    names.filter((name) => !used.has(name)),
    [],
  )
})
