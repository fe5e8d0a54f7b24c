/**
 * Bytes as hex.
 */
import { assertBytes, assertString } from '../util/arguments.js'
import { ByteList } from './byte-list.js'
import { GroupScanner, appendHex } from './groups.js'
import { hexOf } from '../util/octets.js'

/**
 * Reads bytes from hex text, two digits a byte, in groups of any size: `8185 37fa213d`, `81 85`. `parseBytes` reads all else.
 *
 * - Between groups: blanks, line ends, or one of `,` `:` `;` `-` `_` `|` with or without blanks, the same everywhere.
 * - Before each group: `0x`, `\x`, `$`, `%` or `\u00`; or `h` after it. All groups have it, or none.
 * - Upper and lower case are equal. `#` and `//` begin a comment. A byte order mark at the start is skipped.
 *
 * @param text - empty or nothing but comments: no bytes
 * @returns a new array
 * @throws TypeError if `text` is not a string
 * @throws RangeError if anything else is in the text, with the line and column (from 1) of what is wrong, and the line with a
 * caret below it: `line 3, column 7: found "g", expected hex digits`.
 *
 * @example
 * ```js
 * parseHex('8105 48656c6c6f # Hello') // Uint8Array(7) [129, 5, 72, 101, 108, 108, 111]
 * ```
 */
export function parseHex(text: string): Uint8Array<ArrayBuffer> {
  assertString(text, 'text')
  const bytes = new ByteList(text.length >> 1)
  for (const scanner = new GroupScanner(text, 0, text.length, 'hex'); scanner.next(); ) appendHex(text, scanner, 'hex', bytes)
  return bytes.toBytes()
}

/**
 * Writes bytes as hex: two lower-case digits each, nothing between them. `parseHex` reads it back.
 *
 * @returns a string of twice as many characters as there are bytes
 * @throws TypeError if `bytes` is not a `Uint8Array`
 * @throws what the engine throws where it has no strings as long: a RangeError in V8, above 268,435,444 bytes
 *
 * @example
 * ```js
 * formatHex(Uint8Array.of(0x81, 0x00)) // '8100'
 * ```
 */
export function formatHex(bytes: Uint8Array): string {
  assertBytes(bytes, 'bytes')
  return hexOf(bytes)
}
