/**
 * The ways in which a reader is given a stream, each held against what the reference says.
 */
import type * as Everything from '../../src/index.js'
import { chunksOf } from './case.js'
import type { Case } from './case.js'
import { Disagreement, assertError, assertFrame, assertOctets, assertSame } from './disagreement.js'
import type { Expected, ExpectedFrames } from './expected.js'

type Errors = Pick<typeof Everything, 'ProtocolError'>
type Frame = Everything.Frame

/** The members that `FrameReader` and `MessageReader` have in common. */
export interface Reader<T> {
  push(chunk: Uint8Array): unknown
  read(): T | null
  end(): void
  readonly closed: boolean
  readonly error: Error | null
  readonly bufferedLength: number
}

/** A stream that is given to a reader in chunks. */
export class Chunks {
  readonly #bytes: Uint8Array
  readonly #ownsChunks: boolean
  /** Where each begins and ends. */
  readonly positions: readonly (readonly [start: number, end: number])[]

  /** @param ownsChunks - whether the reader has been told that it may keep the chunks */
  constructor(bytes: Uint8Array, cuts: readonly number[], ownsChunks: boolean) {
    // Views at odd positions of one buffer.
    this.#bytes = ownsChunks ? new Uint8Array(bytes.length + 1).subarray(1) : bytes
    if (ownsChunks) this.#bytes.set(bytes)
    this.#ownsChunks = ownsChunks
    this.positions = chunksOf(bytes.length, cuts)
  }

