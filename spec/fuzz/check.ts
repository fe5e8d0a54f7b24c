/**
 * Holds the library against the reference on one stream: the readers however the stream is cut and whoever owns the
 * chunks, `inspect`, `decodeFrame`, the encoder on all that was decoded, and `parseBytes` on the stream as people paste it.
 */
import type * as Everything from '../../src/index.js'
import type { Case } from './case.js'
import { Disagreement, assertError, assertFrame, assertMessage, assertOctets, assertSame } from './disagreement.js'
import { referenceAfterClose } from '../reference/after-close.js'
import { expectedFrames, expectedMessages, lengthOnTheWire } from './expected.js'
import type { ExpectedFrames, ExpectedMessages } from './expected.js'
import { checkPasted } from './pasted.js'
import { Chunks, readAtOnce, readNowAndThen, readStreamed } from './readers.js'
import type { FuzzOptions } from './valid.js'

/** What is held against the reference. */
export type Library = Pick<
  typeof Everything,
  | 'FrameReader'
  | 'MessageReader'
  | 'ProtocolError'
  | 'decodeFrame'
  | 'encodeFrame'
  | 'encodeFrameInto'
  | 'encodedLength'
  | 'inspect'
  | 'parseBytes'
>

/**
 * @returns the rule that the stream breaks first, or null
 * @throws Disagreement if the library does not say what the reference says
 */
export function check(library: Library, subject: Case): string | null {
  const { bytes, options, cuts, ownsChunks, oneByOne } = subject
  const frames = expectedFrames(bytes, options)
  const messages = expectedMessages(bytes, options, inflate)
  const { maxMessageLength: _ofMessages, ...frameOptions } = options

  const readFrames = (cutAt: readonly number[], owns: boolean) => {
    const reader = new library.FrameReader({ ...frameOptions, ownsChunks: owns })
    readAtOnce(library, reader, new Chunks(bytes, cutAt, owns), frames, assertFrame, () => reader.bufferedLength)
  }
  const readMessages = (cutAt: readonly number[], owns: boolean) => {
    const reader = new library.MessageReader({ ...options, inflate, ownsChunks: owns })
    readAtOnce(library, reader, new Chunks(bytes, cutAt, owns), messages, assertMessage)
  }

  during('FrameReader, in one chunk', () => readFrames([], !ownsChunks))
  during('FrameReader, in chunks', () => readFrames(cuts, ownsChunks))
  during('FrameReader, read now and then', () => {
    const reader = new library.FrameReader({ ...frameOptions, ownsChunks: !ownsChunks })
    readNowAndThen(library, reader, new Chunks(bytes, cuts, !ownsChunks), subject.reads, frames)
  })
  during('FrameReader with streamAbove', () => {
    const reader = new library.FrameReader({ ...frameOptions, ownsChunks, streamAbove: subject.streamAbove })
    readStreamed(library, reader, new Chunks(bytes, cuts, ownsChunks), subject, frames)
  })
  during('MessageReader, in chunks', () => readMessages(cuts, !ownsChunks))
  during('MessageReader that delivers texts as bytes', () => {
    const reader = new library.MessageReader({ ...options, inflate, ownsChunks, textAs: 'bytes' })
    readAtOnce(library, reader, new Chunks(bytes, cuts, ownsChunks), messages, (message, expected) => {
      assertMessage(message.type === 'text' ? { type: 'text', data: decoder.decode(message.data) } : message, expected)
    })
  })
  if (oneByOne) {
    during('FrameReader, byte by byte', () => readFrames(positionsIn(bytes), ownsChunks))
    during('MessageReader, byte by byte', () => readMessages(positionsIn(bytes), ownsChunks))
  }
  // Which is a MessageReader in one chunk, too.
  during('inspect', () => checkInspection(library, bytes, { ...options, inflate }, messages, frames))
  if (options.extensions?.permessageDeflate === true) {
    during('inspect without inflate', () => checkInspection(library, bytes, options, expectedMessages(bytes, options), frames))
  }
  during('decodeFrame and encodeFrame', () => checkFrames(library, bytes, frameOptions, frames))
  during('parseBytes', () => checkPasted(library, subject))
  return (messages.error ?? messages.truncated)?.rule ?? null
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Says of a disagreement during what it was found, and makes one of any other error. */
export function during(what: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    const disagreement =
      error instanceof Disagreement ? error : new Disagreement('an error that is none of the package', error, 'a verdict')
    disagreement.during = what
    throw disagreement
  }
}

function positionsIn({ length }: Uint8Array): number[] {
  return Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1)
}

/** What the sender has left out, and an empty final block. */
const TAIL = [0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff]
const MISSING_TAIL = Uint8Array.from(Buffer.from('the tail is missing'))

