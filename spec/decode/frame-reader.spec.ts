import { describe, expect, test } from '@jest/globals'
import { FrameReader, Opcode, ProtocolError, encodeClosePayload, encodeFrame } from '../../src/index.js'
import type { Frame, FrameInit, FrameReaderOptions } from '../../src/index.js'
import { expectFailed, oneByOne, readChunks } from '../reading.js'
import { TRANSFERRED, bytes, concat, hexOf, textOf, thrownBy, utf8, violationOf } from '../support.js'

const hello = bytes('8185 37fa213d 7f9f4d5158')

describe('FrameReader: chunks', () => {
  test('several frames in a chunk, and a frame in several', () => {
    const reader = new FrameReader()
    const texts = [...reader.push(concat(hello, hello, hello.subarray(0, 8)))].map(({ payload }) => textOf(payload))
    expect(texts).toEqual(['Hello', 'Hello'])
    expect(reader.read()).toBeNull()
    expect([...reader.push(hello.subarray(8))].map(({ payload }) => textOf(payload))).toEqual(['Hello'])
  })

  test.each<[string, FrameInit]>([
    ['7 bits', { opcode: Opcode.Text, payload: 'Hello' }],
    ['7 bits, empty', { opcode: Opcode.Text, payload: '' }],
    ['16 bits', { opcode: Opcode.Text, payload: 'x'.repeat(126) }],
    ['64 bits', { opcode: Opcode.Text, payload: 'x'.repeat(65536) }],
  ])('a header of %s may be split anywhere, masked or not', (_form, init) => {
    for (const maskingKey of [null, 0x37fa213d]) {
      const frame = encodeFrame({ ...init, maskingKey })
      const expected = readChunks([frame])
      expect(expected.frames).toHaveLength(1)
      for (let at = 0; at <= 15; at++) {
        for (let second = at; second <= 15; second++) {
          const chunks = [frame.slice(0, at), frame.slice(at, second), frame.slice(second)]
          expect(readChunks(chunks)).toEqual(expected)
        }
      }
    }
  })

  test('the phase of the masking key is kept across chunks of every size', () => {
    const payload = Uint8Array.from({ length: 300 }, (_, i) => i & 0xff)
    const frame = encodeFrame({ opcode: Opcode.Binary, payload, maskingKey: 0x01020408 })
    for (let size = 1; size <= 20; size++) {
      const chunks = Array.from({ length: Math.ceil(frame.length / size) }, (_, i) => frame.slice(i * size, (i + 1) * size))
      expect(readChunks(chunks).frames).toMatchObject([{ payload: hexOf(payload) }])
    }
  })

  test('a chunk that begins inside a frame is not taken for a frame, though it may look like some', () => {
    const [header, payload] = [bytes('82'), concat(bytes('81 00000000 61'), hello)]
    expect(readChunks([header, payload]).frames).toMatchObject([{ opcode: 2, payload: '61' }, { opcode: 1 }])
    expect(readChunks([bytes('8207 8100'), bytes('8100 8100 81')]).frames).toMatchObject([{ opcode: 2, payload: '81008100810081' }])
    expect(readChunks([bytes('8204'), bytes('8100 8100')]).frames).toMatchObject([{ opcode: 2, payload: '81008100' }])
  })

  test('empty chunks change nothing', () => {
    const nothing = new Uint8Array(0)
    expect(readChunks([nothing, hello.subarray(0, 3), nothing, nothing, hello.subarray(3), nothing]).frames).toHaveLength(1)
  })

  test('chunks may be pushed before anything is read, and while iterating', () => {
    const reader = new FrameReader()
    for (const octet of concat(hello, hello)) reader.push(Uint8Array.of(octet))
    const texts: string[] = []
    for (const { payload } of reader) {
      texts.push(textOf(payload))
      if (texts.length < 4) reader.push(hello)
    }
    expect(texts).toEqual(Array(5).fill('Hello'))
  })

  test('the iterator can be iterated over', () => {
    const reader = new FrameReader().push(concat(hello, hello))
    expect(Array.from(reader[Symbol.iterator]())).toHaveLength(2)
  })

  test('an iteration that is left early is taken up by the next one', () => {
    const reader = new FrameReader()
    for (const frame of reader.push(concat(hello, bytes('8900'), hello))) {
      expect(frame.opcode).toBe(Opcode.Text)
      break
    }
    expect([...reader].map(({ opcode }) => opcode)).toEqual([Opcode.Ping, Opcode.Text])
  })

  test('takes a Buffer, and gives plain Uint8Arrays', () => {
    for (const ownsChunks of [true, false]) {
      const frame = new FrameReader({ ownsChunks }).push(Buffer.from(hello)).read()
      expect(frame?.payload.constructor).toBe(Uint8Array)
      expect(frame && textOf(frame.payload)).toBe('Hello')
    }
  })
})

