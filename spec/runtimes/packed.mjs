/**
 * The package as its users get it: packed, and installed into an empty folder.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Packs what has been built. Nothing is built here: the specs are about the files that would be published. */
export function install() {
  if (!existsSync(join(root, 'dist/esm/index.js'))) throw new Error('nothing has been built: npm run build in the root')
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'websocket-frames-'))
  const options = ['--silent', '--ignore-scripts']
  const npm = (cwd, ...args) => execFileSync('npm', [...args, ...options], { cwd, encoding: 'utf8' }).trim()
  const [tarball, vectors] = [root, join(root, 'fixtures')].map((cwd) => join(folder, npm(cwd, 'pack', '--pack-destination', folder)))
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', tarball, vectors)
  return {
    folder,
    tarball,
    installed: join(folder, 'node_modules/websocket-frames'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
