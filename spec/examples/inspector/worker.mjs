/**
 * Reads and inspects off the page's own thread, so that a mebibyte of anything does not stop it.
 */
import { inspect, isControl, rfcSentences, rules } from 'websocket-frames'
import { optionsFor, inspectConversation, worst } from '../decode/inspected.mjs'
import { parseExtensions } from '../decode/http.mjs'
import { assembledOf, payloadOf } from '../decode/row.mjs'
import { foundIn, hintFor } from '../decode/violation.mjs'
import { closeCodeName, opcodeName, printableText } from '../decode/payload.mjs'
import { readData, readText } from '../decode/read.mjs'
import { inflateMessages } from './inflate.mjs'

/** @typedef {import('../decode/conversation.mjs').Conversation} Conversation */
/** @typedef {import('../decode/inspected.mjs').InspectedConversation} InspectedConversation */

/** More violations than this are counted, not listed. */
const MAX_LISTED = 2000

/** In characters: the rows of the list are no wider. */
const ROOM = 120

/** @type {InspectedConversation[]} */
let inspected = []

/**
 * @typedef {object} Options
 * @property {'auto' | 'client' | 'server' | 'unknown'} sender
 * @property {'auto' | 'on' | 'off'} deflate
 * @property {string} extensions a value of Sec-WebSocket-Extensions, or empty
 * @property {boolean} rsv1
 * @property {boolean} rsv2
 * @property {boolean} rsv3
 * @property {number[]} opcodes
 * @property {number | null} maxPayloadLength
 * @property {number | null} maxMessageLength
 */

/** In bytes: a message may inflate to a thousand times its size. */
const DEFAULT_MAX_MESSAGE_LENGTH = 64 * 2 ** 20

const calls = {
  /**
   * @param {{ title: string, text: string | null, data: Uint8Array | null }} source
   * @param {Options} options
   */
  async load({ title, text, data }, options) {
    inspected = []
    const read = data === null ? readText(title, text ?? '') : readData(title, data)
    inspected = await Promise.all(read.map((conversation) => inspectedWith(asSaid(conversation, options), options)))
    const result = { conversations: inspected.map(summaryOf), verdict: worst(inspected.map(({ verdict }) => verdict)) }
    const transfer = result.conversations.flatMap(({ rows, streams }) => [
      ...Object.values(rows).map(({ buffer }) => buffer),
      ...streams.map(({ bytes }) => bytes.buffer),
    ])
    return { result, transfer }
  },

  /**
   * What stands in some rows of the list.
   *
   * @param {number} conversation
   * @param {number} from
   * @param {number} to
   */
  rows(conversation, from, to) {
    const rows = inspected[conversation]?.rows.slice(from, to) ?? []
    const result = rows.map((row) => {
      const { spans, isInflated } = row.frame === null ? { spans: [], isInflated: false } : payloadOf(row, row.frame, ROOM)
      return { spans, isInflated, assembled: assembledOf(row, ROOM) ?? [] }
    })
    return { result, transfer: [] }
  },

  /**
   * Everything about one row.
   *
   * @param {number} conversation
   * @param {number} index
   */
  detail(conversation, index) {
    const whole = inspected[conversation]
    const row = whole?.rows[index]
    if (whole === undefined || row === undefined) return { result: null, transfer: [] }
    const { frame, message, isWhole, violations, of } = row
    const data = message !== null && 'data' in message && (!isWhole || frame?.rsv1) && message.type !== 'compressed' ? message.data : null
    const result = {
      frame: frame && {
        offset: frame.offset,
        opcode: frame.opcode,
        name: opcodeName(frame.opcode),
        fin: frame.fin,
        rsv: [frame.rsv1, frame.rsv2, frame.rsv3],
        maskingKey: frame.maskingKey === null ? null : frame.maskingKey.toString(16).padStart(8, '0'),
        lengthBits: frame.lengthBits,
        length: frame.payload.length,
        isControl: isControl(frame.opcode),
      },
      close:
        message?.type === 'close'
          ? `${message.code} ${closeCodeName(message.code)}${message.reason === '' ? '' : `: ${message.reason}`}`
          : null,
      payload: frame === null ? null : viewOf(frame.payload.slice()),
      message:
        data === null
          ? null
          : {
              isInflated: frame?.rsv1 === true || (isWhole === false && of.inspection.frames.some(({ rsv1 }) => rsv1)),
              ...viewOf(typeof data === 'string' ? data : data.slice()),
            },
      violations: violations.map((violation) => ({
        ...shownViolation(violation),
        hint: hintFor(violation, row, whole.conversation),
      })),
    }
    return { result, transfer: [] }
  },

  /**
   * The verdict on bytes that are being built.
   *
   * @param {Uint8Array} bytes
   * @param {'client' | 'server'} sender
   * @param {boolean} permessageDeflate
   */
  judge(bytes, sender, permessageDeflate) {
    const { outcome, violations } = inspect(bytes, { sender, extensions: { permessageDeflate } })
    return { result: { outcome, violations: violations.map(shownViolation) }, transfer: [] }
  },
}

/**
 * @param {Conversation} conversation
 * @param {Options} options
 * @returns {Conversation} with what the user says about it
 */
