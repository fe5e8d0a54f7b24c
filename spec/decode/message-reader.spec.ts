import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { MessageReader, Opcode, ProtocolError, encodeClosePayload, encodeFrame, fragmentMessage } from '../../src/index.js'
import type { FrameInit } from '../../src/index.js'
import { DataMessages } from '../../src/decode/data-message.js'
import { textForm } from '../../src/decode/text.js'
import { chunkingArbitrary, cut } from '../reference/arbitraries.js'
import { expectFailed, oneByOne, plainMessage, readMessageChunks } from '../reading.js'
import { TRANSFERRED, bytes, concat, hexOf, thrownBy, utf8, violationOf } from '../support.js'

const text = (data: string) => ({ type: 'text', data })

describe('MessageReader', () => {
  test('delivers messages of every type, in order', () => {
    const stream = concat(
      encodeFrame({ opcode: Opcode.Text, payload: '你好', maskingKey: 0x37fa213d }),
      encodeFrame({ opcode: Opcode.Binary, payload: bytes('00ff') }),
      encodeFrame({ opcode: Opcode.Ping, payload: '?' }),
      encodeFrame({ opcode: Opcode.Pong }),
      encodeFrame({ opcode: Opcode.Text }),
      encodeFrame({ opcode: Opcode.Binary }),
      encodeFrame({ opcode: Opcode.Close, payload: encodeClosePayload(1001, 'bye') }),
    )
    const expected = [
      text('你好'),
      { type: 'binary', data: '00ff' },
      { type: 'ping', data: '3f' },
      { type: 'pong', data: '' },
      text(''),
      { type: 'binary', data: '' },
      { type: 'close', code: 1001, reason: 'bye' },
    ]
    expect(readMessageChunks([stream])).toMatchObject({ messages: expected, error: null })
    expect(readMessageChunks(oneByOne(stream))).toMatchObject({ messages: expected, error: null })
  })

  test('puts fragments together, and delivers control frames between them at once (5.4)', () => {
    const reader = new MessageReader()
    reader.push(bytes('0103 48656c 8901 61'))
    expect(reader.read()).toEqual({ type: 'ping', data: utf8('a') })
    expect(reader.read()).toBeNull()
    reader.push(bytes('0000 8a00 8002 6c6f 8200'))
    expect([...reader].map(plainMessage)).toEqual([{ type: 'pong', data: '' }, text('Hello'), { type: 'binary', data: '' }])
  })

  test('an empty Close payload means 1005, and what follows is discarded', () => {
    const reader = new MessageReader().push(bytes('0100 8800 ffff'))
    expect(reader.closed).toBe(false)
    expect(reader.read()).toEqual({ type: 'close', code: 1005, reason: '' })
    expect(reader.closed).toBe(true)
    expect(reader.push(bytes('83')).read()).toBeNull()
    expect(reader.bufferedLength).toBe(0)
    expect(() => reader.end()).not.toThrow()
  })

  test.each(['0103 616263 8800', '0203 616263 8802 03e8', '4103 f248cd 8800'])(
    'in %s nothing of the message in progress is held after the Close frame',
    (hex) => {
      const reader = new MessageReader({ extensions: { permessageDeflate: true } }).push(bytes(hex))
      expect(reader.read()).toMatchObject({ type: 'close' })
      expect([reader.bufferedLength, reader.closed, reader.error]).toEqual([0, true, null])
    },
  )

  test('the iterator can be iterated over', () => {
    const reader = new MessageReader().push(bytes('8100 8900'))
    expect(Array.from(reader[Symbol.iterator]())).toHaveLength(2)
  })

  test('passes over frames of opcodes that an extension defines, with their fragments', () => {
    const options = { extensions: { opcodes: [0x3, 0xb] } }
    expect(readMessageChunks([bytes('8301 61 8b01 62 0301 63 8901 64 8001 65 8101 66')], options).messages).toEqual([
      { type: 'ping', data: '64' },
      text('f'),
    ])
    expect(readMessageChunks(oneByOne(bytes('0101 61 8b00 8001 62')), options).messages).toEqual([text('ab')])

    const reader = new MessageReader(options).push(bytes('8301 61'))
    expect(() => reader.end()).not.toThrow()
    expect(reader.bufferedLength).toBe(0)
    expect(reader.read()).toBeNull()
  })

  test('data of a message may be written to without reaching another', () => {
    const datas: string[] = []
    for (const message of new MessageReader().push(bytes('0201 01 8001 02 8202 0304'))) {
      if (message.type !== 'binary') continue
      datas.push(hexOf(message.data))
      message.data.fill(0xff)
    }
    expect(datas).toEqual(['0102', '0304'])
  })

  test('data in pieces has a buffer of its own size', () => {
    for (const frames of ['0201 01 0000 8002 0203', '0203 010203 8000']) {
      const message = [...new MessageReader().push(bytes(frames))][0]
      expect(message?.type === 'binary' && message.data.buffer.byteLength).toBe(3)
    }
  })

  test('a transferred message does not reach any other, nor any other reader', () => {
    for (const frames of ['0200 8000', '0201 01 8000', '8200', '8201 01']) {
      const reader = new MessageReader().push(bytes(frames))
      const message = reader.read()
      if (message?.type !== 'binary') throw new Error('a binary message was expected')
      structuredClone(message.data, { transfer: [message.data.buffer] })
      expect([...reader.push(bytes('0101 61 8001 62'))]).toEqual([text('ab')])
      expect([...new MessageReader().push(bytes('0200 8000 0101 61 8001 62'))]).toHaveLength(2)
    }
  })

  test.each([20, 70_000])(
    'a frame that is cut once, after %p bytes, is gathered in a buffer of its size and not copied out of it',
    (at) => {
      const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(100_000) })
      const reader = new MessageReader()
      reader.push(frame.subarray(0, at))
      expect(reader.read()).toBeNull()
      reader.push(frame.subarray(at))
      const slice = jest.spyOn(Uint8Array.prototype, 'slice')
      const message = reader.read()
      expect(slice).not.toHaveBeenCalled()
      slice.mockRestore()
      expect(message?.type === 'binary' && message.data.buffer.byteLength).toBe(100_000)
    },
  )

  test.each([Opcode.Text, Opcode.Binary])('bufferedLength counts what has come of a message (opcode %p)', (opcode) => {
    const reader = new MessageReader()
    reader.push(concat(Uint8Array.of(opcode), bytes('03 616263 80')))
    expect(reader.bufferedLength).toBe(6)
    expect(reader.read()).toBeNull()
    expect(reader.bufferedLength).toBe(3 + 1)
  })

  test('a binary message that comes in one piece is not copied: of a chunk that was given away it is a view', () => {
    const chunk = bytes('8205 48656c6c6f 8100')
    const message = new MessageReader({ ownsChunks: true }).push(chunk).read()
    if (message?.type !== 'binary') throw new Error('a binary message was expected')
    expect(message.data.buffer).toBe(chunk.buffer)
    expect(hexOf(message.data)).toBe('48656c6c6f')
  })

  test.each(['a204 01020304', 'c204 01020304', '0200 8004 01020304', 'f204 01020304'])(
    'nor is that of %s, which is whole and has extensions',
    (hex) => {
      const chunk = bytes(hex)
      const extensions = { permessageDeflate: hex.startsWith('c'), rsv1: hex.startsWith('f'), rsv2: true, rsv3: true }
      const [message] = new MessageReader({ ownsChunks: true, extensions }).push(chunk)
      if (hex.startsWith('0')) return expect(message).toMatchObject({ data: bytes('01020304') })
      return expect(message !== undefined && 'data' in message && typeof message.data !== 'string' && message.data.buffer).toBe(
        chunk.buffer,
      )
    },
  )
})

