/**
 * The headers that the fast paths of the readers and encoders accept without any other check: those of most frames. What is acceptable
 * is not decided here: the table is filled by the checks themselves.
 */
import { MAX_CONTROL_PAYLOAD_LENGTH } from '../protocol/control-frame.js'
import { Opcode } from '../protocol/opcode.js'
import { octetAt } from '../util/octets.js'
import { checkFirstByte, checkSecondByte } from './check.js'
import { Bit, LENGTH_16 } from './layout.js'
import { hasWrongMask } from './policy.js'
import type { FramePolicy } from './policy.js'

type TablePolicy = Pick<FramePolicy, 'opcodes' | 'rsvBits' | 'rsvBitsOfStart'>

/** Opcodes of frames whose validity, with FIN set and no RSV bit, depends on neither other frames nor the payload. */
const selfContained = [Opcode.Text, Opcode.Binary, Opcode.Ping, Opcode.Pong]

/**
 * Whether the first two bytes of a frame are valid and need no other check, but for a 16-bit length that of its form, and for a reader
 * those of the limits.
 */
export function isSimple(first: number, second: number, policy: FramePolicy): boolean {
  const largest = octetAt(policy.simple, first)
  return largest !== 0 && (second & Bit.payloadLength) <= largest && !hasWrongMask(second, policy.wrongMask)
}

let last: { readonly policy: TablePolicy; readonly table: Uint8Array } | null = null

/**
 * For each first byte the largest 7-bit length field with which a frame is simple: 126 at most, since a 64-bit length takes the full
 * check. 0: the frame takes the full check, whatever its length.
 */
export function simpleFramesOf(policy: TablePolicy): Uint8Array {
  // A writer asks for each frame, mostly with the same policy as the last time.
  if (last === null || !isSame(last.policy, policy)) last = { policy, table: makeTable(policy) }
  return last.table
}

function isSame(one: TablePolicy, other: TablePolicy): boolean {
  return one.opcodes === other.opcodes && one.rsvBits === other.rsvBits && one.rsvBitsOfStart === other.rsvBitsOfStart
}

function makeTable(policy: TablePolicy): Uint8Array {
  const table = new Uint8Array(256)
  for (const opcode of selfContained) {
    const largest = [LENGTH_16, MAX_CONTROL_PAYLOAD_LENGTH].find((lengthField) => isAccepted(opcode, lengthField, policy))
    table[Bit.fin | opcode] = largest ?? 0
  }
  return table
}

function isAccepted(opcode: number, lengthField: number, policy: TablePolicy): boolean {
  let accepted = true
  const refuse = () => {
    accepted = false
  }
  checkFirstByte(Bit.fin | opcode, policy, 0, refuse)
  checkSecondByte(opcode, lengthField, { wrongMask: null }, 0, refuse)
  return accepted
}