describe('FrameReader: fragmentation (5.4)', () => {
  const read = (hex: string, options?: FrameReaderOptions) => readChunks([bytes(hex)], options)

  test('control frames may come between fragments', () => {
    const { frames, error } = read('0103 48656c 8901 61 8a00 0000 8002 6c6f 8200')
    expect(error).toBeNull()
    expect(frames).toMatchObject([
      { opcode: 1, fin: false },
      { opcode: 9 },
      { opcode: 10 },
      { opcode: 0, fin: false, payload: '' },
      { opcode: 0, fin: true, payload: '6c6f' },
      { opcode: 2 },
    ])
  })

  test.each<[string, string, number, number, FrameReaderOptions?]>([
    ['80', 'continuation-unexpected', 0, 0],
    ['00', 'continuation-unexpected', 0, 0],
    ['8100 80', 'continuation-unexpected', 1, 2],
    ['0100 8000 00', 'continuation-unexpected', 2, 4],
    ['0100 8900 81', 'continuation-expected', 2, 4],
    ['0100 0000 02', 'continuation-expected', 2, 4],
    ['0100 83', 'continuation-expected', 1, 2, { extensions: { opcodes: [3] } }],
    ['0300 81', 'continuation-expected', 1, 2, { extensions: { opcodes: [3] } }],
    ['0100 c1', 'rsv-bit', 1, 2],
    ['0100 83', 'opcode-reserved', 1, 2],
    ['c0', 'rsv-bit', 0, 0],
  ])('%s: %s after %p frames', (hex, rule, frameCount, offset, options = {}) => {
    const reading = readChunks(oneByOne(bytes(hex)), options)
    expect(reading.error).toMatchObject({ rule, offset })
    expect(reading.detectedAfter).toBe(bytes(hex).length)
    expect(reading.frames).toHaveLength(frameCount)
  })

  test.each([
    ['0100 8100', 'continuation-expected'],
    ['0100 8900 8101 61', 'continuation-expected'],
    ['0100 8000 8000', 'continuation-unexpected'],
  ])('in %s the last frame comes out of order, and comes whole', (hex, rule) => {
    const offset = bytes(hex).length - (hex.endsWith('61') ? 3 : 2)
    expect(read(hex)).toMatchObject({ error: { rule, offset }, frames: Array(offset / 2).fill({}) })
  })

  test('a reserved opcode that an extension defines begins a message too', () => {
    expect(read('0300 8000 8b00', { extensions: { opcodes: [0x3, 0xb] } })).toMatchObject({ error: null, truncated: false })
  })
})

