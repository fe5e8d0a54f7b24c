/**
 * UTF-8 is checked by the WebAssembly module and in plain JavaScript. Both give what the platform's `TextDecoder` gives, whatever the
 * text, wherever it lies, however it is cut and masked.
 */
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { BLOCK_LENGTH, MEMORY_LENGTH } from '../../src/mask/webassembly.js'
import * as loaded from '../../src/decode/utf8-check.js'
import { textKernel } from '../../src/decode/utf8-kernel.js'
import type { TextKernel } from '../../src/decode/utf8-kernel.js'
import { UTF8_MODULE } from '../../src/decode/utf8-module.js'
import { bytes, bytesCopied, concat, hexOf, utf8 } from '../support.js'

const { CHECK_BY_KERNEL_FROM, TextState, checkOctets } = loaded
const { ascii, invalid } = TextState

afterEach(() => {
  jest.restoreAllMocks()
})

/** The same file, loaded where there is no WebAssembly. */
function loadedWithoutKernel(): typeof loaded {
  const { WebAssembly: present } = globalThis
  const found: (typeof loaded)[] = []
  try {
    Object.defineProperty(globalThis, 'WebAssembly', { value: undefined, configurable: true, writable: true })
    jest.isolateModules(() => {
      const module = jest.requireActual<typeof loaded>('../../src/decode/utf8-check')
      expect(module.checkUtf8(new Uint8Array(CHECK_BY_KERNEL_FROM), 0, CHECK_BY_KERNEL_FROM, ascii)).toBe(ascii)
      found.push(module)
    })
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', { value: present, configurable: true, writable: true })
  }
  const [module] = found
  if (module === undefined) throw new Error('it was not loaded')
  return module
}

function kernelHere(): TextKernel {
  const kernel = textKernel()
  if (kernel === null) throw new Error('there is no WebAssembly here')
  return kernel
}

const kernel = kernelHere()
const plain = loadedWithoutKernel()

/** Gives the state after a piece. */
type Check = (piece: Uint8Array, state: number) => number

/** By the module, wherever in its memory the piece is put. */
function inKernel(start: number, { memory, unmaskText }: Pick<TextKernel, 'memory' | 'unmaskText'> = kernel): Check {
  return (piece, state) => {
    memory.set(piece, start)
    return unmaskText(start, start + piece.length, 0, state)
  }
}

const whole =
  (check: typeof loaded.checkUtf8): Check =>
  (piece, state) =>
    check(piece, 0, piece.length, state)

