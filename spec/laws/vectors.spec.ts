import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeFrame, encodeFrame, inspect, parseHex } from '../../src/index.js'
import { cut } from '../reference/arbitraries.js'
import { referenceDecode } from '../reference/decode.js'
import { oneByOne, plainMessage, readChunks, readMessageChunks } from '../reading.js'
import { bytes, hexOf, plain } from '../support.js'
import { fixtures, vectorFiles } from '../vectors.js'
import type { Vector } from '../vectors.js'

const files = vectorFiles()
const all = files.flatMap(({ vectors }) => vectors)

/** These rules take a message; to a `FrameReader` such a stream is in order, and it delivers the offending frame too. */
const rulesOfMessages = ['deflate-data', 'text-utf8', 'message-too-long']

/** What a `FrameReader` makes of a vector, `frames` being at least those delivered. */
function expectedReading({ error, outcome }: Vector) {
  const ofMessage = error !== null && rulesOfMessages.includes(error.rule)
  return { ofMessage, error: ofMessage ? null : withoutRfc(error), incomplete: outcome === 'incomplete' }
}

/** Neither has a reading of a frame an RFC; `rules` has it for each. */
function withoutRfc(error: Vector['error']) {
  if (error === null) return null
  const { rfc: _rfc, ...rest } = error
  return rest
}

/** Longer streams are there for their length: they are not read byte by byte, nor by the reference. */
const LONG = 2 ** 17

function inManyCuts({ bytes, cuts }: Vector, check: (chunks: Iterable<Uint8Array>, isByteByByte: boolean) => void): void {
  check([bytes], false)
  if (bytes.length > LONG)
    return check(
      pieces(
        bytes,
        Array.from({ length: Math.ceil(bytes.length / 1021) - 1 }, (_, i) => (i + 1) * 1021),
      ),
      false,
    )
  if (cuts.length > 0) check(pieces(bytes, cuts), false)
  check(oneByOne(bytes), true)
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => check(cut(bytes, cuts), false)),
    { numRuns: bytes.length > 4096 ? 1 : 5 },
  )
}

function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  return [0, ...cuts].map((start, i) => bytes.slice(start, cuts[i] ?? bytes.length))
}

/** The types of Node.js do not know that `info` changes the result. */
function hasInfo(result: unknown): result is { buffer: Buffer; engine: { bytesWritten: number } } {
  return typeof result === 'object' && result !== null && 'buffer' in result && 'engine' in result
}

/**
 * Inflates the messages of one connection, each with the window that those before it have left, and goes on after blocks with BFINAL set
 * (RFC 7692, sections 7.2.3.2 and 7.2.3.4).
 */
function inflateToTheEnd() {
  let window = Buffer.alloc(0)
  return (data: Uint8Array, maxOutputLength: number): Uint8Array => {
    let rest = data
    let inflated = Buffer.alloc(0)
    while (rest.length > 0) {
      const dictionary = Buffer.concat([window, inflated]).subarray(-32768)
      const result: unknown = inflateRawSync(rest, { dictionary, maxOutputLength, info: true })
      if (!hasInfo(result)) throw new TypeError('no info')
      const { buffer, engine } = result
      inflated = Buffer.concat([inflated, buffer])
      rest = rest.subarray(engine.bytesWritten)
    }
    window = Buffer.concat([window, inflated]).subarray(-32768)
    return inflated
  }
}

test('ids are unique over the whole corpus', () => {
  expect(all.length).toBeGreaterThan(200)
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
})

