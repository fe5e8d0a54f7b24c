/**
 * Which message a data frame belongs to (RFC 6455, section 5.4): the one that it begins or, if it is a continuation, the one that is open.
 */
import { Opcode, hasControlBit } from './opcode.js'

/** The data message that the last data frame belongs to. */
export interface MessageState {
  /** Whether it has begun and not ended, so that the next data frame must continue it. */
  open: boolean
  /** That of its first frame. */
  opcode: number
  /** Whether permessage-deflate compresses it. */
  isCompressed: boolean
  /** The payload of its frames so far, in bytes. */
  length: number
}

export function noMessage(): MessageState {
  return { open: false, opcode: Opcode.Continuation, isCompressed: false, length: 0 }
}

/** How many bytes of its message come before a data frame. */
export function lengthBefore(opcode: number, message: MessageState): number {
  return opcode === Opcode.Continuation && message.open ? message.length : 0
}

/**
 * Takes a frame into account whose header has been accepted.
 *
 * @param isCompressed - whether its first byte marks a compressed message
 */
export function enterFrame(message: MessageState, opcode: number, fin: boolean, isCompressed: boolean, payloadLength: number): void {
  if (hasControlBit(opcode)) return
  message.length = lengthBefore(opcode, message) + payloadLength
  if (opcode !== Opcode.Continuation) {
    message.opcode = opcode
    message.isCompressed = isCompressed
  }
  message.open = !fin
}

/** Whether the payload of the message is UTF-8: that of a text, unless it is compressed. */
export function isPlainText(message: MessageState): boolean {
  return message.opcode === Opcode.Text && !message.isCompressed
}
