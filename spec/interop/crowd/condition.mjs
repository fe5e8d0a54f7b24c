import { inTime } from '../raw.mjs'

/** Milliseconds. Far more than a message takes, even on a busy machine. */
export const PATIENCE = 10_000

/** Waits for conditions that events make true. */
export class Condition {
  /** @type {Set<() => void>} */
  #waiting = new Set()

  /** Call this when a condition may have become true. */
  notify() {
    for (const wake of this.#waiting) wake()
  }

  /**
   * @param {() => boolean} isMet may throw
   * @param {string | (() => string)} what for the error if it is not met in time
   */
  async until(isMet, what) {
    if (isMet()) return
    /** @type {() => void} */
    let wake = () => {}
    const met = new Promise((resolve, reject) => {
      wake = () => {
        try {
          if (isMet()) resolve(undefined)
        } catch (error) {
          reject(error)
        }
      }
      this.#waiting.add(wake)
    })
    try {
      await inTime(met, what, PATIENCE)
    } finally {
      this.#waiting.delete(wake)
    }
  }
}
