/**
 * Where peers are known to differ from the library, and nowhere else may they: each difference has a name and a
 * condition that the stream must meet.
 */
import { constants, inflateRawSync } from 'node:zlib'
import type { Case } from './case.js'
import { Stream } from './stream.js'

/** What a peer delivers. A close message has the payload of its frame. */
export interface PeerMessage {
  readonly opcode: number
  readonly payload: Uint8Array
}

export interface PeerReading {
  readonly messages: readonly PeerMessage[]
  /** With which the stream is refused; null if it is not. */
  readonly closeCode: number | null
  /** An error inside the peer, if there was one. */
  readonly crash: string
}

/** The reading of the library itself. */
export interface OwnReading {
  readonly messages: readonly PeerMessage[]
  readonly closeCode: number | null
  /** The rule that is broken; `inflate` for a compressed message that does not inflate, of which the caller decides. */
  readonly rule: string | null
  /** Of the first byte of the offending frame. */
  readonly offset: number
}

export interface Reason {
  /** The rule that the library says is broken; `-` if none is. */
  readonly rule: string
  readonly reason: string
}

/** Everything that a condition may ask. */
interface Difference {
  readonly rule: string | null
  readonly own: OwnReading
  readonly theirs: PeerReading
  readonly bytes: Uint8Array
  readonly options: Case['options']
  /** The offending frame, if there is one. */
  readonly frame: FrameAt | null
  /** The peer has delivered the same and waits for more bytes. */
  readonly waits: boolean
  /** The peer has delivered the same, and perhaps more. */
  readonly goesOn: boolean
  /** The peer has delivered what the library delivers of the first bytes, and perhaps more. */
  agreesBefore(position: number): boolean
}

/** A frame as its header has it, whatever rules that breaks. */
interface FrameAt {
  readonly offset: number
  readonly fin: boolean
  readonly rsv1: boolean
  readonly opcode: number
  readonly lengthEnd: number
  readonly payloadStart: number
  readonly payloadLength: number
  /** Perhaps beyond the end of the stream. */
  readonly end: number
  /** As much as there is of it. */
  readonly payload: Uint8Array
}

interface Known {
  readonly reason: string
  applies(difference: Difference): boolean
}

const TEXT = 0x1
const BINARY = 0x2
const CLOSE = 0x8

const isRule = (rule: string | null, ...rules: string[]): boolean => rule !== null && rules.includes(rule)

/** That the frame is not complete means that a peer which judges it as a whole cannot know yet. */
const isIncomplete = ({ frame, bytes }: Difference): boolean => frame !== null && frame.end > bytes.length

const textWhenComplete: Known = {
  reason: 'decodes a text when it is complete',
  applies: (difference) => {
    const { rule, frame, goesOn, own, theirs } = difference
    const isWhole = frame?.fin === true && !isIncomplete(difference)
    const more = theirs.messages.slice(own.messages.length)
    return rule === 'text-utf8' && !isWhole && goesOn && more.every(({ opcode }) => opcode >= CLOSE)
  },
}

const compressedAsItArrives: Known = {
  reason: 'inflates a message as it arrives, and this one is not DEFLATE, not UTF-8 or too long',
  applies: (difference) => doubtfulMessage(difference, isBroken(difference.options.maxMessageLength ?? Infinity)),
}

const cutInsideBlock: Known = {
  reason: 'takes a compressed message that ends inside a block for a whole one',
  applies: (difference) => doubtfulMessage(difference, endsInsideBlock),
}

const ws: readonly Known[] = [
  { reason: 'takes any form of a length', applies: ({ rule, goesOn }) => rule === 'length-not-minimal' && goesOn },
  {
    reason: 'reads the first two bytes together',
    applies: ({ waits, bytes, own }) => waits && bytes.length === own.offset + 1,
  },
  {
    reason: 'reads the extended length as a whole',
    applies: ({ rule, waits, bytes, frame }) => rule === 'length-msb' && waits && frame !== null && bytes.length < frame.lengthEnd,
  },
  {
    reason: 'calls it too long (1009)',
    applies: ({ rule, goesOn, theirs }) => rule === 'length-msb' && goesOn && theirs.closeCode === 1009,
  },
  textWhenComplete,
  compressedAsItArrives,
  cutInsideBlock,
  {
    reason: 'begins to inflate anew with the fragment after a final block',
    applies: (difference) => doubtfulMessage(difference, endsInFragment),
  },
]

