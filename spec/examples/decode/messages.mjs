/**
 * Messages of a browser or a proxy, which show no frames: the shortest frames that carry them.
 */
import { Opcode, encodeFrame } from 'websocket-frames'
import { concat, conversationOf } from './conversation.mjs'

/** @typedef {import('./conversation.mjs').Sender} Sender */
/** @typedef {{ sender: Sender, opcode: number, payload: Uint8Array | string, time: number | null }} SentMessage */

const REBUILT = 'the source has messages, not frames: masking keys, fragments and compression are not known'

/**
 * @param {string} title
 * @param {SentMessage[]} messages in the order in which they were sent
 * @param {Partial<import('./conversation.mjs').Conversation>} [rest]
 */
export function conversationOfMessages(title, messages, { notes = [], ...rest } = {}) {
  const streams = /** @type {const} */ (['client', 'server']).map((sender) => {
    /** @type {Uint8Array[]} */
    const frames = []
    /** @type {import('./conversation.mjs').Arrival[]} */
    const arrivals = []
    let start = 0
    for (const [order, { sender: from, opcode, payload, time }] of messages.entries()) {
      if (from !== sender) continue
      const frame = encodeFrame({ opcode, payload }, { strict: false })
      frames.push(frame)
      arrivals.push({ start, order, time })
      start += frame.length
    }
    return { sender, bytes: concat(frames), arrivals }
  })
  const known = streams.filter(({ bytes }) => bytes.length > 0)
  return conversationOf(title, known, { isRebuilt: true, notes: [REBUILT, ...notes], ...rest })
}

/** @param {unknown} opcode */
export function opcodeOr(opcode, otherwise = Opcode.Text) {
  return typeof opcode === 'number' && Number.isInteger(opcode) && opcode >= 0 && opcode <= 0xf ? opcode : otherwise
}
