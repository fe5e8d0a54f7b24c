/**
 * Checks the arguments of callers. Wrong use throws `TypeError` or `RangeError`; invalid bytes throw `ProtocolError` elsewhere.
 *
 * Errors are made in functions of their own, so that the checks are short enough for V8 to inline them. Benchmark case: encoding 0 B.
 */

/**
 * A `Uint8Array` of another realm, such as an iframe or a Jest test, is one too.
 *
 * @param name - of the argument, for the message
 * @param hint - what the caller can do, appended to the message
 * @throws TypeError unless `value` is a `Uint8Array` (a `Buffer` is one)
 */
export function assertBytes(value: unknown, name: string, hint = ''): asserts value is Uint8Array {
  if (value instanceof Uint8Array || isForeignBytes(value)) return
  throw wrongType(name, 'a Uint8Array', value, hint)
}

/** Whether a value is a `Uint8Array` of another realm. */
function isForeignBytes(value: unknown): boolean {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
}

/** @throws TypeError unless `value` is a string */
export function assertString(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw wrongType(name, 'a string', value)
}

/** @throws TypeError unless `value` is a boolean */
export function assertBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw wrongType(name, 'a boolean', value)
}

/** @throws TypeError unless `value` is an object */
export function assertObject(value: unknown, name: string): asserts value is object {
  if (typeof value !== 'object' || value === null) throw wrongType(name, 'an object', value)
}

/**
 * @throws TypeError unless `value` is a number
 * @throws RangeError unless it is a whole number from `least` to `most`, both included
 */
export function assertInteger(value: unknown, name: string, least: number, most: number): asserts value is number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return
  throw notInteger(name, least, most, value)
}

/**
 * A limit in bytes is a whole number, or `Infinity` for no limit.
 *
 * @throws TypeError unless `value` is a number
 * @throws RangeError unless it is a whole number of at least 0, or Infinity
 */
export function assertLimit(value: unknown, name: string): asserts value is number {
  if (value !== Infinity) assertInteger(value, `${name}, unless Infinity,`, 0, Number.MAX_SAFE_INTEGER)
}

/**
 * Call before reading a chunk we took ownership of: a detached buffer would deliver stale bytes.
 *
 * @throws TypeError if the buffer is detached
 */
export function assertThere(isThere: boolean): void {
  if (!isThere) throw new TypeError('the buffer of a chunk that the reader owns was transferred')
}

/** Makes an error of any value that was thrown. */
export function asError(thrown: unknown): Error {
  // Not instanceof: in a Jest test, errors of the platform belong to another realm.
  const isError = (value: unknown): value is Error => Object.prototype.toString.call(value) === '[object Error]'
  return isError(thrown) ? thrown : new Error(shownThrown(thrown), { cause: thrown })
}

/** What was thrown, in words. */
export function shownThrown(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'an object that cannot be converted to a string'
  }
}

/** Whether a thrown value is an error of that name. It may belong to another realm, as errors of the platform do in a Jest test. */
export function isErrorNamed(error: unknown, name: 'TypeError' | 'RangeError'): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === name
}

function wrongType(name: string, expected: string, value: unknown, hint = ''): TypeError {
  return new TypeError(`${name} must be ${expected}, not ${kindOf(value)}${hint}`)
}

function notInteger(name: string, least: number, most: number, value: unknown): TypeError | RangeError {
  if (typeof value !== 'number') return wrongType(name, 'a number', value)
  return new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}
