/**
 * Work linear in the bytes, and memory of at most twice the bytes received and not delivered, plus a small constant.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import { FrameReader, MessageReader, Opcode, encodeFrame, explain, inspect } from '../../src/index.js'
import type { Frame, InspectOptions } from '../../src/index.js'
import { bytes, bytesCopied, concat, textOf, utf8, violationOf } from '../support.js'

setFlagsFromString('--expose-gc')
const collectGarbage: unknown = runInNewContext('gc')

/** Bytes in use on the heap and in buffers, after garbage collection. */
function memoryInUse(): number {
  if (typeof collectGarbage !== 'function') throw new Error('no garbage collection on demand')
  // Twice, because buffers may be let go of in the background by the first.
  collectGarbage()
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** The small constant: what Jest itself comes and goes with between two measurements. */
const NOISE = 500_000

const MILLION = 1_000_000

/** A function of its own, so that no variable keeps the chunk or the frame alive. */
function readLongFrame(reader: FrameReader, tail: Uint8Array): number {
  const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(4 * MILLION) })
  let length = 0
  for (const { payload } of reader.push(concat(frame, tail))) length += payload.length
  return length
}

function readOnce(reader: FrameReader, head: Uint8Array): 'frame' | 'error' {
  reader.push(concat(head, new Uint8Array(4 * MILLION)))
  try {
    return reader.read() === null ? 'error' : 'frame'
  } catch {
    return 'error'
  }
}

