/**
 * Holds the package against every test vector and against a byte loop. The same file for all runtimes.
 */
import { maskingKeyFailures } from './keys.mjs'
import { maskingFailures } from './masking.mjs'
import { vectorFailures } from './vectors.mjs'

/** workerd does not say which version it is. */
function runtime() {
  if (globalThis.Deno) return `deno ${globalThis.Deno.version.deno}`
  if (globalThis.Bun) return `bun ${globalThis.Bun.version}`
  if (globalThis.navigator?.userAgent === 'Cloudflare-Workers') return 'workerd'
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
 * @param {string} jsonLines - the text of `vectors.jsonl`
 */
export function reportOn(api, jsonLines) {
  return {
    runtime: runtime(),
    webAssembly: hasWebAssembly(),
    codeFromStrings: hasCodeFromStrings(),
    names: Object.keys(api)
      .filter((name) => name !== '__esModule')
      .sort(),
    vectors: vectorFailures(api, jsonLines),
    masking: maskingFailures(api),
    keys: maskingKeyFailures(api),
  }
}
