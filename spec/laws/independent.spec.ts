/**
 * The vectors are read again in Python, by a reader that was written from the RFCs without a look at the generator or the library.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const root = join(__dirname, '../..')
const hasPython = spawnSync('python3', ['--version']).status === 0
const conditionally = hasPython ? test : test.skip
const unlessSkipped = hasPython ? '' : ' (skipped: no python3 on this machine)'
const vectors = join(root, 'fixtures/vectors.jsonl')

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'independent-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

function check(path: string) {
  const { status, stdout, stderr } = spawnSync('python3', ['spec/independent/check.py', path], { cwd: root, encoding: 'utf8' })
  const lines = stdout.trimEnd().split('\n')
  return { status, stderr, differences: lines.filter((line) => line.includes('\t')), count: lines.at(-1) }
}

conditionally(
  `a second reader agrees with every vector, but for the differences that it lists${unlessSkipped}`,
  () => {
    const count = readFileSync(vectors, 'utf8').trimEnd().split('\n').length
    expect(check(vectors)).toEqual({ status: 0, stderr: '', differences: [], count: `${count} vectors, 0 disagreements` })
  },
  300_000,
)

conditionally.each([
  ['another close code', '5.1-client-unmasked-length-1', /"closeCode":1002/, '"closeCode":1007', 'error'],
  ['a later detection', '5.1-client-unmasked-length-1', /"detectedAfter":2/, '"detectedAfter":3', 'detectedAfter'],
  ['another payload', '5.7-masked-text', /"payload":"48/, '"payload":"49', 'frames'],
  ['another message', '5.7-masked-text', /"data":"Hello"/, '"data":"hello"', 'messages'],
  ['another outcome', '5.7-masked-text', /"outcome":"complete"/, '"outcome":"incomplete"', 'outcome'],
  ['an alternative left out', '7.4-code-1012-server', /"alternatives":.*\]/, '"cuts":[1]', 'known-codes'],
  ['only the early one of two alternatives', '7.4-code-1012-with-reason-server', /"detectedAfter":7/, '"detectedAfter":4', 'known-codes'],
  ['no other close code', '5.5.1-reason-ff-server', /"closeCode":1002/, '"closeCode":1007', 'code-1002'],
  ['a limit after inflation that is certain too early', 'rfc7692-limit-over-by-a-mebibyte', /:420}/, ':419}', 'alternative'],
  ['a limit after inflation that is certain too late', 'rfc7692-limit-over-by-a-mebibyte', /:420}/, ':421}', 'inflate-early'],
  ['a vector that is prompt although its frame is complete', 'doc003-masked-with-and', /"sender"/, '"prompt":true,"sender"', 'prompt'],
  ['a vector that is prompt although a reader may wait', 'doc004-127-2-53', /"sender"/, '"prompt":true,"sender"', 'prompt'],
  ['a limit that is not required', '10.4-payload-124-exceeded-server', /"requires":\["payload-limit"\],/, '', 'requires'],
  ['a vector that is not said to be prompt', '5.4-first-byte-text-server', /"prompt":true,/, '', 'prompt'],
])(`it finds %s${unlessSkipped}`, (_what, id, found, replacement, kind) => {
  const line = readFileSync(vectors, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`{"id":"${id}"`))
  const changed = line?.replace(found, replacement)
  expect(changed).not.toBe(line)
  const path = join(directory, 'vectors.jsonl')
  writeFileSync(path, `${changed}\n`)
  expect(check(path).differences).toContainEqual(expect.stringContaining(`${id}\t${kind}: `))
})