describe('MessageReader: the end of the stream', () => {
  test.each(['', '8100', '0101 61 8001 62', '0101 61 8800'])('%p ends where it may', (hex) => {
    const reader = new MessageReader().push(bytes(hex))
    expect(() => reader.end()).not.toThrow()
    while (reader.read() !== null);
    expect(() => reader.end()).not.toThrow()
  })

  test.each([
    ['81', 0],
    ['8105 4865', 0],
    ['0101 61', 3],
    ['0101 61 8001', 3],
  ])('%p is truncated', (hex, offset) => {
    const reader = new MessageReader().push(bytes(hex))
    const error = thrownBy(() => reader.end())
    expect(error).toMatchObject({ rule: 'truncated', offset })
    expectFailed(reader, error)
  })

  test('messages that have come can still be read, then the error after them', () => {
    const reader = new MessageReader().push(bytes('8101 61 8800'))
    reader.end()
    expect(reader.read()).toEqual(text('a'))
    expect(reader.closed).toBe(false)
    reader.end()
    expect(reader.closed).toBe(false)
    expect(reader.read()).toMatchObject({ type: 'close' })
    expect(reader.closed).toBe(true)

    const cutOff = new MessageReader().push(bytes('8101 61 8101'))
    cutOff.end()
    expect(cutOff.read()).toEqual(text('a'))
    expect(cutOff.closed).toBe(false)
    const error = thrownBy(() => cutOff.read())
    expect(error).toMatchObject({ rule: 'truncated', offset: 3 })
    expectFailed(cutOff, error)
  })

  test.each(['0101 61 8900', '0201 61 8900', '0101 61 8900 8105', '0101 61 8800'])(
    'of %p leaves bufferedLength as it is until the message is read',
    (hex) => {
      const reader = new MessageReader().push(bytes(hex))
      const { bufferedLength } = reader
      reader.end()
      expect(reader.bufferedLength).toBe(bufferedLength)
    },
  )

  test('may be said twice, and bufferedLength still counts what has not been read', () => {
    const reader = new MessageReader().push(bytes('8902 6869 81'))
    reader.end()
    reader.end()
    expect(reader.bufferedLength).toBe(5)
    expect(reader.read()).toEqual({ type: 'ping', data: utf8('hi') })
    expect(violationOf(() => reader.read())).toMatchObject({ rule: 'truncated', offset: 4 })
  })

  test('nothing can be pushed after it', () => {
    const reader = new MessageReader()
    reader.end()
    expect(() => reader.push(bytes('8100'))).toThrow(new TypeError('push after end'))
    expect([reader.closed, reader.error]).toEqual([false, null])
  })

  test.each(['8205 48656c6c6f', '8905 48656c6c6f'])(
    'a message of %s whose memory is transferred before it is read is not delivered as an empty one',
    (hex) => {
      const chunk = bytes(hex)
      const reader = new MessageReader({ ownsChunks: true }).push(chunk)
      reader.end()
      structuredClone(chunk, { transfer: [chunk.buffer] })
      const error = thrownBy(() => reader.read())
      expect(error).toMatchObject({ name: 'TypeError', message: expect.stringMatching(TRANSFERRED) })
      expectFailed(reader, error)
    },
  )
})

