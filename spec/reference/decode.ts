/**
 * A decoder written straight from RFC 6455, to hold the library against: plain, slow and independent of `src`.
 *
 * It has the whole byte array before it and reads it front to back as the RFC lays it out. Every requirement is
 * checked where the byte that decides it is read, so the first check to fail is the one that was certain first.
 * Checks on the same byte stand in the order of the rules table.
 */

export interface ReferenceOptions {
  sender?: 'client' | 'server'
  extensions?: {
    permessageDeflate?: boolean
    rsv1?: boolean
    rsv2?: boolean
    rsv3?: boolean
    opcodes?: readonly number[]
  }
  /** In bytes. Left out: 16 MiB, the limit of a FrameReader that is told nothing. */
  maxPayloadLength?: number
  /** A fragmented message is open before the first byte. */
  messageOpen?: boolean
}

export interface ReferenceFrame {
  /** Position of the frame's first byte. */
  offset: number
  fin: boolean
  rsv1: boolean
  rsv2: boolean
  rsv3: boolean
  opcode: number
  maskingKey: number | null
  /** Unmasked. */
  payload: number[]
}

export interface ReferenceError {
  rule: string
  section: string
  closeCode: number
  /** Position of the first byte of the offending frame. */
  offset: number
  /** Number of bytes of the input after which the violation is certain. */
  detectedAfter: number
}

export interface ReferenceResult {
  /** The frames that are complete before the error or the end. */
  frames: ReferenceFrame[]
  error: ReferenceError | null
  /** A Close frame was read; the bytes after it were discarded. */
  closed: boolean
  /** The input ends inside a frame. */
  insideFrame: boolean
  /** A fragmented message is open after the last of `frames`. */
  messageOpen: boolean
}

/** A frame that has begun: its length field is complete, and nothing so far is wrong. */
export interface BegunFrame {
  /** Position of its first byte. */
  offset: number
  fin: boolean
  rsv1: boolean
  opcode: number
  masked: boolean
  length: bigint
  /** Position after the length field, where the masking key comes, if there is one. */
  lengthEnd: number
  /** What there is of the payload, unmasked. */
  payload: number[]
}

const CONTINUATION = 0x0
const TEXT = 0x1
const BINARY = 0x2
const CLOSE = 0x8
const PING = 0x9
const PONG = 0xa

/**
 * The verdict of a FrameReader on these bytes.
 *
 * @param begun - takes every frame that has begun: those that are delivered, and perhaps one that is not
 */
