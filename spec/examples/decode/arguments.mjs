/**
 * The command line: what it may say, and what is right where it is wrong.
 */
import { parseArgs } from 'node:util'

export const help = `Shows the WebSocket frames (RFC 6455) in captured bytes.

usage: websocket-frames [OPTION]... [FILE | - | BYTES]...
in a clone: npm run decode -- [OPTION]... [FILE | - | BYTES]...

What it reads, from files, from standard input (-, or when something is piped in) or as arguments:
  bytes                 raw, or as text in any form that parseBytes knows: hex, dumps of xxd, hexdump, od,
                        Wireshark and others, arrays, string literals, base64; an HTTP head in front is read
  packet captures       pcap and pcapng, through tshark: every WebSocket connection, both directions
  HAR                   of the network panel of a browser
  followed streams      of Wireshark and tshark (hex, raw, YAML, C arrays); messages printed by mitmproxy
  test vectors          of this project (fixtures/**/*.json)
Without arguments, at a terminal and in a clone of the project: its capture of a browser.

What the bytes are:
  --sender client|server    who sent them: a client must mask, a server must not; of two directions, show this one
  --permessage-deflate      it was negotiated (with context takeover)
  --extensions HEADER       what was negotiated, as in Sec-WebSocket-Extensions:
                            "permessage-deflate; client_no_context_takeover"
  --rsv1, --rsv2, --rsv3    some other extension uses the bit
  --opcode N                some extension defines this reserved opcode; may be repeated
  --max-payload-length N    of a data frame, in bytes (default: no limit)
  --max-message-length N    in bytes, inflated too (default: 268435456)
  --connection N            only this one of a capture; in a packet capture, as Wireshark numbers them (tcp.stream),
                            also one whose handshake is missing
  --vector ID               of test vectors: only this one

What is shown:
  --diagram                 the bits of each frame, as the RFC draws them
  --json                    everything, for other programs
  --full                    lines as long as they are, not fitted to the terminal
  --width N                 fitted to so many columns
  --color, --no-color       colours, whatever NO_COLOR, FORCE_COLOR and the terminal say
  --help, --version

Exit status: 0 if the verdict of every stream is "complete", 1 if one is "incomplete" (it ends inside a frame or
message) or "error" (it breaks a rule), 2 if something could not be read or there was nothing to decode.`

/** In bytes: a message may inflate to a thousand times its size. */
const DEFAULT_MAX_MESSAGE_LENGTH = 256 * 2 ** 20

/** @type {Exclude<Parameters<typeof parseArgs>[0], undefined>['options'] & {}} */
const FLAGS = {
  sender: { type: 'string' },
  'permessage-deflate': { type: 'boolean' },
  extensions: { type: 'string' },
  rsv1: { type: 'boolean' },
  rsv2: { type: 'boolean' },
  rsv3: { type: 'boolean' },
  opcode: { type: 'string', multiple: true },
  'max-payload-length': { type: 'string' },
  'max-message-length': { type: 'string' },
  connection: { type: 'string' },
  vector: { type: 'string' },
  diagram: { type: 'boolean' },
  json: { type: 'boolean' },
  full: { type: 'boolean' },
  width: { type: 'string' },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
}

/** A flag or a value that is wrong. */
export class UsageError extends Error {}

/**
 * @param {string[]} args
 * @throws {UsageError}
 */
export function readArguments(args) {
  const { tokens } = parseArgs({ args, options: FLAGS, strict: false, allowPositionals: true, tokens: true })
  /** @type {Map<string, string[]>} */
  const given = new Map()
  /** @type {string[]} */
  const positionals = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const flag = FLAGS[name]
    if (flag === undefined) throw new UsageError(`there is no ${rawName}${suggestion(name)}`)
    if (flag.type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value`)
    if (flag.type === 'string' && value === undefined) throw new UsageError(`${rawName} needs a value${exampleOf(name)}`)
    given.set(name, [...(given.get(name) ?? []), value ?? ''])
  }
  const has = (/** @type {string} */ name) => given.has(name)
  const valueOf = (/** @type {string} */ name) => given.get(name)?.at(-1)
  const sender = senderOf(valueOf('sender'))
  const opcodes = (given.get('opcode') ?? []).map((text) => {
    const opcode = Number(text)
    if ((opcode >= 3 && opcode <= 7) || (opcode >= 0xb && opcode <= 0xf)) return opcode
    throw new UsageError(`--opcode ${text}: the reserved opcodes are 0x3 to 0x7 and 0xb to 0xf`)
  })
  const maxPayloadLength = limitOf('max-payload-length', valueOf('max-payload-length'))
  return {
    positionals,
    sender,
    permessageDeflate: has('permessage-deflate'),
    extensions: valueOf('extensions') ?? null,
    connection: numberOf('connection', valueOf('connection'), 0),
    vector: valueOf('vector') ?? null,
    diagram: has('diagram'),
    json: has('json'),
    width: has('full') ? Infinity : numberOf('width', valueOf('width'), 40),
    color: has('no-color') ? false : has('color') ? true : null,
    help: has('help'),
    version: has('version'),
    inspectOptions: {
      extensions: {
        rsv1: has('rsv1'),
        rsv2: has('rsv2'),
        rsv3: has('rsv3'),
        opcodes,
        permessageDeflate: has('permessage-deflate'),
      },
      maxMessageLength: limitOf('max-message-length', valueOf('max-message-length')) ?? DEFAULT_MAX_MESSAGE_LENGTH,
      ...(maxPayloadLength !== null && { maxPayloadLength }),
    },
  }
}

/**
 * @param {string | undefined} text
 * @returns {import('./conversation.mjs').Sender | null}
 */
function senderOf(text) {
  if (text === undefined) return null
  if (text === 'client' || text === 'server') return text
  throw new UsageError(`--sender ${text}: it is client or server`)
}

/**
 * @param {string} name
 * @param {string | undefined} text
 * @param {number} least
 */
function numberOf(name, text, least) {
  if (text === undefined) return null
  const number = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= least) return number
  throw new UsageError(`--${name} ${text}: it is a whole number of at least ${least}`)
}

/**
 * @param {string} name
 * @param {string | undefined} text
 */
function limitOf(name, text) {
  return text === 'Infinity' ? Infinity : numberOf(name, text, 0)
}

/** @param {string} name */
function exampleOf(name) {
  /** @type {Record<string, string>} */
  const examples = { sender: 'client or server', extensions: '"permessage-deflate"', opcode: '0x3', connection: '0', width: '120' }
  return examples[name] === undefined ? '' : `: ${examples[name]}`
}

/**
 * A flag that begins alike or has most of the letters.
 *
 * @param {string} name
 */
function suggestion(name) {
  const pairsOf = (/** @type {string} */ text) =>
    new Set(Array.from({ length: text.length - 1 }, (_, index) => text.slice(index, index + 2)))
  const wanted = pairsOf(name)
  const scored = Object.keys(FLAGS).map((flag) => {
    const pairs = pairsOf(flag)
    const common = [...pairs].filter((pair) => wanted.has(pair)).length
    return { flag, score: flag.startsWith(name) ? 1 : (2 * common) / (pairs.size + wanted.size) }
  })
  const best = scored.reduce((one, other) => (other.score > one.score ? other : one))
  return best.score >= 0.4 ? `; did you mean --${best.flag}?` : '; --help lists the flags'
}
