/**
 * Bytes in any form in which people have them.
 */
import { assertString } from '../util/arguments.js'
import { readBase64 } from './base64.js'
import { ByteList } from './byte-list.js'
import { isBlankAt, isLineEndAt } from './characters.js'
import { readCode } from './code.js'
import { readDump } from './dump.js'
import { refuseForeignBytes, refuseForeignText } from './foreign.js'
import { readEscaped } from './literals.js'
import { readNumerals } from './numerals.js'

/**
 * Reads bytes from text, in whichever of these forms it is:
 *
 * - hex in groups, as `parseHex` reads it; decimal numbers, signed or not (`129 5 72`); bits in groups of eight;
 * - a list of numbers in brackets, with or without code around it: `[129, 5]`, `uint8_t p[] = { 0x81, 'h' };`, `<Buffer 81 05>`,
 *   `{"type":"Buffer","data":[129,5]}`. Without a prefix they are decimal unless any has a hex letter; within `<` and `>` hex;
 * - string literals with escapes: `b'\x81\x05Hello'`, `"\201\5Hello"`, also those of `strace`; several in a row;
 * - base64 and base64url;
 * - a dump: rows of an offset, bytes in hex, bits, octal or decimal, and perhaps a column of characters, as `xxd`, `hexdump`, `od`,
 *   Wireshark, `tcpdump`, `gdb`, `curl --trace` and others print them, with or without headings. The offsets are checked. Behind
 *   offsets of six or seven digits, groups of several bytes are little-endian words, as in `hexdump` and `od -x`. A `*` repeats the
 *   row before it up to the next offset, in one text by at most 256 MiB.
 *
 * Takes time and memory in proportion to the text and the result.
 *
 * @param text - empty or nothing but comments: no bytes
 * @returns a new array
 * @throws TypeError if `text` is not a string
 * @throws RangeError if the text is in none of these forms, with the line and column (from 1) of what is wrong, and the line with a
 * caret below it; if it can be read in several ways, with what to write for each; if bytes were left out (`... 25 more bytes`); if it
 * is an HTTP head, HTML, or binary data read as text; and if the bytes begin a TLS record, a pcap file or gzip, which no frame does.
 *
 * @example
 * ```js
 * parseBytes("b'\\x81\\x05Hello'") // Uint8Array(7) [129, 5, 72, 101, 108, 108, 111]
 * ```
 */
export function parseBytes(text: string): Uint8Array<ArrayBuffer> {
  assertString(text, 'text')
  const from = text.startsWith('\ufeff') ? 1 : 0
  refuseForeignText(text, from)
  const bytes = readDump(text, from) ?? (/["'`[\](){}<>]/.test(text) ? readCode(text, from, readPlain) : null) ?? readPlain(text)
  refuseForeignBytes(text, from, bytes)
  return bytes
}

/** Reads what has neither offsets nor brackets nor quotes. */
function readPlain(text: string): Uint8Array<ArrayBuffer> {
  try {
    const bytes = readNumerals(text, 0, text.length, 'numbers')
    // Base64 may begin like a comment: //A= is ff f0.
    return (bytes.length === 0 ? readBase64(text, 0, text.length) : null) ?? bytes
  } catch (error) {
    const bytes = readEscapes(text) ?? readBase64(text, 0, text.length)
    if (bytes === null) throw error
    return bytes
  }
}

/** Escapes and characters without quotes, in one line: `\x81\x05Hello`. */
function readEscapes(text: string): Uint8Array<ArrayBuffer> | null {
  let from = 0
  let to = text.length
  while (from < to && (isBlankAt(text, from) || isLineEndAt(text, from))) from++
  while (to > from && (isBlankAt(text, to - 1) || isLineEndAt(text, to - 1))) to--
  if (text.charAt(from) !== '\\' || /[\n\r]/.test(text.slice(from, to))) return null
  const bytes = new ByteList(to - from)
  readEscaped(text, from, to, bytes)
  return bytes.toBytes()
}
