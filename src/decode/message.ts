/**
 * Messages, and the options of those who read them.
 */
import type { FrameReaderOptions } from '../protocol/options.js'
import type { Inflate } from './inflate.js'
import type { TextAs } from './text.js'

/**
 * A message, or a control frame, as a `MessageReader` delivers it.
 *
 * @typeParam Text - `string`, or `Uint8Array` with `textAs: 'bytes'`
 */
export type Message<Text = string> =
  | { type: 'text'; data: Text }
  | { type: 'binary'; data: Uint8Array<ArrayBuffer> }
  | { type: 'ping' | 'pong'; data: Uint8Array<ArrayBuffer> }
  | { type: 'close'; code: number; reason: string }
  /** permessage-deflate without `inflate`: the payload as received, without a tail, of a text (1) or binary (2) message. */
  | { type: 'compressed'; opcode: 1 | 2; data: Uint8Array<ArrayBuffer> }

/** Options of a `MessageReader`. */
export interface MessageReaderOptions<As extends TextAs = 'string'> extends FrameReaderOptions {
  /** The longest payload of a data frame, in bytes. Default `Infinity`, since `maxMessageLength` limits what is held. */
  readonly maxPayloadLength?: number | undefined
  /** Of no effect: a message is always delivered as a whole. */
  readonly streamAbove?: number | undefined
  /**
   * The longest message, in bytes over all its fragments: a whole number or `Infinity`, default 64 MiB. A longer one is refused with
   * `message-too-long` (1009) as soon as the length of the fragment that exceeds it has been read. For a compressed message it limits
   * the payload as it arrives, and the inflated bytes again. A text that is delivered as a string has at most 536,870,888 bytes.
   */
  readonly maxMessageLength?: number | undefined
  /**
   * `'string'`, the default, or `'bytes'`: texts as the UTF-8 that arrived, which has been checked, for those who pass it on.
   */
  readonly textAs?: As | undefined
  /**
   * For permessage-deflate (RFC 7692): inflates a message, see {@link Inflate}. An error that it throws becomes `deflate-data` (1007) with
   * the original as `cause`, or `message-too-long` (1009) if its `code` is `ERR_BUFFER_TOO_LARGE`. Without it, compressed messages are
   * delivered as `compressed`.
   *
   * @example
   * ```js
   * inflate: (data, maxLength) => inflateRawSync(data, { maxOutputLength: maxLength })
   * ```
   */
  readonly inflate?: Inflate | undefined
}
