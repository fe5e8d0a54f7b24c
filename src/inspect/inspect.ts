/**
 * The oracle: says everything about any bytes, and never throws on them.
 */
import { examine } from './examine.js'
import type { InspectOptions } from './examine.js'
import { inspectionWithJSON, messageWithJSON } from './inspection.js'
import type { InspectedFrame, Inspection, Violation } from './inspection.js'
import { DEFAULT_MAX_MESSAGE_LENGTH } from '../decode/message-reader.js'
import type { Message } from '../decode/message.js'

/**
 * Says everything about the bytes of a stream: frames, messages, every violation, and the verdict. The result takes at most 300 bytes of
 * memory for each byte of hostile input.
 *
 * @param bytes - from a frame's beginning on; not modified, and in the result as given
 * @param options - those of a `MessageReader`
 * @throws TypeError or RangeError for arguments of another type or range, and a TypeError if `inflate` gives no `Uint8Array`; nothing
 *   else, whatever the bytes
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
    // Copies have no room to spare, as arrays have that grew.
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