describe('FrameReader: errors', () => {
  test('come after the frames before them, once; then the stream has failed (7.1.7)', () => {
    const reader = new FrameReader()
    reader.push(concat(hello, bytes('8300'), hello))
    expect(reader.read()).not.toBeNull()
    const error = thrownBy(() => reader.read())
    expect(error).toBeInstanceOf(ProtocolError)
    expect(error).toMatchObject({ rule: 'opcode-reserved', offset: 11 })
    expectFailed(reader, error)
  })

  test('are told from those of the code around the reader', () => {
    const reader = new FrameReader()
    expect(reader.error).toBeNull()
    const own = thrownBy(() => {
      for (const { opcode } of reader.push(hello)) encodeFrame({ opcode, maskingKey: 7 }, { sender: 'server' })
    })
    expect(own).toBeInstanceOf(ProtocolError)
    expect(reader.error).toBeNull()
    expect(reader.push(hello).read()).not.toBeNull()
  })

  test('leave the iterator at its end', () => {
    const reader = new FrameReader().push(concat(hello, bytes('83')))
    const iterator = reader[Symbol.iterator]()
    expect(iterator.next().value?.opcode).toBe(Opcode.Text)
    expectFailed(
      reader,
      thrownBy(() => iterator.next()),
    )
    expect(iterator.next()).toEqual({ done: true, value: undefined })
  })

  test('their offset counts from the beginning of the stream, however it was cut', () => {
    const stream = concat(hello, encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(300) }), bytes('8901 00 8f'))
    expect(readChunks([stream]).error).toMatchObject({ rule: 'opcode-reserved', offset: 11 + 304 + 3 })
    expect(readChunks(oneByOne(stream)).error).toMatchObject({ rule: 'opcode-reserved', offset: 11 + 304 + 3 })
  })

  test.each<[string, string, FrameReaderOptions?]>([
    ['8802 03ed', 'close-code'],
    ['8882 00000000 0000', 'close-code'],
    ['8804 03e8 c328', 'close-reason-utf8'],
    ['8801', 'close-payload-length'],
    ['8105', 'mask-required', { sender: 'client' }],
    ['8185', 'mask-forbidden', { sender: 'server' }],
    ['827f 0000000001000001', 'payload-too-long'],
    ['8204', 'payload-too-long', { maxPayloadLength: 3 }],
    ['827f 0020000000000000', 'length-unsafe', { maxPayloadLength: Infinity }],
    ['827f 0000000000', 'truncated'],
    ['8105 48656c', 'truncated'],
    ['81', 'truncated'],
    ['0100', 'truncated'],
  ])('%s: %s', (hex, rule, options = {}) => {
    const run = (chunks: Iterable<Uint8Array>) => () => {
      const reader = new FrameReader(options)
      for (const chunk of chunks) for (const frame of reader.push(chunk)) expect(frame.opcode).toBe(Opcode.Text)
      reader.end()
    }
    const error = violationOf(run([bytes(hex)]))
    expect(error).toMatchObject({ rule, offset: rule === 'truncated' && hex === '0100' ? 2 : 0 })
    expect(violationOf(run(oneByOne(bytes(hex))))).toEqual(error)
  })

  test('a payload of exactly the limit is read; the default limit is 16 MiB; control frames do not count', () => {
    expect(readChunks([bytes('8203 010203 8904 00000000')], { maxPayloadLength: 3 })).toMatchObject({ error: null })
    expect(readChunks([bytes('827f 0000000001000000')])).toMatchObject({ error: null, truncated: true })
    expect(readChunks([bytes('827f 0000000001000001')], { maxPayloadLength: Infinity })).toMatchObject({ error: null })
  })

  test.each<[unknown, string, string]>([
    [null, 'TypeError', 'options'],
    [{ ownsChunks: 1 }, 'TypeError', 'ownsChunks'],
    [{ streamAbove: '1' }, 'TypeError', 'streamAbove'],
    [{ streamAbove: -1 }, 'RangeError', 'streamAbove'],
    [{ maxPayloadLength: -1 }, 'RangeError', 'maxPayloadLength'],
    [{ sender: 'Client' }, 'TypeError', 'sender'],
  ])('%j is wrong use, and the error says of what', (options, name, what) => {
    const error = thrownBy(() => Reflect.construct(FrameReader, [options]))
    expect(error).toMatchObject({ name, message: expect.stringContaining(what) })
  })

  test('pushing anything but bytes is wrong use after an error too, and changes nothing', () => {
    const reader = new FrameReader().push(bytes('83'))
    const error = thrownBy(() => reader.read())
    expect(() => Reflect.apply(reader.push, reader, ['8100'])).toThrow(TypeError)
    expectFailed(reader, error)
  })

  test('pushing anything but bytes is wrong use, and changes nothing', () => {
    const reader = new FrameReader()
    expect(() => Reflect.apply(reader.push, reader, ['8100'])).toThrow(new TypeError('chunk must be a Uint8Array, not string'))
    expect([...reader.push(hello)]).toHaveLength(1)
  })
})

