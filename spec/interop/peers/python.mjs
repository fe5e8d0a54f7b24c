/** Python's websockets, as a process for each client and for each server. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { python } from '../tools.mjs'

const program = fileURLToPath(new URL('python_peer.py', import.meta.url))
const TIMEOUT = 100_000

/** @typedef {import('../page/websocket-client.mjs').Script} Script */

/**
 * @param {string} url
 * @param {Script} script
 * @returns {Promise<import('../page/websocket-client.mjs').Report>}
 */
export async function pythonClient(url, script) {
  const args = [program, 'client', url, JSON.stringify(script)]
  const { stdout } = await promisify(execFile)(python.command ?? '', args, { maxBuffer: 2 ** 24, timeout: TIMEOUT })
  return JSON.parse(stdout)
}

/**
 * @param {Script} script
 * @returns {Promise<import('./servers.mjs').PeerServer>}
 */
export async function startPythonServer(script) {
  const args = [program, 'server', JSON.stringify(script)]
  const child = spawn(python.command ?? '', args, { stdio: ['pipe', 'pipe', 'inherit'], timeout: TIMEOUT })
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const { value: port } = await lines.next()
  return {
    url: `ws://127.0.0.1:${port}/`,
    nextClose: async () => JSON.parse((await lines.next()).value),
    async close() {
      child.stdin.end()
      await ended
    },
  }
}
