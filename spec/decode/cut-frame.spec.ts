/**
 * A frame whose payload does not arrive as a whole: what is copied of it, and how often.
 */
import { describe, expect, test } from '@jest/globals'
import { Opcode, encodeFrame } from '../../src/index.js'
import { CutFrame } from '../../src/decode/cut-frame.js'
import { FrameParser } from '../../src/decode/frame-parser.js'
import { Input } from '../../src/decode/input.js'
import { PayloadMemory } from '../../src/decode/payload-memory.js'
import { TextCheck } from '../../src/decode/text.js'
import { readPolicy } from '../../src/header/make-policy.js'
import { maskingKernel } from '../../src/mask/webassembly.js'
import { referenceMask } from '../reference/encode.js'
import { TRANSFERRED, bytes, bytesCopied, concat, thrownBy, utf8 } from '../support.js'

/** Its octets differ in the highest bit: with a wrong one, ASCII is not ASCII. */
const KEY = 0x8923cd67 | 0

function cutFrame(
  payloadLength: number,
  { maskingKey = null, text = null, isForNow = false, memory = new PayloadMemory() }: Partial<CutFrameOptions> = {},
): CutFrame {
  const header = { firstByte: 0x82, maskingKey, payloadLength, headerLength: maskingKey === null ? 4 : 8 }
  return new CutFrame(header, memory, text, isForNow)
}

interface CutFrameOptions {
  maskingKey: number | null
  text: TextCheck | null
  isForNow: boolean
  memory: PayloadMemory
}

/** The memory of a reader that has seen traffic, so that it lends some of it. */
function busyMemory(): PayloadMemory {
  const memory = new PayloadMemory()
  for (let i = 0; i < 100; i++) memory.forPayload(0)
  memory.idle()
  return memory
}

/** Begins to gather a payload whose first piece is all of a chunk. */
function begin(frame: CutFrame, piece: Uint8Array): void {
  const input = new Input()
  input.set(piece, 0)
  frame.begin(input)
  expect(input.length).toBe(0)
}

/**
 * Gathers a payload in pieces of some lengths, which repeat.
 *
 * @param isOwn - whether the pieces after the first one may be kept: that one may always be
 */
function gathered(payload: Uint8Array, lengths: readonly number[], frame: CutFrame, isOwn = false): Uint8Array {
  for (let start = 0, i = 0; start < payload.length; i++) {
    const piece = payload.slice(start, start + (lengths[i % lengths.length] ?? payload.length))
    if (i === 0) begin(frame, piece)
    else frame.gather(piece, 0, piece.length, isOwn)
    start += piece.length
    if (i > 0 && !isOwn) piece.fill(0xee)
  }
  expect(frame.missing).toBe(0)
  return frame.payload()
}

describe.each([null, KEY])('the payload (masking key %p)', (maskingKey) => {
  test.each([1, 31, 32, 33, 2047, 2048, 2049, 5000, 16_384, 16_385, 70_000])(
    'of %p bytes is the same however it is cut, a text or not, owned or not',
    (length) => {
      const expected = Uint8Array.from({ length }, (_, i) => i & 0x7f)
      const payload = maskingKey === null ? expected : referenceMask(expected, maskingKey)
      for (const lengths of [
        [1],
        [31, 32, 33],
        [1460],
        [1023, 1024, 1025],
        [length - 1, 1].map((value) => Math.max(value, 1)),
        [4096, 1],
      ]) {
        if (lengths[0] === 1 && length > 5000) continue
        for (const isOwn of [false, true]) {
          expect(Buffer.compare(gathered(payload, lengths, cutFrame(length, { maskingKey }), isOwn), expected)).toBe(0)
          for (const isForNow of [false, true]) {
            const text = new TextCheck()
            const frame = cutFrame(length, { maskingKey, text, isForNow, memory: busyMemory() })
            expect(Buffer.compare(gathered(payload, lengths, frame, isOwn), expected)).toBe(0)
            expect(text.violation).toBeNull()
          }
        }
      }
    },
  )

  test('of a text is checked as it arrives, in any piece', () => {
    for (const length of [10, 100, 3000, 40_000]) {
      for (const at of [0, 9, length >> 1, length - 1]) {
        const text = utf8('a'.repeat(length))
        text[at] = 0xff
        const payload = maskingKey === null ? text : referenceMask(text, maskingKey)
        for (const lengths of [[1], [7], [40], [2000], [length]]) {
          if (lengths[0] === 1 && length > 3000) continue
          const check = new TextCheck()
          const frame = cutFrame(length, { maskingKey, text: check })
          let start = 0
          for (let i = 0; check.violation === null && start < length; i++) {
            const piece = payload.slice(start, start + (lengths[i % lengths.length] ?? length))
            if (i === 0) begin(frame, piece)
            else frame.gather(piece, 0, piece.length, true)
            start += piece.length
          }
          expect(check.violation).toMatchObject({ found: `byte ${at} of the text is 0xff` })
          expect(at).toBeLessThan(start)
          // What follows a violation is taken, and changes nothing about it.
          frame.gather(new Uint8Array(length), 0, length, true)
          expect([frame.missing, check.violation?.found]).toEqual([0, `byte ${at} of the text is 0xff`])
        }
      }
    }
  })
})