const checks: Record<string, Check> = {
  'the module': inKernel(0),
  'the module at an odd place': inKernel(4093),
  'plain JavaScript': whole(checkOctets),
  checkUtf8: whole(loaded.checkUtf8),
  'checkUtf8 without a kernel': whole(plain.checkUtf8),
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function isUtf8(text: Uint8Array): boolean {
  try {
    decoder.decode(text)
    return true
  } catch {
    return false
  }
}

/** What may complete a character: one, two or three octets, the first of them within the bounds that any leading octet sets. */
const completions = ['80', '90', 'a0'].flatMap((second) => ['', '80', '8080'].map((rest) => bytes(second + rest)))

/** The state of a text, as the platform's decoder and the definition of `TextState` have it. */
function expectedState(text: Uint8Array): number {
  if (isUtf8(text)) return text.every((octet) => octet < 0x80) ? ascii : TextState.utf8
  if (!completions.some((completion) => isUtf8(concat(text, completion)))) return invalid
  const length = [1, 2, 3].find((count) => isUtf8(text.subarray(0, text.length - count)))
  const [third = 0, second = 0, last = 0] = concat(new Uint8Array(3), text.subarray(text.length - (length ?? 0))).slice(-3)
  return (last << 24) | (second << 16) | (third << 8) | 1
}

function fold(check: Check, ...pieces: Uint8Array[]): number {
  let state: number = ascii
  for (const piece of pieces) {
    state = check(piece, state)
    if (state === invalid) break
  }
  return state
}

/** The bounds of the rules of RFC 3629, section 4. */
const boundaries = bytes('00 7f 80 8f 90 9f a0 bf c0 c1 c2 df e0 e1 ec ed ee ef f0 f1 f3 f4 f5 ff')

interface Judged {
  readonly text: Uint8Array
  readonly state: number
}

const judge = (text: Uint8Array): Judged => ({ text, state: expectedState(text) })

/** All texts of up to four of these octets. One octet follows the one that makes a text invalid. */
function shortTexts(): readonly Judged[] {
  const texts: Judged[] = []
  let begun: Uint8Array[] = [new Uint8Array()]
  for (let length = 1; length <= 4; length++) {
    const longer = begun.flatMap((text) => Array.from(boundaries, (octet) => judge(concat(text, Uint8Array.of(octet)))))
    const wrong = longer.filter(({ state }) => state === invalid)
    const followed = ['80', '61'].flatMap((octet) => wrong.map(({ text, state }) => ({ text: concat(text, bytes(octet)), state })))
    texts.push(...longer, ...followed)
    // Where the fourth octet would be the first of a character it shows nothing new.
    begun = longer.filter(({ state }) => state < 0 || (state !== invalid && length < 3)).map(({ text }) => text)
  }
  return texts
}

const octets = Array.from({ length: 256 }, (_, octet) => Uint8Array.of(octet))

function pairs(): readonly Judged[] {
  return octets
    .map(judge)
    .flatMap((first) =>
      octets.map((second) =>
        first.state === invalid ? { ...first, text: concat(first.text, second) } : judge(concat(first.text, second)),
      ),
    )
}

/** Octets that continue a character: before and after any octet that does, and before any other. */
function continued(): readonly Judged[] {
  const continuing = octets.slice(0x80, 0xc0)
  const afterThem = octets.map((octet) => judge(concat(bytes('c3a9'), octet)))
  return [...afterThem, ...continuing.flatMap((second) => continuing.map((third) => judge(concat(bytes('e4'), second, third))))]
}

let judged: readonly Judged[] | undefined

/** Judged when it is first needed, which takes seconds. */
function corpus(): readonly Judged[] {
  return (judged ??= [...shortTexts(), ...continued(), ...pairs()])
}

/** The first text for which a check gives another state than it should. */
function failureOf(stateOf: (text: Uint8Array) => number): string | null {
  const failed = corpus().find(({ text, state }) => stateOf(text) !== state)
  return failed === undefined ? null : hexOf(failed.text)
}

const inOnePiece = (check: Check) => (text: Uint8Array) => fold(check, text)
const inTwoPieces = (check: Check) => (text: Uint8Array) => fold(check, text.subarray(0, 1), text.subarray(1))

describe('the state of a text', () => {
  test.each([
    ['', 0],
    ['00 7f', 0],
    ['c2 80', 1],
    ['61 ef bf bf', 1],
    ['f4 8f bf bf 61', 1],
    ['61 c2', 0xc200_0001],
    ['61 e4 bd', 0xbde4_0001],
    ['61 f0 9f 98', 0x989f_f001],
    ['80', 2],
    ['c0', 2],
    ['f5', 2],
    ['e0 9f', 2],
    ['ed a0', 2],
    ['f0 8f', 2],
    ['f4 90', 2],
    ['f0 9f 61', 2],
    ['00 00 00 80 00 00 00 00', 2],
    ['00 00 00 00 00 80 00 00', 2],
    ['80 80 80 80 80 80 80 80', 2],
  ])('%s is %p', (hex, state) => {
    const text = bytes(hex)
    expect(expectedState(text)).toBe(state | 0)
    for (const check of Object.values(checks)) expect(check(text, ascii)).toBe(state | 0)
  })

  test.each(['c3', 'e4', 'e4 bd', 'f0', 'f0 9f', 'f0 9f 98'])(
    '%s, with ASCII in the next piece, is invalid, however much that is',
    (hex) => {
      for (const length of [1, 7, 8, 9, 16, 64, 100]) {
        for (const check of Object.values(checks)) expect(fold(check, bytes(hex), utf8('a'.repeat(length)))).toBe(invalid)
      }
    },
  )

  test('that nothing is added to remains', () => {
    for (const state of [ascii, TextState.utf8, 0xbde4_0001 | 0, 0x989f_f001 | 0]) {
      for (const check of Object.values(checks)) expect(check(new Uint8Array(), state)).toBe(state)
    }
  })
})

test.each(Object.entries(checks))('%s agrees with the platform on all pairs of octets, and at the bounds of each rule', (_name, check) => {
  expect(corpus().length).toBeGreaterThan(90_000)
  expect(failureOf(inOnePiece(check))).toBeNull()
  expect(failureOf(inTwoPieces(check))).toBeNull()
})

/** Each kind of character and of fault, with the position of the octet that makes the fault certain. */
// prettier-ignore
const kinds: readonly (readonly [hex: string, offending: number | null])[] = [
  ...(['61', 'c3 a9', 'df bf', 'e0 a0 80', 'e4 bd a0', 'ed 9f bf', 'ee 80 80', 'f0 90 80 80', 'f4 8f bf bf'] as const).map(
    (hex) => [hex, null] as const,
  ),
  ...[['80', 0], ['bf', 0], ['c0 80', 0], ['c1 bf', 0], ['c3 61', 1], ['c3 c3', 1], ['c3 a9 a9', 2]] as const,
  ...[['e0 80 80', 1], ['e0 9f bf', 1], ['ed a0 80', 1], ['ed bf bf', 1], ['e4 61', 1], ['e4 bd 61', 2], ['e4 bd c3', 2]] as const,
  ...[['e4 bd a0 a0', 3], ['f0 80 80 80', 1], ['f0 8f bf bf', 1], ['f4 90 80 80', 1], ['f5 80 80 80', 0], ['ff', 0]] as const,
  ...[['f0 61', 1], ['f0 9f 61', 2], ['f0 9f 98 61', 3], ['f0 9f 98 c3', 3], ['f0 9f 98 80 80', 4]] as const,
]

describe.each(kinds)('%s is judged the same, and the offending octet found, wherever it is and however it is cut', (hex, offending) => {
  test.each([
    ['ASCII', 'a', 1],
    ['other characters', 'é', 2],
  ])('among %s', (_name, filler, step) => {
    const kind = bytes(hex)
    for (let place = 0; place <= 84; place += step) {
      const before = utf8(filler.repeat(place / step))
      const text = concat(before, kind, utf8(filler.repeat(place % 37)))
      const state = expectedState(text)
      expect(state === invalid).toBe(offending !== null)
      for (let cut = 0; cut <= text.length; cut++) {
        const pieces = [text.subarray(0, cut), text.subarray(cut)]
        for (const [name, check] of Object.entries(checks)) {
          if (fold(check, ...pieces) !== state) throw new Error(`${name}: ${hexOf(text)} cut at ${cut}`)
        }
        if (offending !== null && cut <= place + offending) {
          const stateThere = fold(checks['plain JavaScript'] ?? fail, text.subarray(0, cut))
          const found = [loaded, plain].map(({ offendingAt }) => offendingAt(text, cut, text.length, stateThere))
          if (found.some((at) => at !== place + offending)) throw new Error(`${hexOf(text)} cut at ${cut}: ${found.join()}`)
        }
      }
    }
  })

  test('in three pieces, one of them a single octet', () => {
    const text = concat(utf8('你'.repeat(6)), bytes(hex), utf8('é'))
    const state = expectedState(text)
    for (let cut = 0; cut < text.length; cut++) {
      const pieces = [text.subarray(0, cut), text.subarray(cut, cut + 1), text.subarray(cut + 1)]
      for (const check of Object.values(checks)) expect(fold(check, ...pieces)).toBe(state)
    }
  })
})

const maskingKey = 0x37fa213d

/** The same as the module takes it, by how many octets of the payload come before. */
const littleEndianKeys = [0x3d21fa37, 0x373d21fa, 0xfa373d21, 0x21fa373d]

/** The byte loop of RFC 6455, section 5.3. */
function masked(data: Uint8Array, keyOffset: number): Uint8Array {
  return data.map((octet, i) => octet ^ (maskingKey >>> (24 - ((i + keyOffset) % 4) * 8)))
}

/** Lengths around those at which something changes. */
const lengths = [
  ...Array.from({ length: 301 }, (_, length) => length),
  ...[1, 2, 3].flatMap((blocks) => [-17, -16, -1, 0, 1, 16, 63, 64].map((more) => blocks * BLOCK_LENGTH + more)),
]

/** A text of so many octets, its last character unfinished if need be. */
function textOf(characters: string, length: number): Uint8Array {
  return utf8(characters.repeat(length)).subarray(0, length)
}

describe('what is masked is unmasked and checked at once', () => {
  test('in the memory of the module: every alignment, key phase and length; only the next 16 octets change too', () => {
    const last = MEMORY_LENGTH - 16
    const around = Uint8Array.from({ length: MEMORY_LENGTH }, (_, i) => 0x80 | i)
    for (const characters of ['a', 'aaaaé你😀']) {
      for (const length of lengths.filter((candidate) => candidate <= 200)) {
        const text = textOf(characters, length)
        const state = expectedState(text)
        for (const start of [length % 17, 64 + (length % 3), last - length]) {
          const keyOffset = length % 4
          kernel.memory.set(around)
          kernel.memory.set(masked(text, keyOffset), start)
          expect(kernel.unmaskText(start, start + length, littleEndianKeys[keyOffset] ?? 0, ascii)).toBe(state)
          const expected = around.slice()
          expected.set(text, start)
          const free = [start + length, start + length + 16] as const
          expected.fill(0, ...free)
          kernel.memory.fill(0, ...free)
          expect(Buffer.compare(kernel.memory, expected)).toBe(0)
        }
      }
    }
  })

  describe.each([
    ['with the kernel', loaded],
    ['without a kernel', plain],
  ] as const)('%s', (_name, { checkUtf8, unmaskUtf8 }) => {
    test.each(['a', 'é', '你', 'aaaaaaaaaaaa😀'])('%p of every length, alignment and key phase, in place and copied', (characters) => {
      for (const length of lengths) {
        const text = textOf(characters, length)
        const state = expectedState(text)
        const [start, keyOffset] = [length % 9, (length >> 1) % 5]
        const source = concat(new Uint8Array(start).fill(0xff), masked(text, keyOffset), bytes('ff'))
        const copy = source.slice()
        const target = new Uint8Array(length + 8).fill(0xff)
        expect(unmaskUtf8(copy, start, start + length, target, 5, maskingKey, keyOffset, ascii)).toBe(state)
        expect(Buffer.compare(copy, source)).toBe(0)
        expect(Buffer.compare(target, concat(bytes('ffffffffff'), text, bytes('ffffff')))).toBe(0)
        expect(unmaskUtf8(copy, start, start + length, copy, start, maskingKey, keyOffset, ascii)).toBe(state)
        expect(Buffer.compare(copy, concat(source.subarray(0, start), text, bytes('ff')))).toBe(0)
        expect(checkUtf8(copy, start, start + length, ascii)).toBe(state)
      }
    })

    test('a fault in any block is found, and all before it is unmasked', () => {
      for (const at of [0, 31, BLOCK_LENGTH - 1, BLOCK_LENGTH, 2 * BLOCK_LENGTH + 5]) {
        const text = textOf('a', 3 * BLOCK_LENGTH)
        text[at] = 0xff
        expect(checkUtf8(text, 0, text.length, ascii)).toBe(invalid)
        const data = masked(text, 0)
        expect(unmaskUtf8(data, 0, data.length, data, 0, maskingKey, 0, ascii)).toBe(invalid)
        expect(Buffer.compare(data.subarray(0, at + 1), text.subarray(0, at + 1))).toBe(0)
        expect(loaded.offendingAt(data, 0, data.length, ascii)).toBe(at)
      }
    })
  })
})

test('any text, changed anywhere and cut anywhere, is judged as the platform does', () => {
  const change = fc.record({ at: fc.nat(), octet: fc.oneof(fc.constantFrom(...boundaries), fc.nat(255)) })
  const changesAnywhere = fc.array(change, { maxLength: 3 })
  const cutsAnywhere = fc.array(fc.nat(), { maxLength: 5 })
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 150 }), fc.string({ unit: 'binary-ascii', maxLength: 300 }))
  fc.assert(
    fc.property(text, changesAnywhere, cutsAnywhere, fc.nat(63), (characters, changes, cuts, start) => {
      const data = utf8(characters)
      for (const { at, octet } of changes) if (data.length > 0) data[at % data.length] = octet
      const state = expectedState(data)
      const places = [0, ...cuts.map((cut) => cut % (data.length + 1)).sort((a, b) => a - b), data.length]
      const pieces = places.slice(1).map((end, i) => data.subarray(places[i], end))
      for (const check of [...Object.values(checks), inKernel(start)]) expect(fold(check, ...pieces)).toBe(state)
      for (const { unmaskUtf8 } of [loaded, plain]) {
        let keyOffset = 0
        const unmask = (piece: Uint8Array, before: number) => {
          const target = masked(piece, keyOffset)
          const after = unmaskUtf8(target, 0, target.length, target, 0, maskingKey, keyOffset, before)
          keyOffset += piece.length
          return after
        }
        expect(fold(unmask, ...pieces)).toBe(state)
      }
      if (state === invalid) {
        const offending = Array.from(data).findIndex((_, i) => expectedState(data.subarray(0, i + 1)) === invalid)
        for (const { offendingAt } of [loaded, plain]) expect(offendingAt(data, 0, data.length, ascii)).toBe(offending)
      }
    }),
    { numRuns: 1000 },
  )
})

