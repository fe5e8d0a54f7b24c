/**
 * Measures one implementation in one case, in a process of its own. bench.mjs starts it with a task in JSON and writes
 * commands to its standard input, a line each; every answer is a line of JSON:
 *
 *   round MILLISECONDS   runs for at least so long: { nanoseconds, runs, messages, bytes }
 *   check PATH           one run more, untimed: what came out is written to a file, messages as "length:" and the bytes
 *   versions             what it runs on
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { isEncoding } from './cases.mjs'
import { makeCutter } from './cutter.mjs'

const { file, options = {}, clock, benchCase, input, messages } = JSON.parse(process.argv[2])
const implementation = await import(`./implementations/${file}`)
await implementation.load?.(options)
const bytes = readFileSync(input)
const cut = makeCutter(bytes, benchCase.chunkLength)

/**
 * Milliseconds. The time that the process has had a core, its helper threads for garbage collection and compilation
 * included, says more than the time of day on a machine that does other things as well.
 */
const now = { cpu: () => cpuTime(process.cpuUsage()), wall: () => performance.now() }[clock]

function cpuTime({ user, system }) {
  return (user + system) / 1000
}

/** Everybody's messages are dropped at once by the same consumer; a run is checked by what it has counted. */
let count = 0
let length = 0
let lastCharacters = 0
function drop(data) {
  count++
  length += data.length
  // V8 puts a string that was made of parts together when it is first looked at.
  if (typeof data === 'string' && data.length > 0) lastCharacters ^= data.charCodeAt(data.length - 1)
}

function decodeOnce(onData) {
  const push = implementation.decoder(benchCase, onData, options)
  let milliseconds = 0
  for (const chunks of cut()) {
    const start = now()
    for (let i = 0; i < chunks.length; i++) push(chunks[i])
    milliseconds += now() - start
  }
  return milliseconds
}

/** What is encoded is one payload over and over, the file's bytes. */
function encodeOnce(onData) {
  const encode = implementation.encoder(benchCase, options)
  const start = now()
  for (let i = 0; i < messages; i++) onData(encode(bytes))
  return now() - start
}

const once = isEncoding(benchCase) ? encodeOnce : decodeOnce

async function round(atLeast) {
  let milliseconds = 0
  let runs = 0
  count = 0
  length = 0
  do {
    milliseconds += once(drop)
    runs++
    // Lets go of what streams keep until the next tick, as a server does between two reads.
    await new Promise(setImmediate)
  } while (milliseconds < atLeast)
  return { nanoseconds: milliseconds * 1e6, runs, messages: count, bytes: length, lastCharacters }
}

function check(path) {
  const output = openSync(path, 'w')
  once((data) => {
    const buffer = Buffer.concat([data].flat().map((part) => Buffer.from(part)))
    if (!isEncoding(benchCase)) writeSync(output, `${buffer.length}:`)
    if (buffer.length > 0) writeSync(output, buffer)
  })
  closeSync(output)
  return {}
}

const commands = {
  round: (argument) => round(Number(argument)),
  check,
  versions: () => implementation.versions(),
}

process.stdout.write(`${JSON.stringify({ isReady: true })}\n`)
for await (const line of createInterface({ input: process.stdin })) {
  const [, command, argument] = /^(\w+) ?(.*)$/.exec(line)
  process.stdout.write(`${JSON.stringify(await commands[command](argument))}\n`)
}
