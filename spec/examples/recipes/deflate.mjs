import { promisify } from 'node:util'
import { constants, createDeflateRaw, deflateRaw } from 'node:zlib'

/** A block of no bytes, without its tail: an empty message (RFC 7692, section 7.2.3.6). */
const EMPTY = Uint8Array.of(0)

/** Bytes: 00 00 ff ff at the end, which the sender leaves out (section 7.2.1). */
const TAIL_LENGTH = 4

/**
 * Makes the deflater of one connection. With context takeover it is one zlib stream: that takes 256 KiB, and a ninth of the time
 * of a dictionary for each message. Deflate the next message only when the promise of the last has resolved.
 *
 * @param {{ contextTakeover: boolean, windowBits: number }} agreed 9 to 15 bits: where 8 are agreed, zlib takes 9
 */
export function createDeflate({ contextTakeover, windowBits }) {
  const flush = constants.Z_SYNC_FLUSH
  if (!contextTakeover) {
    const deflateAlone = promisify(deflateRaw)
    return {
      deflate: async (/** @type {Uint8Array} */ data) =>
        (await deflateAlone(data, { windowBits, finishFlush: flush })).subarray(0, -TAIL_LENGTH),
      close: () => {},
    }
  }

  const stream = createDeflateRaw({ windowBits, flush })
  /** @type {Buffer[]} */
  const parts = []
  const take = () => {
    for (let part = stream.read(); part !== null; part = stream.read()) parts.push(part)
  }
  stream.on('readable', take)
  return {
    deflate: (/** @type {Uint8Array} */ data) =>
      new Promise((/** @type {(payload: Uint8Array) => void} */ resolve, reject) => {
        if (data.length === 0) return resolve(EMPTY)
        stream.write(data, (error) => {
          if (error || stream.destroyed) return reject(error ?? new Error('the deflater has been closed'))
          take()
          resolve(Buffer.concat(parts.splice(0)).subarray(0, -TAIL_LENGTH))
        })
      }),
    /** Frees the memory of zlib; a message that is being deflated is rejected. */
    close: () => void stream.destroy(),
  }
}
