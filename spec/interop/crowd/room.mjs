/**
 * A room of the chat, and its members. The server sends all lines to all members in the same order. So the lines that a member receives
 * must be exactly those that the witness, who stays all the time, receives between "joined" and "left".
 */
import assert from 'node:assert/strict'
import { Condition } from './condition.mjs'

/** Characters of a line that an error shows. */
const SHOWN = 80

export class Room {
  /** The lines that the witness has received. */
  log = /** @type {string[]} */ ([])
  /** The names of those who have joined and not left. */
  present = new Set()
  /** Lines that the witness should not have received. */
  faults = /** @type {string[]} */ ([])
  /** @type {Map<string, number>} by name, how many lines the witness had received when this guest joined */
  #joined = new Map()
  /** Lines that the witness must receive, and lines that it may receive, of peers that break the connection. */
  #said = new Set()
  #perhapsSaid = new Set()
  #changed = new Condition()

  /** @param {string} path */
  constructor(path) {
    this.path = path
  }

  toString() {
    return `the room ${this.path}`
  }

  /**
   * Takes a line that the witness has received.
   *
   * @param {string} line
   */
  take(line) {
    this.log.push(line)
    const [, name = '', event] = /^(guest \d+) (joined|left)$/.exec(line) ?? []
    if (event === 'joined') {
      this.present.add(name)
      this.#joined.set(name, this.log.length)
    } else if (event === 'left') {
      if (!this.present.delete(name)) this.faults.push(`${line}, but had not joined`)
    } else if (!this.#said.delete(line) && !this.#perhapsSaid.delete(line)) {
      this.faults.push(`the witness received a line that was not sent: ${line.slice(0, SHOWN)}`)
    }
    this.#changed.notify()
  }

  /**
   * @param {string} line that a member is about to send
   * @param {boolean} isCertain false if the member may break the connection first
   */
  say(line, isCertain) {
    if (isCertain) this.#said.add(line)
    else this.#perhapsSaid.add(line)
  }

  /** @param {string} line that may be lost, since its sender has broken the connection */
  doubt(line) {
    if (this.#said.delete(line)) this.#perhapsSaid.add(line)
  }

  /**
   * @param {string} name
   * @param {string[]} lines that this member received
   * @param {number} end how many lines the witness had received when the member left
   */
  async check(name, lines, end) {
    await this.#changed.until(() => this.#joined.has(name), `the witness receives "${name} joined"`)
    const begin = this.#joined.get(name) ?? NaN
    await this.#changed.until(() => this.log.length >= begin + lines.length, `the witness receives as many lines as ${name}`)
    for (const [i, line] of lines.entries()) {
      const expected = this.log[begin + i]
      if (line !== expected) assert.fail(`${name} received ${line.slice(0, SHOWN)}, the witness ${expected?.slice(0, SHOWN)}`)
    }
    if (begin + lines.length < end) assert.fail(`${name} did not receive ${this.log[begin + lines.length]?.slice(0, SHOWN)}`)
  }

  /**
   * Waits until all other members have left and all lines have arrived.
   *
   * @param {string[]} names of the members who stay
   */
  async settle(names) {
    const expected = names.join()
    await this.#changed.until(
      () => [...this.present].join() === expected,
      () => `in the room: ${expected}, not ${[...this.present].join()}`,
    )
    await this.#changed.until(
      () => this.#said.size === 0,
      () => `the witness receives ${[...this.#said][0]?.slice(0, SHOWN)}`,
    )
  }
}

export class Member {
  name = ''
  lines = /** @type {string[]} */ ([])
  #room
  #changed = new Condition()
  #end = 0

  /** @param {Room} room */
  constructor(room) {
    this.#room = room
  }

  /** @param {string} line received */
  take(line) {
    if (this.name === '') {
      this.name = /^Welcome, (guest \d+)!$/.exec(line)?.[1] ?? assert.fail(`the first line is ${line.slice(0, SHOWN)}`)
    } else {
      this.lines.push(line)
    }
    this.#changed.notify()
  }

  welcomed() {
    return this.#changed.until(() => this.name !== '', 'a welcome')
  }

  /**
   * Call this before sending the text.
   *
   * @param {string} text
   * @param {boolean} [isCertain] false if the member may break the connection first
   * @returns {string} the line as everybody receives it
   */
  say(text, isCertain = true) {
    const line = `${this.name}: ${text}`
    this.#room.say(line, isCertain)
    return line
  }

  /** @param {string} line */
  hears(line) {
    return this.#changed.until(() => this.lines.includes(line), `${this.name} receives ${line.slice(0, SHOWN)}`)
  }

  /** Call this before closing: the member must receive every line that the witness has received until now. */
  leave() {
    this.#end = this.#room.log.length
  }

  /** Compares the lines with those of the witness. */
  check() {
    return this.#room.check(this.name, this.lines, this.#end)
  }
}
