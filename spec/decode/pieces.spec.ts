/**
 * Bytes that come in pieces: what is kept of them as it is, what is copied, and what comes of them in the end.
 */
import { describe, expect, test } from '@jest/globals'
import { PayloadMemory } from '../../src/decode/payload-memory.js'
import { Pieces } from '../../src/decode/pieces.js'
import { TextCheck } from '../../src/decode/text.js'
import { MEMORY_LENGTH, maskingKernel } from '../../src/mask/webassembly.js'
import { referenceMask } from '../reference/encode.js'
import { bytes, bytesCopied, concat, hexOf, utf8 } from '../support.js'

/** Of these, from here on, pieces are kept as they are; shorter ones are put together. */
const LONG_PIECE = 512

function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i * 7)
}

/** The piece as it comes out when its bytes are overwritten after it was added. */
function addedAndOverwritten(piece: Uint8Array, isGiven: boolean, pieces = new Pieces()): Uint8Array {
  pieces.add(piece, 0, piece.length, isGiven)
  piece.fill(0xff)
  return pieces.joined()
}

/** A piece at the beginning of memory that is so many bytes longer. */
function pieceWithRest(length: number, rest: number): Uint8Array {
  return new Uint8Array(length + rest).subarray(0, length)
}

function isKept(piece: Uint8Array, pieces = new Pieces()): boolean {
  return addedAndOverwritten(piece, true, pieces).every((octet) => octet === 0xff)
}

/** For the pieces of a frame; `new Pieces()` is for those of a message. */
const ofFrame = () => new Pieces(null, new PayloadMemory())

const KEY = 0x01020384

/** The memory of a reader that has seen traffic, so that it lends some of it. Counts how often. */
class BusyMemory extends PayloadMemory {
  timesLent = 0

  constructor() {
    super()
    for (let i = 0; i < 100; i++) this.forPayload(0)
  }

  override lentBlock(): Uint8Array<ArrayBuffer> | null {
    const block = super.lentBlock()
    if (block !== null) this.timesLent++
    return block
  }
}

/** Takes note of the memory in which it finds the pieces. */
class Noting extends TextCheck {
  readonly buffers = new Set<ArrayBufferLike>()
  /** In bytes: the lengths of all buffers together. */
  memoryLength = 0

  override add(piece: Uint8Array, start: number, end: number): void {
    const { buffer } = piece
    if (!this.buffers.has(buffer)) this.memoryLength += buffer.byteLength
    this.buffers.add(buffer)
    super.add(piece, start, end)
  }
}

describe('what comes of pieces', () => {
  test.each([null, KEY])('is all of them, one after the other, in an array of its own size (masking key %p)', (maskingKey) => {
    for (const lengths of [
      [1, 2],
      [0, 5, 0],
      [100, 20_000, 3],
      Array<number>(7).fill(3000),
      [5000, 5000, 5000],
      [65_535, 1],
      [65_536, 1],
    ]) {
      const parts = lengths.map(counting)
      const all = concat(...parts)
      const pieces = new Pieces(maskingKey)
      for (const part of parts) pieces.add(part, 0, part.length, false)
      expect(pieces.length).toBe(all.length)
      const whole = pieces.joined()
      expect(Buffer.compare(whole, maskingKey === null ? all : referenceMask(all, maskingKey))).toBe(0)
      expect(whole.buffer.byteLength).toBe(all.length)
    }
  })

  test('begins and ends where a piece does, a part of its array', () => {
    const pieces = new Pieces()
    const source = bytes('000102030405060708')
    pieces.add(source, 2, 5, false)
    pieces.add(source, 0, 9, true)
    pieces.add(source, 7, 8, true)
    pieces.add(source, 6, 9, false)
    expect(hexOf(pieces.joined())).toBe('02030400010203040506070807060708')
  })

  test('is nothing if there was none', () => {
    expect(new Pieces().joined()).toHaveLength(0)
    expect(new Pieces(7).joined()).toHaveLength(0)
  })

  test('is not changed by writing to pieces that were not given', () => {
    for (const length of [1, LONG_PIECE - 1, LONG_PIECE, 100_000]) {
      expect(addedAndOverwritten(new Uint8Array(length), false).every((octet) => octet === 0)).toBe(true)
    }
  })
})

