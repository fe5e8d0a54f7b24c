/**
 * Where the bytes come from: files, standard input, or the arguments themselves.
 */
import { existsSync, fstatSync, readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parseBytes } from 'websocket-frames'
import { isCapture, readCapture } from './pcap.mjs'
import { readData, readText } from './read.mjs'

/** @typedef {import('./conversation.mjs').Conversation} Conversation */

/** Not process.stdin.fd: that makes a pipe non-blocking, and reading from it fail while the writer is still at work. */
const STDIN = 0

const { npm_package_name: project, npm_lifecycle_event: script, INIT_CWD: start } = process.env

/** Where the user stands: `npm run decode` runs in the folder of the project. Scripts of other projects mean their own. */
const folder = project === 'websocket-frames' && script === 'decode' && start !== undefined ? start : process.cwd()

export const example = new URL('../../../fixtures/captures/chromium.json', import.meta.url)

/**
 * @param {string[]} positionals
 * @param {number | null} connection
 * @returns {Conversation[]}
 * @throws {Error} that names what could not be read
 */
export function readSources(positionals, connection) {
  if (positionals.length === 0)
    return isPiped() ? readSource('standard input', STDIN, connection) : readSource('chromium.json', example, connection)
  const paths = positionals.map((argument) => (argument === '-' ? STDIN : resolve(folder, argument)))
  const isFile = paths.map((path) => path === STDIN || existsSync(path))
  if (!isFile.includes(true)) return readArgumentBytes(positionals)
  const missing = positionals.filter((_, index) => isFile[index] === false)
  if (missing.length > 0) throw new Error(`${missing[0]}: no such file in ${folder}`)
  return paths.flatMap((path, index) => {
    const name = positionals[index] ?? ''
    return readSource(path === STDIN ? 'standard input' : name, path, connection)
  })
}

/** Whether something is piped in: neither a terminal nor /dev/null. */
export function isPiped() {
  try {
    const status = fstatSync(STDIN)
    return status.isFIFO() || status.isFile() || status.isSocket()
  } catch {
    return false
  }
}

/**
 * @param {string} title
 * @param {string | URL | number} path
 * @param {number | null} connection
 * @returns {Conversation[]}
 */
function readSource(title, path, connection) {
  try {
    if (path !== STDIN && typeof path !== 'number' && statSync(path).isDirectory()) throw new Error('it is a folder, not a file')
    const raw = readFileSync(path)
    const data = raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw
    return isCapture(data) ? readCapture(basename(title), data, connection) : readData(title, data)
  } catch (error) {
    throw new Error(`${title}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

/**
 * @param {string[]} args none of which is a file
 * @returns {Conversation[]}
 */
function readArgumentBytes(args) {
  const text = args.join(' ')
  const noFile = `${text.slice(0, 60)}: no such file in ${folder}`
  try {
    parseBytes(text)
  } catch (error) {
    throw new Error(`${noFile}, and no bytes either:\n${error instanceof Error ? error.message : error}`, { cause: error })
  }
  // Almost any name is base64 too.
  const isName = args.length === 1 && /^[\w./\\-]+$/.test(text) && /[^\da-fx_-]/i.test(text)
  if (isName) throw new Error(noFile)
  return readText('arguments', text)
}
