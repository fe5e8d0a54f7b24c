/**
 * What an inspection consists of: plain data that also becomes readable JSON.
 */
import type { Frame } from '../decode/frame.js'
import type { LengthBits } from '../header/layout.js'
import type { Message } from '../decode/message.js'
import { hexOf, keyHex } from '../util/octets.js'
import type { ProtocolError, Rule, RuleId } from '../protocol/rules.js'

/** One rule broken by one frame. */
export interface Violation {
  readonly rule: RuleId
  /** The RFC that states the rule: 6455, or 7692 for permessage-deflate. */
  readonly rfc: Rule['rfc']
  /** The section of that RFC. */
  readonly section: string
  /** Close code to reply with; 1006 if nobody is left to reply to. */
  readonly closeCode: number
  /** Position of the frame's first byte, in bytes. */
  readonly offset: number
  /** How many bytes of the stream make the violation certain: the last of them is the one that did. */
  readonly detectedAfter: number
  /** What was found, what is allowed and which rule says so: the message of a `ProtocolError`, without the position. */
  readonly message: string
}

/**
 * A frame and where it lies. `JSON.stringify` gives the masking key and the payload in hex.
 *
 * The payloads of one inspection are views of one buffer, a copy of the bytes: to transfer that buffer detaches all of them.
 */
export interface InspectedFrame extends Frame {
  /** Position of its first byte, in bytes. */
  offset: number
  /** In bytes, 2 to 14. */
  headerLength: number
  /** The form of its payload length. */
  lengthBits: LengthBits
  /** Every rule that it breaks, in the order in which that becomes certain; empty if it is valid. */
  violations: Violation[]
}

/** What `inspect` found. `JSON.stringify` leaves `bytes` out and gives payloads, data and masking keys in hex. */
export interface Inspection {
  /** The bytes that were inspected, not copied. */
  bytes: Uint8Array
  /** The complete frames, valid or not, up to a Close frame. */
  frames: InspectedFrame[]
  /** The messages that a `MessageReader` delivers before the error, if there is one. */
  messages: Message[]
  /**
   * `error`: a rule is broken. `incomplete`: the bytes end inside a frame. `complete`: they end with a frame, or in the bytes after a
   * Close frame, which are discarded.
   */
  outcome: 'complete' | 'incomplete' | 'error'
  /** The error that a `MessageReader` throws, or null. */
  error: ProtocolError | null
  /**
   * Every violation of every frame, of the last one too if it is incomplete. Compressed messages are inflated up to the verdict only.
   *
   * The first data frame after a Close frame is the last of them, as `after-close`. A reader discards that frame, so it changes neither
   * `outcome` nor `error`. Valid control frames between the two are passed over; behind a frame that is invalid or incomplete nothing
   * more is reported.
   */
  violations: Violation[]
  /** Position after the last of `frames`, in bytes. */
  bytesRead: number
  /** The least number of bytes that could complete the last frame; null unless the outcome is `incomplete`. */
  bytesNeeded: number | null
  /** Whether a fragmented message has begun and neither it nor the connection has ended. */
  messageOpen: boolean
}

/** Gives an inspection its JSON. */
export function inspectionWithJSON(inspection: Inspection): Inspection {
  return withJSON(inspection, function () {
    const { bytes: _bytes, ...rest } = this
    return { ...rest, error: rest.error && { ...rest.error, message: rest.error.message } }
  })
}

/** Gives a message its JSON. */
export function messageWithJSON(message: Message): Message {
  return message.type === 'close' || message.type === 'text' ? message : withJSON(message, jsonOfBytes)
}

function jsonOfBytes(this: { readonly data: Uint8Array }): unknown {
  return { ...this, data: hexOf(this.data) }
}

/** Gives plain data a `toJSON` that is not seen otherwise. */
function withJSON<T extends object>(value: T, toJSON: (this: T) => unknown): T {
  return Object.defineProperty(value, 'toJSON', { value: toJSON })
}

/**
 * A frame with its JSON. Hostile input has a frame every two bytes, so the object is built by a constructor: V8 then keeps `toJSON` inside
 * it, where {@link withJSON} would add 40 bytes to a literal.
 */
export function inspectedFrame(
  frame: Frame,
  offset: number,
  headerLength: number,
  lengthBits: LengthBits,
  violations: Violation[],
): InspectedFrame {
  return Reflect.construct(FrameFields, [frame, offset, headerLength, lengthBits, violations])
}

function FrameFields(
  this: InspectedFrame,
  frame: Frame,
  offset: number,
  headerLength: number,
  lengthBits: LengthBits,
  violations: Violation[],
): void {
  this.offset = offset
  this.headerLength = headerLength
  this.lengthBits = lengthBits
  this.fin = frame.fin
  this.rsv1 = frame.rsv1
  this.rsv2 = frame.rsv2
  this.rsv3 = frame.rsv3
  this.opcode = frame.opcode
  this.maskingKey = frame.maskingKey
  this.payload = frame.payload
  this.violations = violations
  withJSON(this, jsonOfFrame)
}

// Plain data has no prototype of its own, which `assert.deepStrictEqual` would see.
FrameFields.prototype = Object.prototype

function jsonOfFrame(this: InspectedFrame): unknown {
  const { maskingKey, payload } = this
  return { ...this, maskingKey: maskingKey === null ? null : keyHex(maskingKey), payload: hexOf(payload) }
}
