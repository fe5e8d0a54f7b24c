/**
 * Holds the recipe for context takeover, with a `MessageReader`, against zlib: the chunks of a stream are messages, each compressed with
 * those before it as its dictionary.
 */
import { constants, deflateRawSync } from 'node:zlib'
import type * as Everything from '../../src/index.js'
import { createInflate } from '../examples/recipes/inflate.mjs'
import { chunksOf } from './case.js'
import type { Case } from './case.js'
import { during } from './check.js'
import { Disagreement, assertOctets, assertSame } from './disagreement.js'

type Library = Pick<typeof Everything, 'MessageReader' | 'ProtocolError' | 'encodeFrame'>

/** One stream in so many is compressed, which takes as long as all the rest. */
const INTERVAL = 16

const WINDOW = 2 ** 15
const extensions = { permessageDeflate: true }

/** @throws Disagreement if other messages come out, or another error than one of the package for a message that is damaged */
export function checkTakeover(library: Library, { bytes, cuts, reads }: Case): void {
  if (reads % INTERVAL > 0) return
  during('context takeover', () => assertTakeover(library, bytes, cuts, reads >>> 4))
}

function assertTakeover(library: Library, bytes: Uint8Array, cuts: readonly number[], draw: number): void {
  const messages = chunksOf(bytes.length, cuts).map(([start, end]) => bytes.subarray(start, end))
  const compressed = messages.map((message, i) => deflated(message, Buffer.concat(messages.slice(0, i)).subarray(-WINDOW)))
  assertDelivered(messages, readAll(library, compressed), messages.length)

  const index = draw % messages.length
  const damaged = compressed.map((payload, i) => (i === index ? damagedBy(payload, draw >>> 4) : payload))
  assertDelivered(messages, readAll(library, damaged), index)
}

function deflated(message: Uint8Array, dictionary: Buffer): Uint8Array {
  const before = dictionary.length > 0 ? { dictionary } : {}
  return deflateRawSync(message, { ...before, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

function damagedBy(payload: Uint8Array, draw: number): Uint8Array {
  const at = draw % payload.length
  return payload.map((octet, i) => (i === at ? octet ^ (1 << (draw % 8)) : octet))
}

/** @returns the messages before the first error, which must be one of the package */
function readAll({ MessageReader, ProtocolError, encodeFrame }: Library, payloads: readonly Uint8Array[]): Uint8Array[] {
  const inflate = createInflate({ contextTakeover: true })
  const reader = new MessageReader({ extensions, inflate, maxMessageLength: 2 ** 20 })
  const read: Uint8Array[] = []
  try {
    for (const payload of payloads) {
      for (const message of reader.push(encodeFrame({ opcode: 2, rsv1: true, payload }, { extensions }))) {
        if (message.type !== 'binary') throw new Disagreement('a message', message, 'a binary one')
        read.push(message.data)
      }
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
  }
  return read
}

/** @param count - how many messages there must be at least, the same as were sent */
function assertDelivered(sent: readonly Uint8Array[], read: readonly Uint8Array[], count: number): void {
  assertSame('at least so many inflated messages', read.length >= count, true)
  for (const [i, message] of sent.slice(0, count).entries()) assertOctets('an inflated message', read[i] ?? [], message)
}
