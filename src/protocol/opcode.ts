/**
 * Opcodes (RFC 6455, sections 5.2 and 11.8).
 */
import { assertInteger } from '../util/arguments.js'

/** The opcodes that RFC 6455 defines, under its names (section 11.8). */
export const Opcode = {
  /** The next fragment of a message (RFC 6455, section 5.4). */
  Continuation: 0x0,
  /** A text message in UTF-8, or its first fragment (section 5.6). */
  Text: 0x1,
  /** A binary message, or its first fragment (section 5.6). */
  Binary: 0x2,
  /** The last frame that an endpoint sends, with or without a close code and a reason (section 5.5.1). */
  Close: 0x8,
  /** Reply with a Pong that has the same payload (section 5.5.2). */
  Ping: 0x9,
  /** The reply to a Ping, or unsolicited (section 5.5.3). */
  Pong: 0xa,
} as const

/** An opcode that RFC 6455 defines. Extensions may define others, so `opcode` of a frame has the type `number`. */
export type Opcode = (typeof Opcode)[keyof typeof Opcode]

/** The opcodes of {@link Opcode} as a set of bits: bit n is set if opcode n is defined. */
export const definedOpcodes = /* @__PURE__ */ Object.values(Opcode).reduce<number>((set, opcode) => set | (1 << opcode), 0)

/**
 * Whether an opcode denotes a control frame: its most significant bit is set (RFC 6455, section 5.5).
 *
 * @param opcode - 0 to 15
 * @throws TypeError or RangeError for anything else
 */
export function isControl(opcode: number): boolean {
  assertInteger(opcode, 'opcode', 0, 15)
  return hasControlBit(opcode)
}

/** {@link isControl} without a check of the argument. */
export function hasControlBit(opcode: number): boolean {
  return (opcode & 0x8) !== 0
}

/**
 * Whether an opcode is reserved for extensions: 0x3-0x7 and 0xB-0xF (RFC 6455, section 5.2).
 *
 * @param opcode - 0 to 15
 * @throws TypeError or RangeError for anything else
 */
export function isReserved(opcode: number): boolean {
  assertInteger(opcode, 'opcode', 0, 15)
  return ((definedOpcodes >> opcode) & 1) === 0
}

const definedNames = /* @__PURE__ */ new Map<number, string>(
  /* @__PURE__ */ Object.entries(Opcode).map(([name, opcode]) => [opcode, name.toLowerCase()]),
)

/**
 * The name of an opcode in lower case, or its number in hex if it is reserved: `text`, `ping`, `0xb`.
 *
 * @param opcode - 0 to 15
 */
export function opcodeName(opcode: number): string {
  return definedNames.get(opcode) ?? `0x${opcode.toString(16)}`
}
