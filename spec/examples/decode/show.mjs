/**
 * A conversation as a person wants to read it: a line for each frame, text before hex, what is wrong where it is.
 */
import { Opcode, explain, formatHex, rfcSentences, rules } from 'websocket-frames'
import { closeCodeName, opcodeName, shownBytes, shownClose, shownText } from './payload.mjs'
import { fitted, harmless, quoted, span, widthOf, wrapped } from './terminal.mjs'

/** @typedef {import('./inspected.mjs').InspectedConversation} InspectedConversation */
/** @typedef {import('./inspected.mjs').InspectedStream} InspectedStream */
/** @typedef {import('./inspected.mjs').Row} Row */
/** @typedef {import('./terminal.mjs').Span} Span */
/** @typedef {NonNullable<Row['frame']>} Frame */
/** @typedef {Row['violations'][number]} Violation */
/** @typedef {{ width: number, paint: import('./terminal.mjs').Paint, diagram: boolean }} Look `width` in columns, or Infinity */

/** What is shown around the byte that makes a violation certain, in bytes. */
const BYTES_BEFORE = 12
const BYTES_AFTER = 8

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
  const line = (/** @type {Span[]} */ ...spans) => trimmed(fitted(spans, width)).map(({ style, text }) => paint(style, text)).join('')
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
      if (explained.has(key)) yield line(span('bad', `  ✗ ${violation.rule}`), span('bold', ` at byte ${violation.detectedAfter - 1}`), span('dim', `: ${harmless(foundIn(violation.message))}`))
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
    facts.push(`this tool does not know ${harmless(negotiated.others.join(', '))}: allow its bits with --rsv1, --rsv2, --rsv3, its opcodes with --opcode`)
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
    ...(start === null ? [] : [column('seconds', 'padStart', (_, { time }) => ((time ?? start) - start).toFixed(6), () => 'dim')]),
    ...(conversation.streams.some(({ sender }) => sender !== null) && (streams.length > 1 || start !== null)
      ? [column('', 'padEnd', (_, { of }) => (of.stream.sender === 'client' ? '→' : '←'), style)]
      : []),
    column('byte', 'padStart', ({ offset }) => `${offset}`, () => 'dim'),
    column('opcode', 'padEnd', ({ opcode }) => opcodeName(opcode), (row) => (row.violations.length > 0 ? 'bad' : style(row))),
    column('flags', 'padEnd', flagsOf),
    column('length', 'padStart', ({ payload }) => `${payload.length}`),
    ...(hasKeys && width >= 90 && !conversation.isRebuilt
      ? [column('masking key', 'padEnd', ({ maskingKey }) => (maskingKey === null ? '' : maskingKey.toString(16).padStart(8, '0')), () => 'dim')]
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
 * @param {Row} row
 * @param {Frame} frame
 * @param {number} room
 * @returns {{ spans: Span[], isInflated: boolean, length: number }} `length` of what is shown, in bytes
 */
export function payloadOf({ message, isWhole, of }, frame, room) {
  const { opcode, payload, rsv1, rsv2, rsv3 } = frame
  const isPlain = !rsv1 && !rsv2 && !rsv3
  const asSent = (/** @type {Span[]} */ spans) => ({ spans, isInflated: false, length: payload.length })
  if (opcode === Opcode.Close && isPlain) return asSent(shownClose(payload, room))
  if (isWhole && message !== null && (message.type === 'text' || message.type === 'binary')) {
    const spans = typeof message.data === 'string' ? shownText(message.data, room) : shownBytes(message.data, room)
    return { spans, isInflated: rsv1 && of.isDeflated, length: lengthOf(message.data) }
  }
  if (message?.type === 'compressed' || !isPlain) return asSent([span('dim', hexOf(payload, room))])
  return asSent(opcode === Opcode.Text && payload.length > 0 ? shownFragment(payload, room) : shownBytes(payload, room))
}

/**
 * The text of a fragment, which may begin and end inside a character.
 *
 * @param {Uint8Array} payload
 * @param {number} room
 */
function shownFragment(payload, room) {
  let start = 0
  while (start < Math.min(3, payload.length) && ((payload[start] ?? 0) & 0xc0) === 0x80) start++
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload.subarray(start), { stream: true })
    return start === 0 ? [span('plain', quoted(text.slice(0, room * 2)))] : shownBytes(payload, room)
  } catch {
    return shownBytes(payload, room)
  }
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
 * @param {Row} row
 * @param {number} room
 * @returns {Span[] | null} null where there is nothing to put together
 */
export function assembledOf({ message, isWhole }, room) {
  if (isWhole || message === null || (message.type !== 'text' && message.type !== 'binary')) return null
  const heading = span('good', `= ${message.type} of ${count(lengthOf(message.data), 'byte')}: `)
  return [heading, ...(typeof message.data === 'string' ? shownText(message.data, room) : shownBytes(message.data, room))]
}

/** @param {string | Uint8Array} data in bytes */
function lengthOf(data) {
  return typeof data === 'string' ? new TextEncoder().encode(data).length : data.length
}

/**
 * @param {Uint8Array} payload
 * @param {number} room
 */
