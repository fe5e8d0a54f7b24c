/**
 * One stream to be judged: its bytes, what the readers are told, and how they get it. Made from the seed of the run and
 * the number of the stream alone.
 */
import { mutate } from './mutations.js'
import { Random } from './random.js'
import { Stream } from './stream.js'
import { drawOptions, writeMessages } from './valid.js'
import type { FuzzOptions } from './valid.js'

export interface Case {
  readonly bytes: Uint8Array
  readonly options: FuzzOptions
  /** Positions between the chunks, in order; two that are the same have an empty chunk between them. */
  readonly cuts: readonly number[]
  readonly ownsChunks: boolean
  readonly streamAbove: number
  /** Bit n says whether something is read after chunk n, modulo 32. */
  readonly reads: number
  /** Whether it is read byte by byte too. */
  readonly oneByOne: boolean
}

/** A stream to begin with. */
export interface Seed {
  readonly bytes: Uint8Array
  readonly options: FuzzOptions
}

/** The peers get one stream in so many; it has options that all of them can be told. */
export const PEER_INTERVAL = 20

/** Longer ones would take more time than a thousand others. */
const MAX_ONE_BY_ONE = 300

export class Cases {
  readonly #random: Random
  readonly #seeds: readonly Seed[]
  readonly #stream = new Stream()
  readonly #otherStream = new Stream()

  /**
   * @param seed - of the run
   * @param seeds - streams to begin with, besides those that are made up
   */
  constructor(seed: string, seeds: readonly Seed[]) {
    this.#random = new Random(seed)
    this.#seeds = seeds
  }

  make(index: number): Case {
    const random = this.#random.start(index)
    const { bytes, options } = this.#draw(index % PEER_INTERVAL === 0)
    const { length } = bytes
    return {
      bytes,
      options,
      cuts: drawCuts(random, length),
      ownsChunks: random.oneIn(2),
      streamAbove: random.oneIn(2) ? random.below(8) : random.below(130),
      reads: random.below(2 ** 32),
      oneByOne: length <= MAX_ONE_BY_ONE && random.oneIn(3),
    }
  }

  #draw(forPeers: boolean): Seed {
    const random = this.#random
    const stream = this.#stream
    stream.length = 0
    let options = drawOptions(random, forPeers)
    if (this.#seeds.length > 0 && random.oneIn(4)) {
      const seed = random.pick(this.#seeds)
      const { sender = options.sender, extensions = {} } = seed.options
      const permessageDeflate = extensions.permessageDeflate === true
      options = forPeers ? { ...options, ...(sender && { sender }), extensions: { permessageDeflate } } : seed.options
      stream.append(seed.bytes)
    } else {
      writeMessages(stream, options, random)
    }
    mutate(stream, random, { options, other: () => this.#drawOther(options) })
    return { bytes: stream.slice(), options }
  }

  #drawOther(options: FuzzOptions): Uint8Array {
    if (this.#seeds.length > 0 && this.#random.oneIn(3)) return this.#random.pick(this.#seeds).bytes
    this.#otherStream.length = 0
    writeMessages(this.#otherStream, options, this.#random)
    return this.#otherStream.slice()
  }
}

/** A few cuts anywhere, or all chunks of one size. */
function drawCuts(random: Random, length: number): number[] {
  if (random.oneIn(3)) {
    const size = random.between(1, 20) + Math.floor(length / 1000)
    return Array.from({ length: Math.floor(length / size) }, (_, i) => (i + 1) * size)
  }
  const count = random.below(6)
  return Array.from({ length: count }, () => random.below(length + 1)).sort((a, b) => a - b)
}

/** The chunks of a stream, as positions from and to. */
export function chunksOf(length: number, cuts: readonly number[]): readonly (readonly [start: number, end: number])[] {
  return [0, ...cuts].map((start, i) => [start, cuts[i] ?? length])
}

/** A case as one line of JSON, the bytes in hex. */
export function textOf({ bytes, ...rest }: Case): string {
  const hex = Buffer.from(bytes).toString('hex')
  return JSON.stringify({ bytes: hex, ...rest }, (_key, value: unknown) => (value === Infinity ? 'Infinity' : value))
}