describe('FrameReader: the end of the stream', () => {
  test.each(['', '8105 48656c6c6f', '0100 8000', '0100 8800'])('%p ends where it may', (hex) => {
    const reader = new FrameReader()
    for (const frame of reader.push(bytes(hex))) expect(frame.fin || frame.opcode === Opcode.Text).toBe(true)
    expect(() => reader.end()).not.toThrow()
    expect(() => reader.end()).not.toThrow()
    expect(reader.read()).toBeNull()
  })

  test.each([
    ['8105 48656c', 'the stream ends inside a frame, after 3 of 5 bytes of payload', 0],
    ['8100 827e 01', 'the stream ends inside a frame, with 3 of its header bytes', 2],
    ['0100 0000', 'the stream ends inside a fragmented message', 4],
  ])('%s: %s', (hex, message, offset) => {
    const reader = new FrameReader()
    const frameCount = [...reader.push(bytes(hex))].length
    const error = thrownBy(() => reader.end())
    expect(error).toMatchObject({ rule: 'truncated', closeCode: 1006, offset, message: expect.stringContaining(message) })
    expectFailed(reader, error)

    const unread = new FrameReader().push(bytes(hex))
    if (frameCount > 0) unread.end()
    for (let i = 0; i < frameCount; i++) expect(unread.read()).not.toBeNull()
    const late = thrownBy(() => (frameCount > 0 ? unread.read() : unread.end()))
    expect(late).toMatchObject({ rule: 'truncated', offset })
    expectFailed(unread, late)
  })

  test('frames that have come can still be read in their order, then the error after them', () => {
    const reader = new FrameReader().push(concat(hello, bytes('8901 61'), bytes('83')))
    reader.end()
    reader.end()
    expect(reader.bufferedLength).toBe(15)
    expect(reader.read()).toMatchObject({ opcode: Opcode.Text })
    expect(reader.bufferedLength).toBe(4)
    expect(reader.read()).toMatchObject({ opcode: Opcode.Ping })
    expect(reader.closed).toBe(false)
    expect(violationOf(() => reader.read())).toMatchObject({ rule: 'opcode-reserved', offset: 14 })
    expect(reader.read()).toBeNull()
  })

  test('in order leaves the reader open, and nothing can be pushed after it, which changes nothing', () => {
    const reader = new FrameReader().push(hello)
    reader.end()
    expect(() => reader.push(hello)).toThrow(new TypeError('push after end'))
    expect(reader.read()).toMatchObject({ opcode: Opcode.Text })
    expect([reader.read(), reader.closed, reader.error]).toEqual([null, false, null])
    expect(() => reader.push(hello)).toThrow(new TypeError('push after end'))
  })

  test('after a Close frame does not change that the rest is discarded', () => {
    const reader = new FrameReader().push(bytes('8800'))
    expect(reader.read()).not.toBeNull()
    reader.end()
    expect(reader.push(hello).read()).toBeNull()
  })
})

describe('FrameReader: Close (5.5.1, 1.4)', () => {
  test.each([true, false])('what follows a Close frame is discarded, silently (ownsChunks %p)', (ownsChunks) => {
    const reader = new FrameReader({ ownsChunks })
    reader.push(concat(encodeFrame({ opcode: Opcode.Close, payload: encodeClosePayload(1000) }), bytes('ffff'), hello))
    expect(reader.closed).toBe(false)
    expect(reader.read()).toMatchObject({ opcode: Opcode.Close })
    expect(reader.closed).toBe(true)
    expect(reader.bufferedLength).toBe(0)
    expect(reader.read()).toBeNull()
    expect([...reader.push(bytes('ff')).push(hello)]).toEqual([])
    expect(reader.bufferedLength).toBe(0)
    expect(() => reader.end()).not.toThrow()
  })

  test('a Close frame may come inside a fragmented message, and be left unread at the end', () => {
    const reader = new FrameReader().push(bytes('0100 8800 ff'))
    expect(reader.read()).not.toBeNull()
    reader.end()
    expect(reader.closed).toBe(false)
    expect(reader.read()).toMatchObject({ opcode: Opcode.Close })
    expect(reader.closed).toBe(true)
    expect(reader.read()).toBeNull()
  })
})