describe('the kernel is used where it is faster', () => {
  test.each([
    [CHECK_BY_KERNEL_FROM - 1, 0],
    [CHECK_BY_KERNEL_FROM, 1],
    [BLOCK_LENGTH, 1],
    [BLOCK_LENGTH + 1, 2],
  ])('for %i bytes %i times', (length, times) => {
    const unmaskText = jest.spyOn(kernel, 'unmaskText')
    const data = new Uint8Array(length + 1)
    expect(loaded.checkUtf8(data, 1, length + 1, ascii)).toBe(ascii)
    expect(unmaskText).toHaveBeenCalledTimes(times)
    expect(loaded.unmaskUtf8(data, 1, length + 1, data, 1, 0, 0, ascii)).toBe(ascii)
    expect(unmaskText).toHaveBeenCalledTimes(2 * times)
    expect(loaded.checkMaskedUtf8(data, 1, length + 1, 0, 0, ascii)).toBe(ascii)
    expect(unmaskText).toHaveBeenCalledTimes(3 * times)
  })

  test.each([CHECK_BY_KERNEL_FROM, 1000, BLOCK_LENGTH + 1])(
    'in one pass: %i bytes are copied in, and out if they are unmasked',
    (length) => {
      const data = masked(textOf('a', length), 0)
      const target = new Uint8Array(length)
      expect(bytesCopied(() => loaded.checkMaskedUtf8(data, 0, length, maskingKey, 0, ascii))).toBe(length)
      expect(bytesCopied(() => loaded.unmaskUtf8(data, 0, length, target, 0, maskingKey, 0, ascii))).toBe(2 * length)
    },
  )

  test.each([
    [2048, 2048],
    [2049, 100],
  ])('a piece of 100 bytes of an array of %i: %i are copied, since a view costs more than a few bytes', (length, copied) => {
    const array = concat(new Uint8Array(length - 101).fill(0xff), masked(textOf('你', 100), 0), bytes('ff'))
    const [start, end] = [length - 101, length - 1]
    const target = new Uint8Array(100)
    const state = expectedState(textOf('你', 100))
    expect(bytesCopied(() => expect(loaded.checkUtf8(array, start, end, ascii)).toBe(invalid))).toBe(copied)
    expect(bytesCopied(() => expect(loaded.checkMaskedUtf8(array, start, end, maskingKey, 0, ascii)).toBe(state))).toBe(copied)
    expect(bytesCopied(() => expect(loaded.unmaskUtf8(array, start, end, target, 0, maskingKey, 0, ascii)).toBe(state))).toBe(copied + 100)
    expect(Buffer.compare(target, textOf('你', 100))).toBe(0)
  })

  test('but not for what follows a fault', () => {
    const unmaskText = jest.spyOn(kernel, 'unmaskText')
    const data = new Uint8Array(3 * BLOCK_LENGTH).fill(0xff)
    expect(loaded.checkUtf8(data, 0, data.length, ascii)).toBe(invalid)
    expect(loaded.unmaskUtf8(data, 0, data.length, data, 0, 0, 0, ascii)).toBe(invalid)
    expect(unmaskText).toHaveBeenCalledTimes(2)
  })
})

