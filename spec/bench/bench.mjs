/**
 * Measures this package side by side with its peers. Every implementation runs in a process of its own, and they take
 * turns, so that what else the machine does hits all alike. See README.md, or:
 *
 *   node spec/bench/bench.mjs --help
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allocators, readOptions, usage } from './options.mjs'
import { printCells } from './cells-report.mjs'
import { machineOf } from './machine.mjs'
import { writeChart } from './chart.mjs'
import { measureCases } from './measure.mjs'
import { measureMemory, printMemory } from './memory.mjs'
import { printTables, printTargets } from './report.mjs'
import { compileWslay } from './implementations/wslay.mjs'

const options = readOptions(process.argv.slice(2))
if (options === null) {
  console.log(usage)
} else {
  const folder = mkdtempSync(join(tmpdir(), 'websocket-frames-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  // Workers see by the end of their input that nobody is there any more.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
  await run(options, folder)
}

async function run({ cases, implementations, ...settings }, folder) {
  const wslay = implementations.some(({ id }) => id === 'wslay') ? await compileWslay(folder) : null
  if (wslay?.reason) console.error(`libwslay is left out: ${wslay.reason}`)
  const taking = implementations.filter(({ id }) => id !== 'wslay' || wslay.program)
  const programs = { node: settings.node, wslay: wslay?.program, env: allocators[settings.allocator] }

  const machine = await machineOf(programs)
  const times = await measureCases({ ...settings, cases, implementations: taking, programs, folder })
  const memory = settings.memory ? await measureMemory({ ...settings, implementations: taking, programs }) : null
  const report = { machine, settings: reportable(settings), ...times, memory }

  printTables(report, taking)
  if (memory !== null) printMemory(memory, taking)
  if (!settings.cellsOnly) printTargets(report)
  printCells(report, settings.builds)
  if (settings.json !== null) writeFileSync(settings.json, `${JSON.stringify(report, null, 2)}\n`)
  if (settings.chart !== null) await writeChart(settings.chart, [report])
  // What fails is shown, and must not pass for measured.
  if (report.figures.some(({ failure }) => failure !== null)) process.exitCode = 1
}

function reportable({ clock, allocator, seed, rounds, launches, warmUp, round }) {
  return { clock, allocator, seed, rounds, launches, warmUp, round }
}
