/**
 * Refuses data that people mistake for WebSocket frames.
 */
import { octetAt } from '../util/octets.js'
import { skipSpace } from './characters.js'
import { refuseAt } from './unreadable.js'

const HTTP_HEAD = /(?:[A-Z]{3,10} \S{1,2048} HTTP\/\d|HTTP\/\d(?:\.\d)? \d{3})/y
const HTML = /<(?:!doctype|html|head|body|script|\?xml)\b/iy

/** A control character that is neither a tab nor a line end, or the replacement for invalid UTF-8. */
const BINARY = /[\0-\x08\x0e-\x1f\ufffd]/

/**
 * @throws RangeError if the text is an HTTP head, HTML, or binary data that was read as text
 */
export function refuseForeignText(text: string, from: number): void {
  const at = skipSpace(text, from)
  HTTP_HEAD.lastIndex = at
  if (HTTP_HEAD.test(text)) refuseAt(text, at, 'this is an HTTP head, not frames: they begin after the empty line that ends the head')
  HTML.lastIndex = at
  if (HTML.test(text)) refuseAt(text, at, 'this is HTML, not frames')
  const binary = text.search(BINARY)
  if (binary < 0) return
  const name = foreignName(Uint8Array.from(text.slice(from, from + 16), (character) => character.charCodeAt(0)))
  refuseAt(text, binary, name === null ? 'this is binary data that was read as text: pass the bytes themselves' : `this is ${name}`)
}

/**
 * @throws RangeError if the bytes begin like TLS records, a capture file or gzip, which no frame does
 */
export function refuseForeignBytes(text: string, from: number, bytes: Uint8Array): void {
  const name = foreignName(bytes)
  const isWhole = bytes.length >= 6 && (octetAt(bytes, 0) !== 0x16 || octetAt(bytes, 5) <= 2)
  if (name !== null && isWhole) refuseAt(text, from, `this is ${name}`)
}

/** Recognises a format by its first bytes. Reading them as text may have replaced those that are not ASCII. */
function foreignName(bytes: Uint8Array): string | null {
  const begins = (...octets: number[]): boolean => octets.every((octet, index) => octet === octetAt(bytes, index))
  if (begins(0x16, 3) && octetAt(bytes, 2) <= 4) return 'a TLS record, not a frame: the frames inside it are encrypted'
  if (begins(0x1f, 0x8b, 8) || begins(0x1f, 0xfd, 8)) return 'gzip, not a frame: decompress it first'
  if (begins(0xd4, 0xc3, 0xb2, 0xa1) || begins(0xa1, 0xb2, 0xc3, 0xd4)) return 'a pcap file, not a frame: extract the TCP payload'
  if (begins(0x4d, 0x3c, 0xb2, 0xa1)) return 'a pcap file, not a frame: extract the TCP payload'
  if (begins(0x0a, 0x0d, 0x0d, 0x0a)) return 'a pcapng file, not a frame: extract the TCP payload'
  return null
}
