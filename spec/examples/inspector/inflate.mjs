/**
 * Inflates messages of permessage-deflate with the DecompressionStream of browsers, which knows no dictionary: the last 32 KiB
 * of output go in front of each message as a block that is not compressed, and are taken off the result.
 */
import { concat } from '../decode/conversation.mjs'

/** How far back DEFLATE can refer, in bytes. */
const WINDOW = 32_768

/** What the sender left out (RFC 7692, section 7.2.2), and an empty final block. */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff)

/**
 * @param {readonly Uint8Array[]} messages of one direction, in order
 * @param {boolean} contextTakeover
 * @param {number} maxLength of each, in bytes
 * @returns {Promise<(Uint8Array | Error)[]>} up to the first that does not inflate
 */
export async function inflateMessages(messages, contextTakeover, maxLength) {
  /** @type {(Uint8Array | Error)[]} */
  const results = []
  let window = new Uint8Array(0)
  for (const message of messages) {
    try {
      const inflated = await inflateOne(message, window, maxLength)
      results.push(inflated)
      if (contextTakeover) window = concat([window, inflated]).slice(-WINDOW)
    } catch (error) {
      return [...results, error instanceof Error ? error : new Error(String(error))]
    }
  }
  return results
}

/**
 * @param {Uint8Array} message
 * @param {Uint8Array} window
 * @param {number} maxLength
 */
async function inflateOne(message, window, maxLength) {
  try {
    return await inflateRaw([storedBlock(window), message, TAIL], window.length, maxLength)
  } catch (error) {
    // After a block with BFINAL set nothing may follow, but for the zero that ends such a message (section 7.2.3.4).
    if (error instanceof TooLong || message.at(-1) !== 0) throw error
    return await inflateRaw([storedBlock(window), message.subarray(0, -1)], window.length, maxLength)
  }
}

/** A block of type 0 (RFC 1951, section 3.2.4); nothing for no data. */
function storedBlock(/** @type {Uint8Array} */ data) {
  if (data.length === 0) return data
  const header = new DataView(new ArrayBuffer(5))
  header.setUint16(1, data.length, true)
  header.setUint16(3, ~data.length & 0xffff, true)
  return concat([new Uint8Array(header.buffer), data])
}

/** Named as zlib names it, so that it becomes the verdict `message-too-long`. */
class TooLong extends Error {
  code = 'ERR_BUFFER_TOO_LARGE'
}

/**
 * @param {Uint8Array[]} parts
 * @param {number} skipped bytes of output that are not wanted
 * @param {number} maxLength
 */
async function inflateRaw(parts, skipped, maxLength) {
  const stream = new Blob([concat(parts)]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const reader = stream.getReader()
  /** @type {Uint8Array[]} */
  const output = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    output.push(value)
    length += value.length
    if (length - skipped > maxLength) {
      await reader.cancel()
      throw new TooLong(`more than ${maxLength} bytes`)
    }
  }
  return concat(output).subarray(skipped)
}