describe('FrameReader: ownership of chunks', () => {
  const masked = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(100).fill(7), maskingKey: 0x89abcdef })

  test('without ownsChunks a chunk is not written to, and may be reused as soon as push has returned', () => {
    for (const cut of [0, 1, 5, 6, 50, masked.length]) {
      const reader = new FrameReader()
      const chunks = [masked.slice(0, cut), concat(masked.subarray(cut), hello)]
      const copies = chunks.map((chunk) => chunk.slice())
      for (const [i, chunk] of chunks.entries()) {
        reader.push(chunk)
        expect(hexOf(chunk)).toBe(hexOf(copies[i] ?? bytes('')))
        chunk.fill(0xff)
      }
      const frames = [...reader]
      expect(frames.map(({ payload }) => hexOf(payload))).toEqual(['07'.repeat(100), hexOf(utf8('Hello'))])
    }
  })

  test.each([100, 5000])('without ownsChunks that holds for the middle of a long frame, in chunks of %p bytes', (size) => {
    const payload = Uint8Array.from({ length: 40_000 }, (_, i) => i * 7)
    const frame = encodeFrame({ opcode: Opcode.Binary, payload, maskingKey: 0x89abcdef })
    const reader = new FrameReader()
    const frames: Frame[] = []
    for (let start = 0; start < frame.length; start += size) {
      const chunk = frame.slice(start, start + size)
      frames.push(...reader.push(chunk))
      expect(Buffer.compare(chunk, frame.subarray(start, start + size))).toBe(0)
      chunk.fill(0xff)
    }
    expect(frames.map((read) => Buffer.compare(read.payload, payload))).toEqual([0])
  })

  test('without ownsChunks payloads do not alias chunks, and chunks are not changed by reading', () => {
    const reader = new FrameReader()
    const chunk = concat(masked, hello, bytes('8203 010203'))
    const before = hexOf(chunk)
    const frames = [...reader.push(chunk)]
    expect(hexOf(chunk)).toBe(before)
    for (const { payload } of frames) {
      expect(payload.buffer).not.toBe(chunk.buffer)
      payload.fill(0)
    }
    expect(hexOf(chunk)).toBe(before)
  })

  test('with ownsChunks payloads are views of the chunk, unmasked in place', () => {
    const chunk = concat(masked, hello, bytes('8203 010203'))
    const frames = [...new FrameReader({ ownsChunks: true }).push(chunk)]
    expect(frames.map(({ payload }) => payload.buffer === chunk.buffer)).toEqual([true, true, true])
    expect(frames.map(({ payload }) => payload.byteOffset)).toEqual([6, 112, 119])
    expect(textOf(chunk.subarray(112, 117))).toBe('Hello')
  })

  test('writing to a payload does not reach any other frame', () => {
    for (const ownsChunks of [true, false]) {
      const reader = new FrameReader({ ownsChunks })
      const texts: string[] = []
      for (const { payload } of reader.push(concat(hello, hello, hello))) {
        texts.push(textOf(payload))
        payload.fill(0xff)
      }
      expect(texts).toEqual(['Hello', 'Hello', 'Hello'])
    }
  })
})

