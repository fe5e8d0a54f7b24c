/**
 * The oracle: says everything about any bytes, and never throws on them.
 *
 * The verdict and the messages are those of a `MessageReader`. The frames are read once more, since a reader stops at the
 * first violation: here each frame is held against every rule, and the next one is looked at as long as it is known where
 * it begins.
 */
import { assertBytes, assertObject } from './arguments.js'
import { readClosePayload } from './close.js'
import { frameOf } from './frame.js'
import type { Frame } from './frame.js'
import { MAX_HEADER_LENGTH, advance, blankHeader, readHeader } from './header.js'
import type { LengthBits, MessageState, WireHeader } from './header.js'
import { maskInPlace } from './mask.js'
import { DEFAULT_MAX_MESSAGE_LENGTH, MessageReader } from './message.js'
import type { Message, MessageReaderOptions } from './message.js'
import { hexOf, keyHex, octetAt } from './octets.js'
import { Opcode, hasControlBit } from './opcode.js'
import { Bit, readPolicy } from './options.js'
import type { DecodeOptions, FramePolicy } from './options.js'
import { ProtocolError, rules, violationMessage } from './rules.js'
import type { Report, RuleId } from './rules.js'
import { TextCheck } from './text.js'

/** Options of {@link inspect}: those of a `MessageReader`, with the same defaults. */
export interface InspectOptions extends DecodeOptions, Pick<MessageReaderOptions, 'maxMessageLength'> {
  /** As for a `MessageReader`. */
  readonly inflate?: MessageReaderOptions['inflate']
}

/** One rule broken by one frame. */
export interface Violation {
  readonly rule: RuleId
  /** Section of RFC 6455 that states the rule. */
  readonly section: string
  /** Close code to answer with. */
  readonly closeCode: number
  /** Position of the frame's first byte, in bytes. */
  readonly offset: number
  /** How many bytes of the stream make the violation certain: the last of them is the one that did. */
  readonly detectedAfter: number
  /** What was found and what is allowed. */
  readonly message: string
}

/** A frame and where it lies. `JSON.stringify` gives masking key and payload in hex. */
export interface InspectedFrame extends Frame {
  /** Position of its first byte, in bytes. */
  offset: number
  /** In bytes, 2 to 14. */
  headerLength: number
  /** The form of its payload length. */
  lengthBits: LengthBits
  /** Every rule that it breaks, in the order in which that becomes certain; empty if it is in order. */
  violations: Violation[]
}

/** What {@link inspect} found. `JSON.stringify` leaves `bytes` out and gives payloads, data and masking keys in hex. */
export interface Inspection {
  /** The bytes that were inspected, not copied. */
  bytes: Uint8Array
  /** The frames that are complete, whether in order or not, up to a Close frame. */
  frames: InspectedFrame[]
  /** The messages that a `MessageReader` delivers before the error, if there is one. */
  messages: Message[]
  /**
   * `error`: a rule is broken. `incomplete`: the bytes end inside a frame. `complete`: they end with a frame, or in what is
   * discarded after a Close frame.
   */
  outcome: 'complete' | 'incomplete' | 'error'
  /** The error that a `MessageReader` throws, or null. */
  error: ProtocolError | null
  /**
   * Every violation, of the last frame too if it is incomplete. What compressed messages inflate to is looked at up to the
   * verdict only.
   */
  violations: Violation[]
  /** Position after the last of `frames`, in bytes. */
  bytesRead: number
  /** The least number of bytes that could complete the last frame; null unless the outcome is `incomplete`. */
  bytesNeeded: number | null
  /** Whether a fragmented message has begun and neither it nor the connection has ended. */
  messageOpen: boolean
}

/**
 * Says everything about the bytes of a stream: frames, messages, every violation, and the verdict.
 *
 * @param bytes - from a frame's beginning on; not modified, and not copied into the result
 * @param options - those of a `MessageReader`
 * @throws TypeError or RangeError for arguments of another type or range; never for any bytes
 *
 * @example
 * ```js
 * const { outcome, error, frames } = inspect(parseHex('8105 48656c6c6f 817e 007d'))
 * outcome // 'error'
 * error.rule // 'length-not-minimal'
 * frames.length // 1
 * ```
 */