export function referenceDecode(bytes: Uint8Array, options: ReferenceOptions = {}, begun: BegunFrame[] = []): ReferenceResult {
  const extensions = options.extensions ?? {}
  const maxPayloadLength = options.maxPayloadLength ?? 16 * 1024 * 1024
  const frames: ReferenceFrame[] = []
  let messageOpen = options.messageOpen ?? false
  let position = 0

  const ends = (how: { closed?: boolean; insideFrame?: boolean }): ReferenceResult => ({
    frames,
    error: null,
    closed: how.closed ?? false,
    insideFrame: how.insideFrame ?? false,
    messageOpen,
  })
  const broken = (rule: string, section: string, closeCode: number, offset: number): ReferenceResult => ({
    frames,
    error: { rule, section, closeCode, offset, detectedAfter: position },
    closed: false,
    insideFrame: false,
    messageOpen,
  })

  for (;;) {
    const offset = position

    // ---- The first byte: FIN, RSV1, RSV2, RSV3, opcode (5.2).

    const first = bytes[position]
    if (first === undefined) return ends({ insideFrame: false })
    position += 1
    const fin = bitsOf(first)[0] === 1
    const rsv1 = bitsOf(first)[1] === 1
    const rsv2 = bitsOf(first)[2] === 1
    const rsv3 = bitsOf(first)[3] === 1
    const opcode = valueOf(bitsOf(first).slice(4))

    // 5.2: a reserved bit must be 0 unless a negotiated extension defines what it means. Permessage-deflate defines
    // RSV1 on the first frame of a text or binary message (RFC 7692, 6), that is where the opcode says text or binary.
    const rsv1Defined = extensions.rsv1 === true || (extensions.permessageDeflate === true && (opcode === TEXT || opcode === BINARY))
    if (rsv1 && !rsv1Defined) return broken('rsv-bit', '5.2', 1002, offset)
    if (rsv2 && extensions.rsv2 !== true) return broken('rsv-bit', '5.2', 1002, offset)
    if (rsv3 && extensions.rsv3 !== true) return broken('rsv-bit', '5.2', 1002, offset)

    // 5.2: an unknown opcode fails the connection. 3-7 and B-F are unknown unless an extension defines them.
    const opcodeDefined = [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].includes(opcode) || extensions.opcodes?.includes(opcode) === true
    if (!opcodeDefined) return broken('opcode-reserved', '5.2', 1002, offset)

    // 5.5: control frames are those whose opcode has its most significant bit set; they must not be fragmented.
    const isControl = opcode >= 0x8
    if (isControl && !fin) return broken('control-fragmented', '5.5', 1002, offset)

    // 5.4: a fragmented message is one frame with FIN clear and an opcode other than 0, frames with opcode 0 and FIN
    // clear, and one with opcode 0 and FIN set. So a continuation needs a message to continue.
    if (opcode === CONTINUATION && !messageOpen) return broken('continuation-unexpected', '5.4', 1002, offset)

    // 5.4: the fragments of one message must not be interleaved with those of another; control frames may come between.
    const startsMessage = !isControl && opcode !== CONTINUATION
    if (startsMessage && messageOpen) return broken('continuation-expected', '5.4', 1002, offset)

    // ---- The second byte: MASK and the 7-bit payload length (5.2).

    const second = bytes[position]
    if (second === undefined) return ends({ insideFrame: true })
    position += 1
    const masked = bitsOf(second)[0] === 1
    const length7 = valueOf(bitsOf(second).slice(1))

    // 5.5: control frames have a payload length of 125 bytes or less; 126 and 127 announce longer forms.
    if (isControl && length7 > 125) return broken('control-too-long', '5.5', 1002, offset)

    // 5.1: a client must mask all frames it sends; a server that receives one unmasked closes the connection.
    if (options.sender === 'client' && !masked) return broken('mask-required', '5.1', 1002, offset)

    // 5.1: a server must not mask any frame; a client that receives one masked closes the connection.
    if (options.sender === 'server' && masked) return broken('mask-forbidden', '5.1', 1002, offset)

    // 10.4: an implementation may limit the size of what it accepts. Control frames have their own limit.
    if (!isControl && length7 < 126 && length7 > maxPayloadLength) {
      return broken('payload-too-long', '10.4', 1009, offset)
    }

    // 5.5.1: if a Close frame has a body, it begins with a status code of two bytes, so it cannot be of one.
    if (opcode === CLOSE && length7 === 1) return broken('close-payload-length', '5.5.1', 1002, offset)

    // ---- The extended payload length, in network byte order (5.2).

    let length = BigInt(length7)

    if (length7 === 126) {
      length = 0n
      for (let i = 0; i < 2; i++) {
        const byte = bytes[position]
        if (byte === undefined) return ends({ insideFrame: true })
        position += 1
        length = length * 256n + BigInt(byte)
      }
      // 5.2: the minimal number of bytes must be used; up to 125 the seven bits are enough.
      if (length <= 125n) return broken('length-not-minimal', '5.2', 1002, offset)
      // 10.4: the limit.
      if (length > maxPayloadLength) return broken('payload-too-long', '10.4', 1009, offset)
    }

    if (length7 === 127) {
      length = 0n
      for (let i = 0; i < 8; i++) {
        const byte = bytes[position]
        if (byte === undefined) return ends({ insideFrame: true })
        position += 1
        length = length * 256n + BigInt(byte)
        // 5.2: the most significant bit of the 64 must be 0.
        if (i === 0 && bitsOf(byte)[0] === 1) return broken('length-msb', '5.2', 1002, offset)
        // 5.2: the minimal number of bytes must be used; up to 65535 sixteen bits are enough, which is certain when
        // the upper six bytes are all zero.
        if (i === 5 && length === 0n) return broken('length-not-minimal', '5.2', 1002, offset)
      }
      // 10.4, for every implementation in JavaScript: lengths over 2^53-1 are not exact numbers.
      if (length > 2n ** 53n - 1n) return broken('length-unsafe', '10.4', 1009, offset)
      // 10.4: the limit.
      if (length > maxPayloadLength) return broken('payload-too-long', '10.4', 1009, offset)
    }

    const payload: number[] = []
    begun.push({ offset, fin, rsv1, opcode, masked, length, lengthEnd: position, payload })

    // ---- The masking key: four bytes, there if MASK is 1 (5.2, 5.3).

    const keyOctets: number[] = []
    while (masked && keyOctets.length < 4) {
      const byte = bytes[position]
      if (byte === undefined) return ends({ insideFrame: true })
      position += 1
      keyOctets.push(byte)
    }

    // ---- The payload.

    while (payload.length < length) {
      const byte = bytes[position]
      if (byte === undefined) return ends({ insideFrame: true })
      position += 1
      // 5.3: octet i of the transformed data is octet i of the original XOR octet i MOD 4 of the masking key.
      payload.push(byte ^ (keyOctets[payload.length % 4] ?? 0))
    }

    // ---- The frame is complete.

    if (opcode === CLOSE && payload.length >= 2) {
      // 7.4: the code is a 2-byte unsigned integer in network byte order, one that may be on the wire.
      const code = (payload[0] ?? 0) * 256 + (payload[1] ?? 0)
      if (!mayBeSent(code)) return broken('close-code', '7.4', 1002, offset)
      // 5.5.1: what follows the code is UTF-8.
      if (!isUtf8(payload.slice(2))) return broken('close-reason-utf8', '5.5.1', 1007, offset)
    }

    if (!isControl) messageOpen = !fin
    frames.push({
      offset,
      fin,
      rsv1,
      rsv2,
      rsv3,
      opcode,
      maskingKey: masked ? valueOf(keyOctets.flatMap(bitsOf)) : null,
      payload,
    })

    // 1.4: data received after a Close frame is discarded.
    if (opcode === CLOSE) return ends({ closed: true })
  }
}

