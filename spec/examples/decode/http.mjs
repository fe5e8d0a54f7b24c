/**
 * HTTP heads in front of frames: those of the opening handshake (RFC 6455, section 4), read for the extensions.
 */

/** @typedef {import('./conversation.mjs').Sender} Sender */

/**
 * @typedef {object} Head
 * @property {Sender} sender a client sends the request, a server the response
 * @property {string} line the request line or the status line
 * @property {Map<string, string>} headers names in lower case; values of the same name are joined with commas
 */

/**
 * @typedef {object} Negotiated
 * @property {string} header the value of Sec-WebSocket-Extensions
 * @property {boolean} isOffer the client's offer is all we know: whether the server accepted it is unknown
 * @property {boolean} permessageDeflate
 * @property {Record<Sender, boolean>} contextTakeover whether the sender's messages may refer to its earlier messages
 * @property {string[]} others names of extensions that this tool does not know
 */

const FIRST_LINE = /^(?:(?<method>[A-Z]+) \S+ HTTP\/\d(?:\.\d)?|HTTP\/\d(?:\.\d)? (?<status>\d{3})(?: .*)?)$/
const HEADER_LINE = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/

/** The longest head that is looked for, in bytes. */
const MAX_HEAD_LENGTH = 256 * 1024

/**
 * Skips the heads in front of the frames.
 *
 * @param {Uint8Array} bytes
 * @returns {{ heads: Head[], rest: Uint8Array }}
 * @throws {Error} for a head without an end, and for a response that does not switch protocols
 */
export function splitHeads(bytes) {
  /** @type {Head[]} */
  const heads = []
  let rest = bytes
  for (;;) {
    const start = latin1(rest.subarray(0, 16))
    if (!/^(?:[A-Z]{3,10} |HTTP\/\d)/.test(start)) return { heads, rest }
    const text = latin1(rest.subarray(0, MAX_HEAD_LENGTH))
    const end = /\r?\n\r?\n/.exec(text)
    if (end === null) {
      if (FIRST_LINE.test(/^[^\r\n]*/.exec(text)?.[0] ?? ''))
        throw new Error('an HTTP head without the blank line that ends it; frames come after that')
      return { heads, rest }
    }
    const head = parseHead(text.slice(0, end.index).split(/\r?\n/))
    if (head === null) return { heads, rest }
    heads.push(head)
    rest = rest.subarray(end.index + end[0].length)
  }
}

/**
 * Takes the heads out of text: plain, with the `>` and `<` of curl in front of the lines, or in the comments of a hex file.
 *
 * @param {string} text
 * @returns {{ heads: Head[], rest: string }} the text without the heads that are not comments
 */
export function splitHeadsOfText(text) {
  /** @type {Head[]} */
  const heads = []
  /** @type {string[]} */
  const rest = []
  const lines = text.split(/\r?\n/)
  for (let i = 0; i < lines.length;) {
    const prefix = /^(?:(?:#|\/\/)[ \t]*)?(?:[<>][ \t]?)?/.exec(lines[i] ?? '')?.[0] ?? ''
    const contentOf = (/** @type {string | undefined} */ line) => (line?.startsWith(prefix) ? line.slice(prefix.length) : undefined)
    const first = contentOf(lines[i]) ?? ''
    let end = i + 1
    if (FIRST_LINE.test(first)) {
      while (HEADER_LINE.test(contentOf(lines[end]) ?? '')) end++
      const head = parseHead(lines.slice(i, end).map((line) => line.slice(prefix.length)))
      if (head !== null) heads.push(head)
      if (lines[end]?.trim() === prefix.trim() && prefix.trim() !== '') end++
    } else {
      rest.push(lines[i] ?? '')
    }
    i = end
  }
  return { heads, rest: rest.join('\n') }
}

/**
 * @param {string[]} lines
 * @returns {Head | null}
 */
function parseHead([line = '', ...headerLines]) {
  const first = FIRST_LINE.exec(line)
  if (first === null) return null
  /** @type {Map<string, string>} */
  const headers = new Map()
  for (const headerLine of headerLines) {
    const [, name = '', value = ''] = HEADER_LINE.exec(headerLine) ?? []
    const known = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`)
  }
  if (line.startsWith('PRI ')) throw new Error('this is HTTP/2: WebSockets inside it (RFC 8441) are not read')
  const status = first.groups?.['status']
  if (status !== undefined && status !== '101') throw new Error(`the server did not switch to WebSocket: it answered "${line}"`)
  return { sender: status === undefined ? 'client' : 'server', line, headers }
}

/**
 * What the handshake negotiated: what the response says; without a response, what the request offers.
 *
 * @param {Head[]} heads
 * @returns {Negotiated | null} null if there is no head
 */
export function negotiatedIn(heads) {
  const response = heads.find(({ sender }) => sender === 'server')
  const head = response ?? heads[0]
  if (head === undefined) return null
  return parseExtensions(head.headers.get('sec-websocket-extensions') ?? '', response === undefined)
}

/**
 * @param {string} header the value of Sec-WebSocket-Extensions (RFC 6455, section 9.1)
 * @param {boolean} [isOffer]
 * @returns {Negotiated}
 */
export function parseExtensions(header, isOffer = false) {
  const items = header.split(',').map((item) => item.split(';').map((part) => part.trim()))
  const named = items.filter(([name]) => name !== '')
  const deflate = named.find(([name]) => name?.toLowerCase() === 'permessage-deflate')
  const has = (/** @type {string} */ parameter) => !isOffer && deflate?.some((part) => part.toLowerCase() === parameter) === true
  return {
    header,
    isOffer,
    permessageDeflate: deflate !== undefined,
    contextTakeover: { client: !has('client_no_context_takeover'), server: !has('server_no_context_takeover') },
    others: [...new Set(named.map(([name = '']) => name).filter((name) => name.toLowerCase() !== 'permessage-deflate'))],
  }
}

/** @param {Uint8Array} bytes */
function latin1(bytes) {
  return new TextDecoder('latin1').decode(bytes)
}
