/**
 * The bit diagram of RFC 6455, section 5.2, filled in with the bits of one frame.
 */
import type { FrameHeader } from '../header/layout.js'
import { viewOf } from '../util/memory.js'

/** Names for a field's part in a row: the one of full length, and one for where that does not fit. */
type Names = readonly [full: string, short: string]

/** A field of the frame: where it ends, and what is written over its first part and over the others. */
interface Field {
  readonly endBit: number
  readonly first: Names
  readonly continued: Names
}

/** The part of a field that stands in one row. */
interface Part {
  readonly bits: string
  readonly names: readonly string[]
}

const BITS_PER_ROW = 32

const RULER = [
  ' 0                   1                   2                   3',
  ' 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1',
]

/** In bytes: of the payload only the row in which it begins is drawn. */
export const DRAWN_PAYLOAD = 4

/** What the diagram has to know of a frame's header. */
type Layout = Pick<FrameHeader, 'maskingKey' | 'headerLength'>

/**
 * @param header - of the frame
 * @param payloadLength - of the frame, in bytes
 * @param wire - the beginning of the frame on the wire, its payload masked: the header and {@link DRAWN_PAYLOAD} bytes, or what there is
 * @returns lines of up to 65 characters
 */
export function bitDiagram(header: Layout, payloadLength: number, wire: Uint8Array): string[] {
  const headerBits = header.headerLength * 8
  const rowsOfHeader = Math.ceil((headerBits + 1) / BITS_PER_ROW)
  const frameLength = header.headerLength + payloadLength
  const drawnBits = Math.min(frameLength * 8, rowsOfHeader * BITS_PER_ROW)
  const bits = Array.from(viewOf(wire, 0, drawnBits / 8), (octet) => octet.toString(2).padStart(8, '0')).join('')

  const fields = fieldsOf(header, drawnBits)
  const rows: Part[][] = []
  for (let start = 0; start < drawnBits; start += BITS_PER_ROW) {
    rows.push(partsOf(fields, bits, start, Math.min(start + BITS_PER_ROW, drawnBits)))
  }

  const lines = [...RULER]
  let above: Part[] = []
  for (const row of rows) {
    lines.push(border(above, row), ...drawn(row))
    above = row
  }
  lines.push(border(above, []))
  const left = frameLength - drawnBits / 8
  if (left > 0) lines.push(`:${centred(`Payload Data continued: ${left} more ${left === 1 ? 'byte' : 'bytes'}`, 63)}:`)
  return lines
}

/** The fields in the order of the bits; those that a frame has not have no bits and are not drawn. */
function fieldsOf({ maskingKey, headerLength }: Layout, drawnBits: number): Field[] {
  const endOfLength = (headerLength - (maskingKey === null ? 0 : 4)) * 8
  const field = (endBit: number, name: string, short = name): Field => ({
    endBit,
    first: [name, short],
    continued: [`${name} continued`, 'continued'],
  })
  return [
    field(1, 'FIN'),
    field(2, 'RSV1'),
    field(3, 'RSV2'),
    field(4, 'RSV3'),
    field(8, 'opcode'),
    field(9, 'MASK'),
    field(16, 'Payload len'),
    field(endOfLength, 'Extended payload length'),
    field(headerLength * 8, 'Masking-key'),
    field(drawnBits, 'Payload Data'),
  ]
}

function partsOf(fields: readonly Field[], bits: string, rowStart: number, rowEnd: number): Part[] {
  const parts: Part[] = []
  let start = 0
  for (const { endBit, first, continued } of fields) {
    const from = Math.max(start, rowStart)
    const to = Math.min(endBit, rowEnd)
    if (from < to) parts.push(part(bits.slice(from, to), from === start ? first : continued))
    start = endBit
  }
  return parts
}

/** A name of several letters over a single bit is written downwards, as in the RFC. */
function part(bits: string, [full, short]: Names): Part {
  const width = widthOf(bits)
  return { bits, names: bits.length === 1 ? [...full] : [full.length <= width ? full : short] }
}

function widthOf(bits: string): number {
  return bits.length * 2 - 1
}

function drawn(row: readonly Part[]): string[] {
  const height = Math.max(...row.map(({ names }) => names.length))
  const nameLines = Array.from({ length: height }, (_, line) => {
    return `|${row.map(({ bits, names }) => centred(names[line] ?? '', widthOf(bits))).join('|')}|`
  })
  return [...nameLines, `|${row.map(({ bits }) => [...bits].join(' ')).join('|')}|`]
}

/** The line between two rows: a cross wherever a part begins or ends above or below. */
function border(above: readonly Part[], below: readonly Part[]): string {
  const crosses = new Set([...edges(above), ...edges(below)])
  const last = Math.max(...crosses)
  return Array.from({ length: last + 1 }, (_, bit) => (crosses.has(bit) ? '+' : '-')).join('-')
}

function edges(row: readonly Part[]): number[] {
  let bit = 0
  return [0, ...row.map(({ bits }) => (bit += bits.length))]
}

function centred(text: string, width: number): string {
  return text.padStart(Math.ceil((width + text.length) / 2)).padEnd(width)
}
