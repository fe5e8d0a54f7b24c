/**
 * Frames with random masking keys: more keys than the package draws at a time, short and long payloads. Uses no `node:` modules.
 */

const COUNT = 300
const payloads = [new Uint8Array(0), Uint8Array.of(1, 2, 3, 4, 5), new Uint8Array(5000).fill(7)]

/** @returns how many frames there were, how many failed, and the first of these */
export function maskingKeyFailures({ randomMaskingKey, encodeFrame, MessageReader }) {
  const keys = Array.from({ length: COUNT }, randomMaskingKey)
  const failures = keys.filter((maskingKey, i) => {
    const payload = payloads[i % payloads.length]
    const bytes = encodeFrame({ opcode: 2, payload, maskingKey }, { sender: 'client' })
    const { data } = new MessageReader({ sender: 'client' }).push(bytes).read()
    const key = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - payload.length - 4).getUint32(0)
    return key !== maskingKey || data.length !== payload.length || data.some((octet, j) => octet !== payload[j])
  })
  // Two keys may be equal by chance, once in 100,000 runs.
  const repeated = COUNT - new Set(keys).size
  if (repeated > 1) failures.push(`${repeated} keys are repeated`)
  return { count: COUNT, failed: failures.length, first: failures.slice(0, 10) }
}
