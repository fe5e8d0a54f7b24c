/** What is asserted of every peer. */
import assert from 'node:assert/strict'

/** @typedef {import('./contents.mjs').Entry} Entry */

/**
 * Compares one by one, since a difference of lists of ten thousand is nothing that anybody reads.
 *
 * @param {Entry[]} received
 * @param {Entry[]} sent
 */
export function assertEchoed(received, sent) {
  for (const [i, entry] of received.entries()) assert.deepEqual(entry, sent[i], `message ${i}`)
  assert.equal(received.length, sent.length, 'how many messages came back')
}
