/**
 * The laws that hold for any frames, any bytes and any chunks. A failing property prints its seed.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  FrameReader,
  ProtocolError,
  decodeFrame,
  decodeHeader,
  encodeFrame,
  encodeFrameInto,
  encodedLength,
  explain,
  inspect,
} from '../../src/index.js'
import type { Frame } from '../../src/index.js'
import {
  chunkingArbitrary,
  cut,
  frameArbitrary,
  mutatedStreamArbitrary,
  readerOptionsArbitrary,
  streamArbitrary,
} from '../reference/arbitraries.js'
import { referenceAfterClose } from '../reference/after-close.js'
import { referenceDecode } from '../reference/decode.js'
import { referenceEncode } from '../reference/encode.js'
import { referenceMessages } from '../reference/messages.js'
import { oneByOne, plainMessage, readChunks, readMessageChunks } from '../reading.js'
import type { Reading } from '../reading.js'
import { hexOf, plain, violation } from '../support.js'

const runs = { numRuns: 1000 }

const frameWithOptions = readerOptionsArbitrary.chain((options) => frameArbitrary(options).map((frame) => ({ frame, options })))
const stream = readerOptionsArbitrary.chain(streamArbitrary)
const mutatedStream = readerOptionsArbitrary.chain(mutatedStreamArbitrary)
const anyBytes = readerOptionsArbitrary.chain((options) =>
  fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ bytes, options })),
    mutatedStreamArbitrary(options),
    streamArbitrary(options),
  ),
)

/** What the reference says, as a `FrameReader` would say it. */
function referenceReading(bytes: Uint8Array, options: Parameters<typeof referenceDecode>[1]): Reading {
  const { frames, error, closed, insideFrame, messageOpen } = referenceDecode(bytes, options)
  const { detectedAfter = null, ...found } = error ?? {}
  return {
    frames: frames.map(({ offset: _offset, ...frame }) => plain({ ...frame, payload: Uint8Array.from(frame.payload) })),
    error: error === null ? null : violation(Object.assign(Object.create(ProtocolError.prototype), found)),
    detectedAfter,
    closed,
    truncated: error === null && !closed && (insideFrame || messageOpen),
  }
}

describe('round trip', () => {
  test('decode(encode(frame)) is the frame, for every length form, opcode, flag and masking key', () => {
    fc.assert(
      fc.property(frameWithOptions, ({ frame, options }) => {
        const bytes = encodeFrame(frame, options)
        expect(hexOf(bytes)).toBe(hexOf(referenceEncode(frame)))
        expect(encodedLength(frame)).toBe(bytes.length)
        const result = decodeFrame(bytes, options)
        expect(result?.bytesRead).toBe(bytes.length)
        expect(result && plain(result.frame)).toEqual(plain(frame))
      }),
      runs,
    )
  })

  test('encode(decode(bytes)) is the bytes, for all that are valid', () => {
    fc.assert(
      fc.property(stream, ({ bytes, options, frames }) => {
        const target = new Uint8Array(bytes.length)
        let end = 0
        for (const frame of new FrameReader(options).push(bytes)) end += encodeFrameInto(frame, target, end, options)
        expect(end).toBe(frames.length === 0 ? 0 : bytes.length)
        expect(hexOf(target)).toBe(hexOf(bytes))
      }),
      runs,
    )
  })
})

