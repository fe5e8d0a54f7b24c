/**
 * The iterator of the readers.
 */

/** Iterates over a reader until `read` returns null. It is a class: two closures a chunk cost more. Benchmark case: one frame a chunk. */
export class Delivery<T> implements IterableIterator<T> {
  readonly #reader: { read(): T | null }

  constructor(reader: { read(): T | null }) {
    this.#reader = reader
  }

  next(): IteratorResult<T> {
    const value = this.#reader.read()
    return value === null ? { done: true, value: undefined } : { done: false, value }
  }

  [Symbol.iterator](): this {
    return this
  }
}
