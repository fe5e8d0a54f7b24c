/**
 * `fragmentMessage`: splits a message into fragments (RFC 6455, section 5.4).
 */
import { Opcode } from '../protocol/opcode.js'
import { assertBoolean, assertBytes, assertInteger, assertLimit, assertObject } from '../util/arguments.js'
import { viewOf } from '../util/memory.js'
import { encodeText } from '../util/utf8.js'
import type { FrameInit } from './frame.js'

/**
 * Splits a message into fragments (RFC 6455, section 5.4). The first has the opcode and, if `rsv1` is set, RSV1. The others are
 * continuation frames. The last has FIN. An empty message is one frame. A text may be split inside a character, as the RFC allows.
 *
 * @param message - not modified. `opcode` is 1 to 7, a data frame but not Continuation; a string payload is encoded as UTF-8
 * @param maxPayloadLength - the longest payload of a fragment, in bytes, at least 1; `Infinity` for one frame
 * @returns frames for `encodeFrame`; a client adds a masking key to each. Their payloads are views of the message's payload
 * @throws TypeError or RangeError for arguments of another type or range
 *
 * @example
 * ```js
 * for (const fragment of fragmentMessage({ opcode: Opcode.Text, payload: 'Hello' }, 2)) {
 *   socket.write(encodeFrame({ ...fragment, maskingKey: randomMaskingKey() }, { sender: 'client' }))
 * }
 * ```
 */
export function fragmentMessage(
  message: { readonly opcode: number; readonly payload: Uint8Array | string; readonly rsv1?: boolean | undefined },
  maxPayloadLength: number,
): Iterable<FrameInit> {
  assertObject(message, 'message')
  const { opcode, payload, rsv1 = false } = message
  assertInteger(opcode, 'the opcode of a message', Opcode.Text, 0x7)
  assertBoolean(rsv1, 'rsv1')
  assertLimit(maxPayloadLength, 'maxPayloadLength')
  if (maxPayloadLength === 0) throw new RangeError('maxPayloadLength must be at least 1')
  const data = typeof payload === 'string' ? encodeText(payload) : payload
  assertBytes(data, 'payload')
  return {
    *[Symbol.iterator]() {
      let start = 0
      do {
        const end = Math.min(start + maxPayloadLength, data.length)
        const isFirst = start === 0
        yield {
          opcode: isFirst ? opcode : Opcode.Continuation,
          fin: end === data.length,
          rsv1: isFirst && rsv1,
          payload: viewOf(data, start, end),
        }
        start = end
      } while (start < data.length)
    },
  }
}