describe.each([null, KEY])('a piece of a text (masking key %p)', (maskingKey) => {
  test.each([20, 1000, 20_000])('of %p bytes is checked where it is kept: another thread may write to shared memory', (length) => {
    for (const isOwn of [false, true]) {
      const text = utf8('a'.repeat(3 * length))
      const payload = maskingKey === null ? text : referenceMask(text, maskingKey)
      const shared = new Uint8Array(new SharedArrayBuffer(length))
      /** Overwrites the chunk as soon as it has been checked. */
      class Overwriting extends TextCheck {
        override add(...parameters: Parameters<TextCheck['add']>): void {
          super.add(...parameters)
          shared.fill(0xff)
        }
        override addMasked(...parameters: Parameters<TextCheck['addMasked']>): void {
          super.addMasked(...parameters)
          shared.fill(0xff)
        }
      }
      const check = new Overwriting()
      // Long enough that it is not put together in an array of its own, whatever the pieces.
      const frame = cutFrame(100_000, { maskingKey, text: check, memory: busyMemory() })
      begin(frame, payload.slice(0, length))
      for (let start = length; start < payload.length; start += length) {
        shared.set(payload.subarray(start, start + length))
        frame.gather(shared, 0, length, isOwn)
      }
      const rest = new Uint8Array(100_000 - payload.length).fill(0x61)
      const masked = maskingKey === null ? rest : referenceMask(rest, maskingKey, payload.length % 4)
      frame.gather(masked, 0, masked.length, true)
      expect(check.violation).toBeNull()
      expect(frame.payload().every((octet) => octet === 0x61)).toBe(true)
    }
  })
})

describe('work', () => {
  /** How many bytes are copied when so many are wanted, and some come at first, the rest in pieces of 100. */
  function copiedOf(total: number, first: number, options?: Partial<CutFrameOptions>): number {
    const payload = options?.maskingKey == null ? new Uint8Array(total) : referenceMask(new Uint8Array(total), options.maskingKey)
    return bytesCopied(() => gathered(payload, [first, ...Array<number>(total).fill(100)], cutFrame(total, options)))
  }

  test('is one copy if at least half of the payload comes at first, or if it has no more than 2 KiB', () => {
    expect([10_000, 19_900].map((first) => copiedOf(20_000, first))).toEqual([20_000, 20_000])
    expect(copiedOf(20_000, 9900)).toBeGreaterThan(30_000)
    expect([500, 2048].map((total) => copiedOf(total, 100))).toEqual([500, 2048])
    // The first 16 bytes are not counted: a loop copies them.
    expect(copiedOf(2048, 16)).toBe(2048 - 16)
  })

  test('is so for a payload that is used at once too, if the memory of the kernel is too small for it', () => {
    expect(copiedOf(70_000, 40_000, { isForNow: true })).toBe(70_000)
  })

  test('is one copy if a two hundred and fifty-sixth of the payload comes at first, and it has no more than 16 KiB', () => {
    // Up to 31 bytes are not counted: a loop copies them.
    expect([9, 1000].map((first) => copiedOf(2259, first))).toEqual([2259 - 9, 2259])
    expect([50, 8000].map((first) => copiedOf(12_800, first))).toEqual([12_800, 12_800])
    expect([64, 8164].map((first) => copiedOf(16_364, first))).toEqual([16_364, 16_364])
    expect(copiedOf(16_384, 84)).toBe(16_384)
    expect(copiedOf(16_385, 300)).toBeGreaterThan(16_385 + 300)
  })

  test('is otherwise one copy more of 2 KiB, or of 256 bytes for each that came at first', () => {
    expect(copiedOf(2108, 8)).toBe(2108 - 8 + 2048)
    expect(copiedOf(16_308, 8)).toBe(16_308 - 8 + 2048)
    expect(copiedOf(16_384, 50)).toBe(16_384 + 12_800)
  })

  test('of a masked payload is a second and third copy, into the memory of the kernel and out of it, unless its first piece is long', () => {
    const masked = { maskingKey: KEY }
    expect([8, 1048, 2048].map((first) => copiedOf(10_048, first, masked))).toEqual([3 * 10_048 - 8 + 2048, 3 * 10_048, 3 * 10_048])
    expect(copiedOf(10_049, 2049, masked)).toBe(2 * 10_049)
    expect(copiedOf(10_048, 1048, { ...masked, text: new TextCheck() })).toBe(2 * 10_048)
  })
})

