/**
 * What people take for WebSocket frames and is something else.
 */
import { octetAt } from '../util/octets.js'
import { isBlankAt, isLineEndAt } from './characters.js'
import { refuseAt } from './unreadable.js'

const HTTP_HEAD = /(?:[A-Z]{3,10} \S{1,2048} HTTP\/\d|HTTP\/\d(?:\.\d)? \d{3})/y
const HTML = /<(?:!doctype|html|head|body|script|\?xml)\b/iy

/**
 * @throws RangeError if the text is an HTTP head, HTML, or binary data that was read as text
 */
export function refuseForeignText(text: string, from: number): void {
  let at = from
  while (at < text.length && (isBlankAt(text, at) || isLineEndAt(text, at))) at++
  HTTP_HEAD.lastIndex = at
  if (HTTP_HEAD.test(text)) refuseAt(text, at, 'this is an HTTP head, no bytes of frames: they begin after the empty line that ends it')
  HTML.lastIndex = at
  if (HTML.test(text)) refuseAt(text, at, 'this is HTML, no bytes of frames')
  const binary = binaryAt(text, from)
  if (binary < 0) return
  const name = foreignName(Uint8Array.from(text.slice(from, from + 16), (character) => character.charCodeAt(0)))
  refuseAt(text, binary, name === null ? 'this is binary data that was read as text: give the bytes themselves' : `this is ${name}`)
}

/**
 * @throws RangeError if the bytes are certain to be TLS records, a capture file or gzip: no frame begins so
 */
export function refuseForeignBytes(text: string, from: number, bytes: Uint8Array): void {
  const name = foreignName(bytes)
  const isWhole = bytes.length >= 6 && (octetAt(bytes, 0) !== 0x16 || octetAt(bytes, 5) <= 2)
  if (name !== null && isWhole) refuseAt(text, from, `this is ${name}`)
}

/** Control characters but for blanks and line ends, and what is put in the place of bytes that are no UTF-8. */
function binaryAt(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x09 || (code > 0x0d && code < 0x20) || code === 0xfffd) return at
  }
  return -1
}

/** Tells by the first bytes; those that are no ASCII may have been lost in reading them as text. */
function foreignName(bytes: Uint8Array): string | null {
  const begins = (...octets: number[]): boolean => octets.every((octet, index) => octet === octetAt(bytes, index))
  if (begins(0x16, 3) && octetAt(bytes, 2) <= 4) return 'a TLS record, no frame: it is encrypted, and the frames are inside'
  if (begins(0x1f, 0x8b, 8) || (octetAt(bytes, 0) === 0x1f && begins(0x1f, 0xfd, 8))) return 'gzip, no frame: decompress it first'
  if (begins(0xd4, 0xc3, 0xb2, 0xa1) || begins(0xa1, 0xb2, 0xc3, 0xd4)) return 'a pcap file, no frame: take the TCP payload out of it'
  if (begins(0x4d, 0x3c, 0xb2, 0xa1)) return 'a pcap file, no frame: take the TCP payload out of it'
  if (begins(0x0a, 0x0d, 0x0d, 0x0a)) return 'a pcapng file, no frame: take the TCP payload out of it'
  return null
}
