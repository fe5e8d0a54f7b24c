/**
 * Streams that are in order, or all but: whole and fragmented messages with control frames between them, of either
 * sender, with any extensions. A few ingredients are bad from the start, where a mutation would hardly ever hit: text
 * that is not UTF-8 under a mask, close codes that must not be sent.
 */
import { deflateRawSync, constants } from 'node:zlib'
import type { ReferenceMessageOptions } from '../reference/messages.js'
import type { Random } from './random.js'
import { frameOctets } from './stream.js'
import type { Stream } from './stream.js'

export type FuzzOptions = Pick<ReferenceMessageOptions, 'sender' | 'extensions' | 'maxPayloadLength' | 'maxMessageLength'>

const TEXT = 0x1
const BINARY = 0x2
const CLOSE = 0x8
const RSV1 = 0x40

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/**
 * The first and the last character of each length, the neighbours of the surrogates, and what is often treated as
 * special.
 */
const characters = [
  'a',
  'Hello',
  '\0',
  '\x7f',
  '\x80',
  'ß',
  '\u07ff',
  '\u0800',
  '你好',
  '\ud7ff',
  '\ue000',
  '\ufeff',
  '\ufffd',
  '\uffff',
  '\u{10000}',
  '👋',
  '\u{10ffff}',
].map(utf8)

/** Overlong forms, surrogates, what lies above U+10FFFF, octets that begin nothing, and characters that break off. */
const brokenCharacters = [
  [0x80],
  [0xbf],
  [0xc0, 0x80],
  [0xc1, 0xbf],
  [0xc2],
  [0xc2, 0x41],
  [0xe0, 0x80, 0x80],
  [0xe0, 0x9f, 0xbf],
  [0xe1, 0x80],
  [0xed, 0xa0, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xef, 0xbf],
  [0xf0, 0x80, 0x80, 0x80],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xf1, 0x80, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0xfe],
  [0xff],
].map((octets) => Uint8Array.from(octets))

const senders = ['client', 'server'] as const

const closeCodes = [1000, 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
const badCloseCodes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]

/** Next to where the length field changes its form. */
const boundaryLengths = [124, 125, 126, 127, 128]
const longLengths = [65534, 65535, 65536, 65537]
/** Long enough for whatever works in blocks. */
const MEDIUM_LENGTH = 20_000
/** UTF-8 is looked at in blocks of so many bytes. */
const BLOCK_LENGTH = 4096
const someLimits = [0, 1, 5, 20, 100, 125, 126, 127, 1000]

