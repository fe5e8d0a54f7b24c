/**
 * The oracle: the result that a correct implementation gives for any bytes.
 */
import { DEFAULT_MAX_MESSAGE_LENGTH } from '../decode/message-reader.js'
import type { Message } from '../decode/message.js'
import { examine } from './examine.js'
import type { InspectOptions } from './examine.js'
import { inspectionWithJSON, messageWithJSON } from './inspection.js'
import type { InspectedFrame, Inspection, Violation } from './inspection.js'

/**
 * Inspects the bytes of a stream: its frames, its messages, every violation, and the verdict. The result takes at most 300 bytes of memory
 * for each byte of hostile input.
 *
 * @param bytes - begin with a frame; not modified. The result has them as `bytes`, not copied; payloads are views of a copy
 * @param options - as for a `MessageReader`, with the same defaults
 * @throws TypeError or RangeError for arguments of another type or range, and TypeError if `inflate` does not return a `Uint8Array`.
 *   Invalid bytes never throw
 *
 * @example
 * ```js
 * const { outcome, error, frames } = inspect(parseHex('8105 48656c6c6f 817e 007d'))
 * outcome // 'error'
 * error.rule // 'length-not-minimal'
 * frames.length // 1
 * ```
 */
export function inspect(bytes: Uint8Array, options: InspectOptions = {}): Inspection {
  const frames: InspectedFrame[] = []
  const messages: Message[] = []
  const violations: Violation[] = []
  const onFrame = (frame: InspectedFrame) => {
    frames.push(frame)
    for (const violation of frame.violations) violations.push(violation)
  }
  const onMessage = (message: Message) => messages.push(messageWithJSON(message))
  const examination = { maxMessageLength: DEFAULT_MAX_MESSAGE_LENGTH, textAs: 'string' } as const
  const found = examine(bytes, options, examination, onFrame, onMessage)
  const { lastViolations, outcome, error, bytesRead, bytesNeeded, messageOpen } = found
  return inspectionWithJSON({
    bytes,
    // Copies: an array that has grown has unused capacity.
    frames: frames.slice(),
    messages: messages.slice(),
    outcome,
    error,
    violations: violations.concat(lastViolations),
    bytesRead,
    bytesNeeded,
    messageOpen,
  })
}
