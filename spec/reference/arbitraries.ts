/**
 * What the property specs are fed with: legal frames, legal sequences of them, ways to cut a stream, streams that are
 * legal but for a few mutations.
 */
import fc from 'fast-check'
import type { ReferenceOptions } from './decode.js'
import { referenceEncode, type ReferenceFrameInit } from './encode.js'

/** A frame as generated; the payload is unmasked. */
export interface GeneratedFrame extends ReferenceFrameInit {
  payload: Uint8Array<ArrayBuffer>
}

export interface GeneratedStream {
  frames: GeneratedFrame[]
  bytes: Uint8Array
  /** The options it is legal under. */
  options: ReferenceOptions
}

export interface MutatedStream {
  bytes: Uint8Array
  options: ReferenceOptions
}

/** Where a stream is cut: at these positions, each modulo its length + 1; or, as a number, the size of every chunk. */
export type Cuts = readonly number[] | number

/** Most frames are small, so that a thousand runs are quick; each length next to a boundary comes up now and then. */
const boundaryLengths = [0, 1, 2, 125, 126, 127, 65535, 65536]

/** What the frames of one direction may be: both senders, every extension, limits among the boundaries. */
export const readerOptionsArbitrary: fc.Arbitrary<ReferenceOptions> = fc.record(
  {
    sender: fc.constantFrom('client' as const, 'server' as const),
    extensions: fc.record(
      {
        permessageDeflate: fc.boolean(),
        rsv1: fc.boolean(),
        rsv2: fc.boolean(),
        rsv3: fc.boolean(),
        opcodes: fc.uniqueArray(fc.constantFrom(0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf), { maxLength: 4 }),
      },
      { requiredKeys: [] },
    ),
    maxPayloadLength: fc.oneof(fc.integer({ min: 0, max: 130 }), fc.constantFrom(...boundaryLengths, Infinity)),
  },
  { requiredKeys: [] },
)

/**
 * A frame that is legal by itself under the options. A continuation is one of them: whether it is expected is a
 * matter of the sequence it stands in.
 */
export function frameArbitrary(options: ReferenceOptions = {}): fc.Arbitrary<GeneratedFrame> {
  return fc
    .record({
      opcode: fc.constantFrom(0x0, ...startingOpcodes(options), ...controlOpcodes(options)),
      fin: fc.boolean(),
    })
    .chain(({ opcode, fin }) => frameOf(opcode, isControl(opcode) || fin, options))
}

/**
 * Frames in a legal sequence: fragments with control frames between them, at the end perhaps a Close frame, perhaps
 * in the middle of a message. Without `options.messageOpen` it starts between messages; it may end inside one.
 */
export function streamArbitrary(options: ReferenceOptions = {}): fc.Arbitrary<GeneratedStream> {
  const none = fc.constant<GeneratedFrame[]>([])
  const openOpcodes = controlOpcodes(options).filter((opcode) => opcode !== 0x8)
  const controlFrames = fc.array(
    fc.constantFrom(...openOpcodes).chain((opcode) => frameOf(opcode, true, options)),
    { maxLength: 2 },
  )
  const between = fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: controlFrames })

  /** A fragment with the control frames before it. */
  const fragment = (opcode: number, fin: boolean) =>
    fc.tuple(between, frameOf(opcode, fin, options)).map(([before, frame]) => [...before, frame])

  /** The fragments of a message from the second on. */
  const rest = (last: boolean) =>
    fc
      .tuple(fc.array(fragment(0x0, false), { maxLength: 4 }), last ? fragment(0x0, true) : none)
      .map(([continuations, final]) => [...continuations.flat(), ...final])

  const start = (fin: boolean) => fc.constantFrom(...startingOpcodes(options)).chain((opcode) => fragment(opcode, fin))
  const fragmented = (last: boolean) => fc.tuple(start(false), rest(last)).map((parts) => parts.flat())
  const message = fc.oneof({ weight: 2, arbitrary: start(true) }, { weight: 1, arbitrary: fragmented(true) })

  const begin = options.messageOpen === true ? rest(true) : none
  const unfinished = fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: fragmented(false) })
  const end = fc.oneof(
    none,
    controlFrames,
    frameOf(0x8, true, options).map((frame) => [frame]),
  )

  return fc.tuple(begin, fc.array(message, { maxLength: 5 }), unfinished, end).map(([opening, messages, tail, close]) => {
    const frames = [...opening, ...messages.flat(), ...tail, ...close]
    return { frames, bytes: concatenate(frames.map((frame) => referenceEncode(frame))), options }
  })
}

