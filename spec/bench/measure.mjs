/**
 * Has the implementations take turns, case by case, and checks what they did.
 */
import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isEncoding, sizeTitle } from './cases.mjs'
import { median } from './figures.mjs'
import { TooSlow, Worker } from './process.mjs'
import { digestOfFrames, makePayload, makeStream } from './streams.mjs'

const workerFile = fileURLToPath(new URL('worker.mjs', import.meta.url))

/** Milliseconds of work that a round may take. What takes longer is reported with a figure that it is over. */
const LIMIT = 10_000

/** Milliseconds: what takes so long for one run is measured once. */
const SLOW = 2000

/**
 * @returns {Promise<{ versions: object, figures: object[] }>} a figure for each case and implementation: nanoseconds
 *   per message or byte, and those of each round
 */
export async function measureCases({ cases, implementations, seed, folder, ...settings }) {
  const figures = []
  const versions = {}
  const started = Date.now()
  for (const [index, benchCase] of cases.entries()) {
    const work = isEncoding(benchCase) ? makePayload(benchCase, seed) : makeStream(benchCase, seed)
    const input = join(folder, 'input')
    await writeFile(input, work.bytes)
    const taking = implementations.filter(({ where }) => where(benchCase))
    const entries = taking.map((implementation) => ({ implementation, rounds: [], isOver: false, failure: null }))
    const minutesLeft = index === 0 ? '' : `, ${Math.ceil((((Date.now() - started) / index) * (cases.length - index)) / 60_000)} min left`
    console.error(`${index + 1}/${cases.length} ${benchCase.table}, ${sizeTitle(benchCase.size)}${minutesLeft}`)
    for (let launch = 1; launch <= settings.launches; launch++) {
      await launchAll({
        benchCase,
        work,
        input,
        entries,
        versions,
        folder,
        isLast: launch === settings.launches,
        ...settings,
      })
    }
    for (const { implementation, rounds, isOver, failure } of entries) {
      const { group, table, size, masked, type, chunkLength, chunks, parts } = benchCase
      figures.push({
        case: { group, table, size, masked, type, chunkLength, chunks, parts },
        implementation: implementation.id,
        unit: group === 'cut' ? 'byte' : 'message',
        nanoseconds: failure === null ? median(rounds) : null,
        isOver,
        failure,
        rounds,
      })
      if (failure !== null) console.error(`  ${implementation.title}: ${failure}`)
    }
  }
  return { versions, figures }
}

/** One process of each implementation, all in turn: first each gets warm, then come the rounds. */
async function launchAll({ benchCase, work, input, entries, versions, folder, isLast, programs, clock, rounds, warmUp, round }) {
  const able = entries.filter(({ failure, isOver }) => failure === null && !isOver)
  const workers = new Map(
    able.map((entry) => [entry, start(entry.implementation, { clock, benchCase, input, messages: work.messages }, programs)]),
  )
  const attempt = async (entry, action) => {
    if (entry.failure !== null || entry.isOver) return
    try {
      await action(workers.get(entry))
    } catch (error) {
      if (error instanceof TooSlow) {
        entry.isOver = true
        entry.rounds = [(error.milliseconds * 1e6) / unitsOf(benchCase, work)]
      } else {
        entry.failure = error.message
      }
    }
  }
  try {
    await Promise.all(able.map((entry) => attempt(entry, (worker) => worker.answer(LIMIT))))
    const slow = new Set()
    for (const entry of able) {
      await attempt(entry, async (worker) => {
        const { nanoseconds, runs } = await worker.ask(`round ${warmUp}`, LIMIT)
        if (nanoseconds / runs < SLOW * 1e6) return
        slow.add(entry)
        entry.rounds.push(nanoseconds / runs / unitsOf(benchCase, work))
      })
    }
    // The first round is not counted: code that has got warm while the others waited is often compiled only then.
    for (let i = 0; i <= rounds; i++) {
      // Another begins each time, so that nobody always comes after the same.
      for (const entry of rotate(able, i).filter((candidate) => !slow.has(candidate))) {
        await attempt(entry, async (worker) => {
          const answer = await worker.ask(`round ${round}`, LIMIT)
          checkCount(entry.implementation, benchCase, work, answer)
          if (i > 0) entry.rounds.push(answer.nanoseconds / answer.runs / unitsOf(benchCase, work))
        })
      }
    }
    for (const entry of isLast ? able.filter((candidate) => !slow.has(candidate)) : []) {
      await attempt(entry, async (worker) => {
        versions[entry.implementation.id] ??= await worker.ask('versions', LIMIT)
        await checkResult(entry.implementation, benchCase, work, worker, join(folder, 'output'))
      })
    }
  } finally {
    await Promise.all([...workers.values()].map((worker) => worker.end()))
  }
}

function start({ file, options, env }, task, { node, wslay, env: common }) {
  const { clock, input, benchCase } = task
  if (file !== 'wslay.c') return new Worker(node, [workerFile, JSON.stringify({ file, options, ...task })], { ...common, ...env })
  return new Worker(wslay, [input, benchCase.masked ? 'masked' : 'unmasked', String(benchCase.chunkLength), clock], common)
}

function rotate(list, by) {
  const start = by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}

function unitsOf({ group, size }, { messages }) {
  return group === 'cut' ? size : messages
}

/** Nobody wins by doing nothing: every run must have given all messages and all bytes. */
function checkCount({ isFloor }, benchCase, { messages, lengths }, answer) {
  if (isFloor) return
  const isComplete = answer.messages === answer.runs * messages
  const isWhole = isEncoding(benchCase) || lengths.some((length) => answer.bytes === answer.runs * length)
  if (!isComplete || !isWhole) throw new Error(`wrong result: ${JSON.stringify(answer)}`)
}

async function checkResult({ isFloor }, benchCase, { digest }, worker, output) {
  if (isFloor) return
  await worker.ask(`check ${output}`, LIMIT)
  const bytes = await readFile(output)
  await rm(output)
  const found = isEncoding(benchCase) ? digestOfFrames(bytes, benchCase) : createHash('sha256').update(bytes).digest('hex')
  if (found !== digest) throw new Error('wrong result: the messages are not those that were sent')
}
