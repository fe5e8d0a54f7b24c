/**
 * Well-behaved clients that stay connected while the crowd comes and goes, and send all the time. Each message must return, in order
 * and in bounded time. The first neighbour in a room of the chat is its witness.
 */
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { inTime } from '../raw.mjs'
import { ChatClient, EchoClient } from './clients.mjs'
import { PATIENCE } from './condition.mjs'
import { Random } from './random.mjs'

const ECHO_CLIENTS = 3
const MEMBERS_PER_ROOM = 2

/** The longest time between two messages of a client, in milliseconds. */
const ECHO_INTERVAL = 200
const CHAT_INTERVAL = 400

export class Neighbours {
  #clients = /** @type {(EchoClient | ChatClient)[]} */ ([])
  #rooms
  #isEnding = false
  /** @type {Promise<void>[]} */
  #sending = []
  /** In milliseconds, one for each message. */
  roundTrips = /** @type {number[]} */ ([])

  /** @param {import('./room.mjs').Room[]} rooms */
  constructor(rooms) {
    this.#rooms = rooms
  }

  get count() {
    return this.#clients.length
  }

  /**
   * @param {Record<import('./visits.mjs').ServerName, string>} urls
   * @param {Random} random
   * @param {import('./clients.mjs').Tally} tally
   */
  async connect(urls, random, tally) {
    for (let i = 0; i < ECHO_CLIENTS; i++) {
      await this.#add(new EchoClient(urls.echo, { tally }), ECHO_INTERVAL, random)
      await this.#add(new EchoClient(urls.compressing, { tally, deflate: { threshold: 0 } }), ECHO_INTERVAL, random)
    }
    for (const room of this.#rooms) {
      for (let i = 0; i < MEMBERS_PER_ROOM; i++) {
        const client = new ChatClient(urls.chat, { tally, room, tag: `neighbour ${i}`, isWitness: i === 0 })
        await this.#add(client, CHAT_INTERVAL, random)
      }
    }
  }

  /**
   * @param {EchoClient | ChatClient} client
   * @param {number} interval
   * @param {Random} random
   */
  async #add(client, interval, random) {
    this.#clients.push(client)
    client.onRoundTrip = (milliseconds) => {
      assert.ok(milliseconds < PATIENCE, `a message returned after ${Math.round(milliseconds)} ms`)
      this.roundTrips.push(milliseconds)
    }
    await inTime(client.opened, 'the connection of a neighbour')
    if (client instanceof ChatClient) await client.welcomed()
    this.#sending.push(this.#send(client, interval, new Random(random.seed())))
  }

  /**
   * @param {EchoClient | ChatClient} client
   * @param {number} interval
   * @param {Random} random
   */
  async #send(client, interval, random) {
    while (!this.#isEnding && client.isOpen) {
      client.transmit(random, random.chance(20))
      await delay(random.int(0, interval))
    }
  }

  /**
   * Waits for all messages, and closes.
   *
   * @returns {Promise<string[]>} the failures
   */
  async end() {
    this.#isEnding = true
    await Promise.all(this.#sending)
    const failures = await failuresOf(this.#clients, (client) => client.allReturned())
    failures.push(
      ...(await failuresOf(this.#rooms, (room) => {
        const members = this.#clients.filter((client) => client instanceof ChatClient && client.room === room)
        return room.settle(members.slice(1).map((client) => /** @type {ChatClient} */ (client).name))
      })),
    )
    if (failures.length > 0) return failures
    // In reverse, so that the witness of a room closes last.
    for (const client of this.#clients.reverse()) failures.push(...(await failuresOf([client], () => client.close(1000, ''))))
    return failures
  }

  terminate() {
    this.#isEnding = true
    for (const client of this.#clients) client.socket.terminate()
  }
}

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => Promise<void>} job
 * @returns {Promise<string[]>}
 */
async function failuresOf(items, job) {
  const outcomes = await Promise.allSettled(items.map(job))
  return outcomes.flatMap((outcome, i) => (outcome.status === 'rejected' ? `${items[i]}: ${outcome.reason}` : []))
}
