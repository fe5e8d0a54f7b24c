import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The specs of the codec, and of what reads and shows bytes. In this order, the quick ones first: the first test that notices a mutant is
 * the last that is run on it.
 */
const codec = [
  ...['util/octets', 'util/arguments', 'util/utf8', 'protocol/opcode', 'protocol/rules', 'protocol/close', 'mask/mask'],
  ...['header/header', 'header/shared-policy', 'encode/frame', 'laws/encoder-vectors', 'header/shared-memory', 'decode/pieces'],
  ...['decode/cut-frame', 'decode/whole-frame', 'decode/frame-reader', 'laws/misuse', 'laws/arrays', 'inspect/inspect'],
  ...['decode/message-reader', 'decode/text', 'mask/webassembly'],
]
const inspection = [
  ...['inspect/hex', 'inspect/plain', 'inspect/groups', 'inspect/code', 'inspect/expression', 'inspect/cells', 'inspect/rows'],
  ...['inspect/parse-bytes', 'inspect/dumps', 'inspect/explain'],
]
const laws = ['laws/memory', 'laws/properties', 'laws/vectors']
const slow = ['decode/long-messages', 'decode/utf8-check']

/** @returns the files of the specs that are run on the mutants of a part of the library; no other spec notices more of them */
export function specsFor(part) {
  const specs = {
    inspect: ['inspect/inspect', ...inspection, 'laws/misuse', 'laws/vectors'],
    others: [...codec, ...inspection, ...laws],
  }
  return (specs[part] ?? [...codec, ...laws, ...slow]).map((name) => `spec/${name}.spec.ts`)
}

/** These take too long, or look at the source, which is not what it was. */
const leftOut = [
  ...['memory held', 'a hundred thousand idle readers', 'a stream that goes on for ever', 'a frame of 8 GiB', 'the module'],
  ...['parseHex reads lines of any length', 'a fault in the check would be found', '%s makes the same of each kind of array'],
  'work stays linear for a mebibyte in tiny chunks',
  'MessageReader: limits \\(10.4\\) legal messages are never refused for the number',
  'MessageReader: texts that are too long for a string are (message-too-long, in one chunk|so from one byte)',
  'explain elides, whatever the size (840,000 bytes|a payload of 144 MB|a text that is longer than any string)',
  // The code that counts what is covered takes memory too.
  'an inspection',
]

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  ignorePatterns: [
    'coverage',
    'dist',
    'spec/bench',
    'spec/examples',
    'spec/format',
    'spec/fuzz',
    'spec/interop',
    'spec/kernel',
    'spec/oracle',
    'spec/runtimes',
  ],
  testRunner: 'mocha',
  mochaOptions: {
    'no-config': true,
    'no-package': true,
    require: ['./spec/mutation/setup.mjs'],
    grep: `/^(?!${leftOut.join('|')})/`,
    spec: specsFor('others'),
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