const websockets: readonly Known[] = [
  { reason: 'takes any form of a length', applies: ({ rule, goesOn }) => rule === 'length-not-minimal' && goesOn },
  {
    reason: 'takes any form of a length up to 125',
    applies: ({ rule, goesOn, frame }) => rule === 'control-too-long' && goesOn && frame !== null && frame.payloadLength <= 125,
  },
  {
    reason: 'takes any length of 64 bits and waits for the payload',
    applies: ({ rule, waits }) => isRule(rule, 'length-msb', 'length-unsafe') && waits,
  },
  {
    reason: 'reads the first two bytes together',
    applies: ({ waits, bytes, own }) => waits && bytes.length === own.offset + 1,
  },
  {
    reason: 'judges a frame when it is complete',
    applies: (difference) =>
      difference.waits &&
      isIncomplete(difference) &&
      isRule(
        difference.rule,
        'rsv-bit',
        'control-fragmented',
        'control-too-long',
        'continuation-unexpected',
        'continuation-expected',
        'close-payload-length',
      ),
  },
  {
    reason: 'applies the limit to control frames too, and before other rules',
    applies: ({ theirs, options, bytes, agreesBefore }) => {
      const frame = framesOf(bytes).find(isOverLimit(options.maxMessageLength ?? Infinity))
      return theirs.closeCode === 1009 && frame !== undefined && agreesBefore(frame.offset)
    },
  },
  {
    reason: 'counts what a compressed message inflates to, not what comes of it',
    applies: ({ rule, goesOn, bytes, own, options }) =>
      rule === 'message-too-long' &&
      goesOn &&
      options.extensions?.permessageDeflate === true &&
      compressedMessages(bytes).some(({ offset, end }) => offset <= own.offset && own.offset < end),
  },
  {
    reason: 'reads the close reason before the close code',
    applies: ({ rule, waits, theirs, frame, goesOn }) =>
      rule === 'close-code' && goesOn && !waits && theirs.closeCode === 1007 && frame !== null && !isUtf8(frame.payload.subarray(2), true),
  },
  {
    reason: 'wants a message to be complete before a Close frame',
    applies: ({ rule, own, theirs, bytes }) => {
      const frames = framesOf(bytes)
      const close = frames.findIndex(({ opcode }) => opcode === CLOSE)
      const dataFrames = frames.slice(0, close).filter(({ opcode }) => opcode < CLOSE)
      return (
        rule === null &&
        theirs.closeCode === 1002 &&
        own.messages.at(-1)?.opcode === CLOSE &&
        areSame(theirs.messages, own.messages.slice(0, -1)) &&
        dataFrames.at(-1)?.fin === false
      )
    },
  },
  textWhenComplete,
  compressedAsItArrives,
  cutInsideBlock,
]

const wsproto: readonly Known[] = [
  {
    reason: 'has no limits',
    applies: ({ rule, goesOn }) => isRule(rule, 'length-unsafe', 'payload-too-long', 'message-too-long') && goesOn,
  },
  {
    reason: 'judges a header when its length is complete',
    applies: ({ waits, bytes, frame }) => waits && frame !== null && bytes.length < frame.lengthEnd,
  },
  {
    reason: 'puts fragments in order when payload arrives',
    applies: (difference) => {
      const { rule, waits, bytes, frame } = difference
      const isOrder = isRule(rule, 'continuation-unexpected', 'continuation-expected')
      return isOrder && waits && frame !== null && bytes.length <= frame.payloadStart && isIncomplete(difference)
    },
  },
  {
    reason: 'judges a Close frame when it is complete',
    applies: (difference) => difference.rule === 'close-payload-length' && difference.waits && isIncomplete(difference),
  },
  {
    reason: 'does not know code 1014',
    applies: ({ bytes, theirs, own, agreesBefore }) => {
      const close = framesOf(bytes).find(({ opcode }) => opcode === CLOSE)
      const isBadGateway = close !== undefined && close.payload[0] === 1014 >> 8 && close.payload[1] === (1014 & 0xff)
      const isBeforeError = isBadGateway && (own.rule === null || own.offset === close.offset)
      return isBeforeError && theirs.closeCode === 1002 && agreesBefore(close.offset)
    },
  },
  {
    reason: 'knows a surrogate by its third byte only, as the decoder of Python does',
    applies: (difference) => textWhenComplete.applies(difference) && hasSurrogate(difference.bytes, difference.own.offset),
  },
  {
    reason: 'forgets that a message is compressed at a control frame between its fragments',
    applies: (difference) => doubtfulMessage(difference, ({ hasControlFrame }) => hasControlFrame),
  },
  compressedAsItArrives,
  cutInsideBlock,
]

