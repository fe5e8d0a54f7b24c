/**
 * An incomplete header: its first bytes, until the rest arrives.
 */
import { MAX_HEADER_LENGTH } from '../header/layout.js'
import { viewOf } from '../util/memory.js'
import { octetAt } from '../util/octets.js'

/** One character for each byte: in an idle reader a string takes much less memory than an array. See `spec/laws/memory.spec.ts`. */
export type CutHeader = string

/** The buffer in which a header is joined. All readers use it, one after the other. */
const together = /* @__PURE__ */ new Uint8Array(MAX_HEADER_LENGTH)

/** @returns the bytes kept so far, followed by the bytes between two positions */
export function cutHeaderWith(kept: CutHeader, bytes: Uint8Array, start: number, end: number): CutHeader {
  let all = kept
  for (let at = start; at < end; at++) all += String.fromCharCode(octetAt(bytes, at))
  return all
}

/**
 * Joins the kept bytes of a header with the bytes after them.
 *
 * @param kept - the first bytes of the header
 * @param bytes - the bytes after them, from `start` to `end`; at most as many as a header may need are copied
 * @returns an array that is valid until the next call, and the positions of the header in it
 */
export function headerTogether(
  kept: CutHeader,
  bytes: Uint8Array,
  start: number,
  end: number,
): { bytes: Uint8Array; position: number; end: number } {
  for (let i = 0; i < kept.length; i++) together[i] = kept.charCodeAt(i)
  const taken = Math.min(end - start, MAX_HEADER_LENGTH - kept.length)
  together.set(viewOf(bytes, start, start + taken), kept.length)
  return { bytes: together, position: 0, end: kept.length + taken }
}