describe('MessageReader: UTF-8 (8.1)', () => {
  /** The first `certain` bytes of the text make it certain. */
  const invalid: [hex: string, certain: number][] = [
    ['ff', 1],
    ['80', 1],
    ['c0', 1],
    ['c1', 1],
    ['f5', 1],
    ['61 62 ff 63', 3],
    ['c3 28', 2],
    ['c3 c3', 2],
    ['e0 80', 2],
    ['e0 9f', 2],
    ['ed a0', 2],
    ['ed bf', 2],
    ['f0 80', 2],
    ['f0 8f', 2],
    ['f4 90', 2],
    ['e4 bd 28', 3],
    ['e4 bd c3', 3],
    ['f0 9f 98 28', 4],
    ['e4 bd a0 80', 4],
  ]

  test.each(invalid)('%s fails at byte %p, in the middle of a frame', (hex, certain) => {
    const payload = concat(bytes(hex), new Uint8Array(20))
    const stream = concat(bytes('8900'), encodeFrame({ opcode: Opcode.Text, payload, maskingKey: 0x01020304 }))
    const error = { rule: 'text-utf8', section: '8.1', closeCode: 1007, offset: 2 }
    expect(readMessageChunks(oneByOne(stream))).toMatchObject({
      messages: [{ type: 'ping', data: '' }],
      error,
      detectedAfter: 2 + 6 + certain,
    })
    expect(readMessageChunks([stream])).toMatchObject({ messages: [{ type: 'ping' }], error })
    expect(readMessageChunks([concat(bytes('8900'), encodeFrame({ opcode: Opcode.Text, payload: bytes(hex) }))])).toMatchObject({ error })
  })

  test.each(invalid)('%s fails at byte %p, over fragments of one byte', (hex, certain) => {
    const fragments = [...fragmentMessage({ opcode: Opcode.Text, payload: bytes(hex) }, 1)].map((frame) =>
      encodeFrame({ ...frame, fin: false }),
    )
    const stream = concat(...fragments)
    const error = { rule: 'text-utf8', offset: 3 * (certain - 1) }
    expect(readMessageChunks(oneByOne(stream))).toMatchObject({ messages: [], error, detectedAfter: 3 * certain })
    expect(readMessageChunks([stream])).toMatchObject({ error })
  })

  test('fails in the middle of a frame that has not come whole, be it a continuation', () => {
    const error = { rule: 'text-utf8', offset: 3 }
    expect(readMessageChunks(oneByOne(bytes('0101 61 8009 62ff 63')))).toMatchObject({ error, detectedAfter: 7 })
    expect(readMessageChunks([bytes('0101 61'), bytes('8009 62ff 63')])).toMatchObject({ messages: [], error })
  })

  test.each(['c3', 'e4', 'e4bd', 'f0', 'f09f', 'f09f98', '61 e4bd'])('%s is cut off by the end of its message', (hex) => {
    const whole = encodeFrame({ opcode: Opcode.Text, payload: bytes(hex) })
    expect(readMessageChunks(oneByOne(whole))).toMatchObject({ error: { rule: 'text-utf8', offset: 0 }, detectedAfter: whole.length })
    const opened = concat(encodeFrame({ opcode: Opcode.Text, payload: bytes(hex), fin: false }))
    expect(readMessageChunks(oneByOne(opened))).toMatchObject({ error: null })
    const ended = concat(opened, encodeFrame({ opcode: Opcode.Continuation, maskingKey: 7 }))
    expect(readMessageChunks(oneByOne(ended))).toMatchObject({
      error: { rule: 'text-utf8', offset: opened.length },
      detectedAfter: ended.length,
    })
  })

  test('the message says what was found', () => {
    const message = (stream: Uint8Array[]) => thrownBy(() => stream.map((chunk) => reader.push(chunk).read()))
    let reader = new MessageReader()
    expect(message([bytes('8103 6162ff')])).toMatchObject({ message: expect.stringContaining('byte 2 of the text is 0xff') })
    reader = new MessageReader()
    expect(message([bytes('0102 6162'), bytes('8001 ff')])).toMatchObject({
      message: expect.stringContaining('byte 2 of the text is 0xff'),
    })
    reader = new MessageReader()
    expect(message([bytes('8103 6162c3')])).toMatchObject({ message: expect.stringContaining('the text ends inside a character') })
  })

  test('a byte order mark is kept, noncharacters and NUL are text', () => {
    const data = '\ufeffa\ufeff\0\uffff\u{10ffff}\u{fdd0}'
    expect(readMessageChunks([encodeFrame({ opcode: Opcode.Text, payload: data })]).messages).toEqual([text(data)])
    expect(readMessageChunks(oneByOne(encodeFrame({ opcode: Opcode.Text, payload: data }))).messages).toEqual([text(data)])
  })

  test.each([1, 20, 500, 30_000])('a byte order mark before %p characters is kept, in ASCII or not, masked, in pieces or not', (count) => {
    for (const data of [`\ufeff${'a'.repeat(count)}`, `\ufeff${'é'.repeat(count)}`]) {
      for (const maskingKey of [null, 0x37fa213d]) {
        const frame = encodeFrame({ opcode: Opcode.Text, payload: data, maskingKey })
        for (const length of [frame.length, Math.ceil(frame.length / 2), 9]) {
          expect(readMessageChunks(cut(frame, length)).messages).toEqual([text(data)])
        }
      }
    }
  })

  test('a character may be split over fragments and chunks anywhere', () => {
    const data = 'aé你😀\u{10ffff}\ud7ff\ue000'
    for (let length = 1; length <= 6; length++) {
      const frames = [...fragmentMessage({ opcode: Opcode.Text, payload: data }, length)].flatMap((frame) => [
        encodeFrame(frame),
        bytes('8900'),
      ])
      const stream = concat(...frames)
      expect(readMessageChunks([stream]).messages.filter((message) => 'data' in message && message.data !== '')).toEqual([text(data)])
      expect(readMessageChunks(oneByOne(stream)).messages.filter((message) => 'data' in message && message.data !== '')).toEqual([
        text(data),
      ])
    }
  })

  test.each([[[1]], [[701]], [[1024]], [[1023, 1]], [[3, 2000]], [[1025, 1, 2]], [[2, 700, 5001]]])(
    'a text may come in fragments of %j bytes and so on, and be cut inside characters',
    (lengths) => {
      const data = 'aé你😀'.repeat(1200)
      const payload = utf8(data)
      const frames: Uint8Array[] = []
      for (let start = 0, i = 0; start < payload.length; i++) {
        const end = start + (lengths[i % lengths.length] ?? 1)
        const opcode = start === 0 ? Opcode.Text : Opcode.Continuation
        frames.push(encodeFrame({ opcode, payload: payload.subarray(start, end), fin: end >= payload.length }))
        start = end
      }
      expect(readMessageChunks([concat(...frames)]).messages).toEqual([text(data)])
      expect(readMessageChunks(frames).messages).toEqual([text(data)])
    },
  )

  test('nothing is held after an error', () => {
    const reader = new MessageReader().push(concat(bytes('8101 ff'), new Uint8Array(100_000)))
    const error = thrownBy(() => reader.read())
    expect(error).toMatchObject({ rule: 'text-utf8' })
    expectFailed(reader, error)
  })

  test('binary messages are not checked', () => {
    expect(readMessageChunks([bytes('8201 ff')])).toMatchObject({ messages: [{ data: 'ff' }], error: null })
  })
})