function asSaid(conversation, { sender, extensions, deflate }) {
  const negotiated = extensions !== '' ? parseExtensions(extensions) : conversation.negotiated
  const streams =
    sender === 'auto' || conversation.streams.length > 1
      ? conversation.streams
      : conversation.streams.map((stream) => ({ ...stream, sender: sender === 'unknown' ? null : sender }))
  return {
    ...conversation,
    streams,
    negotiated: deflate === 'off' && negotiated !== null ? { ...negotiated, permessageDeflate: false } : negotiated,
  }
}

/**
 * Twice: to find the compressed messages, which a browser inflates asynchronously, and with what they inflate to.
 *
 * @param {Conversation} conversation
 * @param {Options} options
 */
async function inspectedWith(conversation, { deflate, rsv1, rsv2, rsv3, opcodes, maxPayloadLength, maxMessageLength }) {
  const options = {
    extensions: { permessageDeflate: deflate === 'on', rsv1, rsv2, rsv3, opcodes },
    maxMessageLength: maxMessageLength ?? DEFAULT_MAX_MESSAGE_LENGTH,
    ...(maxPayloadLength !== null && { maxPayloadLength }),
  }
  const inflated = await Promise.all(
    conversation.streams.map(async (stream) => {
      const own = optionsFor(conversation, stream, options)
      if (own.extensions?.permessageDeflate !== true) return []
      const compressed = inspect(stream.bytes, own).messages.flatMap((message) => (message.type === 'compressed' ? [message.data] : []))
      const takeover = conversation.negotiated?.contextTakeover[stream.sender ?? 'client'] ?? true
      return inflateMessages(compressed, takeover, options.maxMessageLength)
    }),
  )
  return inspectConversation(conversation, options, (_, index) => {
    const results = inflated[index] ?? []
    let next = 0
    return () => {
      const result = results[next++]
      if (result instanceof Uint8Array) return result
      throw result ?? new Error('not inflated')
    }
  })
}

/** @param {InspectedConversation} whole */
function summaryOf({ conversation, streams, rows, verdict }) {
  const violations = rows.flatMap((row, index) =>
    row.violations.map((violation) => ({ violation, row: index, stream: streams.indexOf(row.of) })),
  )
  return {
    title: conversation.title,
    notes: conversation.notes,
    extensions: conversation.negotiated?.header ?? '',
    isOffer: conversation.negotiated?.isOffer ?? false,
    verdict,
    streams: streams.map(({ stream, inspection: { error, bytesNeeded, bytesRead, messageOpen }, verdict: own }) => ({
      sender: stream.sender,
      bytes: stream.bytes.slice(),
      verdict: own,
      error: error && {
        rule: error.rule,
        offset: error.offset,
        closeCode: error.closeCode,
        section: error.section,
        rfc: rules[error.rule].rfc,
      },
      bytesNeeded,
      bytesRead,
      messageOpen,
    })),
    rows: {
      stream: Uint8Array.from(rows, ({ of }) => streams.indexOf(of)),
      isFrame: Uint8Array.from(rows, ({ frame }) => (frame === null ? 0 : 1)),
      offset: Float64Array.from(rows, ({ frame, of }) => frame?.offset ?? of.inspection.bytesRead),
      end: Float64Array.from(rows, ({ frame, of }) =>
        frame === null ? of.stream.bytes.length : frame.offset + frame.headerLength + frame.payload.length,
      ),
      time: Float64Array.from(rows, ({ time }) => time ?? NaN),
      isBad: Uint8Array.from(rows, (row) => (row.violations.length > 0 ? 1 : 0)),
      isAssembled: Uint8Array.from(rows, (row) => (assembledOf(row, 1) === null ? 0 : 1)),
    },
    messageCount: rows.filter(
      ({ message }) => message !== null && (message.type === 'text' || message.type === 'binary' || message.type === 'compressed'),
    ).length,
    violationCount: violations.length,
    violations: violations.slice(0, MAX_LISTED).map(({ violation, row, stream }) => ({ ...shownViolation(violation), row, stream })),
  }
}

/** @param {import('websocket-frames').Violation} violation */
function shownViolation({ rule, section, closeCode, detectedAfter, message }) {
  const { rfc } = rules[rule]
  return {
    rule,
    rfc,
    section,
    closeCode,
    closeName: closeCodeName(closeCode),
    at: detectedAfter - 1,
    found: foundIn(message),
    sentence: rfcSentences[rule],
  }
}

/**
 * @param {Uint8Array | string} data
 * @returns {{ bytes: Uint8Array, text: string | null }} `text` is null for what is no text to be read
 */
function viewOf(data) {
  if (typeof data === 'string') return { bytes: new TextEncoder().encode(data), text: data }
  return { bytes: data, text: printableText(data, Infinity) }
}

addEventListener('message', async ({ data: { id, call, args } }) => {
  try {
    const { result, transfer } = await Reflect.apply(Reflect.get(calls, call), calls, args)
    postMessage({ id, result }, { transfer })
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) })
  }
})

/** @typedef {Awaited<ReturnType<typeof calls.load>>['result']} Loaded */
/** @typedef {Loaded['conversations'][number]} Summary */
/** @typedef {ReturnType<typeof calls.rows>['result'][number]} RowContent */
/** @typedef {NonNullable<ReturnType<typeof calls.detail>['result']>} Detail */
/** @typedef {ReturnType<typeof calls.judge>['result']} Judgement */
/** @typedef {Detail['violations'][number]} ShownViolation */
