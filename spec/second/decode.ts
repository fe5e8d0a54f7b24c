/**
 * A second reader of the vectors: a decoder written from RFC 6455, RFC 7692 and RFC 1951, which uses neither the library nor the
 * generator. It is plain rather than fast, and takes chunks as they come.
 */
import { BadData, NeedMore, TooLong, inflate, windowAfter } from './inflate.js'
import { Utf8 } from './utf8.js'

export interface Options {
  readonly sender?: 'client' | 'server'
  readonly extensions?: {
    readonly permessageDeflate?: boolean
    readonly rsv1?: boolean
    readonly rsv2?: boolean
    readonly rsv3?: boolean
    readonly opcodes?: readonly number[]
  }
  readonly maxPayloadLength?: number
  readonly maxMessageLength?: number
  /** When it judges: at the first byte that is enough, as soon as it can; or later, as others do. */
  readonly judges?: 'early' | 'byte' | 'header' | 'frame' | 'message'
}

export interface Frame {
  readonly fin: boolean
  readonly rsv1: boolean
  readonly rsv2: boolean
  readonly rsv3: boolean
  readonly opcode: number
  readonly maskingKey: string | null
  readonly payload: Uint8Array
}

export type Message =
  | { readonly type: 'text' | 'binary' | 'ping' | 'pong'; readonly data: Uint8Array }
  | { readonly type: 'close'; readonly code: number; readonly reason: Uint8Array }

export interface Violation {
  readonly rule: string
  readonly closeCode: number
  readonly offset: number
  readonly detectedAfter: number
}

class Broken extends Error {
  readonly rule: string
  readonly closeCode: number

  constructor(rule: string, closeCode = 1002) {
    super(rule)
    this.rule = rule
    this.closeCode = closeCode
  }
}

const MIB = 2 ** 20

export class Decoder {
  readonly frames: Frame[] = []
  readonly messages: Message[] = []
  error: Violation | null = null
  /** A Close frame has come. */
  closed = false

  private readonly options: Options
  private position = 0
  private frameStart = 0

  // The frame that is coming.
  private head: number[] = []
  private payload: number[] = []

  // The message that is open.
  private isOpen = false
  private messageOpcode = 0
  private isCompressed = false
  private parts: number[] = []
  private utf8 = new Utf8()

  private window: number[] = []

  constructor(options: Options = {}) {
    this.options = options
  }

  get outcome(): 'complete' | 'incomplete' | 'error' {
    if (this.error !== null) return 'error'
    return this.head.length > 0 ? 'incomplete' : 'complete'
  }

  push(chunk: Uint8Array): void {
    try {
      for (let i = 0; i < chunk.length && !this.closed;) {
        if (this.isHeaderComplete()) {
          const bytes = chunk.subarray(i, i + this.payloadLength() - this.payload.length)
          i += bytes.length
          this.position += bytes.length
          this.payloadBytes(bytes)
        } else {
          this.position++
          this.headerByte(chunk[i++] ?? 0)
        }
        if (this.isHeaderComplete() && this.payload.length === this.payloadLength()) this.frameComplete()
      }
    } catch (broken) {
      if (!(broken instanceof Broken)) throw broken
      this.error = { rule: broken.rule, closeCode: broken.closeCode, offset: this.frameStart, detectedAfter: this.position }
      this.closed = true
    }
  }

  // ---- The header (5.2)

  private get opcode(): number {
    return (this.head[0] ?? 0) & 0x0f
  }

  private get fin(): boolean {
    return (this.head[0] ?? 0) >= 0x80
  }

  private get isControl(): boolean {
    return this.opcode >= 0x8
  }

  private get isMasked(): boolean {
    return (this.head[1] ?? 0) >= 0x80
  }

  private get shortLength(): number {
    return (this.head[1] ?? 0) & 0x7f
  }

  private get lengthBytes(): number {
    if (this.shortLength === 126) return 2
    return this.shortLength === 127 ? 8 : 0
  }

  private isHeaderComplete(): boolean {
    return this.head.length >= 2 && this.head.length === 2 + this.lengthBytes + (this.isMasked ? 4 : 0)
  }

  private payloadLength(): number {
    if (this.lengthBytes === 0) return this.shortLength
    return this.head.slice(2, 2 + this.lengthBytes).reduce((length, octet) => length * 256 + octet, 0)
  }

  private headerByte(octet: number): void {
    if (this.head.length === 0) this.frameStart = this.position - 1
    this.head.push(octet)
    const judges = this.options.judges ?? 'byte'
    if (judges === 'byte' || judges === 'early') this.judgeHeaderByte(this.head.length)
    else if (judges !== 'frame' && this.isHeaderComplete()) this.judgeHeader()
  }

  private judgeHeader(): void {
    for (let length = 1; length <= this.head.length; length++) this.judgeHeaderByte(length)
  }

