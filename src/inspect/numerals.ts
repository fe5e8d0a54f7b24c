/**
 * Reads groups of digits and determines their base: hex, bits, decimal or octal.
 */
import { ByteList } from './byte-list.js'
import { digitAt } from './characters.js'
import { GroupScanner, appendHex } from './groups.js'
import type { Setting } from './groups.js'
import { readEscaped, readLiteral } from './literals.js'
import { failAt, refuseAt } from './unreadable.js'

type Base = 2 | 8 | 10 | 16

/** Statistics of the groups without a prefix, from which their base follows. */
class Digits {
  count = 0
  /** The number of digits in all groups, in the shortest one and in the longest one. */
  total = 0
  shortest = Infinity
  longest = 0
  even = true
  /** The highest digit. */
  highest = 0
  negative = false
  /** Whether a number begins with 0, and whether such a number has another value in octal. */
  leadingZero = false
  octalDiffers = false
  maxDecimal = 0
  maxOctal = 0

  add(text: string, { start, end, negative }: GroupScanner): void {
    let decimal = 0
    let octal = 0
    for (let at = start; at < end; at++) {
      const digit = digitAt(text, at)
      this.highest = Math.max(this.highest, digit)
      decimal = Math.min(decimal * 10 + digit, 1e9)
      octal = Math.min(octal * 8 + digit, 1e9)
    }
    const length = end - start
    const beginsWithZero = text.charAt(start) === '0'
    this.count++
    this.total += length
    this.shortest = Math.min(this.shortest, length)
    this.longest = Math.max(this.longest, length)
    this.even &&= length % 2 === 0
    this.negative ||= negative
    this.leadingZero ||= beginsWithZero
    this.octalDiffers ||= beginsWithZero && octal !== decimal
    this.maxDecimal = Math.max(this.maxDecimal, decimal)
    this.maxOctal = Math.max(this.maxOctal, octal)
  }

  have(length: number, highest: number): boolean {
    return this.shortest === length && this.longest === length && this.highest <= highest
  }
}

/**
 * Reads groups of digits in any base.
 *
 * @throws RangeError for any other text, and if the groups can be read in several ways
 */
export function readNumerals(text: string, from: number, to: number, setting: Setting): Uint8Array<ArrayBuffer> {
  const bytes = new ByteList((to - from) >> 1)
  const scanner = new GroupScanner(text, from, to, setting, readLiteral)
  const base = baseOf(text, from, to, setting)
  for (let bits = 1; scanner.next();) {
    if (scanner.literal !== null) readEscaped(text, scanner.literal.start, scanner.literal.end - 1, bytes)
    else if (scanner.prefix !== '' && scanner.prefix !== '0b') appendHex(text, scanner, setting, bytes)
    else if (scanner.prefix === '0b' || base === 2) bits = readBits(text, scanner, bits, bytes)
    else if (base === 16) appendHex(text, scanner, setting, bytes)
    else bytes.add(numberOf(text, scanner, base))
  }
  return bytes.toBytes()
}

/** The base of the groups without a prefix. */
function baseOf(text: string, from: number, to: number, setting: Setting): Base {
  const digits = new Digits()
  const scanner = new GroupScanner(text, from, to, setting, readLiteral)
  let at = from
  while (scanner.next()) {
    if (digits.count === 0) at = scanner.at
    if (scanner.prefix === '') digits.add(text, scanner)
  }
  if (digits.have(8, 1) && !digits.negative) return 2
  return setting === 'code' ? baseInCode(text, at, digits) : baseOutside(text, at, digits)
}

function baseInCode(text: string, at: number, digits: Digits): Base {
  if (digits.highest > 9 && !digits.negative) return 16
  if (digits.leadingZero && digits.have(2, 9)) {
    refuseAt(text, at, 'these may be hex or decimal numbers: leave out the brackets for hex, or the leading zeros for decimal')
  }
  if (digits.octalDiffers) refuseAt(text, at, 'a leading zero makes numbers octal in some languages: leave it out, or write 0x for hex')
  return 10
}

function baseOutside(text: string, at: number, digits: Digits): Base {
  const { count, total, longest, even, highest, negative, maxDecimal, maxOctal } = digits
  if (negative) return 10
  const areBits = highest <= 1 && total % 8 === 0
  if (even && longest > 2) {
    if (areBits) refuseAt(text, at, 'these may be bits or hex digits: write the bits in groups of eight, or the hex in groups of two')
    if (count > 1 && digits.have(6, 7) && maxOctal <= 0o177777) {
      refuseAt(text, at, 'these may be octal words (od) or hex digits: print with od -t x1, or write the hex in groups of two')
    }
  }
  if (even) return 16
  const areDecimal = highest <= 9 && maxDecimal <= 255
  const areOctal = digits.have(3, 7) && maxOctal <= 0o377
  if (areBits) {
    if (areDecimal) refuseAt(text, at, 'these may be bits or decimal numbers: write the bits in groups of eight, or [1, 0] for decimal')
    return 2
  }
  if (areDecimal && areOctal) refuseAt(text, at, 'these may be decimal or octal: write [129, 5] for decimal, "\\201\\005" for octal')
  if (areDecimal && longest < 3) {
    refuseAt(text, at, 'these may be decimal numbers, or hex with a digit missing: write [129, 5] for decimal, 81 05 for hex')
  }
  return areDecimal ? 10 : areOctal ? 8 : 16
}

/** @returns the bits of an incomplete byte, behind a leading 1 that marks where they begin */
function readBits(text: string, { start, end }: GroupScanner, bits: number, bytes: ByteList): number {
  for (let position = start; position < end; position++) {
    bits = bits * 2 + digitAt(text, position)
    if (bits < 0x100) continue
    bytes.add(bits & 0xff)
    bits = 1
  }
  return bits
}

function numberOf(text: string, { at, start, end, negative }: GroupScanner, radix: 8 | 10): number {
  let value = 0
  for (let position = start; position < end; position++) {
    const digit = digitAt(text, position)
    value = digit < radix ? Math.min(value * radix + digit, 1e9) : 1e9
  }
  if (value <= (negative ? 128 : 255)) return negative ? (256 - value) & 0xff : value
  failAt(text, at, 'a number from -128 to 255', text.slice(at, Math.min(end, at + 32)))
}
