/**
 * Assembles kernel.wat into what src/mask/webassembly-module.ts must be.
 *
 *   npm run assemble     writes src/mask/webassembly-module.ts
 *   npm test             fails if src/mask/webassembly-module.ts is not up to date
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import assembler from 'wabt'

export const modulePath = fileURLToPath(new URL('../../src/mask/webassembly-module.ts', import.meta.url))

/** Hexadecimal digits on a line: 64 bytes. */
const DIGITS = 128

/** @returns the text of src/mask/webassembly-module.ts */
export async function assemble() {
  const { parseWat } = await assembler()
  const text = readFileSync(new URL('kernel.wat', import.meta.url), 'utf8')
  const parsed = parseWat('kernel.wat', text, { simd: true })
  parsed.validate()
  const hex = Buffer.from(parsed.toBinary({}).buffer).toString('hex')
  const lines = (hex.match(new RegExp(`.{1,${DIGITS}}`, 'g')) ?? []).map((line) => `  '${line}'`)
  return `/**
 * The WebAssembly module of \`spec/kernel/kernel.wat\`, in hexadecimal. \`npm run assemble --prefix spec/kernel\` writes this file.
 */
export const KERNEL_MODULE =
${lines.join(' +\n')}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(modulePath, await assemble())
