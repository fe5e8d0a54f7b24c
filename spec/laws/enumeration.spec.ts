/**
 * Proof by enumeration, not sampling: whatever the first two bytes of a frame and whatever its 16-bit payload length,
 * `FrameReader` and the reference say the same, byte by byte and of the frame in one chunk, which takes another path.
 *
 * Nothing is expected case by case, which would take minutes: disagreements are collected in plain code, and there are none.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FrameReader, ProtocolError } from '../../src/index.js'
import type { Frame, FrameReaderOptions } from '../../src/index.js'
import { referenceDecode } from '../reference/decode.js'
import type { BegunFrame, ReferenceError, ReferenceFrame, ReferenceOptions } from '../reference/decode.js'
import { concat, hexOf } from '../support.js'

const senders = [undefined, 'client', 'server'] as const
const negotiations = { nothing: undefined, 'permessage-deflate': { permessageDeflate: true } } as const
/** More would only hide the first. */
const MOST_SHOWN = 20

// Most cases end in an error; without its stack it takes half the time.
const { stackTraceLimit } = Error
beforeAll(() => {
  Error.stackTraceLimit = 0
})
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit
})

interface State {
  readonly frames: readonly (Frame | ReferenceFrame)[]
  readonly error: ReferenceError | null
  /** How many bytes belong to a frame that is not complete. */
  readonly held: number
  readonly closed: boolean
  readonly messageOpen: boolean
}

function stateOfReference(bytes: Uint8Array, options: ReferenceOptions): State {
  const { frames, error, closed, insideFrame, messageOpen } = referenceDecode(bytes, options)
  const last = frames.at(-1)
  // Every frame here has a 7-bit length.
  const read = last === undefined ? 0 : last.offset + 2 + (last.maskingKey === null ? 0 : 4) + last.payload.length
  return { frames, error, held: insideFrame ? bytes.length - read : 0, closed, messageOpen: messageOpen && !closed && error === null }
}

/** A reader that is fed byte by byte or in one chunk, after the beginning of the stream. */
class Fed {
  readonly #reader: FrameReader
  readonly #frames: Frame[] = []
  #error: ReferenceError | null = null
  #pushed = 0

  constructor(options: FrameReaderOptions, beginning: Uint8Array) {
    this.#reader = new FrameReader(options)
    this.#push(beginning)
  }

  /** One more chunk. */
  feedWhole(chunk: Uint8Array): this {
    this.#push(chunk)
    return this
  }

  feed(bytes: Uint8Array): this {
    for (let i = 0; i < bytes.length && this.#error === null; i++) this.#push(bytes.subarray(i, i + 1))
    return this
  }

  #push(chunk: Uint8Array): void {
    this.#pushed += chunk.length
    try {
      for (const frame of this.#reader.push(chunk)) this.#frames.push(frame)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      const { rule, section, closeCode, offset } = error
      this.#error = { rule, section, closeCode, offset, detectedAfter: this.#pushed }
    }
  }

  /** `messageOpen` is that of `atEnd`, since only the end of the stream tells. */
  state(messageOpen = false): State {
    const { closed, bufferedLength, error } = this.#reader
    // A reader that has failed is closed too; here that is said by the error.
    return { frames: this.#frames, error: this.#error, held: bufferedLength, closed: closed && error === null, messageOpen }
  }

  /** The state, for a stream that ends here. */
  atEnd(): State {
    const state = this.state()
    if (state.error !== null || state.held > 0) return state
    try {
      this.#reader.end()
      return state
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.rule !== 'truncated') throw error
      return this.state(true)
    }
  }
}

/** The same but for when the error was noticed: of a whole chunk that is the end of the chunk. */
function isSameWhole(a: State, b: State): boolean {
  return isSame({ ...a, error: a.error && b.error && { ...a.error, detectedAfter: b.error.detectedAfter } }, b)
}

function isSame(a: State, b: State): boolean {
  return (
    a.held === b.held &&
    a.closed === b.closed &&
    a.messageOpen === b.messageOpen &&
    isSameError(a.error, b.error) &&
    a.frames.length === b.frames.length &&
    a.frames.every((frame, i) => isSameFrame(frame, b.frames[i]))
  )
}

function isSameError(a: ReferenceError | null, b: ReferenceError | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.rule === b.rule &&
    a.section === b.section &&
    a.closeCode === b.closeCode &&
    a.offset === b.offset &&
    a.detectedAfter === b.detectedAfter
  )
}

function isSameFrame(a: Frame | ReferenceFrame, b: Frame | ReferenceFrame | undefined): boolean {
  return (
    b !== undefined &&
    a.fin === b.fin &&
    a.rsv1 === b.rsv1 &&
    a.rsv2 === b.rsv2 &&
    a.rsv3 === b.rsv3 &&
    a.opcode === b.opcode &&
    a.maskingKey === b.maskingKey &&
    a.payload.length === b.payload.length &&
    Array.prototype.every.call(a.payload, (octet, i) => octet === b.payload[i])
  )
}