export function inspect(bytes: Uint8Array, options: InspectOptions = {}): Inspection {
  assertBytes(bytes, 'bytes')
  assertObject(options, 'options')
  const { messages, error } = readMessages(bytes, options)
  const { frames, violationsOfLast, bytesMissing, messageOpen } = readFrames(bytes, options, error)
  const last = frames.at(-1)
  const inspection: Inspection = {
    bytes,
    frames,
    messages,
    outcome: error !== null ? 'error' : bytesMissing !== null ? 'incomplete' : 'complete',
    error,
    violations: [...frames.flatMap(({ violations }) => violations), ...violationsOfLast],
    bytesRead: last === undefined ? 0 : endOf(last),
    bytesNeeded: error === null ? bytesMissing : null,
    messageOpen,
  }
  return withJSON(inspection, ({ bytes: _bytes, ...rest }) => {
    return { ...rest, error: error && { ...error, message: error.message } }
  })
}

function readMessages(bytes: Uint8Array, options: InspectOptions): Pick<Inspection, 'messages' | 'error'> {
  const reader = new MessageReader({ ...options, ownsChunks: false })
  const messages: Message[] = []
  try {
    for (const message of reader.push(bytes)) messages.push(withHexData(message))
  } catch (error) {
    if (error instanceof ProtocolError) return { messages, error }
    throw error
  }
  return { messages, error: null }
}

/** @param error - the verdict, which may come from what a message inflates to: that is not looked at again */
function readFrames(bytes: Uint8Array, options: InspectOptions, error: ProtocolError | null) {
  const { maxMessageLength = DEFAULT_MAX_MESSAGE_LENGTH, extensions } = options
  const policy = readPolicy(options, Infinity, maxMessageLength)
  const message: MessageState = { open: false, isText: false, length: 0 }
  /** Null where there is no text, or what is wrong with it has been said. */
  let text: TextCheck | null = null
  const frames: InspectedFrame[] = []
  const result = (violationsOfLast: Violation[], bytesMissing: number | null) => {
    return { frames, violationsOfLast, bytesMissing, messageOpen: message.open }
  }

  let offset = 0
  while (offset < bytes.length) {
    const header = blankHeader()
    const violations = violationsOfHeader(bytes, offset, policy, message)
    if (!readHeader(bytes, offset, bytes.length, policy, message, offset, ignore, header)) {
      return result(violations, leastMissing(bytes, offset, policy))
    }
    const { payloadLength, headerLength } = header
    const start = offset + headerLength
    const frame = frameOf(header.firstByte, header.maskingKey, unmaskedPayload(bytes, start, header))
    const { opcode, fin, rsv1, payload } = frame
    const isComplete = payload.length === payloadLength
    const report = (rule: RuleId, detectedAfter: number, found: string) => {
      violations.push(violationOf(rule, offset, detectedAfter, violationMessage(rule, offset, found)))
    }

    if (opcode !== Opcode.Continuation && !hasControlBit(opcode)) {
      const isText = opcode === Opcode.Text && !(rsv1 && extensions?.permessageDeflate === true)
      text = isText ? new TextCheck() : null
    }
    if (text !== null && !hasControlBit(opcode)) {
      const isLast = isComplete && fin
      const violation = text.check(payload, isLast)
      if (violation !== null) report('text-utf8', start + violation.pieceBytes, violation.found)
      if (violation !== null || isLast) text = null
    }
    if (!isComplete) return result(violations, payloadLength - payload.length)

    const end = start + payloadLength
    if (opcode === Opcode.Close && payloadLength !== 1) {
      readClosePayload(payload, offset, (rule, _, found) => report(rule, end, found))
    }
    if (error !== null && error.offset === offset && violations.length === 0) {
      violations.push(violationOf(error.rule, offset, end, error.message))
    }
    frames.push(inspectedFrame({ offset, headerLength, lengthBits: lengthBitsOf(bytes, offset), ...frame, violations }))
    offset = end
    advance(message, header, policy)
    if (opcode === Opcode.Close) {
      message.open = false
      break
    }
  }
  return result([], null)
}