describe('memory', () => {
  const payloadOf = (fill: number) => new Uint8Array(20_000).fill(fill)
  const inPieces = [1460]

  test('that is lent is used once by a frame, which may need more', () => {
    const payload = Uint8Array.from({ length: 60_000 }, (_, i) => i * 7)
    expect(Buffer.compare(gathered(payload, inPieces, cutFrame(60_000, { memory: busyMemory() })), payload)).toBe(0)
  })

  test('of a payload is its own, although the pieces of many are gathered in the same block', () => {
    const memory = busyMemory()
    const payloads = [1, 2, 3].map((fill) => gathered(payloadOf(fill), inPieces, cutFrame(20_000, { maskingKey: KEY, memory })))
    payloads.forEach((payload, i) => {
      expect(Buffer.compare(payload, referenceMask(payloadOf(i + 1), KEY))).toBe(0)
      expect(payload.buffer.byteLength).toBe(20_000)
    })
  })

  test.each([null, KEY])(
    'of a payload that is used at once is that of the kernel, if it is large enough (masking key %p)',
    (maskingKey) => {
      const kernel = maskingKernel()
      const areThere = [16_385, 65_536, 65_537].map((length) => {
        const { buffer } = gathered(new Uint8Array(length), inPieces, cutFrame(length, { maskingKey, isForNow: true }))
        return buffer === kernel?.buffer
      })
      expect(areThere).toEqual([true, true, false])
    },
  )

  test.each([null, KEY])('of a payload of up to 16 KiB that is used at once is that of the block (masking key %p)', (maskingKey) => {
    const memory = busyMemory()
    const block = memory.lentBlock()
    const areThere = [1, 2048, 2049, 16_384].map((length) => {
      const payload = gathered(new Uint8Array(length), inPieces, cutFrame(length, { maskingKey, isForNow: true, memory }))
      expect(payload).toHaveLength(length)
      return payload.buffer === block?.buffer
    })
    expect(areThere).toEqual([true, true, true, true])
  })

  test.each([
    ['string', Opcode.Text, true],
    ['bytes', Opcode.Text, false],
    ['string', Opcode.Binary, false],
  ])('is that of the kernel where texts are read as %s, and the frame has the opcode %p: %p', (textAs, opcode, isThere) => {
    const delivered = { newCheck: () => new TextCheck(), areStrings: textAs === 'string' }
    const parser = new FrameParser(readPolicy({}, Infinity), delivered)
    const frame = encodeFrame({ opcode, payload: new Uint8Array(20_000).fill(0x61) })
    parser.take(frame.slice(0, 6000), true)
    expect(parser.read()).toBeNull()
    parser.take(frame.slice(6000), true)
    const payload = parser.read()
    expect(payload).toHaveLength(20_000)
    expect(payload?.buffer === maskingKernel()?.buffer).toBe(isThere)
  })

  test.each([
    ['the bytes that were missing are few', 5, [2]],
    ['it becomes larger afterwards', 5000, [3000, 1997]],
    ['all bytes had arrived', 3, []],
  ])('that was transferred with another payload is not delivered, though %s', (_, payloadLength, rest) => {
    const memory = busyMemory()
    const other = memory.forPayload(5)
    const frame = cutFrame(payloadLength, { memory })
    frame.gather(bytes('010203'), 0, 3, false)
    structuredClone(other, { transfer: [other.buffer] })
    const error = thrownBy(() => {
      for (const length of rest) frame.gather(new Uint8Array(length), 0, length, false)
      frame.payload()
    })
    expect(error).toMatchObject({ name: 'TypeError', message: expect.stringMatching(TRANSFERRED) })
  })

  test('that is lent is the same for each frame', () => {
    const memory = busyMemory()
    const block = memory.lentBlock()
    expect(block).toHaveLength(16_384)
    expect(memory.lentBlock()).toBe(block)
  })

  test('is not lent to a reader that has seen little traffic', () => {
    expect(new PayloadMemory().lentBlock()).toBeNull()
  })

  test('is freed where it would be held beside a long chunk, and when no frame or message has begun', () => {
    for (const [inputLength, isBetweenMessages, isFreed] of [
      [16_384, true, false],
      [16_385, true, true],
      [0, false, false],
      [0, true, true],
    ] as const) {
      const memory = busyMemory()
      const block = memory.lentBlock()
      memory.settle(inputLength, isBetweenMessages)
      expect(memory.lentBlock() !== block).toBe(isFreed)
    }
  })

  test('that a busy reader lends is freed when it is idle', () => {
    const memory = busyMemory()
    const block = memory.lentBlock()
    memory.idle()
    expect(memory.lentBlock()).not.toBe(block)
  })

  /** The length of the memory of a copy; null if it needs its own. */
  const lengthForChunk = (chunk: Uint8Array, start: number) => {
    const copy = busyMemory().forChunk(chunk, start, true)
    return copy === null ? null : [copy.length, copy.buffer.byteLength]
  }

  test('for the copy of a chunk that continues a frame may be shared with other payloads, up to 2 KiB', () => {
    const lengths = [257, 2048, 2049].map((length) => lengthForChunk(new Uint8Array(1 + length), 1))
    expect(lengths).toEqual([[257, 16_384], [2048, 16_384], null])
    expect([256, 257].map((length) => lengthForChunk(new Uint8Array(length), 0))).toEqual([[256, 1024], null])
  })

  test.each([
    ['827e 07fc', 3, null],
    ['827e 07fc', 4, [2048, 16_384]],
    ['827e 07fd', 5, null],
    ['827e 07fd', 9, [2049, 2049]],
    ['82fe 07fd 37fa213d', 9, [2053, 2053]],
    ['827e 4000', 64, null],
    ['827e 4000', 65, [16_388, 16_388]],
    ['82fe 4000 37fa213d', 65, [16_392, 16_392]],
    ['82fe 4006 37fa213d', 1000, [16_398, 16_398]],
    ['82fe 4007 37fa213d', 1000, null],
    ['827d 3ff0', 100, null],
    ['827f 3ff0000000000000', 300, null],
  ])('for the copy of a chunk in which the frame %s is cut after %i bytes has room for the frame: %j', (hex, arrived, lengths) => {
    for (const start of [0, 5]) {
      const chunk = new Uint8Array(start + arrived)
      chunk.set(bytes(hex).subarray(0, arrived), start)
      const expected = lengths ?? (arrived <= 256 ? [arrived, 1024] : start === 0 ? null : [arrived, 16_384])
      expect(lengthForChunk(chunk, start)).toEqual(expected)
    }
  })

  test('for the copy of a chunk has no room for a frame that is there', () => {
    for (const [length, payload] of [
      [1004, 1000],
      [1005, 1000],
      [2000, 1000],
    ] as const) {
      const chunk = new Uint8Array(length)
      chunk.set(encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(payload) }))
      expect(lengthForChunk(chunk, 0)).toBeNull()
    }
  })

  test('for a payload may be shared with others too, up to 2 KiB', () => {
    expect([2048, 2049].map((length) => busyMemory().forPayload(length).buffer.byteLength)).toEqual([16_384, 2049])
    const memory = busyMemory()
    const [first, second] = [memory.forPayload(1000), memory.forPayload(1000)]
    expect(second.buffer).toBe(first.buffer)
    expect(second.byteOffset).toBe(first.byteOffset + 1000)
  })

  test('for short chunks is kept by an idle reader, and no other', () => {
    const memory = busyMemory()
    const chunk = new Uint8Array(100)
    const copy = memory.forChunk(chunk, 0, true) ?? chunk
    memory.idle()
    expect(memory.forChunk(chunk, 0, true)?.buffer).toBe(copy.buffer)
    const busy = busyMemory()
    const { buffer } = busy.forPayload(100)
    busy.idle()
    expect(busy.forPayload(100).buffer).not.toBe(buffer)
  })
})

