/**
 * The test vectors and captures of this project, see fixtures/README.md.
 */
import { parseHex } from 'websocket-frames'
import { concat, conversationOf } from './conversation.mjs'
import { member } from './har.mjs'
import { parseExtensions } from './http.mjs'

/** The longest run that a vector may ask for, in bytes: else a few characters could ask for any amount. */
const MAX_RUN = 256 * 2 ** 20

/**
 * @param {unknown} value parsed JSON
 * @returns {import('./conversation.mjs').Conversation[] | null} null if it has no vectors
 */
export function readVectors(value) {
  const list = member(value, 'vectors') ?? (member(value, 'outcome') !== undefined ? [value] : undefined)
  if (!Array.isArray(list)) return null
  return list.map((vector, number) => {
    const sender = senderOf(member(vector, 'sender'))
    const extensions = member(vector, 'extensions')
    const limits = ['maxPayloadLength', 'maxMessageLength'].flatMap((name) => {
      const limit = member(vector, name)
      return typeof limit === 'number' ? [[name, limit]] : []
    })
    const { permessageDeflate, ...others } = typeof extensions === 'object' && extensions !== null ? Object(extensions) : {}
    const stream = {
      sender,
      bytes: bytesOf(member(vector, 'bytes')),
      arrivals: [],
    }
    return conversationOf(`${member(vector, 'id')}: ${member(vector, 'description')}`, [stream], {
      number,
      negotiated: parseExtensions(permessageDeflate === true ? 'permessage-deflate' : ''),
      options: { ...Object.fromEntries(limits), ...(Object.keys(others).length > 0 ? { extensions: others } : {}) },
    })
  })
}

/**
 * The same with a vector on each line.
 *
 * @param {string} text
 * @returns {import('./conversation.mjs').Conversation[] | null} null if it is none
 */
export function readVectorLines(text) {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (!lines.every((line) => /^\{.*\}$/.test(line))) return null
  try {
    return readVectors({ vectors: lines.map((line) => JSON.parse(line)) })
  } catch {
    return null
  }
}

/**
 * @param {unknown} sender
 * @returns {import('./conversation.mjs').Sender | null}
 */
function senderOf(sender) {
  return sender === 'client' || sender === 'server' ? sender : null
}

/** @param {unknown} value hex, or a list of hex and of `{ "repeat": hex, "count": number }` */
function bytesOf(value) {
  const parts = Array.isArray(value) ? value : [value]
  return concat(
    parts.map((part) => {
      if (typeof part === 'string') return parseHex(part)
      const unit = parseHex(String(member(part, 'repeat')))
      const count = Number(member(part, 'count'))
      if (!(count >= 0 && unit.length * count <= MAX_RUN))
        throw new Error('a vector whose bytes are not hex, and no list of hex and of repeat and count')
      const run = new Uint8Array(unit.length * count)
      for (let offset = 0; offset < run.length; offset += unit.length) run.set(unit, offset)
      return run
    }),
  )
}
