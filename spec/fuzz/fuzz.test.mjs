/**
 * The fuzzer as a user runs it: npm test
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const index = JSON.stringify(join(here, '../../src/index.ts'))

/** A library that delivers every pong as a ping. */
const faulty = `
import { MessageReader as Right } from ${index}
export * from ${index}
export class MessageReader extends Right {
  read() {
    const message = super.read()
    return message?.type === 'pong' ? { ...message, type: 'ping' } : message
  }
}
`

/** The same, but only as it is read for the peers, who alone can find it: then it is not told who owns the chunks. */
const faultyForPeers = faulty.replace(
  'read() {',
  `constructor(options) {
    super(options)
    this.isForPeers = !('ownsChunks' in options)
  }
  read() {
    if (!this.isForPeers) return super.read()`,
)

/** Every message is inflated without those before it. */
const forgetful = `
import { inflateRawSync } from 'node:zlib'
import { MessageReader as Right } from ${index}
export * from ${index}
export class MessageReader extends Right {
  constructor(options) {
    const inflate = (data, maxOutputLength) => inflateRawSync(data, { maxOutputLength })
    super(options.maxMessageLength === 2 ** 20 ? { ...options, inflate } : options)
  }
}
`

let folder = ''
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'websocket-frames-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

function fuzz(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(here, 'fuzz.mjs'), ...args], {
    encoding: 'utf8',
    timeout: 300_000,
  })
  return { status, stdout, stderr }
}

function library(name, source) {
  const path = join(folder, name)
  writeFileSync(path, source)
  return path
}

test('a run says what was hit and where the peers differ', () => {
  const { status, stdout, stderr } = fuzz('--streams', '3000', '--seed', 'test')
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, stdout)
  assert.match(stdout, /^seed test; to run it again: npm run fuzz -- --seed test\n/)
  assert.match(stdout, /^3000 streams in .* 0 failures$/m)
  assert.match(stdout, /^length-unsafe +\d+$/m)
  assert.match(stdout, /^ws +\d+\.\d+\.\d+ +150$/m)
  assert.match(stdout, /^ws +length-not-minimal +takes any form of a length +\d+ +(client|server): [0-9a-f]+/m)
})

test('it ends after so many seconds, with a seed of its own', () => {
  const { status, stdout } = fuzz('--seconds', '1', '--peers', 'none', '--workers', '1')
  assert.equal(status, 0, stdout)
  assert.match(stdout, /^seed [0-9a-f]{12};/)
  assert.doesNotMatch(stdout, /^peer/m)
})

test('a fault is found, made small, and found again by the number of its stream', () => {
  const path = library('faulty.ts', faulty)
  const { status, stdout } = fuzz('--streams', '2000', '--seed', 'test', '--peers', 'none', '--library', path)
  assert.equal(status, 1, stdout)
  const [, number] = /FAILURE in stream (\d+); to see it again: npm run fuzz -- --seed test --index \1$/m.exec(stdout) ?? []
  assert.match(stdout, /made as small as it fails:\n {2}MessageReader, .*: a message\n/)
  assert.match(stdout, /expected: .*"pong".*\n {4}actual: .*"ping".*\n {4}stream: .*"bytes":"8a[08]/)

  const again = fuzz('--seed', 'test', '--index', String(number), '--library', path)
  assert.equal(again.status, 1, again.stdout)
  assert.match(again.stdout, /^stream: \{"bytes":/m)
  assert.match(again.stdout, new RegExp(`FAILURE in stream ${number};`))
  assert.equal(fuzz('--seed', 'test', '--index', String(number)).status, 0)
})

test('what is wrong with context takeover is found', () => {
  const path = library('forgetful.ts', forgetful)
  const { status, stdout } = fuzz('--streams', '2000', '--seed', 'test', '--peers', 'none', '--library', path)
  assert.equal(status, 1, stdout)
  assert.match(stdout, /made as small as it fails:\n {2}context takeover: /)
})

test('a peer finds what the reference was not asked', () => {
  const path = library('faulty-for-peers.ts', faultyForPeers)
  const { status, stdout } = fuzz('--streams', '4000', '--seed', 'test', '--peers', 'ws', '--library', path)
  assert.equal(status, 1, stdout)
  assert.match(stdout, /made as small as it fails:\n {2}ws: an unexplained difference\n {4}expected: .*"9:"\]\}\n {4}actual: .*"a:"\]\}\n/)
})

test('what it does not understand is refused: status 2', () => {
  for (const args of [['--seconds', '0'], ['--peers', 'undici'], ['--streams', 'many'], ['--no-such-option']]) {
    const { status, stderr } = fuzz(...args)
    assert.deepEqual({ args, status }, { args, status: 2 })
    assert.match(stderr, new RegExp(args[0]))
  }
})