describe('MessageReader: limits (10.4)', () => {
  test('a message of exactly maxMessageLength is read, in fragments and with control frames between them', () => {
    const stream = bytes('0103 616263 8904 61616161 0000 8002 6465')
    expect(readMessageChunks([stream], { maxMessageLength: 5 }).messages).toEqual([{ type: 'ping', data: '61616161' }, text('abcde')])
  })

  test.each([
    ['8106', 0, 2, 'message-too-long'],
    ['827e 0100', 0, 4, 'message-too-long'],
    ['0103 616263 8003', 5, 7, 'message-too-long'],
    ['0103 616263 0003', 5, 7, 'message-too-long'],
    ['0103 616263 0000 8083', 7, 9, 'message-too-long'],
    ['0103 616263 807e 007e', 5, 9, 'message-too-long'],
  ])('%s exceeds 5 bytes: refused when the length has been read', (hex, offset, detectedAfter, rule) => {
    expect(readMessageChunks(oneByOne(concat(bytes(hex), new Uint8Array(9))), { maxMessageLength: 5 })).toMatchObject({
      error: { rule, section: '10.4', closeCode: 1009, offset },
      detectedAfter,
    })
  })

  test('maxPayloadLength may be more or less than that', () => {
    expect(readMessageChunks([bytes('8106')], { maxMessageLength: 5, maxPayloadLength: 10 })).toMatchObject({
      error: { rule: 'message-too-long' },
    })
    expect(readMessageChunks([bytes('0102 6162 8002 6364')], { maxMessageLength: 5, maxPayloadLength: 2 }).messages).toEqual([text('abcd')])
    expect(readMessageChunks([bytes('8103')], { maxMessageLength: 5, maxPayloadLength: 2 })).toMatchObject({
      error: { rule: 'payload-too-long' },
    })
  })

  test('each message counts from its own beginning; the default is 64 MiB; 0 allows the empty message', () => {
    const three = bytes('8103 616263')
    expect(readMessageChunks([concat(three, three, bytes('0103 616263 8002 6162'), three)], { maxMessageLength: 5 }).error).toBeNull()
    expect(readMessageChunks([bytes('827f 0000000004000001')])).toMatchObject({ error: { rule: 'message-too-long' } })
    expect(readMessageChunks([bytes('827f 0000000004000000')])).toMatchObject({ error: null })
    expect(readMessageChunks([bytes('827f 0000000004000001')], { maxMessageLength: Infinity })).toMatchObject({ error: null })
    expect(readMessageChunks([bytes('8100 0100 8000')], { maxMessageLength: 0 })).toMatchObject({
      messages: [text(''), text('')],
      error: null,
    })
  })

  test('legal messages are never refused for the number of their fragments, nor does that take memory', () => {
    const fragment = bytes('0001 61')
    const many = concat(...Array.from({ length: 10_000 }, () => fragment))
    const reader = new MessageReader().push(bytes('0100'))
    for (let i = 0; i < 100; i++) expect(reader.push(many).read()).toBeNull()
    expect(reader.bufferedLength).toBe(1_000_000)
    for (let i = 0; i < 100; i++) expect(reader.push(new Uint8Array(20_000)).read()).toBeNull()
    expect(reader.bufferedLength).toBe(1_000_000)
    expect(reader.push(bytes('8000')).read()).toEqual(text('a'.repeat(1_000_000)))
    expect(reader.bufferedLength).toBe(0)
  })
})

