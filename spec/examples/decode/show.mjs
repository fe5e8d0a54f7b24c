/**
 * A conversation as a person wants to read it: a line for each frame, text before hex, what is wrong where it is.
 */
import { Opcode, explain, rules } from 'websocket-frames'
import { opcodeName } from './payload.mjs'
import { assembledOf, count, payloadOf } from './row.mjs'
import { fitted, harmless, span, widthOf, wrapped } from './terminal.mjs'
import { foundIn, violationLines } from './violation.mjs'

/** @typedef {import('./inspected.mjs').InspectedConversation} InspectedConversation */
/** @typedef {import('./inspected.mjs').InspectedStream} InspectedStream */
/** @typedef {import('./inspected.mjs').Row} Row */
/** @typedef {import('./terminal.mjs').Span} Span */
/** @typedef {NonNullable<Row['frame']>} Frame */
/** @typedef {{ width: number, paint: import('./terminal.mjs').Paint, diagram: boolean }} Look `width` in columns, or Infinity */

/** The narrowest payload column, and the widest text of several lines, in columns. */
const NARROWEST = 24
const WIDEST_TEXT = 100

/**
 * @param {InspectedConversation} inspected
 * @param {Look} look
 * @returns {Generator<string>} lines
 */
export function* shown(inspected, look) {
  const { conversation, rows, streams } = inspected
  const { paint, width } = look
  const line = (/** @type {Span[]} */ ...spans) =>
    trimmed(fitted(spans, width))
      .map(({ style, text }) => paint(style, text))
      .join('')
  yield line(span('bold', harmless(conversation.title)))
  for (const fact of factsOf(inspected)) yield line(span('dim', fact))
  yield ''

  const columns = columnsOf(inspected, width)
  const left = columns.reduce((sum, column) => sum + column.width + 2, 0)
  const room = Math.max(NARROWEST, width - left)
  if (rows.some(({ frame }) => frame !== null)) {
    yield line(...columns.map((column) => span('dim', `${padded(column.heading, column)}  `)), span('dim', 'payload'))
  }
  /** @type {Set<string>} */
  const explained = new Set()
  for (const row of rows) {
    if (row.frame !== null) {
      const { spans, isInflated, length } = payloadOf(row, row.frame, room)
      const inflated = isInflated ? [span('dim', `inflated to ${count(length, 'byte')}: `)] : []
      yield line(...columns.map((column) => span(column.style(row), `${padded(column.cell(row), column)}  `)), ...inflated, ...spans)
      yield* assembled(row, look, left, line)
      if (look.diagram) yield* diagramOf(row.frame, row.of).map((drawn) => paint('dim', `${' '.repeat(2)}${drawn}`))
    }
    for (const violation of row.violations) {
      const key = `${violation.rule} ${streams.indexOf(row.of)}`
      if (explained.has(key))
        yield line(
          span('bad', `  ✗ ${violation.rule}`),
          span('bold', ` at byte ${violation.detectedAfter - 1}`),
          span('dim', `: ${harmless(foundIn(violation.message))}`),
        )
      else yield* violationLines(violation, row, inspected, look)
      explained.add(key)
    }
    if (row.frame === null) yield* endOf(row, inspected, look)
  }
  if (rows.length > 0) yield ''
  yield* summaryOf(inspected, look)
  if (streams.length === 0) yield paint('warn', 'no frames')
}

/** @param {Span[]} spans without the spaces at the end of the line */
function trimmed(spans) {
  let end = spans.length
  while (end > 0 && spans[end - 1]?.text.trim() === '') end--
  return spans.slice(0, end).map(({ style, text }, index) => span(style, index === end - 1 ? text.trimEnd() : text))
}

/** @param {InspectedConversation} inspected */
function factsOf({ conversation: { streams, negotiated, notes } }) {
  const sizes = streams.map(({ bytes, sender }) => `${count(bytes.length, 'byte')}${sender === null ? '' : ` from the ${sender}`}`)
  const facts = [sizes.join(', ')]
  if (negotiated !== null && negotiated.header !== '') {
    facts.push(`${negotiated.isOffer ? 'extensions offered' : 'extensions'}: ${harmless(negotiated.header)}`)
  }
  if (negotiated !== null && !negotiated.isOffer && negotiated.others.length > 0) {
    facts.push(
      `${harmless(negotiated.others.join(', '))} is not known here: allow its bits with --rsv1, --rsv2, --rsv3, its opcodes with --opcode`,
    )
  }
  return [...facts, ...notes.map(harmless)]
}

/**
 * @typedef {object} Column
 * @property {string} heading
 * @property {number} width
 * @property {'padStart' | 'padEnd'} pad
 * @property {(row: Row) => string} cell
 * @property {(row: Row) => import('./terminal.mjs').Style} style
 */

/**
 * @param {InspectedConversation} inspected
 * @param {number} width
 * @returns {Column[]}
 */
