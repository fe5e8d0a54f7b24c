/**
 * What a reader delivers, as the parser needs to know it.
 */
import type { TextCheck } from './text.js'

/**
 * What the reader delivers. A number: frames, and data frames with a payload longer than this many bytes in pieces as they arrive.
 * `null`: whole frames; `Infinity` would mean the same but takes more memory. `Texts`: messages.
 */
export type Delivered = number | null | Texts

/** How texts are read, for a reader of messages. */
export interface Texts {
  /** Makes the check of a text, which is checked as it arrives. Not imported, so that a bundle without messages does not include it. */
  readonly newCheck: () => TextCheck
  /** Whether a text is decoded as soon as it is delivered: then it need not be unmasked, and need not have memory of its own. */
  readonly areStrings: boolean
}

/** Whether messages are delivered, not frames. */
export function isForMessages(delivered: Delivered): delivered is Texts {
  return typeof delivered === 'object' && delivered !== null
}