describe('FrameReader: what goes wrong outside it', () => {
  test('a transferred buffer is said to be one, and not taken for a violation', () => {
    const reader = new FrameReader().push(concat(hello, hello))
    const payload = reader.read()?.payload
    expect(payload && structuredClone(payload, { transfer: [payload.buffer] })).toHaveLength(5)
    const error = thrownBy(() => reader.read())
    expect(error).toMatchObject({ name: 'TypeError', message: expect.stringMatching(TRANSFERRED) })
    expectFailed(reader, error)
  })

  test('nor is one that was transferred after the end of the stream delivered as an empty payload', () => {
    const reader = new FrameReader({ ownsChunks: true })
    const chunk = hello.slice()
    reader.push(chunk).end()
    structuredClone(chunk, { transfer: [chunk.buffer] })
    const error = thrownBy(() => reader.read())
    expect(error).toMatchObject({ name: 'TypeError', message: expect.stringMatching(TRANSFERRED) })
    expectFailed(reader, error)
  })

  test('so is a transferred buffer that holds a part of a payload', () => {
    const reader = new FrameReader({ ownsChunks: true })
    const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(100_000), maskingKey: 7 })
    const chunk = concat(hello, frame.subarray(0, 40_000))
    const [greeting] = [...reader.push(chunk)]
    if (greeting === undefined) throw new Error('the first frame was expected')
    structuredClone(greeting.payload, { transfer: [chunk.buffer] })
    const error = thrownBy(() => [...reader.push(frame.slice(40_000))])
    expect(error).toMatchObject({ name: 'TypeError', message: 'the buffer of a chunk that the reader owns was transferred' })
    expectFailed(reader, error)
  })

  test.each(['8185 37fa213d 7f9f4d5158', '0185 37fa213d 7f9f4d5158'])('the payload that was read last may be transferred (%s)', (hex) => {
    const reader = new FrameReader().push(bytes(hex))
    const payload = reader.read()?.payload
    expect(payload && structuredClone(payload, { transfer: [payload.buffer] })).toHaveLength(5)
    expect(reader.read()).toBeNull()
    expect([...reader.push(bytes('8900'))]).toHaveLength(1)
  })

  test.each(['82', '8202', '8202 01'])('so it may when %s after it has been looked at, which cannot be delivered yet', (begun) => {
    const reader = new FrameReader().push(concat(hello, bytes(begun)))
    const payload = reader.read()?.payload
    expect(reader.read()).toBeNull()
    expect(payload && structuredClone(payload, { transfer: [payload.buffer] })).toHaveLength(5)
    expect(reader.read()).toBeNull()
    expect([...reader.push(bytes('8202 0102').subarray(bytes(begun).length))].map((frame) => hexOf(frame.payload))).toEqual(['0102'])
  })

  test('no memory for a chunk is final: no bytes are lost unnoticed', () => {
    const reader = new FrameReader({ ownsChunks: true }).push(hello)
    const error = thrownBy(() => reader.push(new Proxy(hello, { get: (_target, name) => (name === 'length' ? 2 ** 53 : undefined) })))
    expect(error).toMatchObject({ name: 'RangeError' })
    expectFailed(reader, error)
  })

  test('nor are frames lost unnoticed if there is no memory to move the rest of a long chunk to', () => {
    const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(1020) })
    const reader = new FrameReader({ ownsChunks: true }).push(concat(...Array.from({ length: 200 }, () => frame)))
    const noMemory = new RangeError('Array buffer allocation failed')
    const { set } = Uint8Array.prototype
    Uint8Array.prototype.set = () => {
      throw noMemory
    }
    try {
      expect(thrownBy(() => [...reader])).toBe(noMemory)
    } finally {
      Uint8Array.prototype.set = set
    }
    expectFailed(reader, noMemory)
  })

  test('an error of the platform that is none becomes one', () => {
    const { set } = Uint8Array.prototype
    const reader = new FrameReader().push(hello.subarray(0, 8))
    Uint8Array.prototype.set = () => {
      throw 'no error'
    }
    let error
    try {
      error = thrownBy(() => reader.push(hello))
    } finally {
      Uint8Array.prototype.set = set
    }
    expect(error).toMatchObject({ name: 'Error', message: 'no error', cause: 'no error' })
    expectFailed(reader, error)
  })
})

describe('FrameReader: bufferedLength', () => {
  test('counts the bytes received of frames not delivered', () => {
    const reader = new FrameReader()
    let undelivered = 0
    for (const octet of concat(hello, bytes('827e 0100'), new Uint8Array(256), hello)) {
      reader.push(Uint8Array.of(octet))
      undelivered++
      expect(reader.bufferedLength).toBe(undelivered)
      if (reader.read() !== null) undelivered = 0
      expect(reader.bufferedLength).toBe(undelivered)
    }
  })
})

