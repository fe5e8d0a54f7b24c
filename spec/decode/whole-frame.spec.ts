/**
 * The fast path for whole frames: which it takes, and that it leaves the others as they were.
 */
import { describe, expect, test } from '@jest/globals'
import { decodeHeader } from '../../src/index.js'
import type { DecodeOptions } from '../../src/index.js'
import { Input } from '../../src/decode/input.js'
import { readPolicy } from '../../src/header/make-policy.js'
import { lastFrame } from '../../src/decode/last-frame.js'
import { takeWholeFrame } from '../../src/decode/whole-frame.js'
import { bytes, concat } from '../support.js'

describe('takeWholeFrame', () => {
  /**
   * The frame with zeros for a payload, between other bytes, the last `missing` of it not there yet.
   *
   * @returns what is known of its header; the length of its payload if it is taken, and how many bytes are left
   */
  function take(hex: string, options: DecodeOptions = {}, missing = 0) {
    const { payloadLength = 0 } = decodeHeader(bytes(hex), { extensions: { rsv1: true, opcodes: [3] } }) ?? {}
    const data = concat(bytes('ffff'), bytes(hex), new Uint8Array(payloadLength), bytes('ffff'))
    const input = new Input()
    input.set(data, 2)
    input.end -= 2 + missing
    lastFrame.headerLength = 99
    const payload = takeWholeFrame(input, readPolicy(options, Infinity), false)
    const header = lastFrame.headerLength === 0 ? null : { ...lastFrame }
    return { header, taken: payload?.length ?? null, left: input.length, all: bytes(hex).length + payloadLength }
  }

  test.each<[string, object, DecodeOptions?]>([
    ['8100', { firstByte: 0x81, payloadLength: 0, maskingKey: null }],
    ['827d', { firstByte: 0x82, payloadLength: 125, maskingKey: null }],
    ['8900', { firstByte: 0x89, payloadLength: 0, maskingKey: null }],
    ['8a7d', { firstByte: 0x8a, payloadLength: 125 }],
    ['8a85 37fa213d', { firstByte: 0x8a, payloadLength: 5, maskingKey: 0x37fa213d }],
    ['8280 00000001', { firstByte: 0x82, payloadLength: 0, maskingKey: 1 }],
    ['827e 007e', { payloadLength: 126, maskingKey: null }],
    ['82fe ffff 00000001', { payloadLength: 65535, maskingKey: 1 }],
    ['8105', { payloadLength: 5 }, { maxPayloadLength: 5, sender: 'server' }],
    ['817e 007e', { payloadLength: 126 }, { maxPayloadLength: 126 }],
    ['8180 00000001', { maskingKey: 1 }, { sender: 'client' }],
  ])('takes a frame that begins with %s if it is there, and reads its header if that is', (hex, expected, options = {}) => {
    const { taken, header, left, all } = take(hex, options)
    expect(header).toMatchObject({ ...expected, payloadLength: taken, headerLength: bytes(hex).length })
    expect(left).toBe(0)
    const length = taken ?? 0
    for (const missing of [1, 2, length - 1, length, length + 1, length + 2, all - 1, all].filter((count) => count > 0)) {
      const isHeaderThere = missing <= length
      expect(take(hex, options, missing)).toEqual({ header: isHeaderThere ? header : null, taken: null, left: all - missing, all })
    }
  })

  test.each<[string, DecodeOptions?]>([
    ['0100'],
    ['8000'],
    ['8800'],
    ['c100', { extensions: { rsv1: true } }],
    ['8300', { extensions: { opcodes: [3] } }],
    ['827f 0000000000010000'],
    ['8105', { sender: 'client' }],
    ['8180 00000001', { sender: 'server' }],
    ['8106', { maxPayloadLength: 5 }],
    ['817e 007f', { maxPayloadLength: 126 }],
  ])('leaves %s with %j', (hex, options = {}) => {
    const { header, taken, left, all } = take(hex, options)
    expect([header, taken, left]).toEqual([null, null, all])
  })

  test.each(['897e 007e', '827e 007d', '8b00', '827f 0000000000000000', '827f 007e000000000000'])(
    'leaves %s, which breaks a rule or has not come whole',
    (hex) => {
      const input = new Input()
      input.set(concat(bytes(hex), new Uint8Array(200)), 0)
      const { length } = input
      expect(takeWholeFrame(input, readPolicy({}, Infinity), false)).toBeNull()
      expect(input.length).toBe(length)
    },
  )

  test.each([
    ['81bf 37fa213d', null],
    ['81c0 37fa213d', 0x37fa213d],
    ['81fe 007e 37fa213d', 0x37fa213d],
    ['81 7e 007e', null],
  ])('leaves the payload of %s masked with %p where texts are used at once', (hex, maskedWith) => {
    const input = new Input()
    const header = bytes(hex)
    input.set(concat(header, new Uint8Array(126).fill(0xaa)), 0)
    lastFrame.isValid = true
    const payload = takeWholeFrame(input, readPolicy({}, Infinity), true)
    expect(lastFrame).toMatchObject({ maskedWith, isValid: false })
    const isMasked = ((header[1] ?? 0) & 0x80) !== 0
    expect(payload?.[0]).toBe(isMasked && maskedWith === null ? 0xaa ^ 0x37 : 0xaa)
  })

  test.each(['82fe 007e 37fa213d', '89fd 37fa213d'])('unmasks the payload of %s, which is no text, there too', (hex) => {
    const input = new Input()
    input.set(concat(bytes(hex), new Uint8Array(126).fill(0xaa)), 0)
    expect(takeWholeFrame(input, readPolicy({}, Infinity), true)?.[0]).toBe(0xaa ^ 0x37)
  })

  test('lets go of a chunk when it has taken the last frame', () => {
    const input = new Input()
    input.set(bytes('8101 61 8101 62'), 0)
    const lengths = [1, 2].map(() => {
      expect(takeWholeFrame(input, readPolicy({}, Infinity), false)).toHaveLength(1)
      return input.bytes.length
    })
    expect(lengths).toEqual([6, 0])
  })
})
