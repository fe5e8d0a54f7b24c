/**
 * The cells as Markdown tables to be pasted, sizes side by side, and what they come to.
 */
import { isEncoding, sizeTitle, typeTitles } from './cases.mjs'
import { PEER, cellsOf } from './cells.mjs'
import { median, ratioTitle } from './figures.mjs'

/** Builds that differ by less are not told apart in one run. */
const SLOWER = 1.1

const boundTitles = [
  ['least', 'the least to be done'],
  ['contract', 'the least under the contract'],
]

/** @param {number} builds how many builds of ours were measured */
export function printCells({ machine, figures }, builds) {
  const builtCells = Array.from({ length: builds }, (_, i) => cellsOf(figures, i + 1))
  const node = `Node.js ${machine.node.split(' ')[0]}`
  for (const [i, groups] of builtCells.entries()) {
    const build = i === 0 ? '' : `, build ${i + 1}`
    for (const { title, least, cells, summary } of groups) {
      if (summary !== null) {
        console.log(`\n${title}: time of ${PEER} / ours${build}, ${node}; bold: lost (below ${least})\n`)
        printTable(cells, ({ ratio, isLost }) => ratioCell(ratio, () => isLost))
      }
      for (const [id, boundTitle] of i === 0 ? boundTitles : []) {
        if (cells.every(({ bounds }) => bounds[id] === null)) continue
        console.log(`\n${title}: time of ${PEER} / ${boundTitle}, ${node}; bold: below ${least}\n`)
        printTable(cells, ({ bounds }) => ratioCell(bounds[id], (ratio) => ratio < least))
      }
      if (i > 0) {
        console.log(`\n${title}: time of build ${i + 1} / build 1, ${node}; bold: slower by more than a tenth\n`)
        printTable(cells, ({ change }) => ratioCell(change, (ratio) => ratio > SLOWER))
      }
    }
  }
  for (const [i, groups] of builtCells.entries()) printSummary(groups, node, i + 1)
}

function printTable(cells, textOf) {
  const sizes = [...new Set(cells.map((cell) => cell.case.size))].sort((a, b) => a - b)
  const lines = [['', ...sizes.map(sizeTitle)]]
  for (const name of new Set(cells.map(nameOf))) {
    const inRow = cells.filter((cell) => nameOf(cell) === name)
    lines.push([
      name,
      ...sizes.map((size) =>
        inRow
          .filter((cell) => cell.case.size === size)
          .map(textOf)
          .join(' '),
      ),
    ])
  }
  const widths = lines[0].map((_, column) => Math.max(3, ...lines.map((line) => line[column].length)))
  const print = (line) => console.log(`| ${line.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`)
  print(lines[0])
  print(widths.map((width) => '-'.repeat(width)))
  lines.slice(1).forEach(print)
}

function ratioCell(ratio, isBold) {
  if (ratio === null) return ''
  return isBold(ratio) ? `**${ratioTitle(ratio)}**` : ratioTitle(ratio)
}

/** How the rows of a table are told apart. */
function nameOf({ case: { group, masked, type, chunks, parts } }) {
  const mask = masked ? 'masked' : 'unmasked'
  if (isEncoding({ group })) return `${mask}, ${parts === 'frame' ? 'encodeFrame' : 'encodeHeader and the payload'}`
  return `${chunks}: ${typeTitles[type]}, ${mask}`
}

function printSummary(groups, node, build) {
  if (groups.length === 0) return
  console.log(`\ncells, ${PEER} / ours${build === 1 ? '' : ` (build ${build})`}, ${node}`)
  for (const { title, median: medianTarget, summary, cells } of groups) {
    if (summary !== null) {
      const { lost, lowest, isReached, least } = summary
      const asked = medianTarget === null ? `none below ${least}` : `none below ${least}, median ${medianTarget}`
      console.log(
        `  ${title}: ${lost} of ${summary.cells} cells lost, median ${ratioTitle(summary.median)}, lowest ${ratioTitle(lowest.ratio)} ` +
          `(${nameOf(lowest)}, ${sizeTitle(lowest.case.size)}); target: ${asked}: ${isReached ? 'reached' : 'MISSED'}`,
      )
    }
    if (build > 1) {
      const changes = cells.map(({ change }) => change)
      const slower = changes.filter((change) => change > SLOWER).length
      console.log(`  ${title}: time / build 1: median ${ratioTitle(median(changes))}, ${slower} cells slower by more than a tenth`)
    }
  }
}
