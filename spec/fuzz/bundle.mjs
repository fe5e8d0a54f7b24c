/**
 * Compiles what the fuzzer shares with the specs, the reference, and the library that is to be fuzzed into one module.
 * The library is a copy from then on: a run of half an hour is not disturbed by whoever works on it.
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, stop } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '../..')

/** What workers import. */
const entry = `
  export * as library from 'library'
  export { Cases, PEER_INTERVAL, textOf } from './case.ts'
  export { check } from './check.ts'
  export { checkTakeover } from './takeover.ts'
  export { minimise } from './minimise.ts'
  export { compare } from './differences.ts'
  export { readOwn } from './own.ts'
  import { vectorFiles } from '../vectors.ts'
  import { seedsOf } from './seeds.ts'
  export const seeds = seedsOf(vectorFiles())
`

/**
 * @param {string | undefined} library the entry point of the library, left out for that in src
 * @returns {Promise<string>} the path of the module, in a folder of its own for the caller to remove
 */
export async function bundle(library = join(root, 'src/index.ts')) {
  const folder = await mkdtemp(join(tmpdir(), 'websocket-frames-fuzz-'))
  const outfile = join(folder, 'fuzz.mjs')
  await build({
    stdin: { contents: entry, resolveDir: here, loader: 'ts' },
    alias: { library: resolve(library) },
    // What the CommonJS specs have, for the vectors are found by it.
    define: { __dirname: JSON.stringify(join(root, 'spec')) },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    outfile,
  })
  await stop()
  return outfile
}