/** Every way to cut: a few cuts anywhere, also twice at the same place, or chunks of one size, one byte among them. */
export const chunkingArbitrary: fc.Arbitrary<Cuts> = fc.oneof(
  fc.array(fc.nat(), { maxLength: 10 }),
  fc.array(fc.nat({ max: 40 }), { maxLength: 10 }),
  fc.integer({ min: 1, max: 20 }),
)

/** The chunks, each in a buffer of its own. Two cuts at the same position leave an empty chunk between them. */
export function cut(bytes: Uint8Array, cuts: Cuts): Uint8Array[] {
  const positions =
    typeof cuts === 'number'
      ? Array.from({ length: Math.ceil(bytes.length / cuts) }, (_, i) => i * cuts).slice(1)
      : cuts.map((position) => position % (bytes.length + 1)).sort((a, b) => a - b)
  return [0, ...positions].map((position, i) => bytes.slice(position, positions[i] ?? bytes.length))
}

/** A legal stream with one to three mutations; it may still be legal. */
export function mutatedStreamArbitrary(options: ReferenceOptions = {}): fc.Arbitrary<MutatedStream> {
  return fc.tuple(streamArbitrary(options), fc.array(mutationArbitrary, { minLength: 1, maxLength: 3 })).map(([stream, mutations]) => {
    const starts = startsOf(stream.frames)
    return { bytes: mutations.reduce((bytes, mutate) => mutate(bytes, starts), stream.bytes), options }
  })
}

/** Takes the bytes and the positions where frames started before any mutation. */
type Mutation = (bytes: Uint8Array, starts: readonly number[]) => Uint8Array

const anywhere = fc.nat()
const byte = fc.integer({ min: 0, max: 255 })

/** Replaces a byte of the header of some frame. */
function editHeader(at: number, within: number, value: number): Mutation {
  return (bytes, starts) => bytes.map((old, i) => (i === startAt(starts, at) + within ? value : old))
}

/** The start of some frame; 0 if there is none. */
function startAt(starts: readonly number[], at: number): number {
  return starts[at % starts.length] ?? 0
}

const mutationArbitrary: fc.Arbitrary<Mutation> = fc.oneof(
  // Flip a bit anywhere.
  fc.tuple(anywhere, fc.nat({ max: 7 })).map(
    ([at, bit]): Mutation =>
      (bytes) =>
        bytes.map((old, i) => (i === at % bytes.length ? old ^ (1 << bit) : old)),
  ),
  // Flip a bit of one of the first two bytes of a frame: flags, opcode, MASK, 7-bit length.
  fc.tuple(anywhere, fc.nat({ max: 15 })).map(
    ([at, bit]): Mutation =>
      (bytes, starts) =>
        bytes.map((old, i) => (i === startAt(starts, at) + (bit >> 3) ? old ^ (1 << (bit & 7)) : old)),
  ),
  // Replace the first byte of a frame.
  fc.tuple(anywhere, byte).map(([at, value]) => editHeader(at, 0, value)),
  // Replace the length of a frame, the MASK bit along with it, by one of another form.
  fc.tuple(anywhere, fc.constantFrom(0, 1, 125, 126, 127, 0x80, 0x81, 0xfd, 0xfe, 0xff)).map(([at, value]) => editHeader(at, 1, value)),
  // Replace a byte of the extended length, or whatever stands there in a shorter frame.
  fc
    .tuple(anywhere, fc.integer({ min: 2, max: 9 }), fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), byte))
    .map(([at, within, value]) => editHeader(at, within, value)),
  // Give a frame an extended length that is about to be refused.
  fc
    .tuple(
      anywhere,
      fc.constantFrom(
        [126, 0, 0],
        [126, 0, 124],
        [126, 0, 125],
        [126, 0, 126],
        [126, 255, 255],
        [127, 0, 0, 0, 0, 0, 0, 0, 0],
        [127, 0, 0, 0, 0, 0, 0, 255, 255],
        [127, 0, 0, 0, 0, 0, 1, 0, 0],
        [127, 0, 31, 255, 255, 255, 255, 255, 255],
        [127, 0, 32, 0, 0, 0, 0, 0, 0],
        [127, 127, 255, 255, 255, 255, 255, 255, 255],
        [127, 128, 0, 0, 0, 0, 0, 0, 0],
      ),
    )
    .map(([at, [length7 = 0, ...extended]]): Mutation => (bytes, starts) => {
      const position = startAt(starts, at) + 1
      const mask = (bytes[position] ?? 0) & 0x80
      return concatenate([bytes.subarray(0, position), [mask | length7, ...extended], bytes.subarray(position + 1)])
    }),
  // Cut off the end.
  anywhere.map(
    (at): Mutation =>
      (bytes) =>
        bytes.slice(0, at % (bytes.length + 1)),
  ),
  // Leave out, or repeat, a slice.
  fc.tuple(anywhere, fc.nat({ max: 20 }), fc.constantFrom(0, 2)).map(([at, length, times]): Mutation => (bytes) => {
    const start = at % (bytes.length + 1)
    const slice = bytes.subarray(start, start + length)
    const repeated = Array.from({ length: times }, () => slice)
    return concatenate([bytes.subarray(0, start), ...repeated, bytes.subarray(start + length)])
  }),
  // Insert random bytes.
  fc.tuple(anywhere, fc.uint8Array({ maxLength: 12 })).map(([at, inserted]): Mutation => (bytes) => {
    const start = at % (bytes.length + 1)
    return concatenate([bytes.subarray(0, start), inserted, bytes.subarray(start)])
  }),
)

