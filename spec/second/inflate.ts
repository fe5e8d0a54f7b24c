/**
 * DEFLATE, read bit by bit as RFC 1951 describes it, for the second reader of the vectors. Slow, and without zlib on purpose.
 */

/** The data break RFC 1951. */
export class BadData extends Error {}

/** The data end inside a block. */
export class NeedMore extends Error {}

/** More bytes came out than there may be. */
export class TooLong extends Error {}

const WINDOW = 32768
const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
  24577,
]
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

class Bits {
  private readonly data: ArrayLike<number>
  private position = 0

  constructor(data: ArrayLike<number>) {
    this.data = data
  }

  bit(): number {
    const octet = this.data[this.position >> 3]
    if (octet === undefined) throw new NeedMore()
    return (octet >> (this.position++ & 7)) & 1
  }

  number(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) value |= this.bit() << i
    return value
  }

  align(): void {
    this.position = (this.position + 7) & ~7
  }

  get atEnd(): boolean {
    return this.position >= this.data.length * 8
  }
}

/** A canonical Huffman code (3.2.2): symbols by their length and their place among those of that length. */
class Code {
  private readonly counts = new Array<number>(16).fill(0)
  private readonly symbols: number[] = []

  constructor(lengths: readonly number[], mayBeIncomplete: boolean) {
    for (let length = 1; length < 16; length++) {
      lengths.forEach((one, symbol) => {
        if (one !== length) return
        this.symbols.push(symbol)
        this.counts[length] = (this.counts[length] ?? 0) + 1
      })
    }
    let left = 1
    for (let length = 1; length < 16; length++) {
      left = left * 2 - (this.counts[length] ?? 0)
      if (left < 0) throw new BadData('more codes than there are')
    }
    const isSingle = this.symbols.length <= 1
    if (left > 0 && !(mayBeIncomplete && isSingle)) throw new BadData('fewer codes than there are')
  }

  read(bits: Bits): number {
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length < 16; length++) {
      code |= bits.bit()
      const count = this.counts[length] ?? 0
      if (code - first < count) return this.symbols[index + code - first] ?? 0
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw new BadData('no such code')
  }
}

const FIXED_LITERALS = Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8))
const FIXED_DISTANCES = new Array<number>(32).fill(5)

/**
 * @param data whole blocks, to the last byte
 * @param window what was inflated before
 * @param seen is called with each byte at once
 * @throws BadData, NeedMore if the last block does not end with the data, TooLong
 */
export function inflate(
  data: ArrayLike<number>,
  window: readonly number[],
  maxLength = Infinity,
  seen?: (octet: number) => void,
): number[] {
  const bits = new Bits(data)
  const out = [...window]
  const put = (octet: number): void => {
    out.push(octet)
    if (out.length - window.length > maxLength) throw new TooLong()
    seen?.(octet)
  }
  while (!bits.atEnd) {
    const isFinal = bits.bit() === 1
    const type = bits.number(2)
    if (type === 0) stored(bits, put)
    else if (type === 1) compressed(bits, out, put, new Code(FIXED_LITERALS, false), new Code(FIXED_DISTANCES, false))
    else if (type === 2) dynamic(bits, out, put)
    else throw new BadData('block type 3')
    if (isFinal) bits.align()
  }
  return out.slice(window.length)
}

function stored(bits: Bits, put: (octet: number) => void): void {
  bits.align()
  const length = bits.number(16)
  const complement = bits.number(16)
  if ((length ^ 0xffff) !== complement) throw new BadData('length and complement differ')
  for (let i = 0; i < length; i++) put(bits.number(8))
}

function dynamic(bits: Bits, out: number[], put: (octet: number) => void): void {
  const literals = bits.number(5) + 257
  const distances = bits.number(5) + 1
  const codes = bits.number(4) + 4
  if (literals > 286 || distances > 30) throw new BadData('too many codes')
  const lengths = new Array<number>(19).fill(0)
  for (const symbol of ORDER.slice(0, codes)) lengths[symbol] = bits.number(3)
  const codeOfLengths = new Code(lengths, false)
  const all: number[] = []
  while (all.length < literals + distances) {
    const symbol = codeOfLengths.read(bits)
    if (symbol < 16) {
      all.push(symbol)
      continue
    }
    const before = all.at(-1)
    if (symbol === 16 && before === undefined) throw new BadData('nothing to repeat')
    const value = symbol === 16 ? (before ?? 0) : 0
    const times = symbol === 16 ? 3 + bits.number(2) : symbol === 17 ? 3 + bits.number(3) : 11 + bits.number(7)
    for (let i = 0; i < times; i++) all.push(value)
  }
  if (all.length > literals + distances) throw new BadData('too many lengths')
  if (all[256] === 0) throw new BadData('no end of block')
  compressed(bits, out, put, new Code(all.slice(0, literals), true), new Code(all.slice(literals), true))
}

function compressed(bits: Bits, out: readonly number[], put: (octet: number) => void, literals: Code, distances: Code): void {
  for (;;) {
    const symbol = literals.read(bits)
    if (symbol === 256) return
    if (symbol < 256) {
      put(symbol)
      continue
    }
    const base = LENGTH_BASE[symbol - 257]
    if (base === undefined) throw new BadData('no such length')
    const length = base + bits.number(LENGTH_BITS[symbol - 257] ?? 0)
    const code = distances.read(bits)
    const distanceBase = DISTANCE_BASE[code]
    if (distanceBase === undefined) throw new BadData('no such distance')
    const distance = distanceBase + bits.number(DISTANCE_BITS[code] ?? 0)
    if (distance > Math.min(out.length, WINDOW)) throw new BadData('too far back')
    for (let i = 0; i < length; i++) put(out[out.length - distance] ?? 0)
  }
}

/** What of the past the next message can refer to. */
export function windowAfter(window: readonly number[], inflated: readonly number[]): number[] {
  return [...window, ...inflated].slice(-WINDOW)
}
