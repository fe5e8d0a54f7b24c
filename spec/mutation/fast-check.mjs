/**
 * Stands for `fast-check` in the specs: the same properties with fewer runs, the same ones each time, and no search for a
 * smaller counterexample, since that a mutant is found out is all that is asked.
 */
import fc from '../../node_modules/fast-check/lib/cjs/fast-check.js'

const MOST_RUNS = Number(process.env.R ?? 100)

fc.configureGlobal({ seed: 6455, endOnFailure: true })

export default {
  ...fc,
  assert: (property, { numRuns = 100, ...parameters } = {}) =>
    fc.assert(property, { ...parameters, numRuns: Math.min(numRuns, MOST_RUNS) }),
}
