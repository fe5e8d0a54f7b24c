/**
 * The beginning of a header whose end has not arrived.
 */
import { MAX_HEADER_LENGTH } from '../header/layout.js'
import { viewOf } from '../util/memory.js'
import { octetAt } from '../util/octets.js'

/** A character for each byte: 32 bytes of memory for an idle reader, where an array takes 216. */
export type CutHeader = string

/** Where a header is put together to be read, by any reader. */
const together = /* @__PURE__ */ new Uint8Array(MAX_HEADER_LENGTH)

/** @returns the bytes that have been kept and those between two positions */
export function cutHeaderWith(kept: CutHeader, bytes: Uint8Array, start: number, end: number): CutHeader {
  let all = kept
  for (let at = start; at < end; at++) all += String.fromCharCode(octetAt(bytes, at))
  return all
}

/**
 * Puts a header together.
 *
 * @param kept - its beginning
 * @param bytes - what has arrived since, from `start` to `end`: all of it is taken, or as much as a header may need
 * @returns an array with the header, valid until the next call, and the positions between which it is
 */
export function headerTogether(kept: CutHeader, bytes: Uint8Array, start: number, end: number): { bytes: Uint8Array; position: number; end: number } {
  for (let i = 0; i < kept.length; i++) together[i] = kept.charCodeAt(i)
  const taken = Math.min(end - start, MAX_HEADER_LENGTH - kept.length)
  together.set(viewOf(bytes, start, start + taken), kept.length)
  return { bytes: together, position: 0, end: kept.length + taken }
}
