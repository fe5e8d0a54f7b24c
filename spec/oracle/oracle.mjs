/**
 * Holds the peers against the vectors, and writes scoreboard.json and scoreboard.md.
 *
 *   npm run oracle            all of them
 *   npm run oracle -- ws      only these
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bytesOf, listOf, textOf, vectors, verdictsOf } from '../../fixtures/index.js'
import { crcOf, judge, needsOf, waysOf } from './judge.mjs'
import { jsonOf, markdown } from './report.mjs'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const wanted = process.argv.slice(2)
const results = []

/** The readings of the vectors by id; without one, a vector is skipped. */
function add(peer, readings) {
  const counts = { passed: 0, late: 0, failed: 0, skipped: 0 }
  const failures = []
  for (const vector of vectors) {
    const reading = readings.get(vector.id)
    const { result, ...rest } = reading === undefined ? { result: 'skipped' } : judge(vector, expected(vector), reading)
    counts[result]++
    if (result === 'failed') failures.push({ id: vector.id, rfc: vector.rfc, section: vector.section, ...rest })
  }
  const sections = {}
  for (const { rfc, section } of failures) sections[`RFC ${rfc} ${section}`] = (sections[`RFC ${rfc} ${section}`] ?? 0) + 1
  results.push({ name: peer.name, version: peer.version, language: peer.language, ...counts, sections, failures })
  console.log(peer.name, peer.version, JSON.stringify(counts))
}

const cache = new Map()

function expected(vector) {
  if (!cache.has(vector.id)) {
    cache.set(
      vector.id,
      verdictsOf(vector).map(({ messages, outcome, error }) => {
        const list = listOf(messages).map((message) => {
          if (message.type === 'close') return `close:${message.code}:${Buffer.from(message.reason).toString('hex')} `
          return `${message.type}:${message.type === 'text' ? Buffer.from(textOf(message.data)).toString('hex') : Buffer.from(bytesOf(message.data)).toString('hex')} `
        })
        return {
          count: list.length,
          crc: crcOf(list),
          code: outcome === 'error' ? error.closeCode : null,
          after: error?.detectedAfter ?? null,
        }
      }),
    )
  }
  return cache.get(vector.id)
}

const isFor = ({ senders, supports }, vector) => senders.includes(vector.sender) && needsOf(vector).every((name) => supports.includes(name))

async function readWith(peer, vector, chunks) {
  const reading = { count: 0, crc: 0, code: null, after: 0, crash: null }
  const isOver = () => reading.code !== null || reading.crash !== null
  const seen = {
    get count() {
      return reading.count
    },
    fed(length) {
      if (!isOver()) reading.after += length
    },
    message(kind, data) {
      if (isOver()) return
      reading.count++
      reading.crc = crcOf([`${kind}:${Buffer.from(data).toString('hex')} `], reading.crc)
    },
    error(code) {
      reading.code ??= code
    },
    crash(error) {
      reading.crash ??= String(error).slice(0, 200)
    },
  }
  try {
    await peer.read(vector, chunks, seen)
  } catch (error) {
    seen.crash(error)
  }
  return reading
}

for (const name of ['ws', 'websocket-driver', 'undici', 'websocket', 'nodejs-websocket']) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const peer = await import(`./peers/${name}.mjs`)
  const readings = new Map()
  for (const vector of vectors.filter((one) => isFor(peer, one))) {
    const bytes = Buffer.from(bytesOf(vector.bytes))
    const list = []
    for (const [way, chunks] of waysOf(bytes, vector.cuts)) list.push({ way, ...(await readWith(peer, vector, chunks)) })
    readings.set(vector.id, list)
  }
  add({ ...peer, language: 'JavaScript' }, readings)
}

const pythons = ['/usr/bin/python3', 'python3']
const python = pythons.find((command) => spawnSync(command, ['-c', 'import wsproto']).status === 0)
const pythonPeers = ['wsproto', 'websockets', 'aiohttp', 'websocket-client']
if (python !== undefined && (wanted.length === 0 || pythonPeers.some((name) => wanted.includes(name)))) {
  const output = execFileSync(python, [here('peers.py'), here('../../fixtures/vectors.jsonl')], { encoding: 'utf8', maxBuffer: 2 ** 28 })
  const lines = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const peer of lines.filter((line) => 'version' in line)) {
    const own = lines.filter((line) => line.peer === peer.name)
    add({ ...peer, language: 'Python' }, new Map(own.map(({ id, readings }) => [id, readings])))
  }
}

if (wanted.length === 0 || wanted.includes('libwslay')) {
  const folder = mkdtempSync(join(tmpdir(), 'oracle-'))
  const program = join(folder, 'wslay')
  if (spawnSync('gcc', ['-O2', '-o', program, here('wslay.c'), '-lwslay', '-lz']).status === 0) {
    const peer = {
      name: 'libwslay',
      language: 'C',
      senders: ['client', 'server'],
      supports: ['messages', 'message-limit', '64-bit-lengths', 'many-fragments'],
    }
    const lines = []
    for (const vector of vectors.filter((one) => isFor(peer, one))) {
      const bytes = Buffer.from(bytesOf(vector.bytes))
      for (const [way, chunks] of waysOf(bytes, vector.cuts)) {
        let end = 0
        const ends = chunks.map((chunk) => (end += chunk.length))
        lines.push(
          `${vector.id}|${way.replaceAll(' ', '_')} ${vector.sender[0]} ${vector.maxMessageLength ?? 2 ** 26} ${bytes.toString('hex')} ${ends.join(' ')}`,
        )
      }
    }
    writeFileSync(join(folder, 'vectors'), `${lines.join('\n')}\n`)
    const [{ version }, ...rows] = execFileSync(program, [join(folder, 'vectors')], { encoding: 'utf8', maxBuffer: 2 ** 28 })
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const readings = new Map()
    for (const { id, code, ...rest } of rows) {
      const [vectorId, way] = id.split('|')
      readings.set(vectorId, [
        ...(readings.get(vectorId) ?? []),
        { way: way.replaceAll('_', ' '), code: code === 0 ? null : code, crash: null, ...rest },
      ])
    }
    add({ ...peer, version }, readings)
  }
  rmSync(folder, { recursive: true, force: true })
}

if (wanted.length === 0) {
  const peers = results.map(({ failures, sections, ...peer }) => ({
    ...peer,
    sections: Object.fromEntries(
      Object.keys(sections).map((name) => [
        name,
        failures.filter(({ rfc, section }) => name === `RFC ${rfc} ${section}`).map(({ id }) => id),
      ]),
    ),
  }))
  writeFileSync(here('scoreboard.json'), jsonOf(vectors.length, peers))
  writeFileSync(here('scoreboard.md'), markdown({ vectors: vectors.length, peers }))
} else {
  for (const { name, failures } of results) for (const failure of failures.slice(0, 40)) console.log(name, JSON.stringify(failure))
}
