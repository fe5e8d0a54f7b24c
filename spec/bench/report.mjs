/**
 * The figures as people read them: a table for each kind of stream, sizes side by side, each figure with its ratio to
 * ours; and the targets.
 */
import { sizeTitle } from './cases.mjs'
import { beside, ratioOf, ratioTitle, referenceFor } from './figures.mjs'
import { targetsOf } from './targets.mjs'

export function printTables({ machine, settings, versions, figures }, implementations) {
  const clock = { cpu: 'the time that a process has had a core', wall: 'the time of day' }[settings.clock]
  const head = {
    ...machine,
    clock,
    allocator: { keep: 'keeps what is freed, where it is that of glibc', system: 'as it is' }[settings.allocator],
    rounds: `${settings.launches} x ${settings.rounds}, of ${settings.round} ms, seed ${settings.seed}`,
  }
  console.log([...Object.entries(head), ...versionsOf(versions)].map(([name, value]) => `${name}: ${value}`).join('\n'))
  for (const table of new Set(figures.map((figure) => figure.case.table))) {
    const inTable = figures.filter((figure) => figure.case.table === table)
    const [first] = inTable
    const sizes = [...new Set(inTable.map((figure) => figure.case.size))]
    console.log(`\n${table}: nanoseconds per ${first.unit}, times ${referenceFor(figures, first).implementation}`)
    console.log(rowOf('', sizes.map(sizeTitle)))
    for (const { id, title } of implementations) {
      if (!inTable.some(({ implementation }) => implementation === id)) continue
      const cells = sizes.map((size) => {
        const inCase = inTable.find((figure) => figure.case.size === size)
        return cellOf(beside(figures, inCase, id), referenceFor(figures, inCase))
      })
      console.log(rowOf(title, cells))
    }
  }
}

/** What each implementation runs on; the variants of one often say the same. */
function versionsOf(versions) {
  const lines = Object.entries(versions).flatMap(([id, found]) => Object.entries(found).map(([name, text]) => [id, `${name} ${text}`]))
  return lines.filter(([, line], i) => lines.findIndex(([, other]) => other === line) === i)
}

function rowOf(title, cells) {
  return `  ${title.padEnd(32)}${cells.map((cell) => cell.padStart(18)).join('')}`.trimEnd()
}

function cellOf(figure, reference) {
  if (figure === undefined) return ''
  if (figure.nanoseconds === null) return 'failed'
  const over = figure.isOver ? '>' : ''
  const ratio = ratioOf(figure, reference)
  return `${over}${numberTitle(figure.nanoseconds)} ${(ratio === null ? '' : `${over}x${ratioTitle(ratio)}`).padStart(7)}`
}

export function printTargets({ figures }) {
  const targets = targetsOf(figures)
  if (targets.length === 0) return
  const lineOf = (title, ...cells) => title.padEnd(60) + cells.map((cell) => cell.padStart(10)).join('')
  console.log(`\n${lineOf('target', 'at least', 'ratio', 'bound')}  reached`)
  for (const { title, least, most, ratio, bound, isOver, isReached } of targets) {
    const asked = least === undefined ? `most ${most}` : String(least)
    const cells = [ratio, bound ?? null].map((found) => (found === null ? '' : `${isOver ? '>' : ''}x${ratioTitle(found)}`))
    console.log(lineOf(title, asked, ...cells) + (isReached ? '  yes' : '  NO'))
  }
  console.log(`${targets.filter(({ isReached }) => isReached).length} of ${targets.length} reached`)
}

/** Three digits that count. */
function numberTitle(number) {
  return number >= 100 ? Math.round(number).toLocaleString('en') : number.toPrecision(3)
}
