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

test('options that differ in one thing have other policies, whichever of the two are made first', () => {
  const extensions = { permessageDeflate: true, rsv1: true }
  const rsvs = ['rsv1', 'rsv2', 'rsv3', 'permessageDeflate'] as const
  const pairs: [DecodeOptions, DecodeOptions][] = [
    [{}, { sender: 'client' }],
    [{}, { maxPayloadLength: 17 }],
    [{}, { extensions: { opcodes: [3] } }],
    ...rsvs.map((rsv): [DecodeOptions, DecodeOptions] => [
      { extensions },
      { extensions: { ...extensions, [rsv]: !Object.hasOwn(extensions, rsv) } },
    ]),
  ]
  for (const [one, other] of pairs) {
    expect(readPolicy(one, 16)).not.toEqual(readPolicy(other, 16))
    for (const options of [one, other, one]) {
      const { ofFrames, ofMessages } = policiesOf(options, 64)
      expect([ofFrames, ofMessages]).toEqual([readPolicy(options, 16), readPolicy(options, 16, 64)])
    }
  }
})
