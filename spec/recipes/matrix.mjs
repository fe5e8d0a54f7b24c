/**
 * Recipes against peers. Prints, as JSON, what went wrong with each peer: null if nothing did.
 *
 *   node spec/recipes/matrix.mjs RECIPE [COMMAND AND ARGUMENTS OF A RUNTIME]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compressingPeers, finalBlockPeers, peers, play } from './peers.mjs'

/**
 * The peers that a recipe is for.
 *
 * @param {string} recipe
 */
export function peersOf(recipe) {
  if (recipe === 'inflate') return [...compressingPeers, ...finalBlockPeers]
  if (/inflate|decompression/.test(recipe)) return compressingPeers
  return peers
}

/**
 * @param {string} recipe
 * @param {string[]} command of a runtime
 * @param {{ program?: string, spared?: RegExp | undefined }} [options] where the server is, and the peers to leave out
 * @returns {Promise<Record<string, string | null>>} by the names of the peers, and `server`
 */
export async function runMatrix(recipe, command, { program = fileURLToPath(new URL('serve.mjs', import.meta.url)), spared = /^$/ } = {}) {
  const [executable = '', ...args] = command
  const server = spawn(executable, [...args, program, recipe], { cwd: dirname(program) })
  let stderr = ''
  server.stderr.setEncoding('utf8').on('data', (data) => (stderr += data))
  const exited = once(server, 'exit')
  const lines = createInterface(server.stdout)[Symbol.asyncIterator]()
  const port = Number((await lines.next()).value)

  const [neighbour, ...others] = peers.slice(0, 1).concat(peersOf(recipe).filter(({ name }) => !spared.test(name)))
  /** @type {Record<string, string | null>} */
  const outcomes = {}
  for (const peer of others) {
    outcomes[peer.name] = await outcomeOf(peer)
    if (neighbour !== undefined)
      outcomes[peer.name] ??= await outcomeOf(neighbour).then((outcome) => outcome && `the neighbour: ${outcome}`)
  }
  server.stdin.end()
  const [code, signal] = await exited
  outcomes['server'] = code === 0 && stderr === '' ? null : `${code ?? signal}: ${stderr}`
  return outcomes

  /** @param {import('./peers.mjs').Peer} peer */
  async function outcomeOf(peer) {
    try {
      const received = await play(port, peer)
      const expected = peer.answer?.(recipe) ?? received
      return received === expected ? null : `${shortened(received)} instead of ${shortened(expected)}`
    } catch (error) {
      return String(error)
    }
  }
}

/** @param {string} hex */
function shortened(hex) {
  return hex.length > 200 ? `${hex.slice(0, 100)}...${hex.slice(-60)} (${hex.length / 2} bytes)` : `"${hex}"`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [recipe = '', ...command] = process.argv.slice(2)
  console.log(JSON.stringify(await runMatrix(recipe, command.length > 0 ? command : [process.execPath]), null, 2))
}