const ignore = (): void => {}

/** What has come of the payload that begins at `start`. */
function unmaskedPayload(bytes: Uint8Array, start: number, { maskingKey, payloadLength }: WireHeader): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(bytes.subarray(start, start + payloadLength))
  if (maskingKey !== null) maskInPlace(payload, 0, payload.length, maskingKey, 0)
  return payload
}

function inspectedFrame(frame: Omit<InspectedFrame, 'toJSON'>): InspectedFrame {
  return withJSON(frame, ({ maskingKey, ...rest }) => {
    return { ...rest, maskingKey: maskingKey === null ? null : keyHex(maskingKey), payload: hexOf(rest.payload) }
  })
}

/**
 * The rules that a header breaks, each with the least number of bytes that makes it certain. Found by reading the header with
 * one byte, with two, and so on, so that it is when a reader would have noticed.
 */
function violationsOfHeader(bytes: Uint8Array, offset: number, policy: FramePolicy, message: MessageState): Violation[] {
  const violations: Violation[] = []
  const into = blankHeader()
  let isInOrder = true
  readHeader(bytes, offset, bytes.length, policy, message, offset, () => (isInOrder = false), into)
  if (isInOrder) return violations

  for (let end = offset + 1; end <= Math.min(bytes.length, offset + MAX_HEADER_LENGTH); end++) {
    const report: Report = (rule, _, found) => {
      const isKnown = violations.some((violation) => violation.rule === rule)
      if (!isKnown) violations.push(violationOf(rule, offset, end, violationMessage(rule, offset, found)))
    }
    readHeader(bytes, offset, end, policy, message, offset, report, into)
  }
  return violations
}

function violationOf(rule: RuleId, offset: number, detectedAfter: number, message: string): Violation {
  const { section, closeCode } = rules[rule]
  return { rule, section, closeCode, offset, detectedAfter, message }
}

/**
 * The least number of bytes that could complete a frame whose header is incomplete: what is missing is taken to be as
 * short as it may be.
 */
function leastMissing(bytes: Uint8Array, offset: number, { wrongMask }: FramePolicy): number {
  const octet = (position: number, otherwise: number) => (position < bytes.length ? octetAt(bytes, position) : otherwise)
  const second = octet(offset + 1, wrongMask === 0 ? Bit.mask : 0)
  const lengthBits = lengthBitsOf(bytes, offset)
  const extendedLength = lengthBits === 7 ? 0 : lengthBits / 8
  let payloadLength = lengthBits === 7 ? second & 0x7f : 0
  for (let i = 0; i < extendedLength; i++) payloadLength = payloadLength * 256 + octet(offset + 2 + i, 0)
  const shortest = { 7: 0, 16: 126, 64: 65536 }[lengthBits]
  const maskingKeyLength = (second & Bit.mask) === 0 ? 0 : 4
  // The largest first becomes smaller, so that no sum is rounded that need not be.
  return Math.max(payloadLength, shortest) - (bytes.length - offset) + 2 + extendedLength + maskingKeyLength
}

/** The form of the payload length, as the second byte has it. */
function lengthBitsOf(bytes: Uint8Array, offset: number): LengthBits {
  const lengthField = octetAt(bytes, offset + 1) & 0x7f
  return lengthField === 127 ? 64 : lengthField === 126 ? 16 : 7
}

function endOf({ offset, headerLength, payload }: InspectedFrame): number {
  return offset + headerLength + payload.length
}

function withHexData(message: Message): Message {
  return withJSON(message, (value) => {
    return value.type !== 'close' && typeof value.data !== 'string' ? { ...value, data: hexOf(value.data) } : value
  })
}

/** Gives plain data a `toJSON` that is not seen otherwise. */
function withJSON<T extends object>(value: T, json: (value: T) => unknown): T {
  return Object.defineProperty(value, 'toJSON', { value: () => json(value) })
}
