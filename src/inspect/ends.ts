/**
 * The first and the last of many frames: those in the middle are counted and let go of.
 */

/** How many of each are kept: what is printed about all of them fits in one string. */
const KEPT = 5000

/** Keeps at most {@link KEPT} items of the beginning and as many of the end. */
export class Ends<Item> {
  readonly #first: Item[] = []
  /** The item with number `KEPT + i` is at `i % KEPT`. */
  readonly #last: Item[] = []
  #count = 0

  add(item: Item): void {
    if (this.#count < KEPT) this.#first.push(item)
    else this.#last[this.#count % KEPT] = item
    this.#count++
  }

  /** Those that are kept, in order. */
  shown(): Item[] {
    return [...this.#first, ...this.#inOrder()]
  }

  /** @param linesOf - describes one item; a line says how many are left out */
  lines(linesOf: (item: Item) => string[]): string[] {
    const elided = this.#count - this.#first.length - this.#last.length
    const between = elided === 0 ? [] : [`... ${elided} ${elided === 1 ? 'frame' : 'frames'} ...`]
    return [...this.#first.flatMap(linesOf), ...between, ...this.#inOrder().flatMap(linesOf)]
  }

  #inOrder(): Item[] {
    const oldest = this.#last.length < KEPT ? 0 : this.#count % KEPT
    return [...this.#last.slice(oldest), ...this.#last.slice(0, oldest)]
  }
}
