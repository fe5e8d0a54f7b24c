/**
 * Chunks of both directions, in the order in which they were captured, put together to a conversation.
 */
import { concat, conversationOf } from './conversation.mjs'
import { negotiatedIn, splitHeads } from './http.mjs'

/** @typedef {import('./conversation.mjs').Conversation} Conversation */
/** @typedef {import('./conversation.mjs').Stream} Stream */
/** @typedef {{ peer: number, data: Uint8Array, time: number | null }} Chunk `peer` is 0 or 1 */

/** What tshark writes into a stream where it has not seen a segment. */
const GAP = /^\[\d+ bytes missing in capture file\]\.?$/

/**
 * @param {string} title
 * @param {Chunk[]} chunks
 * @param {Partial<Conversation>} [rest]
 * @returns {Conversation}
 */
export function conversationOfChunks(title, chunks, rest = {}) {
  /** @type {string[]} */
  const notes = []
  const peers = [0, 1].map((peer) => {
    const { bytes, arrivals, gap } = joined(chunks, peer)
    if (gap !== null) notes.push(`the capture lacks a segment: ${gap.slice(1, -1)}; the stream is shown up to there`)
    const { heads, rest: frames } = splitHeads(bytes)
    const skipped = bytes.length - frames.length
    const shifted = arrivals.map((arrival) => ({ ...arrival, start: Math.max(0, arrival.start - skipped) }))
    return { heads, stream: { sender: null, bytes: frames, arrivals: shifted } }
  })
  const [first, second] = sendersOf(peers)
  const streams = peers.map(({ stream }, peer) => ({ ...stream, sender: peer === 0 ? first : second }))
  const heads = peers.flatMap((peer) => peer.heads)
  const known = streams
    .filter(({ bytes }, peer) => bytes.length > 0 || (peers[peer]?.heads.length ?? 0) > 0)
    .sort((one, other) => Number(one.sender === 'server') - Number(other.sender === 'server'))
  return conversationOf(title, known, { negotiated: negotiatedIn(heads), notes, isCut: notes.length > 0, ...rest })
}

/**
 * @param {Chunk[]} chunks
 * @param {number} peer
 */
function joined(chunks, peer) {
  /** @type {Uint8Array[]} */
  const parts = []
  /** @type {import('./conversation.mjs').Arrival[]} */
  const arrivals = []
  let start = 0
  /** @type {number | null} */
  let latest = null
  for (const [order, { peer: from, data, time }] of chunks.entries()) {
    if (from !== peer || data.length === 0) continue
    const text = data.length < 64 ? new TextDecoder().decode(data).replace(/\0$/, '') : ''
    if (GAP.test(text)) return { bytes: concat(parts), arrivals, gap: text }
    parts.push(data)
    // A segment that overtook the one before could be used only when that had come.
    latest = time === null ? null : Math.max(latest ?? time, time)
    arrivals.push({ start, order, time: latest })
    start += data.length
  }
  return { bytes: concat(parts), arrivals, gap: null }
}

/**
 * Who is who: the handshake says it, else the MASK bit of the first frames, else the client is the one who came first.
 *
 * @param {{ heads: import('./http.mjs').Head[], stream: Stream }[]} peers
 * @returns {['client', 'server'] | ['server', 'client']}
 */
function sendersOf(peers) {
  const isClient = peers.map(({ heads, stream: { bytes } }) => {
    if (heads.length > 0) return heads.every(({ sender }) => sender === 'client')
    return bytes.length < 2 ? null : ((bytes[1] ?? 0) & 0x80) !== 0
  })
  const [first = null, second = null] = isClient
  const isFirst = first ?? (second === null ? true : !second)
  return isFirst ? ['client', 'server'] : ['server', 'client']
}
