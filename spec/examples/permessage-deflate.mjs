/**
 * The negotiation of permessage-deflate (RFC 7692, section 7.1), for clients and servers. Who compresses and inflates then is
 * `recipes/deflate.mjs` and `recipes/inflate.mjs`.
 */

/**
 * What an endpoint asks for, by the names of RFC 7692. Nothing: both take over their contexts, with the largest windows.
 *
 * @typedef {object} DeflateOptions
 * @property {boolean} [server_no_context_takeover]
 * @property {boolean} [client_no_context_takeover]
 * @property {number} [server_max_window_bits] 8 to 15; 9 to 15 in a server
 * @property {number} [client_max_window_bits] 8 to 15; 9 to 15 in a client
 */

/**
 * @typedef {{ contextTakeover: boolean, windowBits: number }} Direction what is agreed on the messages of one end
 * @typedef {{ client: Direction, server: Direction }} Agreement
 * @typedef {Map<string, string>} Parameters those of one offer or answer; a parameter without a value has the empty one
 */

const NAME = 'permessage-deflate'
const MAX_WINDOW_BITS = 15

/** The smallest window that zlib deflates with. Asked for 8 bits, it takes 9 and says nothing. */
const MIN_WINDOW_BITS = 9

const noContextTakeover = /^(server|client)_no_context_takeover$/
const maxWindowBits = /^(server|client)_max_window_bits=("?)([89]|1[0-5])\2$/

/**
 * The client's offer: the value of the header Sec-WebSocket-Extensions.
 *
 * @param {DeflateOptions} wanted
 */
export function offerDeflate(wanted) {
  const { client_max_window_bits: clientBits = '' } = wanted
  if (Number(clientBits || MAX_WINDOW_BITS) < MIN_WINDOW_BITS) throw new RangeError('client_max_window_bits must be 9 to 15')
  // Always offered: a server may be short of memory.
  return format(new Map([...parametersOf(wanted), ['client_max_window_bits', String(clientBits)]]))
}

/**
 * The server's answer to the first offer that it can meet; null if there is none.
 *
 * @param {string} header the client's Sec-WebSocket-Extensions
 * @param {DeflateOptions} wanted
 * @returns {{ answer: string, agreement: Agreement } | null}
 */
export function acceptDeflate(header, wanted) {
  for (const offered of listOf(header).map((offer) => parse(offer, true))) {
    if (offered === null) continue
    const answer = parametersOf(wanted)
    for (const name of ['server_no_context_takeover', 'client_no_context_takeover']) {
      if (offered.has(name)) answer.set(name, '')
    }
    const serverBits = Math.min(bitsOf(offered, 'server_max_window_bits'), bitsOf(answer, 'server_max_window_bits'))
    if (serverBits < MIN_WINDOW_BITS) continue
    if (serverBits < MAX_WINDOW_BITS || offered.has('server_max_window_bits')) answer.set('server_max_window_bits', String(serverBits))

    // Who has not offered that their window can be limited would fail the connection.
    const clientBits = Math.min(bitsOf(offered, 'client_max_window_bits'), bitsOf(answer, 'client_max_window_bits'))
    answer.delete('client_max_window_bits')
    if (offered.has('client_max_window_bits') && clientBits < MAX_WINDOW_BITS) answer.set('client_max_window_bits', String(clientBits))
    return { answer: format(answer), agreement: agreementOf(answer) }
  }
  return null
}

/**
 * What the client makes of the server's answer; null if it is no answer to its offer, or none that the client can meet.
 *
 * @param {string} header the server's Sec-WebSocket-Extensions
 * @param {DeflateOptions} wanted as offered
 * @returns {Agreement | null}
 */
export function agreeDeflate(header, wanted) {
  const offered = parametersOf(wanted)
  const answer = parse(header, false)
  if (answer === null) return null
  if (offered.has('server_no_context_takeover') && !answer.has('server_no_context_takeover')) return null
  if (bitsOf(answer, 'server_max_window_bits') > bitsOf(offered, 'server_max_window_bits')) return null
  const limit = bitsOf(offered, 'client_max_window_bits')
  const clientBits = answer.has('client_max_window_bits') ? bitsOf(answer, 'client_max_window_bits') : limit
  if (clientBits > limit || clientBits < MIN_WINDOW_BITS) return null
  // What the client has said of itself holds, whether the server repeats it or not.
  if (offered.has('client_no_context_takeover')) answer.set('client_no_context_takeover', '')
  return agreementOf(answer.set('client_max_window_bits', String(clientBits)))
}

/**
 * @param {DeflateOptions} options
 * @returns {Parameters}
 */
function parametersOf(options) {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== false)
  return new Map(given.map(([name, value]) => [name, value === true ? '' : String(value)]))
}

/**
 * @param {Parameters} answer
 * @returns {Agreement}
 */
function agreementOf(answer) {
  const directionOf = (/** @type {'client' | 'server'} */ end) => ({
    contextTakeover: !answer.has(`${end}_no_context_takeover`),
    windowBits: bitsOf(answer, `${end}_max_window_bits`),
  })
  return { client: directionOf('client'), server: directionOf('server') }
}

/**
 * @param {Parameters} parameters
 * @param {string} name
 */
function bitsOf(parameters, name) {
  return Number(parameters.get(name) || MAX_WINDOW_BITS)
}

/** @param {Parameters} parameters */
function format(parameters) {
  return [NAME, ...Array.from(parameters, ([name, value]) => (value === '' ? name : `${name}=${value}`))].join('; ')
}

/**
 * @param {string} extension
 * @param {boolean} isOffer
 * @returns {Parameters | null} null if it is not permessage-deflate, or not as it must be
 */
function parse(extension, isOffer) {
  const [name, ...rest] = extension.split(';').map((part) => part.trim().replace(/\s*=\s*/, '='))
  /** @type {Parameters} */
  const parameters = new Map()
  for (const part of rest) {
    const [parameter = ''] = part.split('=')
    const bits = maxWindowBits.exec(part)?.[3]
    // In an offer it needs no value.
    const isFlag = noContextTakeover.test(part) || (isOffer && part === 'client_max_window_bits')
    if (parameters.has(parameter) || (bits === undefined && !isFlag)) return null
    parameters.set(parameter, bits ?? '')
  }
  return name === NAME ? parameters : null
}

/** @param {string} header */
function listOf(header) {
  return header.split(',').map((item) => item.trim())
}