/** The eight bits of a byte, the most significant one first. */
function bitsOf(byte: number): number[] {
  return Array.from(byte.toString(2).padStart(8, '0'), Number)
}

/** The unsigned integer that these bits are, the most significant one first. */
function valueOf(bits: readonly number[]): number {
  return bits.reduce((value, bit) => value * 2 + bit, 0)
}

/** Whether a status code may stand in a Close frame (7.4.1, 7.4.2 and the IANA registry that 11.7 founds). */
function mayBeSent(code: number): boolean {
  if (code <= 999) return false // 7.4.2: 0-999 are not used.
  if (code <= 1003) return true // 7.4.1: normal closure, going away, protocol error, unacceptable data.
  if (code <= 1006) return false // 7.4.1: 1004 has no meaning; 1005 and 1006 must not be set in a Close frame.
  if (code <= 1011) return true // 7.4.1: invalid data, policy violation, too big, extension missing, server error.
  if (code <= 1014) return true // Registered later: service restart, try again later, bad gateway.
  if (code <= 2999) return false // 7.4.1: 1015 must not be set. 7.4.2: the rest is reserved, and nothing defines it.
  return code <= 4999 // 7.4.2: 3000-3999 for libraries, 4000-4999 for private use; no range lies above.
}

const tail = [0x80, 0xbf] as const

/** UTF8-char of RFC 3629, section 4: for each alternative the least and the greatest value of each octet. */
export const utf8Characters: readonly (readonly (readonly [least: number, greatest: number])[])[] = [
  [[0x00, 0x7f]], // UTF8-1
  [[0xc2, 0xdf], tail], // UTF8-2
  [[0xe0, 0xe0], [0xa0, 0xbf], tail], // UTF8-3, four alternatives
  [[0xe1, 0xec], tail, tail],
  [[0xed, 0xed], [0x80, 0x9f], tail],
  [[0xee, 0xef], tail, tail],
  [[0xf0, 0xf0], [0x90, 0xbf], tail, tail], // UTF8-4, three alternatives
  [[0xf1, 0xf3], tail, tail, tail],
  [[0xf4, 0xf4], [0x80, 0x8f], tail, tail],
]

/** Whether the octets match UTF8-octets of RFC 3629, section 4. */
function isUtf8(octets: readonly number[]): boolean {
  let position = 0
  while (position < octets.length) {
    const character = utf8Characters.find((ranges) =>
      ranges.every(([low, high], i) => {
        const octet = octets[position + i]
        return octet !== undefined && octet >= low && octet <= high
      }),
    )
    if (character === undefined) return false
    position += character.length
  }
  return true
}
