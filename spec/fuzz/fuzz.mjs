/**
 * Fuzzes the library: mutated streams, cut anyhow, held against the reference in spec/reference, and a part of them
 * against `ws` and Python's `websockets` and `wsproto`. A part is also pasted as text, and a part is compressed with
 * context takeover.
 *
 *   npm run fuzz -- [--seconds 60] [--streams N] [--seed S] [--workers 2] [--peers ws,websockets,wsproto | none]
 *   npm run fuzz -- --seed S --index I        one stream again, with all that there is to say about it
 *   npm run fuzz -- --library dist/esm/index.js      another build of the library than src as it stands
 *
 * It ends after so many seconds, or, with --streams, after so many streams (and seconds, if both are given). Exit
 * status: 0 if all agree or differ for a reason that is known, 1 if not, 2 if it could not be run.
 */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { bundle } from './bundle.mjs'
import { peerNames } from './peers.mjs'
import { Summary } from './summary.mjs'

const DEFAULT_SECONDS = 60

/** In seconds. */
const PROGRESS_INTERVAL = 30

/** In ms. A worker that says nothing for so long, far more than a batch takes, has met a stream that does not end. */
const SILENCE = 300_000

try {
  process.exitCode = await run(options())
} catch (error) {
  console.error(error)
  process.exitCode = 2
}

function options() {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string' },
      streams: { type: 'string' },
      seed: { type: 'string', default: randomBytes(6).toString('hex') },
      index: { type: 'string' },
      workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
      peers: { type: 'string', default: peerNames.join() },
      library: { type: 'string' },
    },
  })
  const number = (name, least) => {
    const value = Number(values[name])
    if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} ${values[name]}: expected a number from ${least}`)
    return value
  }
  const peers = values.peers === 'none' ? [] : values.peers.split(',')
  const unknown = peers.find((name) => !peerNames.includes(name))
  if (unknown !== undefined) throw new Error(`--peers ${unknown}: expected ${peerNames.join(', ')} or none`)
  const index = values.index === undefined ? null : number('index', 0)
  return {
    seed: values.seed,
    index,
    peers,
    library: values.library,
    workers: index === null ? number('workers', 1) : 1,
    streams: values.streams === undefined ? Infinity : number('streams', 1),
    seconds: values.seconds !== undefined ? number('seconds', 1) : values.streams === undefined ? DEFAULT_SECONDS : Infinity,
  }
}

async function run({ seed, index, peers, library, workers, streams, seconds }) {
  const module = await bundle(library)
  const summary = new Summary()
  const again = `npm run fuzz -- --seed ${seed}`
  console.log(`seed ${seed}; to run it again: ${again}${index === null ? '' : ` --index ${index}`}`)
  const deadline = Date.now() + seconds * 1000
  const children = []
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => children.forEach((child) => child.kill()))
  const progress = setInterval(() => console.log(summary.progress()), PROGRESS_INTERVAL * 1000)
  try {
    const shares = Array.from({ length: workers }, (_, share) => {
      // JSON has no Infinity.
      const limits = {
        streams: Math.min(streams, Number.MAX_SAFE_INTEGER),
        deadline: Math.min(deadline, Number.MAX_SAFE_INTEGER),
      }
      const job = { module: pathToFileURL(module).href, seed, index, peers, share, shares: workers, ...limits }
      return work(children, job, (message) => {
        if (message.said !== undefined) summary.setPeers(message.said)
        if (message.shown !== undefined) console.log(Summary.shown(message.shown))
        if (message.counted !== undefined) summary.add(message.counted)
        if (message.failure !== undefined) {
          summary.failures += 1
          console.log(Summary.failure(message.failure, `${again} --index ${message.failure.index}`))
        }
      })
    })
    await Promise.all(shares)
  } finally {
    clearInterval(progress)
    for (const child of children) child.kill()
    await rm(dirname(module), { recursive: true, force: true })
  }
  console.log(summary.text())
  return summary.failures === 0 ? 0 : 1
}

/** Runs a worker to its end. */
function work(children, job, onMessage) {
  // Most of what is allocated is garbage at once.
  const child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), { execArgv: ['--max-semi-space-size=64'] })
  children.push(child)
  let doing = 'starting'
  const timer = setTimeout(() => child.kill('SIGKILL'), SILENCE)
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      timer.refresh()
      if (message.doing !== undefined) doing = message.doing
      onMessage(message)
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      if (code === 0) resolve()
      else reject(new Error(`a worker ended with ${signal ?? code} while ${doing}`))
    })
    child.send(job)
  })
}
