/**
 * The message layer of the reference decoder, straight from RFC 6455, sections 5.4, 5.6 and 8.1, and RFC 7692, section 7.2.2:
 * plain, slow and independent of `src`.
 *
 * The frame layer has read as far as it could. Here its frames are gone through once more, front to back and the payloads
 * octet by octet. The frame layer stops at its own violation, so one that is found among the frames it has begun was
 * certain earlier, and is the verdict.
 */
import { referenceDecode, utf8Characters } from './decode.js'
import type { BegunFrame, ReferenceError, ReferenceFrame, ReferenceOptions } from './decode.js'

export interface ReferenceMessageOptions extends Omit<ReferenceOptions, 'messageOpen'> {
  /** In bytes. Left out: none. */
  maxPayloadLength?: number
  /** In bytes. Left out: 64 MiB. */
  maxMessageLength?: number
  /** Left out: compressed messages are given as they are. What it throws means that the data does not inflate. */
  inflate?: (data: Uint8Array, maxLength: number) => Uint8Array
}

export type ReferenceMessage =
  | { type: 'text'; data: string }
  | { type: 'binary' | 'ping' | 'pong'; data: number[] }
  | { type: 'close'; code: number; reason: string }
  | { type: 'compressed'; opcode: 1 | 2; data: number[] }

export interface ReferenceMessages {
  /** Those delivered before the error or the end, in the order in which they are complete. */
  messages: ReferenceMessage[]
  error: ReferenceError | null
  /** The frames that are complete before the offending one or the end. */
  frames: ReferenceFrame[]
  outcome: 'complete' | 'incomplete' | 'error'
  /** A Close frame was read; the bytes after it were discarded. */
  closed: boolean
  /** The bytes are in order but end inside a fragmented message, or inside a frame after its first fragments. */
  messageOpen: boolean
}

const CONTINUATION = 0x0
const TEXT = 0x1
const BINARY = 0x2
const CLOSE = 0x8
const PING = 0x9
const PONG = 0xa

