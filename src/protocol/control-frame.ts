/**
 * Control frames (RFC 6455, section 5.5).
 */
import { opcodeName } from './opcode.js'
import type { Report } from './rules.js'

/** In bytes: the longest payload of a control frame. */
export const MAX_CONTROL_PAYLOAD_LENGTH = 125

/**
 * @param length - the payload length in bytes or, since every extended one is too long, the 7 bits that announce it
 */
export function checkControlPayloadLength(
  opcode: number,
  name: '7-bit length' | 'payload length',
  length: number,
  frameOffset: number,
  report: Report,
): void {
  if (length > MAX_CONTROL_PAYLOAD_LENGTH) {
    report('control-too-long', frameOffset, `the ${name} of a ${opcodeName(opcode)} frame is ${length}`)
  }
}
