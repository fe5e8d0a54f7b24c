/**
 * UTF-8, by the platform's `TextEncoder` and `TextDecoder`. A byte order mark is data and is kept.
 */
import { isErrorNamed } from './arguments.js'
import { octetAt } from './octets.js'

let encoder: TextEncoder | undefined
let decoder: TextDecoder | undefined
let lenientDecoder: TextDecoder | undefined

/**
 * The platform's encoder. It encodes an unpaired surrogate as U+FFFD. Created on first use, so that the package can be imported where
 * there is no `TextEncoder`.
 *
 * @throws TypeError where there is no `TextEncoder`
 */
export function utf8Encoder(): TextEncoder {
  if (encoder !== undefined) return encoder
  if (typeof globalThis.TextEncoder !== 'function') throw missing('encoding a string', 'TextEncoder')
  return (encoder = new TextEncoder())
}

/**
 * The platform's decoder, for complete texts. It throws a TypeError on bytes that are not UTF-8.
 *
 * @throws TypeError where there is no `TextDecoder`
 */
export function utf8Decoder(): TextDecoder {
  if (decoder !== undefined) return decoder
  if (typeof globalThis.TextDecoder !== 'function') throw missing('decoding a text', 'TextDecoder')
  return (decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }))
}

/**
 * The platform's decoder for bytes that are known to be UTF-8, which it need not check: it never throws a TypeError.
 *
 * @throws TypeError where there is no `TextDecoder`
 */
function uncheckedDecoder(): TextDecoder {
  if (lenientDecoder !== undefined) return lenientDecoder
  utf8Decoder()
  return (lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true }))
}

function missing(what: string, name: string): TypeError {
  return new TypeError(`${what} needs globalThis.${name}, which is missing`)
}

/** @throws TypeError where there is no `TextEncoder` */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return utf8Encoder().encode(text)
}

/**
 * Encodes a text into an array over memory of any kind.
 *
 * @returns the length of the text in bytes; if it is more than that of `target`, the text does not fit, and `target` may hold a part of it
 * @throws TypeError where there is no `TextEncoder`
 */
export function encodeTextInto(text: string, target: Uint8Array): number {
  const encoder = utf8Encoder()
  try {
    const { read, written } = encoder.encodeInto(text, target)
    if (read === text.length) return written
  } catch {
    // Browsers refuse resizable memory; some refuse shared memory too.
  }
  const encoded = encoder.encode(text)
  if (encoded.length <= target.length) target.set(encoded)
  return encoded.length
}

/**
 * The number of bytes at the end of a text, 0 to 3, that begin a character and that further bytes may complete. A `TextDecoder` does not
 * say: it may wait for the whole character before it reports that the first bytes are invalid.
 *
 * @param end - position in `bytes` after the text
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

/** Whether an octet may follow a lead octet: not overlong, not a surrogate, not above U+10FFFF (RFC 3629, section 4). */
export function isSecond(lead: number, second: number): boolean {
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  return second >= least && second <= most
}

/**
 * @returns the text, or null if the bytes are not UTF-8
 * @throws TypeError where there is no `TextDecoder`
 * @throws any other error of the platform, such as for a text that is too long for a string
 */
export function decodeText(bytes: Uint8Array): string | null {
  const decoder = utf8Decoder()
  try {
    return decoder.decode(bytes)
  } catch (error) {
    if (isErrorNamed(error, 'TypeError')) return null
    throw error
  }
}

/**
 * Decodes bytes that are known to be UTF-8. Benchmark case: ASCII text of 16 KiB.
 *
 * @throws TypeError where there is no `TextDecoder`
 * @throws any other error of the platform, such as for a text that is too long for a string
 */
export function decodeValidText(bytes: Uint8Array): string {
  return uncheckedDecoder().decode(bytes)
}
