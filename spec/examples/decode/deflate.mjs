/**
 * Inflates messages of permessage-deflate (RFC 7692), with the window kept from one message to the next if it was so negotiated.
 */
import { inflateRawSync } from 'node:zlib'
import { concat } from './conversation.mjs'

/** How far back DEFLATE can refer, in bytes. */
const WINDOW = 32_768

/** The tail that `inflate` gets after the message, in bytes. */
const TAIL_LENGTH = 9

/** A message may have blocks with BFINAL set (RFC 7692, section 7.2.3.4), after which DEFLATE begins again. */
const MAX_FINAL_BLOCKS = 16

/**
 * @param {boolean} contextTakeover
 * @returns {(data: Uint8Array, maxLength: number) => Uint8Array} what `inspect` takes as `inflate`
 */
export function inflater(contextTakeover) {
  let window = new Uint8Array(0)
  return (data, maxLength) => {
    /** @type {Uint8Array[]} */
    const parts = []
    let dictionary = window
    let left = maxLength
    let rest = data
    for (let blocks = 0; ; blocks++) {
      if (blocks === MAX_FINAL_BLOCKS) throw new Error(`more than ${MAX_FINAL_BLOCKS} final blocks in a message`)
      const { output, consumed } = inflateOnce(rest, dictionary, Math.max(1, left))
      parts.push(output)
      left -= output.length
      dictionary = lastOf(dictionary, output)
      rest = rest.subarray(consumed)
      if (rest.length === 0 || rest.length === TAIL_LENGTH) break
    }
    if (contextTakeover) window = dictionary
    return concat(parts)
  }
}

/**
 * @param {Uint8Array} data
 * @param {Uint8Array} dictionary
 * @param {number} maxLength
 */
function inflateOnce(data, dictionary, maxLength) {
  const options = { maxOutputLength: maxLength, info: true, ...(dictionary.length > 0 && { dictionary }) }
  // With `info` the result is an object, which the types of Node.js do not say.
  const { buffer, engine } = Object(inflateRawSync(data, options))
  return { output: new Uint8Array(buffer), consumed: Number(engine.bytesWritten) }
}

/**
 * @param {Uint8Array} before
 * @param {Uint8Array} output
 */
function lastOf(before, output) {
  return output.length >= WINDOW ? output.slice(-WINDOW) : concat([before, output]).slice(-WINDOW)
}