const known: Readonly<Record<string, readonly Known[]>> = { ws, websockets, wsproto }

/**
 * @param own - gives the library's reading of any bytes
 * @returns null if the readings agree, the reason if it is known why they do not, otherwise `unexplained`
 */
export function compare(
  peer: string,
  { bytes, options }: Pick<Case, 'bytes' | 'options'>,
  readOwn: (bytes: Uint8Array) => OwnReading,
  theirs: PeerReading,
): Reason | 'unexplained' | null {
  const own = readOwn(bytes)
  const delivered = startsWith(theirs.messages, own.messages)
  const isSame = delivered && theirs.messages.length === own.messages.length
  if (isSame && theirs.closeCode === own.closeCode && theirs.crash === '' && own.rule !== 'inflate') return null
  if (theirs.crash !== '') return 'unexplained'

  const difference: Difference = {
    rule: own.rule,
    own,
    theirs,
    bytes,
    options,
    frame: own.rule === null ? null : frameAt(bytes, own.offset),
    waits: isSame && theirs.closeCode === null,
    goesOn: delivered,
    agreesBefore: (position) => startsWith(theirs.messages, readOwn(bytes.subarray(0, position)).messages),
  }
  const found = known[peer]?.find(({ applies }) => applies(difference))
  return found === undefined ? 'unexplained' : { rule: own.rule ?? '-', reason: found.reason }
}

function startsWith(messages: readonly PeerMessage[], beginning: readonly PeerMessage[]): boolean {
  return areSame(messages.slice(0, beginning.length), beginning)
}

function areSame(messages: readonly PeerMessage[], others: readonly PeerMessage[]): boolean {
  return (
    messages.length === others.length &&
    messages.every(({ opcode, payload }, i) => {
      const other = others[i]
      return other !== undefined && other.opcode === opcode && Buffer.compare(payload, other.payload) === 0
    })
  )
}

const scratch = new Stream()

/** The frames as their headers have them, the last perhaps incomplete. */
function framesOf(bytes: Uint8Array): FrameAt[] {
  scratch.length = 0
  scratch.append(bytes)
  return scratch.starts().map((offset) => frameAt(bytes, offset))
}

function frameAt(bytes: Uint8Array, offset: number): FrameAt {
  scratch.length = 0
  scratch.append(bytes)
  const first = scratch.octet(offset)
  const payloadStart = scratch.payloadOf(offset)
  const end = scratch.endOf(offset)
  const payload = scratch.slice(payloadStart, Math.min(end, bytes.length))
  if (scratch.isMasked(offset)) payload.forEach((octet, i) => (payload[i] = octet ^ scratch.octet(payloadStart - 4 + (i % 4))))
  return {
    offset,
    fin: (first & 0x80) !== 0,
    rsv1: (first & 0x40) !== 0,
    opcode: first & 0x0f,
    lengthEnd: offset + 1 + scratch.lengthFieldOf(offset),
    payloadStart,
    payloadLength: end - payloadStart,
    end,
    payload,
  }
}

/** Counts a message as `websockets` does: the limit holds for what is left of it, and for each control frame. */
function isOverLimit(limit: number): (frame: FrameAt) => boolean {
  let length = 0
  return ({ opcode, fin, payloadLength }) => {
    const isOver = payloadLength > limit - length
    if (opcode < CLOSE) length = fin ? 0 : length + payloadLength
    return isOver
  }
}

interface CompressedMessage {
  readonly opcode: number
  readonly offset: number
  readonly end: number
  readonly payload: Uint8Array
  /** The part of it that came last. */
  readonly lastFragment: Uint8Array
  readonly isComplete: boolean
  readonly hasControlFrame: boolean
}

