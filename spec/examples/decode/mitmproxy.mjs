/**
 * What mitmproxy's mitmdump prints with --set flow_detail=3 or 4: messages of WebSockets, and the bytes of raw TCP.
 */
import { Opcode } from 'websocket-frames'
import { conversationOfChunks } from './chunks.mjs'
import { conversationOfMessages } from './messages.mjs'

const MESSAGE_LINE =
  /^(?:\[[\d:.]+\]\s*)?(?<client>\S+) (?<arrow>->|<-) (?<kind>WebSocket (?<type>text|binary) message|tcp) \k<arrow> (?<server>\S+)$/i
/** Ten digits and a space, or eight and two in later releases; then up to 16 bytes. */
const HEX_ROW = /^ {4}(?<offset>[\da-f]{8,10}) {1,2}(?<hex>(?:[\da-f]{2} {1,2}){1,16})/i

/**
 * @param {string} text
 * @returns {import('./conversation.mjs').Conversation[] | null} null if it is none
 */
export function readMitmproxy(text) {
  /** @type {Map<string, { isTcp: boolean, items: { sender: 'client' | 'server', type: string, lines: string[] }[] }>} */
  const connections = new Map()
  /** @type {string[]} */
  let lines = []
  for (const line of text.split(/\r?\n/)) {
    const found = MESSAGE_LINE.exec(line)?.groups
    if (found !== undefined) {
      const { client = '', server = '', arrow, type = '' } = found
      const title = `${client} and ${server}`
      const connection = connections.get(title) ?? { isTcp: found['kind'] === 'tcp', items: [] }
      connections.set(title, connection)
      lines = []
      connection.items.push({ sender: arrow === '->' ? 'client' : 'server', type: type.toLowerCase(), lines })
    } else if (line.startsWith('    ')) {
      lines.push(line)
    } else if (line.trim() !== '') {
      lines = []
    }
  }
  if (connections.size === 0) return null

  return [...connections].map(([title, { isTcp, items }], number) => {
    if (items.every((item) => item.lines.length === 0)) {
      throw new Error('mitmproxy printed no contents: run it with --set flow_detail=4')
    }
    if (isTcp) {
      const chunks = items.map(({ sender, lines: rows }) => ({
        peer: sender === 'client' ? 0 : 1,
        data: bytesOf(rows),
        time: null,
      }))
      return conversationOfChunks(title, chunks, { number })
    }
    const messages = items.map(({ sender, type, lines: rows }) => {
      const isText = type === 'text'
      return {
        sender,
        opcode: isText ? Opcode.Text : Opcode.Binary,
        payload: isText && !isDump(rows) ? textOf(rows) : bytesOf(rows),
        time: null,
      }
    })
    return conversationOfMessages(title, messages, { number })
  })
}

/** @param {string[]} lines */
function isDump(lines) {
  return lines.length > 0 && contentOf(lines).every((line) => HEX_ROW.test(line))
}

/**
 * The first line names the view, such as "Raw" or "Hexdump".
 *
 * @param {string[]} lines
 */
function contentOf(lines) {
  const rows = lines.filter((line) => line.trim() !== '')
  if (rows.some((line) => line.trim() === '(cut off)')) throw new Error('mitmproxy cut a message off: run it with --set flow_detail=4')
  return rows.filter((line, index) => index > 0 || HEX_ROW.test(line) || !/^ {4}(?:Hex(?:dump)?|Raw|JSON|\[.*\].*)$/i.test(line))
}

/** @param {string[]} lines */
function textOf(lines) {
  return contentOf(lines)
    .map((line) => line.slice(4))
    .join('\n')
}

/** @param {string[]} lines */
function bytesOf(lines) {
  const rows = contentOf(lines)
  if (!rows.every((line) => HEX_ROW.test(line))) return new TextEncoder().encode(textOf(lines))
  const hex = rows.flatMap((line) => HEX_ROW.exec(line)?.groups?.['hex']?.trim().split(/ +/) ?? [])
  return Uint8Array.from(hex, (octet) => Number.parseInt(octet, 16))
}
