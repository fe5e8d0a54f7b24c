/**
 * A stream that is being written and mutated: bytes that can be put anywhere, in one buffer for all streams.
 *
 * Where a frame begins is read from the bytes each time, without checks, since a mutation may have moved it or made it
 * another one.
 */
const FIN = 0x80
const MASK = 0x80

/** Longer streams are not made: a splice of a few long frames is as good as one of many. */
export const MAX_STREAM_LENGTH = 2 ** 18

export type LengthBits = 7 | 16 | 64

export interface StreamFrame {
  readonly fin: boolean
  /** RSV1-3 as they stand in the first byte. */
  readonly rsv: number
  readonly opcode: number
  /** Four octets, or null. */
  readonly maskingKey: Uint8Array | null
  readonly payload: Uint8Array
}

/** The octets of a payload length in the form of so many bits, of which only the lower ones are written. */
export function lengthOctets(length: bigint, lengthBits: LengthBits): number[] {
  if (lengthBits === 7) return [Number(length & 0x7fn)]
  const count = lengthBits / 8
  const octets = Array.from({ length: count }, (_, i) => Number((length >> BigInt(8 * (count - 1 - i))) & 0xffn))
  return [lengthBits === 16 ? 126 : 127, ...octets]
}

/** The header and the masked payload. */
export function frameOctets({ fin, rsv, opcode, maskingKey, payload }: StreamFrame): Uint8Array {
  const { length } = payload
  const field = lengthOctets(BigInt(length), length <= 125 ? 7 : length <= 65535 ? 16 : 64)
  const start = 1 + field.length + (maskingKey === null ? 0 : 4)
  const octets = new Uint8Array(start + length)
  octets.set(field, 1)
  octets[0] = (fin ? FIN : 0) | rsv | opcode
  octets.set(payload, start)
  if (maskingKey !== null) {
    octets[1] = (octets[1] ?? 0) | MASK
    octets.set(maskingKey, start - 4)
    for (let i = 0; i < length; i++) octets[start + i] = (payload[i] ?? 0) ^ (maskingKey[i % 4] ?? 0)
  }
  return octets
}

export class Stream {
  readonly #bytes = new Uint8Array(MAX_STREAM_LENGTH)
  length = 0

  octet(position: number): number {
    return position < this.length ? (this.#bytes[position] ?? 0) : 0
  }

  setOctet(position: number, octet: number): void {
    if (position < this.length) this.#bytes[position] = octet
  }

  /** Puts octets in the place of `removed` others; does nothing if that makes the stream too long. */
  splice(position: number, removed: number, octets: ArrayLike<number>): void {
    const end = Math.min(position + removed, this.length)
    const length = this.length - (end - position) + octets.length
    if (length > MAX_STREAM_LENGTH) return
    this.#bytes.copyWithin(position + octets.length, end, this.length)
    this.#bytes.set(octets, position)
    this.length = length
  }

  append(octets: ArrayLike<number>): void {
    this.splice(this.length, 0, octets)
  }

  /** A copy of its bytes. */
  slice(start = 0, end = this.length): Uint8Array {
    return this.#bytes.slice(Math.min(start, this.length), Math.min(end, this.length))
  }

  /** Where frames begin, the last of them perhaps incomplete. */
  starts(): number[] {
    const starts: number[] = []
    for (let position = 0; position < this.length; position = this.endOf(position)) starts.push(position)
    return starts
  }

  /** How many octets the payload length of the frame takes, the second byte of the frame included. */
  lengthFieldOf(start: number): number {
    const length7 = this.octet(start + 1) & 0x7f
    return length7 === 127 ? 9 : length7 === 126 ? 3 : 1
  }

  isMasked(start: number): boolean {
    return (this.octet(start + 1) & MASK) !== 0
  }

  /** Position of the first byte of the frame's payload. */
  payloadOf(start: number): number {
    return start + 1 + this.lengthFieldOf(start) + (this.isMasked(start) ? 4 : 0)
  }

  /** Position after the frame, as its length field has it: perhaps beyond the end of the stream. */
  endOf(start: number): number {
    const field = this.lengthFieldOf(start)
    let length = field === 1 ? this.octet(start + 1) & 0x7f : 0
    for (let i = 2; i <= field; i++) length = length * 256 + this.octet(start + i)
    return this.payloadOf(start) + length
  }
}
