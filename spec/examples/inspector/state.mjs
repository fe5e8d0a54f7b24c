/**
 * What the page shows, as the fragment of its address or as a file.
 */
import { bytesOfBase64, concat } from '../decode/conversation.mjs'

/** The longest fragment, in characters. */
export const MAX_FRAGMENT = 64 * 1024

/** Inflated, in characters: a fragment comes from somebody else. */
const MAX_STATE = 16 * 2 ** 20

/** What a saved file says that it is. */
const KIND = 'websocket-frames inspector'

/**
 * @typedef {object} State
 * @property {string} title
 * @property {string | null} text one of the two is null
 * @property {Uint8Array | null} data
 * @property {import('./worker.mjs').Options} options
 * @property {number} conversation
 * @property {number} row
 */

/** @param {State} state */
export function asJson({ data, ...state }) {
  const base64 = data === null ? null : (encoded.get(data) ?? base64Of(data))
  if (data !== null && base64 !== null) encoded.set(data, base64)
  return JSON.stringify({ kind: KIND, version: 1, ...state, data: base64 })
}

/** The data stay the same while one frame after another is looked at. */
const encoded = new WeakMap()

/**
 * @param {string} json
 * @returns {State | null} null if it is something else
 */
export function fromJson(json) {
  /** @type {unknown} */
  let value
  try {
    value = JSON.parse(json)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Reflect.get(value, 'kind') !== KIND) return null
  const { title = '', text = null, data = null, options = {}, conversation = 0, row = 0 } = Object(value)
  return {
    title: String(title),
    text: text === null ? null : String(text),
    data: data === null ? null : bytesOfBase64(String(data)),
    options: optionsOf(options),
    conversation: Number(conversation) || 0,
    row: Number(row) || 0,
  }
}

/** @type {import('./worker.mjs').Options} */
export const defaultOptions = {
  sender: 'auto',
  deflate: 'auto',
  extensions: '',
  rsv1: false,
  rsv2: false,
  rsv3: false,
  opcodes: [],
  maxPayloadLength: null,
  maxMessageLength: null,
}

/**
 * @param {Record<string, unknown>} given
 * @returns {import('./worker.mjs').Options} whatever somebody has written into the address
 */
function optionsOf(given) {
  const limit = (/** @type {unknown} */ value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null)
  const { sender, deflate, extensions, opcodes } = given
  return {
    sender: sender === 'client' || sender === 'server' || sender === 'unknown' ? sender : 'auto',
    deflate: deflate === 'on' || deflate === 'off' ? deflate : 'auto',
    extensions: typeof extensions === 'string' ? extensions : '',
    rsv1: given['rsv1'] === true,
    rsv2: given['rsv2'] === true,
    rsv3: given['rsv3'] === true,
    opcodes: Array.isArray(opcodes) ? opcodes.filter((opcode) => (opcode >= 3 && opcode <= 7) || (opcode >= 0xb && opcode <= 0xf)) : [],
    maxPayloadLength: limit(given['maxPayloadLength']),
    maxMessageLength: limit(given['maxMessageLength']),
  }
}

/**
 * @param {State} state
 * @returns {Promise<string | null>} null if it is too long for an address
 */
export async function toFragment(state) {
  const compressed = await through(new TextEncoder().encode(asJson(state)), new CompressionStream('deflate-raw'), Infinity)
  const fragment = `#s=${base64Of(compressed).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`
  return fragment.length > MAX_FRAGMENT ? null : fragment
}

/**
 * @param {string} fragment
 * @returns {Promise<State | null>} null if there is none
 * @throws {Error} if there is one that cannot be read
 */
export async function fromFragment(fragment) {
  const [, encoded] = /^#s=([\w-]+)$/.exec(fragment) ?? []
  if (encoded === undefined) return null
  try {
    const bytes = bytesOfBase64(encoded.replaceAll('-', '+').replaceAll('_', '/'))
    const json = await through(bytes, new DecompressionStream('deflate-raw'), MAX_STATE)
    return fromJson(new TextDecoder().decode(json))
  } catch (error) {
    throw new Error('the link is damaged: what comes after # cannot be read', { cause: error })
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {CompressionStream | DecompressionStream} transform
 * @param {number} maxLength
 */
async function through(bytes, transform, maxLength) {
  const reader = new Blob([bytes.slice()]).stream().pipeThrough(transform).getReader()
  /** @type {Uint8Array[]} */
  const parts = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return concat(parts)
    parts.push(value)
    length += value.length
    if (length > maxLength) throw new Error('too long')
  }
}

/** @param {Uint8Array} bytes */
function base64Of(bytes) {
  let text = ''
  // As many arguments as every engine takes.
  for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192))
  return btoa(text)
}
