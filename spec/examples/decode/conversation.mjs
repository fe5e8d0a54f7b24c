/**
 * What every source of frames becomes: a conversation of one or two streams of bytes.
 */

/** @typedef {'client' | 'server'} Sender */

/**
 * When bytes arrived. `order` counts through both directions, for sources that know the order but not the time.
 *
 * @typedef {{ start: number, order: number, time: number | null }} Arrival `start` in bytes, `time` in seconds
 */

/**
 * One direction of a connection, without its HTTP head.
 *
 * @typedef {object} Stream
 * @property {Sender | null} sender null if unknown
 * @property {Uint8Array} bytes
 * @property {Arrival[]} arrivals in order; empty if nothing is known about them
 */

/**
 * @typedef {object} Conversation
 * @property {string} title
 * @property {Stream[]} streams
 * @property {import('./http.mjs').Negotiated | null} negotiated null if there was no handshake to read
 * @property {string[]} notes what the reader of the output should know
 * @property {boolean} isRebuilt the frames were made from messages: nothing is known about masks and fragments
 * @property {Partial<import('websocket-frames').InspectOptions>} options what the source itself says, as a test vector does
 * @property {boolean} isCut bytes are known to be missing at the end
 * @property {number | null} number of the connection in its source, as `--connection` takes it
 */

/**
 * @param {string} title
 * @param {Stream[]} streams
 * @param {Partial<Conversation>} [rest]
 * @returns {Conversation}
 */
export function conversationOf(title, streams, rest = {}) {
  return { title, streams, negotiated: null, notes: [], isRebuilt: false, options: {}, isCut: false, number: null, ...rest }
}

/** @param {readonly Uint8Array[]} parts */
export function concat(parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** @param {string} base64 */
export function bytesOfBase64(base64) {
  return Uint8Array.from(atob(base64.replace(/\s/g, '')), (character) => character.charCodeAt(0))
}
