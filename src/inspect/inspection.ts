/**
 * The result of an inspection: plain data with readable JSON.
 */
import type { Frame } from '../decode/frame.js'
import type { Message } from '../decode/message.js'
import type { LengthBits } from '../header/layout.js'
import type { ProtocolError, Rule, RuleId } from '../protocol/rules.js'
import { hexOf, keyHex } from '../util/octets.js'

/** A rule that a frame breaks. */
export interface Violation {
  readonly rule: RuleId
  /** The RFC that states the rule: 6455, or 7692 for permessage-deflate. */
  readonly rfc: Rule['rfc']
  /** The section of that RFC. */
  readonly section: string
  /** Close code to reply with; 1006 if there is no peer to reply to. */
  readonly closeCode: number
  /** Position of the frame's first byte in the stream, in bytes. */
  readonly offset: number
  /** Number of bytes, from the beginning of the stream, after which the violation is certain. The last of them made it certain. */
  readonly detectedAfter: number
  /** What was found, what is allowed, and the rule: the message of a `ProtocolError` without the position. */
  readonly message: string
}

/**
 * A frame and its position. `JSON.stringify` writes the masking key and the payload as hex.
 *
 * All payloads of an inspection are views of one buffer, a copy of the bytes. If you transfer that buffer, all payloads are detached.
 */
export interface InspectedFrame extends Frame {
  /** Position of the frame's first byte in the stream, in bytes. */
  offset: number
  /** Length of the header in bytes, 2 to 14. */
  headerLength: number
  /** The form of the payload length, in bits. */
  lengthBits: LengthBits
  /** Every rule that the frame breaks, in the order in which the violations become certain; empty if the frame is valid. */
  violations: Violation[]
}

/** The result of `inspect`. `JSON.stringify` omits `bytes` and writes payloads, data and masking keys as hex. */
export interface Inspection {
  /** The bytes that were inspected, not copied. */
  bytes: Uint8Array
  /** The complete frames, valid or not, up to a Close frame. */
  frames: InspectedFrame[]
  /** The messages that a `MessageReader` delivers, up to the error if there is one. */
  messages: Message[]
  /**
   * `error`: the bytes break a rule. `incomplete`: they end inside a frame. `complete`: they end after a frame, or anywhere after a Close
   * frame, since a reader discards the bytes that follow it.
   */
  outcome: 'complete' | 'incomplete' | 'error'
  /** The error that a `MessageReader` throws, or null. */
  error: ProtocolError | null
  /**
   * Every violation of every frame, also of an incomplete last frame. Compressed messages after `error` are not inflated.
   *
   * The first data frame after a Close frame is reported as the last violation, `after-close`. A reader discards that frame, so it changes
   * neither `outcome` nor `error`. Valid control frames may stand between the two. After an invalid or incomplete frame behind the Close
   * frame, nothing more is reported.
   */
  violations: Violation[]
  /** Position after the last of `frames` in the stream, in bytes. */
  bytesRead: number
  /** The smallest number of further bytes that could complete the last frame; null unless the outcome is `incomplete`. */
  bytesNeeded: number | null
  /** Whether a fragmented message has begun and neither it nor the connection has ended. */
  messageOpen: boolean
}

/** Adds the JSON form to an inspection. */
export function inspectionWithJSON(inspection: Inspection): Inspection {
  return withJSON(inspection, function () {
    const { bytes: _bytes, ...rest } = this
    return { ...rest, error: rest.error && { ...rest.error, message: rest.error.message } }
  })
}

/** Adds the JSON form to a message. */
export function messageWithJSON(message: Message): Message {
  return message.type === 'close' || message.type === 'text' ? message : withJSON(message, jsonOfBytes)
}

function jsonOfBytes(this: { readonly data: Uint8Array }): unknown {
  return { ...this, data: hexOf(this.data) }
}

/** Adds a `toJSON` that is not enumerable. */
function withJSON<T extends object>(value: T, toJSON: (this: T) => unknown): T {
  return Object.defineProperty(value, 'toJSON', { value: toJSON })
}

/**
 * A frame with its JSON form. Hostile input has a frame every two bytes, so memory counts: V8 stores `toJSON` inside an object that a
 * constructor made, but outside an object literal.
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

// Another prototype would make `assert.deepStrictEqual` fail against plain data.
FrameFields.prototype = Object.prototype

function jsonOfFrame(this: InspectedFrame): unknown {
  const { maskingKey, payload } = this
  return { ...this, maskingKey: maskingKey === null ? null : keyHex(maskingKey), payload: hexOf(payload) }
}
