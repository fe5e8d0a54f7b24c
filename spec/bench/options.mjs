/**
 * The command line of bench.mjs.
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { cases } from './cases.mjs'
import { PEER, casesOfCells, cellGroups } from './cells.mjs'
import { implementationsOf } from './implementations/index.mjs'

const ourBuild = new URL('../../dist/esm/index.js', import.meta.url).href

export const usage = `usage: node spec/bench/bench.mjs [OPTION]...

  --cells GROUP,...    the cells that are compared with ws, or all: borrowed, given (given away), encode. Nothing else is
                       measured then, and no other peer unless it is named
  --only GROUP,...     decode (64 KiB chunks), read (one frame a chunk, 1460 bytes, 16 KiB), trace, encode, write (as
                       a socket writes), cut (one-byte and 7-byte chunks)
  --sizes BYTES,...    payloads of these sizes only
  --match TEXT,...     cases in whose title all of these stand, such as: unmasked, text
  --peers NAME,...     ws, ws-js, ws-list, websocket-driver, websocket, undici, wslay, least, least-borrowed, least-list,
                       contract, contract-borrowed, copy; or none
  --variants NAME,...  of ours: messages, messages-borrowed, frames, frames-borrowed, encodeFrame, encodeFrameInto,
                       encodeHeader
  --ours FILE          another build of ours (its index.js) to be measured beside the first; can be repeated
  --node FILE          the Node.js that runs the implementations
  --clock cpu|wall     what is measured: the time that the process has had a core (the default), or the time of day
  --allocator keep|system
                       whether memory that is freed is kept by the process (glibc; the default) or given back as its
                       allocator sees fit, which differs by luck from process to process
  --quick              fewer rounds, and fewer sizes unless they or cells are named; the cells alone (--cells all) if
                       no other option says what is measured
  --rounds NUMBER      rounds in each process
  --launches NUMBER    processes one after another for each figure
  --seed TEXT          of the payloads and masking keys
  --memory             measures memory only, which a run of everything does at its end
  --json FILE          writes the figures
  --chart FILE         draws the cells as SVG`

const isText = { type: 'string' }

/** What the environment of a process says to its allocator. */
export const allocators = {
  keep: { MALLOC_TRIM_THRESHOLD_: String(2 ** 30), MALLOC_MMAP_THRESHOLD_: String(2 ** 25) },
  system: {},
}

/** @returns {object | null} null if help is asked for */
export function readOptions(commandLine) {
  const { values } = parseArgs({
    args: commandLine,
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      cells: isText,
      only: isText,
      sizes: isText,
      match: isText,
      peers: isText,
      variants: isText,
      ours: { type: 'string', multiple: true, default: [] },
      node: { type: 'string', default: process.execPath },
      clock: { type: 'string', default: 'cpu' },
      allocator: { type: 'string', default: 'keep' },
      rounds: isText,
      launches: isText,
      seed: { type: 'string', default: 'websocket-frames' },
      memory: { type: 'boolean', default: false },
      json: isText,
      chart: isText,
    },
  })
  if (values.help) return null
  if (!['cpu', 'wall'].includes(values.clock)) throw new Error(`no such clock: ${values.clock}`)
  if (!Object.hasOwn(allocators, values.allocator)) throw new Error(`no such allocator: ${values.allocator}`)
  const groups = selectGroups(values)
  const builds = [ourBuild, ...values.ours.map((file) => pathToFileURL(resolve(file)).href)]
  return {
    cases: values.memory ? [] : selectCases(values, groups),
    implementations: selectImplementations(implementationsOf(builds), values, groups),
    builds: builds.length,
    cellsOnly: groups !== null,
    node: values.node,
    clock: values.clock,
    allocator: values.allocator,
    seed: values.seed,
    memory: values.memory || isEverything(values),
    json: values.json ?? null,
    chart: values.chart ?? null,
    ...pace(values),
  }
}

function isEverything({ quick, cells, only, sizes, match }) {
  return !quick && [cells, only, sizes, match].every((value) => value === undefined)
}

/** How long it all takes: milliseconds for each process to get warm, and for each round. */
function pace({ quick, rounds, launches }) {
  const usual = quick ? { rounds: 5, launches: 1, warmUp: 120, round: 15 } : { rounds: 4, launches: 2, warmUp: 300, round: 25 }
  return {
    ...usual,
    ...(rounds ? { rounds: Number(rounds) } : {}),
    ...(launches ? { launches: Number(launches) } : {}),
  }
}

/** What a quick run does without is the sizes between these, and the longest. */
const QUICK_SIZES = [16, 1024, 16_384, 65_536, null]

/** @returns {object[] | null} the groups of cells that alone are measured, or null for all cases */
function selectGroups({ cells, quick, only, sizes, match, peers, variants, memory }) {
  const isUnspecific = !memory && [only, sizes, match, peers, variants].every((value) => value === undefined)
  const names = cells ?? (quick && isUnspecific ? 'all' : null)
  if (names === null) return null
  const known = cellGroups.map(({ id }) => id)
  const wanted = names === 'all' ? known : listOf(names)
  const unknown = wanted.find((name) => !known.includes(name))
  if (unknown !== undefined || wanted.length === 0) throw new Error(`no such cells: ${unknown ?? names}`)
  return cellGroups.filter(({ id }) => wanted.includes(id))
}

function selectCases({ only, sizes, match, quick }, groups) {
  const hasAllSizes = !quick || groups !== null
  const selected = (groups === null ? cases : casesOfCells(groups)).filter(
    ({ group, size, table }) =>
      (only === undefined || listOf(only).includes(group)) &&
      (sizes === undefined ? hasAllSizes || QUICK_SIZES.includes(size) : listOf(sizes).map(Number).includes(size)) &&
      (match === undefined || listOf(match).every((text) => ` ${table}`.includes(` ${text}`))),
  )
  if (selected.length === 0) throw new Error('no such case')
  return selected
}

function selectImplementations(implementations, options, groups) {
  const peers = options.peers ?? (groups === null ? undefined : PEER)
  const variants = options.variants ?? groups?.flatMap(({ ours }) => ours).join()
  const known = new Set(implementations.map(({ id }) => id))
  for (const id of [...listOf(peers), ...listOf(variants)]) {
    if (!known.has(id) && id !== 'none') throw new Error(`no such implementation: ${id}`)
  }
  return implementations.filter(({ id, variantOf = id, isOurs }) =>
    isOurs ? variants === undefined || listOf(variants).includes(variantOf) : peers === undefined || listOf(peers).includes(id),
  )
}

function listOf(text = '') {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
