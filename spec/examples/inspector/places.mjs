/**
 * Which row of the list a byte belongs to, and where the bytes of a row are.
 */
import { Opcode } from 'websocket-frames'

/** @typedef {import('./worker.mjs').Summary} Summary */
/**
 * @typedef {{ row: number, stream: number, offset: number, end: number, isRest: boolean }} Place `isRest`: discarded after a
 *   Close frame
 */
/** @typedef {ReturnType<typeof placesOf>} Places */

/** @param {Summary} summary */
export function placesOf({ rows, streams }) {
  const rowsOf = streams.map((_, stream) => Uint32Array.from(rows.stream.keys()).filter((row) => rows.stream[row] === stream))

  /**
   * @param {number} row
   * @returns {Place | undefined}
   */
  const of = (row) => {
    const stream = rows.stream[row]
    if (stream === undefined) return undefined
    const isLast = rows.isFrame[row] === 0
    const before = isLast ? rowsOf[stream]?.at(-2) : undefined
    const opcode = before === undefined ? null : (streams[stream]?.bytes[rows.offset[before] ?? 0] ?? 0) & 0x0f
    return { row, stream, offset: rows.offset[row] ?? 0, end: rows.end[row] ?? 0, isRest: opcode === Opcode.Close }
  }

  /**
   * @param {number} stream
   * @param {number} byte
   * @returns {number | null}
   */
  const rowAt = (stream, byte) => {
    const own = rowsOf[stream] ?? []
    let low = 0
    let high = own.length - 1
    if (high < 0) return null
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((rows.offset[own[middle] ?? 0] ?? 0) <= byte) low = middle
      else high = middle - 1
    }
    return own[low] ?? null
  }

  return {
    count: rows.stream.length,
    of,
    rowAt,
    firstOf: (/** @type {number} */ stream) => rowsOf[stream]?.[0],
    stretchAt: (/** @type {number} */ stream, /** @type {number} */ byte) => {
      const row = rowAt(stream, byte)
      const place = row === null ? undefined : of(row)
      return place ?? null
    },
  }
}