function hexOf(payload, room) {
  return formatHex(payload.subarray(0, room)).replace(/..(?=.)/g, '$& ')
}

/**
 * @param {Frame} frame
 * @param {InspectedStream} of
 */
function diagramOf({ offset, headerLength, payload }, { inspection: { bytes } }) {
  const wire = bytes.subarray(offset, offset + headerLength + payload.length)
  return explain(wire, { diagram: true, payloadLimit: 0 }).split('\n').filter((drawn) => /^ {2}(?: 0|[|+:])/.test(drawn)).map((drawn) => drawn.slice(2))
}

/**
 * The first violation of a rule in full; later ones take a line each.
 *
 * @param {Violation} violation
 * @param {Row} row
 * @param {InspectedConversation} inspected
 * @param {Look} look
 */
function* violationLines(violation, row, { conversation }, { width, paint }) {
  const { rule, section, closeCode, detectedAfter, message } = violation
  const bytes = row.of.inspection.bytes
  const textWidth = Math.min(width, WIDEST_TEXT) - 4
  yield `${paint('bad', `  ✗ ${rule}`)}${paint('bold', ` at byte ${detectedAfter - 1}`)}${paint('plain', `, close code ${closeCode} ${closeCodeName(closeCode)}`)}`
  for (const text of wrapped(harmless(foundIn(message)), textWidth)) yield `    ${text}`
  const certain = detectedAfter - 1
  const from = Math.max(0, certain - BYTES_BEFORE)
  const to = detectedAfter + BYTES_AFTER
  const before = `${from > 0 ? '… ' : ''}${spaced(bytes.subarray(from, certain))}`
  const after = `${spaced(bytes.subarray(detectedAfter, to))}${to < bytes.length ? ' …' : ''}`
  const marked = `[${formatHex(bytes.subarray(certain, detectedAfter))}]`
  yield `    ${paint('dim', before)}${before === '' ? '' : ' '}${paint('mark', marked)}${after === '' ? '' : ' '}${paint('dim', after)}`
  for (const text of wrapped(`RFC ${rules[rule].rfc} section ${section}: "${rfcSentences[rule]}"`, textWidth)) yield `    ${paint('warn', text)}`
  const hint = hintFor(violation, row, conversation)
  if (hint !== null) for (const text of wrapped(HINTS[hint], textWidth)) yield `    ${paint('bold', text)}`
}

/**
 * The message without what stands in the other lines.
 *
 * @param {string} message
 */
export function foundIn(message) {
  return message.replace(/ \(rule [^()]*\)$/, '')
}

/** What may be missing where an RSV bit is not allowed. */
const HINTS = {
  deflate: 'RSV1 here usually means that permessage-deflate was negotiated: then add --permessage-deflate',
  'deflate-not-negotiated': 'RSV1 here usually means permessage-deflate, but the handshake did not negotiate it; to read it all the same, add --permessage-deflate',
  extension: 'if an extension was negotiated that uses the bit, add --rsv1, --rsv2 or --rsv3',
}

/**
 * @param {Violation} violation
 * @param {Row} row
 * @param {import('./conversation.mjs').Conversation} conversation
 * @returns {keyof typeof HINTS | null}
 */
export function hintFor({ rule, offset, detectedAfter }, { of }, { negotiated }) {
  if (rule !== 'rsv-bit' || detectedAfter !== offset + 1) return null
  const first = of.inspection.bytes[offset] ?? 0
  const isCompressed = (first & 0x70) === 0x40 && ((first & 0x0f) === Opcode.Text || (first & 0x0f) === Opcode.Binary)
  if (isCompressed && negotiated?.permessageDeflate !== true) {
    return negotiated === null ? 'deflate' : 'deflate-not-negotiated'
  }
  return negotiated === null ? 'extension' : null
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
  const messages = rows.filter(({ message }) => message !== null && message.type !== 'ping' && message.type !== 'pong' && message.type !== 'close').length
  const frames = rows.filter(({ frame }) => frame !== null).length
  const text = `${count(frames, 'frame')}${kinds === '' ? '' : `: ${kinds}`}; ${count(messages, 'message')}`
  for (const part of wrapped(text, Math.min(width, WIDEST_TEXT))) yield part
  if (verdict === 'complete') yield paint('good', 'verdict: complete')
  if (verdict === 'incomplete' && conversation.isCut) yield paint('warn', 'verdict: incomplete, since the capture is')
  for (const { stream, inspection: { error }, verdict: own } of streams) {
    if (own === 'complete') continue
    const whose = streams.length > 1 && stream.sender !== null ? `, ${stream.sender}` : ''
    yield error === null
      ? paint('warn', `verdict: incomplete${whose}`)
      : paint('bad', `verdict: error${whose}, ${error.rule} (RFC ${rules[error.rule].rfc} section ${error.section}), frame at byte ${error.offset}, close code ${error.closeCode}`)
  }
}

/** @param {Uint8Array} bytes */
function spaced(bytes) {
  return formatHex(bytes).replace(/..(?=.)/g, '$& ')
}

/**
 * @param {number} number
 * @param {string} noun
 */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
