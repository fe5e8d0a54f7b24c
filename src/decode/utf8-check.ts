/**
 * Checks piece by piece that a text is UTF-8, without making a string (RFC 6455, section 8.1; RFC 3629, section 4).
 *
 * The state between two pieces is one number: see {@link TextState}.
 */
import { reversed, rotate } from '../mask/javascript.js'
import { copyMasked, maskInto } from '../mask/mask.js'
import { BLOCK_LENGTH } from '../mask/webassembly.js'
import { part, viewOf } from '../util/memory.js'
import { octetAt } from '../util/octets.js'
import { decodeText, isSecond, unfinishedLength } from '../util/utf8.js'
import { textKernel } from './utf8-kernel.js'

/**
 * The states of a text that ends with a complete character or is invalid. Any other state is negative: the text is valid so far and ends
 * inside a character. The upper three octets of the number then hold the octets of that character, the last one uppermost, or 0 where
 * there are fewer than three. The lowest octet is 1.
 */
export const TextState = {
  /** ASCII, or empty: the state before the first piece. */
  ascii: 0,
  /** Valid UTF-8. */
  utf8: 1,
  /** Not UTF-8, whatever bytes follow. */
  invalid: 2,
} as const

/** In bytes: below this a copy into the kernel costs more than it saves. */
export const CHECK_BY_KERNEL_FROM = 32

/** In bytes: up to this length all of an array is copied, since a view of the piece costs more. Benchmark case: 1 KiB in 1460-byte chunks. */
const SHORT_ARRAY = 2048

/**
 * Checks a piece of a text.
 *
 * @param state - the result for the previous piece, `TextState.ascii` for the first one; not `TextState.invalid`
 * @returns the state of the text after the piece: `invalid` as soon as an octet makes that certain
 */
export function checkUtf8(bytes: Uint8Array, start: number, end: number, state: number): number {
  if (end - start < CHECK_BY_KERNEL_FROM) return checkOctets(bytes, start, end, state)
  const kernel = textKernel()
  for (let at = start; at < end && state !== TextState.invalid; at += BLOCK_LENGTH) {
    const length = Math.min(end - at, BLOCK_LENGTH)
    if (kernel === null) {
      state = checkByPlatform(bytes, at, at + length, state)
    } else {
      const there = copyPiece(bytes, at, at + length, kernel.memory)
      state = kernel.unmaskText(there, there + length, 0, state)
    }
  }
  return state
}

/**
 * Checks a masked piece of a text, and leaves it masked.
 *
 * @param keyOffset - position of the first octet of the piece in its frame's payload, in bytes
 * @param state - as for {@link checkUtf8}
 * @returns as {@link checkUtf8}
 */
export function checkMaskedUtf8(
  bytes: Uint8Array,
  start: number,
  end: number,
  maskingKey: number,
  keyOffset: number,
  state: number,
): number {
  const kernel = end - start < CHECK_BY_KERNEL_FROM ? null : textKernel()
  if (kernel === null) {
    const unmasked = unmaskedCopy(bytes, start, end, maskingKey, keyOffset)
    return checkUtf8(unmasked, 0, unmasked.length, state)
  }
  const key = reversed(rotate(maskingKey, keyOffset))
  for (let at = start; at < end && state !== TextState.invalid; at += BLOCK_LENGTH) {
    const length = Math.min(end - at, BLOCK_LENGTH)
    const there = copyPiece(bytes, at, at + length, kernel.memory)
    state = kernel.unmaskText(there, there + length, key, state)
  }
  return state
}

/**
 * Copies a piece of an array into the kernel's memory, perhaps with all that is around it.
 *
 * @returns where the piece begins there
 */
function copyPiece(bytes: Uint8Array, start: number, end: number, memory: Uint8Array): number {
  const isShort = bytes.length <= SHORT_ARRAY
  memory.set(isShort ? bytes : part(bytes, start, end))
  return isShort ? start : 0
}

/** @param keyOffset - position of the octet at `start` in the payload, in bytes */
export function unmaskedCopy(
  bytes: Uint8Array,
  start: number,
  end: number,
  maskingKey: number,
  keyOffset: number,
): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(end - start)
  // A loop costs less than the view that a copy of a few octets needs. Benchmark case: texts in 1-byte chunks.
  if (copy.length < CHECK_BY_KERNEL_FROM) copyMasked(bytes, start, end, copy, 0, rotate(maskingKey, keyOffset))
  else maskInto(bytes, start, end, copy, 0, maskingKey, keyOffset)
  return copy
}

