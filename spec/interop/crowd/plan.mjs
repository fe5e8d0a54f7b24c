/** Chooses the visits of a crowd. */
import { serverNames, violations } from './visits.mjs'

/**
 * @typedef {import('./random.mjs').Random} Random
 * @typedef {import('./visits.mjs').Behaviour} Behaviour
 *
 * @typedef {object} Plan of one visit
 * @property {Behaviour} behaviour
 * @property {import('./visits.mjs').ServerName} server
 * @property {import('../violations.mjs').Violation | null} violation
 * @property {number} seed
 */

/**
 * @param {number} connections
 * @param {Random} random
 * @param {Behaviour[]} behaviours each occurs at least once; the first fills up the number of connections
 * @returns {Plan[]}
 */
export function planOf(connections, random, [first, ...others]) {
  const nextViolation = Object.fromEntries(serverNames.map((name) => [name, turnsOf(random.shuffled(violations[name]))]))
  const plan = (/** @type {Behaviour} */ behaviour, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, i) => {
      const server = behaviour.servers[i % behaviour.servers.length]
      return { behaviour, server, violation: behaviour.breaksRule ? nextViolation[server]() : null, seed: random.seed() }
    })
  const total = [first, ...others].reduce((sum, { share }) => sum + share, 0)
  const ofOthers = others.flatMap((behaviour) => {
    return plan(behaviour, Math.max(1, Math.round((connections * behaviour.share) / total / (behaviour.connections ?? 1))))
  })
  const rest = connections - ofOthers.reduce((sum, { behaviour }) => sum + (behaviour.connections ?? 1), 0)
  const all = random.shuffled([...plan(first, rest), ...ofOthers])
  // The server ends a connection some seconds after its Close. Peers that stay come in the first half, so that nobody waits for it.
  const half = Math.ceil(all.length / 2)
  const early = all.filter(({ behaviour }) => behaviour.stays)
  const late = all.filter(({ behaviour }) => !behaviour.stays)
  return [...random.shuffled([...early, ...late.slice(0, half)]), ...late.slice(half)]
}

/**
 * @template T
 * @param {T[]} items
 * @returns {() => T} each in turn, over and over
 */
function turnsOf(items) {
  let i = 0
  return () => items[i++ % items.length]
}
