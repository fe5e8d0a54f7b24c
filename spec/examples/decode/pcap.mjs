/**
 * Packet captures, read by tshark, which puts the segments of TCP connections together.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFollow } from './follow.mjs'

/** @typedef {import('./conversation.mjs').Conversation} Conversation */

/** The first bytes of pcap in both byte orders, with microseconds or nanoseconds, and of pcapng. */
const MAGIC = ['a1b2c3d4', 'd4c3b2a1', 'a1b23c4d', '4d3cb2a1', '0a0d0d0a']

const PLACES = ['tshark', '/Applications/Wireshark.app/Contents/MacOS/tshark', 'C:\\Program Files\\Wireshark\\tshark.exe']

const MISSING = `reading a packet capture needs tshark, which comes with Wireshark:
  Debian, Ubuntu   apt-get install tshark
  Fedora           dnf install wireshark-cli
  macOS            brew install wireshark
  Windows          the installer of Wireshark`

/** Segments out of order are brought into order before anything looks at them. */
const PREFERENCES = ['-o', 'tcp.reassemble_out_of_order:TRUE', '-o', 'tcp.desegment_tcp_streams:TRUE']

/** In bytes: what tshark may print of a capture. */
const MAX_OUTPUT = 2 ** 30

/** @param {Uint8Array} data */
export function isCapture(data) {
  return MAGIC.includes(Buffer.from(data.subarray(0, 4)).toString('hex'))
}

/**
 * @param {string} title
 * @param {Uint8Array} data
 * @param {number | null} connection as Wireshark numbers TCP connections (tcp.stream); null for all that are WebSockets
 * @returns {Conversation[]}
 * @throws {Error} if there is no tshark, or no WebSocket in the capture
 */
export function readCapture(title, data, connection) {
  const found = connectionsIn(data)
  const numbers = connection === null ? [...found.keys()] : [connection]
  if (numbers.length === 0) throw new Error(nothingFound(data))
  const flows = numbers.map((number) => ['-z', `follow,${found.get(number) ?? 'tcp'},yaml,${number}`])
  const printed = tshark(data, ['-q', ...flows.flat()])
  const conversations = readFollow(printed) ?? []
  return numbers.map((number, index) => {
    const conversation = conversations[index]
    if (conversation === undefined || conversation.streams.length === 0) {
      throw new Error(`no connection ${number} with data in the capture; ${found.size === 0 ? 'no WebSocket was found either' : `WebSockets are ${[...found.keys()].join(', ')}`}`)
    }
    return { ...conversation, number, title: `${title}, connection ${number}: ${conversation.title}` }
  })
}

/**
 * The connections that are WebSockets, and the layer that their bytes are to be taken from.
 *
 * @param {Uint8Array} data
 * @returns {Map<number, 'tcp' | 'tls'>}
 */
function connectionsIn(data) {
  const filter = 'websocket or (http.upgrade matches "(?i)websocket") or (tcp.payload matches "(?i)\\r\\nupgrade:[ \\t]*websocket")'
  const lines = tshark(data, ['-2', '-Y', filter, '-T', 'fields', '-e', 'tcp.stream', '-e', 'frame.protocols'])
  /** @type {Map<number, 'tcp' | 'tls'>} */
  const found = new Map()
  for (const line of lines.split('\n')) {
    const [streams = '', protocols = ''] = line.split('\t')
    if (streams === '') continue
    const number = Number(streams.split(',')[0])
    if (protocols.split(':').includes('tls') || !found.has(number)) found.set(number, protocols.split(':').includes('tls') ? 'tls' : 'tcp')
  }
  return new Map([...found].sort(([one], [other]) => one - other))
}

/** @param {Uint8Array} data */
function nothingFound(data) {
  const lines = tshark(data, ['-T', 'fields', '-e', 'tcp.stream', '-e', 'ip.src', '-e', 'ipv6.src', '-e', 'tcp.srcport', '-e', 'ip.dst', '-e', 'ipv6.dst', '-e', 'tcp.dstport', '-e', 'tls.record.version'])
  /** @type {Map<string, string>} */
  const connections = new Map()
  let hasTls = false
  for (const line of lines.split('\n')) {
    const [number = '', ip4 = '', ip6 = '', port = '', toIp4 = '', toIp6 = '', toPort = '', tls = ''] = line.split('\t')
    if (tls !== '') hasTls = true
    if (number !== '' && !connections.has(number)) connections.set(number, `${ip4 || ip6} port ${port}, ${toIp4 || toIp6} port ${toPort}`)
  }
  const listed = [...connections].slice(0, 20).map(([number, ends]) => `  ${number}: ${ends}`)
  return [
    'no WebSocket in the capture: no opening handshake was seen',
    ...(hasTls ? ['it has TLS: with the keys put in (editcap --inject-secrets tls,KEYLOGFILE IN OUT), tshark decrypts it'] : []),
    ...(listed.length > 0 ? ['a connection without a handshake is read with --connection N:', ...listed] : ['it has no TCP connection']),
  ].join('\n')
}

/**
 * @param {Uint8Array} data
 * @param {string[]} args
 */
function tshark(data, args) {
  const command = PLACES.find((place, index) => index === 0 ? spawnSync(place, ['--version'], { stdio: 'ignore' }).status === 0 : existsSync(place))
  if (command === undefined) throw new Error(MISSING)
  const { status, stdout, stderr, error } = spawnSync(command, ['-n', '-r', '-', ...PREFERENCES, ...args], {
    input: data,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT,
  })
  if (error !== undefined) throw new Error(`tshark: ${error.message}`)
  const complaints = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user'))
  if (status !== 0) throw new Error(`tshark: ${complaints.join('; ')}`)
  return stdout
}
