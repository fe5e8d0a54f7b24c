/**
 * The messages that every peer sends and gets back, in three sets. Peers in other languages and in browsers load a set
 * over HTTP: an index of type, length and hash, and the data of all messages in a row.
 */
import { createCipheriv, createHash } from 'node:crypto'

/**
 * @typedef {'text' | 'binary'} Type
 * @typedef {{ type: Type, length: number, sha256: string }} Entry what is known of a message, length in bytes
 * @typedef {{ index: Entry[], data: Buffer }} Contents
 * @typedef {'lengths' | 'large' | 'many'} SetName
 */

const MIB = 2 ** 20

/** Where the form of the payload length changes, and where buffers of usual sizes end. */
const lengths = [...[0, 1, 2, 124, 125, 126, 127, 128, 255, 256, 4095, 4096, 4097], ...[32767, 32768, 65534, 65535, 65536, 65537, 131072]]

const planes = Array.from({ length: 17 }, (_, plane) => everyCharacterOf(plane))
const everyCharacter = Buffer.concat(planes)

/** @type {Record<SetName, Contents>} */
export const contents = {
  lengths: contentsOf([...lengths.flatMap((length) => [binary(randomBytes(length, length)), text(textOf(length))]), ...planes.map(text)]),
  large: contentsOf([binary(randomBytes(16 * MIB, 1)), text(textOf(0)), text(textOf(16 * MIB)), binary(randomBytes(1, 2))]),
  many: contentsOf(
    Array.from({ length: 10_000 }, (_, number) => {
      const data = Buffer.from(`${number} `.padEnd(number % 300, `${number} é你`))
      return number % 2 === 0 ? text(data) : binary(data)
    }),
  ),
}

/**
 * Bytes: no divisors of a usual buffer size, so that fragments end anywhere, also inside characters. Long messages get
 * long fragments, since some peers limit the number of them.
 *
 * @type {Record<SetName, number>}
 */
export const fragmentOf = { lengths: 1021, large: 65521, many: 101 }

/** @param {{ type: Type, data: Buffer }[]} messages */
function contentsOf(messages) {
  const index = messages.map(({ type, data }) => entryOf(type, data))
  return { index, data: Buffer.concat(messages.map(({ data }) => data)) }
}

/**
 * @param {Type} type
 * @param {Uint8Array} data
 * @returns {Entry}
 */
export function entryOf(type, data) {
  return { type, length: data.length, sha256: createHash('sha256').update(data).digest('hex') }
}

/** @param {Buffer} data */
function binary(data) {
  return { type: /** @type {const} */ ('binary'), data }
}

/** @param {Buffer} data */
function text(data) {
  return { type: /** @type {const} */ ('text'), data }
}

/**
 * The same bytes in every run, and none that DEFLATE could make shorter.
 *
 * @param {number} length
 * @param {number} seed
 */
export function randomBytes(length, seed) {
  const key = Buffer.alloc(16)
  key.writeUInt32BE(seed)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length))
}

/**
 * UTF-8 of exactly that many bytes, from U+0000 on.
 *
 * @param {number} length
 */
function textOf(length) {
  const data = Buffer.alloc(length, everyCharacter)
  // A character that is cut off at the end gives way to full stops.
  let end = length
  while (end > 0 && (data[end - 1] & 0xc0) === 0x80) end--
  if (end > 0 && data[end - 1] >= 0x80) data.fill('.', end - 1)
  return data
}

/**
 * All code points of a plane but the surrogates, which UTF-8 does not have.
 *
 * @param {number} plane
 */
function everyCharacterOf(plane) {
  const codePoints = Array.from({ length: 0x10000 }, (_, i) => plane * 0x10000 + i)
  const characters = codePoints.filter((code) => code < 0xd800 || code > 0xdfff)
  return Buffer.from(characters.map((code) => String.fromCodePoint(code)).join(''))
}
