/**
 * Holds a frame parser against every test vector, byte by byte, and says which rules it does not know.
 *
 *   node spec/examples/consume.mjs [FOLDER OF THE VECTORS]
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { FrameReader, ProtocolError } from 'websocket-frames'

/**
 * @typedef {string | (string | { repeat: string, count: number })[]} Bytes
 * @typedef {{ fin: boolean, rsv1?: true, rsv2?: true, rsv3?: true, opcode: number, maskingKey: string | null, payload: Bytes }} Frame
 * @typedef {{ rule: string, section: string, closeCode: number, offset: number, detectedAfter: number }} Violation
 * @typedef {{ id: string, bytes: Bytes, frames: Frame[], outcome: string, error?: Violation }} Verdict
 * @typedef {Verdict & import('websocket-frames').FrameReaderOptions} Vector
 */

/**
 * Your implementation goes here: frames, outcome and error. This one is the package itself.
 *
 * @param {Uint8Array} bytes
 * @param {Vector} options
 */
function parse(bytes, options) {
  const reader = new FrameReader(options)
  const frames = []
  let detectedAfter = 0
  try {
    for (const octet of bytes) {
      detectedAfter++
      for (const frame of reader.push(Uint8Array.of(octet))) frames.push(frame)
    }
    return { frames, outcome: reader.bufferedLength > 0 ? 'incomplete' : 'complete' }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    const { rule, section, closeCode, offset } = error
    return { frames, outcome: 'error', error: { rule, section, closeCode, offset, detectedAfter } }
  }
}

/** @param {Bytes} value */
function expand(value) {
  const parts = typeof value === 'string' ? [value] : value
  const hex = parts.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.count)))
  return Uint8Array.from(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'))
}

/** @param {Vector} vector */
function passes(vector) {
  const { frames, ...verdict } = parse(expand(vector.bytes), vector)
  const expected = vector.frames.map(({ maskingKey, payload, ...bits }) => {
    const key = maskingKey === null ? null : Number.parseInt(maskingKey, 16)
    return { rsv1: false, rsv2: false, rsv3: false, ...bits, maskingKey: key, payload: expand(payload) }
  })
  const { outcome, error } = vector
  // Whether a message is text, or too long, is not for a parser of frames to see.
  const isOfMessage = error?.rule === 'text-utf8' || error?.rule === 'message-too-long'
  if (isOfMessage) return isDeepStrictEqual(frames.slice(0, expected.length), expected)
  return isDeepStrictEqual({ frames, ...verdict }, { frames: expected, outcome, ...(error && { error }) })
}

const folder = process.argv[2] ?? fileURLToPath(new URL('../../fixtures', import.meta.url))
/** @type {Record<string, { passed: string[], failed: string[] }>} */
const results = {}
for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (!path.endsWith('.json') || path === 'schema.json') continue
  /** @type {{ vectors: Vector[] }} */
  const { vectors } = JSON.parse(readFileSync(join(folder, path), 'utf8'))
  for (const vector of vectors) {
    const { passed, failed } = (results[vector.error?.rule ?? vector.outcome] ??= { passed: [], failed: [] })
    if (passes(vector)) passed.push(vector.id)
    else failed.push(vector.id)
  }
}

for (const [rule, { passed, failed }] of Object.entries(results).sort()) {
  console.log(rule.padEnd(24), `${passed.length} passed`.padStart(12), `${failed.length} failed`.padStart(12), ...failed.slice(0, 2))
}
const all = Object.values(results)
const failures = all.flatMap(({ failed }) => failed).length
console.log(`${failures + all.flatMap(({ passed }) => passed).length} vectors, ${failures} failed`)
process.exitCode = failures > 0 ? 1 : 0
