/**
 * The test vectors as streams to begin with.
 */
import type { VectorFile } from '../vectors.js'
import type { Seed } from './case.js'

/** Longer ones would take the time of many others. */
const MAX_LENGTH = 200

export function seedsOf(files: readonly VectorFile[]): Seed[] {
  return files.flatMap(({ vectors }) => vectors).filter(({ bytes }) => bytes.length <= MAX_LENGTH)
}
