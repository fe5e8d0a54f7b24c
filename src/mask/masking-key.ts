/**
 * Unpredictable masking keys (RFC 6455, sections 5.3 and 10.3).
 */
import { wordAt } from '../util/octets.js'

/** The largest masking key: 32 bits. */
export const MAX_MASKING_KEY = 0xffff_ffff

/**
 * How many keys are drawn at a time. A larger number makes each key cheaper (encoding 16 B, masked, decides); a smaller one leaves fewer
 * unused keys in copies of the memory, such as a startup snapshot.
 */
const KEYS_PER_DRAW = 128
const keys = /* @__PURE__ */ new Int32Array(KEYS_PER_DRAW)
let keysLeft = 0

/**
 * Returns an unpredictable masking key from the platform's Web Crypto (RFC 6455, sections 5.3 and 10.3). Use a new key for every frame.
 * This is the package's only impure function.
 *
 * Keys are drawn 128 at a time. Do not call this function before you take a startup snapshot (`v8.startupSnapshot`): all processes started
 * from the snapshot would use the rest of the same 128 keys.
 *
 * @returns 0 to 2^32-1
 * @throws TypeError where there is no Web Crypto (`globalThis.crypto.getRandomValues`)
 * @throws the error of Web Crypto if it has no random values. No key is lost or repeated, and you may call again.
 */
export function randomMaskingKey(): number {
  if (keysLeft === 0) drawKeys()
  keysLeft--
  const key = wordAt(keys, keysLeft) >>> 0
  keys[keysLeft] = 0 // A used key must not stay in memory.
  return key
}

/** The only place that reads the global `crypto`, which is slow in Node.js. Encoding 16 B, masked, decides. */
function drawKeys(): void {
  if (typeof globalThis.crypto?.getRandomValues !== 'function') {
    throw new TypeError('randomMaskingKey needs Web Crypto: globalThis.crypto.getRandomValues is missing')
  }
  globalThis.crypto.getRandomValues(keys)
  keysLeft = KEYS_PER_DRAW
}
