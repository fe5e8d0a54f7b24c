/**
 * A parser of frames and messages, to test consume.mjs with. BUG in the environment plants a bug, WITHOUT removes one of the
 * supported names.
 */
import { inflateRawSync } from 'node:zlib'

const { BUG, WITHOUT } = process.env

export const SUPPORTS = new Set([
  ...['prompt', 'unknown-sender', 'messages', 'payload-limit', 'message-limit', 'limit-0', '64-bit-lengths', 'many-fragments'],
  ...['extensions', 'permessage-deflate', 'context-takeover', 'window-15', 'bfinal'],
])
SUPPORTS.delete(WITHOUT)

class Violation extends Error {
  constructor(closeCode = 1002) {
    super(`close code ${closeCode}`)
    this.closeCode = closeCode
  }
}

const failIf = (isWrong, closeCode) => {
  if (isWrong) throw new Violation(closeCode)
}

/** What of these bytes is the beginning of a character, and -1 if they are no UTF-8. */
function unfinished(bytes) {
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i]
    const more = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1
    if (more < 0) return -1
    const low = { 0xe0: 0xa0, 0xf0: 0x90 }[lead] ?? 0x80
    const high = { 0xed: 0x9f, 0xf4: 0x8f }[lead] ?? 0xbf
    for (let k = 1; k <= more; k++) {
      if (i + k === bytes.length) return bytes.length - i
      const octet = bytes[i + k]
      if (octet < (k === 1 ? low : 0x80) || octet > (k === 1 ? high : 0xbf)) return -1
    }
    i += more + 1
  }
  return 0
}

