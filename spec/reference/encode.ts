/**
 * A naive encoder: it writes what it is told, legal or not, so that expected bytes do not come from the library.
 */

export interface ReferenceFrameInit {
  fin: boolean
  rsv1: boolean
  rsv2: boolean
  rsv3: boolean
  opcode: number
  maskingKey: number | null
  /** Unmasked. */
  payload: readonly number[] | Uint8Array
}

/**
 * The bytes of a frame (5.2). Without `lengthBits` the payload length takes the shortest form; with it, that form, of
 * which only the lower bits are written when the length does not fit.
 */
export function referenceEncode(frame: ReferenceFrameInit, lengthBits?: 7 | 16 | 64): Uint8Array {
  const length = frame.payload.length
  const form = lengthBits ?? (length <= 125 ? 7 : length <= 65535 ? 16 : 64)

  const bits = [
    frame.fin ? '1' : '0',
    frame.rsv1 ? '1' : '0',
    frame.rsv2 ? '1' : '0',
    frame.rsv3 ? '1' : '0',
    binary(frame.opcode, 4),
    frame.maskingKey === null ? '0' : '1',
    { 7: '', 16: binary(126, 7), 64: binary(127, 7) }[form] + binary(length, form),
    frame.maskingKey === null ? '' : binary(frame.maskingKey, 32),
  ].join('')

  const header: number[] = []
  for (let i = 0; i < bits.length; i += 8) header.push(Number.parseInt(bits.slice(i, i + 8), 2))

  const bytes = new Uint8Array(header.length + length)
  bytes.set(header, 0)
  bytes.set(frame.maskingKey === null ? frame.payload : referenceMask(frame.payload, frame.maskingKey), header.length)
  return bytes
}

/**
 * Masks and unmasks (5.3), into a new array: octet `start + i` is XORed with octet `(keyOffset + i) MOD 4` of the key
 * in network byte order, the octets outside of `start` to `end` stay as they are.
 */
export function referenceMask(
  data: readonly number[] | Uint8Array,
  maskingKey: number,
  keyOffset = 0,
  start = 0,
  end = data.length,
): Uint8Array {
  const keyOctets = [
    Math.floor(maskingKey / 2 ** 24) % 256,
    Math.floor(maskingKey / 2 ** 16) % 256,
    Math.floor(maskingKey / 2 ** 8) % 256,
    maskingKey % 256,
  ]
  const result = Uint8Array.from(data)
  for (let i = 0; start + i < end; i++) {
    const original = result[start + i] ?? 0
    const keyOctet = keyOctets[(keyOffset + i) % 4] ?? 0
    result[start + i] = original ^ keyOctet
  }
  return result
}

/** The lowest `width` bits of a non-negative integer. */
function binary(value: number, width: number): string {
  return value.toString(2).padStart(width, '0').slice(-width)
}