/** Stands for DEFLATE: refuses some bytes, turns some bytes into as many, some into more, and is not given a message without the tail. */
function inflate(data: Uint8Array): Uint8Array {
  const length = data.length - TAIL.length
  if (TAIL.some((octet, i) => data[length + i] !== octet)) return MISSING_TAIL
  const compressed = data.subarray(0, length)
  if (compressed[0] === 0xee) throw new Error('this is no DEFLATE')
  return compressed.length % 2 === 0 ? compressed.map((octet) => octet & 0x7f) : Uint8Array.from([...compressed, ...compressed])
}

function checkInspection(
  library: Library,
  bytes: Uint8Array,
  options: FuzzOptions & Pick<Everything.InspectOptions, 'inflate'>,
  expected: ExpectedMessages,
  { begun, error: errorOfFrames }: ExpectedFrames,
): void {
  const { frames, messages, outcome, error, violations, bytesRead, bytesNeeded, messageOpen } = library.inspect(bytes, options)
  assertError(library, error, expected.error)
  assertSame('outcome', outcome, expected.outcome)
  assertSame('how many messages there are', messages.length, expected.items.length)
  for (const [i, item] of expected.items.entries()) {
    const message = messages[i]
    if (message !== undefined) assertMessage(message, item)
  }

  let end = 0
  for (const [i, item] of expected.frames.entries()) {
    const frame = frames[i]
    if (frame === undefined) throw new Disagreement('a frame', 'missing', item)
    assertFrame(frame, item)
    const length = lengthOnTheWire(item)
    assertSame('offset', frame.offset, item.offset)
    assertSame('headerLength', frame.headerLength, length - item.payload.length)
    assertSame('lengthBits', frame.lengthBits, item.payload.length <= 125 ? 7 : item.payload.length <= 65535 ? 16 : 64)
    assertSame('how many rules it breaks', frame.violations.length, 0)
    end = item.offset + length
  }

  const afterClose = violations.find(({ rule }) => rule === 'after-close')
  assertSame('a data frame after a Close frame', afterClose?.offset, referenceAfterClose(bytes, options) ?? undefined)
  const [first] = violations.filter((violation) => violation !== afterClose)
  assertSame('the first of all violations', first?.rule, expected.error?.rule)
  assertSame('its offset', first?.offset, expected.error?.offset)
  assertSame('its detectedAfter', first?.detectedAfter, expected.error?.detectedAfter)
  if (expected.error !== null) return
  assertSame('bytesRead', bytesRead, end)
  assertSame('messageOpen', messageOpen, expected.messageOpen)
  const last = begun[expected.frames.length]
  if (expected.outcome !== 'incomplete') assertSame('bytesNeeded', bytesNeeded, null)
  else if (errorOfFrames === null && last !== undefined) {
    const missing = BigInt(last.lengthEnd + (last.masked ? 4 : 0) - bytes.length) + last.length
    if (missing <= Number.MAX_SAFE_INTEGER) assertSame('bytesNeeded', bytesNeeded, Number(missing))
  }
}

/** Each frame by itself, and written again: there is one way only to write it. */
function checkFrames(library: Library, bytes: Uint8Array, options: FuzzOptions, expected: ExpectedFrames): void {
  const { sender, extensions } = options
  const encoding = { ...(sender === undefined ? {} : { sender }), ...(extensions === undefined ? {} : { extensions }) }
  const decoding = { maxPayloadLength: expected.maxPayloadLength, ...encoding }
  const target = new Uint8Array(bytes.length)
  let offset = 0
  for (const [i, item] of expected.items.entries()) {
    const result = library.decodeFrame(bytes, decoding, offset)
    if (result === null) throw new Disagreement('decodeFrame', null, `a frame at byte ${offset}`)
    assertFrame(result.frame, item)
    const end = expected.ends[i] ?? 0
    assertSame('bytesRead', result.bytesRead, end - offset)
    assertSame('encodedLength', library.encodedLength(result.frame), end - offset)
    assertOctets('encodeFrame', library.encodeFrame(result.frame, encoding), bytes.subarray(offset, end))
    assertSame('encodeFrameInto', library.encodeFrameInto(result.frame, target, offset, encoding), end - offset)
    offset = end
  }
  assertOctets('what encodeFrameInto has written', target.subarray(0, offset), bytes.subarray(0, offset))
  if (expected.closed) return

  // Which frame may follow which is not for decodeFrame to say.
  if (expected.error?.rule.startsWith('continuation-') === true) return
  let rest: unknown = null
  let error: unknown = null
  try {
    rest = library.decodeFrame(bytes, decoding, offset)
  } catch (thrown) {
    error = thrown
  }
  assertError(library, error, expected.error)
  if (rest !== null) throw new Disagreement('the rest', rest, null)
}
