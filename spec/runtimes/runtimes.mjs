/**
 * The runtimes that the package has to run in, and the circumstances in each of them. workerd, which runs no programs, has
 * `workerd.test.mjs`.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {object} Circumstance
 * @property {string} name
 * @property {string[]} flags
 * @property {boolean} webAssembly whether there is any, to show that the flags do what they are for
 * @property {boolean} codeFromStrings whether `eval` and the like work
 */

/** @returns {Circumstance} */
function circumstance(name, flags, { webAssembly = true, codeFromStrings = true } = {}) {
  return { name, flags, webAssembly, codeFromStrings }
}

const asItIs = circumstance('as it is', [])
const noCodeFromStrings = '--disallow-code-generation-from-strings'

const ofNode = [
  asItIs,
  circumstance('without WebAssembly', ['--jitless'], { webAssembly: false }),
  circumstance('WebAssembly refused', ['--import', './webassembly-refused.mjs'], { webAssembly: false }),
  circumstance('no code from strings', [noCodeFromStrings], { codeFromStrings: false }),
]
const ofBun = [
  asItIs,
  circumstance('without WebAssembly', ['--preload', './without-webassembly.mjs'], { webAssembly: false }),
  circumstance('WebAssembly refused', ['--preload', './webassembly-refused.mjs'], { webAssembly: false }),
]
const ofDeno = [
  asItIs,
  circumstance('without WebAssembly', ['--v8-flags=--jitless'], { webAssembly: false }),
  circumstance('WebAssembly refused', ['--preload', './webassembly-refused.mjs'], { webAssembly: false }),
  circumstance('no code from strings', [`--v8-flags=${noCodeFromStrings}`], { codeFromStrings: false }),
]

/**
 * A runtime is an npm package with the runtime's own version.
 *
 * @param executable where the package has it, on every system
 */
function runtime(name, folder, executable, flags, circumstances) {
  const file = (path) => fileURLToPath(new URL(`node_modules/${folder}/${path}`, import.meta.url))
  const { version } = JSON.parse(readFileSync(file('package.json'), 'utf8'))
  return { name: `${name} ${version}`, command: file(executable), flags, circumstances }
}

export const runtimes = [
  runtime('node', 'node-20', 'bin/node', [], ofNode),
  runtime('node', 'node-22', 'bin/node', [], ofNode),
  runtime('node', 'node-24', 'bin/node', [], ofNode),
  runtime('node', 'node-26', 'bin/node', [], ofNode),
  runtime('bun', 'bun', 'bin/bun.exe', ['--no-install'], ofBun),
  // Of Deno's permissions only the one to read files, for the test vectors: the package needs none.
  runtime('deno', 'deno', 'deno', ['run', '--no-prompt', '--no-remote', '--allow-read=.'], ofDeno),
]
