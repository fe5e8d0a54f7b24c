/**
 * Packet captures of TCP connections, made byte by byte: what went wrong on the way is part of the test.
 */
import { concat } from '../support.js'

export interface Segment {
  /** Which connection; each has ports of its own. */
  readonly connection?: number
  readonly from: 'client' | 'server'
  readonly data: Uint8Array
  /** Position of the data in the bytes of that direction. */
  readonly at: number
}

const SERVER_PORT = 8080
const FIRST_CLIENT_PORT = 40_000
const FIRST_SEQUENCE = 1000

/** Each segment a millisecond after the one before, behind the SYN packets of its connection. */
export function pcap(segments: readonly Segment[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(24))
  header.setUint32(0, 0xa1b2c3d4)
  header.setUint16(4, 2)
  header.setUint16(6, 4)
  header.setUint32(16, 0x4_0000)
  header.setUint32(20, 101) // raw IP
  const records = packets(segments).map((packet, index) => {
    const record = new DataView(new ArrayBuffer(16))
    record.setUint32(0, 1_700_000_000)
    record.setUint32(4, index * 1000)
    record.setUint32(8, packet.length)
    record.setUint32(12, packet.length)
    return concat(new Uint8Array(record.buffer), packet)
  })
  return concat(new Uint8Array(header.buffer), ...records)
}

/** The same as pcapng. */
export function pcapng(segments: readonly Segment[]): Uint8Array {
  const section = block(0x0a0d0d0a, words(0x1a2b3c4d, 0x0001_0000, 0xffffffff, 0xffffffff))
  const description = block(1, words(101 << 16, 0x4_0000))
  const records = packets(segments).map((packet, index) => {
    const time = 1_700_000_000_000_000n + BigInt(index) * 1000n
    const head = words(0, Number(time >> 32n), Number(time & 0xffffffffn), packet.length, packet.length)
    return block(6, concat(head, packet, new Uint8Array(-packet.length & 3)))
  })
  return concat(section, description, ...records)
}

function block(type: number, body: Uint8Array): Uint8Array {
  const length = body.length + 12
  return concat(words(type, length), body, words(length))
}

function words(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value)
  return new Uint8Array(view.buffer)
}

function packets(segments: readonly Segment[]): Uint8Array[] {
  const started = new Set<number>()
  const seen = new Map<string, number>()
  return segments.flatMap(({ connection = 0, from, data, at }) => {
    const otherEnd = `${connection} ${from === 'client' ? 'server' : 'client'}`
    const ownEnd = `${connection} ${from}`
    seen.set(ownEnd, Math.max(seen.get(ownEnd) ?? 0, at + data.length))
    const opening = started.has(connection) ? [] : [packet(connection, 'client', SYN, 0), packet(connection, 'server', SYN | ACK, 0)]
    started.add(connection)
    return [...opening, packet(connection, from, PSH | ACK, at + 1, data, seen.get(otherEnd))]
  })
}

const SYN = 0x02
const PSH = 0x08
const ACK = 0x10

function packet(
  connection: number,
  from: 'client' | 'server',
  flags: number,
  at: number,
  data: Uint8Array = new Uint8Array(0),
  acknowledged = 0,
): Uint8Array {
  const ports = [FIRST_CLIENT_PORT + connection, SERVER_PORT]
  const [source = 0, destination = 0] = from === 'client' ? ports : [SERVER_PORT, FIRST_CLIENT_PORT + connection]
  const view = new DataView(new ArrayBuffer(40))
  view.setUint8(0, 0x45)
  view.setUint16(2, 40 + data.length)
  view.setUint8(8, 64)
  view.setUint8(9, 6)
  view.setUint32(12, from === 'client' ? 0x0a000001 : 0x0a000002)
  view.setUint32(16, from === 'client' ? 0x0a000002 : 0x0a000001)
  view.setUint16(20, source)
  view.setUint16(22, destination)
  view.setUint32(24, FIRST_SEQUENCE + at)
  view.setUint32(28, FIRST_SEQUENCE + 1 + acknowledged)
  view.setUint8(32, 5 << 4)
  view.setUint8(33, flags)
  view.setUint16(34, 0xffff)
  return concat(new Uint8Array(view.buffer), data)
}
