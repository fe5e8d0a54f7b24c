/**
 * Runs a `FrameReader` over chunks and says everything that came of it, in plain data.
 */
import { FrameReader } from '../src/index.js'
import type { ReaderOptions } from '../src/index.js'
import { plain, violation } from './support.js'
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
export function readChunks(chunks: Iterable<Uint8Array>, options: ReaderOptions = {}): Reading {
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

export function* oneByOne(data: Uint8Array): Iterable<Uint8Array> {
  for (let i = 0; i < data.length; i++) yield data.slice(i, i + 1)
}
