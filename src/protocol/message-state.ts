/**
 * Tracks the message that a data frame belongs to (RFC 6455, section 5.4): a continuation frame continues the open message, any other
 * data frame begins a new one.
 */
import { Opcode, hasControlBit } from './opcode.js'

/** The message that the last data frame belongs to. */
export interface MessageState {
  /** Whether the message has begun and not ended: the next data frame must be a continuation frame. */
  readonly open: boolean
  /** The opcode of its first frame. */
  readonly opcode: number
  /** Whether the message is compressed with permessage-deflate. */
  readonly isCompressed: boolean
  /** Total payload length of its frames so far, in bytes. */
  readonly length: number
}

/** Before the first message. */
export const NO_MESSAGE: MessageState = { open: false, opcode: Opcode.Continuation, isCompressed: false, length: 0 }

/** Total payload length, in bytes, of the fragments before a data frame of the same message. */
export function lengthBefore(opcode: number, message: MessageState): number {
  return opcode === Opcode.Continuation && message.open ? message.length : 0
}

/**
 * @param isCompressed - whether the first byte of the frame marks a compressed message; ignored for a continuation frame
 * @returns the state after a frame whose header has been accepted. Control frames change nothing.
 */
export function enterFrame(before: MessageState, opcode: number, fin: boolean, isCompressed: boolean, payloadLength: number): MessageState {
  if (hasControlBit(opcode)) return before
  const length = lengthBefore(opcode, before) + payloadLength
  const first = opcode === Opcode.Continuation ? before : { opcode, isCompressed }
  return { open: !fin, opcode: first.opcode, isCompressed: first.isCompressed, length }
}

/** Whether the payloads of the message must be UTF-8: it is a text and not compressed. */
export function isPlainText(message: MessageState): boolean {
  return message.opcode === Opcode.Text && !message.isCompressed
}
