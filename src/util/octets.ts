/**
 * Reads and writes octets and words, and formats octets as hex.
 */

/**
 * The octet at an index; 0 beyond the end, since TypeScript requires a fallback. `Number(octets[index])` would look up a global each
 * time, which makes masking very slow in the sandbox of a Jest test.
 */
export function octetAt(octets: Uint8Array, index: number): number {
  return octets[index] ?? 0
}

/** The unsigned 16-bit integer at a position, in network byte order. */
export function uint16(octets: Uint8Array, position: number): number {
  return (octetAt(octets, position) << 8) | octetAt(octets, position + 1)
}

/** The signed 32-bit integer at a position, in network byte order. Calls no `octetAt`: 16 B in chunks of 64 KiB decides. */
export function int32(octets: Uint8Array, position: number): number {
  return (
    ((octets[position] ?? 0) << 24) | ((octets[position + 1] ?? 0) << 16) | ((octets[position + 2] ?? 0) << 8) | (octets[position + 3] ?? 0)
  )
}

/** Writes the low 32 bits of `value`, in network byte order. */
export function writeUint32(octets: Uint8Array, position: number, value: number): void {
  octets[position] = value >>> 24
  octets[position + 1] = value >>> 16
  octets[position + 2] = value >>> 8
  octets[position + 3] = value
}

/** {@link octetAt} for words. A separate function, so that V8 compiles each for one type of array. */
export function wordAt(words: Int32Array, index: number): number {
  return words[index] ?? 0
}

/** No octets. Never deliver this array to a caller, who could transfer its buffer. */
export const NOTHING: Uint8Array<ArrayBuffer> = /* @__PURE__ */ new Uint8Array(0)

const HEX_PAIRS = /* @__PURE__ */ Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))

/** A masking key as 8 hex digits, in the order of its octets on the wire. */
export function keyHex(maskingKey: number): string {
  return maskingKey.toString(16).padStart(8, '0')
}

/** Octets in lower-case hex, with `separator` between them. */
export function hexOf(octets: Uint8Array, separator = ''): string {
  // Joined in blocks: a string that grows by one octet at a time keeps an object for each octet.
  const blocks: string[] = []
  for (let start = 0; start < octets.length; start += 4096) {
    const length = Math.min(octets.length - start, 4096)
    blocks.push(Array.from({ length }, (_, i) => HEX_PAIRS[octetAt(octets, start + i)]).join(separator))
  }
  return blocks.join(separator)
}
