/**
 * The peers of a run, asked together about many streams.
 */
import { PythonPeers } from './python.mjs'
import { readWithWs, version } from './ws.mjs'

/** @typedef {import('./case.ts').Case} Case */
/** @typedef {import('./differences.ts').PeerReading} PeerReading */

/** In ms. Far more than a batch takes. */
const TIMEOUT = 120_000

export const peerNames = ['ws', 'websockets', 'wsproto']

export class Peers {
  /** For each peer its version, or why it is not asked. */
  said = {}
  #wanted
  #python = null

  /** @param {readonly string[]} wanted names */
  static async start(wanted) {
    const peers = new Peers()
    peers.#wanted = wanted
    if (wanted.includes('ws')) peers.said.ws = version
    const wantedOfPython = wanted.filter((name) => name !== 'ws')
    if (wantedOfPython.length === 0) return peers
    try {
      peers.#python = await PythonPeers.start()
    } catch (error) {
      for (const name of wantedOfPython) peers.said[name] = `not there: ${error.message}`
      return peers
    }
    for (const name of wantedOfPython) {
      const { version, error } = peers.#python.peers[name]
      peers.said[name] = version ?? `not there: ${error}`
    }
    return peers
  }

  /**
   * @param {readonly Case[]} subjects
   * @returns {Promise<[name: string, reading: PeerReading][][]>} for each stream what each peer makes of it
   */
  async read(subjects) {
    const ofPython = this.#python === null || subjects.length === 0 ? [] : await this.#python.read(subjects)
    const readings = []
    const timer = setTimeout(() => {
      throw new Error(`ws has not read a batch in ${TIMEOUT} ms`)
    }, TIMEOUT)
    for (const [i, subject] of subjects.entries()) {
      const ofWs = this.#wanted.includes('ws') ? { ws: await readWithWs(subject) } : {}
      readings.push(Object.entries({ ...ofWs, ...ofPython[i] }).filter(([name]) => this.#wanted.includes(name)))
    }
    clearTimeout(timer)
    return readings
  }

  stop() {
    this.#python?.stop()
  }
}
