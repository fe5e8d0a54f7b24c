/**
 * The verdict on a stream: that of a `MessageReader`, with every frame and every violation.
 */
import { assertBytes, assertObject } from '../util/arguments.js'
import type { InspectedFrame, Inspection, Violation } from './inspection.js'
import { MessageReader } from '../decode/message-reader.js'
import type { Message, MessageReaderOptions } from '../decode/message.js'
import { readPolicy } from '../header/make-policy.js'
import type { DecodeOptions } from '../protocol/options.js'
import { ProtocolError } from '../protocol/rules.js'
import { Scan } from './scan.js'
import type { TextAs, TextOf } from '../decode/text.js'

/** Options of `inspect`: those of a `MessageReader`, with the same defaults. */
export interface InspectOptions extends DecodeOptions {
  /** The longest payload of a data frame, in bytes. Default: none. */
  readonly maxPayloadLength?: number | undefined
  /** The longest message, in bytes over all its fragments: a whole number or `Infinity`. Default 64 MiB. */
  readonly maxMessageLength?: MessageReaderOptions['maxMessageLength']
  /**
   * As for a `MessageReader`: called once for each compressed message, in order, up to the verdict. Without it compressed messages are left
   * as they are.
   */
  readonly inflate?: MessageReaderOptions['inflate']
}

/** What is found besides the frames and messages. */
export interface Findings extends Pick<Inspection, 'outcome' | 'error' | 'bytesRead' | 'bytesNeeded' | 'messageOpen'> {
  /** Those that belong to no complete frame. */
  readonly lastViolations: Violation[]
}

/** What is not for the user to say. */
export interface Examination<As extends TextAs> {
  /** The limit in bytes if the options have none. */
  readonly maxMessageLength: number
  /** As bytes, a text may be longer than a string can be. */
  readonly textAs: As
}

/**
 * @param options - each is read once
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
  // Not bytes.slice(): that of a Buffer does not copy. The reader makes a copy of its own.
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

/** Options in an object of their own, wherever they come from: inherited ones and getters count as they do for a reader. */
function plainOptions(options: InspectOptions, defaultMaxMessageLength: number) {
  assertObject(options, 'options')
  const { sender, extensions, maxPayloadLength, maxMessageLength = defaultMaxMessageLength, inflate } = options
  return { sender, extensions: plainExtensions(extensions), maxPayloadLength, maxMessageLength, inflate }
}

function plainExtensions(extensions: InspectOptions['extensions']): InspectOptions['extensions'] {
  // What is no object is for the reader to refuse.
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