function isControl(opcode: number): boolean {
  return opcode >= 0x8
}

/** Opcodes that start a message: text, binary and what an extension adds to them. */
function startingOpcodes(options: ReferenceOptions): number[] {
  return [0x1, 0x2, ...(options.extensions?.opcodes ?? []).filter((opcode) => opcode >= 0x3 && opcode <= 0x7)]
}

function controlOpcodes(options: ReferenceOptions): number[] {
  return [0x8, 0x9, 0xa, ...(options.extensions?.opcodes ?? []).filter((opcode) => opcode >= 0xb)]
}

/** A legal frame with this opcode and FIN bit. */
function frameOf(opcode: number, fin: boolean, options: ReferenceOptions): fc.Arbitrary<GeneratedFrame> {
  const extensions = options.extensions ?? {}
  const flag = (allowed: boolean | undefined) => (allowed === true ? fc.boolean() : fc.constant(false))
  const unmasked = fc.constant(null)
  const masked = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 0xffffffff }) },
    { weight: 1, arbitrary: fc.constantFrom(0x00000000, 0xffffffff, 0x80000000, 0x000000ff) },
  )
  const deflatable = extensions.permessageDeflate === true && (opcode === 0x1 || opcode === 0x2)
  const maxLength = isControl(opcode) ? 125 : (options.maxPayloadLength ?? Infinity)
  return fc.record({
    fin: fc.constant(fin),
    rsv1: flag(extensions.rsv1 === true || deflatable),
    rsv2: flag(extensions.rsv2),
    rsv3: flag(extensions.rsv3),
    opcode: fc.constant(opcode),
    maskingKey: { client: masked, server: unmasked, either: fc.oneof(unmasked, masked) }[options.sender ?? 'either'],
    payload: opcode === 0x8 ? closePayload : payloadArbitrary(maxLength),
  })
}

function payloadArbitrary(maxLength: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const boundary = (weight: number, from: number, to: number) => {
    const lengths = boundaryLengths.filter((length) => length >= from && length <= Math.min(to, maxLength))
    const arbitrary = () => fc.tuple(fc.constantFrom(...lengths), byte).map(([length, seed]) => pattern(length, seed))
    return lengths.length === 0 ? [] : [{ weight, arbitrary: arbitrary() }]
  }
  return fc.oneof(
    { weight: 30, arbitrary: fc.uint8Array({ maxLength: Math.min(maxLength, 20) }) },
    ...boundary(6, 0, 127),
    ...boundary(1, 128, Infinity),
  )
}

/** Bytes that repeat in no period of a word or a block, without an arbitrary for each of them. */
function pattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (seed + i * 7 + (i >> 8) * 13) & 0xff)
}

const closeCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
const closeReasons = ['再见', 'bye 👋', '\u{feff}', '\0', 'x'.repeat(123), '…'.repeat(41)]

const closePayload: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(new Uint8Array(0)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.oneof(fc.constantFrom(...closeCodes), fc.integer({ min: 3000, max: 4999 })),
        fc.oneof(
          { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) },
          { weight: 1, arbitrary: fc.constantFrom(...closeReasons) },
        ),
      )
      .map(([code, reason]) => concatenate([[code >> 8, code & 0xff], new TextEncoder().encode(reason)])),
  },
)

/** The position of each frame's first byte. */
function startsOf(frames: readonly GeneratedFrame[]): number[] {
  let position = 0
  return frames.map((frame) => {
    const start = position
    position += referenceEncode(frame).length
    return start
  })
}

function concatenate(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let position = 0
  for (const part of parts) {
    bytes.set(part, position)
    position += part.length
  }
  return bytes
}
