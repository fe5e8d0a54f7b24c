/**
 * Masking against the formula of RFC 6455, section 5.3, byte by byte: all short lengths, and long ones on both sides of
 * where an implementation may change its way, each from every offset into a buffer of 16-byte words.
 */
import { areSameBytes } from './bytes.mjs'

const around = (length) => [length - 1, length, length + 1]
const lengths = [
  ...Array.from({ length: 160 }, (_, length) => length),
  ...[256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 102400].flatMap(around),
]
const offsets = Array.from({ length: 16 }, (_, offset) => offset)

/** The same numbers in every run: a linear congruential generator. */
function numbers(seed) {
  let state = seed
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0)
}

/** Octet i of the payload XOR octet i mod 4 of the masking key. */
function masked(payload, maskingKey, keyOffset = 0) {
  const key = [24, 16, 8, 0].map((shift) => (maskingKey >>> shift) & 0xff)
  return payload.map((octet, i) => octet ^ key[(keyOffset + i) % 4])
}

/** A final binary frame of a client, written here. */
function wireOf(payload, maskingKey) {
  const header = [0x82]
  if (payload.length < 126) header.push(0x80 | payload.length)
  else if (payload.length < 0x10000) header.push(0xfe, payload.length >>> 8, payload.length)
  else header.push(0xff, 0, 0, 0, 0, payload.length >>> 24, payload.length >>> 16, payload.length >>> 8, payload.length)
  const key = new DataView(new ArrayBuffer(4))
  key.setUint32(0, maskingKey)
  return Uint8Array.from([...header, ...new Uint8Array(key.buffer), ...masked(payload, maskingKey)])
}

/** @returns how many comparisons there were, how many failed, and what was compared in the first of these */
export function maskingFailures({ applyMask, encodeFrame, decodeFrame, FrameReader }) {
  const next = numbers(6455)
  const failures = []
  let count = 0
  const compare = (actual, expected, what) => {
    count++
    if (!areSameBytes(actual, expected)) failures.push(what)
  }

  for (const length of lengths) {
    const payload = Uint8Array.from({ length }, () => next() >>> 24)
    for (const offset of offsets) {
      const maskingKey = next()
      const keyOffset = (next() >>> 16) % 1000
      // Octets before and after the masked ones show whether it keeps to its bounds.
      const actual = new Uint8Array(offset + length + 17).fill(0xa5)
      actual.set(payload, offset)
      const expected = actual.slice()
      expected.set(masked(payload, maskingKey, keyOffset), offset)
      applyMask(actual, maskingKey, keyOffset, offset, offset + length)
      compare(actual, expected, `applyMask, ${length} bytes from ${offset}`)
    }

    const maskingKey = next()
    const wire = wireOf(payload, maskingKey)
    const where = (name) => `${name}, ${length} bytes`
    compare(encodeFrame({ opcode: 2, payload, maskingKey }), wire, where('encodeFrame'))
    compare(decodeFrame(wire)?.frame.payload, payload, where('decodeFrame'))
    for (const ownsChunks of [false, true]) {
      for (const piece of [wire.length, 1 + ((next() >>> 16) % 20000)]) {
        const reader = new FrameReader({ ownsChunks })
        const payloads = []
        for (let start = 0; start < wire.length; start += piece) {
          for (const frame of reader.push(wire.slice(start, start + piece))) payloads.push(frame.payload)
        }
        compare(payloads.length === 1 ? payloads[0] : payloads, payload, where(`FrameReader, ownsChunks ${ownsChunks}, pieces of ${piece}`))
      }
    }
  }
  return { count, failed: failures.length, first: failures.slice(0, 10) }
}
