/**
 * What the reference says of a stream, in the form in which readers are held against it: what is there after so many
 * bytes.
 */
import { referenceDecode } from '../reference/decode.js'
import type { BegunFrame, ReferenceError, ReferenceFrame } from '../reference/decode.js'
import { referenceMessages } from '../reference/messages.js'
import type { ReferenceMessage, ReferenceMessages } from '../reference/messages.js'
import type { FuzzOptions } from './valid.js'

/** What a reader delivers, a frame or a message, in order. */
export interface Expected<T> {
  readonly items: readonly T[]
  /** For each item the number of bytes that complete it. */
  readonly ends: readonly number[]
  readonly error: ReferenceError | null
  readonly closed: boolean
  /** The violation that the end of the stream is, if it is one. */
  readonly truncated: ReferenceError | null
}

export interface ExpectedFrames extends Expected<ReferenceFrame> {
  /** The frames with a complete length field: the items, and perhaps one more. */
  readonly begun: readonly BegunFrame[]
  /** In bytes. */
  readonly maxPayloadLength: number
}

export interface ExpectedMessages extends Expected<ReferenceMessage> {
  readonly outcome: ReferenceMessages['outcome']
  readonly messageOpen: boolean
  /** Those before the offending one. */
  readonly frames: readonly ReferenceFrame[]
}

/** The limit of a `FrameReader` that is told nothing, in bytes. */
const DEFAULT_MAX_PAYLOAD_LENGTH = 16 * 1024 * 1024

const CONTINUATION = 0x0
const BINARY = 0x2
const CLOSE = 0x8
const PONG = 0xa

export function expectedFrames(bytes: Uint8Array, options: FuzzOptions): ExpectedFrames {
  const begun: BegunFrame[] = []
  const { sender, extensions, maxPayloadLength = DEFAULT_MAX_PAYLOAD_LENGTH } = options
  const frameOptions = { ...(sender && { sender }), ...(extensions && { extensions }), maxPayloadLength }
  const { frames, error, closed, insideFrame, messageOpen } = referenceDecode(bytes, frameOptions, begun)
  const ends = frames.map((frame) => endOf(frame, begun))
  const isTruncated = error === null && !closed && (insideFrame || messageOpen)
  const truncated = isTruncated ? truncatedAt(ends.at(-1) ?? 0, bytes.length) : null
  return { items: frames, begun, maxPayloadLength, ends, error, closed, truncated }
}

export function expectedMessages(
  bytes: Uint8Array,
  options: FuzzOptions,
  inflate?: (data: Uint8Array, maxLength: number) => Uint8Array,
): ExpectedMessages {
  const { messages, error, frames, outcome, closed, messageOpen } = referenceMessages(bytes, {
    ...options,
    ...(inflate === undefined ? {} : { inflate }),
  })
  let end = 0
  let opcodeOfMessage = CONTINUATION
  const endsOfMessages: number[] = []
  for (const frame of frames) {
    const { opcode, fin } = frame
    end += lengthOnTheWire(frame)
    if (opcode !== CONTINUATION && opcode < CLOSE) opcodeOfMessage = opcode
    const isDelivered = opcode >= CLOSE ? opcode <= PONG : fin && opcodeOfMessage <= BINARY
    if (isDelivered) endsOfMessages.push(end)
  }
  const isTruncated = error === null && !closed && (outcome === 'incomplete' || messageOpen)
  return {
    items: messages,
    ends: endsOfMessages,
    error,
    closed,
    truncated: isTruncated ? truncatedAt(end, bytes.length) : null,
    outcome,
    messageOpen,
    frames,
  }
}

function endOf({ offset }: ReferenceFrame, begun: readonly BegunFrame[]): number {
  const frame = begun.find((candidate) => candidate.offset === offset)
  if (frame === undefined) throw new Error(`the frame at ${offset} has not begun`)
  return frame.lengthEnd + (frame.masked ? 4 : 0) + Number(frame.length)
}

/** Of a frame that is in order, so that its length has the shortest form. */
export function lengthOnTheWire({ maskingKey, payload: { length } }: ReferenceFrame): number {
  return 2 + (length <= 125 ? 0 : length <= 65535 ? 2 : 8) + (maskingKey === null ? 0 : 4) + length
}

/** A stream that is cut off is wrong from the end of its last whole frame on, and that is certain at its end. */
function truncatedAt(offset: number, length: number): ReferenceError {
  return { rule: 'truncated', section: '7.1.5', closeCode: 1006, offset, detectedAfter: length }
}