describe('memory held', () => {
  test.each([true, false])('of a frame that comes byte by byte is at most twice what has come (ownsChunks %p)', (ownsChunks) => {
    const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(2 ** 20), maskingKey: 0x01020304 })
    const reader = new FrameReader({ ownsChunks })
    const before = memoryInUse()
    for (let received = 0; received < frame.length - 1; received++) {
      if (reader.push(frame.slice(received, received + 1)).read() !== null) throw new Error('too early')
      // Just before a buffer grows, just after, and between.
      if (received % (3 * 2 ** 16) === 0) expect(memoryInUse() - before).toBeLessThan(2 * received + NOISE)
    }
    expect(reader.bufferedLength).toBe(frame.length - 1)
  })

  test.each([true, false])('of a million one-byte chunks that nobody reads is at most twice the bytes (ownsChunks %p)', (ownsChunks) => {
    const reader = new FrameReader({ ownsChunks })
    const before = memoryInUse()
    for (let i = 0; i < MILLION; i++) reader.push(Uint8Array.of(i % 2 === 0 ? 0x89 : 0x00))
    expect(memoryInUse() - before).toBeLessThan(2 * MILLION + NOISE)
    let frames = 0
    for (const { opcode } of reader) frames += opcode === Opcode.Ping ? 1 : 0
    expect(frames).toBe(MILLION / 2)
    expect(memoryInUse() - before).toBeLessThan(NOISE)
  })

  test('of a million frames in one chunk that nobody reads is the chunk', () => {
    const chunk = concat(bytes('0100'), new Uint8Array(2 * MILLION))
    const reader = new FrameReader()
    const before = memoryInUse()
    reader.push(chunk)
    expect(reader.read()?.opcode).toBe(Opcode.Text)
    expect(memoryInUse() - before).toBeLessThan(2 * MILLION + NOISE)
    let frames = 0
    for (const { opcode } of reader) frames += opcode === Opcode.Continuation ? 1 : 0
    expect(frames).toBe(MILLION)
    expect(memoryInUse() - before).toBeLessThan(NOISE)
  })

  test('of a chunk is let go when its last frame has been delivered, or a frame that it cuts has been begun', () => {
    const tails = [bytes(''), bytes('82'), bytes('827f 0000000000'), bytes('827f 0000000000800000 01')]
    for (const ownsChunks of [true, false]) {
      for (const tail of tails) {
        const reader = new FrameReader({ ownsChunks })
        const before = memoryInUse()
        expect(readLongFrame(reader, tail)).toBe(4 * MILLION)
        expect(memoryInUse() - before).toBeLessThan(NOISE)
        expect(reader.bufferedLength).toBe(tail.length)
      }
    }
  })

  test('of input that is read frame by frame and left is at most twice what is left', () => {
    const frame = () => encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(MILLION / 2) })
    const before = memoryInUse()
    const reader = new FrameReader()
    for (let i = 0; i < 16; i++) reader.push(frame())
    for (let i = 0; i < 16; i++) {
      if (reader.read()?.payload.length !== MILLION / 2) throw new Error('another frame was expected')
      expect(memoryInUse() - before).toBeLessThan(2 * reader.bufferedLength + NOISE)
    }
    expect(reader.bufferedLength).toBe(0)
  })

  test('of input that was put together from chunks is at most twice what is left and 64 KiB', () => {
    const count = 500
    const frames = concat(...Array.from({ length: 64 }, () => encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(1000) })))
    const before = memoryInUse()
    const readers = Array.from({ length: count }, () => {
      const reader = new FrameReader().push(frames.subarray(0, -1)).push(frames.subarray(-1))
      for (let i = 0; i < 63; i++) if (reader.read() === null) throw new Error('too early')
      return reader
    })
    expect(readers.every(({ bufferedLength }) => bufferedLength === 1004)).toBe(true)
    expect((memoryInUse() - before) / count).toBeLessThan(2 * 1004 + 2 ** 16 + 1024)
  })

  test('of a message is at most twice its payload, whatever the number of its fragments', () => {
    const reader = new MessageReader()
    const fragments = concat(...Array.from({ length: 1000 }, () => bytes('0001 61')))
    const nothing = new Uint8Array(2000)
    const before = memoryInUse()
    reader.push(bytes('0101 61'))
    for (let i = 0; i < 1000; i++) {
      if (reader.push(fragments).push(nothing).read() !== null) throw new Error('too early')
      if (i % 100 === 0) expect(memoryInUse() - before).toBeLessThan(2 * 1000 * (i + 1) + NOISE)
    }
    expect(reader.bufferedLength).toBe(MILLION + 1)
    expect(memoryInUse() - before).toBeLessThan(2 * MILLION + NOISE)
  })

  test.each([
    [1, 512, 512],
    [1, 512, 768],
    [2, 513, 769],
    [1, 600, 900],
    [1, 512, 60_000],
  ])(
    'of a frame is at most twice what has come in chunks of %p and %p bytes that are given away, in buffers of %p',
    (short, long, bufferLength) => {
      const total = 16 * MILLION
      const reader = new FrameReader({ ownsChunks: true, maxPayloadLength: Infinity })
      expect(reader.push(bytes('827f 0000000010000000')).read()).toBeNull()
      const before = memoryInUse()
      let received = 0
      while (received < total) {
        for (const chunk of [new Uint8Array(short), new Uint8Array(bufferLength).subarray(0, long)]) {
          if (reader.push(chunk).read() !== null) throw new Error('too early')
        }
        received += short + long
      }
      expect(memoryInUse() - before).toBeLessThan(2 * received + NOISE)
      expect(reader.bufferedLength).toBe(received + 10)
    },
  )

  test.each([0, 1, 10, 11, 100, 340])(
    'of a text is at most twice its payload, with %p characters of three bytes in each fragment',
    (count) => {
      const part = utf8('a'.repeat(1024 - 3 * count) + '你'.repeat(count))
      const fragment = concat(bytes('007e 0400'), part)
      const reader = new MessageReader()
      reader.push(bytes('0100'))
      const before = memoryInUse()
      for (let i = 0; i < 16 * 1024; i++) if (reader.push(fragment).read() !== null) throw new Error('too early')
      expect(memoryInUse() - before).toBeLessThan(2 * 2 ** 24)
      expect(reader.bufferedLength).toBe(2 ** 24)
      const message = reader.push(bytes('8000')).read()
      expect(message?.type === 'text' && message.data.length).toBe(2 ** 24 - 2 * count * 16 * 1024)
    },
  )

  test('by a reader that has failed or been closed is nothing', () => {
    for (const end of ['83', '8800']) {
      const reader = new FrameReader()
      const before = memoryInUse()
      expect(readOnce(reader, bytes(end))).toBe(end === '83' ? 'error' : 'frame')
      expect(memoryInUse() - before).toBeLessThan(NOISE)
    }
  })
})

