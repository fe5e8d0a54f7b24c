/**
 * Every test vector of the installed package: as frames, as messages, as inspected, and encoded back to the same bytes.
 * What is taken from `node:` modules is there in Bun and Deno too.
 */
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { inflateRawSync } from 'node:zlib'

const fixtures = new URL('./node_modules/websocket-frames-vectors/', import.meta.url)

/** Longer streams are cut into pieces of a prime length. In single bytes they would take nearly all of the time. */
const LONGEST_IN_BYTES = 1024
const PIECE = 509

/** @returns how many vectors there are, how many checks of them failed, and the first of these */
export function vectorFailures(api) {
  const failures = []
  let count = 0
  for (const line of readFileSync(new URL('vectors.jsonl', fixtures), 'utf8').trimEnd().split('\n')) {
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
    const seenFrames = items.map(plainFrame)
    // Whether a message is text, or too long, is not for a reader of frames to see.
    const isOfMessage = ['deflate-data', 'text-utf8', 'message-too-long'].includes(verdict.error?.rule)
    if (isOfMessage) return isDeepStrictEqual(seenFrames.slice(0, frames.length), frames)
    return isDeepStrictEqual(seen, verdict) && isDeepStrictEqual(seenFrames, frames)
  },

  messages(api, options, { bytes, messages, verdict }) {
    const reader = new api.MessageReader({ ...options, inflate: inflateInContext() })
    const { items, error } = read(api, reader, pieces(bytes, verdict.error?.detectedAfter))
    // It holds the fragments of a message that is open, so what it holds does not tell `incomplete` from `complete`.
    return isDeepStrictEqual(error, verdict.error) && isDeepStrictEqual(items.map(plainMessage), messages)
  },

  inspection(api, options, { bytes, messages, verdict }) {
    const { violations, ...seen } = api.inspect(bytes, { ...options, inflate: inflateInContext() })
    // A reader discards what comes after a Close frame.
    const [first] = violations.filter(({ rule }) => rule !== 'after-close')
    const seenVerdict = verdictOf({ outcome: seen.outcome, error: first })
    return isDeepStrictEqual(seenVerdict, verdict) && isDeepStrictEqual(seen.messages.map(plainMessage), messages)
  },

  encoding(api, options, { bytes, frames }) {
    let end = 0
    return frames.every((frame) => {
      const start = end
      const encoded = api.encodeFrame(frame, options)
      end += encoded.length
      return isDeepStrictEqual(encoded, bytes.slice(start, end))
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
    frames: items(frames).map(({ maskingKey, payload, ...bits }) => {
      const key = maskingKey === null ? null : Number.parseInt(maskingKey, 16)
      return plainFrame({ ...bits, maskingKey: key, payload: expand(payload) })
    }),
    messages: items(messages).map(({ data, ...message }) => {
      const isText = message.type === 'text' || data === undefined
      return plainMessage({ ...message, data: isText && data !== undefined ? text(data) : isText ? data : expand(data) })
    }),
    verdict: verdictOf(verdict),
  }
}

function verdictOf({ outcome, error }) {
  return { outcome, ...(error && { error: plainError(error, error.detectedAfter) }) }
}

function plainError({ rule, section, closeCode, offset }, detectedAfter) {
  return { rule, section, closeCode, offset, detectedAfter }
}

function plainFrame({ fin, rsv1 = false, rsv2 = false, rsv3 = false, opcode, maskingKey, payload }) {
  return { fin, rsv1, rsv2, rsv3, opcode, maskingKey, payload }
}

function plainMessage({ type, data, code, reason }) {
  return type === 'close' ? { type, code, reason } : { type, data }
}

/** A list in which `{ repeat, count }` is an item `count` times. */
function items(values) {
  return values.flatMap((value) => ('repeat' in value ? new Array(value.count).fill(value.repeat) : [value]))
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
  const parts = [value].flat().map((part) => {
    if (typeof part === 'string') return octets(part)
    const unit = octets(part.repeat)
    return Buffer.alloc(unit.length * part.count, unit)
  })
  return new Uint8Array(Buffer.concat(parts))
}
