/**
 * What `npm run test:quick` runs: every spec but those that take more than a few seconds, without coverage.
 */
import config from '../jest.config.js'

/** The slow specs: those that enumerate, take all vectors, fill memory, or start many programs. */
const slow = [
  ...['decode/utf8-check', 'inspect/dumps', 'inspect/explain', 'inspect/linear', 'inspect/programs'],
  ...['laws/enumeration', 'laws/independent', 'laws/memory', 'laws/mutants', 'laws/properties', 'laws/second', 'laws/vectors'],
  ...['project/consume', 'project/decode', 'project/decode-captures', 'project/examples', 'project/generator', 'project/package'],
  'project/recipes',
]

/** @type {import('jest').Config} */
export default {
  ...config,
  rootDir: '..',
  maxWorkers: '100%',
  testPathIgnorePatterns: [...(config.testPathIgnorePatterns ?? []), ...slow.map((name) => `/spec/${name}\\.spec\\.ts$`)],
}