  /** @param length of what is known of the header, in bytes */
  private judgeHeaderByte(length: number): void {
    if (length === 1) this.judgeFirstByte()
    if (length === 2) this.judgeSecondByte()
    if (length > 2 && length <= 2 + this.lengthBytes) this.judgeExtendedLength(length - 2)
    if (length === 2 + this.lengthBytes && !this.isControl) this.judgeLimits(this.payloadLength())
    if (this.options.judges === 'early' && length >= 2 && length < 2 + this.lengthBytes && !this.isControl) {
      this.judgeLimits(this.leastPayloadLength(length - 2))
    }
  }

  /**
   * The least length that is in the shortest form and begins with the bytes that have come.
   *
   * @param known bytes of the extended length
   */
  private leastPayloadLength(known: number): number {
    const field = this.head.slice(2, 2 + known)
    const least = field.reduce((sum, octet, i) => sum + octet * 256 ** (this.lengthBytes - 1 - i), 0)
    if (least > Number.MAX_SAFE_INTEGER) throw new Broken('length-unsafe', 1009)
    return Math.max(least, this.lengthBytes === 2 ? 126 : 65536)
  }

  private judgeFirstByte(): void {
    const { permessageDeflate = false, rsv1 = false, rsv2 = false, rsv3 = false, opcodes = [] } = this.options.extensions ?? {}
    const bits = (this.head[0] ?? 0) & 0x70
    const startsMessage = this.opcode === 1 || this.opcode === 2
    const allowed = (rsv1 || (permessageDeflate && startsMessage) ? 0x40 : 0) | (rsv2 ? 0x20 : 0) | (rsv3 ? 0x10 : 0)
    if ((bits & ~allowed) !== 0) throw new Broken('rsv-bit')
    const isReserved = (this.opcode > 2 && this.opcode < 8) || this.opcode > 10
    if (isReserved && !opcodes.includes(this.opcode)) throw new Broken('opcode-reserved')
    if (this.isControl && !this.fin) throw new Broken('control-fragmented')
    if (this.isControl) return
    if (this.opcode === 0 && !this.isOpen) throw new Broken('continuation-unexpected')
    if (this.opcode !== 0 && this.isOpen) throw new Broken('continuation-expected')
  }

  private judgeSecondByte(): void {
    if (this.isControl && this.shortLength > 125) throw new Broken('control-too-long')
    if (this.options.sender === 'client' && !this.isMasked) throw new Broken('mask-required')
    if (this.options.sender === 'server' && this.isMasked) throw new Broken('mask-forbidden')
    if (this.opcode === 8 && this.shortLength === 1) throw new Broken('close-payload-length')
  }

  /** @param known bytes of the extended length */
  private judgeExtendedLength(known: number): void {
    const field = this.head.slice(2, 2 + known)
    if (this.lengthBytes === 8) {
      if ((field[0] ?? 0) >= 0x80) throw new Broken('length-msb')
      if (known === 6 && field.every((octet) => octet === 0)) throw new Broken('length-not-minimal')
      if (known === 8 && this.payloadLength() > Number.MAX_SAFE_INTEGER) throw new Broken('length-unsafe', 1009)
    } else if (known === 2 && this.payloadLength() < 126) {
      throw new Broken('length-not-minimal')
    }
  }

  private judgeLimits(length: number): void {
    const { maxPayloadLength = 16 * MIB, maxMessageLength = 64 * MIB } = this.options
    if (length > maxPayloadLength) throw new Broken('payload-too-long', 1009)
    if (length > maxMessageLength - (this.opcode === 0 ? this.parts.length : 0)) throw new Broken('message-too-long', 1009)
  }

  // ---- The payload

  private payloadBytes(masked: Uint8Array): void {
    const key = this.head.slice(-4)
    const bytes = [...masked]
    if (this.isMasked) for (const [i, octet] of bytes.entries()) bytes[i] = octet ^ (key[(this.payload.length + i) % 4] ?? 0)
    const { judges = 'byte' } = this.options
    if (this.isText() && judges !== 'frame' && judges !== 'message') {
      const wrong = this.utf8.check(bytes)
      if (wrong >= 0) {
        this.position -= bytes.length - wrong - 1
        throw new Broken('text-utf8', 1007)
      }
    }
    for (const octet of bytes) {
      this.payload.push(octet)
      if (judges === 'early') this.judgeEarly()
    }
  }

  /** Whether this is a frame of a text message that is not compressed. */
  private isText(): boolean {
    if (this.isControl) return false
    const opcode = this.opcode === 0 ? this.messageOpcode : this.opcode
    return opcode === 1 && !(this.opcode === 0 ? this.isCompressed : this.hasRsv1())
  }

