/**
 * Masking keys that nobody can predict (RFC 6455, sections 5.3 and 10.3).
 */
import { wordAt } from '../util/octets.js'

/** The largest masking key: 32 bits. */
export const MAX_MASKING_KEY = 0xffff_ffff

/**
 * How many keys are drawn at a time. Few, since keys in stock are in each copy of the memory, such as a startup snapshot; but a call of
 * Web Crypto takes 1.5 us, which is 23 ns a key if 64 are drawn, 11 if 128, 6 if 256 (Node 20), and a short frame takes 50.
 */
const KEYS_PER_DRAW = 128
const keys = /* @__PURE__ */ new Int32Array(KEYS_PER_DRAW)
let keysLeft = 0

/**
 * A masking key that nobody can predict, from the platform's Web Crypto (RFC 6455, sections 5.3 and 10.3). Take a new one
 * for every frame. This is the package's only impure function.
 *
 * Keys are drawn 128 at a time. Do not call it before you take a startup snapshot (`v8.startupSnapshot`): all processes started from the
 * snapshot would get the rest of the same 128 keys.
 *
 * @returns 0 to 2^32-1
 * @throws TypeError where there is no Web Crypto (`globalThis.crypto.getRandomValues`)
 * @throws whatever Web Crypto throws when it has no random values to give. No key is lost or repeated, and you may call again.
 */
export function randomMaskingKey(): number {
  if (keysLeft === 0) drawKeys()
  keysLeft--
  const key = wordAt(keys, keysLeft) >>> 0
  keys[keysLeft] = 0 // A key that has been used must not be found in memory later.
  return key
}

/** Apart from the rest, since to look at the global costs 40 ns in Node.js. */
function drawKeys(): void {
  if (typeof globalThis.crypto?.getRandomValues !== 'function') {
    throw new TypeError('randomMaskingKey needs Web Crypto: globalThis.crypto.getRandomValues is missing')
  }
  globalThis.crypto.getRandomValues(keys)
  keysLeft = KEYS_PER_DRAW
}
