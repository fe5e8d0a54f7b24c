/**
 * How the library itself reads what the peers are given, with DEFLATE as it is.
 */
import { inflateRawSync } from 'node:zlib'
import type * as Everything from '../../src/index.js'
import type { OwnReading, PeerMessage } from './differences.js'
import type { FuzzOptions } from './valid.js'

const opcodes = { text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa }

export function readOwn(
  { MessageReader, ProtocolError }: Pick<typeof Everything, 'MessageReader' | 'ProtocolError'>,
  bytes: Uint8Array,
  options: FuzzOptions,
): OwnReading {
  const messages: PeerMessage[] = []
  try {
    for (const message of new MessageReader({ ...options, inflate }).push(bytes)) {
      const opcode = message.type === 'compressed' ? message.opcode : opcodes[message.type]
      messages.push({ opcode, payload: payloadOf(message) })
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    const { closeCode, rule, offset } = error
    return rule === 'deflate-data' ? { messages, closeCode: null, rule: 'inflate', offset: 0 } : { messages, closeCode, rule, offset }
  }
  return { messages, closeCode: null, rule: null, offset: 0 }
}

function payloadOf(message: Everything.Message): Uint8Array {
  if (message.type !== 'close') return Buffer.from(message.data)
  const { code, reason } = message
  return code === 1005 ? new Uint8Array(0) : Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), Buffer.from(reason)])
}

function inflate(data: Uint8Array, maxLength: number): Uint8Array {
  const maxOutputLength = Math.max(1, Math.min(maxLength, 2 ** 24))
  return inflateRawSync(data, { maxOutputLength })
}