/** A message of permessage-deflate that needs none of those before it (RFC 7692, section 7.2.1). */
function deflated(data: string | Uint8Array): Uint8Array {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

/** The last but one is not UTF-8; the last ends with a block that is marked as the last. */
const deflatedMessages = [
  deflated(''),
  deflated('a'),
  deflated('Hello'),
  deflated('你好'.repeat(9)),
  deflated('a'.repeat(300)),
  deflated(Uint8Array.of(0x61, 0xed, 0xa0, 0x80)),
  Buffer.concat([deflateRawSync('final'), Buffer.alloc(1)]),
]

/** What the handshake may have settled. With `forPeers` only what all peers can be told. */
export function drawOptions(random: Random, forPeers: boolean): FuzzOptions {
  if (forPeers) {
    const limit = random.oneIn(8) ? random.pick(someLimits.slice(1)) : Infinity
    return {
      sender: random.pick(senders),
      extensions: { permessageDeflate: random.oneIn(5) },
      maxPayloadLength: limit,
      maxMessageLength: limit,
    }
  }
  const sender = random.pick([...senders, ...senders, undefined])
  return {
    ...(sender === undefined ? {} : { sender }),
    ...(random.oneIn(3) ? { extensions: drawExtensions(random) } : {}),
    ...(random.oneIn(6) ? { maxPayloadLength: drawLimit(random) } : {}),
    ...(random.oneIn(6) ? { maxMessageLength: drawLimit(random) } : {}),
  }
}

function drawLimit(random: Random): number {
  return random.oneIn(5) ? Infinity : random.oneIn(3) ? random.below(64) : random.pick(someLimits)
}

function drawExtensions(random: Random) {
  const opcodes = [0x3, 0x4, 0x7, 0xb, 0xf].filter(() => random.oneIn(4))
  return {
    permessageDeflate: random.oneIn(2),
    rsv1: random.oneIn(6),
    rsv2: random.oneIn(6),
    rsv3: random.oneIn(6),
    opcodes,
  }
}

/** Writes a few messages to the end of the stream. */
export function writeMessages(stream: Stream, options: FuzzOptions, random: Random): void {
  const count = random.pick([1, 1, 1, 2, 2, 3])
  for (let i = 0; i < count; i++) writeMessage(stream, options, random)
  if (random.oneIn(4)) writeFrame(stream, options, random, { opcode: CLOSE, payload: drawClosePayload(random) })
}

/** Writes one control frame at `position`. */
export function writeControlFrame(stream: Stream, options: FuzzOptions, random: Random, position: number): void {
  const extension = options.extensions?.opcodes?.find((opcode) => opcode > CLOSE)
  const opcode = random.pick([CLOSE, 0x9, 0x9, 0xa, extension ?? 0x9])
  const payload = opcode === CLOSE ? drawClosePayload(random) : drawPayload(random, 125)
  writeFrame(stream, options, random, { opcode, payload }, position)
}

function writeMessage(stream: Stream, options: FuzzOptions, random: Random): void {
  const extension = options.extensions?.opcodes?.find((opcode) => opcode < CLOSE)
  const opcode = random.pick([TEXT, TEXT, BINARY, BINARY, extension ?? TEXT])
  const isCompressed = opcode <= BINARY && options.extensions?.permessageDeflate === true && random.oneIn(2)
  const payload = isCompressed ? random.pick(deflatedMessages) : opcode === TEXT ? drawText(random) : drawPayload(random, Infinity)
  const fragments = random.oneIn(3) ? random.between(2, 4) : 1
  let start = 0
  for (let i = 1; i <= fragments; i++) {
    if (i > 1 && random.oneIn(3)) writeControlFrame(stream, options, random, stream.length)
    const end = i === fragments ? payload.length : random.between(start, payload.length)
    writeFrame(stream, options, random, {
      opcode: i === 1 ? opcode : 0,
      fin: i === fragments,
      rsv: isCompressed && i === 1 ? RSV1 : 0,
      payload: payload.subarray(start, end),
    })
    start = end
  }
}

interface Init {
  readonly opcode: number
  readonly fin?: boolean
  readonly rsv?: number
  readonly payload: Uint8Array
}

function writeFrame(
  stream: Stream,
  { sender, extensions = {} }: FuzzOptions,
  random: Random,
  { opcode, fin = true, rsv = 0, payload }: Init,
  position = stream.length,
): void {
  const isMasked = sender === undefined ? random.oneIn(2) : sender === 'client'
  const maskingKey = isMasked ? (random.oneIn(6) ? new Uint8Array(4) : random.octets(4)) : null
  const extensionBits =
    (extensions.rsv1 === true && random.oneIn(3) ? 0x40 : 0) |
    (extensions.rsv2 === true && random.oneIn(3) ? 0x20 : 0) |
    (extensions.rsv3 === true && random.oneIn(3) ? 0x10 : 0)
  stream.splice(position, 0, frameOctets({ fin, rsv: rsv | extensionBits, opcode, maskingKey, payload }))
}

/** Most are short, so that millions of streams are. */
function drawPayload(random: Random, maxLength: number): Uint8Array {
  if (random.oneIn(5000) && maxLength === Infinity) return pattern(random.pick(longLengths), random.below(256))
  if (random.oneIn(1000) && maxLength === Infinity) return pattern(random.below(MEDIUM_LENGTH), random.below(256))
  if (random.oneIn(60)) return pattern(Math.min(random.pick(boundaryLengths), maxLength), random.below(256))
  if (random.oneIn(200)) return pattern(Math.min(random.below(400), maxLength), random.below(256))
  return pattern(random.below(random.pick([2, 6, 12, 24])), random.below(256))
}

/** Octets that repeat in no period of a word or a block, without a draw for each of them. */
function pattern(length: number, first: number): Uint8Array {
  const octets = new Uint8Array(length)
  for (let i = 0; i < length; i++) octets[i] = first + i * 7 + (i >> 8) * 13
  return octets
}

function drawText(random: Random): Uint8Array {
  const parts: Uint8Array[] = []
  const count = random.oneIn(200) ? random.between(20, 60) : random.below(5)
  for (let i = 0; i < count; i++) parts.push(random.pick(random.oneIn(40) ? brokenCharacters : characters))
  if (random.oneIn(1000)) parts.unshift(new Uint8Array(BLOCK_LENGTH - random.below(10)).fill(0x61))
  if (random.oneIn(50_000)) parts.unshift(new Uint8Array(random.pick(longLengths)).fill(0x61))
  return Buffer.concat(parts)
}

function drawClosePayload(random: Random): Uint8Array {
  if (random.oneIn(8)) return new Uint8Array(random.oneIn(4) ? 1 : 0)
  const code = random.oneIn(6) ? random.pick(badCloseCodes) : random.pick(closeCodes)
  const reason = random.oneIn(3) ? drawText(random).subarray(0, 123) : new Uint8Array(0)
  return Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), reason])
}
