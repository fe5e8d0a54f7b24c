/**
 * Iterating over a reader.
 */

/** Iterates over what a reader delivers until that is null. A class, because two closures for each chunk cost more than a short frame. */
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
