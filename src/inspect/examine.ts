/**
 * Examines a stream: the verdict of a `MessageReader`, and every frame and violation.
 */
import { MessageReader } from '../decode/message-reader.js'
import type { Message, MessageReaderOptions } from '../decode/message.js'
import type { TextAs, TextOf } from '../decode/text.js'
import { readPolicy } from '../header/make-policy.js'
import type { DecodeOptions } from '../protocol/options.js'
import { ProtocolError } from '../protocol/rules.js'
import { assertBytes, assertObject } from '../util/arguments.js'
import type { InspectedFrame, Inspection, Violation } from './inspection.js'
import { Scan } from './scan.js'

/** Options of `inspect`. They mean the same as for a `MessageReader`, and have the same defaults. */
export interface InspectOptions extends DecodeOptions {
  /** The longest payload of a data frame, in bytes: a whole number or `Infinity`. Default: no limit. */
  readonly maxPayloadLength?: number | undefined
  /** The largest total payload length of a message, in bytes: a whole number or `Infinity`. Default 64 MiB. */
  readonly maxMessageLength?: MessageReaderOptions['maxMessageLength']
  /**
   * Inflates a message, as for a `MessageReader`. Called once for each compressed message before the first violation, in order. Without
   * it, compressed messages stay compressed.
   */
  readonly inflate?: MessageReaderOptions['inflate']
}

/** The result of an examination, except the frames and messages. */
export interface Findings extends Pick<Inspection, 'outcome' | 'error' | 'bytesRead' | 'bytesNeeded' | 'messageOpen'> {
  /** The violations that belong to no complete frame. */
  readonly lastViolations: Violation[]
}

/** The settings that `inspect` and `explain` choose, not the user. */
export interface Examination<As extends TextAs> {
  /** The limit of messages, in bytes, if the options have none. */
  readonly maxMessageLength: number
  /** How texts are delivered. As bytes, a text may be longer than the longest string. */
  readonly textAs: As
}

/**
 * @param bytes - not modified; payloads are views of a copy
 * @param options - each option is read once
 * @param onFrame - called with each complete frame, up to a Close frame, after the calls of `onMessage`
 * @param onMessage - called with each message before the first violation
 * @throws TypeError or RangeError for arguments of another type or range
 */
export function examine<As extends TextAs>(
  bytes: Uint8Array,
  options: InspectOptions,
  { maxMessageLength, textAs }: Examination<As>,
  onFrame: (frame: InspectedFrame) => void,
  onMessage: (message: Message<TextOf<As>>) => void,
): Findings {
  assertBytes(bytes, 'bytes')
  const given = plainOptions(options, maxMessageLength)
  const reader = new MessageReader<As>({ ...given, textAs })
  // Not bytes.slice(): Buffer.slice() does not copy. The reader copies again, so both can unmask in place.
  const copy = new Uint8Array(bytes)
  const error = verdictOf(reader, copy, onMessage)
  const policy = readPolicy(given, Infinity, given.maxMessageLength)
  const scan = new Scan(copy, policy, error)
  const { violations, bytesRead, bytesMissing, messageOpen } = scan.run(onFrame)
  return {
    outcome: error !== null ? 'error' : bytesMissing !== null ? 'incomplete' : 'complete',
    error,
    lastViolations: violations,
    bytesRead,
    bytesNeeded: error === null ? bytesMissing : null,
    messageOpen,
  }
}

/** Reads each option once into a new object. Inherited options and getters count, as they do for a reader. */
function plainOptions(options: InspectOptions, defaultMaxMessageLength: number) {
  assertObject(options, 'options')
  const { sender, extensions, maxPayloadLength, maxMessageLength = defaultMaxMessageLength, inflate } = options
  return { sender, extensions: plainExtensions(extensions), maxPayloadLength, maxMessageLength, inflate }
}

function plainExtensions(extensions: InspectOptions['extensions']): InspectOptions['extensions'] {
  // The reader throws for a value that is not an object.
  if (typeof extensions !== 'object' || extensions === null) return extensions
  const { permessageDeflate, rsv1, rsv2, rsv3, opcodes } = extensions
  return { permessageDeflate, rsv1, rsv2, rsv3, opcodes }
}

function verdictOf<As extends TextAs>(
  reader: MessageReader<As>,
  bytes: Uint8Array,
  onMessage: (message: Message<TextOf<As>>) => void,
): ProtocolError | null {
  try {
    for (const message of reader.push(bytes)) onMessage(message)
  } catch (error) {
    if (error instanceof ProtocolError) return error
    throw error
  }
  return null
}