describe.each(files.map(({ path, vectors }) => [path, vectors] as const))('%s', (_path, vectors) => {
  describe.each(vectors.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const { options } = vector
    const expected = expectedReading(vector)

    test('gives these frames and this verdict, whole, byte by byte and cut anywhere', () => {
      const { frames } = vector
      inManyCuts(vector, (chunks, isByteByByte) => {
        const reading = readChunks(chunks, options)
        expect(expected.ofMessage ? reading.frames.slice(0, frames.length) : reading.frames).toEqual(frames)
        if (expected.error === null) {
          expect(reading.error).toBeNull()
          if (expected.incomplete) expect(reading.truncated).toBe(true)
        } else {
          const { detectedAfter, ...violation } = expected.error
          expect(reading.error).toEqual(violation)
          if (isByteByByte) expect(reading.detectedAfter).toBe(detectedAfter)
        }
      })
    })

    test('gives these messages, and the verdict of a message reader', () => {
      const { detectedAfter = null, ...violation } = withoutRfc(vector.error) ?? {}
      const { messages } = vector
      inManyCuts(vector, (chunks, isByteByByte) => {
        const reading = readMessageChunks(chunks, { ...options, inflate: inflateToTheEnd() })
        expect(reading.messages).toEqual(messages)
        expect(reading.error).toEqual(vector.error && violation)
        if (isByteByByte) expect(reading.detectedAfter).toBe(detectedAfter)
      })
    })

    test('is inspected as it should be', () => {
      const inspection = inspect(vector.bytes, { ...options, inflate: inflateToTheEnd() })
      expect(inspection.outcome).toBe(vector.outcome)
      expect(inspection.messages.map(plainMessage)).toEqual(vector.messages)
      const { frames } = vector
      const before = inspection.frames.filter(({ offset }) => offset < (vector.error?.offset ?? Infinity))
      expect(before.map(plain)).toEqual(frames)
      expect(plainViolation(inspection.violations[0])).toEqual(vector.error ?? vector.afterClose)
      expect(inspection.error === null).toBe(vector.error === null)
    })

    test('is what the reference says', () => {
      if (vector.byteLength > LONG) return
      const { frames } = vector
      const { frames: seen, error, insideFrame } = referenceDecode(vector.bytes, options)
      expect(error).toEqual(expected.error)
      const plainFrames = seen.map(({ offset: _offset, ...frame }) => plain({ ...frame, payload: Uint8Array.from(frame.payload) }))
      expect(expected.ofMessage ? plainFrames.slice(0, frames.length) : plainFrames).toEqual(frames)
      if (!expected.ofMessage) expect(insideFrame).toBe(expected.incomplete)
    })

    test('is decoded frame by frame, and encoded back to the same bytes', () => {
      const { bytes } = vector
      let offset = 0
      for (const expectedFrame of vector.frames) {
        const result = decodeFrame(bytes, options, offset)
        expect(result && plain(result.frame)).toEqual(expectedFrame)
        const end = offset + (result?.bytesRead ?? 0)
        expect(result && hexOf(encodeFrame(result.frame, options))).toBe(hexOf(bytes.subarray(offset, end)))
        offset = end
      }
    })
  })
})

function plainViolation(violation: ReturnType<typeof inspect>['violations'][number] | undefined) {
  if (violation === undefined) return null
  const { rule, rfc, section, closeCode, offset, detectedAfter } = violation
  return { rule, rfc, section, closeCode, offset, detectedAfter }
}

describe('captures', () => {
  const captures = join(fixtures, 'captures')
  const hexFiles = readdirSync(captures).filter((name) => name.endsWith('.hex'))

  test('come in pairs, client and server', () => {
    expect(hexFiles.length).toBeGreaterThanOrEqual(14)
    for (const name of hexFiles)
      expect(hexFiles).toContain(name.replace(/(client|server)\.hex$/, (role) => (role === 'client.hex' ? 'server.hex' : 'client.hex')))
  })

  test.each(hexFiles)('%s holds the bytes of its vector', (name) => {
    const text = readFileSync(join(captures, name), 'utf8')
    const vector = all.find(({ id }) => id === `capture-${name.replace('.hex', '')}`)
    expect(hexOf(bytes(text.replaceAll(/#.*|\s/g, '')))).toBe(vector && hexOf(vector.bytes))
    expect(hexOf(parseHex(text))).toBe(vector && hexOf(vector.bytes))
  })

  test('have between them all that real software sends', () => {
    const seen = files.filter(({ path }) => path.startsWith('captures/')).flatMap(({ vectors }) => vectors)
    const frames = seen.flatMap((vector) => vector.frames)
    const lengths = new Set(frames.map(({ payload }) => payload.length / 2))
    for (const length of [0, 125, 126, 127, 65535, 65536]) expect(lengths).toContain(length)
    for (const opcode of [0, 1, 2, 8, 9, 10]) expect(frames.some((frame) => frame.opcode === opcode)).toBe(true)
    expect(frames.some(({ rsv1 }) => rsv1)).toBe(true)
    expect(frames.some(({ opcode, payload }) => opcode === 8 && payload.length > 4)).toBe(true)
    const texts = JSON.stringify(seen.flatMap(({ messages }) => messages))
    expect(texts).toMatch(/\p{Script=Han}/u)
    expect(texts).toMatch(/\p{Emoji_Presentation}/u)
    const pingInside = seen.some((vector) =>
      vector.frames.some(({ opcode, fin }, i) => opcode !== 8 && !fin && vector.frames[i + 1]?.opcode === 9),
    )
    expect(pingInside).toBe(true)
  })
})
