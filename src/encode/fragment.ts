/**
 * Messages cut into fragments (RFC 6455, section 5.4).
 */
import { assertBoolean, assertBytes, assertInteger, assertLimit, assertObject } from '../util/arguments.js'
import type { FrameInit } from './frame.js'
import { viewOf } from '../util/memory.js'
import { Opcode } from '../protocol/opcode.js'
import { encodeText } from '../util/utf8.js'

/**
 * Cuts a message into fragments (RFC 6455, section 5.4): the first has the opcode and, if asked for, RSV1, the others are
 * continuations, the last has FIN. An empty message is one frame. A text may be cut inside a character, as the RFC allows.
 *
 * @param message - `opcode` is that of a data frame, not Continuation; a string payload is encoded as UTF-8
 * @param maxPayloadLength - the most bytes a fragment may have, from 1; `Infinity` for one frame
 * @returns frames to be given a masking key and encoded; their payloads are views of the message's
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
