/**
 * Which bits of a frame are which field (RFC 6455, section 5.2).
 */

/** @typedef {'fin' | 'rsv' | 'opcode' | 'mask' | 'length' | 'extended' | 'key' | 'payload'} FieldKind */
/** @typedef {{ kind: FieldKind, name: string, short: string, start: number, end: number }} Field `start` and `end` in bits of the frame */

/**
 * Read from the bytes alone, so that it holds for a frame that is cut off too.
 *
 * @param {Uint8Array} bytes
 * @param {number} offset where the frame begins
 */
export function layoutAt(bytes, offset) {
  const second = bytes[offset + 1] ?? 0
  const lengthField = second & 0x7f
  const extended = lengthField === 126 ? 2 : lengthField === 127 ? 8 : 0
  const isMasked = second >= 0x80
  return { extended, isMasked, headerLength: 2 + extended + (isMasked ? 4 : 0) }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} offset where the frame begins
 * @param {number} end where it ends
 * @returns {Field[]} in order; those that the frame has not are left out
 */
export function fieldsOf(bytes, offset, end) {
  const { extended, isMasked, headerLength } = layoutAt(bytes, offset)
  /** @type {[FieldKind, string, string, number][]} */
  const ends = [
    ['fin', 'FIN', 'FIN', 1],
    ['rsv', 'RSV1', 'RSV1', 2],
    ['rsv', 'RSV2', 'RSV2', 3],
    ['rsv', 'RSV3', 'RSV3', 4],
    ['opcode', 'opcode', 'opcode', 8],
    ['mask', 'MASK', 'MASK', 9],
    ['length', 'Payload len', 'len', 16],
    ['extended', 'Extended payload length', 'length', (2 + extended) * 8],
    ['key', 'Masking-key', 'key', (isMasked ? headerLength : 2 + extended) * 8],
    ['payload', 'Payload Data', 'data', (end - offset) * 8],
  ]
  let start = 0
  return ends.flatMap(([kind, name, short, endBit]) => {
    const field = { kind, name, short, start, end: Math.min(endBit, (end - offset) * 8) }
    start = Math.max(start, field.end)
    return field.end > field.start ? [field] : []
  })
}

/**
 * The field of each of the two hex digits of a byte.
 *
 * @param {Uint8Array} bytes
 * @param {number} offset where the frame begins
 * @param {number} at the byte
 * @returns {[FieldKind, FieldKind]}
 */
export function kindsAt(bytes, offset, at) {
  const position = at - offset
  if (position === 0) return ['fin', 'opcode']
  if (position === 1) return ['mask', 'length']
  const { extended, headerLength } = layoutAt(bytes, offset)
  const kind = position < 2 + extended ? 'extended' : position < headerLength ? 'key' : 'payload'
  return [kind, kind]
}

/** @type {Record<FieldKind, string>} */
export const FIELD_NAMES = {
  fin: 'FIN',
  rsv: 'RSV1-3',
  opcode: 'opcode',
  mask: 'MASK',
  length: 'payload length',
  extended: 'extended payload length',
  key: 'masking key',
  payload: 'payload',
}
