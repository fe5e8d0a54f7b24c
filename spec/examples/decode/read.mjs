/**
 * Reads conversations out of anything but a packet capture. Runs in browsers too.
 */
import { parseBytes } from 'websocket-frames'
import { conversationOf } from './conversation.mjs'
import { readFollow } from './follow.mjs'
import { member, readHar } from './har.mjs'
import { negotiatedIn, splitHeads, splitHeadsOfText } from './http.mjs'
import { readMitmproxy } from './mitmproxy.mjs'
import { textOf } from './text.mjs'
import { readVectorLines, readVectors } from './vectors.mjs'

/** @typedef {import('./conversation.mjs').Conversation} Conversation */

/**
 * @param {string} title
 * @param {Uint8Array} data a file as it is
 * @returns {Conversation[]}
 * @throws {Error} that says what is wrong with it
 */
export function readData(title, data) {
  if (data.length === 0) throw new Error('nothing to decode: it is empty')
  const text = textOf(data)
  return text === null ? readBinary(title, data) : readText(title, text)
}

/**
 * @param {string} title
 * @param {string} text
 * @returns {Conversation[]}
 */
export function readText(title, text) {
  const known = readJson(text) ?? readFollow(text.replaceAll('\r\n', '\n')) ?? readMitmproxy(text)
  if (known !== null) return known
  const { heads, rest } = splitHeadsOfText(text)
  const bytes = parseBytes(rest)
  if (bytes.length === 0 && heads.length === 0) throw new Error('nothing to decode: the text has no bytes')
  return readBinary(title, bytes, heads)
}

/** @param {string} text */
function readJson(text) {
  if (!/^\s*[[{]/.test(text)) return null
  /** @type {unknown} */
  let value
  try {
    value = JSON.parse(text)
  } catch {
    return readVectorLines(text)
  }
  const known = readHar(value) ?? readVectors(value)
  if (known === null && !mayBeBytes(value)) throw new Error('this is JSON, but no HAR, no test vectors, and no bytes')
  return known
}

/**
 * Arrays, and what JSON.stringify makes of a Buffer and of a Uint8Array.
 *
 * @param {unknown} value
 */
function mayBeBytes(value) {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return true
  return Array.isArray(member(value, 'data')) || Object.values(value).every((item) => typeof item === 'number')
}

/**
 * @param {string} title
 * @param {Uint8Array} bytes
 * @param {import('./http.mjs').Head[]} headsBefore
 */
function readBinary(title, bytes, headsBefore = []) {
  const [first = 0, second = 0, third = 0] = bytes
  if (first >= 0x14 && first <= 0x17 && second === 3 && third <= 4) {
    throw new Error('these are TLS records: what is in them has to be decrypted first, as tshark does with the keys')
  }
  const { heads: headsInside, rest } = splitHeads(bytes)
  const heads = [...headsBefore, ...headsInside]
  if (rest.length === 0) throw new Error(heads.length > 0 ? 'nothing to decode: after the HTTP head there is nothing' : 'nothing to decode')
  // A comment may show the whole handshake, but then of both sides: what follows is known by the last head only.
  const sender = heads.at(-1)?.sender ?? null
  return [conversationOf(title, [{ sender, bytes: rest, arrivals: [] }], { negotiated: negotiatedIn(heads) })]
}
