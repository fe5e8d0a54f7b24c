/**
 * What a reading of a vector is worth.
 */
import { crc32 } from 'node:zlib'

/** Longer streams are fed in pieces of 1021 bytes: some peers take quadratic time for long frames in single bytes. */
const LONGEST_IN_BYTES = 2048

/** To fail without a code is allowed: RFC 6455, section 7.1.7, has one that SHOULD be sent. */
const WITHOUT_CODE = [1005, 1006]

export const crcOf = (texts, before = 0) => texts.reduce((crc, text) => crc32(text, crc), before)

/** A limit of a message that is no higher than that of a payload makes the latter superfluous. */
export function needsOf({ requires = [], maxPayloadLength = 0, maxMessageLength = Infinity }) {
  return maxPayloadLength >= maxMessageLength ? requires.filter((name) => name !== 'payload-limit') : requires
}

/** Each time with bytes of its own, since some peers unmask in place. */
export function* waysOf(bytes, cuts = []) {
  const step = bytes.length <= LONGEST_IN_BYTES ? 1 : 1021
  const places = Array.from({ length: Math.max(0, Math.ceil(bytes.length / step) - 1) }, (_, i) => (i + 1) * step)
  for (const [way, ends] of [['whole', []], ['byte by byte', places], ...(cuts.length > 0 ? [['at the cuts', cuts]] : [])]) {
    yield [way, bytes.length === 0 ? [] : [0, ...ends].map((start, i) => Buffer.from(bytes.subarray(start, ends[i] ?? bytes.length)))]
  }
}

/** `late`: right, but later than it was certain; or nothing found where the bytes end inside the offending frame. */
export function judge(vector, verdicts, readings) {
  const certain = verdicts.flatMap(({ after }) => after ?? [])
  let late = false
  for (const { way, count, crc, code, after, crash } of readings) {
    if (crash !== null) return { result: 'failed', way, expected: nameOf(verdicts[0]), got: crash }
    if (vector.prompt && code === null && verdicts.some((one) => one.count === count && one.crc === crc)) {
      late = true
      continue
    }
    const sameCode = verdicts.filter((one) => one.code === code || (one.code !== null && WITHOUT_CODE.includes(code)))
    if (sameCode.length === 0) return { result: 'failed', way, expected: nameOf(verdicts[0]), got: nameOf({ code, count }) }
    const same = sameCode.some((one) => one.count === count && one.crc === crc)
    if (!same) return { result: 'failed', way, expected: nameOf(sameCode[0]), got: `${nameOf({ code, count })}, which are others` }
    if (code !== null && way === 'byte by byte') {
      if (after < Math.min(...certain))
        return { result: 'failed', way, expected: `an error after ${Math.min(...certain)} bytes`, got: `after ${after}` }
      late ||= after > Math.max(...certain)
    }
  }
  return { result: late ? 'late' : 'passed' }
}

const nameOf = ({ code, count }) => `${code === null ? 'no error' : `error ${code}`} after ${count} ${count === 1 ? 'message' : 'messages'}`
