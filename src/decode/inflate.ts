/**
 * Inflates compressed messages (RFC 7692, section 7.2.2) with the caller's `inflate`: this package does not include DEFLATE.
 */
import { ProtocolError } from '../protocol/rules.js'
import { assertBytes, shownThrown } from '../util/arguments.js'
import { isFixed } from '../util/memory.js'

/**
 * Inflates a message.
 *
 * @param data - a complete raw DEFLATE stream, in a new array that you own: the payload of the message, 00 00 ff ff (RFC 7692,
 *   section 7.2.2), and an empty final block, 01 00 00 ff ff
 * @param maxLength - the most bytes that the message may have, from 1 to 2^31-1. If there are more, throw an error with the `code`
 *   `ERR_BUFFER_TOO_LARGE`, as zlib in Node.js does, or return all: the reader checks the length
 * @returns the inflated message, which the reader takes ownership of
 */
export type Inflate = (data: Uint8Array<ArrayBuffer>, maxLength: number) => Uint8Array

/**
 * Appended to the payload: the bytes that the sender left out (RFC 7692, section 7.2.1), then an empty final block. Without that block a
 * one-shot inflater could not detect a message that is cut off inside a block.
 */
export const DEFLATE_TAIL: Uint8Array = /* @__PURE__ */ Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff)

const ASYNCHRONOUS = "; to inflate asynchronously, leave inflate out and take messages of the type 'compressed'"

/** The largest limit that zlib accepts. */
const MAX_OUTPUT_LENGTH = 2 ** 31 - 1

/** A reader was used from inside its own `inflate`. That is not the peer's fault, so the stream does not fail. */
export class CalledFromInflateError extends TypeError {
  override readonly name = 'TypeError'

  constructor() {
    super('a MessageReader must not be used from inside its inflate')
  }
}

/**
 * Calls `inflate` and checks its result.
 *
 * @param data - the payload and {@link DEFLATE_TAIL}
 * @param frameOffset - position in the stream of the last frame of the message, for the error
 * @throws ProtocolError `deflate-data` if `inflate` throws; `message-too-long` if it throws `ERR_BUFFER_TOO_LARGE`, or returns more than
 *   `maxMessageLength` bytes
 * @throws TypeError if `inflate` returns anything but bytes
 */
export function inflateMessage(
  inflate: Inflate,
  data: Uint8Array<ArrayBuffer>,
  maxMessageLength: number,
  frameOffset: number,
): Uint8Array<ArrayBuffer> {
  const maxLength = Math.min(Math.max(maxMessageLength, 1), MAX_OUTPUT_LENGTH)
  let inflated
  try {
    inflated = inflate(data, maxLength)
  } catch (cause) {
    if (cause instanceof CalledFromInflateError) throw cause
    if (isTooLarge(cause)) throw tooLong(maxLength, frameOffset, cause)
    throw new ProtocolError('deflate-data', frameOffset, `inflate threw ${shownThrown(cause)}`, cause)
  }
  assertBytes(inflated, 'what inflate returns', ASYNCHRONOUS)
  if (inflated.length > maxMessageLength) throw tooLong(maxMessageLength, frameOffset)
  const { buffer, byteOffset, length } = inflated
  return isFixed(buffer) ? new Uint8Array(buffer, byteOffset, length) : new Uint8Array(inflated)
}

function tooLong(limit: number, frameOffset: number, cause?: unknown): ProtocolError {
  return new ProtocolError('message-too-long', frameOffset, `a compressed message inflates to more than ${limit} bytes`, cause)
}

function isTooLarge(thrown: unknown): boolean {
  try {
    return typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE'
  } catch {
    return false // The getter of `code` threw.
  }
}
