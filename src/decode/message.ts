/**
 * The types of messages, and the options of `MessageReader`.
 */
import type { FrameReaderOptions } from '../protocol/options.js'
import type { Inflate } from './inflate.js'
import type { TextAs } from './text.js'

/**
 * A message or a control frame that a `MessageReader` delivers.
 *
 * @typeParam Text - `string`, or `Uint8Array` with `textAs: 'bytes'`
 */
export type Message<Text = string> =
  | { type: 'text'; data: Text }
  | { type: 'binary'; data: Uint8Array<ArrayBuffer> }
  | { type: 'ping' | 'pong'; data: Uint8Array<ArrayBuffer> }
  | { type: 'close'; code: number; reason: string }
  /** A compressed text (1) or binary (2) message, if there is no `inflate`: the payload as received, without the tail for `Inflate`. */
  | { type: 'compressed'; opcode: 1 | 2; data: Uint8Array<ArrayBuffer> }

/** Options of a `MessageReader`. */
export interface MessageReaderOptions<As extends TextAs = 'string'> extends FrameReaderOptions {
  /** The longest payload of a data frame, in bytes. Default `Infinity`: `maxMessageLength` limits what is buffered. */
  readonly maxPayloadLength?: number | undefined
  /** Has no effect: a `MessageReader` delivers whole messages. */
  readonly streamAbove?: number | undefined
  /**
   * The longest message, in bytes over all its fragments: a whole number or `Infinity`. Default 64 MiB. A longer message is refused with
   * `message-too-long` (1009) as soon as the payload length of the fragment that exceeds the limit has been read. For a compressed message
   * the limit applies to the payload as received and again to the inflated bytes. A text that is delivered as a string has at most
   * 536,870,888 bytes.
   */
  readonly maxMessageLength?: number | undefined
  /**
   * `'string'`, the default, delivers texts as strings. `'bytes'` delivers the bytes as received, checked to be UTF-8, to pass them on.
   */
  readonly textAs?: As | undefined
  /**
   * For permessage-deflate (RFC 7692): inflates a message, see {@link Inflate}. An error that it throws becomes `deflate-data` (1007) with
   * the original as `cause`, or `message-too-long` (1009) if its `code` is `ERR_BUFFER_TOO_LARGE`. Without `inflate`, compressed messages
   * are delivered as `compressed`.
   *
   * @example
   * ```js
   * inflate: (data, maxLength) => inflateRawSync(data, { maxOutputLength: maxLength })
   * ```
   */
  readonly inflate?: Inflate | undefined
}
