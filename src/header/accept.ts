/**
 * The headers that the fast paths of readers and encoders accept without a further check. The functions of `check.ts` fill the table, so
 * that no rule is decided here.
 */
import { MAX_CONTROL_PAYLOAD_LENGTH } from '../protocol/control-frame.js'
import { Opcode } from '../protocol/opcode.js'
import { octetAt } from '../util/octets.js'
import { checkFirstByte, checkSecondByte } from './check.js'
import { Bit, LENGTH_16 } from './layout.js'
import { hasWrongMask, noExtensions } from './policy.js'
import type { FramePolicy } from './policy.js'

/** Opcodes of frames whose validity depends on neither other frames nor the payload, if FIN is set and every RSV bit is clear. */
const selfContained = [Opcode.Text, Opcode.Binary, Opcode.Ping, Opcode.Pong]

/**
 * Whether the first two bytes of a frame are valid and the frame needs only two more checks: whether a 16-bit length is the shortest
 * form, and, in a reader, whether the frame is within the limits.
 */
export function isSimple(first: number, second: number, policy: FramePolicy): boolean {
  const largest = octetAt(simpleFrames, first)
  return largest !== 0 && (second & Bit.payloadLength) <= largest && !hasWrongMask(second, policy.wrongMask)
}

/**
 * The largest 7-bit length field of a simple frame, indexed by the first byte. It is at most 126, since a 64-bit length needs the full
 * check. 0: the frame needs the full check, whatever its length. Extensions only allow more frames, which are checked in full.
 */
const simpleFrames = /* @__PURE__ */ makeTable()

function makeTable(): Uint8Array {
  const table = new Uint8Array(256)
  for (const opcode of selfContained) {
    const largest = [LENGTH_16, MAX_CONTROL_PAYLOAD_LENGTH].find((lengthField) => isAccepted(opcode, lengthField))
    table[Bit.fin | opcode] = largest ?? 0
  }
  return table
}

function isAccepted(opcode: number, lengthField: number): boolean {
  let accepted = true
  const refuse = () => {
    accepted = false
  }
  checkFirstByte(Bit.fin | opcode, noExtensions, 0, refuse)
  checkSecondByte(opcode, lengthField, { wrongMask: null }, 0, refuse)
  return accepted
}
