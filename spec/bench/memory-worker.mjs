/**
 * One figure of memory.mjs, in a process of its own. It is started with a task in JSON, and prints one line of JSON.
 */
import { PerformanceObserver } from 'node:perf_hooks'
import { makeCutter } from './cutter.mjs'
import { makePayload, makeStream } from './streams.mjs'

const { file, options = {}, scenario, benchCase, seed } = JSON.parse(process.argv[2])
const implementation = await import(`./implementations/${file}`)
await implementation.load?.(options)

/** How many chunks or fragments of a byte: a million. */
const COUNT = 2 ** 20

/** A sample is taken after each of so many parts, so that one falls behind the growth of a buffer that doubles. */
const PARTS = 32

/** What is allocated once, by the compiler too, is not to be counted: so many chunks are pushed to a reader before. */
const WARM_UP = 2 ** 14

const CHUNKS_IN_TURN = 64

/** A masked header whose payload takes long to come: binary, FIN, 4 MiB, the masking key 01020304. */
const LONG_HEADER = Buffer.from('82ff000000000040000001020304', 'hex')

const EMPTY_PING = Buffer.from('898001020304', 'hex')

/** Masked with 01020304, and not final. */
const FIRST_FRAGMENT = Buffer.from('02810102030400', 'hex')
const FRAGMENT = Buffer.from('00810102030400', 'hex')
const EMPTY_FRAGMENT = Buffer.from('008001020304', 'hex')

const masked = { masked: true, type: 'binary' }

/** What is pushed, chunk after chunk. Every chunk is a buffer of its own, as a socket delivers it. */
const scenarios = {
  'long-frame': {
    first: LONG_HEADER,
    chunk: (i) => oneByte(i),
    make: () => implementation.decoder(masked, drop, options),
  },
  fragments: {
    first: FIRST_FRAGMENT,
    chunk: () => many(FRAGMENT),
    make: () => implementation.decoder(masked, drop, options),
  },
  'empty-fragments': {
    first: FIRST_FRAGMENT,
    chunk: () => many(EMPTY_FRAGMENT),
    make: () => implementation.decoder(masked, drop, options),
  },
  unread: {
    first: EMPTY_PING,
    chunk: (i) => oneByte(EMPTY_PING[(i - 1) % EMPTY_PING.length]),
    make: () => implementation.unread(masked, options),
  },
}

const FRAGMENTS_IN_CHUNK = 8192

function oneByte(value) {
  return Buffer.allocUnsafeSlow(1).fill(value)
}

function many(frame) {
  return Buffer.allocUnsafeSlow(frame.length * FRAGMENTS_IN_CHUNK).fill(frame)
}

let dropped = 0
function drop() {
  dropped++
}

function memoryInUse() {
  // Twice, because buffers may be let go of in the background by the first.
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** The most that is held in proportion to what has come, once that is half of all. */
async function measureRetained({ first, chunk, make }) {
  const chunks = scenario.includes('fragments') ? COUNT / FRAGMENTS_IN_CHUNK : COUNT
  await warmUp({ first, chunk, make }, Math.min(WARM_UP, chunks))
  const push = make()
  const before = memoryInUse()
  let most = 0
  await pushAll(push, first, chunk, chunks, (i, received) => {
    if (2 * i >= chunks && i % (chunks / PARTS) === 0) most = Math.max(most, (memoryInUse() - before) / received)
  })
  // The reader is used once more, so that it has been held until now.
  push(chunk(chunks))
  if (dropped > 0) throw new Error('nothing should have come out')
  return { bytesPerByte: most, chunks }
}

/** A function of its own, so that no variable keeps the reader alive. */
async function warmUp({ first, chunk, make }, chunks) {
  await pushAll(make(), first, chunk, chunks)
  await turn()
}

/**
 * Gives way to other events now and then, as a server does, since streams keep something until the next tick.
 *
 * @param {(chunks: number, bytes: number) => void} [pushed] told what has come, after each chunk
 */
async function pushAll(push, first, chunk, chunks, pushed = () => {}) {
  push(Buffer.from(first))
  let received = first.length
  for (let i = 1; i <= chunks; i++) {
    const bytes = chunk(i)
    push(bytes)
    received += bytes.length
    if (i % CHUNKS_IN_TURN === 0) await new Promise(setImmediate)
    pushed(i, received)
  }
}

/** Runs of a stream in which no garbage was collected; the median, since the compiler allocates too. */
async function measureAllocated() {
  let collections = 0
  new PerformanceObserver((list) => {
    collections += list.getEntries().length
  }).observe({ entryTypes: ['gc'] })
  const work = benchCase.group === 'encode' ? makePayload(benchCase, seed) : makeStream(benchCase, seed)
  const prepare = benchCase.group === 'encode' ? () => encoding(work) : decodingOf(work)
  for (let i = 0; i < 30; i++) await prepare()()
  const runs = []
  for (let i = 0; runs.length < 9 && i < 30; i++) {
    const run = prepare()
    globalThis.gc()
    await turn()
    collections = 0
    const before = process.memoryUsage()
    run()
    const after = process.memoryUsage()
    await turn()
    if (collections > 0) continue
    runs.push({
      heap: (after.heapUsed - before.heapUsed) / work.messages,
      buffers: (after.arrayBuffers - before.arrayBuffers) / work.messages,
    })
  }
  if (runs.length === 0) throw new Error('there was always garbage collected')
  return { heap: middleOf(runs, 'heap'), buffers: middleOf(runs, 'buffers') }
}

function decodingOf({ bytes }) {
  const cut = makeCutter(bytes, benchCase.chunkLength)
  return () => {
    const push = implementation.decoder(benchCase, drop, options)
    const chunks = [...cut()].flat()
    return () => chunks.forEach(push)
  }
}

function encoding({ bytes, messages }) {
  const encode = implementation.encoder(benchCase, options)
  return () => {
    for (let i = 0; i < messages; i++) drop(encode(bytes))
  }
}

/** Observers are told of garbage collection on a later turn of the event loop. */
function turn() {
  return new Promise((resolve) => setTimeout(resolve, 5))
}

function middleOf(runs, field) {
  const sorted = runs.map((run) => run[field]).sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

const result = scenario === 'allocated' ? await measureAllocated() : await measureRetained(scenarios[scenario])
process.stdout.write(`${JSON.stringify(result)}\n`)