describe('any chunking', () => {
  test('gives the frames, the error and the offset of the whole; byte by byte the error comes at its byte', () => {
    fc.assert(
      fc.property(anyBytes, chunkingArbitrary, fc.boolean(), ({ bytes, options }, cuts, ownsChunks) => {
        const expected = referenceReading(bytes, options)
        const { detectedAfter: _any, ...whole } = readChunks([bytes.slice()], { ...options, ownsChunks })
        expect({ ...whole, detectedAfter: expected.detectedAfter }).toEqual(expected)
        const { detectedAfter, ...cutUp } = readChunks(cut(bytes, cuts), { ...options, ownsChunks })
        expect(cutUp).toEqual(whole)
        expect(detectedAfter === null).toBe(expected.detectedAfter === null)
        expect(detectedAfter ?? 0).toBeGreaterThanOrEqual(expected.detectedAfter ?? 0)
        if (bytes.length < 5000) expect(readChunks(oneByOne(bytes), { ...options, ownsChunks })).toEqual(expected)
      }),
      { numRuns: 3000 },
    )
  })

  test('gives the same however pushing and reading alternate', () => {
    fc.assert(
      fc.property(anyBytes, chunkingArbitrary, fc.infiniteStream(fc.boolean()), ({ bytes, options }, cuts, reads) => {
        const expected = referenceReading(bytes, options)
        const reader = new FrameReader(options)
        const frames: object[] = []
        const read = () => {
          const frame = reader.read()
          if (frame !== null) frames.push(plain(frame))
          return frame !== null
        }
        let error = null
        try {
          for (const chunk of cut(bytes, cuts)) {
            reader.push(chunk)
            chunk.fill(0xa5)
            if (reads.next().value === true) read()
          }
          while (read());
        } catch (thrown) {
          error = violation(thrown)
        }
        expect(frames).toEqual(expected.frames)
        expect(error).toEqual(expected.error)
      }),
      runs,
    )
  })

  test('of a frame that is streamed gives pieces that make up the frame', () => {
    fc.assert(
      fc.property(stream, chunkingArbitrary, fc.nat({ max: 130 }), ({ bytes, options }, cuts, streamAbove) => {
        const whole = [...new FrameReader(options).push(bytes)]
        const reader = new FrameReader({ ...options, streamAbove })
        const pieces = cut(bytes, cuts).flatMap((chunk) => [...reader.push(chunk)])
        expect(messagesOf(pieces)).toEqual(messagesOf(whole))
      }),
      runs,
    )
  })
})

/** Frames with the fragments of a message joined, which is all that fragmentation must leave alone (5.4). */
function messagesOf(frames: readonly Frame[]): object[] {
  const messages: { opcode: number; fin: boolean; rsv1: boolean; payload: string }[] = []
  for (const { opcode, fin, rsv1, payload } of frames) {
    const open = opcode === 0 ? messages.filter((message) => message.opcode < 8).at(-1) : undefined
    if (open === undefined) messages.push({ opcode, fin, rsv1, payload: hexOf(payload) })
    else Object.assign(open, { fin, payload: open.payload + hexOf(payload) })
  }
  return messages
}

describe('any bytes', () => {
  test('give frames or a ProtocolError and nothing else, and are not modified', () => {
    fc.assert(
      fc.property(anyBytes, ({ bytes, options }) => {
        const before = hexOf(bytes)
        for (const call of [
          () => decodeHeader(bytes, options),
          () => decodeFrame(bytes, options),
          () => [...new FrameReader(options).push(bytes)],
        ]) {
          try {
            call()
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError)
          }
        }
        expect(explain(bytes, options)).toEqual(expect.any(String))
        expect(hexOf(bytes)).toBe(before)
      }),
      { numRuns: 2000 },
    )
  })

  test('a prefix never contradicts the whole', () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(), ({ bytes, options }, at) => {
        const whole = readChunks([bytes], options)
        const prefix = readChunks([bytes.slice(0, at % (bytes.length + 1))], options)
        expect(whole.frames.slice(0, prefix.frames.length)).toEqual(prefix.frames)
        if (prefix.error !== null) expect(whole).toEqual({ ...prefix, detectedAfter: bytes.length })
      }),
      runs,
    )
  })

  test('decodeFrame in a loop gives the frames of FrameReader, until the order of the frames is what matters', () => {
    fc.assert(
      fc.property(mutatedStream, ({ bytes, options }) => {
        const expected = readChunks([bytes], options)
        const frames: object[] = []
        let offset = 0
        let error = null
        try {
          for (;;) {
            const result = decodeFrame(bytes, { maxPayloadLength: 16 * 2 ** 20, ...options }, offset)
            if (result === null) break
            if (frames.length === expected.frames.length) break
            frames.push(plain(result.frame))
            offset += result.bytesRead
          }
        } catch (thrown) {
          error = violation(thrown)
        }
        expect(frames).toEqual(expected.frames)
        const isAboutOrder = expected.error?.rule.startsWith('continuation-') === true
        if (!isAboutOrder && !expected.closed) expect(error).toEqual(expected.error)
      }),
      runs,
    )
  })
})

