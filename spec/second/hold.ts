/**
 * Holds a decoder with the interface of `decode.ts` against a vector.
 */
import type { Vector, VectorFrame, VectorMessage, Verdict } from '../vectors.js'
import type { Decoder, Frame, Message } from './decode.js'

/** Streams that are longer are not fed byte by byte but in pieces of a prime length. */
const LONGEST_IN_BYTES = 2 ** 17
const PIECE = 1021

export type Way = 'whole' | 'byte by byte' | 'at the cuts'

/** The chunks of a vector, as `fixtures/README.md` has a consumer cut them. */
export function chunksOf(bytes: Uint8Array, cuts: readonly number[], way: Way): Uint8Array[] {
  if (way === 'whole') return [bytes]
  const step = bytes.length > LONGEST_IN_BYTES ? PIECE : 1
  const places = way === 'at the cuts' ? cuts : Array.from({ length: Math.ceil(bytes.length / step) - 1 }, (_, i) => (i + 1) * step)
  return [0, ...places].map((start, i) => bytes.subarray(start, places[i] ?? bytes.length))
}

export const waysOf = ({ cuts }: Vector): Way[] => ['whole', 'byte by byte', ...(cuts.length > 0 ? ['at the cuts' as const] : [])]

export type Reading = Pick<Decoder, 'frames' | 'messages' | 'outcome' | 'error'>

/** Why a reading is not the verdict; null if it is. */
export function difference(reading: Reading, expected: Verdict): string | null {
  const { outcome, error } = reading
  if (outcome !== expected.outcome) return `outcome ${outcome}, not ${expected.outcome}`
  if (expected.error !== null && error !== null) {
    const { rule, closeCode, offset } = expected.error
    const seen = `${error.rule} ${error.closeCode} at ${error.offset}`
    const wanted = `${rule} ${closeCode} at ${offset}`
    if (seen !== wanted) return `${seen}, not ${wanted}`
  }
  return (
    listDifference('frame', reading.frames, expected.frames, isFrame) ??
    listDifference('message', reading.messages, expected.messages, isMessage)
  )
}

function listDifference<Seen, Expected>(
  what: string,
  seen: readonly Seen[],
  expected: readonly Expected[],
  isSame: (one: Seen, other: Expected) => boolean,
): string | null {
  if (seen.length !== expected.length) return `${seen.length} ${what}s, not ${expected.length}`
  const at = seen.findIndex((one, i) => {
    const other = expected[i]
    return other === undefined || !isSame(one, other)
  })
  return at < 0 ? null : `${what} ${at} is different`
}

function isFrame(frame: Frame, expected: VectorFrame): boolean {
  return (
    frame.fin === expected.fin &&
    frame.opcode === expected.opcode &&
    frame.rsv1 === expected.rsv1 &&
    frame.rsv2 === expected.rsv2 &&
    frame.rsv3 === expected.rsv3 &&
    frame.maskingKey === expected.maskingKey &&
    Buffer.from(frame.payload).toString('hex') === expected.payload
  )
}

function isMessage(message: Message, expected: VectorMessage): boolean {
  if (message.type !== expected.type) return false
  if ('reason' in expected) {
    return message.type === 'close' && message.code === expected.code && Buffer.from(message.reason).equals(Buffer.from(expected.reason))
  }
  if (message.type === 'close') return false
  return Buffer.from(message.data).equals(Buffer.from(expected.data, message.type === 'text' ? 'utf8' : 'hex'))
}
