/**
 * Converts between bytes and hex.
 */
import { assertBytes, assertString } from '../util/arguments.js'
import { hexOf } from '../util/octets.js'
import { ByteList } from './byte-list.js'
import { GroupScanner, appendHex } from './groups.js'

/**
 * Reads bytes from hex, two digits a byte, in groups of any size: `8185 37fa213d`, `81 85`. For other forms, use `parseBytes`.
 *
 * - Separators between groups are blanks, line ends, or one of `,` `:` `;` `-` `_` `|` with or without blanks. Use the same one everywhere.
 * - Each group may begin with `0x`, `\x`, `$`, `%` or `\u00`, or end with `h`. Either all groups do, or no group does.
 * - Digits may be in upper or lower case. `#` and `//` begin a comment. A byte order mark at the start is skipped.
 *
 * @param text - no bytes if it is empty or has only comments
 * @returns a new array
 * @throws TypeError if `text` is not a string
 * @throws RangeError for any other text. The message has the line and column (from 1) of the first error, and shows the line with a caret
 *   below it: `line 3, column 7: found "g", expected hex digits`
 *
 * @example
 * ```js
 * parseHex('8105 48656c6c6f # Hello') // Uint8Array(7) [129, 5, 72, 101, 108, 108, 111]
 * ```
 */
export function parseHex(text: string): Uint8Array<ArrayBuffer> {
  assertString(text, 'text')
  const bytes = new ByteList(text.length >> 1)
  for (const scanner = new GroupScanner(text, 0, text.length, 'hex'); scanner.next();) appendHex(text, scanner, 'hex', bytes)
  return bytes.toBytes()
}

/**
 * Writes bytes as hex: two lower-case digits a byte, without separators. `parseHex` reads the result.
 *
 * @returns a string with twice as many characters as there are bytes
 * @throws TypeError if `bytes` is not a `Uint8Array`
 * @throws the engine's error if the string is too long: in V8 a RangeError, above 268,435,444 bytes
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
