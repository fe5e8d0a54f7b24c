/**
 * The cells: what this package wants never to lose to `ws`. A cell is one case and what our users get there, which depends on
 * whether they give their chunks away. Its ratio is the time of `ws` divided by ours.
 */
import { cases, cellChunks } from './cases.mjs'
import { beside, median, ratioOf } from './figures.mjs'

/** What the cells are compared with. */
export const PEER = 'ws'

const DECODED_SIZES = [0, 16, 125, 1024, 16_384]

function isDecodedCell({ group, masked, type, size }) {
  if (group === 'read') return true
  return group === 'decode' && DECODED_SIZES.includes(size) && (masked || (type === 'binary' && size > 0))
}

/**
 * What newcomers get by default comes first. `bounds` names the implementations that do the least that is possible at all, and the least
 * under the contract of this package, each in some cases. `least` is the lowest ratio that is not a loss, `median` what the median of
 * the group is to reach, if anything is asked of it.
 */
export const cellGroups = [
  {
    id: 'borrowed',
    title: 'chunks borrowed (the default)',
    ours: ['messages-borrowed'],
    bounds: { least: ['least-borrowed'], contract: ['contract-borrowed'] },
    least: 0.6,
    median: 1.2,
    where: isDecodedCell,
  },
  {
    id: 'given',
    title: 'chunks given away (ownsChunks: true)',
    ours: ['messages'],
    bounds: { least: ['least'], contract: ['contract'] },
    least: 1,
    median: 2,
    where: isDecodedCell,
  },
  {
    id: 'encode',
    title: 'frames as a socket writes them',
    ours: ['encodeFrame', 'encodeHeader'],
    bounds: { least: ['least', 'least-list'], contract: ['contract'] },
    least: 1,
    median: null,
    where: ({ group }) => group === 'write',
  },
]

/** The cases in which one of the groups has a cell, those with the same chunks side by side. */
export function casesOfCells(groups) {
  const order = ({ chunks }) => cellChunks.indexOf(chunks)
  return cases.filter((benchCase) => groups.some(({ where }) => where(benchCase))).sort((a, b) => order(a) - order(b))
}

/**
 * The cells that have been measured, in groups, for each build of ours.
 *
 * @param {object[]} figures of measure.mjs
 * @param {number} build 1 for the first
 * @returns {object[]} the groups, each with `cells` and a `summary` of them, without those of which nothing was measured. A
 *   cell has `case`, `ratio`, `isLost`; `change`, the time of this build divided by that of the first, or null; and `bounds`, the
 *   ratios that the least to be done reaches, at all and under the contract, or null where that was not measured
 */
export function cellsOf(figures, build = 1) {
  return cellGroups
    .map((group) => {
      const cells = casesOfCells([group]).flatMap((benchCase) => cellOf(figures, group, benchCase, build))
      return { ...group, cells, summary: summaryOf(group, cells) }
    })
    .filter(({ cells }) => cells.length > 0)
}

function cellOf(figures, { ours, bounds, least }, benchCase, build) {
  const inCase = (id) => beside(figures, { case: benchCase }, id)
  const firstOf = (ids) => ids.map(inCase).find((figure) => figure !== undefined)
  const first = firstOf(ours)
  const figure = build === 1 ? first : first && inCase(`${first.implementation}@${build}`)
  const ratio = ratioOf(inCase(PEER), figure)
  const change = build === 1 ? null : ratioOf(figure, first)
  if (ratio === null && change === null) return []
  const boundOf = (ids) => ratioOf(inCase(PEER), firstOf(ids))
  const ratios = { least: boundOf(bounds.least), contract: boundOf(bounds.contract) }
  return [{ case: benchCase, ratio, change, bounds: ratios, isLost: ratio !== null && ratio < least }]
}

function summaryOf({ least, median: medianTarget }, cells) {
  const compared = cells.filter(({ ratio }) => ratio !== null)
  if (compared.length === 0) return null
  const ratios = compared.map(({ ratio }) => ratio)
  const lost = compared.filter(({ isLost }) => isLost).length
  const middle = median(ratios)
  return {
    cells: compared.length,
    lost,
    median: middle,
    lowest: compared.reduce((a, b) => (b.ratio < a.ratio ? b : a)),
    isReached: lost === 0 && (medianTarget === null || middle >= medianTarget),
    least,
  }
}