describe('FrameReader: streamAbove (5.4)', () => {
  /** The pieces as one frame again: what an intermediary must not change is the content, and where the message ends. */
  function joined(frames: readonly Frame[]) {
    return {
      opcodes: frames.map(({ opcode }) => opcode),
      fins: frames.map(({ fin }) => fin),
      payload: hexOf(concat(...frames.map(({ payload }) => payload))),
    }
  }

  const payload = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 0xff)
  const long = (init: Partial<FrameInit> = {}) =>
    encodeFrame({ opcode: Opcode.Binary, payload, maskingKey: 0x01020304, ...init }, { strict: false })
  const streaming = (options: FrameReaderOptions = {}) => new FrameReader({ streamAbove: 999, ...options })

  test.each([true, false])('a longer frame is delivered as it arrives, as fragments (ownsChunks %p)', (ownsChunks) => {
    const reader = streaming({ ownsChunks })
    const frame = concat(long(), hello)
    const pieces: Frame[] = []
    for (let at = 0; at < frame.length; at += 300) {
      for (const piece of reader.push(frame.slice(at, at + 300))) pieces.push(piece)
      expect(reader.bufferedLength).toBe(0)
    }
    const greeting = pieces.pop()
    expect(greeting && textOf(greeting.payload)).toBe('Hello')
    expect(joined(pieces)).toEqual({ opcodes: [2, 0, 0, 0], fins: [false, false, false, true], payload: hexOf(payload) })
    expect(pieces.every(({ maskingKey }) => maskingKey === 0x01020304)).toBe(true)
  })

  test('a piece that looks like frames is a piece', () => {
    const reader = new FrameReader({ streamAbove: 5 })
    const pieces = ['8206 8100', '8100', '8900 8100', ''].map((hex) => reader.push(bytes(hex)).read())
    expect(pieces.map((piece) => piece && [piece.opcode, hexOf(piece.payload)])).toEqual([
      [2, '8100'],
      [0, '8100'],
      [0, '8900'],
      [1, ''],
    ])
  })

  test('byte by byte, no piece is empty', () => {
    const reader = streaming()
    const pieces = [...oneByOne(long())].flatMap((chunk) => [...reader.push(chunk)])
    expect(pieces).toHaveLength(1000)
    expect(joined(pieces).payload).toBe(hexOf(payload))
  })

  test('a frame that has come whole is delivered whole; FIN is that of the frame', () => {
    expect([...streaming().push(long())]).toHaveLength(1)
    const reader = streaming()
    const pieces = [...reader.push(long({ fin: false })), ...reader.push(long({ opcode: Opcode.Continuation }).slice(0, 500))]
    expect(joined(pieces)).toMatchObject({ opcodes: [2, 0], fins: [false, false] })
    const rest = [...reader.push(long().slice(500))]
    expect(joined(rest)).toMatchObject({ opcodes: [0], fins: [true] })
    expect([...reader.push(bytes('8900'))]).toMatchObject([{ opcode: Opcode.Ping }])
  })

  test('a frame of just that length, and control frames, are delivered whole', () => {
    const reader = new FrameReader({ streamAbove: 5 })
    const chunks = [bytes('8205 0102'), bytes('030405 8906 01'), bytes('0203040506 8206 01'), bytes('0203040506')]
    const lengths = chunks.map((chunk) => [...reader.push(chunk)].map((frame) => frame.payload.length))
    expect(lengths).toEqual([[], [5], [6, 1], [5]])
  })

  test('RSV1 of permessage-deflate stays on the first fragment', () => {
    const reader = streaming({ extensions: { permessageDeflate: true } })
    const frame = long({ rsv1: true })
    const pieces = [...reader.push(frame.slice(0, 300)), ...reader.push(frame.slice(300))]
    expect(pieces.map(({ rsv1 }) => rsv1)).toEqual([true, false])
  })

  test.each<[Partial<FrameInit>, FrameReaderOptions['extensions']]>([
    [{ rsv1: true }, { rsv1: true, permessageDeflate: true }],
    [{ rsv2: true }, { rsv2: true }],
    [{ rsv3: true }, { rsv3: true }],
    [{ opcode: 3 }, { opcodes: [3] }],
  ])('%j belongs to an extension whose meaning is not known, and is delivered whole', (init, extensions = {}) => {
    const reader = streaming({ extensions })
    const frame = long(init)
    expect([...reader.push(frame.slice(0, 300))]).toEqual([])
    expect([...reader.push(frame.slice(300))]).toMatchObject([{ fin: true, ...init, payload }])
  })

  test.each<[Partial<FrameInit>, FrameReaderOptions['extensions']]>([
    [{ rsv1: true }, { rsv1: true }],
    [{ rsv2: true }, { rsv2: true }],
    [{ opcode: 3 }, { opcodes: [3] }],
  ])('so are all later fragments of a message of which a fragment is %j, but not the next message', (init, extensions = {}) => {
    const reader = streaming({ extensions })
    const first = encodeFrame({ opcode: Opcode.Binary, fin: false, ...init }, { extensions })
    const rest = long({ opcode: Opcode.Continuation, fin: false })
    expect([...reader.push(concat(first, rest.slice(0, 300)))]).toMatchObject([init])
    expect([...reader.push(rest.slice(300))]).toMatchObject([{ opcode: Opcode.Continuation, payload }])
    expect([...reader.push(concat(bytes('8900'), rest.slice(0, 300)))]).toMatchObject([{ opcode: Opcode.Ping }])
    expect([...reader.push(concat(rest.slice(300), bytes('8000')))]).toMatchObject([{ payload }, { fin: true }])
    expect([...reader.push(long().slice(0, 300))]).toMatchObject([{ fin: false, opcode: Opcode.Binary }])
  })

  test('limits and the order of fragments hold for such frames too', () => {
    expect(violationOf(() => streaming({ maxPayloadLength: 999 }).push(long()).read())).toMatchObject({ rule: 'payload-too-long' })
    const reader = streaming()
    expect([...reader.push(long({ fin: false }))]).toHaveLength(1)
    expect(violationOf(() => reader.push(long()).read())).toMatchObject({ rule: 'continuation-expected', offset: 1008 })
  })

  test('a stream that ends between the fragments is truncated, at the frame', () => {
    const reader = streaming()
    expect([...reader.push(hello), ...reader.push(long().slice(0, 300))]).toHaveLength(2)
    expect(violationOf(() => reader.end())).toMatchObject({ rule: 'truncated', offset: 11 })
  })
})

