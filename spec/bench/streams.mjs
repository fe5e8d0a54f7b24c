/**
 * Makes what is decoded and encoded: payloads, and streams of frames. The same seed gives the same bytes. The frames
 * are written by `ws`: a stream of our own encoder's would hide what only our decoder takes.
 */
import { createHash } from 'node:crypto'
import { Receiver, Sender } from 'ws'
import { TINY } from './cutter.mjs'

/** Bytes of payload in a stream, about: few enough for the caches, in which a socket's data is when it is read. */
const STREAM = { length: 2 ** 20, least: 4, most: 8192 }

/** A socket's chunk has just been written when it is read: all of them together are to fit into a core's own cache. */
const READ_STREAM = { length: 2 ** 18, least: 16, most: 2048 }

const TINY_STREAM = { length: 2 ** 15, least: 4, most: 2048 }

const OPCODES = { binary: 2, text: 1, utf8: 1 }

/** Seeded bytes. */
export function randomBytes(length, seed) {
  return createHash('shake256', { outputLength: length }).update(seed).digest()
}

/** Seeded whole numbers below 2^32. */
export function randomNumbers(count, seed) {
  const bytes = randomBytes(4 * count, seed)
  return Array.from({ length: count }, (_, i) => bytes.readUInt32LE(4 * i))
}

const texts = {
  text: '{"type":"trade","symbol":"EXAMPLE","price":1234.56,"size":7,"time":"2024-02-29T12:34:56.789Z"},',
  utf8: 'Grüße aus Köln, привет из Омска, こんにちは、東京。Ça va bien ? Ευχαριστώ πολύ! 🙂 ',
}

/** A payload of exactly `length` bytes. Those of one stream differ, but for texts that cannot be cut anywhere. */
function payloadOf(type, length, pool, start) {
  if (type === 'binary') return pool.subarray(start, start + length)
  const text = Buffer.from(texts[type])
  const shift = type === 'text' ? start % text.length : 0
  const payload = Buffer.alloc(length, Buffer.concat([text.subarray(shift), text.subarray(0, shift)]))
  let end = payload.length
  while (type === 'utf8' && end > 0 && !isWhole(payload.subarray(0, end))) end--
  return payload.fill('.', end)
}

function isWhole(payload) {
  return !payload.subarray(-4).toString().endsWith('\ufffd')
}

/** The sizes and types of a trace: mostly 20 to 300 bytes, some 4 to 64 KiB, two texts to one binary message. */
function traceOf(seed) {
  const numbers = randomNumbers(3 * 4096, seed)
  return Array.from({ length: 4096 }, (_, i) => {
    const [kind, position, type] = numbers.slice(3 * i, 3 * i + 3).map((number) => number / 2 ** 32)
    const length = kind < 0.98 ? 20 + position * 280 : 4096 * 16 ** position
    return { length: Math.floor(length), type: type < 2 / 3 ? 'text' : 'binary' }
  })
}

function messageCountOf({ group, size, chunkLength }) {
  const isTiny = chunkLength < TINY
  const { length, least, most } = group !== 'read' ? STREAM : isTiny ? TINY_STREAM : READ_STREAM
  return Math.min(most, Math.max(least, Math.round(length / (size + 1))))
}

/** What is sent in a case of cases.mjs, in order. */
function messagesOf(benchCase, seed) {
  const { group, type, size } = benchCase
  if (group === 'trace') return traceOf(seed)
  const count = group === 'cut' ? 1 : messageCountOf(benchCase)
  return Array.from({ length: count }, () => ({ length: size, type }))
}

/**
 * What an encoder is given: one payload, to be sent over and over.
 */
export function makePayload(benchCase, seed) {
  const bytes = randomBytes(benchCase.size, seed)
  const messages = messageCountOf(benchCase)
  const digest = makeDigest()
  for (let i = 0; i < messages; i++) digest.add(bytes)
  return { bytes, messages, digest: digest.end() }
}

/**
 * @returns {{ bytes: Buffer, messages: number, lengths: number[], digest: string }} the frames one after another, and
 *   what must come out of them: `lengths` are that of all payloads in bytes, and with texts in UTF-16 code units
 */
export function makeStream(benchCase, seed) {
  const messages = messagesOf(benchCase, seed)
  const longest = Math.max(...messages.map(({ length }) => length))
  const pool = randomBytes(longest + 1024, `${seed} payloads`)
  const keys = randomNumbers(messages.length, `${seed} masking keys`)
  const digest = makeDigest()
  const parts = []
  let payloadLength = 0
  let textLength = 0
  for (const [i, { length, type }] of messages.entries()) {
    const payload = payloadOf(type, length, pool, i % 1024)
    payloadLength += length
    textLength += type === 'binary' ? length : payload.toString().length
    digest.add(payload)
    parts.push(
      ...Sender.frame(Buffer.from(payload), {
        fin: true,
        opcode: OPCODES[type],
        mask: benchCase.masked,
        maskBuffer: Buffer.alloc(4),
        generateMask: (mask) => mask.writeInt32BE(keys[i] | 1),
      }),
    )
  }
  return {
    bytes: Buffer.concat(parts),
    messages: messages.length,
    lengths: [payloadLength, textLength],
    digest: digest.end(),
  }
}

/** The digest of the messages in the bytes that an encoder wrote, as `ws` reads them. */
export function digestOfFrames(bytes, { masked }) {
  const digest = makeDigest()
  const receiver = new Receiver({ isServer: masked, maxPayload: 2 ** 26 })
  receiver.on('message', (data) => digest.add(data))
  // Its error comes later, and the messages that it stands in the way of are missing by then.
  receiver.on('error', () => {})
  receiver.write(bytes)
  return digest.end()
}

/** What tells two sequences of messages apart, their boundaries too. */
export function makeDigest() {
  const hash = createHash('sha256')
  return {
    add(data) {
      hash.update(`${typeof data === 'string' ? Buffer.byteLength(data) : data.length}:`).update(data)
    },
    end: () => hash.digest('hex'),
  }
}
