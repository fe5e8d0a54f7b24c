/**
 * Holds the package against test vectors, in the page that loads it: frames, messages and verdict, whole, byte by byte
 * and cut at random. DEFLATE, which a page has only asynchronously, comes from fflate.
 */
import { Inflate } from 'fflate'
import { uniformInt } from 'pure-rand/distribution/uniformInt.js'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus.js'
import { FrameReader, MessageReader, ProtocolError, inspect } from 'websocket-frames'

/** Bytes: longer vectors are not read byte by byte, since that shows nothing that the shorter do not. */
const BYTE_BY_BYTE_LIMIT = 300
const RANDOM_RUNS = 2
const RANDOM_CUTS = 3

/** How far DEFLATE may refer back, in bytes. */
const WINDOW = 2 ** 15

/** Whether a message is text, or too long, is not for a reader of frames to see. */
const rulesOfMessages = ['deflate-data', 'text-utf8', 'message-too-long']

/**
 * @param {string[]} urls of files of vectors
 * @param {number} seed
 * @returns {Promise<{ count: number, byteByByte: number, failures: string[] }>}
 */
export async function runVectors(urls, seed) {
  const random = xoroshiro128plus(seed)
  const failures = []
  let count = 0
  let byteByByte = 0
  for (const url of urls) {
    const { vectors } = await (await fetch(url)).json()
    for (const vector of vectors) {
      const bytes = expand(vector.bytes)
      failures.push(...check(`${vector.id}, whole`, vector, [bytes], false), ...checkInspection(vector, bytes))
      if (bytes.length < BYTE_BY_BYTE_LIMIT) {
        const octets = Array.from(bytes, (octet) => Uint8Array.of(octet))
        failures.push(...check(`${vector.id}, byte by byte`, vector, octets, true))
        byteByByte++
      }
      for (let run = 0; run < RANDOM_RUNS; run++) {
        const places = Array.from({ length: RANDOM_CUTS }, () => uniformInt(random, 0, bytes.length))
        places.sort((a, b) => a - b)
        const chunks = [0, ...places].map((start, i) => bytes.subarray(start, places[i] ?? bytes.length))
        failures.push(...check(`${vector.id}, cut at ${places}`, vector, chunks, false))
      }
      count++
    }
  }
  return { count, byteByByte, failures }
}

/**
 * @param {string} name
 * @param {*} vector
 * @param {Uint8Array[]} chunks
 * @param {boolean} isByteByByte when it is certain how many bytes an error takes
 */
function check(name, vector, chunks, isByteByByte) {
  const { detectedAfter, ...violation } = vector.error ?? {}
  const error = vector.error === undefined ? null : violation
  const after = isByteByByte && error !== null ? detectedAfter : null
  const isOfMessage = rulesOfMessages.includes(error?.rule)

  const frames = read(new FrameReader(vector), chunks, plainFrame)
  const messages = isForInflater(vector) ? null : read(new MessageReader({ ...vector, inflate: inflateInContext() }), chunks, plainMessage)
  const expectedFrames = items(vector.frames).map(expectedFrame)
  if (isOfMessage) frames.items.splice(expectedFrames.length)
  return [
    ...difference(`${name}, frames`, frames.items, expectedFrames),
    ...(messages === null ? [] : difference(`${name}, messages`, messages.items, items(vector.messages).map(expectedMessage))),
    ...(messages === null ? [] : difference(`${name}, error of messages`, messages.error, error)),
    ...(isByteByByte && messages !== null ? difference(`${name}, bytes until the error`, messages.detectedAfter, after) : []),
    ...(isOfMessage ? [] : difference(`${name}, error of frames`, frames.error, error)),
    ...(isOfMessage ? [] : difference(`${name}, incomplete`, frames.isIncomplete, vector.outcome === 'incomplete')),
    ...(isOfMessage || !isByteByByte ? [] : difference(`${name}, bytes until the error`, frames.detectedAfter, after)),
  ]
}

/**
 * @param {*} vector
 * @param {Uint8Array} bytes
 */
function checkInspection(vector, bytes) {
  if (isForInflater(vector)) return []
  const { outcome, messages, violations } = inspect(bytes, { ...vector, inflate: inflateInContext() })
  // A reader discards what comes after a Close frame.
  const [first] = violations.filter(({ rule }) => rule !== 'after-close')
  const { rule, rfc, section, closeCode, offset, detectedAfter } = first ?? {}
  const violation = first === undefined ? null : { rule, rfc, section, closeCode, offset, detectedAfter }
  return [
    ...difference(`${vector.id}, outcome`, outcome, vector.outcome),
    ...difference(`${vector.id}, inspected messages`, messages.map(plainMessage), items(vector.messages).map(expectedMessage)),
    ...difference(`${vector.id}, violation`, violation, vector.error ?? null),
  ]
}