describe('a piece that was given is kept as it is', () => {
  test('if it is long: short ones are put together, so that a million of them are no million objects', () => {
    const lengths = [1, LONG_PIECE - 1, LONG_PIECE, LONG_PIECE + 1]
    expect(lengths.map((length) => isKept(new Uint8Array(length)))).toEqual([false, false, true, true])
  })

  test('from 64 bytes on if it belongs to a frame', () => {
    expect([63, 64].map((length) => isKept(new Uint8Array(length), ofFrame()))).toEqual([false, true])
  })

  /** What the objects of a kept piece are taken to need. */
  const OBJECTS = 256

  test('unless it needs more than half as much memory again, and for a frame 16 KiB', () => {
    const most = 2500 + 16_384 - OBJECTS
    const rests = [0, most - 1, most, most + 1, 60_000]
    expect(rests.map((rest) => isKept(pieceWithRest(5000, rest), ofFrame()))).toEqual([true, true, true, false, false])
    const ofMessage = [0, 2500 - OBJECTS, 2501 - OBJECTS]
    expect(ofMessage.map((rest) => isKept(pieceWithRest(5000, rest)))).toEqual([true, true, false])
    const ofLongMessage = [2 ** 16 + 1, 100_000 - OBJECTS, 100_001 - OBJECTS]
    expect(ofLongMessage.map((rest) => isKept(pieceWithRest(200_000, rest)))).toEqual([true, true, false])
  })

  test('unless it needs more, also at the end of its memory', () => {
    const most = 2500 + 16_384 - OBJECTS
    const kept = [most, most + 1].map((rest) => {
      const memory = new Uint8Array(rest + 5000)
      const pieces = ofFrame()
      pieces.add(memory, rest, rest + 5000, true)
      memory.fill(0xff)
      return pieces.joined().every((octet) => octet === 0xff)
    })
    expect(kept).toEqual([true, false])
  })

  test('unless all pieces together need more than half of their length again and 16 KiB', () => {
    const pieces = ofFrame()
    const added = Array.from({ length: 40 }, () => pieceWithRest(1000, 1000))
    for (const piece of added) pieces.add(piece, 0, piece.length, true)
    for (const piece of added) piece.fill(0xff)
    const kept = pieces.joined().reduce((count, octet) => count + (octet === 0xff ? 1 : 0), 0) / 1000
    // What each that is kept needs besides its length, and what may be needed: half of 1000 for each that is there, and 16384.
    expect((1000 + OBJECTS) * kept).toBeLessThanOrEqual(20_000 + 16_384)
    expect(kept).toBeGreaterThan(25)
  })

  test('and short pieces between long ones share a block', () => {
    const pieces = new Pieces()
    const parts = Array.from({ length: 2000 }, (_, i) => counting(i % 2 === 0 ? 1 : LONG_PIECE))
    const before = process.memoryUsage().arrayBuffers
    for (const part of parts) pieces.add(part, 0, part.length, true)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000)
    expect(Buffer.compare(pieces.joined(), concat(...parts))).toBe(0)
  })

  test('unless somebody could still shrink it or write to it from another thread', () => {
    const resizable: ArrayBuffer = Reflect.construct(ArrayBuffer, [5000, { maxByteLength: 9000 }])
    expect([resizable, new SharedArrayBuffer(5000), new ArrayBuffer(5000)].map((memory) => isKept(new Uint8Array(memory)))).toEqual([
      false,
      false,
      true,
    ])
  })
})

describe('short pieces', () => {
  test('are put together in a few blocks, which take at most twice as much memory as has come', () => {
    for (const length of [1, 7, 63]) {
      const check = new Noting()
      const pieces = new Pieces(null, null, check)
      const part = new Uint8Array(length)
      while (pieces.length < 200_000) {
        pieces.add(part, 0, length, false)
        if (check.memoryLength > 2 * pieces.length + 64) throw new Error(`${check.memoryLength} bytes for ${pieces.length}`)
      }
      // Until one has 16 KiB, each is as long as all before it.
      expect(check.buffers.size).toBeLessThan(9 + 200_000 / 16_384 + 2)
    }
  })

  test('take no more memory if they lie far behind in theirs', () => {
    const check = new Noting()
    const pieces = new Pieces(null, null, check)
    pieces.add(new Uint8Array(1_000_000), 999_900, 1_000_000, false)
    expect(check.memoryLength).toBeLessThanOrEqual(2 * 100 + 64)
  })

  test('of a frame borrow one block, however many they need', () => {
    const memory = new BusyMemory()
    const pieces = new Pieces(null, memory)
    for (let i = 0; i < 60; i++) pieces.add(new Uint8Array(1000), 0, 1000, false)
    expect(pieces.joined()).toHaveLength(60_000)
    expect(memory.timesLent).toBe(1)
  })

  test('of a frame borrow no block before they need more than 2 KiB at once', () => {
    const memory = new BusyMemory()
    const pieces = new Pieces(null, memory)
    for (let i = 0; i < 4; i++) pieces.add(new Uint8Array(1024), 0, 1024, false)
    expect(memory.timesLent).toBe(0)
    pieces.add(new Uint8Array(1), 0, 1, false)
    expect(memory.timesLent).toBe(1)
  })
})