describe('a frame that is cut by the end of a borrowed chunk', () => {
  const text = Uint8Array.from({ length: 10_000 }, (_, i) => i % 128)

  test.each([
    ['binary', null],
    ['binary', KEY],
    ['text', null],
    ['text', KEY],
  ])('is put together where its chunk was copied: %s, masking key %p', (type, maskingKey) => {
    for (const areStrings of [false, true]) {
      for (const first of [100, 2056, 2057, 9900]) {
        const parser = new FrameParser(readPolicy({}, Infinity), { newCheck: () => new TextCheck(), areStrings })
        const opcode = type === 'text' ? Opcode.Text : Opcode.Binary
        const frame = encodeFrame({ opcode, payload: text, maskingKey: maskingKey === null ? null : maskingKey >>> 0 })
        const given = frame.slice()
        const delivered: (Uint8Array | null)[] = []
        const copied = bytesCopied(() => {
          parser.take(given.subarray(0, first), false)
          given.fill(0xee, 0, first)
          delivered.push(parser.read())
          parser.take(given.subarray(first), false)
          given.fill(0xee)
          delivered.push(parser.read())
        })
        expect(delivered).toEqual([null, text])
        expect(parser.bufferedLength).toBe(0)
        // A text that is used at once is put together elsewhere.
        if (areStrings && type === 'text') {
          expect(delivered[1]?.buffer.byteLength).toBe(text.length)
          continue
        }
        const byteOffset = frame.length - text.length
        expect(delivered[1]).toMatchObject({ byteOffset, buffer: { byteLength: frame.length } })
        if (maskingKey === null) expect(copied).toBe(frame.length + (type === 'text' ? text.length : 0))
      }
    }
  })

  test.each<[string, Uint8Array[], number | null]>([
    ['the payload of a frame whose header came alone', [bytes('82 41'), concat(bytes('827e 3ff8'), new Uint8Array(61))], null],
    ['the rest of a cut header', [bytes('82'), concat(bytes('047e 3ff0'), new Uint8Array(300))], null],
    ['a piece of a streamed frame', [bytes('827e 4000 00'), concat(bytes('827e 3ff8'), new Uint8Array(300))], 0],
    ['the first piece of a streamed frame', [concat(bytes('827e 3ff8'), new Uint8Array(300))], 0],
  ])('is not what %s looks like: the copy has no room for more', (_, chunks, streamAbove) => {
    const parser = new FrameParser(readPolicy({}, Infinity), streamAbove)
    const payloads = chunks.flatMap((chunk) => {
      parser.take(chunk, false)
      return [parser.read() ?? []]
    })
    const last = payloads.at(-1)
    expect(last instanceof Uint8Array && last.buffer.byteLength <= (chunks.at(-1)?.length ?? 0)).toBe(true)
  })

  test('is put together elsewhere if its header was cut, or if other frames come before it', () => {
    const parser = new FrameParser(readPolicy({}, Infinity), null)
    const frame = encodeFrame({ opcode: Opcode.Binary, payload: text })
    for (const [before, first] of [
      [new Uint8Array(), 3],
      [encodeFrame({ opcode: Opcode.Ping }), 1000],
    ] as const) {
      const stream = concat(before, frame)
      const payloads = [stream.slice(0, first), stream.slice(first, 5000), stream.slice(5000)].flatMap((chunk) => {
        parser.take(chunk, false)
        return [parser.read(), parser.read()].filter((payload) => payload !== null)
      })
      expect(payloads.at(-1)).toEqual(text)
      expect(payloads.at(-1)?.buffer.byteLength).toBe(text.length)
    }
  })
})

test('bufferedLength counts the header and what has been gathered, and nothing of a frame that is delivered piece by piece', () => {
  const frame = cutFrame(100)
  expect(frame.bufferedLength).toBe(4)
  frame.gather(bytes('0102'), 0, 2, false)
  expect(frame.bufferedLength).toBe(6)
  const streamed = cutFrame(100)
  streamed.taken = 2
  expect(streamed.bufferedLength).toBe(0)
})
