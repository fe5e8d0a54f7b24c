/**
 * Memory: what is held of each byte that has been received, in the chunkings that are worst for it; and what is
 * allocated for each frame. Each figure comes from a process of its own, memory-worker.mjs.
 */
import { fileURLToPath } from 'node:url'
import { sizeTitle } from './cases.mjs'
import { Worker } from './process.mjs'

const workerFile = fileURLToPath(new URL('memory-worker.mjs', import.meta.url))

/** Milliseconds of work. */
const LIMIT = 60_000

const RETAINED = {
  'long-frame': 'one-byte chunks of a long frame',
  fragments: 'one-byte fragments of a message',
  'empty-fragments': 'empty fragments of a message',
  unread: 'one-byte chunks that nobody reads',
}
const SIZES = [0, 16, 125, 1024, 16_384]

/** Without any garbage collection during a measurement, all that is allocated is still there at its end. */
const FLAGS = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256']

const takesPart = ({ id, isOurs }) => isOurs || id === 'ws'

export async function measureMemory({ implementations, programs, seed }) {
  const taking = implementations.filter(takesPart)
  const retained = []
  const allocated = []
  for (const implementation of taking) {
    console.error(`memory, ${implementation.title}`)
    for (const scenario of Object.keys(RETAINED)) {
      // Fragments are none of a FrameReader's business: it hands them on.
      const isMessages = implementation.options?.reader !== 'FrameReader'
      if (!implementation.where({ group: 'cut', type: 'binary' }) || (!isMessages && scenario.includes('fragments'))) continue
      const answer = await ask(implementation, { scenario, seed }, programs)
      retained.push({ implementation: implementation.id, scenario, ...answer })
    }
    for (const group of ['decode', 'encode']) {
      for (const size of SIZES) {
        const benchCase = { group, masked: true, type: 'binary', size, chunkLength: 2 ** 16 }
        if (!implementation.where(benchCase)) continue
        const answer = await ask(implementation, { scenario: 'allocated', benchCase, seed }, programs)
        allocated.push({ implementation: implementation.id, group, size, ...answer })
      }
    }
  }
  return { retained, allocated }
}

async function ask({ file, options, env }, task, { node }) {
  const worker = new Worker(node, [...FLAGS, workerFile, JSON.stringify({ file, options, ...task })], env)
  try {
    return await worker.answer(LIMIT)
  } finally {
    await worker.end()
  }
}

export function printMemory({ retained, allocated }, implementations) {
  const titleOf = (id) => implementations.find((implementation) => implementation.id === id).title
  const rowsOf = (entries) => [...new Set(entries.map(({ implementation }) => implementation))]
  const row = (title, cells) => console.log(`  ${title.padEnd(32)}${cells.map((cell) => cell.padStart(18)).join('')}`.trimEnd())

  console.log('\nmemory held, at most: bytes per byte received')
  for (const [scenario, title] of Object.entries(RETAINED)) {
    console.log(` ${title}`)
    for (const { implementation, bytesPerByte, chunks } of retained.filter((entry) => entry.scenario === scenario)) {
      row(titleOf(implementation), [bytesPerByte.toFixed(2), `${chunks.toLocaleString('en')} chunks`])
    }
  }
  for (const group of ['decode', 'encode']) {
    const entries = allocated.filter((entry) => entry.group === group)
    if (entries.length === 0) continue
    console.log(`\n${group}, masked, binary: bytes allocated per frame, on the heap + in buffers`)
    row('', SIZES.map(sizeTitle))
    for (const id of rowsOf(entries)) {
      const cells = SIZES.map((size) => entries.find((entry) => entry.implementation === id && entry.size === size))
      row(
        titleOf(id),
        cells.map(({ heap, buffers }) => `${Math.round(heap)} + ${Math.round(buffers)}`),
      )
    }
  }
}
