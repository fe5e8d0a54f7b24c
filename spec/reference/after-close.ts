/**
 * Where an endpoint breaks RFC 6455, section 5.5.1: "The application MUST NOT send any more data frames after sending a Close frame."
 */
import { referenceDecode } from './decode.js'
import type { BegunFrame, ReferenceOptions } from './decode.js'

const CONTINUATION = 0x0
const CLOSE = 0x8

/**
 * @returns position of the first data frame after the first Close frame, or null; frames before the Close frame may break rules, those
 *   between the two must not
 */
export function referenceAfterClose(bytes: Uint8Array, options: ReferenceOptions): number | null {
  const { sender, extensions } = options
  const plain = { ...(sender && { sender }), ...(extensions && { extensions }), maxPayloadLength: Infinity }
  let offset = endOfClose(bytes)
  while (offset !== null && offset < bytes.length) {
    const first = bytes.subarray(offset, offset + 1)
    const opcode = (first[0] ?? 0) % 16
    if (opcode < CLOSE) {
      const isValid = referenceDecode(first, { ...plain, messageOpen: opcode === CONTINUATION }).error === null
      return isValid ? offset : null
    }
    // What comes after this frame is not looked at: one that is broken would not change it.
    const begun: BegunFrame[] = []
    const { frames } = referenceDecode(bytes.subarray(offset), plain, begun)
    const [frame] = begun
    if (frame === undefined || frames.length === 0) return null
    offset += frame.lengthEnd + (frame.masked ? 4 : 0) + frame.payload.length
  }
  return null
}

/** Position after the first Close frame, found by the lengths alone; null if there is none that is complete. */
function endOfClose(bytes: Uint8Array): number | null {
  let offset = 0
  while (offset + 2 <= bytes.length) {
    const [first = 0, second = 0, ...rest] = bytes.subarray(offset, offset + 10)
    const lengthBytes = [0, 2, 8][Math.max(0, (second % 128) - 125)] ?? 0
    if (rest.length < lengthBytes) return null
    const extended = rest.slice(0, lengthBytes).reduce((length, octet) => length * 256 + octet, 0)
    const payloadLength = lengthBytes === 0 ? second % 128 : extended
    offset += 2 + lengthBytes + (second >= 128 ? 4 : 0) + payloadLength
    if (offset > bytes.length) return null
    if (first % 16 === CLOSE) return offset
  }
  return null
}
