/**
 * Holds the package against every test vector and against a byte loop, and prints what came of it as a line of JSON.
 * The same file for all runtimes.
 */
import { vectorFailures } from './vectors.mjs'
import { maskingFailures } from './masking.mjs'

function runtime() {
  if (globalThis.Deno) return `deno ${globalThis.Deno.version.deno}`
  if (globalThis.Bun) return `bun ${globalThis.Bun.version}`
  return `node ${globalThis.process.versions.node}`
}

/** Whether WebAssembly works, as the package would find out: an empty module is a magic number and a version. */
function hasWebAssembly() {
  try {
    return new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)) instanceof WebAssembly.Module
  } catch {
    return false
  }
}

function hasCodeFromStrings() {
  try {
    return new Function('return true')()
  } catch {
    return false
  }
}

/**
 * @param api - the package
 * @param resolved - the file that it was loaded from
 */
export function check(api, resolved) {
  console.log(
    JSON.stringify({
      runtime: runtime(),
      resolved,
      webAssembly: hasWebAssembly(),
      codeFromStrings: hasCodeFromStrings(),
      names: Object.keys(api)
        .filter((name) => name !== '__esModule')
        .sort(),
      vectors: vectorFailures(api),
      masking: maskingFailures(api),
    }),
  )
}
