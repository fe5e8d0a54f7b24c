/**
 * Frames as a person wants to look at them.
 */
import { assertBoolean, assertBytes, assertInteger, assertLimit, assertObject } from './arguments.js'
import { bitDiagram } from './diagram.js'
import { encodeFrame } from './frame.js'
import type { Frame } from './frame.js'
import { encodeHeader } from './header.js'
import type { LengthBits } from './header.js'
import { inspect } from './inspect.js'
import type { InspectOptions, Inspection } from './inspect.js'
import { keyHex } from './octets.js'
import { opcodeName } from './opcode.js'
import { count, flagNames, shownEnd, shownPayload, shownViolation } from './shown.js'
import { explainAsTable } from './table.js'

/** Options of {@link explain}. Those of {@link InspectOptions} hold for bytes, but without limits there are none. */
export interface ExplainOptions extends InspectOptions {
  /** Draw the bit diagram of RFC 6455, section 5.2, with the bits of each frame. Default `false`. */
  readonly diagram?: boolean
  /**
   * How much of a payload is shown, in characters (a byte in hex takes three): more is elided in the middle. A whole
   * number or `Infinity`. Default 96.
   */
  readonly payloadLimit?: number
  /** Of a `Frame`: the position of its first byte in the stream, shown if given. Bytes are counted from their own first. */
  readonly offset?: number
}

/**
 * Describes frames for people: of each its offset, opcode, flags, length and the form of the length, masking key, and the
 * payload as text where it is UTF-8 and as hex where it is not; below it every rule it breaks, with the byte that made that
 * certain in brackets. Never throws on any bytes.
 *
 * @param subject - the bytes of a stream from a frame's beginning on, or one frame: described in short blocks; or what
 *   {@link inspect} found: described as a table with the verdict at the end. Not modified
 * @returns lines, the last one without a line break; empty for no bytes
 * @throws TypeError or RangeError for arguments of another type or range
 *
 * @example
 * ```js
 * console.log(explain(parseHex('8185 37fa213d 7f9f4d5158')))
 * // byte 0: text, FIN, 5 bytes (7-bit length), masking key 37fa213d
 * //   "Hello"
 * ```
 */
export function explain(subject: Uint8Array | Frame | Inspection, options: ExplainOptions = {}): string {
  assertObject(subject, 'subject')
  assertObject(options, 'options')
  const { diagram = false, payloadLimit = 96, offset } = options
  assertBoolean(diagram, 'diagram')
  assertLimit(payloadLimit, 'payloadLimit')
  if (offset !== undefined) assertInteger(offset, 'offset', 0, Number.MAX_SAFE_INTEGER)
  if ('frames' in subject) return explainAsTable(subject, diagram, payloadLimit).join('\n')
  if ('payload' in subject) return explainFrame(subject, offset, diagram, payloadLimit).join('\n')
  assertBytes(subject, 'subject')
  return explainBytes(subject, options, diagram, payloadLimit).join('\n')
}

function explainBytes(bytes: Uint8Array, options: InspectOptions, diagram: boolean, payloadLimit: number): string[] {
  const { maxMessageLength = Infinity } = options
  const inspection = inspect(bytes, { ...options, maxMessageLength })
  const blocks = inspection.frames.flatMap((frame) => [
    ...explainFrame(frame, frame.offset, diagram, payloadLimit, frame.lengthBits),
    ...frame.violations.flatMap((violation) => shownViolation(violation, bytes)),
  ])
  const ofLast = inspection.violations.slice(inspection.frames.flatMap(({ violations }) => violations).length)
  return [...blocks, ...ofLast.flatMap((violation) => shownViolation(violation, bytes)), ...shownEnd(inspection)]
}

/** @param lengthBits - the form of the payload length; the shortest if it is not known */
function explainFrame(
  frame: Frame,
  offset: number | undefined,
  diagram: boolean,
  payloadLimit: number,
  lengthBits?: LengthBits,
): string[] {
  const { fin, opcode, maskingKey, payload } = frame
  assertBytes(payload, 'payload')
  const payloadLength = payload.length
  const asWritten = { strict: false, ...(lengthBits && { lengthBits }) }
  const headerLength = encodeHeader({ ...frame, payloadLength }, asWritten).length
  const extendedBits = (headerLength - (maskingKey === null ? 2 : 6)) * 8
  const summary = [
    opcodeName(opcode),
    ...(fin ? [] : ['no FIN']),
    ...flagNames(frame),
    `${count(payloadLength)} (${extendedBits === 0 ? 7 : extendedBits}-bit length)`,
    maskingKey === null ? 'not masked' : `masking key ${keyHex(maskingKey)}`,
  ].join(', ')
  const lines = [offset === undefined ? summary : `byte ${offset}: ${summary}`]
  if (diagram) {
    const drawing = bitDiagram({ maskingKey, headerLength }, encodeFrame(frame, asWritten))
    lines.push(...drawing.map((line) => `  ${line}`))
  }
  const shown = shownPayload(frame, payloadLimit)
  if (shown !== '') lines.push(`  ${shown}`)
  return lines
}
