/**
 * An inspection as a table.
 */
import { bitDiagram } from './diagram.js'
import type { InspectedFrame, Inspection, Violation } from './inspect.js'
import { opcodeName } from './opcode.js'
import { flagNames, shownEnd, shownPayload, shownViolation } from './shown.js'

const HEADINGS = ['byte', 'opcode', 'flags', 'length', 'bits', 'masking key', 'payload']
const NUMBERS = ['byte', 'length', 'bits']

/** @returns lines: a row for each frame, its violations below it, and the verdict at the end */
export function explainAsTable(inspection: Inspection, diagram: boolean, payloadLimit: number): string[] {
  const { bytes, frames } = inspection
  const rows = frames.map((frame) => cellsOf(frame, payloadLimit))
  const widths = HEADINGS.map((heading, column) => Math.max(...[HEADINGS, ...rows].map((row) => (row[column] ?? heading).length)))
  const lineOf = (row: readonly string[]) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0
      return NUMBERS.includes(HEADINGS[column] ?? '') ? cell.padStart(width) : cell.padEnd(width)
    })
    return cells.join('  ').trimEnd()
  }

  const described = frames.flatMap((frame, i) => [
    lineOf(rows[i] ?? []),
    ...(diagram ? indented(diagramOf(frame, bytes)) : []),
    ...violationLines(frame.violations, bytes),
  ])
  const ofLast = inspection.violations.slice(frames.flatMap(({ violations }) => violations).length)
  const heading = frames.length > 0 ? [lineOf(HEADINGS)] : []
  return [...heading, ...described, ...violationLines(ofLast, bytes), ...shownEnd(inspection), verdict(inspection)]
}

function cellsOf(frame: InspectedFrame, payloadLimit: number): string[] {
  const { offset, opcode, lengthBits, maskingKey, payload } = frame
  const key = maskingKey === null ? '' : maskingKey.toString(16).padStart(8, '0')
  const name = opcodeName(opcode)
  return [`${offset}`, name, flagNames(frame).join(' '), `${payload.length}`, `${lengthBits}`, key, shownPayload(frame, payloadLimit)]
}

function diagramOf({ offset, maskingKey, headerLength, payload }: InspectedFrame, bytes: Uint8Array): string[] {
  const wire = bytes.subarray(offset, offset + headerLength + payload.length)
  return bitDiagram({ maskingKey, headerLength, payloadLength: payload.length }, wire)
}

function violationLines(violations: readonly Violation[], bytes: Uint8Array): string[] {
  return indented(violations.flatMap((violation) => shownViolation(violation, bytes)))
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

function verdict({ outcome, error }: Inspection): string {
  if (error === null) return `verdict: ${outcome}`
  return `verdict: ${outcome}, ${error.rule} (section ${error.section}) at byte ${error.offset}, to be answered with ${error.closeCode}`
}
