/**
 * The packed package in workerd, the runtime of Cloudflare Workers. A request handler runs all test vectors. Importing the package must
 * draw no random numbers, which workerd refuses at import, and compile no WebAssembly, which it refuses in handlers and, before the
 * compatibility date 2025-06-01, also at import.
 *
 *   node --test workerd.test.mjs
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'
import workerd from 'workerd'
import { expectedReport } from './expected.mjs'
import { install } from './packed.mjs'

const { folder, installed, remove } = install()
cpSync(new URL('user', import.meta.url), folder, { recursive: true })
after(remove)

const { default: command, compatibilityDate: newest } = workerd
const run = promisify(execFile)
const expected = await expectedReport(installed)

const jsonLines = 'node_modules/websocket-frames-vectors/vectors.jsonl'
const ofReports = ['bytes.mjs', 'check.mjs', 'keys.mjs', 'masking.mjs', 'serve.mjs', 'vectors.mjs']
const ofImports = ['watch.mjs', 'keys.mjs', 'serve.mjs']

/**
 * Runs a worker and returns its report.
 *
 * @param {string} main - its main module
 * @param {object} options
 * @param {string[]} options.modules - its other modules, without the package
 * @param {string} options.date - the compatibility date
 * @param {string[]} [options.flags] - compatibility flags
 * @param {string} [options.vectors] - the file of the vectors, relative to the folder
 * @param {string} [options.dist] - the folder of the package's ES modules, relative to the folder
 * @throws Error with all that workerd printed if it fails
 */
async function reportOf(main, { modules, date, flags = [], vectors = jsonLines, dist = 'node_modules/websocket-frames/dist/esm' }) {
  const files = readdirSync(join(folder, dist), { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'))
  const library = files.filter((path) => path.endsWith('.js'))
  const embedded = (name, path, type = 'esModule') => `(name = ${JSON.stringify(name)}, ${type} = embed ${JSON.stringify(path)})`
  const config = `
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (services = [(name = "main", worker = (
      modules = [
        ${[main, ...modules].map((name) => embedded(name, name)).join(', ')},
        (name = "websocket-frames", esModule = "export * from './package/index.js'"),
        ${library.map((path) => embedded(`package/${path}`, `${dist}/${path}`)).join(', ')},
        ${embedded('vectors.jsonl', vectors, 'text')},
      ],
      bindings = [(name = "worker", service = "main")],
      compatibilityDate = "${date}",
      compatibilityFlags = ${JSON.stringify(flags)},
    ))]);`
  const file = `config-${++configs}.capnp`
  writeFileSync(join(folder, file), config)
  const { stdout } = await run(command, ['test', file], { cwd: folder, timeout: 120_000 })
  return JSON.parse(stdout)
}
let configs = 0

/** At this date workerd refuses WebAssembly at import too, and has `node:` modules only with a flag. */
const old = '2024-09-23'

test('is the version in package.json', async () => {
  const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
  const [, day] = devDependencies.workerd.split('.')
  assert.equal(newest.replaceAll('-', ''), day)
  assert.equal((await run(command, ['--version'])).stdout, `workerd ${newest}\n`)
})

for (const { date, flags } of [
  { date: newest, flags: [] },
  { date: old, flags: ['nodejs_compat'] },
]) {
  describe(`compatibility date ${date}`, () => {
    test('the corpus', async () => {
      const report = await reportOf('worker.mjs', { modules: ofReports, date, flags })
      assert.deepEqual(report, { runtime: 'workerd', webAssembly: false, codeFromStrings: false, ...expected })
    })

    test('draws and compiles nothing at import', async () => {
      const report = await reportOf('import-worker.mjs', { modules: ofImports, date })
      const calls = ['crypto.getRandomValues', 'WebAssembly.Module'] // By the handler, which shows that calls are recorded.
      assert.deepEqual(report, { callsAtImport: [], keys: expected.keys, calls })
    })
  })
}

describe('finds planted faults:', () => {
  const emptyModule = 'Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)'
  const drawing = 'crypto.getRandomValues(new Uint8Array(4));'
  const compiling = `new WebAssembly.Module(${emptyModule});`
  const faults = [
    { name: 'random numbers at import', date: newest, code: drawing, error: /Disallowed operation called within global scope/ },
    { name: 'random numbers at import, with a guard', date: newest, code: `try { ${drawing} } catch {}`, call: 'crypto.getRandomValues' },
    { name: 'WebAssembly at import', date: old, code: compiling, error: /Wasm code generation disallowed/ },
    { name: 'WebAssembly at import, where it is allowed', date: newest, code: compiling, call: 'WebAssembly.Module' },
    { name: 'WebAssembly at import, with a guard', date: old, code: `try { ${compiling} } catch {}`, call: 'WebAssembly.Module' },
  ]
  for (const { name, date, code, error, call } of faults) {
    test(name, async () => {
      const report = reportOf('import-worker.mjs', { modules: ofImports, date, dist: plant('index.js', (source) => `${source}\n${code}`) })
      if (error !== undefined) await assert.rejects(report, error)
      else assert.deepEqual((await report).callsAtImport, [call])
    })
  }

  test('WebAssembly in a handler, without a guard', async () => {
    const dist = plant('mask/webassembly.js', (source) => source.replace('catch {', 'catch (error) { throw error;'))
    await assert.rejects(reportOf('import-worker.mjs', { modules: ofImports, date: newest, dist }), /Wasm code generation disallowed/)
  })

  test('a vector that fails', async () => {
    const [line] = readFileSync(join(folder, jsonLines), 'utf8').split('\n')
    const vector = JSON.parse(line)
    vector.frames[0].opcode ^= 3
    writeFileSync(join(folder, 'wrong.jsonl'), JSON.stringify(vector))
    const { vectors } = await reportOf('worker.mjs', { modules: ofReports, date: newest, vectors: 'wrong.jsonl' })
    assert.deepEqual(vectors, { count: 1, failed: 2, first: [`${vector.id} frames`, `${vector.id} encoding`] })
  })
})

/** Copies the ES modules of the package and changes one of them. */
function plant(file, change) {
  const dist = `faulty-${++copies}`
  cpSync(join(installed, 'dist/esm'), join(folder, dist), { recursive: true })
  const source = readFileSync(join(folder, dist, file), 'utf8')
  const changed = change(source)
  assert.notEqual(changed, source)
  writeFileSync(join(folder, dist, file), changed)
  return dist
}
let copies = 0