  private hasRsv1(): boolean {
    return this.options.extensions?.permessageDeflate === true && ((this.head[0] ?? 0) & 0x40) !== 0
  }

  /** What a reader could know before a Close frame or a compressed message is complete, if it is fed byte by byte. */
  private judgeEarly(): void {
    if (this.opcode === 8) this.judgeClose(false)
    const isCompressed = this.opcode === 0 ? this.isCompressed : this.hasRsv1()
    if (this.isControl || !isCompressed) return
    try {
      this.inflated([...this.parts, ...this.payload], this.opcode === 0 ? this.messageOpcode : this.opcode)
    } catch (error) {
      if (!(error instanceof NeedMore)) throw error
    }
  }

  private judgeClose(isComplete: boolean): void {
    const [first, second, ...reason] = this.payload
    if (first === undefined || second === undefined) return
    const code = first * 256 + second
    const isRegistered = code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006
    if (!isRegistered && !(code >= 3000 && code <= 4999)) throw new Broken('close-code')
    const utf8 = new Utf8()
    if (utf8.check(reason) >= 0 || (isComplete && !utf8.isBetweenCharacters)) throw new Broken('close-reason-utf8', 1007)
  }

  // ---- What a frame adds to

  private frameComplete(): void {
    if (this.options.judges === 'frame') this.judgeHeader()
    if (this.opcode === 8) this.judgeClose(true)
    const isData = !this.isControl
    if (isData) this.dataFrame()
    const octet = this.head[0] ?? 0
    this.frames.push({
      fin: this.fin,
      rsv1: (octet & 0x40) !== 0,
      rsv2: (octet & 0x20) !== 0,
      rsv3: (octet & 0x10) !== 0,
      opcode: this.opcode,
      maskingKey: this.isMasked ? Buffer.from(this.head.slice(-4)).toString('hex') : null,
      payload: Uint8Array.from(this.payload),
    })
    if (!isData) this.controlFrame()
    this.head = []
    this.payload = []
  }

  private controlFrame(): void {
    const data = Uint8Array.from(this.payload)
    if (this.opcode === 9) this.messages.push({ type: 'ping', data })
    if (this.opcode === 10) this.messages.push({ type: 'pong', data })
    if (this.opcode !== 8) return
    const [first = 0, second = 0] = this.payload
    const code = data.length === 0 ? 1005 : first * 256 + second
    this.messages.push({ type: 'close', code, reason: data.subarray(2) })
    this.closed = true
  }

  private dataFrame(): void {
    if (this.opcode !== 0) {
      this.messageOpcode = this.opcode
      this.isCompressed = this.hasRsv1()
      this.isOpen = true
    }
    for (const octet of this.payload) this.parts.push(octet)
    if (this.options.judges === 'frame' && this.isText() && this.utf8.check(this.payload) >= 0) throw new Broken('text-utf8', 1007)
    if (this.fin) this.messageComplete()
  }

  private messageComplete(): void {
    let data: ArrayLike<number> = this.parts
    if (this.isCompressed) {
      data = this.inflateMessage()
    } else if (this.messageOpcode === 1) {
      if (this.options.judges === 'message' && this.utf8.check(this.parts) >= 0) throw new Broken('text-utf8', 1007)
      if (!this.utf8.isBetweenCharacters) throw new Broken('text-utf8', 1007)
    }
    if (this.messageOpcode === 1) this.messages.push({ type: 'text', data: Uint8Array.from(data) })
    if (this.messageOpcode === 2) this.messages.push({ type: 'binary', data: Uint8Array.from(data) })
    this.isOpen = false
    this.isCompressed = false
    this.parts = []
    this.utf8 = new Utf8()
  }

  // ---- permessage-deflate (RFC 7692 7.2.2)

  private inflateMessage(): number[] {
    try {
      const inflated = this.inflated([...this.parts, 0x00, 0x00, 0xff, 0xff], 0)
      if (this.messageOpcode === 1) {
        const utf8 = new Utf8()
        if (utf8.check(inflated) >= 0 || !utf8.isBetweenCharacters) throw new Broken('text-utf8', 1007)
      }
      this.window = windowAfter(this.window, inflated)
      return inflated
    } catch (error) {
      if (error instanceof NeedMore) throw new Broken('deflate-data', 1007)
      throw error
    }
  }

  private inflated(data: readonly number[], opcode: number): number[] {
    const utf8 = new Utf8()
    try {
      return inflate(data, this.window, this.options.maxMessageLength ?? 64 * MIB, (octet) => {
        if (opcode === 1 && utf8.check([octet]) >= 0) throw new Broken('text-utf8', 1007)
      })
    } catch (error) {
      if (error instanceof BadData) throw new Broken('deflate-data', 1007)
      if (error instanceof TooLong) throw new Broken('message-too-long', 1009)
      throw error
    }
  }
}
