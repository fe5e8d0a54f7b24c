/**
 * Tells text from binary: UTF-8, UTF-16 as PowerShell writes it, with the colours of a terminal or without.
 */

/** Control Sequence Introducer and Operating System Command sequences of terminals (ECMA-48). */
const ESCAPE_SEQUENCES = /\u001b(?:\[[\d;:?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g

/**
 * No stream of frames is text: it would have to begin with a printable character, which as a first byte would set RSV bits or
 * leave the FIN bit of a control frame clear.
 *
 * @param {Uint8Array} data
 * @returns {string | null} null for binary
 */
export function textOf(data) {
  const text = decoded(data)?.replace(ESCAPE_SEQUENCES, '')
  return text === undefined || /[^\P{Cc}\t\r\n\f]/u.test(text) ? null : text
}

/** @param {Uint8Array} data */
function decoded(data) {
  for (const encoding of [utf16Of(data), 'utf-8']) {
    if (encoding === null) continue
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(data)
    } catch {
      // Then it may be in the other one.
    }
  }
  return undefined
}

/**
 * By the byte order mark; without one, by the zeros of ASCII text.
 *
 * @param {Uint8Array} data
 */
function utf16Of(data) {
  const [first, second] = data
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (data.length < 4 || data.length % 2 !== 0) return null
  const sample = data.subarray(0, 256)
  const isZero = (/** @type {0 | 1} */ parity) => sample.every((octet, index) => (index % 2 === parity ? octet === 0 : octet >= 0x09))
  return isZero(1) ? 'utf-16le' : isZero(0) ? 'utf-16be' : null
}