describe('MessageReader: permessage-deflate (RFC 7692)', () => {
  const inflate = (data: Uint8Array, maxOutputLength: number) => inflateRawSync(data, { maxOutputLength })
  const options = { extensions: { permessageDeflate: true }, inflate }
  const deflate = (data: Uint8Array) => Uint8Array.from(deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH })).slice(0, -4)
  const compressed = (data: Uint8Array, init: Partial<FrameInit> = {}) =>
    encodeFrame({ opcode: Opcode.Text, rsv1: true, payload: deflate(data), ...init }, { extensions: { permessageDeflate: true } })

  test.each([
    ['c107 f248cdc9c90700', 'Hello'],
    ['4103 f248cd 8004 c9c90700', 'Hello'],
    ['c10b 0005 00fa ff48 656c 6c6f 00', 'Hello'],
    ['c108 f348cdc9c9070000', 'Hello'],
    ['c10d f24805000000ffffcac9c90700', 'Hello'],
    ['c101 00', ''],
  ])('inflates %s, an example of section 7.2.3', (hex, data) => {
    expect(readMessageChunks([bytes(hex)], options).messages).toEqual([text(data)])
    expect(readMessageChunks(oneByOne(bytes(hex)), options).messages).toEqual([text(data)])
  })

  test('inflate gets a complete DEFLATE stream: the message, 00 00 ff ff and an empty final block; and the limit', () => {
    const calls: unknown[] = []
    const spying = (data: Uint8Array, maxLength: number) => {
      calls.push([hexOf(data), maxLength])
      return bytes('6869')
    }
    const { messages } = readMessageChunks([bytes('4202 0102 8900 8001 03 8101 61 c100')], {
      ...options,
      inflate: spying,
      maxMessageLength: 9,
    })
    expect(messages).toEqual([{ type: 'ping', data: '' }, { type: 'binary', data: '6869' }, text('a'), text('hi')])
    expect(calls).toEqual([
      ['0102030000ffff010000ffff', 9],
      ['0000ffff010000ffff', 9],
    ])
  })

  test.each([
    [Infinity, 2 ** 31 - 1],
    [2 ** 53 - 1, 2 ** 31 - 1],
    [2 ** 33, 2 ** 31 - 1],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [1, 1],
  ])('of a limit of %p inflate is told %p, which zlib takes', (maxMessageLength, expected) => {
    const limits: number[] = []
    const spying = (data: Uint8Array, maxLength: number) => {
      limits.push(maxLength)
      return inflate(data, maxLength)
    }
    const { messages, error } = readMessageChunks([bytes('c101 00')], { ...options, inflate: spying, maxMessageLength })
    expect({ messages, error }).toEqual({ messages: [text('')], error: null })
    expect(limits).toEqual([expected])
  })

  test('of a limit of 0 inflate is told 1, since zlib does not take 0', () => {
    const spying = jest.fn((_data: Uint8Array, _maxLength: number) => new Uint8Array(0))
    expect(readMessageChunks([bytes('c100')], { ...options, inflate: spying, maxMessageLength: 0 }).messages).toEqual([text('')])
    expect(spying.mock.calls.map(([, maxLength]) => maxLength)).toEqual([1])
  })

  test('a message that is cut off inside a block is refused, however much of it is missing', () => {
    for (const whole of [
      deflate(utf8('Hello '.repeat(40))),
      deflate(Uint8Array.from({ length: 90 }, (_, i) => i * i)),
      bytes('0005 00fa ff48 656c 6c6f 00'),
    ]) {
      for (let length = 1; length < whole.length; length++) {
        const frame = encodeFrame({ opcode: Opcode.Binary, rsv1: true, payload: whole.subarray(0, length) }, options)
        const { messages, error } = readMessageChunks([frame], options)
        if (error !== null)
          expect({ messages, error }).toMatchObject({
            messages: [],
            error: { rule: 'deflate-data', section: '7.2.2', closeCode: 1007, offset: 0 },
          })
        // What is accepted ends where a block does. 00 alone is the empty message (7.2.3.6), though it may begin a stored block as well;
        // and if just the last four bytes of a stored block are missing, nobody can tell them from those of the tail.
        else expect([1, whole.length - 5, whole.length - 1]).toContain(length)
      }
    }
    expect(readMessageChunks([bytes('c103 f248cd')], options)).toMatchObject({ messages: [], error: { rule: 'deflate-data' } })
  })

  test('a ping between compressed fragments, and uncompressed messages between compressed ones, change nothing', () => {
    const data = utf8('你好'.repeat(20))
    const payload = deflate(data)
    const [first, ...rest] = [...fragmentMessage({ opcode: Opcode.Text, payload, rsv1: true }, 5)]
    const frames = [...(first ? [first] : []), ...rest].flatMap((frame) => [frame, { opcode: Opcode.Ping, payload: 'x' }])
    const stream = concat(...frames.map((frame) => encodeFrame(frame, options)), bytes('8102 6869'), compressed(utf8('again')))
    const texts = (chunks: Iterable<Uint8Array>) =>
      readMessageChunks(chunks, options).messages.filter((message) => 'type' in message && message.type === 'text')
    expect(texts([stream])).toEqual([text('你好'.repeat(20)), text('hi'), text('again')])
    expect(texts(oneByOne(stream))).toEqual([text('你好'.repeat(20)), text('hi'), text('again')])
  })

  test('UTF-8 is checked in what comes out, not in what comes in', () => {
    const stream = concat(bytes('8900'), compressed(bytes('61ff')))
    const error = { rule: 'text-utf8', section: '8.1', closeCode: 1007, offset: 2 }
    expect(readMessageChunks(oneByOne(stream), options)).toMatchObject({ error, detectedAfter: stream.length })
    expect(readMessageChunks([compressed(bytes('61ff'), { opcode: Opcode.Binary })], options)).toMatchObject({
      messages: [{ data: '61ff' }],
    })
  })

  test('the limit holds for what comes out too', () => {
    const stream = compressed(new Uint8Array(100).fill(0x61))
    expect(readMessageChunks([stream], { ...options, maxMessageLength: 100 }).messages).toEqual([text('a'.repeat(100))])
    const lenient = { ...options, inflate: (data: Uint8Array) => inflate(data, 1000), maxMessageLength: 99 }
    expect(readMessageChunks([stream], lenient)).toMatchObject({
      messages: [],
      error: { rule: 'message-too-long', closeCode: 1009, offset: 0 },
    })
    expect(() => new MessageReader(lenient).push(stream).read()).toThrow(/^a compressed message inflates to more than 99 bytes; /)
    for (const maxMessageLength of [1, 50, 99]) {
      expect(readMessageChunks([stream], { ...options, maxMessageLength: Math.max(maxMessageLength, stream.length) })).toMatchObject({
        messages: [],
        error: { rule: 'message-too-long', offset: 0 },
      })
    }
    expect(readMessageChunks([bytes('c103')], { ...options, maxMessageLength: 2 })).toMatchObject({ error: { rule: 'message-too-long' } })
    expect(readMessageChunks([bytes('c101 00')], { ...options, maxMessageLength: 1 }).messages).toEqual([text('')])
  })

  test('the limit is not exceeded unnoticed where it is below what inflate can be told', () => {
    const reader = new MessageReader({ ...options, inflate: () => bytes('61'), maxMessageLength: 0 }).push(bytes('c100'))
    expect(violationOf(() => reader.read())).toMatchObject({ rule: 'message-too-long' })
  })

  test.each<[unknown, string]>([
    [new Error('invalid stored block lengths'), 'inflate threw Error: invalid stored block lengths; '],
    [new RangeError('The value of "options.windowBits" is out of range'), 'inflate threw RangeError: '],
    ['text', 'inflate threw text; '],
    [undefined, 'inflate threw undefined; '],
    [null, 'inflate threw null; '],
  ])('inflate throws %p: deflate-data, with the original as the cause', (thrown, found) => {
    const reader = new MessageReader({
      ...options,
      inflate: () => {
        throw thrown
      },
    })
    const error = thrownBy(() => reader.push(bytes('8900 4100 8000 8900')).read() && reader.read())
    expect(error).toMatchObject({ rule: 'deflate-data', rfc: 7692, section: '7.2.2', closeCode: 1007, offset: 4 })
    expect(error).toMatchObject({ message: expect.stringContaining(found) })
    expect(error instanceof ProtocolError && error.cause).toBe(thrown)
    expectFailed(reader, error)
  })

  test.each<[string, object, string]>([
    ['without a string', Object.assign(Object.create(null), { code: 1 }), 'inflate threw an object that cannot be converted to a string; '],
    [
      'whose code is a getter that throws',
      {
        get code() {
          throw new Error('no code')
        },
      },
      'inflate threw [object Object]; ',
    ],
    ['that is no error but a function', Object.assign(() => 0, { code: 'ERR_BUFFER_TOO_LARGE' }), 'inflate threw ()'],
  ])('inflate throws an object %s: deflate-data too', (_what, thrown, found) => {
    const reader = new MessageReader({
      ...options,
      inflate: () => {
        throw thrown
      },
    })
    const error = thrownBy(() => reader.push(bytes('c100')).read())
    expect(error instanceof ProtocolError && [error.rule, error.cause === thrown]).toEqual(['deflate-data', true])
    expect(error).toHaveProperty('message', expect.stringContaining(found))
    expectFailed(reader, error)
  })

  test('inflate throws an error with the code ERR_BUFFER_TOO_LARGE: message-too-long, with the original as the cause', () => {
    const thrown = Object.assign(new Error('too large'), { code: 'ERR_BUFFER_TOO_LARGE' })
    const reader = new MessageReader({
      ...options,
      inflate: () => {
        throw thrown
      },
      maxMessageLength: 5,
    })
    const error = thrownBy(() => reader.push(bytes('c100')).read())
    expect(error).toMatchObject({ rule: 'message-too-long', closeCode: 1009, offset: 0, cause: thrown })
    expect(error).toMatchObject({ message: expect.stringContaining('inflates to more than 5 bytes') })
    expectFailed(reader, error)
  })

  test.each([
    ['a Promise', Promise.resolve(bytes('61')), 'Promise'],
    ['text', 'text', 'string'],
    ['nothing', undefined, 'undefined'],
  ])('inflate returns %s: wrong use, which is final and says what to do', (_what, returned, kind) => {
    const reader: unknown = Reflect.construct(MessageReader, [{ ...options, inflate: () => returned }])
    if (!(reader instanceof MessageReader)) throw new Error('a reader was expected')
    const error = thrownBy(() => reader.push(bytes('c100')).read())
    expect(error).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining(`what inflate returns must be a Uint8Array, not ${kind}`),
    })
    expect(error).toMatchObject({ message: expect.stringContaining("'compressed'") })
    expectFailed(reader, error)
  })

  test('what inflate returns is delivered as memory that nobody can shrink', () => {
    const resizable: ArrayBuffer = Reflect.construct(ArrayBuffer, [3, { maxByteLength: 9 }])
    const own = bytes('010203')
    for (const [returned, isKept] of [
      [new Uint8Array(resizable), false],
      [new Uint8Array(new SharedArrayBuffer(3)), false],
      [own, true],
    ] as const) {
      const message = new MessageReader({ ...options, inflate: () => returned }).push(bytes('c200')).read()
      expect(message?.type === 'binary' && message.data.length).toBe(3)
      expect(message?.type === 'binary' && message.data.buffer === returned.buffer).toBe(isKept)
    }
  })

  describe('a reader used from inside its inflate', () => {
    const calls: [string, (reader: MessageReader) => unknown][] = [
      ['push', (reader) => reader.push(bytes('8100'))],
      ['read', (reader) => reader.read()],
      ['end', (reader) => reader.end()],
      ['iteration', (reader) => [...reader]],
    ]

    test.each(calls)('%s: a TypeError, by which nothing is lost, caught or not', (_name, call) => {
      let isUsed = true
      let catches = true
      const reader: MessageReader = new MessageReader({
        ...options,
        inflate: (data, maxLength) => {
          if (isUsed) {
            if (catches) expect(() => call(reader)).toThrow(new TypeError('a MessageReader must not be used from inside its inflate'))
            else call(reader)
          }
          return inflate(data, maxLength)
        },
      })
      reader.push(bytes('c107 f248cdc9c90700 8101 61 c107 f248cdc9c90700 8101 62'))
      expect(reader.read()).toEqual(text('Hello'))
      expect(reader.read()).toEqual(text('a'))
      catches = false
      expect(thrownBy(() => reader.read())).toMatchObject({
        name: 'TypeError',
        message: 'a MessageReader must not be used from inside its inflate',
      })
      expect([reader.error, reader.closed]).toEqual([null, false])
      expect(reader.bufferedLength).toBeGreaterThan(7)
      isUsed = false
      expect([...reader]).toEqual([text('Hello'), text('b')])
    })

    test('at the end of the stream too', () => {
      let isUsed = true
      const reader: MessageReader = new MessageReader({
        ...options,
        inflate: (data, maxLength) => (isUsed && reader.read(), inflate(data, maxLength)),
      })
      expect(thrownBy(() => reader.push(bytes('c107 f248cdc9c90700')).end())).toMatchObject({ name: 'TypeError' })
      isUsed = false
      expect(reader.read()).toEqual(text('Hello'))
      expect(reader.read()).toBeNull()
    })
  })

  describe('without inflate', () => {
    const leaving = { extensions: { permessageDeflate: true } }

    test('compressed messages are delivered as they were received, without any tail', () => {
      const stream = bytes('c107 f248cdc9c90700 4203 f248cd 8900 8004 c9c90700 8101 61 8202 6869 c100')
      const expected = [
        { type: 'compressed', opcode: Opcode.Text, data: 'f248cdc9c90700' },
        { type: 'ping', data: '' },
        { type: 'compressed', opcode: Opcode.Binary, data: 'f248cdc9c90700' },
        text('a'),
        { type: 'binary', data: '6869' },
        { type: 'compressed', opcode: Opcode.Text, data: '' },
      ]
      expect(readMessageChunks([stream], leaving)).toMatchObject({ messages: expected, error: null })
      expect(readMessageChunks(oneByOne(stream), leaving)).toMatchObject({ messages: expected, error: null })
    })

    test('they are limited as they arrive, and not checked for UTF-8', () => {
      const three = { ...leaving, maxMessageLength: 3 }
      expect(readMessageChunks([bytes('c103 ffffff c104')], three)).toMatchObject({
        messages: [{ data: 'ffffff' }],
        error: { rule: 'message-too-long', offset: 5 },
      })
    })
  })

  test('RSV1 of some other extension does not compress', () => {
    expect(readMessageChunks([bytes('c102 6869')], { extensions: { rsv1: true }, inflate }).messages).toEqual([text('hi')])
  })
})

