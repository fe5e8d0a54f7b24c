/**
 * Judges a share of a run's streams, in batches, and tells its parent what came of each batch. Started by `fuzz.mjs`.
 */
import { Peers } from './peers.mjs'

/** The peers in Python are asked about as many as there are for them in a batch. */
const BATCH = 1000

/** More than a few say nothing new. */
const MAX_FAILURES = 3

/** Whoever started this is gone. */
const onDisconnect = () => process.exit(1)
process.on('disconnect', onDisconnect)

const {
  module,
  seed,
  peers: wanted,
  share,
  shares,
  streams,
  deadline,
  index,
} = await new Promise((resolve) => {
  process.once('message', resolve)
})
const { Cases, PEER_INTERVAL, check, checkTakeover, compare, library, minimise, readOwn, seeds, textOf } = await import(module)

const peers = await Peers.start(wanted)
process.send({ said: peers.said })

const cases = new Cases(seed, seeds)
/** The stack of an error costs more than all else in a run of errors; one that is looked at alone has it. */
if (index === null) Error.stackTraceLimit = 0
let failures = 0

if (index === null) {
  for (let from = share * BATCH; from < streams && Date.now() < deadline && failures < MAX_FAILURES; from += shares * BATCH) {
    process.send({ counted: await judge(from, Math.min(from + BATCH, streams)) })
  }
} else {
  const subject = cases.make(index)
  const readings = index % PEER_INTERVAL === 0 ? (await peers.read([subject]))[0] : []
  process.send({
    shown: { text: textOf(subject), readings: readings.map(([name, reading]) => [name, textOfReading(reading)]) },
  })
  process.send({ counted: await judge(index, index + 1) })
}
peers.stop()
process.off('disconnect', onDisconnect).disconnect()

/** The streams from number `from` to `end - 1`. */
async function judge(from, end) {
  process.send({ doing: `judging the streams ${from} to ${end - 1}` })
  const rules = {}
  const forPeers = []
  let streams = 0
  let bytes = 0
  for (let i = from; i < end && failures < MAX_FAILURES; i++) {
    const subject = cases.make(i)
    streams += 1
    bytes += subject.bytes.length
    try {
      const rule = checkAll(subject) ?? 'none'
      rules[rule] = (rules[rule] ?? 0) + 1
      if (i % PEER_INTERVAL === 0) forPeers.push({ index: i, subject })
    } catch (error) {
      await report(i, subject, error, (smaller) => disagreementOn(smaller) !== null, disagreementOn)
    }
  }
  return { streams, bytes, rules, ...(await askPeers(forPeers)) }
}

function checkAll(subject) {
  const rule = check(library, subject)
  checkTakeover(library, subject)
  return rule
}

function disagreementOn(subject) {
  try {
    checkAll(subject)
    return null
  } catch (error) {
    return error
  }
}

/**
 * @returns how many streams each peer was given, and how often it differed for each reason, with the shortest example
 */
async function askPeers(forPeers) {
  const asked = {}
  const reasons = {}
  const readings = await peers.read(forPeers.map(({ subject }) => subject))
  for (const [i, { index, subject }] of forPeers.entries()) {
    for (const [name, reading] of readings[i]) {
      asked[name] = (asked[name] ?? 0) + 1
      const reason = comparison(name, subject, reading)
      if (reason === null) continue
      if (reason === 'unexplained') {
        const failureOf = async (smaller) => differenceOf(name, smaller, await readingOf(name, smaller))
        const isLikeIt = likenessTo(name, subject, reading)
        await report(index, subject, differenceOf(name, subject, reading), isLikeIt, failureOf)
        continue
      }
      const key = JSON.stringify([name, reason.rule, reason.reason])
      const example = Buffer.from(subject.bytes).toString('hex')
      const known = (reasons[key] ??= { count: 0, example, sender: subject.options.sender })
      known.count += 1
      if (example.length < known.example.length) Object.assign(known, { example, sender: subject.options.sender })
    }
  }
  return { asked, reasons }
}

function comparison(name, subject, reading) {
  return compare(name, subject, (bytes) => readOwn(library, bytes, subject.options), reading)
}

async function readingOf(name, subject) {
  const [readings] = await peers.read([subject])
  return Object.fromEntries(readings)[name]
}

/** Whether a stream gives an unexplained difference too, between the same verdicts. */
function likenessTo(name, subject, { closeCode }) {
  const { rule } = readOwn(library, subject.bytes, subject.options)
  return async (smaller) => {
    if (readOwn(library, smaller.bytes, smaller.options).rule !== rule) return false
    const reading = await readingOf(name, smaller)
    return reading.closeCode === closeCode && comparison(name, smaller, reading) === 'unexplained'
  }
}

function differenceOf(name, subject, reading) {
  const own = readOwn(library, subject.bytes, subject.options)
  return {
    during: name,
    what: 'an unexplained difference',
    expected: textOfReading(own),
    actual: textOfReading(reading),
  }
}

function textOfReading({ messages, ...rest }) {
  const hex = messages.map(({ opcode, payload }) => `${opcode.toString(16)}:${Buffer.from(payload).toString('hex')}`)
  return JSON.stringify({ ...rest, messages: hex })
}

/** Sends a failure, as it was found and as small as it can be made. */
async function report(index, subject, { during, what, expected, actual }, fails, failureOf) {
  failures += 1
  const least = await minimise(subject, fails)
  const { during: duringLeast, what: whatLeast, expected: expectedLeast, actual: actualLeast } = await failureOf(least)
  process.send({
    failure: {
      index,
      found: { during, what, expected, actual, text: textOf(subject) },
      least: {
        during: duringLeast,
        what: whatLeast,
        expected: expectedLeast,
        actual: actualLeast,
        text: textOf(least),
      },
    },
  })
}
