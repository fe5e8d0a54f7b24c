import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeFrame, encodeFrame, inspect, parseHex } from '../src/index.js'
import { cut } from './reference/arbitraries.js'
import { referenceDecode } from './reference/decode.js'
import { inflateInContext, oneByOne, plainMessage, readChunks, readMessageChunks } from './reading.js'
import { bytes, hexOf, plain } from './support.js'
import { fixtures, vectorFiles } from './vectors.js'
import type { Vector } from './vectors.js'

const files = vectorFiles()
const all = files.flatMap(({ vectors }) => vectors)

/** These rules take a message; to a `FrameReader` such a stream is in order, and it delivers the offending frame too. */
const rulesOfMessages = ['text-utf8', 'message-too-long']

/** What a `FrameReader` makes of a vector, `frames` being at least those delivered. */
function expectedReading({ frames, error, outcome }: Vector) {
  const ofMessage = error !== null && rulesOfMessages.includes(error.rule)
  return { frames, ofMessage, error: ofMessage || error === null ? null : error, incomplete: outcome === 'incomplete' }
}

function inManyCuts(bytes: Uint8Array, check: (chunks: Iterable<Uint8Array>, isByteByByte: boolean) => void): void {
  check([bytes], false)
  check(oneByOne(bytes), true)
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => check(cut(bytes, cuts), false)),
    { numRuns: 5 },
  )
}

test('ids are unique over the whole corpus', () => {
  expect(all.length).toBeGreaterThan(200)
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
})

describe.each(files.map(({ path, vectors }) => [path, vectors] as const))('%s', (_path, vectors) => {
  describe.each(vectors.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const { options, frames } = vector
    const expected = expectedReading(vector)

    test('gives these frames and this verdict, whole, byte by byte and cut anywhere', () => {
      inManyCuts(vector.bytes, (chunks, isByteByByte) => {
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
      const { detectedAfter = null, ...violation } = vector.error ?? {}
      inManyCuts(vector.bytes, (chunks, isByteByByte) => {
        const reading = readMessageChunks(chunks, { ...options, inflate: inflateInContext() })
        expect(reading.messages).toEqual(vector.messages)
        expect(reading.error).toEqual(vector.error && violation)
        if (isByteByByte) expect(reading.detectedAfter).toBe(detectedAfter)
      })
    })

    test('is inspected as it should be', () => {
      const inspection = inspect(vector.bytes, { ...options, inflate: inflateInContext() })
      expect(inspection.outcome).toBe(vector.outcome)
      expect(inspection.messages.map(plainMessage)).toEqual(vector.messages)
      const before = inspection.frames.filter(({ offset }) => offset < (vector.error?.offset ?? Infinity))
      expect(before.map(plain)).toEqual(frames)
      // A reader discards what comes after a Close frame.
      const [first] = inspection.violations.filter(({ rule }) => rule !== 'after-close')
      const { rule, section, closeCode, offset, detectedAfter } = first ?? {}
      expect(first ? { rule, section, closeCode, offset, detectedAfter } : null).toEqual(vector.error)
      expect(inspection.error === null).toBe(vector.error === null)
    })

    test('is what the reference says', () => {
      const { frames: seen, error, insideFrame } = referenceDecode(vector.bytes, options)
      expect(error).toEqual(expected.error)
      const plainFrames = seen.map(({ offset: _offset, ...frame }) => plain({ ...frame, payload: Uint8Array.from(frame.payload) }))
      expect(expected.ofMessage ? plainFrames.slice(0, frames.length) : plainFrames).toEqual(frames)
      if (!expected.ofMessage) expect(insideFrame).toBe(expected.incomplete)
    })

    test('is decoded frame by frame, and encoded back to the same bytes', () => {
      let offset = 0
      for (const expectedFrame of frames) {
        const result = decodeFrame(vector.bytes, options, offset)
        expect(result && plain(result.frame)).toEqual(expectedFrame)
        const end = offset + (result?.bytesRead ?? 0)
        expect(result && hexOf(encodeFrame(result.frame, options))).toBe(hexOf(vector.bytes.subarray(offset, end)))
        offset = end
      }
    })
  })
})

describe('captures', () => {
  const captures = join(fixtures, 'captures')
  const hexFiles = readdirSync(captures).filter((name) => name.endsWith('.hex'))

  test('come in pairs, client and server', () => {
    expect(hexFiles.length).toBeGreaterThanOrEqual(14)
    for (const name of hexFiles) expect(hexFiles).toContain(name.replace(/(client|server)\.hex$/, (role) => (role === 'client.hex' ? 'server.hex' : 'client.hex')))
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
