/**
 * The package as its users get it: packed, and installed into an empty folder.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Names a folder in which the package is installed already: `all.mjs` packs once for all tests. */
export const PACKED = 'WEBSOCKET_FRAMES_PACKED'

/** Packs what has been built. Nothing is built here: the specs are about the files that would be published. */
export function install() {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'websocket-frames-'))
  const packed = process.env[PACKED]
  if (packed === undefined) packInto(folder)
  else cpSync(packed, folder, { recursive: true })
  const tarball = readdirSync(folder).find((name) => /^websocket-frames-\d.*\.tgz$/.test(name)) ?? ''
  return {
    folder,
    tarball: join(folder, tarball),
    installed: join(folder, 'node_modules/websocket-frames'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** @param {string} folder */
function packInto(folder) {
  if (!existsSync(join(root, 'dist/esm/index.js'))) throw new Error('nothing has been built: npm run build in the root')
  const npm = (...args) => execFileSync('npm', [...args, '--silent', '--ignore-scripts'], { cwd: folder, encoding: 'utf8' }).trim()
  const tarballs = npm('pack', root, join(root, 'fixtures')).split('\n')
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  npm('install', '--offline', '--no-audit', '--no-fund', ...tarballs)
}
