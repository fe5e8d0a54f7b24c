/**
 * Reads bytes from any form in which people have them.
 */
import { assertString } from '../util/arguments.js'
import { readBase64 } from './base64.js'
import { ByteList } from './byte-list.js'
import { isSpaceAt, skipSpace } from './characters.js'
import { readCode } from './code.js'
import { readDump } from './dump.js'
import { refuseForeignBytes, refuseForeignText } from './foreign.js'
import { readEscaped } from './literals.js'
import { readNumerals } from './numerals.js'

/**
 * Reads bytes from text in any of these forms:
 *
 * - hex in groups, as for `parseHex`; decimal numbers from -128 to 255 (`129 5 72`); bits in groups of eight;
 * - a list of numbers in brackets, with or without code around it: `[129, 5]`, `uint8_t p[] = { 0x81, 'h' };`, `<Buffer 81 05>`,
 *   `{"type":"Buffer","data":[129,5]}`. Numbers without a prefix are hex if any of them has a hex letter, otherwise decimal. Between `<`
 *   and `>` they are hex;
 * - one or several string literals with escapes: `b'\x81\x05Hello'`, `"\201\5Hello"`, also in the output of `strace`;
 * - base64 and base64url;
 * - a dump: rows of an offset, bytes in hex, bits, octal or decimal, and optionally a column of characters, with or without headings, as
 *   `xxd`, `hexdump`, `od`, Wireshark, `tcpdump`, `gdb`, `curl --trace` and others print them. The offsets are checked. After offsets of
 *   six or seven digits, groups of several bytes are little-endian words, as in `hexdump` and `od -x`. A `*` repeats the row before it up
 *   to the next offset; all repeated rows together may have at most 256 MiB.
 *
 * Time and memory are linear in the length of the text and of the result.
 *
 * @param text - no bytes if it is empty or has only comments
 * @returns a new array
 * @throws TypeError if `text` is not a string
 * @throws RangeError for any other text; if the text can be read in several ways (the message says what to write for each); if it is
 *   code that makes other bytes than it shows (`b'\x81\x05' + payload`); if it lacks bytes (`... 25 more bytes`); if it is an HTTP head,
 *   HTML, or binary data that was read as text; and if the bytes begin a TLS record, a pcap file or gzip, which no frame does. The message
 *   has the line and column (from 1), and shows the line with a caret below it
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

/** Reads text without offsets, brackets and quotes. */
function readPlain(text: string): Uint8Array<ArrayBuffer> {
  try {
    const bytes = readNumerals(text, 0, text.length, 'numbers')
    // Base64 may begin like a comment: `//A=` is ff f0.
    return (bytes.length === 0 ? readBase64(text) : null) ?? bytes
  } catch (error) {
    const bytes = readEscapes(text) ?? readBase64(text)
    if (bytes === null) throw error
    return bytes
  }
}

/** Reads a line of escapes and characters without quotes: `\x81\x05Hello`. */
function readEscapes(text: string): Uint8Array<ArrayBuffer> | null {
  const from = skipSpace(text, 0)
  if (text.charAt(from) !== '\\') return null
  let to = text.length
  while (isSpaceAt(text, to - 1)) to--
  if (/[\n\r]/.test(text.slice(from, to))) return null
  const bytes = new ByteList(to - from)
  readEscaped(text, from, to, bytes)
  return bytes.toBytes()
}
