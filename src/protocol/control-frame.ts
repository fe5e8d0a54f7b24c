/**
 * The limit of control frames (RFC 6455, section 5.5).
 */
import { opcodeName } from './opcode.js'
import type { Report } from './rules.js'

/** The longest payload of a control frame, in bytes. */
export const MAX_CONTROL_PAYLOAD_LENGTH = 125

/**
 * @param length - the payload length in bytes. The 7-bit length field will do, since every extended payload length is too long
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