describe("MessageReader: textAs 'bytes'", () => {
  const asBytes = { textAs: 'bytes' } as const

  test('texts are delivered as the UTF-8 that arrived, checked, whole or in pieces', () => {
    const stream = concat(
      bytes('8105 61e4bda0 62 8901 63 0101 e4 8a00 8002 bda0 8100'),
      encodeFrame({ opcode: Opcode.Text, payload: '你'.repeat(3000), maskingKey: 7 }),
    )
    const expected = [
      { type: 'text', data: '61e4bda062' },
      { type: 'ping', data: '63' },
      { type: 'pong', data: '' },
      { type: 'text', data: 'e4bda0' },
      { type: 'text', data: '' },
      { type: 'text', data: hexOf(utf8('你'.repeat(3000))) },
    ]
    expect(readMessageChunks([stream], asBytes)).toMatchObject({ messages: expected, error: null })
    expect(readMessageChunks(oneByOne(stream), asBytes)).toMatchObject({ messages: expected, error: null })
  })

  test.each(['8103 6162ff', '8103 61e4bd', '0102 61e4 8001 28', '0101 61 8001 e4'])(
    '%s is refused where it would be as a string',
    (hex) => {
      const stream = oneByOne(bytes(hex))
      const { error, detectedAfter } = readMessageChunks(oneByOne(bytes(hex)))
      expect(error).toMatchObject({ rule: 'text-utf8' })
      expect(readMessageChunks(stream, asBytes)).toMatchObject({ messages: [], error, detectedAfter })
      expect(readMessageChunks([bytes(hex)], asBytes)).toMatchObject({ messages: [], error })
    },
  )

  test('compressed texts too, once they are inflated', () => {
    const options = {
      ...asBytes,
      extensions: { permessageDeflate: true },
      inflate: (data: Uint8Array, maxOutputLength: number) => inflateRawSync(data, { maxOutputLength }),
    }
    expect(readMessageChunks([bytes('c107 f248cdc9c90700')], options).messages).toEqual([{ type: 'text', data: hexOf(utf8('Hello')) }])
    expect(readMessageChunks([bytes('c107 f248cdc9c90700')], { ...options, inflate: () => bytes('61ff') })).toMatchObject({
      error: { rule: 'text-utf8' },
    })
  })

  test('a text in one piece is not copied: of a chunk that was given away it is a view', () => {
    const chunk = bytes('8105 48656c6c6f')
    const message = new MessageReader({ ...asBytes, ownsChunks: true }).push(chunk).read()
    expect(message?.type === 'text' && message.data.buffer).toBe(chunk.buffer)
  })
})