/** The verdict of a MessageReader on these bytes. */
export function referenceMessages(bytes: Uint8Array, options: ReferenceMessageOptions = {}): ReferenceMessages {
  const { maxMessageLength = 64 * 1024 * 1024, maxPayloadLength = Infinity, inflate, ...others } = options
  const begun: BegunFrame[] = []
  const decoded = referenceDecode(bytes, { ...others, maxPayloadLength }, begun)
  const messages: ReferenceMessage[] = []

  const broken = (rule: string, section: string, closeCode: number, frame: BegunFrame, after: number): ReferenceMessages => ({
    messages,
    error: { rule, section, closeCode, offset: frame.offset, detectedAfter: after },
    frames: decoded.frames.filter(({ offset }) => offset < frame.offset),
    outcome: 'error',
    closed: false,
    messageOpen: false,
  })

  // The data message in progress.
  let opcode = CONTINUATION
  let isCompressed = false
  let length = 0n
  let octets: number[] = []
  let unfinished: number[] = []

  for (const [i, frame] of begun.entries()) {
    const isDelivered = i < decoded.frames.length

    // ---- 5.5: control frames come between the fragments of a message and do nothing to it.

    if (frame.opcode >= 0x8) {
      if (!isDelivered) continue
      if (frame.opcode === PING) messages.push({ type: 'ping', data: frame.payload })
      if (frame.opcode === PONG) messages.push({ type: 'pong', data: frame.payload })
      if (frame.opcode === CLOSE) messages.push(closeMessage(frame.payload))
      continue
    }

    // ---- The first byte. 5.4: the opcode of a message is that of its first frame; continuations have opcode 0.

    if (frame.opcode !== CONTINUATION) {
      opcode = frame.opcode
      // RFC 7692, 6: RSV1 of the first frame says whether the message is compressed.
      isCompressed = frame.rsv1 && options.extensions?.permessageDeflate === true
      length = 0n
      octets = []
      unfinished = []
    }

    // ---- The length field. 10.4: an implementation may limit the size of a message, and knows it now.

    length += frame.length
    if (length > maxMessageLength) return broken('message-too-long', '10.4', 1009, frame, frame.lengthEnd)

    // ---- The payload. 5.4: a message is the payloads of its fragments, one after the other.

    let position = frame.lengthEnd + (frame.masked ? 4 : 0)
    for (const octet of frame.payload) {
      position += 1
      octets.push(octet)
      if (opcode !== TEXT || isCompressed) continue
      // 8.1, 5.6: text is UTF-8. A fragment may end inside a character.
      const next = nextUnfinished(unfinished, octet)
      if (next === null) return broken('text-utf8', '8.1', 1007, frame, position)
      unfinished = next
    }

    // ---- The end of the message.

    if (!isDelivered || !frame.fin) continue
    if (unfinished.length > 0) return broken('text-utf8', '8.1', 1007, frame, position)
    if (opcode !== TEXT && opcode !== BINARY) continue // 5.8: what an extension's opcodes carry is its own affair.
    const type = opcode === TEXT ? 'text' : 'binary'

    if (isCompressed && inflate === undefined) {
      messages.push({ type: 'compressed', opcode, data: octets })
      continue
    }
    if (isCompressed && inflate !== undefined) {
      // RFC 7692, 7.2.2: the sender has removed these four octets from the end.
      // After them an empty final block makes a complete stream of DEFLATE (RFC 1951, 3.2.3 and 3.2.4).
      const stream = [...octets, 0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff]
      try {
        octets = Array.from(inflate(Uint8Array.from(stream), Math.min(Math.max(maxMessageLength, 1), 2 ** 31 - 1)))
      } catch {
        return broken('deflate-data', '7.2.2', 1007, frame, position)
      }
      // 10.4: the limit. It comes first, since what inflates to more than that may have been cut off anywhere.
      if (octets.length > maxMessageLength) return broken('message-too-long', '10.4', 1009, frame, position)
    }
    if (type === 'binary') {
      messages.push({ type, data: octets })
      continue
    }
    const text = textOf(octets)
    if (text === null) return broken('text-utf8', '8.1', 1007, frame, position)
    messages.push({ type, data: text })
  }

  return {
    messages,
    error: decoded.error,
    frames: decoded.frames,
    outcome: decoded.error !== null ? 'error' : decoded.insideFrame ? 'incomplete' : 'complete',
    closed: decoded.closed,
    messageOpen: decoded.error === null && !decoded.closed && decoded.messageOpen,
  }
}

/** 5.5.1: a status code of two bytes, then a reason. 7.1.5: without a code it is taken to be 1005. */
function closeMessage(payload: readonly number[]): ReferenceMessage {
  const [high, low, ...reason] = payload
  if (high === undefined || low === undefined) return { type: 'close', code: 1005, reason: '' }
  return { type: 'close', code: high * 256 + low, reason: textOf(reason) ?? '' }
}

/**
 * The octets of the character in progress once this one has come; none if it ends a character; null if no character of
 * RFC 3629, section 4, begins like that.
 */
function nextUnfinished(unfinished: readonly number[], octet: number): number[] | null {
  const begun = [...unfinished, octet]
  const possible = utf8Characters.find((ranges) =>
    begun.every((value, i) => {
      const [least, greatest] = ranges[i] ?? [1, 0]
      return value >= least && value <= greatest
    }),
  )
  if (possible === undefined) return null
  return possible.length === begun.length ? [] : begun
}

/** The text that these octets encode, or null if they are not UTF-8. */
function textOf(octets: readonly number[]): string | null {
  const characters: string[] = []
  let unfinished: number[] = []
  for (const octet of octets) {
    const next = nextUnfinished(unfinished, octet)
    if (next === null) return null
    if (next.length === 0) characters.push(characterOf([...unfinished, octet]))
    unfinished = next
  }
  return unfinished.length === 0 ? characters.join('') : null
}

/** RFC 3629, section 3: the bits of the first octet after its prefix, then the six lower bits of each octet that follows. */
function characterOf(octets: readonly number[]): string {
  const [first = 0, ...following] = octets
  const bitsOfFirst = [0, 7, 5, 4, 3][octets.length] ?? 0
  return String.fromCodePoint(following.reduce((value, octet) => value * 64 + (octet % 64), first % 2 ** bitsOfFirst))
}
