import { inflateRawSync } from 'node:zlib'

/** Bytes: how far back compressed data may refer (RFC 7692, section 7.1.2). */
const MAX_WINDOW = 2 ** 15

/** A few microseconds each; a peer could send millions in one message. */
const MAX_FINAL_BLOCKS = 16

/**
 * Makes the `inflate` of one connection. It also reads messages with blocks that are marked as the final one.
 *
 * @param {{ contextTakeover: boolean }} agreed whether a message may refer to the messages before it
 */
export function createInflate({ contextTakeover }) {
  let window = Buffer.alloc(0)
  return (/** @type {Uint8Array} */ data, /** @type {number} */ maxLength) => {
    let dictionary = window
    let length = 0
    const parts = []
    // Each turn ends after a final block; the last one was appended by the reader.
    for (let turn = 0; data.length > 0; turn++) {
      if (turn > MAX_FINAL_BLOCKS) throw new Error(`more than ${MAX_FINAL_BLOCKS} final blocks`)
      // At least 1, since zlib takes no 0: a byte too many is for the reader to refuse.
      const maxOutputLength = Math.max(1, maxLength - length)
      const { buffer, engine } = inflateWithInfo(data, { dictionary, maxOutputLength })
      parts.push(buffer)
      length += buffer.length
      dictionary = endOf(dictionary, buffer)
      data = data.subarray(engine.bytesWritten)
    }
    if (contextTakeover) window = dictionary
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
  }
}

/** The last 32 KiB. */
function endOf(/** @type {Buffer} */ before, /** @type {Buffer} */ output) {
  const recent = output.subarray(-MAX_WINDOW)
  return Buffer.concat([before.subarray(Math.max(0, before.length + recent.length - MAX_WINDOW)), recent])
}

/**
 * The types of Node.js do not know that `info` changes the result.
 *
 * @param {Uint8Array} data
 * @param {import('node:zlib').ZlibOptions} options
 * @returns {{ buffer: Buffer, engine: { bytesWritten: number } }}
 */
function inflateWithInfo(data, options) {
  const result = /** @type {unknown} */ (inflateRawSync(data, { ...options, info: true }))
  return /** @type {{ buffer: Buffer, engine: { bytesWritten: number } }} */ (result)
}