/**
 * @param {FrameReader | MessageReader} reader
 * @param {Uint8Array[]} chunks
 * @param {(item: *) => unknown} plain
 */
function read(reader, chunks, plain) {
  const items = []
  let pushed = 0
  try {
    for (const chunk of chunks) {
      pushed += chunk.length
      for (const item of reader.push(chunk)) items.push(plain(item))
    }
    return { items, error: null, detectedAfter: null, isIncomplete: reader.bufferedLength > 0 }
  } catch (thrown) {
    if (!(thrown instanceof ProtocolError)) throw thrown
    const { rule, rfc, section, closeCode, offset } = thrown
    return { items, error: { rule, rfc, section, closeCode, offset }, detectedAfter: pushed, isIncomplete: false }
  }
}

/**
 * Inflates one message after the other, each with the window that those before it have left. Not as one stream: that is
 * over when a message ends with a block that says it is the last, after which another message may come.
 */
function inflateInContext() {
  let dictionary = new Uint8Array(0)
  return (/** @type {Uint8Array} */ data) => {
    /** @type {Uint8Array[]} */
    const pieces = []
    new Inflate({ dictionary }, (piece) => pieces.push(piece)).push(data, true)
    const inflated = join(pieces)
    dictionary = join([dictionary, inflated]).slice(-WINDOW)
    return inflated
  }
}

/** @param {Uint8Array[]} pieces */
function join(pieces) {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let end = 0
  for (const piece of pieces) {
    joined.set(piece, end)
    end += piece.length
  }
  return joined
}

/**
 * Whether a vector asks of the inflater what fflate does not do: to go on after a block with BFINAL set, and to notice all bad data.
 *
 * @param {*} vector
 */
function isForInflater({ requires = [], error }) {
  return requires.includes('bfinal') || error?.rule === 'deflate-data'
}

/** @param {*[]} values in which { repeat, count } is an item `count` times */
function items(values) {
  return values.flatMap((value) => ('repeat' in value ? new Array(value.count).fill(value.repeat) : [value]))
}

/** @param {string | (string | { repeat: string, count: number })[]} value */
function textOf(value) {
  const parts = typeof value === 'string' ? [value] : value
  return parts.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.count))).join('')
}

/** @param {Parameters<typeof textOf>[0]} value */
function hexOf(value) {
  return textOf(value).replaceAll(' ', '')
}

/** @param {Parameters<typeof hexOf>[0]} value */
function expand(value) {
  return Uint8Array.from(hexOf(value).match(/../g) ?? [], (octet) => Number.parseInt(octet, 16))
}

const hexOfOctets = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))

/** @param {Uint8Array} bytes */
function toHex(bytes) {
  let hex = ''
  for (const octet of bytes) hex += hexOfOctets[octet]
  return hex
}

/** @param {import('websocket-frames').Frame} frame */
function plainFrame({ fin, rsv1, rsv2, rsv3, opcode, maskingKey, payload }) {
  const key = maskingKey === null ? null : maskingKey.toString(16).padStart(8, '0')
  return { fin, rsv1, rsv2, rsv3, opcode, maskingKey: key, payload: toHex(payload) }
}

/** @param {*} frame */
function expectedFrame({ fin, rsv1 = false, rsv2 = false, rsv3 = false, opcode, maskingKey, payload }) {
  return { fin, rsv1, rsv2, rsv3, opcode, maskingKey, payload: hexOf(payload) }
}

/** @param {*} message */
function plainMessage({ type, data, code, reason }) {
  if (type === 'close') return { type, code, reason }
  return { type, data: typeof data === 'string' ? data : toHex(data) }
}

/** @param {*} message */
function expectedMessage({ type, data, code, reason }) {
  if (type === 'close') return { type, code, reason }
  return { type, data: type === 'text' ? textOf(data) : hexOf(data) }
}

/**
 * @param {string} name
 * @param {unknown} actual
 * @param {unknown} expected
 */
function difference(name, actual, expected) {
  const [found, wanted] = [ordered(actual), ordered(expected)]
  return found === wanted ? [] : [`${name}: ${found.slice(0, 300)} instead of ${wanted.slice(0, 300)}`]
}

/** @param {unknown} value */
function ordered(value) {
  return JSON.stringify(value, (_, item) => {
    const isRecord = typeof item === 'object' && item !== null && !Array.isArray(item)
    return isRecord ? Object.fromEntries(Object.entries(item).sort()) : item
  })
}
