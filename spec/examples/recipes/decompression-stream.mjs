import { CloseCode } from 'websocket-frames'

/** The end of a message that its sender has left out, and an empty final block (RFC 7692, section 7.2.2). */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff)

/** Bytes. Some runtimes inflate a chunk at once, and DEFLATE makes up to 1032 bytes of one. */
const CHUNK_LENGTH = 1024

/**
 * Inflates messages of a `MessageReader` without `inflate`. Each one has to be compressed by itself: negotiate that the peer
 * does not take over its context.
 *
 * @param {AsyncIterable<import('websocket-frames').Message>} messages
 * @param {number} maxLength in bytes
 */
export async function* inflated(messages, maxLength) {
  for await (const message of messages) {
    if (message.type !== 'compressed') yield message
    else if (message.opcode === 2) yield { type: /** @type {const} */ ('binary'), data: await inflate(message.data, maxLength) }
    else yield { type: /** @type {const} */ ('text'), data: textOf(await inflate(message.data, maxLength)) }
  }
}

/**
 * @param {Uint8Array} data
 * @param {number} maxLength
 */
async function inflate(data, maxLength) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = []
  let length = 0
  try {
    const output = streamOf(data).pipeThrough(new DecompressionStream('deflate-raw')).getReader()
    for (let next = await output.read(); !next.done; next = await output.read()) {
      length += next.value.length
      if (length > maxLength) {
        output.cancel().catch(() => {})
        break
      }
      parts.push(next.value)
    }
  } catch (cause) {
    throw failure(CloseCode.InvalidFramePayloadData, 'deflate-data', cause)
  }
  if (length > maxLength) throw failure(CloseCode.MessageTooBig, 'message-too-long')
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

/**
 * The message in chunks, with its end.
 *
 * @param {Uint8Array} data
 * @returns {ReadableStream<BufferSource>}
 */
function streamOf(data) {
  let start = 0
  return new ReadableStream({
    pull(controller) {
      if (start >= data.length) {
        controller.enqueue(TAIL)
        controller.close()
      } else {
        controller.enqueue(data.slice(start, (start += CHUNK_LENGTH)))
      }
    },
  })
}

/** @param {Uint8Array} data */
function textOf(data) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
  } catch (cause) {
    throw failure(CloseCode.InvalidFramePayloadData, 'text-utf8', cause)
  }
}

/**
 * @param {number} closeCode
 * @param {string} rule
 * @param {unknown} [cause]
 */
function failure(closeCode, rule, cause) {
  return Object.assign(new Error(rule, { cause }), { closeCode, rule })
}