describe('messages', () => {
  const limit = fc.oneof(fc.nat({ max: 300 }), fc.constant(64 * 2 ** 20))
  const optionsWithLimits = fc.tuple(anyBytes, fc.option(limit, { nil: undefined })).map(([{ bytes, options }, maxMessageLength]) => ({
    bytes,
    options: { ...options, ...(maxMessageLength === undefined ? {} : { maxMessageLength }) },
  }))

  /** Stands for DEFLATE: refuses some bytes, turns some bytes into as many, some into more, and knows that the tail has been appended. */
  const inflate = (data: Uint8Array): Uint8Array => {
    if (hexOf(data.subarray(-9)) !== '0000ffff010000ffff') return Uint8Array.from(Buffer.from('the tail is missing'))
    const compressed = data.subarray(0, -9)
    if (compressed[0] === 0xee) throw new Error('this is no DEFLATE')
    return compressed.length % 2 === 0 ? compressed.map((octet) => octet & 0x7f) : Uint8Array.from([...compressed, ...compressed])
  }

  /** What the reference says, in the plain data of `readMessageChunks`. */
  function expectedReading(bytes: Uint8Array, options: Parameters<typeof referenceMessages>[1]) {
    const { messages, error, frames, outcome } = referenceMessages(bytes, options)
    const { detectedAfter = null, ...found } = error ?? {}
    return {
      frames: frames.map(({ offset: _offset, ...frame }) => plain({ ...frame, payload: Uint8Array.from(frame.payload) })),
      messages: messages.map((message) =>
        'data' in message && typeof message.data !== 'string' ? { ...message, data: hexOf(Uint8Array.from(message.data)) } : message,
      ),
      error: error && found,
      detectedAfter,
      outcome,
    }
  }

  test('and the verdict are those of the reference in any chunks; byte by byte the error comes at its byte', () => {
    fc.assert(
      fc.property(optionsWithLimits, chunkingArbitrary, fc.boolean(), ({ bytes, options }, cuts, ownsChunks) => {
        const { messages, error, detectedAfter } = expectedReading(bytes, { ...options, inflate })
        const reading = { ...options, inflate, ownsChunks }
        expect(readMessageChunks([bytes.slice()], reading)).toMatchObject({ messages, error })
        expect(readMessageChunks(cut(bytes, cuts), reading)).toMatchObject({ messages, error })
        if (bytes.length < 5000) expect(readMessageChunks(oneByOne(bytes), reading)).toMatchObject({ messages, error, detectedAfter })
      }),
      { numRuns: 3000 },
    )
  })

  test('and the verdict are those of inspect, which sees the same frames and finds the first violation first', () => {
    fc.assert(
      fc.property(optionsWithLimits, fc.boolean(), ({ bytes, options }, inflates) => {
        const given = inflates ? { ...options, inflate } : options
        const expected = expectedReading(bytes, given)
        const inspection = inspect(bytes, given)
        expect(inspection.messages.map(plainMessage)).toEqual(expected.messages)
        expect(inspection.outcome).toBe(expected.outcome)
        expect(inspection.error && violation(inspection.error)).toEqual(expected.error)
        const end = inspection.error?.offset ?? Infinity
        const before = inspection.frames.filter(({ offset }) => offset < end)
        expect(before.map(plain)).toEqual(expected.frames)
        expect(before.every(({ violations }) => violations.length === 0)).toBe(true)
        const afterClose = inspection.violations.filter(({ rule }) => rule === 'after-close')
        expect(afterClose[0]?.offset ?? null).toBe(referenceAfterClose(bytes, given))
        expect(afterClose.length).toBeLessThan(2)
        const [first] = inspection.violations.filter(({ rule }) => rule !== 'after-close')
        expect(first === undefined).toBe(expected.error === null)
        expect(first ?? {}).toMatchObject({
          ...expected.error,
          ...(expected.detectedAfter === null ? {} : { detectedAfter: expected.detectedAfter }),
        })
        expect(JSON.parse(JSON.stringify(inspection))).toMatchObject({ outcome: expected.outcome })
        expect(explain(inspection)).toContain(`verdict: ${expected.outcome}`)
      }),
      { numRuns: 3000 },
    )
  })
})