describe('FrameReader: a length field allocates 2 KiB at most, and so do a few bytes of the payload', () => {
  test.each([
    ['827f 001fffffffffffff', { maxPayloadLength: Infinity }, 1],
    ['827f 0000000001000000', {}, 1],
    ['827e 4000', {}, 8],
  ])('%s with %p and %i bytes', (hex, options, count) => {
    const before = process.memoryUsage().arrayBuffers
    const readers = Array.from({ length: 100 }, () => new FrameReader(options).push(bytes(hex)))
    for (const reader of readers) expect(reader.push(new Uint8Array(count)).read()).toBeNull()
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(3e5)
  })
})

describe('the copy of a chunk', () => {
  const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(1000) })

  /** The length of the memory that the payload of the last frame has, read from chunks after others that cut frames. */
  function memoryOfLast(...chunks: readonly Uint8Array[]): number | undefined {
    const reader = new FrameReader()
    for (let i = 0; i < 20; i++) [...reader.push(frame.slice(0, 500)), ...reader.push(frame.slice(500))]
    return chunks.flatMap((chunk) => [...reader.push(chunk)]).at(-1)?.payload.buffer.byteLength
  }

  test('has memory of its own if the chunk begins with a frame and is not short', () => {
    expect(memoryOfLast(frame)).toBe(frame.length)
  })

  test('shares memory with other payloads if the chunk continues a frame', () => {
    expect(memoryOfLast(frame.slice(0, 500), concat(frame.slice(500), frame))).toBe(16_384)
  })
})
