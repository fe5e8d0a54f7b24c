/** Random choices; the same seed gives the same ones. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

const MAX_SEED = 2 ** 31 - 1

export class Random {
  #generator

  /** @param {number} seed a 32-bit integer */
  constructor(seed) {
    this.#generator = xoroshiro128plus(seed)
  }

  seed() {
    return this.int(0, MAX_SEED)
  }

  /**
   * @param {number} min
   * @param {number} max inclusive
   */
  int(min, max) {
    return uniformInt(this.#generator, min, max)
  }

  /** @param {number} percent how often the result is true */
  chance(percent) {
    return this.int(1, 100) <= percent
  }

  /**
   * @template T
   * @param {readonly T[]} items
   * @returns {T}
   */
  pick(items) {
    return items[this.int(0, items.length - 1)]
  }

  /**
   * @template T
   * @param {readonly T[]} items
   */
  shuffled(items) {
    const result = [...items]
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.int(0, i)
      ;[result[i], result[j]] = [result[j], result[i]]
    }
    return result
  }

  /** @param {number} length */
  bytes(length) {
    const start = this.int(0, pool.length - length)
    return pool.subarray(start, start + length)
  }

  /** @param {number} maxLength in bytes */
  text(maxLength) {
    const length = Math.floor(maxLength / BYTES_PER_CHARACTER)
    const start = this.int(0, prose.length - length)
    return prose.slice(start, start + length)
  }

  /**
   * A length: mostly short, sometimes long or 0.
   *
   * @param {number} max
   */
  length(max) {
    const limit = this.pick([0, 125, 125, 125, 126, 300, 300, 300, 5000, 5000, max / 2, max])
    return this.int(0, Math.min(limit, max))
  }
}

const pool = poolOf(2 ** 18)

/** Contains no surrogates, so that it can be cut anywhere. */
const prose = 'Grüße aus Köln, 你好, καλημέρα, and plain words; '.repeat(700)
const BYTES_PER_CHARACTER = 3

/** @param {number} length */
function poolOf(length) {
  const random = new Random(length)
  return Buffer.from(Array.from({ length }, () => random.int(0, 255)))
}
