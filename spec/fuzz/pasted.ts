/**
 * Holds `parseBytes` against the bytes of a stream in the forms in which people paste them, whole and damaged.
 */
import type * as Everything from '../../src/index.js'
import { layouts, print } from '../inspect/printers.js'
import type { Case } from './case.js'
import { assertOctets } from './disagreement.js'

/** In bytes: longer ones would take more time than a hundred others. */
const LONGEST = 300

/** One stream in so many is pasted: it takes as long as all the rest. */
const INTERVAL = 8

type Form = (bytes: Uint8Array) => string

const pairsOf: Form = (bytes) =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ')
const forms: readonly Form[] = [
  pairsOf,
  (bytes) => `{ ${pairsOf(bytes).replace(/\S+/g, '0x$&').replaceAll(' ', ', ')} }`,
  (bytes) => `b'${pairsOf(bytes).replace(/ ?(\S+)/g, '\\x$1')}'`,
  (bytes) => JSON.stringify({ type: 'Buffer', data: [...bytes] }),
  ...Object.values(layouts).map(
    (layout): Form =>
      (bytes) =>
        print(bytes, layout),
  ),
]

/** What stands at a place by mistake. */
const mistakes = [...'\n\t 0g:|-,\\"\'[{(*#\u00a0\u{1f642}', '']

/** @throws Disagreement if a text is read as other bytes than were written, or if what is wrong with it is not said by a RangeError */
export function checkPasted(library: Pick<typeof Everything, 'parseBytes'>, { bytes, reads }: Case): void {
  if (bytes.length === 0 || bytes.length > LONGEST || reads % INTERVAL > 0) return
  const text = forms[(reads >>> 3) % forms.length]?.(bytes) ?? ''
  const read = readBytes(library, text)
  if (read !== null) assertOctets('parseBytes', read, bytes)

  const at = (reads >>> 8) % text.length
  const mistake = mistakes[(reads >>> 24) % mistakes.length] ?? ''
  for (const damaged of [text.slice(0, at) + mistake + text.slice(at + 1), text.slice(0, at), text.slice(at)]) readBytes(library, damaged)
}

/** @returns null if the text cannot be read, or in more than one way */
function readBytes({ parseBytes }: Pick<typeof Everything, 'parseBytes'>, text: string): Uint8Array | null {
  try {
    return parseBytes(text)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
