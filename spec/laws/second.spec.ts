/**
 * A second reader agrees with every vector: a decoder that was written from the RFCs and shares nothing with the generator, nor with the
 * library (`spec/second/decode.ts`).
 */
import { describe, expect, test } from '@jest/globals'
import { Decoder } from '../second/decode.js'
import type { Options } from '../second/decode.js'
import { chunksOf, difference, waysOf } from '../second/hold.js'
import { vectorFiles } from '../vectors.js'
import type { Vector } from '../vectors.js'

const files = vectorFiles()
const all = files.flatMap(({ vectors }) => vectors)

function read(vector: Vector, way: ReturnType<typeof waysOf>[number], judges: NonNullable<Options['judges']>): Decoder {
  const decoder = new Decoder({ ...vector.options, judges })
  for (const chunk of chunksOf(vector.bytes, vector.cuts, way)) decoder.push(chunk)
  return decoder
}

/** In milliseconds: a file has streams of 4 MiB, and this decoder is slow. */
const TIMEOUT = 200_000

/** What some vectors are not: id and difference. */
function failures(vectors: readonly Vector[], check: (vector: Vector) => (string | null)[]): string[] {
  return vectors.flatMap((vector) => check(vector).flatMap((problem) => (problem === null ? [] : [`${vector.id}: ${problem}`])))
}

describe.each(files.map(({ path, vectors }) => [path, vectors] as const))('%s', (_path, vectors) => {
  test(
    'has the verdicts of the second reader, to the byte, however the bytes are cut',
    () => {
      const problems = failures(vectors, (vector) =>
        waysOf(vector).map((way) => {
          const decoder = read(vector, way, 'byte')
          const problem = difference(decoder, vector)
          if (problem !== null) return `${way}: ${problem}`
          const after = decoder.error?.detectedAfter ?? null
          const expected = vector.error?.detectedAfter ?? null
          return after === expected ? null : `${way}: after ${after} bytes, not ${expected}`
        }),
      )
      expect(problems).toEqual([])
    },
    TIMEOUT,
  )

  test(
    'has verdicts or alternatives for a reader that judges lengths, Close frames and compressed messages early',
    () => {
      const short = vectors.filter(({ byteLength }) => byteLength < 1000)
      const problems = failures(short, (vector) => {
        const decoder = read(vector, 'byte by byte', 'early')
        const verdicts = [vector, ...vector.alternatives]
        if (!verdicts.some((verdict) => difference(decoder, verdict) === null)) {
          return [`${decoder.outcome} ${JSON.stringify(decoder.error)}: ${difference(decoder, vector)}`]
        }
        if (decoder.error === null) return []
        const certain = verdicts.flatMap(({ error }) => error?.detectedAfter ?? [])
        return decoder.error.detectedAfter === Math.min(...certain)
          ? []
          : [`early after ${decoder.error.detectedAfter} bytes, not ${Math.min(...certain)}`]
      })
      expect(problems).toEqual([])
    },
    TIMEOUT,
  )

  test(
    'is marked as prompt where, and only where, a reader of whole headers, frames or messages fails',
    () => {
      const problems = failures(vectors, (vector) => {
        const wrong = (['header', 'frame', 'message'] as const).filter((judges) => {
          const decoder = read(vector, 'whole', judges)
          return ![vector, ...vector.alternatives].some(
            (verdict) =>
              verdict.outcome === decoder.outcome &&
              verdict.error?.closeCode === decoder.error?.closeCode &&
              verdict.messages.length === decoder.messages.length,
          )
        })
        return wrong.length > 0 === vector.prompt ? [] : [`prompt is ${vector.prompt}, wrong of each ${wrong.join(', ')}`]
      })
      expect(problems).toEqual([])
    },
    TIMEOUT,
  )
})

test('every vector was looked at', () => {
  expect(all.length).toBeGreaterThan(6900)
})
