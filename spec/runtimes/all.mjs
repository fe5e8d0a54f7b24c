/**
 * Runs all tests of this folder, or the files that are named, with the package packed and installed once for all of them.
 *
 *   npm test -- workerd.test.mjs
 */
import { spawnSync } from 'node:child_process'
import { PACKED, install } from './packed.mjs'

const { folder, remove } = install()
try {
  const env = { ...process.env, [PACKED]: folder }
  const { status } = spawnSync(process.execPath, ['--test', ...process.argv.slice(2)], { stdio: 'inherit', env })
  process.exitCode = status ?? 1
} finally {
  remove()
}
