/**
 * Keeps the first and the last of many frames. Those in the middle are counted and discarded.
 */

/** How many items are kept at each end, so that the description of all of them fits in one string. */
const KEPT = 5000

/** Keeps at most the first {@link KEPT} items and the last {@link KEPT}. */
export class Ends<Item> {
  readonly #first: Item[] = []
  /** A ring: item number `KEPT + i` is at index `i % KEPT`. */
  readonly #last: Item[] = []
  #count = 0

  add(item: Item): void {
    if (this.#count < KEPT) this.#first.push(item)
    else this.#last[this.#count % KEPT] = item
    this.#count++
  }

  /** The kept items, in order. */
  shown(): Item[] {
    return [...this.#first, ...this.#inOrder()]
  }

  /**
   * The lines of the kept items, with a line between the two ends that counts the discarded items.
   *
   * @param linesOf - describes one item
   */
  lines(linesOf: (item: Item) => string[]): string[] {
    const elided = this.#count - this.#first.length - this.#last.length
    const between = elided === 0 ? [] : [`... ${elided} ${elided === 1 ? 'frame' : 'frames'} ...`]
    return [...this.#first.flatMap(linesOf), ...between, ...this.#inOrder().flatMap(linesOf)]
  }

  #inOrder(): Item[] {
    // The oldest item is where the next one goes. Until the ring is full, nothing is there yet, and the first slice is empty.
    const oldest = this.#count % KEPT
    return [...this.#last.slice(oldest), ...this.#last.slice(0, oldest)]
  }
}
