/**
 * HAR files as the network panels of browsers save them: messages of WebSockets in `log.entries[]._webSocketMessages`.
 */
import { Opcode } from 'websocket-frames'
import { bytesOfBase64 } from './conversation.mjs'
import { conversationOfMessages, opcodeOr } from './messages.mjs'
import { count } from './row.mjs'

/** @typedef {import('./conversation.mjs').Conversation} Conversation */

/**
 * @param {unknown} value parsed JSON
 * @returns {Conversation[] | null} null if it is no HAR
 * @throws {Error} for a HAR without any WebSocket message
 */
export function readHar(value) {
  const log = member(value, 'log')
  const entries = member(log, 'entries')
  if (!Array.isArray(entries)) return isMessages(value) ? [conversationOfEntry(value, '_webSocketMessages', 0)] : null
  const conversations = entries.flatMap((entry, index) => {
    const messages = member(entry, '_webSocketMessages')
    if (!Array.isArray(messages) || messages.length === 0) return []
    const url = member(member(entry, 'request'), 'url')
    return [conversationOfEntry(messages, typeof url === 'string' ? url : 'WebSocket', index)]
  })
  if (conversations.length === 0) {
    throw new Error(
      `a HAR of ${entries.length} requests without _webSocketMessages: browsers save them if the panel was open when they came`,
    )
  }
  return conversations
}

/**
 * @param {unknown[]} messages
 * @param {string} title
 * @param {number} number
 */
function conversationOfEntry(messages, title, number) {
  const ofPeers = messages.filter(isMessage)
  let notBase64 = 0
  const sent = ofPeers.map((message) => {
    const data = member(message, 'data')
    const time = member(message, 'time')
    const opcode = opcodeOr(member(message, 'opcode'))
    const text = typeof data === 'string' ? data : ''
    return {
      sender: senderOf(member(message, 'type')),
      opcode,
      payload: opcode === Opcode.Text ? text : payloadOf(text, () => notBase64++),
      time: typeof time === 'number' ? time : null,
    }
  })
  const others = messages.length - ofPeers.length
  const notes = [
    // An entry of another type is usually the browser's own, such as an error of the connection.
    ...(others > 0 ? [`left out: ${count(others, 'message')} of another type than send or receive, or without data`] : []),
    ...(notBase64 > 0 ? [`taken as text: ${count(notBase64, 'binary message')} whose data is not base64`] : []),
  ]
  return conversationOfMessages(title, sent, { number, notes })
}

/**
 * @param {unknown} type
 * @returns {import('./conversation.mjs').Sender}
 */
function senderOf(type) {
  return type === 'receive' ? 'server' : 'client'
}

/**
 * @param {string} data in base64, as the format has it, or as it is
 * @param {() => void} onText called if it is not base64
 */
function payloadOf(data, onText) {
  try {
    return bytesOfBase64(data)
  } catch {
    onText()
    return data
  }
}

/**
 * Messages alone, cut out of a HAR.
 *
 * @param {unknown} value
 * @returns {value is unknown[]}
 */
function isMessages(value) {
  return Array.isArray(value) && value.length > 0 && value.every(isMessage)
}

/** @param {unknown} value */
function isMessage(value) {
  return typeof member(value, 'data') === 'string' && /^(?:send|receive)$/.test(String(member(value, 'type')))
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown}
 */
export function member(value, name) {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}