describe('an inspection', () => {
  const client: InspectOptions = { sender: 'client' }
  const nothing: InspectOptions = { sender: 'client', maxPayloadLength: 0, maxMessageLength: 0 }

  test.each<[string, string, InspectOptions]>([
    ['empty pings', '8900', {}],
    ['empty pings that are masked', '8980 ffffffff', client],
    ['pings of a byte', '8901 61', {}],
    ['empty texts', '8100', {}],
    ['texts of a byte', '8101 61', {}],
    ['empty fragments', '0000', {}],
    ['compressed messages of a byte', 'c101 61', { extensions: { permessageDeflate: true } }],
    ['frames of a byte that break one rule', '8901 61', client],
    ['frames of a byte that are not UTF-8', '8101 ff', client],
    ['empty control frames that break four rules', '7b00', client],
    ['empty data frames that break four rules', '7300', client],
    ['frames of a byte that break six rules', '7101 ff', nothing],
    ['frames of four bytes that break six rules', '7b7e 0000', client],
  ])('holds at most 300 bytes for each byte: %s', (_name, hex, options) => {
    const frame = bytes(hex)
    const data = Uint8Array.from(Buffer.alloc(200_000 * frame.length, frame))
    const before = memoryInUse()
    const inspection = inspect(data, options)
    expect(memoryInUse() - before).toBeLessThan(300 * data.length)
    expect(inspection.frames).toHaveLength(200_000)
  })

  test('is not made for explain, which holds what it describes', () => {
    const data = Uint8Array.from(Buffer.alloc(2 * MILLION, bytes('7b00')))
    const before = memoryInUse()
    const text = explain(data, client)
    expect(memoryInUse() - before).toBeLessThan(2 * text.length + NOISE)
  })
})

/** The state of one of a hundred thousand readers, in bytes. */
function stateOf(makeReader: () => FrameReader | MessageReader, begun: Uint8Array): number {
  const count = 100_000
  const readers: (FrameReader | MessageReader)[] = []
  const before = memoryInUse()
  for (let i = 0; i < count; i++) {
    const reader = makeReader().push(begun)
    if (reader.read() !== null) throw new Error('too early')
    readers.push(reader)
  }
  const state = (memoryInUse() - before) / count
  expect(readers.at(-1)?.bufferedLength).toBe(begun.length)
  return state
}

describe('a hundred thousand idle readers', () => {
  /** Of the array that keeps them, which may have room for half as many again. */
  const ENTRY = 12

  test.each<[string, () => FrameReader | MessageReader]>([
    ['FrameReader', () => new FrameReader()],
    ['FrameReader with options', () => new FrameReader({ sender: 'client', ownsChunks: true, extensions: { permessageDeflate: true } })],
    ['MessageReader', () => new MessageReader()],
    ['MessageReader with options', () => new MessageReader({ sender: 'client', maxMessageLength: 1000, ownsChunks: true })],
  ])('%s: at most 512 bytes each, with half a header or without', (_name, makeReader) => {
    for (const begun of ['', '82', '82fe01', '82ff00000000000100']) {
      expect(stateOf(makeReader, bytes(begun))).toBeLessThan(512 + ENTRY)
    }
  })
})