test('MessageReader: where there is no TextDecoder a text is no violation, but a TypeError that says so', () => {
  const decoder = new TypeError('decoding a text needs globalThis.TextDecoder, which is missing')
  const decode = jest.spyOn(textForm('string'), 'read').mockImplementation(() => {
    throw decoder
  })
  const reader = new MessageReader().push(bytes('8101 61'))
  expect(thrownBy(() => reader.read())).toBe(decoder)
  decode.mockRestore()
  expectFailed(reader, decoder)
})

test('MessageReader: a chunk that was given away and transferred is noticed by push, too', () => {
  const chunk = bytes('8101 61 8101 62')
  const reader = new MessageReader({ ownsChunks: true }).push(chunk)
  structuredClone(chunk, { transfer: [chunk.buffer] })
  const error = thrownBy(() => reader.push(bytes('8100')))
  expect(error).toMatchObject({ name: 'TypeError', message: expect.stringMatching(TRANSFERRED) })
  expectFailed(reader, error)
})

describe('MessageReader: texts that are too long for a string', () => {
  const MAX_STRING_LENGTH = 536_870_888

  /** Header and payload of a text of so many letters, in one chunk. */
  function longText(length: number): Uint8Array {
    const chunk = new Uint8Array(10 + length).fill(0x61)
    chunk.set(bytes('817f 00000000'))
    new DataView(chunk.buffer).setUint32(6, length)
    return chunk
  }

  test('are message-too-long, in one chunk as in several, unless they are delivered as bytes', () => {
    const options = { ownsChunks: true, maxMessageLength: Infinity }
    const chunk = longText(MAX_STRING_LENGTH + 1)
    const tooLong = { rule: 'message-too-long', section: '10.4', closeCode: 1009, offset: 0 }
    expect(violationOf(() => new MessageReader(options).push(chunk).read())).toEqual(tooLong)
    const inPieces = new MessageReader({ ...options, ownsChunks: false })
    expect(inPieces.push(chunk.subarray(0, 2 ** 28)).read()).toBeNull()
    expect(violationOf(() => inPieces.push(chunk.subarray(2 ** 28)).read())).toEqual(tooLong)
    const message = new MessageReader({ ...options, textAs: 'bytes' }).push(chunk).read()
    expect(message?.type === 'text' && message.data.length).toBe(MAX_STRING_LENGTH + 1)
  })

  test('are so from one byte more than a string may have', () => {
    const decode = jest.spyOn(TextDecoder.prototype, 'decode').mockImplementation(() => 'decoded')
    const message = new MessageReader({ ownsChunks: true, maxMessageLength: Infinity }).push(longText(MAX_STRING_LENGTH)).read()
    decode.mockRestore()
    expect(message).toEqual(text('decoded'))
  })

  test('are message-too-long if the engine cannot make a string of them, with its error as the cause', () => {
    const noString = new Error('Cannot create a string')
    const decode = jest.spyOn(TextDecoder.prototype, 'decode').mockImplementation(() => {
      throw noString
    })
    const reader = new MessageReader().push(bytes('8900 8101 61'))
    expect(reader.read()).toMatchObject({ type: 'ping' })
    const error = thrownBy(() => reader.read())
    decode.mockRestore()
    expect(error).toMatchObject({ rule: 'message-too-long', offset: 2, cause: noString })
    expect(error).toMatchObject({ message: expect.stringContaining('1 bytes of a text are more than a string can hold') })
    expectFailed(reader, error)
  })

  test('are refused for their length, before the engine makes a string of them', () => {
    const decode = jest.spyOn(TextDecoder.prototype, 'decode').mockImplementation(() => 'decoded')
    const read = (length: number) => {
      const data = Object.defineProperty(new Uint8Array(1), 'length', { value: length })
      return new DataMessages('string', null).text(data, null, false, 7)
    }
    const message = read(MAX_STRING_LENGTH)
    const violation = violationOf(() => read(MAX_STRING_LENGTH + 1))
    decode.mockRestore()
    expect(message).toEqual(text('decoded'))
    expect(violation).toMatchObject({ rule: 'message-too-long', offset: 7 })
  })
})