const configurations = senders.flatMap((sender) =>
  [false, true].flatMap((messageOpen) =>
    Object.entries(negotiations).map(([negotiated, extensions]) => {
      const name = `sender ${sender ?? 'either'}, ${messageOpen ? 'a' : 'no'} message open, ${negotiated} negotiated`
      const options = { ...(sender === undefined ? {} : { sender }), ...(extensions === undefined ? {} : { extensions }) }
      const opening = sender === 'client' ? [0x01, 0x80, 0, 0, 0, 0] : [0x01, 0x00]
      return [name, options, Uint8Array.from(messageOpen ? opening : [])] as const
    }),
  ),
)

describe('all 65,536 first two bytes: the same verdict after each byte', () => {
  test.each(configurations)('%s', (_name, options, opening) => {
    const disagreements: string[] = []
    const seen = { broken: 0, delivered: 0 }
    const compare = (bytes: Uint8Array, actual: State, expected: State, same = isSame) => {
      if (!same(actual, expected) && disagreements.length < MOST_SHOWN) {
        disagreements.push(`${hexOf(bytes)}: ${JSON.stringify(actual)}, reference: ${JSON.stringify(expected)}`)
      }
    }

    for (let value = 0; value < 65536; value++) {
      const two = Uint8Array.of(value >>> 8, value & 0xff)
      const bytes = concat(opening, two)
      const fed = new Fed(options, opening).feed(two)
      const expected = stateOfReference(bytes, options)
      // Whether a message is open is known when the stream ends: see below.
      compare(bytes, fed.state(), { ...expected, messageOpen: false })

      // The frame whole, and a little more, so that nothing is missing whatever path is taken.
      const length7 = value & 0x7f
      const zeros = new Uint8Array(((value & 0x80) === 0 ? 0 : 4) + (length7 < 126 ? length7 : 8))
      const whole = concat(two, zeros)
      if (expected.error !== null) {
        seen.broken++
        compare(whole, new Fed(options, opening).feedWhole(whole).state(), { ...expected, messageOpen: false }, isSameWhole)
        continue
      }
      const completed = concat(bytes, zeros)
      const atEnd = stateOfReference(completed, options)
      compare(completed, fed.feed(zeros).atEnd(), atEnd)
      compare(whole, new Fed(options, opening).feedWhole(whole).atEnd(), atEnd, isSameWhole)
      if (atEnd.error === null) seen.delivered++
    }

    expect(disagreements).toEqual([])
    expect(seen.broken).toBeGreaterThan(0)
    expect(seen.delivered).toBeGreaterThan(0)
  })
})

describe('all 65,536 values of the 16-bit payload length: the same verdict, or the same length', () => {
  test.each([
    ['not masked', 0x7e, []],
    ['masked', 0xfe, [0, 0, 0, 0]],
  ] as const)('%s', (_name, second, maskingKey) => {
    const disagreements: string[] = []
    const seen = { broken: 0, begun: 0 }
    // The key is 0, so that the chunk which is given away again and again stays as it is.
    const chunk = new Uint8Array(8 + 65536)

    for (const options of [{}, { maxPayloadLength: 32768 }]) {
      for (let value = 0; value < 65536; value++) {
        const header = Uint8Array.of(0x82, second, value >>> 8, value & 0xff, ...maskingKey)
        const begun: BegunFrame[] = []
        const { error, insideFrame } = referenceDecode(header, options, begun)
        const expected = { frames: [], error, held: insideFrame ? header.length : 0, closed: false, messageOpen: false }
        const actual = new Fed(options, header.subarray(0, 2)).feed(header.subarray(2)).state()
        const length = begun[0] === undefined ? null : Number(begun[0].length)
        const hasLength = length === null || (isLongerThan(length - 1, header, options) && !isLongerThan(length, header, options))
        if ((!isSame(actual, expected) || !hasLength) && disagreements.length < MOST_SHOWN) {
          disagreements.push(`${hexOf(header)}: ${JSON.stringify(actual)}, reference: ${JSON.stringify(expected)}, length ${length}`)
        }
        chunk.set(header)
        const reader = new Fed({ ...options, ownsChunks: true }, new Uint8Array(0)).feedWhole(chunk.subarray(0, header.length + value))
        const whole = reader.state()
        const delivered = whole.frames.map(({ payload }) => payload.length)
        const isSameFrames = error === null ? delivered.length === 1 && delivered[0] === value : delivered.length === 0
        if ((!isSameFrames || whole.error?.rule !== error?.rule) && disagreements.length < MOST_SHOWN) {
          disagreements.push(`${hexOf(header)} whole: ${delivered.join()} bytes, ${whole.error?.rule}, reference: ${error?.rule}`)
        }
        if (error === null) seen.begun++
        else seen.broken++
      }
    }

    expect(disagreements).toEqual([])
    expect(seen).toEqual({ broken: 2 * 126 + 32767, begun: 65536 - 126 + 32768 - 125 })
  })

  /** Whether the reader takes the payload to be longer than this: then it delivers the first byte at once. */
  function isLongerThan(streamAbove: number, header: Uint8Array, options: FrameReaderOptions): boolean {
    return new FrameReader({ ...options, streamAbove }).push(header).push(Uint8Array.of(0)).read() !== null
  }
})
