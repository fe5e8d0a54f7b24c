import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** In this order, the quick ones first: the first test that notices a mutant is the last that is run on it. */
const specs = [
  ...['octets', 'opcode', 'rules', 'utf8', 'close', 'kernel', 'mask', 'utf8check', 'slab', 'pieces', 'policies', 'header', 'ordinary'],
  ...['frame', 'reader', 'misuse'],
  ...['inspect', 'explain', 'hex', 'message', 'text', 'memory', 'properties', 'vectors'],
]

/** These take too long, or look at the source, which is not what it was. */
const leftOut = [
  ...['memory held', 'a hundred thousand idle readers', 'a stream that goes on for ever', 'a frame of 8 GiB', 'the module'],
  'parseHex reads lines of any length',
]

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  ignorePatterns: ['coverage', 'dist', 'spec/bench', 'spec/examples', 'spec/fuzz', 'spec/interop', 'spec/kernel', 'spec/runtimes'],
  testRunner: 'mocha',
  mochaOptions: {
    'no-config': true,
    'no-package': true,
    require: ['./spec/mutation/setup.mjs'],
    grep: `/^(?!${leftOut.join('|')})/`,
    spec: specs.map((name) => `spec/${name}.spec.ts`),
  },
  coverageAnalysis: 'perTest',
  concurrency: Number(process.env.CONCURRENCY ?? 2),
  timeoutMS: 5_000,
  timeoutFactor: 2,
  // Outside the project: Jest and TypeScript would take the copy's specs for the project's own.
  tempDirName: join(tmpdir(), 'websocket-frames-mutation'),
  cleanTempDir: 'always',
  reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
  clearTextReporter: { reportTests: false, allowColor: false },
  disableTypeChecks: false,
}