  /** Gives the reader a chunk, and takes it away again unless the reader may keep it. */
  push<T>(reader: Reader<T>, start: number, end: number): void {
    const part = this.#bytes.subarray(start, end)
    const chunk = this.#ownsChunks ? part : Buffer.from(part)
    reader.push(chunk)
    if (!this.#ownsChunks) chunk.fill(OVERWRITTEN)
  }
}

/** What is written over a chunk that the reader must have copied, and over a payload that has been given away. */
const OVERWRITTEN = 0xa5

/**
 * Reads after each chunk what there is: everything that is complete and nothing else, and the error when it is certain.
 */
export function readAtOnce<T, E>(
  errors: Errors,
  reader: Reader<T>,
  chunks: Chunks,
  expected: Expected<E>,
  assertItem: (actual: T, expected: E) => void,
  bufferedLength?: () => number,
): void {
  const items: T[] = []
  let error: unknown = null
  for (const [start, end] of chunks.positions) {
    try {
      chunks.push(reader, start, end)
      for (let item = reader.read(); item !== null; item = reader.read()) items.push(item)
    } catch (thrown) {
      error = thrown
      assertError(errors, error, expected.error)
      if (expected.error !== null && end < expected.error.detectedAfter)
        throw new Disagreement('an error too early, after', end, expected.error)
      assertSame(`how many there are before the error`, items.length, expected.items.length)
      break
    }
    if (expected.error !== null && end >= expected.error.detectedAfter) throw new Disagreement(`no error after byte`, end, expected.error)
    const complete = expected.ends.filter((itemEnd) => itemEnd <= end)
    assertSame(`how many there are after byte ${end}`, items.length, complete.length)
    const isClosed = expected.closed && items.length === expected.items.length
    assertSame(`closed after byte ${end}`, reader.closed, isClosed)
    if (bufferedLength !== undefined) {
      assertSame(`bufferedLength after byte ${end}`, bufferedLength(), isClosed ? 0 : end - (complete.at(-1) ?? 0))
    }
  }

  // Not before now, so that what a later chunk or frame does to an earlier payload is seen.
  for (const [i, item] of items.entries()) assertItem(item, expected.items[i] as E)
  if (error === null)
    assertError(
      errors,
      thrownBy(() => reader.end()),
      expected.truncated,
    )
  else assertFailed(reader, error)
}

/** After an error no more data is processed (7.1.7). */
function assertFailed<T>(reader: Reader<T>, error: unknown): void {
  if (reader.error !== error) throw new Disagreement('the error that is kept', reader.error, error)
  reader.push(Uint8Array.of(0x89, 0x00))
  const item = reader.read()
  if (item !== null) throw new Disagreement('something after the error', item, null)
  reader.end()
  assertSame('closed after the error', reader.closed, true)
  assertSame('bufferedLength after the error', reader.bufferedLength, 0)
}

function thrownBy(call: () => unknown): unknown {
  try {
    call()
    return null
  } catch (error) {
    return error
  }
}

/** Reads one frame after some of the chunks, writes over its payload, and reads the rest after the end. */
export function readNowAndThen(errors: Errors, reader: Reader<Frame>, chunks: Chunks, reads: number, expected: ExpectedFrames): void {
  let count = 0
  const readOne = () => {
    const frame = reader.read()
    if (frame === null) return false
    const item = expected.items[count]
    if (item === undefined) throw new Disagreement('a frame more', frame, expected.error)
    assertFrame(frame, item)
    frame.payload.fill(OVERWRITTEN)
    count += 1
    return true
  }

  let error: unknown = null
  try {
    for (const [i, [start, end]] of chunks.positions.entries()) {
      chunks.push(reader, start, end)
      if (((reads >>> (i % 32)) & 1) === 1) readOne()
    }
    reader.end()
    while (readOne());
  } catch (thrown) {
    if (thrown instanceof Disagreement) throw thrown
    error = thrown
  }
  assertError(errors, error, expected.error ?? expected.truncated)
  assertSame('how many frames there are', count, expected.items.length)
}

/** With `streamAbove`: long data frames come in pieces that are fragments of them, as far as their payload has come. */
export function readStreamed(
  errors: Errors,
  reader: Reader<Frame>,
  chunks: Chunks,
  { bytes, streamAbove, options: { extensions = {} } }: Case,
  expected: ExpectedFrames,
): void {
  const pieces: Frame[] = []
  let error: unknown = null
  try {
    for (const [start, end] of chunks.positions) {
      chunks.push(reader, start, end)
      for (let piece = reader.read(); piece !== null; piece = reader.read()) pieces.push(piece)
    }
  } catch (thrown) {
    error = thrown
  }
  assertError(errors, error, expected.error)
  if (error === null)
    assertError(
      errors,
      thrownBy(() => reader.end()),
      expected.truncated,
    )

  const extensionBits = (extensions.rsv1 ? 0x40 : 0) | (extensions.rsv2 ? 0x20 : 0) | (extensions.rsv3 ? 0x10 : 0)
  const next = pieces.values()
  let isOfExtension = false
  for (const [i, { offset, opcode, fin, rsv1, length, payload }] of expected.begun.entries()) {
    const whole = expected.items[i]
    const first = bytes[offset] ?? 0
    const isData = opcode < 0x8
    if (isData) isOfExtension = opcode > 0x2 || (first & extensionBits) !== 0 || (opcode === 0x0 && isOfExtension)
    const isStreamed = length > streamAbove && isData && !isOfExtension
    if (!isStreamed) {
      if (whole !== undefined) assertFrame(nextOf(next, offset), whole)
      continue
    }
    for (let from = 0; from < payload.length;) {
      const piece = nextOf(next, offset)
      const to = from + piece.payload.length
      const isFirst = from === 0
      assertOctets(`a piece of the frame at byte ${offset}`, piece.payload, payload.slice(from, Math.max(to, from + 1)))
      assertSame('its opcode', piece.opcode, isFirst ? opcode : 0x0)
      assertSame('its RSV1', piece.rsv1, isFirst && rsv1)
      assertSame('its FIN', piece.fin, fin && BigInt(to) === length)
      if (whole !== undefined) assertSame('its masking key', piece.maskingKey, whole.maskingKey)
      from = to
    }
  }
  const { done, value } = next.next()
  if (done !== true) throw new Disagreement('a piece more', value, 'the end')
}

function nextOf(frames: Iterator<Frame>, offset: number): Frame {
  const { done, value } = frames.next()
  if (done === true) throw new Disagreement(`the frame at byte ${offset}`, 'missing', 'a frame or a piece of it')
  return value
}