describe('a payload of more than 1 MiB', () => {
  const LONGER = 2 ** 20 + 1
  const pieceLengths = [1, 63, 64, 1460, 2049, 20_001, 65_537]

  /** ASCII, but for one character in the middle of each 100 octets. */
  const text = utf8(`${'a'.repeat(49)}\u{1f642}${'b'.repeat(47)}`.repeat(11_000)).subarray(0, LONGER)

  /** Adds a masked payload in pieces of changing length, each an array of its own. */
  function added(payload: Uint8Array, check: TextCheck | null, isGiven: boolean): Pieces {
    const pieces = new Pieces(KEY, new BusyMemory(), check, payload.length)
    const masked = referenceMask(payload, KEY)
    for (let start = 0, i = 0; start < masked.length; i++) {
      const piece = masked.slice(start, start + (pieceLengths[i % pieceLengths.length] ?? 1))
      const asSent = piece.slice()
      pieces.add(piece, 0, piece.length, isGiven)
      if (!isGiven) expect(Buffer.compare(piece, asSent)).toBe(0)
      start += piece.length
    }
    return pieces
  }

  test.each([
    [LONGER - 1, 'waits for the last piece', KEY],
    [LONGER, 'is unmasked as it arrives', 0],
  ])('of %p bytes %s, where it is given away', (length, _when, keyLeft) => {
    const piece = referenceMask(counting(1000), KEY)
    new Pieces(KEY, null, null, length).add(piece, 0, 1000, true)
    expect(Buffer.compare(piece, referenceMask(counting(1000), keyLeft))).toBe(0)
  })

  test.each([true, false])('is put together from pieces of any length (given away: %p)', (isGiven) => {
    expect(Buffer.compare(added(counting(LONGER), null, isGiven).joined(), counting(LONGER))).toBe(0)
  })

  test.each([true, false])('is checked as it arrives if it is a text (given away: %p)', (isGiven) => {
    const check = new TextCheck()
    expect(Buffer.compare(added(text, check, isGiven).joined(), text)).toBe(0)
    expect(check.violation).toBeNull()
    for (const at of [0, 1460, 65_536, 700_001]) {
      const wrong = text.slice()
      wrong[at] = 0xff
      const failed = new TextCheck()
      added(wrong, failed, isGiven)
      expect(failed.violation?.found).toBe(`byte ${at} of the text is 0xff`)
    }
  })
})

describe('work', () => {
  /** Three long pieces that were given. */
  function threePieces(maskingKey: number | null): Pieces {
    const pieces = new Pieces(maskingKey)
    for (let i = 0; i < 3; i++) pieces.add(counting(1000), 0, 1000, true)
    return pieces
  }

  test('on long pieces that are given is one copy, when all have come, and not through the kernel', () => {
    expect(bytesCopied(() => threePieces(null))).toBe(0)
    const pieces = threePieces(null)
    const memory = maskingKernel()?.memory.fill(0xee)
    expect(bytesCopied(() => pieces.joined())).toBe(3000)
    expect(memory?.every((octet) => octet === 0xee)).toBe(true)
  })

  test.each([null, KEY])('on what is used at once is one copy, into the memory of the kernel (masking key %p)', (maskingKey) => {
    const pieces = threePieces(maskingKey)
    const all = concat(counting(1000), counting(1000), counting(1000))
    const copied = bytesCopied(() => {
      const whole = pieces.joined(true)
      expect(whole.buffer.byteLength).toBe(MEMORY_LENGTH)
      expect(Buffer.compare(whole, maskingKey === null ? all : referenceMask(all, maskingKey))).toBe(0)
    })
    expect(copied).toBe(3000)
  })

  test('is linear if it comes in short pieces', () => {
    for (const length of [1, 100, LONG_PIECE - 1]) {
      const pieces = new Pieces()
      const part = counting(length)
      const copied = bytesCopied(() => {
        for (let i = 0; i < 200_000; i += length) pieces.add(part, 0, length, false)
        pieces.joined()
      })
      expect(copied).toBeLessThan(3 * (pieces.length + 16_384))
    }
  })
})
