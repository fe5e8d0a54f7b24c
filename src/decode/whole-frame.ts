/**
 * The fast path of the readers: a complete frame below 64 KiB, without extensions, that is a Ping, a Pong or a message of one frame.
 * `header/accept.ts` has the headers that qualify; `readHeader` reads any other frame. Benchmark case: 16 B in 64 KiB chunks.
 *
 * It is one function with few calls, so that V8 inlines it into the loop that reads messages.
 */
import { isSimple } from '../header/accept.js'
import { isShortestForm } from '../header/check.js'
import { Bit, LENGTH_16 } from '../header/layout.js'
import type { FramePolicy } from '../header/policy.js'
import { Opcode } from '../protocol/opcode.js'
import { int32, octetAt, uint16 } from '../util/octets.js'
import { MOST_WASTED } from './input.js'
import type { Input } from './input.js'
import { lastFrame } from './last-frame.js'

/** The first byte of a text message in one frame, without extensions. */
export const WHOLE_TEXT = Bit.fin | Opcode.Text

/** In bytes: a shorter text is unmasked faster in place. 125 B, one frame a chunk, decides. */
const LONG_TEXT = 64

/**
 * Takes the next frame if it qualifies. Call only when no fragmented message is open.
 *
 * @param usesTextsAtOnce - whether the payload of a text in one frame is used at once. A long one is left masked: it is then unmasked where
 *   it is decoded.
 * @returns the payload, whose header is then in {@link lastFrame}; null for any other frame, which stays in the input. If such a frame
 *   qualifies but for its payload, which is not there or not all of it, its header is in `lastFrame` too; otherwise `headerLength` is 0.
 */
export function takeWholeFrame(input: Input, policy: FramePolicy, usesTextsAtOnce: boolean): Uint8Array<ArrayBuffer> | null {
  lastFrame.headerLength = 0
  const { bytes, position, end } = input
  // May read past `end`: the test of `start` rejects that. A detached buffer reads as zeros, with which no such frame begins.
  const first = octetAt(bytes, position)
  const second = octetAt(bytes, position + 1)
  if (!isSimple(first, second, policy)) return null

  let start = position + 2
  let payloadLength = second & Bit.payloadLength
  if (payloadLength === LENGTH_16) {
    payloadLength = uint16(bytes, start)
    if (!isShortestForm(payloadLength, 16)) return null
    start += 2
  }
  if (payloadLength > policy.leastLimit) return null
  let maskingKey: number | null = null
  if ((second & Bit.mask) !== 0) {
    maskingKey = int32(bytes, start)
    start += 4
  }
  if (start > end) return null
  lastFrame.firstByte = first
  lastFrame.maskingKey = maskingKey
  lastFrame.payloadLength = payloadLength
  lastFrame.headerLength = start - position
  const payloadEnd = start + payloadLength
  if (payloadEnd > end) return null

  input.position = payloadEnd
  const payload = input.view(start, payloadLength)
  const isLeft = first === WHOLE_TEXT && isLeftMasked(payloadLength, maskingKey, usesTextsAtOnce)
  if (maskingKey !== null && !isLeft) input.unmask(payload, start, maskingKey)
  if (payloadEnd === end || bytes.length > MOST_WASTED) input.trim()
  return payload
}

/** Whether the payload of a text is left masked. Sets {@link lastFrame}. */
function isLeftMasked(payloadLength: number, maskingKey: number | null, usesTextsAtOnce: boolean): boolean {
  const isLeft = payloadLength >= LONG_TEXT && usesTextsAtOnce
  lastFrame.maskedWith = isLeft ? maskingKey : null
  lastFrame.isValid = false
  return isLeft
}