test.each<[unknown, string, string]>([
  [null, 'TypeError', 'options'],
  [{ maxMessageLength: '1' }, 'TypeError', 'maxMessageLength'],
  [{ maxMessageLength: -1 }, 'RangeError', 'maxMessageLength'],
  [{ maxPayloadLength: 0.5 }, 'RangeError', 'maxPayloadLength'],
  [{ textAs: 'buffer' }, 'TypeError', "textAs must be 'string' or 'bytes', not buffer"],
  [{ textAs: null }, 'TypeError', 'textAs'],
  [{ inflate: true }, 'TypeError', 'inflate'],
  [{ ownsChunks: 'yes' }, 'TypeError', 'ownsChunks'],
  [{ streamAbove: 'x' }, 'TypeError', 'streamAbove'],
  [{ streamAbove: -1 }, 'RangeError', 'streamAbove'],
  [{ extensions: null }, 'TypeError', 'extensions'],
])('MessageReader: %j is wrong use, and the error says of what', (options, name, what) => {
  const error = thrownBy(() => Reflect.construct(MessageReader, [options]))
  expect(error).toMatchObject({ name, message: expect.stringContaining(what) })
})

test('MessageReader.push: anything but bytes is wrong use, and changes nothing', () => {
  const reader = new MessageReader()
  expect(() => Reflect.apply(reader.push, reader, ['8100'])).toThrow(TypeError)
  expect([...reader.push(bytes('8100'))]).toEqual([text('')])
})

describe('fragmentMessage (5.4)', () => {
  const shape = (frames: Iterable<FrameInit>) =>
    [...frames].map(({ opcode, fin, rsv1, payload }) => [opcode, fin, rsv1, payload instanceof Uint8Array && hexOf(payload)])

  test('gives the opcode and RSV1 to the first, continuations after it, FIN to the last', () => {
    expect(shape(fragmentMessage({ opcode: Opcode.Binary, payload: bytes('0102030405'), rsv1: true }, 2))).toEqual([
      [2, false, true, '0102'],
      [0, false, false, '0304'],
      [0, true, false, '05'],
    ])
  })

  test.each([4, 5, Infinity])('at a length of %p a message of 4 bytes is one frame', (maxPayloadLength) => {
    expect(shape(fragmentMessage({ opcode: Opcode.Text, payload: 'abcd' }, maxPayloadLength))).toEqual([[1, true, false, '61626364']])
  })

  test('an empty message is one frame', () => {
    expect(shape(fragmentMessage({ opcode: Opcode.Text, payload: '' }, 1))).toEqual([[1, true, false, '']])
  })

  test('cuts a text inside a character if need be, and may be iterated over again', () => {
    const fragments = fragmentMessage({ opcode: Opcode.Text, payload: '你' }, 2)
    for (let i = 0; i < 2; i++)
      expect(shape(fragments)).toEqual([
        [1, false, false, 'e4bd'],
        [0, true, false, 'a0'],
      ])
  })

  test('payloads are views', () => {
    const payload = bytes('010203')
    const [first] = fragmentMessage({ opcode: Opcode.Binary, payload }, 2)
    expect(first?.payload instanceof Uint8Array && first.payload.buffer).toBe(payload.buffer)
  })

  test('any message comes back whole, with pings put anywhere between the fragments, in any chunks', () => {
    const message = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }).map((payload) => ({ opcode: 1, payload })),
      fc.uint8Array({ maxLength: 300 }).map((payload) => ({ opcode: 2, payload })),
    )
    fc.assert(
      fc.property(
        message,
        fc.integer({ min: 1, max: 150 }),
        fc.infiniteStream(fc.nat({ max: 2 })),
        chunkingArbitrary,
        (sent, length, pings, cuts) => {
          const frames = [...fragmentMessage(sent, length)].flatMap((frame) => [
            ...Array.from({ length: pings.next().value ?? 0 }, () => ({ opcode: Opcode.Ping })),
            frame,
          ])
          const stream = concat(...frames.map((frame) => encodeFrame({ ...frame, maskingKey: 0x89abcdef }, { sender: 'client' })))
          const { messages, error } = readMessageChunks(cut(stream, cuts), { sender: 'client' })
          const expected = typeof sent.payload === 'string' ? text(sent.payload) : { type: 'binary', data: hexOf(sent.payload) }
          expect(error).toBeNull()
          expect(messages.filter((received) => 'type' in received && received.type !== 'ping')).toEqual([expected])
        },
      ),
      { numRuns: 1000 },
    )
  })

  test.each<[unknown[], string, string]>([
    [[null, 1], 'TypeError', 'message'],
    [[{ opcode: 1 }, 1], 'TypeError', 'payload'],
    [[{ opcode: 1, payload: [1] }, 1], 'TypeError', 'payload'],
    [[{ opcode: 0, payload: 'a' }, 1], 'RangeError', 'opcode'],
    [[{ opcode: 8, payload: 'a' }, 1], 'RangeError', 'opcode'],
    [[{ opcode: '1', payload: 'a' }, 1], 'TypeError', 'opcode'],
    [[{ opcode: 1, payload: 'a', rsv1: 1 }, 1], 'TypeError', 'rsv1'],
    [[{ opcode: 1, payload: 'a' }, 0], 'RangeError', 'maxPayloadLength'],
    [[{ opcode: 1, payload: 'a' }, -1], 'RangeError', 'maxPayloadLength'],
    [[{ opcode: 1, payload: 'a' }, 1.5], 'RangeError', 'maxPayloadLength'],
    [[{ opcode: 1, payload: 'a' }, '1'], 'TypeError', 'maxPayloadLength'],
  ])('%j is wrong use, at once, and the error says of what', (args, name, what) => {
    const error = thrownBy(() => Reflect.apply(fragmentMessage, undefined, args))
    expect(error).toMatchObject({ name, message: expect.stringContaining(what) })
  })
})
