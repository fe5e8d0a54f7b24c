/**
 * Assembles the WebAssembly modules of the library from their text.
 *
 *   npm run assemble     writes their bytes into src
 *   npm test             fails if the bytes in src are not up to date
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import assembler from 'wabt'

/** Each text, the file below src that its bytes are written to, and what they are called there. */
export const modules = [
  { text: 'mask.wat', path: 'mask/mask-module.ts', name: 'MASK_MODULE' },
  { text: 'utf8.wat', path: 'decode/utf8-module.ts', name: 'UTF8_MODULE' },
].map((module) => ({ ...module, path: fileURLToPath(new URL(`../../src/${module.path}`, import.meta.url)) }))

/** Hexadecimal digits on a line: 64 bytes. */
const DIGITS = 128

/** @returns what the file below src must be */
export async function assemble({ text, name }) {
  const { parseWat } = await assembler()
  const parsed = parseWat(text, readFileSync(new URL(text, import.meta.url), 'utf8'), { simd: true })
  parsed.validate()
  const hex = Buffer.from(parsed.toBinary({}).buffer).toString('hex')
  const lines = (hex.match(new RegExp(`.{1,${DIGITS}}`, 'g')) ?? []).map((line) => `  '${line}'`)
  return `/**
 * The WebAssembly module of \`spec/kernel/${text}\`, in hexadecimal. \`npm run assemble --prefix spec/kernel\` writes this file.
 */
export const ${name} =
${lines.join(' +\n')}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const module of modules) writeFileSync(module.path, await assemble(module))
}
