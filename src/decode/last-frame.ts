/**
 * The last frame that any reader has read. Readers can share it: no other code runs before it has been used.
 */
import type { WireHeader } from '../header/layout.js'

/**
 * `firstByte` and `maskingKey` are those of the frame or piece that was delivered last. `payloadLength` and `headerLength` are set by
 * whoever reads a header, and valid until it has been used.
 */
export interface LastFrame extends WireHeader {
  /** The key that the payload of a text is still masked with, or null. */
  maskedWith: number | null
  /** Whether the payload of a text has been checked. */
  isValid: boolean
}

export const lastFrame: LastFrame = {
  firstByte: 0,
  maskingKey: null,
  payloadLength: 0,
  headerLength: 0,
  maskedWith: null,
  isValid: false,
}