/** Whether there is a doubtful compressed message, before which the peer agrees. */
function doubtfulMessage({ bytes, options, agreesBefore }: Difference, isDoubtful: (message: CompressedMessage) => boolean): boolean {
  if (options.extensions?.permessageDeflate !== true) return false
  const message = compressedMessages(bytes).find(isDoubtful)
  return message !== undefined && agreesBefore(message.offset)
}

function compressedMessages(bytes: Uint8Array): CompressedMessage[] {
  const messages: CompressedMessage[] = []
  const frames = framesOf(bytes)
  for (const [i, { opcode, rsv1, offset }] of frames.entries()) {
    if (!rsv1 || (opcode !== TEXT && opcode !== BINARY)) continue
    const following = frames.slice(i)
    const last = following.findIndex((frame) => frame.opcode < CLOSE && frame.fin)
    const all = last === -1 ? following : following.slice(0, last + 1)
    const fragments = all.filter((frame) => frame.opcode < CLOSE).map((frame) => frame.payload)
    const payload = Buffer.concat(fragments)
    const lastFragment = fragments.at(-1) ?? payload
    const end = all.at(-1)?.end ?? offset
    const isComplete = last !== -1 && end <= bytes.length
    const hasControlFrame = all.some((frame) => frame.opcode >= CLOSE)
    messages.push({ opcode, offset, end, payload, lastFragment, isComplete, hasControlFrame })
  }
  return messages
}

/** Whether a block that is marked as the last ends in a fragment that is not the last. */
function endsInFragment({ payload, lastFragment }: CompressedMessage): boolean {
  try {
    const result: unknown = inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH, info: true } as object)
    const { bytesWritten } = (result as { engine: { bytesWritten: number } }).engine
    return bytesWritten < payload.length && bytesWritten <= payload.length - lastFragment.length
  } catch {
    return false
  }
}

/** Whether what has come of it is not DEFLATE, or inflates to a text that is not UTF-8, or to too much. */
function isBroken(limit: number): (message: CompressedMessage) => boolean {
  const maxOutputLength = Math.min(limit, 2 ** 24)
  return ({ opcode, payload, isComplete }) => {
    const data = isComplete ? Buffer.concat([payload, Uint8Array.of(0x00, 0x00, 0xff, 0xff)]) : payload
    try {
      const inflated = inflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength })
      return opcode === TEXT && !isUtf8(inflated, isComplete)
    } catch {
      return true
    }
  }
}

/**
 * Whether the last block is not complete: the empty block that the reader appends is then an error, or, by chance, taken for more of the
 * message.
 */
function endsInsideBlock({ payload, isComplete }: CompressedMessage): boolean {
  const tail = [0x00, 0x00, 0xff, 0xff]
  const inflated = isComplete ? inflatedWith(payload, tail, constants.Z_SYNC_FLUSH) : null
  const withBlock = inflatedWith(payload, [...tail, 0x01, 0x00, 0x00, 0xff, 0xff], constants.Z_FINISH)
  return inflated !== null && (withBlock === null || Buffer.compare(inflated, withBlock) !== 0)
}

/** @returns null if it does not inflate */
function inflatedWith(payload: Uint8Array, tail: readonly number[], finishFlush: number): Buffer | null {
  try {
    return inflateRawSync(Buffer.concat([payload, Uint8Array.from(tail)]), { finishFlush, maxOutputLength: 2 ** 24 })
  } catch {
    return null
  }
}

/** Whether the text message, as far as the frame at `offset`, has the first two bytes of a surrogate. */
function hasSurrogate(bytes: Uint8Array, offset: number): boolean {
  const frames = framesOf(bytes).filter((frame) => frame.offset <= offset && frame.opcode < CLOSE)
  const first = frames.map(({ opcode }) => opcode).lastIndexOf(TEXT)
  const text = Buffer.concat(frames.slice(first).map(({ payload }) => payload))
  return text.some((octet, i) => octet === 0xed && (text[i + 1] ?? 0) >= 0xa0)
}

/** Whether it is UTF-8; if it is not complete, whether it could become so. */
function isUtf8(data: Uint8Array, isComplete: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(data, { stream: !isComplete })
    return true
  } catch {
    return false
  }
}
