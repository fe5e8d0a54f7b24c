/**
 * Octets and masking keys in hex.
 */

const HEX_PAIRS = /* @__PURE__ */ Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))

/** A masking key as it reads on the wire. */
export function keyHex(maskingKey: number): string {
  return maskingKey.toString(16).padStart(8, '0')
}

/** Octets in lower-case hex, with nothing between them unless told otherwise. */
export function hexOf(octets: Uint8Array, separator = ''): string {
  // Joined block by block: a string grown digit by digit holds an object for each of them.
  const blocks: string[] = []
  for (let start = 0; start < octets.length; start += 4096) {
    blocks.push(Array.from(octets.subarray(start, start + 4096), (octet) => HEX_PAIRS[octet]).join(separator))
  }
  return blocks.join(separator)
}
