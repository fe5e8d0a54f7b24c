/**
 * Runs a reader over chunks and says everything that came of it, in plain data.
 */
import { inflateRawSync } from 'node:zlib'
import { expect } from '@jest/globals'
import { FrameReader, MessageReader } from '../src/index.js'
import type { Message, MessageReaderOptions, FrameReaderOptions, TextAs } from '../src/index.js'
import { hexOf, plain, violation } from './support.js'
import type { Violation } from './support.js'

export interface Reading {
  readonly frames: readonly object[]
  readonly error: Violation | null
  /** How many bytes had been pushed when the error was thrown. */
  readonly detectedAfter: number | null
  /** Whether a Close frame has been read. */
  readonly closed: boolean
  /** Whether `end` finds the stream cut off. */
  readonly truncated: boolean
}

/** RFC 6455, 7.1.7: the error has been thrown once, nothing is held, and no more data is processed. */
export function expectFailed(reader: FrameReader | MessageReader<TextAs>, error: unknown): void {
  for (let round = 0; round < 2; round++) {
    expect(reader.error).toBe(error)
    expect(reader.closed).toBe(true)
    expect(reader.bufferedLength).toBe(0)
    expect(reader.push(Uint8Array.of(0x89, 0x00)).read()).toBeNull()
    expect([...reader]).toEqual([])
    expect(reader.end()).toBeUndefined()
  }
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
    expectFailed(reader, error)
    return { frames, error: violation(error), detectedAfter: pushed, closed: false, truncated: false }
  }
  expect(reader.error).toBeNull()
  return { frames, error: null, detectedAfter: null, closed: reader.closed, truncated: isTruncated(reader) }
}

function isTruncated(reader: FrameReader): boolean {
  try {
    reader.end()
    return false
  } catch (error) {
    expectFailed(reader, error)
    if (violation(error).rule !== 'truncated') throw error
    return true
  }
}

/** A message with its bytes in hex. */
export function plainMessage(message: Message<string | Uint8Array>): object {
  return 'data' in message && typeof message.data !== 'string' ? { ...message, data: hexOf(message.data) } : message
}

/** The same with a `MessageReader`. */
export function readMessageChunks<As extends TextAs = 'string'>(chunks: Iterable<Uint8Array>, options?: MessageReaderOptions<As>) {
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
    expectFailed(reader, error)
    return { messages, error: violation(error), detectedAfter: pushed, closed: false }
  }
  expect(reader.error).toBeNull()
  return { messages, error: null, detectedAfter: null, closed: reader.closed }
}

/** Inflates the messages of one connection, each with the window that those before it have left (RFC 7692, section 7.2.3.2). */
export function inflateInContext() {
  let dictionary = Buffer.alloc(0)
  return (data: Uint8Array, maxOutputLength: number): Uint8Array => {
    const inflated = inflateRawSync(data, { dictionary, maxOutputLength })
    dictionary = Buffer.concat([dictionary, inflated]).subarray(-32768)
    return inflated
  }
}

export function* oneByOne(data: Uint8Array): Iterable<Uint8Array> {
  for (let i = 0; i < data.length; i++) yield data.slice(i, i + 1)
}
