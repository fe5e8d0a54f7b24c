/**
 * Packet captures, read by tshark, which puts the segments of TCP connections together.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conversationOfChunks } from './chunks.mjs'
import { followedYaml } from './follow.mjs'

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
  // tshark reads a pipe only once and no socket, which is what its standard input would be.
  const temporary = mkdtempSync(join(tmpdir(), 'websocket-frames-'))
  try {
    const path = join(temporary, 'capture')
    writeFileSync(path, data)
    return readCaptureFile(title, path, connection)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/**
 * @param {string} title
 * @param {string} path
 * @param {number | null} connection
 * @returns {Conversation[]}
 */
function readCaptureFile(title, path, connection) {
  const found = connectionsIn(path)
  const numbers = connection === null ? [...found.keys()] : [connection]
  if (numbers.length === 0) throw new Error(nothingFound(path))
  const flows = numbers.map((number) => ['-z', `follow,${found.get(number) ?? 'tcp'},yaml,${number}`])
  // They come in an order of tshark's own.
  const followed = followedYaml(tshark(path, ['-q', ...flows.flat()]))
  const { connectionOf, ends } = packetsIn(path)
  return numbers.map((number) => {
    const stream = followed.find(({ firstPacket }) => connectionOf.get(firstPacket) === number)
    if (stream === undefined) {
      const others = found.size === 0 ? 'no WebSocket was found either' : `the WebSockets are ${[...found.keys()].join(', ')}`
      throw new Error(`no connection ${number} with data in the capture; ${others}`)
    }
    const { peers, chunks } = stream
    const name = `${title}, connection ${number}: ${peers.map((peer) => peer.name).join(' and ')}`
    const conversation = conversationOfChunks(name, chunks, { number })
    if (conversation.isCut || found.get(number) === 'tls') return conversation
    const lost = peers.map(({ port }, peer) => {
      const length = chunks.reduce((sum, chunk) => (chunk.peer === peer ? sum + chunk.data.length : sum), 0)
      return (ends.get(`${number} ${port}`) ?? 0) - length
    })
    const notes = peers.flatMap((peer, index) => {
      return (lost[index] ?? 0) > 0 ? [`the capture lacks a segment from ${peer.name}: its last ${lost[index]} bytes cannot be read`] : []
    })
    return { ...conversation, notes, isCut: notes.length > 0 }
  })
}

/**
 * @param {string} path
 * @returns {{ connectionOf: Map<number, number>, ends: Map<string, number> }} the connection of each packet with data, and
 *   how many bytes each side has sent, by connection and port
 */
function packetsIn(path) {
  const fields = ['frame.number', 'tcp.stream', 'tcp.srcport', 'tcp.seq', 'tcp.len']
  const lines = tshark(path, ['-Y', 'tcp.len > 0', '-T', 'fields', ...fields.flatMap((field) => ['-e', field])])
  /** @type {Map<number, number>} */
  const connectionOf = new Map()
  /** @type {Map<string, number>} */
  const ends = new Map()
  for (const line of lines.split('\n')) {
    const [packet, connection, port, sequence, length] = line.split('\t')
    if (packet === undefined || connection === undefined) continue
    connectionOf.set(Number(packet), Number(connection))
    const key = `${connection} ${port}`
    // The SYN counts as one.
    ends.set(key, Math.max(ends.get(key) ?? 0, Number(sequence) + Number(length) - 1))
  }
  return { connectionOf, ends }
}

/**
 * The connections that are WebSockets, and the layer that their bytes are to be taken from.
 *
 * @param {string} path
 * @returns {Map<number, 'tcp' | 'tls'>}
 */
function connectionsIn(path) {
  const filter = 'websocket or (http.upgrade matches "(?i)websocket") or (tcp.payload matches "(?i)\\r\\nupgrade:[ \\t]*websocket")'
  const lines = tshark(path, ['-2', '-Y', filter, '-T', 'fields', '-e', 'tcp.stream', '-e', 'frame.protocols'])
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

/** @param {string} path */
function nothingFound(path) {
  const lines = tshark(path, [
    '-T',
    'fields',
    '-e',
    'tcp.stream',
    '-e',
    'ip.src',
    '-e',
    'ipv6.src',
    '-e',
    'tcp.srcport',
    '-e',
    'ip.dst',
    '-e',
    'ipv6.dst',
    '-e',
    'tcp.dstport',
    '-e',
    'tls.record.version',
  ])
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
 * @param {string} path
 * @param {string[]} args
 */
function tshark(path, args) {
  const command = PLACES.find((place, index) =>
    index === 0 ? spawnSync(place, ['--version'], { stdio: 'ignore' }).status === 0 : existsSync(place),
  )
  if (command === undefined) throw new Error(MISSING)
  const { status, stdout, stderr, error } = spawnSync(command, ['-n', '-r', path, ...PREFERENCES, ...args], {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT,
  })
  if (error !== undefined) throw new Error(`tshark: ${error.message}`)
  const complaints = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user'))
  // A capture that is cut off in the middle of a packet gives status 2, and all packets before.
  if (status !== 0 && stdout === '') throw new Error(`tshark: ${complaints.join('; ')}`)
  return stdout
}
