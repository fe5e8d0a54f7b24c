/** The visits of a crowd, many at a time. */
import { setTimeout as delay } from 'node:timers/promises'
import { Random } from './random.mjs'
import { Visit } from './visits.mjs'

export class Visitors {
  #tally
  #rooms
  #open = /** @type {Set<Promise<void>>} */ (new Set())
  #staying = /** @type {import('node:net').Socket[]} */ ([])
  #hasEnded = false

  failures = /** @type {string[]} */ ([])
  connections = 0
  mostAtOnce = 0
  /** Milliseconds of all visits together. */
  duration = 0

  /**
   * @param {import('./clients.mjs').Tally} tally
   * @param {import('./room.mjs').Room[]} rooms
   */
  constructor(tally, rooms) {
    this.#tally = tally
    this.#rooms = rooms
  }

  /**
   * @param {import('./plan.mjs').Plan[]} plans
   * @param {Record<import('./visits.mjs').ServerName, string>} urls
   * @param {{ seconds: number, atOnce: number, maxPause: number }} options
   */
  async come(plans, urls, { seconds, atOnce, maxPause }) {
    const start = performance.now()
    for (const [i, { behaviour, server, violation, seed }] of plans.entries()) {
      await delay(Math.max(0, start + (i * seconds * 1000) / plans.length - performance.now()))
      while (this.#open.size >= atOnce) await Promise.race(this.#open)
      if (this.#hasEnded) return
      const random = new Random(seed)
      const room = random.pick(this.#rooms)
      const place = { tag: `visit ${i}`, server, url: urls[server], room }
      this.#begin(new Visit({ ...place, behaviour, violation, random, maxPause, tally: this.#tally, staying: this.#staying }))
    }
    await Promise.all(this.#open)
  }

  /** Ends the connections that stayed open. */
  end() {
    this.#hasEnded = true
    for (const socket of this.#staying) socket.destroy()
  }

  /** @param {Visit} visit */
  #begin(visit) {
    const begin = performance.now()
    const done = visit
      .run()
      .catch((error) => void this.failures.push(`${visit}: ${error}`))
      .finally(() => {
        this.#open.delete(done)
        this.connections += visit.connections
        this.duration += performance.now() - begin
      })
    this.#open.add(done)
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open.size)
  }
}
