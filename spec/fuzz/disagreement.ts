/**
 * What is thrown when the library does not say what it should, and the comparisons that throw it.
 */
import type * as Everything from '../../src/index.js'
import type { ReferenceError, ReferenceFrame } from '../reference/decode.js'
import type { ReferenceMessage } from '../reference/messages.js'

/** Both verdicts on one thing. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement'
  /** What was being done. */
  during = ''
  readonly what: string
  readonly actual: string
  readonly expected: string

  constructor(what: string, actual: unknown, expected: unknown) {
    super(`${what}: ${shown(actual)}, expected: ${shown(expected)}`)
    this.what = what
    this.actual = shown(actual)
    this.expected = shown(expected)
  }
}

/** For people; cut off, since payloads may be long. */
function shown(value: unknown): string {
  const text = value instanceof Error ? String(value.stack) : JSON.stringify(value, hexOfBytes)
  return text === undefined ? String(value) : text.length > 1000 ? `${text.slice(0, 1000)}...` : text
}

function hexOfBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value === Infinity ? 'Infinity' : value
}

export function assertSame<T extends string | number | boolean | null | undefined>(what: string, actual: T, expected: T): void {
  if (actual !== expected) throw new Disagreement(what, actual, expected)
}

export function assertOctets(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  if (areSame(actual, expected)) return
  throw new Disagreement(what, Uint8Array.from(actual), Uint8Array.from(expected))
}

function areSame(actual: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  if (actual.length !== expected.length) return false
  for (let i = 0; i < expected.length; i++) if (actual[i] !== expected[i]) return false
  return true
}

export function assertFrame(actual: Everything.Frame, expected: ReferenceFrame): void {
  const { fin, rsv1, rsv2, rsv3, opcode, maskingKey, payload } = expected
  const isSame =
    actual.fin === fin &&
    actual.rsv1 === rsv1 &&
    actual.rsv2 === rsv2 &&
    actual.rsv3 === rsv3 &&
    actual.opcode === opcode &&
    actual.maskingKey === maskingKey &&
    areSame(actual.payload, payload)
  if (!isSame) throw new Disagreement(`the frame at byte ${expected.offset}`, actual, withBytes(expected, payload))
}

export function assertMessage(actual: Everything.Message, expected: ReferenceMessage): void {
  if (!isSameMessage(actual, expected)) {
    const plain = 'data' in expected && typeof expected.data !== 'string' ? { ...expected, data: Uint8Array.from(expected.data) } : expected
    throw new Disagreement('a message', actual, plain)
  }
}

function isSameMessage(actual: Everything.Message, expected: ReferenceMessage): boolean {
  if (actual.type !== expected.type) return false
  if (actual.type === 'compressed' && !('opcode' in expected && actual.opcode === expected.opcode)) return false
  if ('code' in actual) return 'code' in expected && actual.code === expected.code && actual.reason === expected.reason
  if (!('data' in expected)) return false
  if (typeof actual.data === 'string' || typeof expected.data === 'string') return actual.data === expected.data
  return areSame(actual.data, expected.data)
}

function withBytes(frame: ReferenceFrame, payload: readonly number[]) {
  return { ...frame, payload: Uint8Array.from(payload) }
}

/** Holds what was thrown, null if nothing was, against the violation that there is. */
export function assertError(
  { ProtocolError }: Pick<typeof Everything, 'ProtocolError'>,
  actual: unknown,
  expected: ReferenceError | null,
): void {
  if (expected === null) {
    if (actual !== null) throw new Disagreement('the verdict', actual, 'no error')
    return
  }
  const { rule, section, closeCode, offset } = expected
  const isSame =
    actual instanceof ProtocolError &&
    actual.rule === rule &&
    actual.section === section &&
    actual.closeCode === closeCode &&
    actual.offset === offset
  if (!isSame) throw new Disagreement('the verdict', actual ?? 'no error', expected)
}
