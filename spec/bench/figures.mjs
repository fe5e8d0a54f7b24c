/**
 * Looks figures up, and compares them.
 */

/** What the ratios of a group are to. */
const REFERENCE = {
  decode: 'messages',
  read: 'messages',
  trace: 'messages',
  cut: 'messages',
  encode: 'encodeFrame',
  write: 'encodeFrame',
}

/** The figure of an implementation in the same case as another figure. */
export function beside(figures, { case: { table, size } }, implementation) {
  return figures.find((other) => other.case.table === table && other.case.size === size && other.implementation === implementation)
}

/** The figure that the others of its case are compared with: ours, or the first that was measured. */
export function referenceFor(figures, figure) {
  return beside(figures, figure, REFERENCE[figure.case.group]) ?? beside(figures, figure, figures.find(isBeside(figure)).implementation)
}

function isBeside(figure) {
  return (other) => other.case.table === figure.case.table && other.case.size === figure.case.size
}

/**
 * How many times as long `figure` is as `reference`. What else the machine did hit both in the same round alike, so the
 * rounds are compared one by one.
 *
 * @returns {number | null} null if one of them has failed, or `reference` is only known to be over something
 */
export function ratioOf(figure, reference) {
  if (figure?.nanoseconds == null || reference?.nanoseconds == null || reference.isOver) return null
  if (figure.rounds.length !== reference.rounds.length) return figure.nanoseconds / reference.nanoseconds
  return median(figure.rounds.map((nanoseconds, i) => nanoseconds / reference.rounds[i]))
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export function ratioTitle(ratio) {
  return ratio >= 100 ? String(Math.round(ratio)) : ratio.toFixed(ratio >= 10 ? 1 : 2)
}
