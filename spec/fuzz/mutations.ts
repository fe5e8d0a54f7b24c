/**
 * What is done to a stream: a mutation knows where frames begin and what their header fields are, and edits those, or
 * it edits the bytes without looking.
 */
import type { Random } from './random.js'
import { MAX_STREAM_LENGTH, lengthOctets } from './stream.js'
import type { LengthBits, Stream } from './stream.js'
import { writeControlFrame } from './valid.js'
import type { FuzzOptions } from './valid.js'

interface Material {
  readonly options: FuzzOptions
  /** The bytes of another stream. */
  other(): Uint8Array
}

type Mutation = (stream: Stream, random: Random, material: Material) => void

/** Every power of two at which something changes, and its neighbours. */
const lengths = [0, 1, 125, 126, 127, 128, 65535, 65536].map(BigInt)
for (const bits of [31n, 32n, 53n, 63n, 64n]) lengths.push(2n ** bits - 1n, 2n ** bits % 2n ** 64n)
const msb = 2n ** 63n

const forms: readonly LengthBits[] = [7, 16, 64]
const edgeOctets = [0x00, 0x01, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xfd, 0xfe, 0xff]

const flipBit: Mutation = (stream, random) => {
  const position = random.below(stream.length)
  stream.setOctet(position, stream.octet(position) ^ (1 << random.below(8)))
}

const setOctet: Mutation = (stream, random) => {
  stream.setOctet(random.below(stream.length), random.oneIn(2) ? random.pick(edgeOctets) : random.below(256))
}

const cutEnd: Mutation = (stream, random) => stream.splice(random.below(stream.length), stream.length, [])

const remove: Mutation = (stream, random) => stream.splice(random.below(stream.length), random.between(1, 8), [])

const insert: Mutation = (stream, random) => {
  stream.splice(random.below(stream.length + 1), 0, random.octets(random.between(1, 6)))
}

const repeat: Mutation = (stream, random) => {
  const start = random.below(stream.length)
  const end = start + random.between(1, 16)
  stream.splice(end, 0, stream.slice(start, end))
}

/** The beginning of this stream and the end of another one, cut anywhere. */
const spliceBytes: Mutation = (stream, random, { other }) => {
  const bytes = other()
  stream.splice(random.below(stream.length + 1), MAX_STREAM_LENGTH, bytes.subarray(random.below(bytes.length + 1)))
}

/** Frames of another stream in the place of those from some frame on. */
const spliceFrames: Mutation = (stream, random, { other }) => {
  stream.splice(someStart(stream, random), random.oneIn(2) ? 0 : MAX_STREAM_LENGTH, other())
}

const repeatFrame: Mutation = (stream, random) => {
  const start = someStart(stream, random)
  stream.splice(someStart(stream, random), 0, stream.slice(start, stream.endOf(start)))
}

const removeFrame: Mutation = (stream, random) => {
  const start = someStart(stream, random)
  stream.splice(start, stream.endOf(start) - start, [])
}

const insertControlFrame: Mutation = (stream, random, { options }) => {
  writeControlFrame(stream, options, random, someStart(stream, random))
}

/** FIN, RSV1-3. */
const flipFlag: Mutation = (stream, random) => {
  const start = someStart(stream, random)
  stream.setOctet(start, stream.octet(start) ^ (0x80 >> random.below(4)))
}

const setOpcode: Mutation = (stream, random) => {
  const start = someStart(stream, random)
  stream.setOctet(start, (stream.octet(start) & 0xf0) | random.below(16))
}

/** Now and then with the masking key that belongs to it put in or taken out. */
const flipMask: Mutation = (stream, random) => {
  const start = someStart(stream, random)
  const wasMasked = stream.isMasked(start)
  const payload = stream.payloadOf(start)
  stream.setOctet(start + 1, stream.octet(start + 1) ^ 0x80)
  if (random.oneIn(2)) return
  if (wasMasked) stream.splice(payload - 4, 4, [])
  else stream.splice(payload, 0, random.octets(4))
}

/** Any length in any form. */
const setLength: Mutation = (stream, random) => {
  writeLength(stream, someStart(stream, random), random.pick(lengths) | (random.oneIn(16) ? msb : 0n), random.pick(forms))
}

/** The length that it has, or one off, in any form. */
const editLength: Mutation = (stream, random) => {
  const start = someStart(stream, random)
  const payload = stream.payloadOf(start)
  const length = Math.max(0, Math.min(stream.endOf(start), stream.length) - payload + random.pick([0, 0, 0, -1, 1]))
  writeLength(stream, start, BigInt(length), random.pick(forms))
}

/** Lengthens a payload to the next boundary, and its length field with it. */
const growPayload: Mutation = (stream, random) => {
  const start = someStart(stream, random)
  const payload = stream.payloadOf(start)
  const length = stream.endOf(start) - payload
  const wanted = random.pick([125, 126, 127])
  if (length > wanted || payload + length > stream.length) return
  stream.splice(payload, 0, new Uint8Array(wanted - length))
  writeLength(stream, start, BigInt(wanted), wanted > 125 ? 16 : 7)
}

function writeLength(stream: Stream, start: number, length: bigint, lengthBits: LengthBits): void {
  const [first = 0, ...extended] = lengthOctets(length, lengthBits)
  const mask = stream.octet(start + 1) & 0x80
  stream.splice(start + 1, stream.lengthFieldOf(start), [mask | first, ...extended])
}

function someStart(stream: Stream, random: Random): number {
  const starts = stream.starts()
  return starts.length === 0 ? 0 : random.pick(starts)
}

const mutations: readonly Mutation[] = [
  flipBit,
  flipBit,
  setOctet,
  cutEnd,
  remove,
  insert,
  repeat,
  spliceBytes,
  spliceFrames,
  repeatFrame,
  removeFrame,
  insertControlFrame,
  flipFlag,
  flipFlag,
  setOpcode,
  flipMask,
  setLength,
  editLength,
  growPayload,
]

/** Most streams get one mutation, so that what comes after it is reached too; some get none. */
export function mutate(stream: Stream, random: Random, material: Material): void {
  const count = random.pick([0, 1, 1, 1, 2, 2, 3])
  for (let i = 0; i < count && stream.length > 0; i++) random.pick(mutations)(stream, random, material)
}