describe('a stream that goes on for ever', () => {
  test.each([true, false])('of a million messages and pings, in chunks that cut them, leaves nothing (ownsChunks %p)', (ownsChunks) => {
    const stream = concat(bytes('8983 01020304 616263'), bytes('0182 01020304 6062'), bytes('8a80 00000000'), bytes('8081 00000000 61'))
    const reader = new MessageReader({ sender: 'client', ownsChunks })
    const block = concat(...Array.from({ length: 100 }, () => stream))
    let messages = 0
    const pass = (passes: number) => {
      for (let i = 0; i < passes; i++) {
        for (let at = 0; at < block.length; at += 997) {
          for (const { type } of reader.push(block.slice(at, at + 997))) messages += type === 'text' ? 1 : 0
        }
      }
    }
    pass(1000)
    const before = memoryInUse()
    pass(9000)
    expect(messages).toBe(MILLION)
    expect(memoryInUse() - before).toBeLessThan(NOISE)
  })

  test('of empty fragments leaves nothing', () => {
    const reader = new MessageReader()
    reader.push(bytes('0100')).read()
    const block = new Uint8Array(2 * 10_000)
    const before = memoryInUse()
    for (let i = 0; i < 100; i++) expect(reader.push(block).read()).toBeNull()
    expect(reader.bufferedLength).toBe(0)
    expect(memoryInUse() - before).toBeLessThan(NOISE)
  })

  test('of one-byte chunks after a length field of 2^53-1 holds no more than twice those', () => {
    const reader = new FrameReader({ maxPayloadLength: Infinity })
    const before = memoryInUse()
    expect(reader.push(bytes('827f 001fffffffffffff')).read()).toBeNull()
    expect(memoryInUse() - before).toBeLessThan(NOISE)
    for (let i = 0; i < MILLION; i++) reader.push(Uint8Array.of(i))
    expect(memoryInUse() - before).toBeLessThan(2 * MILLION + NOISE)
    expect(reader.bufferedLength).toBe(MILLION + 10)
  })
})

describe('a frame of 8 GiB, which nobody could hold', () => {
  const PAYLOAD_LENGTH = 8 * 2 ** 30
  /** The key repeats in the bytes of a chunk, so that 1 MiB and 1 byte move its phase: a payload of zeros, masked. */
  const CHUNK_LENGTH = 2 ** 20 + 1
  const key = '37fa213d'

  test.each([true, false])('passes through streamAbove in constant memory (ownsChunks %p)', (ownsChunks) => {
    const zeros = Buffer.alloc(CHUNK_LENGTH)
    const masked = Buffer.alloc(CHUNK_LENGTH + 3, Buffer.from(key, 'hex'))
    const reader = new FrameReader({ sender: 'client', ownsChunks, maxPayloadLength: Infinity, streamAbove: 2 ** 16 })
    const before = memoryInUse()

    // A ping, the message's first frame, and the header of its second, of 8 GiB.
    const beginning = [...reader.push(bytes(`8981 00000000 70  0281 00000000 ff  80ff 0000000200000000 ${key}`))]
    expect(beginning).toMatchObject([{ opcode: Opcode.Ping }, { opcode: Opcode.Binary, fin: false }])

    let received = 0
    let delivered = 0
    let last: Frame | null = null
    while (received < PAYLOAD_LENGTH) {
      const phase = received % 4
      const length = Math.min(CHUNK_LENGTH, PAYLOAD_LENGTH - received)
      for (const frame of reader.push(Uint8Array.from(masked.subarray(phase, phase + length)))) {
        if (!zeros.equals(frame.payload) && !zeros.subarray(0, frame.payload.length).equals(frame.payload)) throw new Error('content')
        if (last !== null && (last.fin || frame.opcode !== Opcode.Continuation)) throw new Error('not one message')
        delivered += frame.payload.length
        last = frame
      }
      received += length
      expect(reader.bufferedLength).toBe(0)
      if (received % (2 ** 10 * CHUNK_LENGTH) === 0) expect(memoryInUse() - before).toBeLessThan(2 * CHUNK_LENGTH + NOISE)
    }
    expect(delivered).toBe(PAYLOAD_LENGTH)
    expect(last).toMatchObject({ fin: true, opcode: Opcode.Continuation })

    // What follows begins where it should: a ping, a text, and an error, with offsets over 2^33.
    const following = [...reader.push(bytes('8981 00000000 71  8185 37fa213d 7f9f4d5158'))]
    expect(following.map(({ opcode, payload }) => [opcode, textOf(payload)])).toEqual([
      [Opcode.Ping, 'q'],
      [Opcode.Text, 'Hello'],
    ])
    const offset = 7 + 7 + 14 + PAYLOAD_LENGTH + 7 + 11
    expect(violationOf(() => reader.push(bytes('83')).read())).toMatchObject({ rule: 'opcode-reserved', offset })
  })
})