function columnsOf({ conversation, rows, streams }, width) {
  const frames = rows.flatMap(({ frame }) => (frame === null ? [] : [frame]))
  const start = rows.find(({ time }) => time !== null)?.time ?? null
  const style = (/** @type {Row} */ { of: { stream } }) => stream.sender ?? 'plain'
  /** @type {(heading: string, pad: Column['pad'], cell: (frame: Frame, row: Row) => string, style?: Column['style']) => Column} */
  const column = (heading, pad, cell, ownStyle = () => 'plain') => {
    const cellOf = (/** @type {Row} */ row) => (row.frame === null ? '' : cell(row.frame, row))
    const widest = rows.reduce((most, row) => Math.max(most, widthOf(cellOf(row))), widthOf(heading))
    return { heading, width: widest, pad, cell: cellOf, style: ownStyle }
  }
  const hasKeys = frames.some(({ maskingKey }) => maskingKey !== null)
  return [
    ...(start === null
      ? []
      : [
          column(
            'seconds',
            'padStart',
            (_, { time }) => ((time ?? start) - start).toFixed(6),
            () => 'dim',
          ),
        ]),
    ...(conversation.streams.some(({ sender }) => sender !== null) && (streams.length > 1 || start !== null)
      ? [column('', 'padEnd', (_, { of }) => (of.stream.sender === 'client' ? '→' : '←'), style)]
      : []),
    column(
      'byte',
      'padStart',
      ({ offset }) => `${offset}`,
      () => 'dim',
    ),
    column(
      'opcode',
      'padEnd',
      ({ opcode }) => opcodeName(opcode),
      (row) => (row.violations.length > 0 ? 'bad' : style(row)),
    ),
    column('flags', 'padEnd', flagsOf),
    column('length', 'padStart', ({ payload }) => `${payload.length}`),
    ...(hasKeys && width >= 90 && !conversation.isRebuilt
      ? [
          column(
            'masking key',
            'padEnd',
            ({ maskingKey }) => (maskingKey === null ? '' : maskingKey.toString(16).padStart(8, '0')),
            () => 'dim',
          ),
        ]
      : []),
  ]
}

/** @param {Frame} frame */
function flagsOf({ fin, rsv1, rsv2, rsv3 }) {
  return [fin && 'FIN', rsv1 && 'RSV1', rsv2 && 'RSV2', rsv3 && 'RSV3'].filter(Boolean).join(' ')
}

/**
 * @param {string} text
 * @param {Column} column
 */
function padded(text, { width, pad }) {
  return text[pad](width)
}

/**
 * What the fragments come to, below the last one.
 *
 * @param {Row} row
 * @param {Look} look
 * @param {number} left
 * @param {(...spans: Span[]) => string} line
 */
function* assembled(row, { width }, left, line) {
  const spans = assembledOf(row, Math.max(NARROWEST, width - left))
  if (spans !== null) yield line(span('plain', ' '.repeat(left)), ...spans)
}

/**
 * @param {Frame} frame
 * @param {InspectedStream} of
 */
function diagramOf({ offset, headerLength, payload }, { inspection: { bytes } }) {
  const wire = bytes.subarray(offset, offset + headerLength + payload.length)
  return explain(wire, { diagram: true, payloadLimit: 0 })
    .split('\n')
    .filter((drawn) => /^ {2}(?: 0|[|+:])/.test(drawn))
    .map((drawn) => drawn.slice(2))
}

/**
 * @param {Row} row
 * @param {InspectedConversation} inspected
 * @param {Look} look
 */
function* endOf({ of: { stream, inspection }, violations }, { streams }, { paint }) {
  const { bytes, bytesRead, bytesNeeded, frames, messageOpen, outcome } = inspection
  const whose = streams.length > 1 && stream.sender !== null ? ` of the ${stream.sender}` : ''
  if (frames.at(-1)?.opcode === Opcode.Close && bytesRead < bytes.length) {
    yield paint('warn', `  byte ${bytesRead}${whose}: ${count(bytes.length - bytesRead, 'byte')} after the Close frame, discarded`)
  } else if (bytesNeeded !== null) {
    yield paint('warn', `  byte ${bytes.length}${whose}: the end, inside a frame: it needs at least ${count(bytesNeeded, 'more byte')}`)
  } else if (outcome === 'complete' && messageOpen) {
    yield paint('warn', `  byte ${bytes.length}${whose}: the end, inside a fragmented message`)
  } else if (outcome === 'error' && violations.length === 0 && bytesRead < bytes.length) {
    yield paint('dim', `  byte ${bytesRead}${whose}: the rest cannot be read`)
  }
}

/**
 * @param {InspectedConversation} inspected
 * @param {Look} look
 */
function* summaryOf({ conversation, rows, streams, verdict }, { paint, width }) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const { frame } of rows) {
    if (frame !== null) counts.set(opcodeName(frame.opcode), (counts.get(opcodeName(frame.opcode)) ?? 0) + 1)
  }
  const kinds = [...counts].map(([name, times]) => `${times} ${name}`).join(', ')
  const messages = rows.filter(
    ({ message }) => message !== null && message.type !== 'ping' && message.type !== 'pong' && message.type !== 'close',
  ).length
  const frames = rows.filter(({ frame }) => frame !== null).length
  const text = `${count(frames, 'frame')}${kinds === '' ? '' : `: ${kinds}`}; ${count(messages, 'message')}`
  for (const part of wrapped(text, Math.min(width, WIDEST_TEXT))) yield part
  if (verdict === 'complete') yield paint('good', 'verdict: complete')
  if (verdict === 'incomplete' && conversation.isCut) yield paint('warn', 'verdict: incomplete, since the capture is')
  for (const {
    stream,
    inspection: { error },
    verdict: own,
  } of streams) {
    if (own === 'complete') continue
    const whose = streams.length > 1 && stream.sender !== null ? `, ${stream.sender}` : ''
    if (error === null) {
      yield paint('warn', `verdict: incomplete${whose}`)
    } else {
      const { rule, section, offset, closeCode } = error
      const source = `RFC ${rules[rule].rfc} section ${section}`
      yield paint('bad', `verdict: error${whose}, ${rule} (${source}), frame at byte ${offset}, close code ${closeCode}`)
    }
  }
}
