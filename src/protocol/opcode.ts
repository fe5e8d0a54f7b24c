/**
 * Opcodes (RFC 6455, sections 5.2 and 11.8).
 */
import { assertInteger } from '../util/arguments.js'

/** The opcodes that RFC 6455 defines, by the names it gives them (section 11.8). */
export const Opcode = {
  /** The next fragment of a message (RFC 6455, section 5.4). */
  Continuation: 0x0,
  /** A text message, or its first fragment; UTF-8 (section 5.6). */
  Text: 0x1,
  /** A binary message, or its first fragment (section 5.6). */
  Binary: 0x2,
  /** The last frame of its sender, with a close code and a reason or without (section 5.5.1). */
  Close: 0x8,
  /** To be answered with a Pong that has the same payload (section 5.5.2). */
  Ping: 0x9,
  /** The answer to a Ping, or unsolicited (section 5.5.3). */
  Pong: 0xa,
} as const

/** One of the opcodes that RFC 6455 defines. A frame may have others if an extension defines them, so `opcode` of a frame is a number. */
export type Opcode = (typeof Opcode)[keyof typeof Opcode]

/** One bit for each opcode of {@link Opcode}: bit n is set when opcode n is defined. */
export const definedOpcodes = /* @__PURE__ */ Object.values(Opcode).reduce<number>((set, opcode) => set | (1 << opcode), 0)

/**
 * Whether an opcode belongs to a control frame: its most significant bit is set (RFC 6455, section 5.5).
 *
 * @param opcode - 0 to 15
 * @throws TypeError or RangeError for anything else
 */
export function isControl(opcode: number): boolean {
  assertInteger(opcode, 'opcode', 0, 15)
  return hasControlBit(opcode)
}

/** {@link isControl} for what is known to be an opcode. */
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
 * An opcode as people read it: `text`, `ping`, `0xb`.
 *
 * @param opcode - 0 to 15
 */
export function opcodeName(opcode: number): string {
  return definedNames.get(opcode) ?? `0x${opcode.toString(16)}`
}
