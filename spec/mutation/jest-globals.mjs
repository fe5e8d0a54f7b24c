/**
 * Stands for `@jest/globals`, so that Mocha can run the specs: in one process for many mutants, which with Jest takes a
 * second for each. The matchers and the mocks are those of Jest.
 *
 * The rows of a table are one test, because Stryker chooses the tests of a mutant by name, out of a list that should be short.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect } from 'expect'
import { ModuleMocker } from 'jest-mock'

/** Of a long table of groups, the corpus of vectors, one row in so many is enough here: `npm test` takes them all. */
const SAMPLED = 8
const LONG_TABLE = 20

const { before: beforeAll, after: afterAll, beforeEach, afterEach } = globalThis
const mocker = new ModuleMocker(globalThis)
const { cache } = createRequire(import.meta.url)
const requireFromSpec = createRequire(join(process.cwd(), 'spec/folder/a.spec.ts'))

const jest = {
  fn: mocker.fn.bind(mocker),
  spyOn: mocker.spyOn.bind(mocker),
  restoreAllMocks: mocker.restoreAllMocks.bind(mocker),
  requireActual: requireFromSpec,
  isolateModules,
}

// A test that fails does not come to its end, and the next mutant must not find what it left behind.
afterEach(jest.restoreAllMocks)

/** The tests of the rows of a group, by title, while they are gathered. */
let gathered = null

/** How many groups the code that is run now lies in. */
let depth = 0

function describe(title, body) {
  globalThis.describe(title, () => {
    depth++
    body()
    depth--
  })
}

function test(title, body) {
  if (gathered !== null) gathered.set(title, [...(gathered.get(title) ?? []), body])
  else if (depth > 0) globalThis.it(title, body)
  // Mocha runs what is in no group before all groups of all files. In a group it waits its turn, and the quick specs are first.
  else describe(title, () => globalThis.it(title, body))
}

test.skip = (title) => globalThis.it.skip(title)

test.each = (rows) => (title, body) => test(title, inTurn(rows.map((row) => () => callWith(row, body))))

describe.each = (rows) => (title, body) => {
  const step = rows.length > LONG_TABLE ? SAMPLED : 1
  const sample = rows.filter((_row, index) => index % step === 0)
  if (gathered !== null) {
    for (const row of sample) callWith(row, body)
    return
  }
  gathered = new Map()
  for (const row of sample) callWith(row, body)
  const tests = gathered
  gathered = null
  describe(title, () => tests.forEach((bodies, name) => test(name, inTurn(bodies))))
}

/** Has what is required be loaded anew. */
function isolateModules(load) {
  const kept = { ...cache }
  for (const path of Object.keys(cache)) delete cache[path]
  try {
    load()
  } finally {
    for (const path of Object.keys(cache)) delete cache[path]
    Object.assign(cache, kept)
  }
}

/** The rows of a table are one test for Mocha, which calls `afterEach` only after all of them. */
function inTurn(bodies) {
  return async () => {
    for (const body of bodies) {
      await body()
      jest.restoreAllMocks()
    }
  }
}

function callWith(row, body) {
  return Array.isArray(row) ? body(...row) : body(row)
}

export { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test }
