/**
 * Tracks the message that a data frame belongs to (RFC 6455, section 5.4): a continuation frame continues the open message, any other
 * data frame begins a new one.
 */
import { Opcode, hasControlBit } from './opcode.js'

/** The message that the last data frame belongs to. */
export interface MessageState {
  /** Whether the message has begun and not ended: the next data frame must be a continuation frame. */
  open: boolean
  /** The opcode of its first frame. */
  opcode: number
  /** Whether the message is compressed with permessage-deflate. */
  isCompressed: boolean
  /** Total payload length of its frames so far, in bytes. */
  length: number
}

export function noMessage(): MessageState {
  return { open: false, opcode: Opcode.Continuation, isCompressed: false, length: 0 }
}

/** Total payload length, in bytes, of the fragments before a data frame of the same message. */
export function lengthBefore(opcode: number, message: MessageState): number {
  return opcode === Opcode.Continuation && message.open ? message.length : 0
}

/**
 * Updates the state with a frame whose header has been accepted. Control frames change nothing.
 *
 * @param isCompressed - whether the first byte of the frame marks a compressed message; ignored for a continuation frame
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

/** Whether the payloads of the message must be UTF-8: it is a text and not compressed. */
export function isPlainText(message: MessageState): boolean {
  return message.opcode === Opcode.Text && !message.isCompressed
}
