/**
 * Changes the library in small ways, one at a time, and runs the specs on each: a change that no spec notices survives.
 * Fails if too many do, or if they are not those of survivors.json, or if one has to be ended that is not in endless.json.
 *
 *   npm test                                         all of src: about an hour on two cores
 *   npm test -- src/util/utf8.ts src/inspect/hex.ts  some of its files, or lines of them: src/inspect/hex.ts:20-40
 *   CONCURRENCY=1 npm test                           one mutant at a time instead of two
 */
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Stryker } from '@stryker-mutator/core'
import { calculateMutationTestMetrics } from 'mutation-testing-metrics'
import { specsFor } from './stryker.config.mjs'
import { compare, endedOf, survivorsOf } from './survivors.mjs'

const LEAST_SCORE = 95

/**
 * What these make is kept in variables of a module. A mutant must not leave it to the next in the same process, and all tests count: only
 * the first that needs it runs the code that makes it.
 */
const withState = [
  ...['src/header/shared-memory.ts', 'src/header/make-policy.ts', 'src/header/shared-policy.ts'],
  ...['src/mask/mask.ts', 'src/mask/masking-key.ts', 'src/mask/webassembly.ts', 'src/util/slab.ts'],
  ...['src/util/utf8.ts', 'src/decode/utf8-kernel.ts'],
]

// Stryker takes the folder it is started in for the project, and mutates nothing outside it.
process.chdir(fileURLToPath(new URL('../..', import.meta.url)))

const given = process.argv.slice(2)
const paths = readdirSync('src', { recursive: true }).map((path) => `src/${path.replaceAll('\\', '/')}`)
const files = given.length > 0 ? given : paths.filter((path) => path.endsWith('.ts'))
const report = {}
for (const part of new Set(files.map(partOf))) {
  const mutate = files.filter((file) => partOf(file) === part)
  Object.assign(report, await mutated(part, mutate, part === 'stateful' ? { maxTestRunnerReuse: 1, coverageAnalysis: 'all' } : {}))
}

/** The part of the library that a file is mutated with: all code of the part is counted, which takes as long as running it. */
function partOf(file) {
  const [path] = file.split(':')
  if (withState.includes(path)) return 'stateful'
  return /^src\/(inspect|decode)\//.exec(path)?.[1] ?? 'others'
}

/** @returns what the report has of each file */
async function mutated(name, mutate, options) {
  const [html, json] = ['html', 'json'].map((extension) => `spec/mutation/report/${name}.${extension}`)
  await new Stryker({
    configFile: 'spec/mutation/stryker.config.mjs',
    mutate,
    mochaOptions: { spec: specsFor(name) },
    htmlReporter: { fileName: html },
    jsonReporter: { fileName: json },
    ...options,
  }).runMutationTest()
  return JSON.parse(readFileSync(json, 'utf8')).files
}

const thresholds = { high: 100, low: LEAST_SCORE }
const { metrics } = calculateMutationTestMetrics({ files: report, schemaVersion: '2', thresholds }).systemUnderTestMetrics
console.log(`${metrics.totalValid} mutants, ${metrics.totalUndetected} survived: score ${metrics.mutationScore.toFixed(2)} %`)
if (metrics.mutationScore < LEAST_SCORE) fail(`The score must be at least ${LEAST_SCORE} %.`)

const { unlisted, stale } = compare(survivorsOf(report), listIn('survivors.json'), Object.keys(report))
if (unlisted.length > 0) fail(`Survived, and not in survivors.json: ${JSON.stringify(unlisted, null, 2)}`)
if (stale.length > 0) fail(`In survivors.json, and did not survive: ${JSON.stringify(stale, null, 2)}`)
// Of these only some are found: the memory may end before the time does, or a spec fail before it comes to the loop.
const { unlisted: unknown } = compare(endedOf(report), listIn('endless.json'), Object.keys(report))
if (unknown.length > 0) fail(`Had to be ended, and not in endless.json: ${JSON.stringify(unknown, null, 2)}`)

function listIn(file) {
  return JSON.parse(readFileSync(`spec/mutation/${file}`, 'utf8'))
}

function fail(message) {
  console.error(message)
  process.exitCode = 1
}
