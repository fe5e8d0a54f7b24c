/** Runs a crowd of clients against the servers, and checks the servers afterwards. */
import { MAX_MESSAGE_LENGTH } from '../violations.mjs'
import { Tally } from './clients.mjs'
import { Neighbours } from './neighbours.mjs'
import { planOf } from './plan.mjs'
import { Random } from './random.mjs'
import { Room } from './room.mjs'
import { ServerProcess } from './server-process.mjs'
import { Visitors } from './visitors.mjs'
import { behaviours, serverNames, violations } from './visits.mjs'

/**
 * @typedef {import('./visits.mjs').ServerName} ServerName
 * @typedef {import('./plan.mjs').Plan} Plan
 * @typedef {import('./server-process.mjs').Usage} Usage
 *
 * @typedef {object} Options
 * @property {number} connections
 * @property {number} seconds during which connections begin
 * @property {number} atOnce the most visits at a time
 * @property {number} maxPause of a client, in milliseconds
 * @property {number} seed
 * @property {string} echo the URL of a module that exports `startEchoServer`
 * @property {string} chat the URL of a module that exports `startChatServer`
 *
 * @typedef {object} Result of one crowd
 * @property {Plan[]} plans
 * @property {Visitors} visitors
 * @property {Neighbours} neighbours
 * @property {Tally} tally
 * @property {number} seconds
 *
 * @typedef {{ result: Result, before: Record<ServerName, Usage>, after: Record<ServerName, Usage>, faults: number }} Run
 */

const ROOMS = ['/', '/kitchen', '/hall', '/attic', '/cellar', '/garden']

/** Bytes by which the memory of a server may grow from the end of the warm-up to the end of the run. */
export const MAX_GROWTH = 2 ** 21

/** The connections of a smaller crowd that comes first, so that the servers compile and allocate what they keep. */
const WARM_UP = { share: 0.1, least: 60, most: 1000 }

/** Milliseconds. */
const PROGRESS_INTERVAL = 15_000

/** Errors that a server may report for a connection, besides broken rules. */
const socketErrors = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']

export class Crowd {
  #options
  #random
  #print
  #servers = /** @type {Record<ServerName, ServerProcess>} */ ({})
  failures = /** @type {string[]} */ ([])

  /**
   * @param {Options} options
   * @param {(line: string) => void} print
   */
  constructor(options, print) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#print = print
  }

  /** @returns {Promise<Run | null>} null if a server died or the warm-up failed */
  async run() {
    const { connections, seconds } = this.#options
    try {
      await this.#startServers()
      const count = Math.min(WARM_UP.most, Math.max(WARM_UP.least, Math.round(connections * WARM_UP.share)))
      const leaving = behaviours.filter(({ stays }) => !stays)
      await this.#come(planOf(count, this.#random, leaving), (seconds * count) / connections)
      if (this.failures.length > 0) return null
      const before = await this.#usages()
      const result = await this.#come(planOf(connections, this.#random, behaviours), seconds)
      const opened = result.visitors.connections
      if (opened !== connections) this.failures.push(`${opened} connections were opened, not ${connections}`)
      const after = await this.#usages()
      for (const name of serverNames) this.#checkUsage(name, before[name], after[name])
      for (const server of Object.values(this.#servers)) await server.close()
      const faults = Object.values(this.#servers).reduce((sum, server) => sum + server.faults.length, 0)
      return { result, before, after, faults }
    } catch (error) {
      this.failures.push(String(error))
      return null
    } finally {
      for (const [name, server] of Object.entries(this.#servers)) {
        server.kill()
        this.failures.unshift(...server.troubles.map((trouble) => `the server ${name}: ${trouble}`))
      }
    }
  }

  async #startServers() {
    const { echo, chat } = this.#options
    const maxMessageLength = MAX_MESSAGE_LENGTH
    this.#servers.echo = await ServerProcess.start(echo, 'startEchoServer', { maxMessageLength })
    this.#servers.compressing = await ServerProcess.start(echo, 'startEchoServer', { maxMessageLength, deflate: true })
    this.#servers.chat = await ServerProcess.start(chat, 'startChatServer', {})
  }

  /**
   * @param {Plan[]} plans
   * @param {number} seconds
   * @returns {Promise<Result>}
   */
  async #come(plans, seconds) {
    const rooms = ROOMS.map((path) => new Room(path))
    const tally = new Tally()
    const visitors = new Visitors(tally, rooms)
    const neighbours = new Neighbours(rooms)
    const servers = Object.entries(this.#servers)
    const urls = /** @type {Record<ServerName, string>} */ (Object.fromEntries(servers.map(([name, { url }]) => [name, url])))
    const start = performance.now()
    const secondsSince = () => (performance.now() - start) / 1000
    const progress = setInterval(() => {
      this.#print(`after ${secondsSince().toFixed(0)} s: ${visitors.connections} connections, ${visitors.failures.length} failures`)
    }, PROGRESS_INTERVAL)
    try {
      await neighbours.connect(urls, this.#random, tally)
      const done = visitors.come(plans, urls, { ...this.#options, seconds })
      const ended = await Promise.race([done, ...servers.map(([name, server]) => server.ended.then(() => name))])
      this.failures.push(...visitors.failures)
      if (ended !== undefined) throw new Error(`the server ${ended} has died`)
      this.failures.push(...(await neighbours.end()))
      neighbours.terminate()
      if (tally.sent !== tally.returned) this.failures.push(`${tally.sent} messages were sent, ${tally.returned} returned`)
      this.failures.push(...rooms.flatMap((room) => room.faults.map((fault) => `${room}: ${fault}`)))
      const result = { plans, visitors, neighbours, tally, seconds: secondsSince() }
      await Promise.all(servers.map(([name, server]) => this.#settle(name, server)))
      return result
    } finally {
      clearInterval(progress)
      neighbours.terminate()
      visitors.end()
    }
  }

  /**
   * @param {string} name
   * @param {ServerProcess} server
   */
  async #settle(name, server) {
    try {
      await server.settle()
    } catch (error) {
      this.failures.push(`the server ${name}: ${error}`)
    }
  }

  /** @returns {Promise<Record<ServerName, Usage>>} */
  async #usages() {
    const usages = serverNames.map(async (name) => [name, await this.#servers[name].usage()])
    return Object.fromEntries(await Promise.all(usages))
  }

  /**
   * @param {ServerName} name
   * @param {Usage} before
   * @param {Usage} after
   */
  #checkUsage(name, before, after) {
    const growth = after.memory - before.memory
    const fail = (/** @type {string} */ what) => this.failures.push(`the server ${name}: ${what}`)
    if (growth > MAX_GROWTH) fail(`its memory has grown by ${growth} bytes, ${MAX_GROWTH} are allowed`)
    if (after.socketsInMemory > 0) fail(`${after.socketsInMemory} of ${after.accepted} sockets are still in memory`)
    const known = new Set([...Object.values(violations).flatMap((list) => list.map(({ rule }) => rule)), ...socketErrors])
    for (const reason of Object.keys(after.failures)) {
      if (!known.has(reason)) fail(`it reported an unexpected error: ${reason}`)
    }
  }
}
