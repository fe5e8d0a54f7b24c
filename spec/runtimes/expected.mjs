/**
 * What `user/check.mjs` has to report on the package, in every runtime.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './packed.mjs'

/** Counted in the repository, not in the package, in which files could be missing. */
function countVectors() {
  const fixtures = join(root, 'fixtures')
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^(captures|documents|rfc6455).*\.json$/.test(path),
  )
  const counts = files.map((path) => JSON.parse(readFileSync(join(fixtures, path), 'utf8')).vectors?.length ?? 0)
  return counts.reduce((sum, count) => sum + count, 0)
}

export const vectorCount = countVectors()

const allPass = (count) => ({ count, failed: 0, first: [] })

/** @param {string} installed */
export async function expectedReport(installed) {
  return {
    names: Object.keys(await import(pathToFileURL(join(installed, 'dist/esm/index.js')).href)).sort(),
    vectors: allPass(vectorCount),
    // For each of 190 lengths: 16 of `applyMask`, and 6 of whole frames.
    masking: allPass(190 * (16 + 6)),
    keys: allPass(300),
  }
}
