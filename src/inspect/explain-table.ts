/**
 * Describes an inspection as a table.
 */
import { opcodeName } from '../protocol/opcode.js'
import { viewOf } from '../util/memory.js'
import { keyHex } from '../util/octets.js'
import { DRAWN_PAYLOAD, bitDiagram } from './bit-diagram.js'
import { Ends } from './ends.js'
import { flagNames, payloadLimitOf, rfcSection, shownEnd, shownPayload, shownViolation } from './explain-parts.js'
import type { InspectedFrame, Inspection, Violation } from './inspection.js'

interface Column {
  readonly heading: string
  /** The method that pads the cells to the width of the widest one; the last column is not padded. */
  readonly pad?: 'padStart' | 'padEnd'
  readonly cell: (frame: InspectedFrame) => string
}

function columnsOf(payloadLimit: number): Column[] {
  return [
    { heading: 'byte', pad: 'padStart', cell: ({ offset }) => `${offset}` },
    { heading: 'opcode', pad: 'padEnd', cell: ({ opcode }) => opcodeName(opcode) },
    { heading: 'flags', pad: 'padEnd', cell: (frame) => flagNames(frame).join(' ') },
    { heading: 'length', pad: 'padStart', cell: ({ payload }) => `${payload.length}` },
    { heading: 'bits', pad: 'padStart', cell: ({ lengthBits }) => `${lengthBits}` },
    { heading: 'masking key', pad: 'padEnd', cell: ({ maskingKey }) => (maskingKey === null ? '' : keyHex(maskingKey)) },
    { heading: 'payload', cell: (frame) => shownPayload(frame, payloadLimit) },
  ]
}

/** @returns lines: a row for each frame, followed by its violations, and the verdict at the end */
export function explainAsTable(inspection: Inspection, diagram: boolean, payloadLimit: number): string[] {
  const { bytes, violations } = inspection
  const frames = new Ends<InspectedFrame>()
  let violationsOfFrames = 0
  for (const frame of inspection.frames) {
    frames.add(frame)
    violationsOfFrames += frame.violations.length
  }
  const shown = frames.shown()
  const columns = columnsOf(payloadLimitOf(payloadLimit, shown.length)).map(({ heading, pad, cell }) => {
    if (pad === undefined) return { heading, cell }
    const width = shown.reduce((widest, frame) => Math.max(widest, cell(frame).length), heading.length)
    const padded = (text: string) => text[pad](width)
    return { heading: padded(heading), cell: (frame: InspectedFrame) => padded(cell(frame)) }
  })
  const lineOf = (cells: readonly string[]) => cells.join('  ').trimEnd()

  const heading = shown.length === 0 ? [] : [lineOf(columns.map((column) => column.heading))]
  const rows = frames.lines((frame) => [
    lineOf(columns.map((column) => column.cell(frame))),
    ...(diagram ? indented(diagramOf(frame, bytes)) : []),
    ...violationLines(frame.violations, bytes),
  ])
  const lastViolations = violations.slice(violationsOfFrames)
  return [...heading, ...rows, ...violationLines(lastViolations, bytes), ...shownEnd(inspection), verdict(inspection)]
}

function diagramOf({ offset, maskingKey, headerLength, payload }: InspectedFrame, bytes: Uint8Array): string[] {
  const wire = viewOf(bytes, offset, offset + headerLength + Math.min(payload.length, DRAWN_PAYLOAD))
  return bitDiagram({ maskingKey, headerLength }, payload.length, wire)
}

function violationLines(violations: readonly Violation[], bytes: Uint8Array): string[] {
  return indented(violations.flatMap((violation) => shownViolation(violation, bytes)))
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

function verdict({ outcome, error }: Inspection): string {
  if (error === null) return `verdict: ${outcome}`
  return `verdict: ${outcome}, ${error.rule} (${rfcSection(error)}) at byte ${error.offset}, reply with close code ${error.closeCode}`
}
