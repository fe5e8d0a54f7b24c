import { expect, test } from '@jest/globals'
import type { DecodeOptions } from '../../src/index.js'
import { readPolicy } from '../../src/header/make-policy.js'
import { shared } from '../../src/header/shared-policy.js'

/** What a FrameReader and a MessageReader take. */
function policiesOf(options: DecodeOptions, maxMessageLength: number) {
  return { ofFrames: shared(readPolicy(options, 16)), ofMessages: shared(readPolicy(options, 16, maxMessageLength)) }
}

test('readers with the same options, made one after another, share their policies', () => {
  const first = policiesOf({ sender: 'client' }, 64)
  const second = policiesOf({ sender: 'client' }, 64)
  expect(second.ofFrames).toBe(first.ofFrames)
  expect(second.ofMessages).toBe(first.ofMessages)
  expect(second.ofMessages).toMatchObject({ wrongMask: 0, maxPayloadLength: 16, maxMessageLength: 64, leastLimit: 16 })
})

test('readers with other options have policies of their own', () => {
  const client = policiesOf({ sender: 'client' }, 64)
  expect(policiesOf({ sender: 'server' }, 64).ofFrames).toMatchObject({ wrongMask: 0x80 })
  expect(policiesOf({ sender: 'client' }, 8).ofMessages).toMatchObject({ maxMessageLength: 8, leastLimit: 8 })
  expect(client).toMatchObject({ ofFrames: { wrongMask: 0 }, ofMessages: { maxMessageLength: 64 } })
})
