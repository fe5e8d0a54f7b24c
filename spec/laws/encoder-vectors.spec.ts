/**
 * The encoders write and refuse what `fixtures/encoder.json` says.
 */
import { describe, expect, test } from '@jest/globals'
import { ProtocolError, encodeClosePayload, encodeFrame, encodeFrameInto, encodeHeader, encodedLength, inspect } from '../../src/index.js'
import { hexOf } from '../support.js'
import { encoderVectors } from '../vectors.js'
import type { EncoderVector } from '../vectors.js'

const all = encoderVectors()

test('there are vectors of both kinds, with ids of their own', () => {
  expect(all.length).toBeGreaterThan(350)
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  expect(all.filter(({ refused }) => refused !== null).length).toBeGreaterThan(150)
})

/** What a call gives: bytes in hex, or the rule by which it refuses. */
function outcomeOf(call: () => Uint8Array): string {
  try {
    return hexOf(call())
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return error.rule
  }
}

const expectedOf = ({ bytes, refused }: EncoderVector) => (bytes === null ? (refused ?? '') : hexOf(bytes))

function frameOf({ frame }: EncoderVector) {
  if (frame === null) throw new Error('a vector of a Close payload')
  const { maskingKey, payload, ...bits } = frame
  return {
    ...bits,
    maskingKey: maskingKey === null ? null : Number.parseInt(maskingKey, 16),
    payload: Uint8Array.from(Buffer.from(payload, 'hex')),
  }
}

describe('frames', () => {
  test.each(all.filter(({ frame }) => frame !== null).map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const frame = frameOf(vector)
    const expected = expectedOf(vector)
    expect(outcomeOf(() => encodeFrame(frame, vector.options))).toBe(expected)
    const intoTarget = () => {
      const target = new Uint8Array(encodedLength(frame, vector.options) + 3)
      return target.subarray(3, encodeFrameInto(frame, target, 3, vector.options) + 3)
    }
    expect(outcomeOf(intoTarget)).toBe(expected)
    if (vector.bytes === null) return
    const { payload, ...bits } = frame
    const header = hexOf(encodeHeader({ ...bits, payloadLength: payload.length }, vector.options))
    expect(expected.startsWith(header)).toBe(true)
    expect(header.length / 2 + payload.length).toBe(vector.bytes.length)
  })
})

describe('Close payloads', () => {
  test.each(all.filter(({ close }) => close !== null).map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const { code = null, reason = '' } = vector.close ?? {}
    expect(outcomeOf(() => (code === null ? encodeClosePayload() : encodeClosePayload(code, reason)))).toBe(expectedOf(vector))
  })
})

test('what is refused breaks the same rule when it is read', () => {
  for (const vector of all.filter(({ frame, refused }) => frame !== null && refused !== null)) {
    const bytes = encodeFrame(frameOf(vector), { strict: false })
    // A continuation frame needs a message to continue.
    const before =
      vector.frame?.opcode === 0
        ? encodeFrame({ opcode: 1, fin: false, maskingKey: frameOf(vector).maskingKey }, { strict: false })
        : new Uint8Array()
    const { violations } = inspect(Buffer.concat([before, bytes]), vector.options)
    const rules: string[] = violations.map(({ rule }) => rule)
    expect([vector.id, rules]).toEqual([vector.id, expect.arrayContaining([vector.refused])])
  }
})