/**
 * Copies, unmasks and checks a piece of a masked text, in one pass if the kernel is available. If the text is invalid, octets after the
 * offending one may be neither copied nor unmasked.
 *
 * @param source - must not overlap the target, unless it is the target and `targetStart` is `start`: it is then unmasked in place
 * @param keyOffset - position of the first octet of the piece in its frame's payload, in bytes
 * @param state - as for {@link checkUtf8}
 * @returns as {@link checkUtf8}
 */
export function unmaskUtf8(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
  maskingKey: number,
  keyOffset: number,
  state: number,
): number {
  const kernel = end - start < CHECK_BY_KERNEL_FROM ? null : textKernel()
  if (kernel === null) {
    maskInto(source, start, end, target, targetStart, maskingKey, keyOffset)
    return checkUtf8(target, targetStart, targetStart + end - start, state)
  }
  const { buffer, memory } = kernel
  const key = reversed(rotate(maskingKey, keyOffset))
  for (let at = start; at < end && state !== TextState.invalid; at += BLOCK_LENGTH) {
    const length = Math.min(end - at, BLOCK_LENGTH)
    const there = copyPiece(source, at, at + length, memory)
    state = kernel.unmaskText(there, there + length, key, state)
    target.set(new Uint8Array(buffer, there, length), targetStart + at - start)
  }
  return state
}

/**
 * Finds the octet that makes a text invalid by halving the piece, which checks each octet about once more.
 *
 * @param bytes - a piece for which {@link checkUtf8} returns `TextState.invalid`
 * @param state - the same as for {@link checkUtf8}
 * @returns the position of the octet in `bytes`
 */
export function offendingAt(bytes: Uint8Array, start: number, end: number, state: number): number {
  while (end - start > 1) {
    const middle = start + Math.floor((end - start) / 2)
    const there = checkUtf8(bytes, start, middle, state)
    if (there === TextState.invalid) {
      end = middle
    } else {
      start = middle
      state = there
    }
  }
  return start
}

/** {@link checkUtf8} with `TextDecoder`. Characters that the piece cuts at either end are checked octet by octet. */
function checkByPlatform(bytes: Uint8Array, start: number, end: number, state: number): number {
  while (state < 0 && start < end) {
    state = checkOctets(bytes, start, start + 1, state)
    start++
  }
  if (state === TextState.invalid || start === end) return state
  const wholeEnd = end - unfinishedLength(bytes, end)
  const decoded = decodeText(viewOf(bytes, start, wholeEnd))
  if (decoded === null) return TextState.invalid
  return checkOctets(bytes, wholeEnd, end, decoded.length < wholeEnd - start ? TextState.utf8 : state)
}

/** {@link checkUtf8} octet by octet, but ASCII eight octets at a time. Benchmark case: ASCII text of 16 B. */
export function checkOctets(bytes: Uint8Array, start: number, end: number, state: number): number {
  let at = start
  while (at < end) {
    const next = Math.min(at + 8, end)
    if (state >= 0 && next - at === 8 && areAscii(bytes, at)) {
      at = next
    } else {
      for (; at < next; at++) {
        const octet = octetAt(bytes, at)
        if (octet < 0x80 && state >= 0) continue
        state = stateAfter(state, octet)
        if (state === TextState.invalid) return state
      }
    }
  }
  return state
}

/** Whether eight octets are ASCII. */
function areAscii(bytes: Uint8Array, at: number): boolean {
  const first = octetAt(bytes, at) | octetAt(bytes, at + 1) | octetAt(bytes, at + 2) | octetAt(bytes, at + 3)
  const second = octetAt(bytes, at + 4) | octetAt(bytes, at + 5) | octetAt(bytes, at + 6) | octetAt(bytes, at + 7)
  return (first | second) < 0x80
}

/** The state after one more octet. The octet is not ASCII, or the text ends inside a character. */
function stateAfter(state: number, octet: number): number {
  const begins = (octet << 24) | 1
  if (state >= 0) return octet < 0xc2 || octet > 0xf4 ? TextState.invalid : begins
  const last = state >>> 24
  if (last >= 0xc0) {
    if (!isSecond(last, octet)) return TextState.invalid
    return last < 0xe0 ? TextState.utf8 : begins | (last << 16)
  }
  if (octet < 0x80 || octet > 0xbf) return TextState.invalid
  const lastButOne = (state >>> 16) & 0xff
  const isThird = (state & 0xff00) === 0
  return isThird && lastButOne >= 0xf0 ? begins | (last << 16) | (lastButOne << 8) : TextState.utf8
}
