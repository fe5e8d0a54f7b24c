/** Compares bytes. `isDeepStrictEqual` is slow: in some runtimes it looks up every index as a property. */
import { Buffer } from 'node:buffer'

/** `seen` must be a plain `Uint8Array`, not a subclass. */
export function areSameBytes(seen, expected) {
  return isUint8Array(seen) && Buffer.compare(seen, expected) === 0
}

function isUint8Array(value) {
  return value instanceof Uint8Array && Object.getPrototypeOf(value) === Uint8Array.prototype
}
