/**
 * The rules for a frame header, in the order of its bits (RFC 6455, sections 5.1 to 5.5 and 10.4). Each rule is decided only here.
 */
import { checkControlPayloadLength } from '../protocol/control-frame.js'
import { lengthBefore } from '../protocol/message-state.js'
import type { MessageState } from '../protocol/message-state.js'
import { Opcode, hasControlBit, opcodeName } from '../protocol/opcode.js'
import type { Report } from '../protocol/rules.js'
import { Bit, RSV_BITS, leastLengthIn, shortestLengthBits } from './layout.js'
import type { LengthBits } from './layout.js'
import { allowedRsvBits, hasWrongMask } from './policy.js'
import type { FramePolicy } from './policy.js'

/** Checks FIN, RSV1-3 and the opcode (5.2). A control frame must not be fragmented (5.5). */
export function checkFirstByte(
  first: number,
  policy: Pick<FramePolicy, 'opcodes' | 'rsvBits' | 'rsvBitsOfStart'>,
  frameOffset: number,
  report: Report,
): void {
  const opcode = first & Bit.opcode
  const undefinedRsvBits = first & RSV_BITS & ~allowedRsvBits(policy, opcode)
  if (undefinedRsvBits !== 0) {
    report('rsv-bit', frameOffset, `${rsvNames(undefinedRsvBits)} set on a ${opcodeName(opcode)} frame`)
  }
  if (((policy.opcodes >> opcode) & 1) === 0) report('opcode-reserved', frameOffset, `the opcode is ${opcodeName(opcode)}`)
  if (hasControlBit(opcode) && (first & Bit.fin) === 0) {
    report('control-fragmented', frameOffset, `FIN is clear on a ${opcodeName(opcode)} frame`)
  }
}

/** Checks the order of data frames: only control frames may stand between the fragments of a message (5.4). */
export function checkOrder(opcode: number, message: MessageState, frameOffset: number, report: Report): void {
  if (hasControlBit(opcode)) return
  if (opcode === Opcode.Continuation) {
    if (!message.open) report('continuation-unexpected', frameOffset, 'a continuation frame arrives while no message is open')
  } else if (message.open) {
    report('continuation-expected', frameOffset, `a ${opcodeName(opcode)} frame arrives while a fragmented message is open`)
  }
}

/** Checks the 7-bit length of a control frame (5.5) and MASK (5.1). */
export function checkSecondByte(
  opcode: number,
  second: number,
  { wrongMask }: Pick<FramePolicy, 'wrongMask'>,
  frameOffset: number,
  report: Report,
): void {
  if (hasControlBit(opcode)) checkControlPayloadLength(opcode, '7-bit length', second & Bit.payloadLength, frameOffset, report)
  if (!hasWrongMask(second, wrongMask)) return
  if (wrongMask === 0) report('mask-required', frameOffset, 'a client sent a frame with MASK clear')
  else report('mask-forbidden', frameOffset, 'a server sent a frame with MASK set')
}

/** Whether a form of a payload length is the shortest one that holds it; every other form is invalid (5.2). */
export function isShortestForm(payloadLength: number, lengthBits: LengthBits): boolean {
  return shortestLengthBits(payloadLength) === lengthBits
}

/** Checks the first byte of a 64-bit payload length (5.2). */
export function checkMostSignificantBit(first: number, frameOffset: number, report: Report): void {
  if ((first & 0x80) !== 0) report('length-msb', frameOffset, `the 64-bit payload length begins with 0x${first.toString(16)}`)
}

/**
 * Checks the form of a payload length (5.2), of which the last bytes may be missing.
 *
 * @param least - the smallest payload length that the bytes so far allow
 * @param most - the largest payload length that they allow
 */
export function checkForm(least: number, most: number, lengthBits: LengthBits, frameOffset: number, report: Report): void {
  if (isShortestForm(most, lengthBits)) return
  const found = least === most ? `${most} is` : `a payload length below ${leastLengthIn(lengthBits)} is`
  report('length-not-minimal', frameOffset, `${found} written in ${lengthBits} bits`)
}

/** Checks the limits that the caller set for data frames and messages (10.4). */
export function checkLimits(
  opcode: number,
  payloadLength: number,
  { maxPayloadLength, maxMessageLength }: Pick<FramePolicy, 'maxPayloadLength' | 'maxMessageLength'>,
  message: MessageState | null,
  frameOffset: number,
  report: Report,
): void {
  if (hasControlBit(opcode)) return
  if (payloadLength > maxPayloadLength) {
    report('payload-too-long', frameOffset, `the payload length is ${payloadLength}, the limit ${maxPayloadLength}`)
  }
  if (message === null) return
  const before = lengthBefore(opcode, message)
  if (before <= maxMessageLength && payloadLength > maxMessageLength - before) {
    const found = `the total payload length of the message is ${before} + ${payloadLength}, the limit ${maxMessageLength}`
    report('message-too-long', frameOffset, found)
  }
}

function rsvNames(bits: number): string {
  const names = (['rsv1', 'rsv2', 'rsv3'] as const).filter((name) => (bits & Bit[name]) !== 0)
  return `${names.map((name) => name.toUpperCase()).join(' and ')} ${names.length === 1 ? 'is' : 'are'}`
}
