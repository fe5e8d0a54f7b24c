/**
 * Runs a reader over chunks and says everything that came of it, in plain data.
 */
import { constants, inflateRawSync } from 'node:zlib'
import { FrameReader, MessageReader } from '../src/index.js'
import type { Message, MessageReaderOptions, FrameReaderOptions } from '../src/index.js'
import { hexOf, plain, violation } from './support.js'
import type { Violation } from './support.js'

export interface Reading {
  readonly frames: readonly object[]
  readonly error: Violation | null
  /** How many bytes had been pushed when the error was thrown. */
  readonly detectedAfter: number | null
  readonly closed: boolean
  /** Whether `end` finds the stream cut off. */
  readonly truncated: boolean
}

/** Pushes chunk by chunk and reads after each what can be read. */
export function readChunks(chunks: Iterable<Uint8Array>, options: FrameReaderOptions = {}): Reading {
  const reader = new FrameReader(options)
  const frames: object[] = []
  let pushed = 0
  try {
    for (const chunk of chunks) {
      reader.push(chunk)
      pushed += chunk.length
      for (const frame of reader) frames.push(plain(frame))
    }
  } catch (error) {
    return { frames, error: violation(error), detectedAfter: pushed, closed: reader.closed, truncated: false }
  }
  return { frames, error: null, detectedAfter: null, closed: reader.closed, truncated: isTruncated(reader) }
}

function isTruncated(reader: FrameReader): boolean {
  try {
    reader.end()
    return false
  } catch (error) {
    if (violation(error).rule !== 'truncated') throw error
    return true
  }
}

/** A message with its bytes in hex. */
export function plainMessage(message: Message): object {
  return 'data' in message && typeof message.data !== 'string' ? { ...message, data: hexOf(message.data) } : message
}

/** The same with a `MessageReader`. */
export function readMessageChunks(chunks: Iterable<Uint8Array>, options?: MessageReaderOptions) {
  const reader = new MessageReader(options)
  const messages: object[] = []
  let pushed = 0
  try {
    for (const chunk of chunks) {
      reader.push(chunk)
      pushed += chunk.length
      for (const message of reader) messages.push(plainMessage(message))
    }
  } catch (error) {
    return { messages, error: violation(error), detectedAfter: pushed, closed: reader.closed }
  }
  return { messages, error: null, detectedAfter: null, closed: reader.closed }
}

/** Inflates the messages of one connection, each with the window that those before it have left (RFC 7692, section 7.2.3.2). */
export function inflateInContext() {
  let dictionary = Buffer.alloc(0)
  return (data: Uint8Array, maxLength: number): Uint8Array => {
    const maxOutputLength = Math.max(1, Math.min(maxLength, 2 ** 30))
    const inflated = inflateRawSync(data, { dictionary, finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength })
    dictionary = Buffer.concat([dictionary, inflated]).subarray(-32768)
    return inflated
  }
}

export function* oneByOne(data: Uint8Array): Iterable<Uint8Array> {
  for (let i = 0; i < data.length; i++) yield data.slice(i, i + 1)
}
