/**
 * Checks every frame of a stream against every rule. A reader stops at the first violation; a scan continues as long as it can tell where
 * the next frame begins.
 */
import { frameOf } from '../decode/frame.js'
import { TextCheck } from '../decode/text.js'
import type { TextViolation } from '../decode/text.js'
import {
  Bit,
  MAX_HEADER_LENGTH,
  blankHeader,
  extendedLengthBytes,
  headerLengthOf,
  leastLengthIn,
  lengthBitsOfField,
} from '../header/layout.js'
import type { LengthBits, WireHeader } from '../header/layout.js'
import type { FramePolicy } from '../header/policy.js'
import { readHeader } from '../header/read.js'
import { maskInPlace } from '../mask/mask.js'
import { readClosePayload } from '../protocol/close-payload.js'
import { NO_MESSAGE, enterFrame, isPlainText } from '../protocol/message-state.js'
import type { MessageState } from '../protocol/message-state.js'
import { Opcode, hasControlBit, opcodeName } from '../protocol/opcode.js'
import { messageWithoutPosition, rules, violationMessage } from '../protocol/rules.js'
import type { ProtocolError, Report, RuleId } from '../protocol/rules.js'
import { viewOf } from '../util/memory.js'
import { octetAt } from '../util/octets.js'
import { inspectedFrame } from './inspection.js'
import type { InspectedFrame, Violation } from './inspection.js'

/** The state of the stream at the end of the bytes. */
export interface ScanEnd {
  /** The violations of an incomplete last frame, or of the frames after a Close frame. */
  readonly violations: Violation[]
  /** Position after the last complete frame. */
  readonly bytesRead: number
  /** The smallest number of further bytes that could complete the last frame; null if it is complete. */
  readonly bytesMissing: number | null
  readonly messageOpen: boolean
}

export class Scan {
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #policy: FramePolicy
  readonly #verdict: ProtocolError | null
  /** Each message once, by rule and finding: hostile input has millions of violations, which share their messages. */
  readonly #messages = new Map<RuleId, Map<string, string>>()
  readonly #empty = new Uint8Array(0)
  readonly #header = blankHeader()
  #message: MessageState = NO_MESSAGE
  /** The check of the current text; null outside texts, and from a violation to the end of its text. */
  #text: TextCheck | null = null

  /**
   * @param bytes - payloads are unmasked in place and delivered as views
   * @param verdict - the error of a `MessageReader`. A scan does not inflate, so it cannot find an error in inflated data itself
   */
  constructor(bytes: Uint8Array<ArrayBuffer>, policy: FramePolicy, verdict: ProtocolError | null) {
    this.#bytes = bytes
    this.#policy = policy
    this.#verdict = verdict
  }

