/**
 * Policies that readers share.
 */
import { plainPolicy } from './make-policy.js'
import type { FramePolicy } from './policy.js'

const last = { limited: plainPolicy, unlimited: plainPolicy }

/** A hundred thousand readers with the same options have the same policy, instead of 80 bytes each. */
export function shared(policy: FramePolicy): FramePolicy {
  // So that those who make a FrameReader and a MessageReader by turns share them too.
  const kind = policy.maxMessageLength === Infinity ? 'unlimited' : 'limited'
  const known = last[kind]
  const isKnown =
    policy.opcodes === known.opcodes &&
    policy.rsvBits === known.rsvBits &&
    policy.rsvBitsOfStart === known.rsvBitsOfStart &&
    policy.wrongMask === known.wrongMask &&
    policy.maxPayloadLength === known.maxPayloadLength &&
    policy.maxMessageLength === known.maxMessageLength &&
    policy.compressedBit === known.compressedBit
  if (!isKnown) last[kind] = policy
  return last[kind]
}
