/**
 * Lets readers with equal options share one policy.
 */
import { plainPolicy } from './make-policy.js'
import type { FramePolicy } from './policy.js'

const last = { limited: plainPolicy, unlimited: plainPolicy }

/** Returns one object for equal policies, so that a server with many readers does not keep a policy for each. */
export function shared(policy: FramePolicy): FramePolicy {
  // One of each kind is kept, so that programs that create both kinds of readers in turn share both policies.
  const kind = policy.maxMessageLength === Infinity ? 'unlimited' : 'limited'
  const known = last[kind]
  // `rsvBitsOfStart` and `leastLimit` follow from these.
  const isKnown =
    policy.opcodes === known.opcodes &&
    policy.rsvBits === known.rsvBits &&
    policy.wrongMask === known.wrongMask &&
    policy.maxPayloadLength === known.maxPayloadLength &&
    policy.maxMessageLength === known.maxMessageLength &&
    policy.compressedBit === known.compressedBit
  if (!isKnown) last[kind] = policy
  return last[kind]
}
