/**
 * Unpredictable masking keys (RFC 6455, sections 5.3 and 10.3).
 */
import { assertInteger } from '../util/arguments.js'
import { wordAt } from '../util/octets.js'

/** The largest masking key: 32 bits. */
const MAX_MASKING_KEY = 0xffff_ffff

/**
 * @throws TypeError unless the value is a number
 * @throws RangeError unless it is a whole number from 0 to 2^32-1
 */
export function assertMaskingKey(maskingKey: unknown): asserts maskingKey is number {
  // The comparison costs less than all that `assertInteger` asks. Encoding 0 B, masked, decides.
  if (typeof maskingKey === 'number' && maskingKey >>> 0 === maskingKey) return
  assertInteger(maskingKey, 'maskingKey', 0, MAX_MASKING_KEY)
}

/**
 * How many keys the first draw gives; each later one gives twice as many, up to the most. A call of Web Crypto costs as much as a thousand
 * keys: encoding 0 B, masked, decides how many are the most. A program that has used few keys has few in stock, which copies of its memory
 * contain, such as a startup snapshot.
 */
const FIRST_DRAW = 128
const LARGEST_DRAW = 2048

const keys = /* @__PURE__ */ new Int32Array(LARGEST_DRAW)
let nextDraw = FIRST_DRAW
let keysLeft = 0

/**
 * Returns an unpredictable masking key from the platform's Web Crypto (RFC 6455, sections 5.3 and 10.3). Use a new key for every frame.
 * This is the package's only impure function.
 *
 * Keys are drawn 128 at a time at first, and later up to 2048. Do not call this function before you take a startup snapshot
 * (`v8.startupSnapshot`): all processes started from the snapshot would use the rest of the same keys.
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
  globalThis.crypto.getRandomValues(new Int32Array(keys.buffer, 0, nextDraw))
  keysLeft = nextDraw
  nextDraw = Math.min(2 * nextDraw, LARGEST_DRAW)
}