describe('work', () => {
  /** How many bytes are copied by reading a frame in chunks of one size. It is not masked: masking copies in and out of the kernel. */
  function copiedInReading(payloadLength: number, chunkLength: number, ownsChunks: boolean): number {
    const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(payloadLength) })
    const reader = new FrameReader({ ownsChunks })
    return bytesCopied(() => {
      let frames = 0
      for (let i = 0; i < frame.length; i += chunkLength) {
        for (const { payload } of reader.push(frame.slice(i, i + chunkLength))) frames += payload.length === payloadLength ? 1 : 0
      }
      expect(frames).toBe(1)
    })
  }

  test.each([true, false])(
    'is linear: a payload is copied at most four times over, in chunks of any size (ownsChunks %p)',
    (ownsChunks) => {
      for (const payloadLength of [2 ** 10, 2 ** 16, 2 ** 20]) {
        // A mebibyte in tiny chunks takes long, and has a test of its own.
        const isQuick = (length: number) => length < payloadLength && payloadLength <= 2 ** 16 * length
        for (const chunkLength of [1, 7, 1000, 65536].filter(isQuick)) {
          expect(copiedInReading(payloadLength, chunkLength, ownsChunks)).toBeLessThan(4 * payloadLength)
        }
      }
    },
  )

  test.each([true, false])('stays linear for a mebibyte in tiny chunks (ownsChunks %p)', (ownsChunks) => {
    for (const chunkLength of [1, 7]) expect(copiedInReading(2 ** 20, chunkLength, ownsChunks)).toBeLessThan(4 * 2 ** 20)
  })

  test.each([1000, 2 ** 16])(
    'on a chunk that holds the whole frame, of %p bytes, copies nothing when it is given away',
    (payloadLength) => {
      expect(copiedInReading(payloadLength, 2 ** 17, true)).toBe(0)
    },
  )

  test.each<[string, string[]]>([
    ['first', []],
    ['after a message in fragments', ['0101 61', '8001 62']],
    ['after a message that chunks cut', ['81', '02 61', '62']],
  ])('on a masked text that comes whole, %s, copies it once: it is decoded where it is unmasked', (_when, before) => {
    const payload = 'a'.repeat(10_000)
    const frame = encodeFrame({ opcode: Opcode.Text, payload, maskingKey: 0x37fa213d })
    const reader = new MessageReader({ ownsChunks: true })
    for (const chunk of before) reader.push(bytes(chunk)).read()
    const copied = bytesCopied(() => {
      expect(reader.push(frame).read()).toEqual({ type: 'text', data: payload })
    })
    expect(copied).toBeLessThanOrEqual(payload.length)
  })

  test.each<[string, boolean]>([
    ['binary', true],
    ['binary', false],
    ['text', true],
    ['text', false],
  ])('in the last call for a %s message of 2 MiB is one copy of it (ownsChunks %p): the rest has been done', (type, ownsChunks) => {
    const LENGTH = 2 ** 21
    const CHUNK_LENGTH = 2 ** 16
    const frame = encodeFrame({
      opcode: Opcode[type === 'text' ? 'Text' : 'Binary'],
      payload: new Uint8Array(LENGTH),
      maskingKey: 0x37fa213d,
    })
    const reader = new MessageReader({ ownsChunks, textAs: 'bytes' })
    const last = frame.length - CHUNK_LENGTH
    for (let i = 0; i < last; i += CHUNK_LENGTH) {
      expect(reader.push(frame.slice(i, Math.min(i + CHUNK_LENGTH, last))).read()).toBeNull()
    }
    const chunk = frame.slice(last)
    const copied = bytesCopied(() => {
      const message = reader.push(chunk).read()
      expect(message?.type).toBe(type)
    })
    expect(copied).toBeLessThanOrEqual(LENGTH + 3 * CHUNK_LENGTH)
  })

  test.each([1000, 10_000])('on fragments of %p bytes that are given away copies each once, when the message is complete', (length) => {
    const header = length.toString(16).padStart(4, '0')
    const fragments = ['02', '00', '80'].map((firstByte) => concat(bytes(`${firstByte} 7e ${header}`), new Uint8Array(length)))
    const reader = new MessageReader({ ownsChunks: true })
    const copied = bytesCopied(() => {
      const messages = fragments.flatMap((fragment) => [...reader.push(fragment)])
      expect(messages.map((message) => message.type === 'binary' && message.data.length)).toEqual([3 * length])
    })
    expect(copied).toBe(3 * length)
  })

  test('on a compressed message that comes whole copies it once, to append what the sender has left out', () => {
    const tailLength = 9
    const inflate = (data: Uint8Array) => new Uint8Array(data.length)
    const reader = new MessageReader({ ownsChunks: true, extensions: { permessageDeflate: true }, inflate })
    const copied = bytesCopied(() => {
      const message = reader.push(concat(bytes('c27e 03e8'), new Uint8Array(1000))).read()
      expect(message?.type === 'binary' && message.data.length).toBe(1000 + tailLength)
    })
    expect(copied).toBeLessThanOrEqual(1000 + 2 * tailLength)
  })

  test('on a chunk that holds the whole payload, and not the header, copies that of the header alone', () => {
    const headerLength = 10
    const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(2 ** 16) })
    const reader = new FrameReader({ ownsChunks: true })
    const copied = bytesCopied(() => {
      expect(reader.push(frame.slice(0, headerLength)).read()).toBeNull()
      expect(reader.push(frame.slice(headerLength)).read()?.payload).toHaveLength(2 ** 16)
    })
    expect(copied).toBeLessThanOrEqual(headerLength)
  })

  test.each([true, false])('is linear if nobody reads, in chunks of any size (ownsChunks %p)', (ownsChunks) => {
    for (const chunkLength of [1, 7, 1000]) {
      const reader = new FrameReader({ ownsChunks })
      const copied = bytesCopied(() => {
        for (let received = 0; received < 2 ** 16; received += chunkLength) reader.push(new Uint8Array(chunkLength))
      })
      expect(copied).toBeLessThan(4 * (2 ** 16 + chunkLength))
    }
  })

  test.each([64, 80, 128])(
    'is linear while as many frames wait as 64 chunks hold, and %p are read for every 64 that come',
    (readAtATime) => {
      const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(1020) })
      const chunk = concat(...Array.from({ length: 64 }, () => frame))
      const reader = new FrameReader({ ownsChunks: true })
      for (let i = 0; i < 64; i++) reader.push(chunk.slice())
      let pushed = 0
      const copied = bytesCopied(() => {
        for (let i = 0; i < 256; i++) {
          reader.push(chunk.slice())
          pushed += chunk.length
          for (let read = 0; read < readAtATime; read++) reader.read()
        }
      })
      expect(copied).toBeLessThan(10 * pushed)
    },
  )

  test('is linear in a long chunk with many frames, though what has been delivered is let go', () => {
    const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(124) })
    const chunk = concat(...Array.from({ length: 2 ** 11 }, () => frame))
    const reader = new FrameReader({ ownsChunks: true }).push(chunk)
    const copied = bytesCopied(() => {
      while (reader.read() !== null);
    })
    expect(copied).toBeLessThan(2 * chunk.length)
    expect(reader.bufferedLength).toBe(0)
  })
})
