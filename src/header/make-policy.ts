/**
 * Makes the policy of a reader or encoder from its options. Each option is read and checked once.
 */
import { definedOpcodes, isReserved } from '../protocol/opcode.js'
import type { DecodeOptions, Extensions, Sender } from '../protocol/options.js'
import { assertBoolean, assertInteger, assertLimit, assertObject } from '../util/arguments.js'
import { Bit } from './layout.js'
import { noExtensions } from './policy.js'
import type { FramePolicy } from './policy.js'

/** No extensions and no limits. Made once, since the encoders need a policy for each frame. */
export const plainPolicy: FramePolicy = {
  ...noExtensions,
  wrongMask: null,
  maxPayloadLength: Infinity,
  maxMessageLength: Infinity,
  leastLimit: Infinity,
}
const clientPolicy: FramePolicy = { ...plainPolicy, wrongMask: 0 }
const serverPolicy: FramePolicy = { ...plainPolicy, wrongMask: Bit.mask }

/**
 * The policy of a reader.
 *
 * @param options - as the caller passed them
 * @param defaultMaxPayloadLength - in bytes; used if the options have no `maxPayloadLength`
 * @param maxMessageLength - in bytes; default: no limit
 * @throws TypeError or RangeError for a value that is not of the option's type or range
 */
export function readPolicy(options: DecodeOptions = {}, defaultMaxPayloadLength: number, maxMessageLength = Infinity): FramePolicy {
  assertObject(options, 'options')
  const { maxPayloadLength = defaultMaxPayloadLength, sender, extensions } = options
  assertLimit(maxPayloadLength, 'maxPayloadLength')
  const policy = connectionPolicy(sender, extensions)
  const leastLimit = Math.min(maxPayloadLength, maxMessageLength)
  return leastLimit === Infinity ? policy : { ...policy, maxPayloadLength, maxMessageLength, leastLimit }
}

/**
 * The policy of an encoder, which has no limits.
 *
 * @throws TypeError or RangeError for options of another type or range
 */
export function connectionPolicy(sender: Sender | undefined, extensions: Extensions | undefined): FramePolicy {
  if (sender !== undefined && sender !== 'client' && sender !== 'server') {
    throw new TypeError(`sender must be 'client' or 'server', not ${String(sender)}`)
  }
  const policy = sender === undefined ? plainPolicy : sender === 'client' ? clientPolicy : serverPolicy
  if (extensions === undefined) return policy
  return { ...policy, ...readExtensions(extensions) }
}

function readExtensions(extensions: Extensions) {
  assertObject(extensions, 'extensions')
  const { permessageDeflate = false, rsv1 = false, rsv2 = false, rsv3 = false, opcodes = [] } = extensions
  assertBoolean(permessageDeflate, 'extensions.permessageDeflate')
  assertBoolean(rsv1, 'extensions.rsv1')
  assertBoolean(rsv2, 'extensions.rsv2')
  assertBoolean(rsv3, 'extensions.rsv3')
  const rsvBits = (rsv1 ? Bit.rsv1 : 0) | (rsv2 ? Bit.rsv2 : 0) | (rsv3 ? Bit.rsv3 : 0)
  const compressedBit = permessageDeflate ? Bit.rsv1 : 0
  return { opcodes: readOpcodes(opcodes), rsvBits, rsvBitsOfStart: rsvBits | compressedBit, compressedBit }
}

/** The defined opcodes as a set of bits: bit n is set if RFC 6455 or an extension defines opcode n. */
function readOpcodes(opcodes: readonly number[]): number {
  if (!Array.isArray(opcodes)) throw new TypeError('extensions.opcodes must be an array')
  let defined = definedOpcodes
  for (const opcode of opcodes) {
    assertInteger(opcode, 'an opcode of extensions.opcodes', 0x3, 0xf)
    if (!isReserved(opcode)) throw new RangeError(`extensions.opcodes: 0x${opcode.toString(16)} is not a reserved opcode`)
    defined |= 1 << opcode
  }
  return defined
}