  /** @param onFrame - called with each complete frame, up to a Close frame */
  run(onFrame: (frame: InspectedFrame) => void): ScanEnd {
    const bytes = this.#bytes
    const header = this.#header
    let offset = 0
    while (offset < bytes.length) {
      const violations: Violation[] = []
      if (!this.#readHeader(offset, this.#message, violations))
        return this.#end(violations, offset, leastMissing(bytes, offset, this.#policy))

      const { firstByte, maskingKey, payloadLength, headerLength } = header
      const opcode = firstByte & Bit.opcode
      const fin = (firstByte & Bit.fin) !== 0
      const messageOpen = this.#message.open
      this.#message = enterFrame(this.#message, opcode, fin, (firstByte & this.#policy.compressedBit) !== 0, payloadLength)
      const start = offset + headerLength
      const payload = this.#payloadAt(start, header)
      const isComplete = payload.length === payloadLength
      const end = start + payload.length
      const report: Report = (rule, _, found) => violations.push(this.#violation(rule, offset, end, found))
      if (!hasControlBit(opcode)) {
        const violation = this.#checkText(opcode, payload, isComplete && fin)
        if (violation !== null) violations.push(this.#violation('text-utf8', offset, start + violation.pieceBytes, violation.found))
      }
      if (isComplete && opcode === Opcode.Close && payloadLength !== 1) readClosePayload(payload, offset, report)
      this.#addVerdict(violations, offset, end)
      if (!isComplete) return this.#end(violations, offset, payloadLength - payload.length, messageOpen)

      // A copy of `violations`: an array that has grown has unused capacity.
      onFrame(
        inspectedFrame(frameOf(firstByte, maskingKey, payload), offset, headerLength, lengthBitsOf(bytes, offset), violations.slice()),
      )
      offset = end
      if (opcode === Opcode.Close) {
        this.#message = NO_MESSAGE
        return this.#end(this.#violationsAfterClose(offset), offset, null)
      }
    }
    return this.#end([], offset, null)
  }

  #end(violations: Violation[], bytesRead: number, bytesMissing: number | null, messageOpen = this.#message.open): ScanEnd {
    return { violations, bytesRead, bytesMissing, messageOpen }
  }

  /**
   * Reads a header from one byte, then from two, and so on, to find the number of bytes after which each violation is certain.
   *
   * @param message - null if the order of frames does not matter
   * @returns whether the header is complete
   */
  #readHeader(offset: number, message: MessageState | null, violations: Violation[]): boolean {
    const last = Math.min(this.#bytes.length, offset + MAX_HEADER_LENGTH)
    let end = offset + 1
    const report: Report = (rule, _, found) => {
      const isKnown = violations.some((violation) => violation.rule === rule)
      if (!isKnown) violations.push(this.#violation(rule, offset, end, found))
    }
    for (; end <= last; end++) {
      if (readHeader(this.#bytes, offset, end, this.#policy, message, offset, report, this.#header)) return true
    }
    return false
  }

  /** Unmasks the payload that begins at `start`, as far as it is there. */
  #payloadAt(start: number, { maskingKey, payloadLength }: WireHeader): Uint8Array<ArrayBuffer> {
    const end = Math.min(start + payloadLength, this.#bytes.length)
    if (end === start) return this.#empty
    if (maskingKey !== null) maskInPlace(this.#bytes, start, end, maskingKey, 0)
    return viewOf(this.#bytes, start, end)
  }

  /** Checks the payload of a data frame; returns the violation if this frame makes it certain that its text is not UTF-8. */
  #checkText(opcode: number, payload: Uint8Array, isLast: boolean): TextViolation | null {
    if (opcode !== Opcode.Continuation) this.#text = isPlainText(this.#message) ? new TextCheck() : null
    const text = this.#text
    if (text === null) return null
    text.add(payload, 0, payload.length)
    if (isLast) text.end(payload.length)
    const { violation } = text
    if (violation !== null || isLast) this.#text = null
    return violation
  }

  /** Adds the verdict to its frame if it is about inflated data. Then a scan, which finds any other verdict, finds nothing there. */
  #addVerdict(violations: Violation[], offset: number, end: number): void {
    const verdict = this.#verdict
    if (verdict === null || verdict.offset !== offset || violations.length > 0) return
    violations.push(violationOf(verdict.rule, offset, end, messageWithoutPosition(verdict)))
  }

  /** Reports `after-close` if a data frame follows. The search ends at an invalid or incomplete frame. */
  #violationsAfterClose(start: number): Violation[] {
    let offset = start
    while (offset < this.#bytes.length) {
      const opcode = octetAt(this.#bytes, offset) & Bit.opcode
      const broken: Violation[] = []
      const end = this.#endOfFrame(offset, broken)
      if (!hasControlBit(opcode)) {
        const isDataFrame = broken.every(({ detectedAfter }) => detectedAfter > offset + 1)
        const found = `a ${opcodeName(opcode)} frame comes after a close frame`
        return isDataFrame ? [this.#violation('after-close', offset, offset + 1, found)] : []
      }
      if (end === null || broken.length > 0) return []
      offset = end
    }
    return []
  }

  /** @returns the position after a frame behind a Close frame; null if the frame is incomplete */
  #endOfFrame(offset: number, broken: Violation[]): number | null {
    const header = this.#header
    if (!this.#readHeader(offset, null, broken)) return null
    const start = offset + header.headerLength
    const end = start + header.payloadLength
    if (end > this.#bytes.length) return null
    if ((header.firstByte & Bit.opcode) === Opcode.Close && header.payloadLength !== 1) {
      readClosePayload(this.#payloadAt(start, header), offset, (rule, _, found) => broken.push(this.#violation(rule, offset, end, found)))
    }
    return end
  }

  #violation(rule: RuleId, offset: number, detectedAfter: number, found: string): Violation {
    let ofRule = this.#messages.get(rule)
    if (ofRule === undefined) this.#messages.set(rule, (ofRule = new Map()))
    let message = ofRule.get(found)
    if (message === undefined) ofRule.set(found, (message = violationMessage(rule, found)))
    return violationOf(rule, offset, detectedAfter, message)
  }
}

function violationOf(rule: RuleId, offset: number, detectedAfter: number, message: string): Violation {
  const { rfc, section, closeCode } = rules[rule]
  return { rule, rfc, section, closeCode, offset, detectedAfter, message }
}

/**
 * The smallest number of further bytes that could complete a frame whose header is incomplete. The missing fields are taken to have their
 * shortest values.
 */
function leastMissing(bytes: Uint8Array, offset: number, { wrongMask }: FramePolicy): number {
  const octet = (position: number, otherwise: number) => (position < bytes.length ? octetAt(bytes, position) : otherwise)
  const second = octet(offset + 1, wrongMask === 0 ? Bit.mask : 0)
  const lengthBits = lengthBitsOf(bytes, offset)
  let payloadLength = lengthBits === 7 ? second & Bit.payloadLength : 0
  for (let i = 0; i < extendedLengthBytes(lengthBits); i++) payloadLength = payloadLength * 256 + octet(offset + 2 + i, 0)
  // The subtraction comes first, so that the sum is not rounded unnecessarily.
  return (
    Math.max(payloadLength, leastLengthIn(lengthBits)) - (bytes.length - offset) + headerLengthOf(lengthBits, (second & Bit.mask) !== 0)
  )
}

/** The form of the payload length that the second byte announces. */
function lengthBitsOf(bytes: Uint8Array, offset: number): LengthBits {
  return lengthBitsOfField(octetAt(bytes, offset + 1) & Bit.payloadLength)
}
