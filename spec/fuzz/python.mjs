/**
 * The peers in Python: `peers.py` as a child process, which is asked in batches.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** @typedef {import('./case.ts').Case} Case */
/** @typedef {import('./differences.ts').PeerReading} PeerReading */

const CLIENT = 1
const DEFLATE = 2
const NO_LIMIT = 2 ** 32 - 1

/** In ms. Far more than a batch takes. */
const TIMEOUT = 120_000

/** Debian's packages are those of Debian's Python. */
const PYTHON = '/usr/bin/python3'

export class PythonPeers {
  #child
  #output

  /** What there is: names, in the order of the answers, with versions or reasons of absence. */
  peers = {}
  names = []

  /** @returns {Promise<PythonPeers>} throws if there is no Python */
  static async start() {
    const python = new PythonPeers()
    const child = spawn(PYTHON, [fileURLToPath(new URL('peers.py', import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.stdin.on('error', () => {})
    python.#child = child
    python.#output = new Output(child.stdout)
    python.peers = JSON.parse(await python.#output.line())
    python.names = Object.keys(python.peers).filter((name) => 'version' in python.peers[name])
    return python
  }

  /**
   * @param {readonly Case[]} subjects
   * @returns {Promise<Record<string, PeerReading>[]>} for each stream what each peer makes of it
   */
  async read(subjects) {
    const batch = Buffer.concat(subjects.map(request))
    this.#child.stdin.write(Buffer.concat([numbers([4, batch.length]), batch]))
    const answer = new Answer(await this.#output.bytes((await this.#output.bytes(4)).readUInt32BE()))
    return subjects.map(() => Object.fromEntries(this.names.map((name) => [name, answer.reading()])))
  }

  stop() {
    this.#child?.stdin.end()
  }
}

/** @param {Case} subject */
function request({ bytes, cuts, options: { sender, extensions, maxMessageLength } }) {
  const flags = (sender === 'client' ? CLIENT : 0) | (extensions?.permessageDeflate === true ? DEFLATE : 0)
  const limit = maxMessageLength === Infinity ? NO_LIMIT : maxMessageLength
  const head = numbers([1, flags], [4, limit], [2, cuts.length], ...cuts.map((cut) => [4, cut]), [4, bytes.length])
  return Buffer.concat([head, bytes])
}

/** Unsigned, in network byte order: pairs of width in bytes and value. */
function numbers(...pairs) {
  const buffer = Buffer.alloc(pairs.reduce((sum, [width]) => sum + width, 0))
  let position = 0
  for (const [width, value] of pairs) position = buffer.writeUIntBE(value, position, width)
  return buffer
}

/** The readings of an answer, one after the other. */
class Answer {
  #bytes
  #position = 0

  constructor(bytes) {
    this.#bytes = bytes
  }

  /** @returns {PeerReading} */
  reading() {
    const closeCode = this.#number(2)
    const crash = this.#take(this.#number(2)).toString()
    const messages = Array.from({ length: this.#number(4) }, () => {
      const opcode = this.#number(1)
      return { opcode, payload: this.#take(this.#number(4)) }
    })
    return { messages, closeCode: closeCode === 0 ? null : closeCode, crash }
  }

  #number(width) {
    return this.#take(width).readUIntBE(0, width)
  }

  #take(length) {
    this.#position += length
    return this.#bytes.subarray(this.#position - length, this.#position)
  }
}

/** What the child has written, to be waited for. */
class Output {
  #chunks = []
  #held = 0
  #wake = () => {}
  #ended = false

  constructor(stream) {
    stream.on('data', (chunk) => {
      this.#chunks.push(chunk)
      this.#held += chunk.length
      this.#wake()
    })
    stream.on('end', () => {
      this.#ended = true
      this.#wake()
    })
  }

  async bytes(length) {
    while (this.#held < length) await this.#more()
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    const rest = all.subarray(length)
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#held = rest.length
    return all.subarray(0, length)
  }

  async line() {
    let line = ''
    while (!line.endsWith('\n')) line += (await this.bytes(1)).toString()
    return line
  }

  async #more() {
    if (this.#ended) throw new Error('the peers in Python have ended')
    let timer
    await new Promise((resolve, reject) => {
      this.#wake = resolve
      timer = setTimeout(() => reject(new Error(`the peers in Python have not answered in ${TIMEOUT} ms`)), TIMEOUT)
    })
    clearTimeout(timer)
  }
}
