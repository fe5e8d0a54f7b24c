/**
 * UTF-8 as the platform does it. A byte order mark is data and is kept.
 */
import { octetAt } from './octets.js'

/** Encodes; an unpaired surrogate becomes U+FFFD. */
export const utf8Encoder = /* @__PURE__ */ new TextEncoder()

/**
 * How many bytes at the end of a text begin a character that the next bytes may complete: 0 to 3. What the platform
 * cannot be asked: a decoder that streams may wait for the whole character before it finds the first bytes wrong.
 *
 * @param end - where the text ends in `bytes`
 */
export function unfinishedLength(bytes: Uint8Array, end: number): number {
  for (let length = 1; length <= Math.min(3, end); length++) {
    const lead = octetAt(bytes, end - length)
    if (lead < 0x80) return 0
    if (lead < 0xc0) continue
    const isBegun = lead >= 0xc2 && lead <= 0xf4 && length < sequenceLength(lead)
    return isBegun && (length === 1 || isSecond(lead, octetAt(bytes, end - length + 1))) ? length : 0
  }
  return 0
}

function sequenceLength(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

/** Not overlong, no surrogate, not above U+10FFFF (RFC 3629, section 4). */
function isSecond(lead: number, second: number): boolean {
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  return second >= least && second <= most
}

/** Decodes whole texts; throws on bytes that are not UTF-8. */
export const utf8Decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The first byte that makes it certain that a text is not UTF-8, for one that is not.
 *
 * @returns its index, or the length of the text if that only lacks the rest of its last character
 */
export function offendingIndex(bytes: Uint8Array): number {
  let begun = 0
  let refused = bytes.length + 1
  while (refused - begun > 1) {
    const middle = Math.floor((begun + refused) / 2)
    if (isBegun(bytes, middle)) begun = middle
    else refused = middle
  }
  return begun
}

/** Whether the first bytes are UTF-8, or would be if their last character were completed. */
export function isBegun(bytes: Uint8Array, length: number): boolean {
  try {
    utf8Decoder.decode(bytes.subarray(0, length - unfinishedLength(bytes, length)))
    return true
  } catch {
    return false
  }
}