describe('a fault in the check would be found', () => {
  const code = bytes(UTF8_MODULE)

  /** The module with one octet changed. */
  function changed(at: number, octet: number): Check {
    const module = new WebAssembly.Module(Uint8Array.from(code).fill(octet, at, at + 1))
    const shared = new WebAssembly.Memory({ initial: 1 })
    const { u: unmaskText } = new WebAssembly.Instance(module, { m: { m: shared } }).exports
    if (typeof unmaskText !== 'function') throw new Error('the module is not what it was')
    return inKernel(0, { memory: new Uint8Array(shared.buffer), unmaskText: (...given) => Number(unmaskText(...given)) })
  }

  /** Where the three tables are: 16 octets each, after `v128.const`. They begin so. */
  const tables = [...UTF8_MODULE.matchAll(/fd0c(02020202|e7a38383|01010101)/g)].map(({ index }) => index / 2 + 2)

  /** What the tables of a module say of each pair of octets: that it is a fault, that both continue a character, or nothing. */
  function verdicts(module: Uint8Array): string {
    const [upper = 0, lower = 0, second = 0] = tables
    const entry = (table: number, index: number) => module[table + index] ?? 0
    const firsts = octets.map((_, first) => entry(upper, first >> 4) & entry(lower, first & 0xf))
    const kindsOfFault = firsts.flatMap((kind) => Array.from({ length: 16 }, (_, half) => kind & entry(second, half)))
    return kindsOfFault.map((kind) => ((kind & 0x7f) !== 0 ? 'x' : kind === 0 ? '.' : '2')).join('')
  }

  test('whichever bit of the tables were another, unless it says again of two octets what other bits say', () => {
    expect(tables).toHaveLength(3)
    const right = verdicts(code)
    let without = 0
    for (const at of tables.flatMap((table) => Array.from({ length: 16 }, (_, i) => table + i))) {
      for (let bit = 1; bit < 256; bit <<= 1) {
        const octet = (code[at] ?? 0) ^ bit
        const hasEffect = verdicts(code.slice().fill(octet, at, at + 1)) !== right
        if (!hasEffect) without++
        expect({ at, bit, isFound: failureOf(inOnePiece(changed(at, octet))) !== null }).toEqual({ at, bit, isFound: hasEffect })
      }
    }
    expect(without).toBeLessThan(150)
  })

  test.each<[string, (check: Check) => Check]>([
    ['forgot the state', (check) => (piece) => check(piece, ascii)],
    ['took what is unfinished for whole', (check) => (piece, state) => Math.abs(Math.max(check(piece, state), -1))],
    ['took an unfinished text for invalid', (check) => (piece, state) => (check(piece, state) < 0 ? invalid : check(piece, state))],
    ['took any text for ASCII', (check) => (piece, state) => (check(piece, state) === TextState.utf8 ? ascii : check(piece, state))],
    ['allowed surrogates', (check) => (piece, state) => (hexOf(piece).startsWith('eda0') ? TextState.utf8 : check(piece, state))],
    ['did not look at the last octet', (check) => (piece, state) => check(piece.subarray(0, -1), state)],
  ])('if it %s', (_fault, faulty) => {
    const check = faulty(inKernel(0))
    expect(failureOf(inOnePiece(check)) ?? failureOf(inTwoPieces(check))).not.toBeNull()
  })
})

function fail(): never {
  throw new Error('there is no such check')
}
