/**
 * Inspects the streams of a conversation and brings the frames of both directions into one order. Runs in browsers too.
 */
import { Opcode, inspect, isControl } from 'websocket-frames'

/** @typedef {import('websocket-frames').Inspection} Inspection */
/** @typedef {import('websocket-frames').InspectOptions} InspectOptions */
/** @typedef {import('./conversation.mjs').Conversation} Conversation */
/** @typedef {import('./conversation.mjs').Sender} Sender */
/** @typedef {import('./conversation.mjs').Stream} Stream */
/** @typedef {'complete' | 'incomplete' | 'error'} Verdict */

/**
 * A frame, or what is left after the last one.
 *
 * @typedef {object} Row
 * @property {InspectedStream} of
 * @property {Inspection['frames'][number] | null} frame null for what comes after the last complete frame
 * @property {Inspection['violations']} violations
 * @property {Inspection['messages'][number] | null} message what a reader delivers with this frame
 * @property {boolean} isWhole the message is this frame alone
 * @property {number | null} time in seconds, when the frame was complete
 * @property {number} order
 */

/**
 * @typedef {object} InspectedStream
 * @property {Stream} stream
 * @property {Inspection} inspection
 * @property {Verdict} verdict
 * @property {boolean} isDeflated permessage-deflate was negotiated
 */

/**
 * @typedef {object} InspectedConversation
 * @property {Conversation} conversation
 * @property {InspectedStream[]} streams
 * @property {Row[]} rows of both streams, in the order in which they were complete, as far as it is known
 * @property {Verdict} verdict the worst of the streams'
 */

/**
 * @param {Conversation} conversation
 * @param {InspectOptions} options
 * @param {(stream: Stream, index: number) => InspectOptions['inflate']} inflateFor
 * @returns {InspectedConversation}
 */
export function inspectConversation(conversation, options, inflateFor) {
  const streams = conversation.streams.map((stream, index) => {
    const inflate = inflateFor(stream, index)
    const own = optionsFor(conversation, stream, options)
    const inspection = inspect(stream.bytes, { ...own, ...(inflate && { inflate }) })
    return { stream, inspection, verdict: verdictOf(inspection), isDeflated: own.extensions?.permessageDeflate === true }
  })
  const rows = streams.flatMap(rowsOf)
  const isOrdered = conversation.streams.every(({ arrivals }) => arrivals.length > 0)
  if (isOrdered) rows.sort((one, other) => one.order - other.order)
  const verdict = worst([...streams.map((stream) => stream.verdict), conversation.isCut ? 'incomplete' : 'complete'])
  return { conversation, streams, rows, verdict }
}

/**
 * @param {Verdict[]} verdicts
 * @returns {Verdict}
 */
export function worst(verdicts) {
  return verdicts.includes('error') ? 'error' : verdicts.includes('incomplete') ? 'incomplete' : 'complete'
}

/**
 * What the user asks for, what the source says and what the handshake negotiated, together.
 *
 * @param {Conversation} conversation
 * @param {Stream} stream
 * @param {InspectOptions} options
 * @returns {InspectOptions}
 */
export function optionsFor({ negotiated, isRebuilt, options: own }, { sender }, options) {
  const permessageDeflate = options.extensions?.permessageDeflate === true || negotiated?.permessageDeflate === true
  return {
    ...options,
    ...own,
    extensions: { ...own.extensions, ...options.extensions, permessageDeflate },
    ...(sender !== null && !isRebuilt && { sender }),
  }
}

/** @param {Inspection} inspection */
function verdictOf({ outcome, messageOpen }) {
  return outcome === 'complete' && messageOpen ? 'incomplete' : outcome
}

/**
 * @param {InspectedStream} of
 * @returns {Row[]}
 */
function rowsOf(of) {
  const { stream, inspection } = of
  const { frames, messages, violations, error, bytesRead } = inspection
  const arrivalAt = arrivalFinder(stream)
  let delivered = 0
  let opcodeOfMessage = 0
  let fragments = 0
  const rows = frames.map((frame) => {
    const { opcode, fin, offset, headerLength, payload } = frame
    if (!isControl(opcode)) {
      fragments = opcode === Opcode.Continuation ? fragments + 1 : 1
      if (opcode !== Opcode.Continuation) opcodeOfMessage = opcode
    }
    const isMessage = isControl(opcode) ? opcode <= Opcode.Pong : fin && opcodeOfMessage <= Opcode.Binary
    const isDelivered = isMessage && (error === null || offset < error.offset)
    const message = isDelivered ? (messages[delivered++] ?? null) : null
    const { order, time } = arrivalAt(offset + headerLength + payload.length - 1)
    return { of, frame, violations: frame.violations, message, isWhole: isControl(opcode) || fragments === 1, time, order }
  })
  const ofFrames = frames.flatMap((frame) => frame.violations)
  const left = violations.filter((violation) => !ofFrames.includes(violation))
  const { order, time } = arrivalAt(Math.max(0, stream.bytes.length - 1))
  const hasEnd = left.length > 0 || bytesRead < stream.bytes.length || inspection.messageOpen
  const end = { of, frame: null, violations: left, message: null, isWhole: true, time, order: order + 0.5 }
  return hasEnd ? [...rows, end] : rows
}

/**
 * @param {Stream} stream
 * @returns {(offset: number) => { order: number, time: number | null }} to be asked for growing offsets
 */
function arrivalFinder({ arrivals }) {
  let index = 0
  return (offset) => {
    while (index + 1 < arrivals.length && (arrivals[index + 1]?.start ?? Infinity) <= offset) index++
    const { order = 0, time = null } = arrivals[index] ?? {}
    return { order, time }
  }
}
