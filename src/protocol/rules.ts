/**
 * The rules that can be checked from the bytes: each stated once, with its section and the close code to reply with. The RFC's own
 * sentence for each rule is in `rfc-sentences.ts`.
 */

/** The name of a rule: a key of {@link rules}, and the value of {@link ProtocolError.rule}. */
export type RuleId =
  | 'rsv-bit'
  | 'opcode-reserved'
  | 'control-fragmented'
  | 'control-too-long'
  | 'mask-required'
  | 'mask-forbidden'
  | 'length-msb'
  | 'length-not-minimal'
  | 'length-unsafe'
  | 'payload-too-long'
  | 'continuation-unexpected'
  | 'continuation-expected'
  | 'close-payload-length'
  | 'close-code'
  | 'close-reason-utf8'
  | 'deflate-data'
  | 'text-utf8'
  | 'message-too-long'
  | 'after-close'
  | 'truncated'

/** One rule. */
export interface Rule {
  /** The RFC that states it: 6455, or 7692 for permessage-deflate. */
  readonly rfc: 6455 | 7692
  /** The section of that RFC, such as `5.2`. */
  readonly section: string
  /**
   * Close code to reply with (RFC 6455, section 7.4.1). Do not send 1006: it means that the connection is lost, and there is no peer to
   * reply to.
   */
  readonly closeCode: number
  /** What is allowed, in one sentence. */
  readonly statement: string
}

/** Keeps each rule of the table on one line. */
function rule(section: string, closeCode: number, statement: string, rfc: Rule['rfc'] = 6455): Rule {
  return { rfc, section, closeCode, statement }
}

/** Every rule that this package enforces. If one byte breaks several rules, the first of them in this order is reported. */
export const rules: Readonly<Record<RuleId, Rule>> = {
  'rsv-bit': rule('5.2', 1002, 'an RSV bit must be 0 unless a negotiated extension gives it a meaning on this frame'),
  'opcode-reserved': rule('5.2', 1002, 'opcodes 0x3-0x7 and 0xB-0xF must not be used unless a negotiated extension defines them'),
  'control-fragmented': rule('5.5', 1002, 'a control frame must have FIN set, since it must not be fragmented'),
  'control-too-long': rule('5.5', 1002, 'a control frame must have a payload length of 125 bytes or less'),
  'mask-required': rule('5.1', 1002, 'a client must mask every frame it sends'),
  'mask-forbidden': rule('5.1', 1002, 'a server must not mask any frame it sends'),
  'length-msb': rule('5.2', 1002, 'the most significant bit of a 64-bit payload length must be 0'),
  'length-not-minimal': rule('5.2', 1002, 'a payload length must use the shortest form: 7 bits to 125, 16 bits to 65535, 64 bits above'),
  'length-unsafe': rule('10.4', 1009, 'a payload length must not exceed 2^53-1, the largest that JavaScript counts exactly'),
  'payload-too-long': rule('10.4', 1009, 'the payload length of a data frame must not exceed maxPayloadLength'),
  'continuation-unexpected': rule('5.4', 1002, 'a continuation frame must continue a message that a data frame with FIN clear has begun'),
  'continuation-expected': rule('5.4', 1002, 'until a fragmented message has ended, every data frame must be a continuation frame'),
  'close-payload-length': rule('5.5.1', 1002, 'a close payload must be empty or begin with a 2-byte close code'),
  'close-code': rule('7.4', 1002, 'the close codes allowed on the wire are 1000-1003, 1007-1014 and 3000-4999'),
  'close-reason-utf8': rule('5.5.1', 1007, 'a close reason must be UTF-8'),
  'deflate-data': rule('7.2.2', 1007, 'the payload of a compressed message must be DEFLATE data that ends at a block boundary', 7692),
  'text-utf8': rule('8.1', 1007, 'the payload of a text message must be UTF-8'),
  'message-too-long': rule('10.4', 1009, 'the total payload length of a message must not exceed maxMessageLength'),
  'after-close': rule('5.5.1', 1002, 'an endpoint must not send a data frame after a Close frame'),
  truncated: rule('7.1.5', 1006, 'a stream must not end inside a frame or a fragmented message'),
}

/** The message of a violation: what was found, what is allowed, and the rule. */
export function violationMessage(rule: RuleId, found: string): string {
  return messageAt('', rule, found)
}

/** The message of an error as {@link violationMessage} writes it, without the position of the frame. */
export function messageWithoutPosition({ message, offset }: ProtocolError): string {
  return `${message.slice(0, -`${positionOf(offset)})`.length)})`
}

function messageAt(position: string, rule: RuleId, found: string): string {
  const { rfc, section, statement } = rules[rule]
  return `${found}; ${statement} (rule ${rule}, RFC ${rfc} section ${section}${position})`
}

function positionOf(offset: number): string {
  return `, frame at byte ${offset}`
}

/**
 * Thrown for bytes that break a rule of RFC 6455 or RFC 7692. The message says what was found, what is allowed, which rule was broken
 * and where the frame begins.
 *
 * A program that loads the package both by `import` and by `require` has two copies of this class, and `instanceof` fails for an error
 * of the other copy. In such a program, compare `error.name` with `'ProtocolError'`.
 *
 * @example
 * ```js
 * try {
 *   decodeFrame(Uint8Array.of(0x83, 0x00))
 * } catch (error) {
 *   error.rule // 'opcode-reserved'
 *   error.section // '5.2'
 *   error.closeCode // 1002
 *   error.offset // 0
 * }
 * ```
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  /** The rule that was broken. */
  readonly rule: RuleId
  /** The RFC that states it: 6455, or 7692 for permessage-deflate. */
  readonly rfc: Rule['rfc']
  /** The section of that RFC. */
  readonly section: string
  /** Close code to reply with (RFC 6455, section 7.4.1); 1006 if there is no peer to reply to. */
  readonly closeCode: number
  /** Position of the first byte of the invalid frame, in bytes from the beginning of the stream. */
  readonly offset: number

  /**
   * @param rule - the rule that was broken
   * @param offset - position of the first byte of the invalid frame, in bytes from the beginning of the stream
   * @param found - what was found there, as the beginning of a sentence
   * @param cause - the error that `inflate` or the platform threw, if there is one
   */
  constructor(rule: RuleId, offset: number, found: string, cause?: unknown) {
    const { rfc, section, closeCode } = rules[rule]
    super(messageAt(positionOf(offset), rule, found), cause === undefined ? undefined : { cause })
    this.rule = rule
    this.rfc = rfc
    this.section = section
    this.closeCode = closeCode
    this.offset = offset
  }
}

/**
 * Called with each violation that a check finds, in the order of the bytes. Usually throws, but `inspect`'s returns: checks must work
 * either way.
 */
export type Report = (rule: RuleId, offset: number, found: string) => void

/** The report of readers and encoders: throws the first violation. */
export const raise: Report = (rule, offset, found) => {
  throw new ProtocolError(rule, offset, found)
}
