/**
 * What Wireshark and tshark print of a followed TCP or TLS stream: hex, raw and YAML, and the arrays of C that Wireshark saves.
 */
import { bytesOfBase64 } from './conversation.mjs'
import { conversationOfChunks } from './chunks.mjs'

/** @typedef {import('./chunks.mjs').Chunk} Chunk */

const RULER = /^={40,}$/
const HEX_ROW = /^(\t| {4})?([\da-f]{8})  ((?:[\da-f]{2} {1,2}){1,16})/i

/**
 * @param {string} text
 * @returns {import('./conversation.mjs').Conversation[] | null} null if it is none of these
 * @throws {Error} for the forms that have lost bytes
 */
export function readFollow(text) {
  if (/^peers:$/m.test(text) && /^packets:/m.test(text)) {
    return followedYaml(text).map(({ peers, chunks }) => conversationOfChunks(peers.map(({ name }) => name).join(' and '), chunks))
  }
  if (/^(?:unsigned )?char peer[01]_\d+\[\]/m.test(text)) return [conversationOfChunks('followed stream', chunksOfArrays(text))]
  if (!/^Follow: \w+,[\w-]+$/m.test(text)) return null
  return text
    .split(RULER_BETWEEN)
    .filter((part) => /^Follow: /m.test(part))
    .map((part) => {
      const [, layer = '', mode = ''] = /^Follow: (\w+),([\w-]+)/m.exec(part) ?? []
      const [, peers = ''] = /^Filter: (.*)$/m.exec(part) ?? []
      const lines = part.split('\n').filter((line) => !/^(?:Follow|Filter|Node [01]): /.test(line) && !RULER.test(line))
      if (mode !== 'hex' && mode !== 'raw') {
        throw new Error(`"follow" in the form ${mode} has lost the bytes that are no text; hex has not: tshark -q -z follow,${layer},hex,N`)
      }
      return conversationOfChunks(`followed stream, ${peers}`, mode === 'raw' ? chunksOfRaw(lines) : chunksOfHex(lines))
    })
}

/** Two rules in a row stand between streams, one before the first and one after the last. */
const RULER_BETWEEN = /^={40,}\n(?=={40,}$)/m

/** @param {string[]} lines */
function chunksOfRaw(lines) {
  return lines.flatMap((line) => {
    const hex = line.trim()
    if (hex === '') return []
    if (!/^(?:[\da-f]{2})+$/i.test(hex)) throw new Error(`a followed stream in raw form has a line that is not hex: ${hex.slice(0, 40)}`)
    return [chunk(line.startsWith('\t') ? 1 : 0, hex)]
  })
}

/** @param {string[]} lines */
function chunksOfHex(lines) {
  /** @type {Chunk[]} */
  const chunks = []
  const lengths = [0, 0]
  for (const line of lines) {
    if (line.trim() === '') continue
    const [, indent, offset = '', hex = ''] = HEX_ROW.exec(line) ?? []
    const peer = indent === undefined ? 0 : 1
    if (Number.parseInt(offset, 16) !== lengths[peer])
      throw new Error(`a followed stream lacks rows before this one: ${line.trim().slice(0, 40)}`)
    const row = chunk(peer, hex.replaceAll(' ', ''))
    lengths[peer] = (lengths[peer] ?? 0) + row.data.length
    chunks.push(row)
  }
  return chunks
}

/** @param {string} text */
function chunksOfArrays(text) {
  return [...text.matchAll(/char peer([01])_\d+\[\][^{]*\{([^}]*)\}/g)].map(([, peer, body = '']) => {
    const octets = body.replace(/\/\*.*?\*\//g, '').match(/0x[\da-f]{2}/gi) ?? []
    return chunk(Number(peer), octets.map((octet) => octet.slice(2)).join(''))
  })
}

/**
 * @param {string} text
 * @returns {{ peers: { name: string, port: string }[], firstPacket: number, chunks: Chunk[] }[]} one for each stream
 */
export function followedYaml(text) {
  return text
    .split(/^(?=peers:$)/m)
    .filter((part) => part.startsWith('peers:'))
    .map((part) => {
      const peers = [...part.matchAll(/^ {2}- peer: \d+\s+host: (\S+)\s+port: (\d+)/gm)].map(([, host = '', port = '']) => {
        return { name: `${host.includes(':') ? `[${host}]` : host}:${port}`, port }
      })
      const [head = '', ...packets] = part.split(/^ {2}- packet: /m)
      return { peers, firstPacket: Number.parseInt(packets[0] ?? head, 10), chunks: chunksOfPackets(packets) }
    })
}

/** @param {string[]} packets */
function chunksOfPackets(packets) {
  return packets.map((packet) => {
    const [, peer = '0'] = /^ {4}peer: ([01])/m.exec(packet) ?? []
    const [, timestamp] = /^ {4}timestamp: ([\d.]+)/m.exec(packet) ?? []
    const [, base64 = ''] = /^ {4}data: !!binary \|\n((?: {6,}\S+\n?)*)/m.exec(packet) ?? []
    return { peer: Number(peer), data: bytesOfBase64(base64), time: timestamp === undefined ? null : Number(timestamp) }
  })
}

/**
 * @param {number} peer
 * @param {string} hex
 * @returns {Chunk}
 */
function chunk(peer, hex) {
  const data = Uint8Array.from(hex.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16))
  return { peer, data, time: null }
}
