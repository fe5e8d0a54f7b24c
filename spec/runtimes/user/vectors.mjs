/**
 * Runs every test vector: as frames, as messages, as inspected, and encoded back to the same bytes. Bun, Deno and workerd have these
 * `node:` modules too. Some vectors have 65,537 frames and some runs have no JIT, so the work for each frame is small.
 */
import { Buffer } from 'node:buffer'
import { isDeepStrictEqual } from 'node:util'
import { inflateRawSync } from 'node:zlib'
import { areSameBytes } from './bytes.mjs'

/** Longer streams are cut into pieces of a prime length. In single bytes they would take nearly all of the time. */
const LONGEST_IN_BYTES = 1024
const PIECE = 509

/**
 * @param api - the package
 * @param {string} jsonLines - the text of `vectors.jsonl`
 * @returns how many vectors there are, how many checks of them failed, and the first of these
 */
export function vectorFailures(api, jsonLines) {
  const failures = []
  let count = 0
  for (const line of jsonLines.trimEnd().split('\n')) {
    const vector = JSON.parse(line)
    count++
    const expected = expectationOf(vector)
    // The inflater here ends at the first block with BFINAL set.
    const possible = Object.entries(checks).filter(
      ([what]) => !vector.requires?.includes('bfinal') || what === 'frames' || what === 'encoding',
    )
    const failed = possible.filter(([, passes]) => !passes(api, vector, expected))
    failures.push(...failed.map(([what]) => `${vector.id} ${what}`))
  }
  return { count, failed: failures.length, first: failures.slice(0, 10) }
}

const checks = {
  frames(api, options, { bytes, frames, verdict }) {
    const { items, ...seen } = read(api, new api.FrameReader(options), pieces(bytes, verdict.error?.detectedAfter))
    // Whether a message is text, or too long, is not for a reader of frames to see.
    const isOfMessage = ['deflate-data', 'text-utf8', 'message-too-long'].includes(verdict.error?.rule)
    if (isOfMessage) return areSame(items.slice(0, frames.length), frames, isSameFrame)
    return isDeepStrictEqual(seen, verdict) && areSame(items, frames, isSameFrame)
  },

  messages(api, options, { bytes, messages, verdict }) {
    const reader = new api.MessageReader({ ...options, inflate: inflateInContext() })
    const { items, error } = read(api, reader, pieces(bytes, verdict.error?.detectedAfter))
    // It holds the fragments of a message that is open, so what it holds does not tell `incomplete` from `complete`.
    return isDeepStrictEqual(error, verdict.error) && areSame(items, messages, isSameMessage)
  },

  inspection(api, options, { bytes, messages, verdict }) {
    const { violations, ...seen } = api.inspect(bytes, { ...options, inflate: inflateInContext() })
    // A reader discards what comes after a Close frame.
    const [first] = violations.filter(({ rule }) => rule !== 'after-close')
    const seenVerdict = verdictOf({ outcome: seen.outcome, error: first })
    return isDeepStrictEqual(seenVerdict, verdict) && areSame(seen.messages, messages, isSameMessage)
  },

  encoding(api, options, { bytes, frames }) {
    let end = 0
    return frames.every((frame) => {
      const start = end
      const encoded = api.encodeFrame(frame, options)
      end += encoded.length
      return areSameBytes(encoded, bytes.subarray(start, end))
    })
  },
}

/** What a reader makes of a stream; `detectedAfter` is exact if the byte that it names is a piece of its own. */
function read({ ProtocolError }, reader, chunks) {
  const items = []
  let detectedAfter = 0
  try {
    for (const chunk of chunks) {
      detectedAfter += chunk.length
      for (const item of reader.push(chunk)) items.push(item)
    }
    return { items, outcome: reader.bufferedLength > 0 ? 'incomplete' : 'complete' }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { items, outcome: 'error', error: plainError(error, detectedAfter) }
  }
}

function* pieces(bytes, detectedAfter) {
  const longest = bytes.length > LONGEST_IN_BYTES ? PIECE : 1
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    const next = [detectedAfter - 1, detectedAfter].find((cut) => cut > start) ?? bytes.length
    end = Math.min(start + longest, next)
    yield bytes.slice(start, end)
  }
}

/**
 * Inflates the messages of one connection: each may refer to the 32 KiB before it. Those are put before it as a stored
 * block (RFC 1951, section 3.2.4), since not every runtime lets `inflateRawSync` have a dictionary.
 */
function inflateInContext() {
  let before = Buffer.alloc(0)
  return (data) => {
    const { length } = before
    const storedBlock = [Buffer.from([0, length, length >>> 8, ~length, ~length >>> 8]), before]
    const inflated = inflateRawSync(Buffer.concat([...storedBlock, data]))
    before = inflated.subarray(-32768)
    return new Uint8Array(inflated.subarray(length))
  }
}

function expectationOf({ bytes, frames, messages, ...verdict }) {
  return {
    bytes: expand(bytes),
    frames: repeated(frames, expectedFrame),
    messages: repeated(messages, expectedMessage),
    verdict: verdictOf(verdict),
  }
}

function verdictOf({ outcome, error }) {
  return { outcome, ...(error && { error: plainError(error, error.detectedAfter) }) }
}

function plainError({ rule, section, closeCode, offset }, detectedAfter) {
  return { rule, section, closeCode, offset, detectedAfter }
}

function expectedFrame({ fin, rsv1 = false, rsv2 = false, rsv3 = false, opcode, maskingKey, payload }) {
  const key = maskingKey === null ? null : Number.parseInt(maskingKey, 16)
  return { fin, rsv1, rsv2, rsv3, opcode, maskingKey: key, payload: expand(payload) }
}

function expectedMessage({ type, data, code, reason }) {
  if (type === 'close') return { type, code, reason }
  return { type, data: type === 'text' ? text(data) : expand(data) }
}

function isSameFrame(seen, expected) {
  return (
    seen.fin === expected.fin &&
    seen.rsv1 === expected.rsv1 &&
    seen.rsv2 === expected.rsv2 &&
    seen.rsv3 === expected.rsv3 &&
    seen.opcode === expected.opcode &&
    seen.maskingKey === expected.maskingKey &&
    areSameBytes(seen.payload, expected.payload)
  )
}

function isSameMessage(seen, expected) {
  const { type, data, code, reason } = expected
  if (seen.type !== type || seen.code !== code || seen.reason !== reason) return false
  return data instanceof Uint8Array ? areSameBytes(seen.data, data) : seen.data === data
}

function areSame(seen, expected, isSame) {
  return seen.length === expected.length && seen.every((item, i) => isSame(item, expected[i]))
}

/** The items of a list, in which `{ repeat, count }` is an item `count` times. */
function repeated(values, convert) {
  return values.flatMap((value) => ('repeat' in value ? new Array(value.count).fill(convert(value.repeat)) : [convert(value)]))
}

function text(value) {
  return [value]
    .flat()
    .map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.count)))
    .join('')
}

/** Bytes from hex, or from a list of hex and repeats. */
function expand(value) {
  const octets = (hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
  if (typeof value === 'string') return new Uint8Array(octets(value))
  const parts = value.map((part) => {
    if (typeof part === 'string') return octets(part)
    const unit = octets(part.repeat)
    return Buffer.alloc(unit.length * part.count, unit)
  })
  return new Uint8Array(Buffer.concat(parts))
}
