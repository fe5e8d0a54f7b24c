/** A Jest test of a user of the package, in the environment jsdom: a browser without TextEncoder and TextDecoder. */
const { Opcode, FrameReader, MessageReader, encodeFrame, randomMaskingKey } = require('websocket-frames')

test('jsdom has what it is thought to have, and lacks what it is thought to lack', () => {
  expect(typeof document.createElement).toBe('function')
  expect(typeof TextEncoder).toBe('undefined')
  expect(typeof TextDecoder).toBe('undefined')
})

test('binary frames are encoded and decoded', () => {
  for (const length of [0, 5, 200, 3000, 100_000]) {
    const payload = new Uint8Array(length).fill(7)
    const bytes = encodeFrame({ opcode: Opcode.Binary, payload, maskingKey: randomMaskingKey() }, { sender: 'client' })
    expect(new FrameReader({ sender: 'client' }).push(bytes).read().payload).toEqual(payload)
    expect(new MessageReader({ sender: 'client' }).push(bytes).read()).toEqual({ type: 'binary', data: payload })
  }
})

test('strings and texts need what is missing, and say so', () => {
  const text = Uint8Array.of(0x81, 0x02, 0x68, 0x69)
  expect(() => encodeFrame({ opcode: Opcode.Text, payload: 'hi' })).toThrow('TextEncoder')
  expect(() => new MessageReader().push(text).read()).toThrow('TextDecoder')
  const { TextEncoder, TextDecoder } = require('node:util')
  Object.assign(globalThis, { TextEncoder, TextDecoder })
  expect(encodeFrame({ opcode: Opcode.Text, payload: 'hi' })).toEqual(text)
  expect(new MessageReader().push(text).read()).toEqual({ type: 'text', data: 'hi' })
})
