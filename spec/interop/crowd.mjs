/**
 * Opens thousands of connections to the echo and chat servers of the examples, many at a time. They send, stall, reset, compress and
 * break every rule. The command fails if a message is lost, if the memory of a server does not return to where it was, if an error is
 * not handled, or if a well-behaved client notices the others.
 *
 *   node crowd.mjs [--connections 10000] [--seconds 120] [--at-once 300] [--pause 4000] [--seed S] [--echo FILE] [--chat FILE]
 *
 * --pause is the longest pause of a client, in milliseconds. --echo and --chat replace the examples, for instance by copies with a
 * fault. Exit status: 0 if everything is as it should be, 1 if not.
 */
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { failuresOf, textOf } from './crowd/report.mjs'
import { Crowd, MAX_GROWTH } from './crowd/run.mjs'

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '120' },
    'at-once': { type: 'string', default: '300' },
    pause: { type: 'string', default: '4000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    echo: { type: 'string' },
    chat: { type: 'string' },
  },
})

/**
 * @param {'connections' | 'seconds' | 'at-once' | 'pause' | 'seed'} name
 * @param {number} least
 */
function number(name, least) {
  const value = Number(values[name])
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(`--${name} ${values[name]}: expected a number from ${least}`)
  return value
}

/**
 * @param {string | undefined} file
 * @param {string} example
 */
function moduleOf(file, example) {
  return file === undefined ? new URL(`../examples/${example}`, import.meta.url).href : pathToFileURL(file).href
}

const options = {
  connections: number('connections', 100),
  seconds: number('seconds', 1),
  atOnce: number('at-once', 1),
  maxPause: number('pause', 0),
  seed: number('seed', 0),
  echo: moduleOf(values.echo, 'echo-server.mjs'),
  chat: moduleOf(values.chat, 'chat-server.mjs'),
}
const size = `--connections ${options.connections} --seconds ${options.seconds} --at-once ${options.atOnce} --pause ${options.maxPause}`
console.log(`seed ${options.seed}; to run it again: node crowd.mjs ${size} --seed ${options.seed}`)
const crowd = new Crowd(options, console.log)
const run = await crowd.run()
if (run !== null) console.log(`${textOf(run, MAX_GROWTH)}\n`)
console.log(failuresOf(crowd.failures))
// If a server has died, some of its clients are still waiting.
process.exit(crowd.failures.length === 0 ? 0 : 1)
