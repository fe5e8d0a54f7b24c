/**
 * Draws the bit diagram of RFC 6455, section 5.2, with the bits of one frame.
 */
import type { FrameHeader } from '../header/layout.js'
import { viewOf } from '../util/memory.js'

/** Two names for the part of a field in a row: the full name, and a short one if the full name does not fit. */
type Names = readonly [full: string, short: string]

/** A field of the frame: the position after its last bit, and the names for its first part and for the parts in later rows. */
interface Field {
  readonly endBit: number
  readonly first: Names
  readonly continued: Names
}

/** The part of a field that lies in one row. */
interface Part {
  readonly bits: string
  readonly names: readonly string[]
}

const BITS_PER_ROW = 32

const RULER = [
  ' 0                   1                   2                   3',
  ' 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1',
]

/** The most bytes of a payload that are drawn: the diagram ends with the row in which the payload begins. */
export const DRAWN_PAYLOAD = 4

/** The fields of a header that determine the layout. */
type Layout = Pick<FrameHeader, 'maskingKey' | 'headerLength'>

/**
 * @param header - the header of the frame
 * @param payloadLength - the payload length of the frame, in bytes
 * @param wire - the first bytes of the frame as sent: the header, and up to {@link DRAWN_PAYLOAD} bytes of the masked payload
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

/** The fields in the order of their bits. Fields that are missing from the frame have no bits and are not drawn. */
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

/** The name of a single bit is written downwards, as in the RFC. */
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

/** The line between two rows, with a cross wherever a part above or below begins or ends. */
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
