/**
 * A worker of the benchmark as its conductor sees it: a process that answers a line of JSON to each command.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** No answer in time. */
export class TooSlow extends Error {
  /** @param {number} milliseconds that it has worked without an answer */
  constructor(milliseconds) {
    super(`no answer within ${milliseconds} ms`)
    this.milliseconds = milliseconds
  }
}

/** How often it is looked at whether a worker is too slow, in milliseconds. */
const PERIOD = 250

/** A process that gets no core is not waited for without end: the limit times this is the limit of the time of day. */
const PATIENCE = 6

export class Worker {
  #child
  #lines
  #exit

  /**
   * @param {string} command
   * @param {string[]} commandArguments
   * @param {Record<string, string>} [env] added to this process's
   */
  constructor(command, commandArguments, env = {}) {
    this.#child = spawn(command, commandArguments, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    })
    // Writing to a process that has ended is reported by the missing answer.
    this.#child.stdin.on('error', () => {})
    this.#exit = new Promise((resolve) => {
      this.#child.once('error', resolve)
      this.#child.once('close', resolve)
    })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** The next answer, without a command before it. */
  async answer(limit) {
    let timer
    const tooSlow = new Promise((_resolve, reject) => {
      const start = { cpu: this.#cpuTime(), wall: performance.now() }
      timer = setInterval(() => {
        const wall = performance.now() - start.wall
        const cpu = start.cpu === null ? wall : this.#cpuTime() - start.cpu
        if (cpu > limit || wall > PATIENCE * limit) reject(new TooSlow(cpu))
      }, PERIOD)
    })
    try {
      const { value, done } = await Promise.race([this.#lines.next(), tooSlow])
      if (done) throw new Error(`the worker ended: ${await this.#exit}`)
      return JSON.parse(value)
    } finally {
      clearInterval(timer)
    }
  }

  /**
   * Milliseconds that the process has had a core, as the operating system counts them; null where it does not say.
   * Linux counts in hundredths of a second, in the fields 14 and 15 of a line whose second field is in parentheses.
   */
  #cpuTime() {
    try {
      const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return 10 * (Number(fields[11]) + Number(fields[12]))
    } catch {
      return null
    }
  }

  /** @param {number} limit how long the process may work on it, in milliseconds */
  ask(command, limit) {
    this.#child.stdin.write(`${command}\n`)
    return this.answer(limit)
  }

  async end() {
    this.#child.kill('SIGKILL')
    await this.#exit
  }
}
