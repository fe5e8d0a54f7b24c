/** A server of the examples in a child process, which reports its memory and its errors. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inTime } from '../raw.mjs'

/**
 * @typedef {object} Usage
 * @property {number} memory bytes in the heap, and outside it if a JavaScript object owns them
 * @property {number} accepted connections since the start
 * @property {number} socketsInMemory sockets that have not been garbage-collected
 * @property {Record<string, number>} failures of connections, by rule or code
 */

/** Milliseconds. A server gives its peer 5 seconds to end the connection. */
const SETTLING_LIMIT = 10_000
const SETTLING_INTERVAL = 100

/** Characters of the child's output that are kept. */
const OUTPUT_SHOWN = 2000

export class ServerProcess {
  #child
  #output = ''
  #isClosing = false
  #idle = ''

  /** Uncaught errors, warnings, and the end of the process. */
  faults = /** @type {string[]} */ ([])
  url = ''

  /** @param {import('node:child_process').ChildProcess} child */
  constructor(child) {
    this.#child = child
    child.on('message', ({ fault }) => {
      if (fault !== undefined) this.faults.push(fault)
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text) => {
        this.#output = (this.#output + text).slice(-OUTPUT_SHOWN)
      })
    }
    this.ended = once(child, 'exit').then(([code, signal]) => {
      if (!this.#isClosing || code !== 0) this.faults.push(`the process ended with ${signal ?? code}`)
    })
  }

  /**
   * @param {string} module its URL
   * @param {string} start the function it exports
   * @param {object} options of the server
   */
  static async start(module, start, options) {
    const program = fileURLToPath(new URL('server.mjs', import.meta.url))
    const child = fork(program, [module, start, JSON.stringify(options)], { execArgv: ['--expose-gc'], silent: true })
    const server = new ServerProcess(child)
    server.url = await server.#answer()
    server.#idle = await server.#ask('resources')
    return server
  }

  get hasEnded() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** The faults, and the output of the process, which should be empty. */
  get troubles() {
    return [...this.faults, ...(this.#output === '' ? [] : [`output: ${this.#output}`])]
  }

  /** Waits until all sockets and timers are gone. */
  async settle() {
    const deadline = Date.now() + SETTLING_LIMIT
    for (;;) {
      const resources = await this.#ask('resources')
      if (resources === this.#idle) return
      if (Date.now() > deadline) throw new Error(`still open: ${resources}; after the start: ${this.#idle}`)
      await delay(SETTLING_INTERVAL)
    }
  }

  /** @returns {Promise<Usage>} after a garbage collection */
  usage() {
    return this.#ask('usage')
  }

  /** Closes the server, after which the process must end by itself. */
  async close() {
    if (this.hasEnded) return
    this.#isClosing = true
    this.#child.send('close')
    try {
      await inTime(this.ended, 'the end of the process')
    } finally {
      this.kill()
    }
  }

  kill() {
    this.#child.kill('SIGKILL')
  }

  /** @param {string} question */
  #ask(question) {
    if (this.hasEnded) throw new Error('the process has ended')
    this.#child.send(question)
    return this.#answer()
  }

  /** @returns {Promise<any>} */
  #answer() {
    const answered = new Promise((resolve, reject) => {
      const take = (/** @type {{ answer?: unknown }} */ { answer }) => {
        if (answer === undefined) return
        this.#child.off('message', take)
        resolve(answer)
      }
      this.#child.on('message', take)
      void this.ended.then(() => reject(new Error(`the process has ended: ${this.#output}`)))
    })
    return inTime(answered, 'an answer of the process')
  }
}
