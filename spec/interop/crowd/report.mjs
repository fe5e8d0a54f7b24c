/** The text that a run prints. */
import { behaviours, serverNames } from './visits.mjs'

/** Failures that are shown; the rest is only counted. */
const MAX_SHOWN = 30

/**
 * @param {import('./run.mjs').Run} run
 * @param {number} maxGrowth
 */
export function textOf({ result, before, after, faults }, maxGrowth) {
  const { plans, visitors, neighbours, tally, seconds } = result
  const mean = (visitors.duration / 1000 / seconds).toFixed(0)
  const trips = neighbours.roundTrips.sort((a, b) => a - b)
  const trip = (/** @type {number} */ share) => `${(trips[Math.ceil(share * trips.length) - 1] ?? NaN).toFixed(1)} ms`
  const visits = behaviours.map(({ name, servers }) => {
    const counts = serverNames.map((server) => plans.filter((plan) => plan.behaviour.name === name && plan.server === server).length)
    return [name, ...counts.map((count, i) => (servers.includes(serverNames[i]) ? count : ''))]
  })
  const usages = serverNames.map((name) => {
    const accepted = after[name].accepted - before[name].accepted
    return [name, accepted, after[name].socketsInMemory, ...[before, after].map((usages) => mib(usages[name].memory))]
  })
  return [
    `${visitors.connections} connections in ${seconds.toFixed(1)} s, ${mean} visits at once on average, ${visitors.mostAtOnce} at most`,
    '',
    table(['visits', ...serverNames], visits),
    '',
    `Rules broken: ${listOf(countsOf(plans.flatMap(({ violation }) => violation?.rule ?? [])))}`,
    '',
    `Messages of well-behaved clients: ${tally.sent} sent, ${tally.returned} returned, ${mib(tally.bytes)} MiB`,
    `Lines of the chat, compared with those of a witness: ${tally.lines}`,
    `Messages of ${neighbours.count} neighbours: ${trips.length}. Round trip: median ${trip(0.5)}, 99 % ${trip(0.99)}, slowest ${trip(1)}`,
    '',
    table(['server', 'connections', 'sockets in memory', 'MiB before', 'MiB after'], usages),
    `The memory may grow by ${mib(maxGrowth)} MiB.`,
    `Uncaught errors, unhandled rejections and warnings of the servers: ${faults}`,
    '',
    ...['echo', 'compressing'].map((name) => `Failed connections, as ${name} reports them: ${listOf(after[name].failures)}`),
  ].join('\n')
}

/** @param {string[]} failures */
export function failuresOf(failures) {
  const more = failures.length - MAX_SHOWN
  return [`failures: ${failures.length}`, ...failures.slice(0, MAX_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}

/** @param {string[]} names */
function countsOf(names) {
  const counts = /** @type {Record<string, number>} */ ({})
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** @param {Record<string, number>} counts */
function listOf(counts) {
  const entries = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([name, count]) => `${name} ${count}`).join(', ')
}

/** @param {number} bytes */
function mib(bytes) {
  return (bytes / 2 ** 20).toFixed(2)
}

/**
 * @param {string[]} head
 * @param {(string | number)[][]} rows
 */
function table(head, rows) {
  const cells = [head, ...rows.map((row) => row.map(String))]
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const lineOf = (/** @type {string[]} */ row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')
  return cells.map(lineOf).join('\n')
}