function isCloseCode(code) {
  if (BUG === 'close-codes') return code >= 1000
  const last = BUG === 'other-verdicts' ? 1011 : 1014
  return (code >= 1000 && code <= last && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
}

export class Parser {
  frames = WITHOUT === 'frames' ? undefined : []
  messages = WITHOUT === 'messages' ? undefined : []
  #head = []
  #payload = []
  #size = 0
  #length = null
  #closed = false
  #opcode = null
  #compressed = false
  #parts = []
  #total = 0
  #tail = Buffer.alloc(0)
  #window = Buffer.alloc(0)

  constructor({ sender, extensions = {}, maxPayloadLength = 2 ** 24, maxMessageLength = 2 ** 26 }) {
    Object.assign(this, { sender, extensions, maxPayloadLength, maxMessageLength })
  }

  get insideFrame() {
    return this.#head.length > 0
  }

  feed(chunk) {
    for (let i = 0; i < chunk.length && !this.#closed;) {
      if (this.#length === null) {
        this.#head.push(chunk[i++])
        this.#header()
      } else {
        const piece = Buffer.from(chunk.subarray(i, i + this.#length - this.#size))
        i += piece.length
        this.#take(piece)
      }
      if (this.#length !== null && this.#size === this.#length) this.#frame()
    }
  }

  #header() {
    const [first, second] = this.#head
    const size = this.#head.length
    const opcode = first & 15
    const isControl = opcode > 7
    const { permessageDeflate, rsv1, rsv2, rsv3, opcodes = [] } = this.extensions
    const isKnown = [0, 1, 2, 8, 9, 10, ...opcodes].includes(opcode)
    if (size === 1) {
      const starts = opcode === 1 || opcode === 2 || (isControl && BUG === 'rsv1-on-control')
      const allowed = (rsv1 || (permessageDeflate && starts) ? 64 : 0) | (rsv2 ? 32 : 0) | (rsv3 ? 16 : 0)
      failIf(first & 0x70 & ~allowed)
      failIf(!isKnown && BUG !== 'late')
      failIf(isControl ? first < 128 : (opcode === 0) !== (this.#opcode !== null))
      return
    }
    const isMasked = second > 127
    let length = second & 127
    if (size === 2) {
      failIf(!isKnown)
      failIf(isControl && length > 125)
      failIf(this.sender === (isMasked ? 'server' : 'client'))
      failIf(opcode === 8 && length === 1)
    }
    const extra = length === 126 ? 2 : length === 127 ? 8 : 0
    const field = Buffer.from(this.#head.slice(2, 2 + extra))
    failIf(extra === 8 && size > 2 && field[0] > 127)
    failIf(extra === 8 && size >= 8 && field.readUIntBE(0, 6) === 0 && BUG !== 'not-minimal')
    if (size < 2 + extra) return
    if (extra === 8) length = Number(field.readBigUInt64BE())
    if (extra === 2) length = BUG === 'signed-16-bit' ? field.readInt16BE() : field.readUInt16BE()
    failIf(extra === 2 && length < 126 && length >= 0 && BUG !== 'not-minimal')
    const slack = BUG === 'limit-off-by-one' ? 1 : 0
    if (size === 2 + extra && !isControl) {
      failIf(length > Number.MAX_SAFE_INTEGER || length > this.maxPayloadLength + slack, 1009)
      failIf(length > this.maxMessageLength + slack - (opcode === 0 ? this.#total : 0), 1009)
    }
    if (size < 2 + extra + (isMasked ? 4 : 0)) return
    this.#length = Math.max(length, 0)
    if (opcode === 1) this.#tail = Buffer.alloc(0)
  }

  #take(piece) {
    const isMasked = this.#head[1] > 127
    const start = BUG === 'mask-phase' || (BUG === 'mask-phase-of-words' && piece.length > 1) ? 0 : this.#size
    const key = this.#head.slice(-4)
    if (isMasked) for (let i = 0; i < piece.length; i++) piece[i] ^= key[(start + i) % 4]
    this.#payload.push(piece)
    this.#size += piece.length
    const opcode = this.#head[0] & 15
    if (opcode === 8 && this.#size > 1 && BUG === 'other-verdicts') failIf(!isCloseCode(Buffer.concat(this.#payload).readUInt16BE()))
    if (opcode > 7 || (opcode || this.#opcode) !== 1 || this.#isCompressed()) return
    const text = Buffer.concat([this.#tail, piece])
    const open = unfinished(text)
    failIf(open < 0 || (BUG === 'early' && open > 0 && text.at(-open) === 0xe0), 1007)
    this.#tail = text.subarray(text.length - open)
  }

  #isCompressed() {
    const first = this.#head[0]
    return (first & 15) === 0 ? this.#compressed : Boolean(this.extensions.permessageDeflate && first & 64)
  }

  #frame() {
    const first = this.#head[0]
    const opcode = first & 15
    const fin = first > 127
    const payload = Buffer.concat(this.#payload)
    const isPing = opcode === 9 || (opcode === 10 && BUG === 'pong-as-ping')
    if (opcode === 9 && payload.length === 0 && BUG === 'crash') throw new TypeError('crash')
    if (opcode === 8) this.#close(payload)
    else if (opcode === 9 || opcode === 10) this.messages?.push({ type: isPing ? 'ping' : 'pong', data: payload })
    else if (opcode < 8) this.#data(opcode, fin, payload)
    if (opcode === 9 && BUG === 'ping-ends-compression') this.#compressed = false
    const maskingKey = this.#head[1] > 127 ? Buffer.from(this.#head.slice(-4)).toString('hex') : null
    const rsv = BUG === 'frames-without-rsv' ? 0 : first & 0x70
    this.frames?.push({ rsv1: (rsv & 64) > 0, rsv2: (rsv & 32) > 0, rsv3: (rsv & 16) > 0, fin, opcode, maskingKey, payload })
    this.#head = []
    this.#payload = []
    this.#size = 0
    this.#length = null
  }

  #data(opcode, fin, payload) {
    if (opcode !== 0) {
      this.#compressed = this.#isCompressed()
      this.#opcode = opcode
    }
    this.#parts.push(payload)
    this.#total += payload.length
    const isPlainText = this.#opcode === 1 && !this.#compressed
    failIf(isPlainText && (fin || BUG === 'utf8-by-fragment') && this.#tail.length > 0, 1007)
    if (!fin) return
    const whole = Buffer.concat(this.#parts)
    const data = this.#compressed ? this.#inflate(whole) : whole
    failIf(this.#opcode === 1 && unfinished(data) !== 0, 1007)
    if (this.#opcode === 1) this.messages?.push({ type: 'text', data: data.toString('utf8') })
    if (this.#opcode === 2) this.messages?.push({ type: 'binary', data })
    this.#opcode = null
    this.#compressed = false
    this.#parts = []
    this.#total = 0
  }

  #inflate(data) {
    // The empty final block shows that the data ended with a block.
    let rest = Buffer.concat([data, Buffer.from('0000ffff010000ffff', 'hex')])
    let out = Buffer.alloc(0)
    while (rest.length > 0) {
      const dictionary = Buffer.concat([this.#window, out]).subarray(-32768)
      const maxOutputLength = Math.max(1, Math.min(this.maxMessageLength, 2 ** 30))
      try {
        const { buffer, engine } = inflateRawSync(rest, { maxOutputLength, info: true, ...(dictionary.length > 0 && { dictionary }) })
        out = Buffer.concat([out, buffer])
        rest = rest.subarray(engine.bytesWritten)
      } catch (error) {
        throw new Violation(error.code === 'ERR_BUFFER_TOO_LARGE' ? 1009 : 1007)
      }
      failIf(out.length > this.maxMessageLength, 1009)
    }
    this.#window = Buffer.concat([this.#window, out]).subarray(-32768)
    return out
  }

  #close(payload) {
    const code = payload.length > 0 ? payload.readUInt16BE() : 1005
    failIf(payload.length > 0 && !isCloseCode(code))
    const reason = payload.subarray(2)
    failIf(unfinished(reason) !== 0, 1007)
    this.messages?.push({ type: 'close', code, reason: reason.toString('utf8') })
    this.#closed = true
  }
}
