/**
 * Describes frames for people.
 */
import type { FrameInit } from '../encode/frame.js'
import { encodeHeader } from '../header/encode-header.js'
import { shortestLengthBits } from '../header/layout.js'
import type { LengthBits } from '../header/layout.js'
import { applyMask } from '../mask/mask.js'
import { opcodeName } from '../protocol/opcode.js'
import { assertBoolean, assertBytes, assertInteger, assertLimit, assertObject } from '../util/arguments.js'
import { viewOf } from '../util/memory.js'
import { NOTHING, keyHex } from '../util/octets.js'
import { encodeText } from '../util/utf8.js'
import { DRAWN_PAYLOAD, bitDiagram } from './bit-diagram.js'
import { Ends } from './ends.js'
import { examine } from './examine.js'
import type { InspectOptions } from './examine.js'
import { count, flagNames, payloadLimitOf, shownEnd, shownPayload, shownViolation } from './explain-parts.js'
import type { ShownFrame } from './explain-parts.js'
import { explainAsTable } from './explain-table.js'
import type { InspectedFrame, Inspection } from './inspection.js'

/** Options of {@link explain}. Those of {@link InspectOptions} apply to bytes; limits have no default here. */
export interface ExplainOptions extends InspectOptions {
  /** Draw the bit diagram of RFC 6455, section 5.2, with the bits of each frame. Default `false`. */
  readonly diagram?: boolean | undefined
  /**
   * How many characters of a payload are shown: a whole number or `Infinity`. A byte in hex takes three characters. A longer payload is
   * elided in the middle. Default 96. All payloads together never take more than 2^25 characters.
   */
  readonly payloadLimit?: number | undefined
  /** For a `Frame`: the position of its first byte in the stream, in bytes. Shown if present; without effect for other subjects. */
  readonly offset?: number | undefined
}

/**
 * Describes frames for people. For each frame it shows the offset, opcode, flags, payload length and its form, masking key, and the payload
 * as text if it is UTF-8, otherwise as hex. Below a frame it shows every rule that the frame breaks, with the byte that made the violation
 * certain in brackets. Invalid bytes never throw. If there are more than 10,000 frames, the first and the last 5,000 are described.
 *
 * @param subject - not modified. The bytes of a stream, beginning with a frame, or one frame with the defaults of `encodeFrame`: described
 *   in short blocks. Or the result of `inspect`: described as a table with the verdict at the end
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
export function explain(subject: Uint8Array | FrameInit | Inspection, options: ExplainOptions = {}): string {
  assertObject(subject, 'subject')
  assertObject(options, 'options')
  const { diagram = false, payloadLimit = 96, offset } = options
  assertBoolean(diagram, 'diagram')
  assertLimit(payloadLimit, 'payloadLimit')
  if (offset !== undefined) assertInteger(offset, 'offset', 0, Number.MAX_SAFE_INTEGER)
  if ('frames' in subject) return explainAsTable(subject, diagram, payloadLimit).join('\n')
  if ('opcode' in subject) return explainFrame(wholeFrame(subject), offset, diagram, payloadLimitOf(payloadLimit, 1)).join('\n')
  assertBytes(subject, 'subject')
  return explainBytes(subject, options, diagram, payloadLimit).join('\n')
}

function explainBytes(bytes: Uint8Array, options: InspectOptions, diagram: boolean, payloadLimit: number): string[] {
  const frames = new Ends<InspectedFrame>()
  const examination = { maxMessageLength: Infinity, textAs: 'bytes' } as const
  const found = examine(bytes, options, examination, (frame) => frames.add(frame), ignore)
  const shown = frames.shown()
  const limit = payloadLimitOf(payloadLimit, shown.length)
  return [
    ...frames.lines((frame) => [
      ...explainFrame(frame, frame.offset, diagram, limit, frame.lengthBits),
      ...frame.violations.flatMap((violation) => shownViolation(violation, bytes)),
    ]),
    ...found.lastViolations.flatMap((violation) => shownViolation(violation, bytes)),
    ...shownEnd({ ...found, bytes, frames: shown }),
  ]
}

const ignore = (): void => {}

/** @param frame - missing fields have the defaults of `encodeFrame` */
function wholeFrame(frame: FrameInit): ShownFrame {
  const { fin = true, rsv1 = false, rsv2 = false, rsv3 = false, opcode, maskingKey = null, payload = NOTHING } = frame
  const bytes = typeof payload === 'string' ? encodeText(payload) : payload
  assertBytes(bytes, 'payload')
  return { fin, rsv1, rsv2, rsv3, opcode, maskingKey, payload: bytes }
}

/** @param lengthBits - the form of the payload length; default: the shortest */
function explainFrame(
  frame: ShownFrame,
  offset: number | undefined,
  diagram: boolean,
  payloadLimit: number,
  lengthBits: LengthBits = shortestLengthBits(frame.payload.length),
): string[] {
  const { fin, rsv1, rsv2, rsv3, opcode, maskingKey, payload } = frame
  const payloadLength = payload.length
  const header = encodeHeader({ fin, rsv1, rsv2, rsv3, opcode, maskingKey, payloadLength }, { strict: false, lengthBits })
  const summary = [
    opcodeName(opcode),
    ...(fin ? [] : ['no FIN']),
    ...flagNames(frame),
    `${count(payloadLength)} (${lengthBits}-bit length)`,
    maskingKey === null ? 'not masked' : `masking key ${keyHex(maskingKey)}`,
  ].join(', ')
  const lines = [offset === undefined ? summary : `byte ${offset}: ${summary}`]
  if (diagram) {
    const drawing = bitDiagram({ maskingKey, headerLength: header.length }, payloadLength, beginningOnTheWire(header, frame))
    lines.push(...drawing.map((line) => `  ${line}`))
  }
  const shown = shownPayload(frame, payloadLimit)
  if (shown !== '') lines.push(`  ${shown}`)
  return lines
}

/** The header and the part of the masked payload that is drawn. */
function beginningOnTheWire(header: Uint8Array, { maskingKey, payload }: ShownFrame): Uint8Array {
  const drawn = viewOf(payload, 0, Math.min(payload.length, DRAWN_PAYLOAD))
  const wire = new Uint8Array(header.length + drawn.length)
  wire.set(header)
  wire.set(drawn, header.length)
  if (maskingKey !== null) applyMask(wire, maskingKey, 0, header.length)
  return wire
}
