/**
 * The recipes of the README over real sockets, each in a process of its own, against peers of every kind; and what the recipes for
 * streams and iterators promise. `spec/runtimes` does the same on Bun and Deno.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'

const folder = join(__dirname, '../recipes')

/** Runs a program of spec/recipes, which prints JSON. */
async function run(program: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, program), ...args], { timeout: 300_000 })
  return JSON.parse(stdout)
}

/** What no recipe may be harmed by, and what all of them reply to. */
const hostile = [
  'closes without a code',
  'closes, and keeps its end open',
  'closes, and sends more',
  'breaks a rule, and sends more',
  'sends a message of 17 MiB',
  'is cut off inside a frame',
  'is cut off between fragments',
  'says nothing',
  'resets',
  'resets inside a frame',
  'resets after its Close',
  'resets while it is sent to',
  'sends pings and does not read',
  'sends messages and does not read',
  'reads late',
  'sends many messages and reads late',
]
const compressing = ['compresses 17 MiB', 'compresses 1 GiB', 'compresses, and is cut off inside a block', 'sends what is not compressed']
const finalBlocks = ['has two final blocks', 'has garbage after a final block', 'has 100,000 final blocks', 'takes over its context']

describe('replies to every peer, and outlives it', () => {
  const recipes: [recipe: string, peers: string[]][] = [
    ['data-handler', hostile],
    ['async-iterator', hostile],
    ['web-streams', hostile],
    ['inflate at once', compressing],
    ['inflate', [...compressing, ...finalBlocks]],
    ['decompression-stream', compressing],
  ]
  // All at once, since they mostly wait.
  test.concurrent.each(recipes)(
    '%s',
    async (recipe, peers) => {
      const outcomes = Object.entries(Object(await run('matrix.mjs', recipe)))
      expect(outcomes.map(([peer]) => peer)).toEqual(expect.arrayContaining([...peers, 'server']))
      expect(outcomes.filter(([, outcome]) => outcome !== null)).toEqual([])
    },
    300_000,
  )
})

/** A recipe delivers messages in order, then the error, and reads no chunk before it must. */
const delivered: unknown = JSON.parse(readFileSync(join(folder, 'delivered.json'), 'utf8'))

test('streams and iterators deliver what comes before an error, and read no chunk too early', async () => {
  expect(await run('streams.mjs')).toEqual({ iterator: delivered, stream: delivered })
})

test('the chunks of a socket and of a response may be given away', async () => {
  const unharmed = { received: 2 ** 22, wrong: 0, changed: 0 }
  expect(await run('chunks.mjs')).toEqual({ 'net.Socket': unharmed, 'tls.TLSSocket': unharmed, fetch: unharmed })
})
