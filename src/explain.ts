/**
 * Frames as a person wants to look at them.
 */
import { assertBoolean, assertBytes, assertInteger, assertLimit, assertObject } from './arguments.js'
import { CloseCode, closeCodeName, readClosePayload } from './close.js'
import { bitDiagram } from './diagram.js'
import { encodeFrame, encodedLength } from './frame.js'
import type { Frame } from './frame.js'
import { encodeHeader } from './header.js'
import { Opcode, opcodeName } from './opcode.js'
import type { FrameOptions } from './options.js'
import { FrameReader } from './reader.js'
import { ProtocolError } from './rules.js'
import { utf8Decoder, utf8Encoder } from './utf8.js'

/** Options of {@link explain}. Those of {@link FrameOptions} hold for bytes; without `maxPayloadLength` there is no limit. */
export interface ExplainOptions extends FrameOptions {
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

/** What {@link explain} shows around the beginning of an offending frame, in bytes. */
const BYTES_BEFORE = 8
const BYTES_AFTER = 16

/**
 * Describes frames for people: of each its offset, opcode, flags, length and the form of the length, masking key, and the
 * payload as text where it is UTF-8 and as hex where it is not. Never throws on any bytes: a violation is described after the
 * frames before it.
 *
 * @param subject - the bytes of a stream from a frame's beginning on, or one frame; not modified
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
export function explain(subject: Uint8Array | Frame, options: ExplainOptions = {}): string {
  assertObject(subject, 'subject')
  assertObject(options, 'options')
  const { diagram = false, payloadLimit = 96, offset } = options
  assertBoolean(diagram, 'diagram')
  assertLimit(payloadLimit, 'payloadLimit')
  if (offset !== undefined) assertInteger(offset, 'offset', 0, Number.MAX_SAFE_INTEGER)
  if ('payload' in subject) return explainFrame(subject, offset, diagram, payloadLimit).join('\n')
  assertBytes(subject, 'subject')
  return explainBytes(subject, options, diagram, payloadLimit).join('\n')
}

function explainBytes(bytes: Uint8Array, options: FrameOptions, diagram: boolean, payloadLimit: number): string[] {
  const lines: string[] = []
  const { sender, extensions, maxPayloadLength = Infinity } = options
  const reader = new FrameReader({ maxPayloadLength, ...(sender && { sender }), ...(extensions && { extensions }) })
  let position = 0
  try {
    for (const frame of reader.push(bytes)) {
      lines.push(...explainFrame(frame, position, diagram, payloadLimit))
      position += encodedLength(frame)
    }
    reader.end()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return [...lines, ...explainViolation(error, bytes)]
  }
  const discarded = bytes.length - position
  if (discarded > 0) lines.push(`byte ${position}: ${count(discarded)} after the close frame, discarded`)
  return lines
}

function explainFrame(frame: Frame, offset: number | undefined, diagram: boolean, payloadLimit: number): string[] {
  const { fin, rsv1, rsv2, rsv3, opcode, maskingKey, payload } = frame
  assertBytes(payload, 'payload')
  const payloadLength = payload.length
  const headerLength = encodeHeader({ ...frame, payloadLength }, { strict: false }).length
  const lengthBits = (headerLength - (maskingKey === null ? 2 : 6)) * 8
  const summary = [
    opcodeName(opcode),
    fin ? 'FIN' : 'no FIN',
    ...(rsv1 ? ['RSV1'] : []),
    ...(rsv2 ? ['RSV2'] : []),
    ...(rsv3 ? ['RSV3'] : []),
    `${count(payloadLength)} (${lengthBits === 0 ? 7 : lengthBits}-bit length)`,
    maskingKey === null ? 'not masked' : `masking key ${maskingKey.toString(16).padStart(8, '0')}`,
  ].join(', ')
  const lines = [offset === undefined ? summary : `byte ${offset}: ${summary}`]
  if (diagram) {
    const drawing = bitDiagram({ maskingKey, payloadLength, headerLength }, encodeFrame(frame, { strict: false }))
    lines.push(...drawing.map((line) => `  ${line}`))
  }
  if (payloadLength > 0 || opcode === Opcode.Close) lines.push(`  ${explainPayload(frame, payloadLimit)}`)
  return lines
}

function explainPayload({ opcode, rsv1, rsv2, rsv3, payload }: Frame, limit: number): string {
  // The payload of an extension's frame is the extension's to interpret: permessage-deflate compresses it.
  if (rsv1 || rsv2 || rsv3) return elidedHex(payload, limit)
  if (opcode === Opcode.Close) return explainClose(payload, limit)
  const text = textOf(payload)
  const isText = text !== null && (opcode === Opcode.Text || !/[^\P{Cc}\t\r\n]/u.test(text))
  return isText ? elidedText(text, payload.length, limit) : elidedHex(payload, limit)
}

function explainClose(payload: Uint8Array, limit: number): string {
  if (payload.length === 0) return `no close code, which means ${CloseCode.NoStatusRcvd} ${closeCodeName(CloseCode.NoStatusRcvd)}`
  if (payload.length === 1) return spacedHex(payload)
  let broken = false
  const { code, reason } = readClosePayload(payload, 0, (rule) => {
    if (rule === 'close-reason-utf8') broken = true
  })
  const named = `${code} ${closeCodeName(code)}`
  if (payload.length === 2) return named
  const encodedReason = payload.subarray(2)
  return `${named}, ${broken ? elidedHex(encodedReason, limit) : elidedText(reason, encodedReason.length, limit)}`
}

/** @returns the text, or null if the bytes are not UTF-8 */
function textOf(bytes: Uint8Array): string | null {
  try {
    return utf8Decoder.decode(bytes)
  } catch {
    return null
  }
}

/**
 * @param byteLength - of the text in UTF-8
 * @param limit - in characters
 */
function elidedText(text: string, byteLength: number, limit: number): string {
  // A character takes one code unit or two, so that the first 2n units hold n characters and none of them is cut.
  if (text.length <= limit || [...text.slice(0, 2 * limit + 2)].length <= limit) return quoted(text)
  const half = Math.floor(limit / 2)
  const head = [...text.slice(0, 2 * half)].slice(0, half).join('')
  const tail = half === 0 ? '' : [...text.slice(-2 * half)].slice(-half).join('')
  const elided = byteLength - utf8Encoder.encode(head + tail).length
  return `${quoted(head)} ... ${count(elided)} ... ${quoted(tail)}`
}

/** @param limit - in characters */
function elidedHex(bytes: Uint8Array, limit: number): string {
  if (bytes.length * 3 <= limit) return spacedHex(bytes)
  const half = Math.floor(limit / 6)
  const tail = bytes.length - half
  return `${spacedHex(bytes.subarray(0, half))} ... ${count(tail - half)} ... ${spacedHex(bytes.subarray(tail))}`.trim()
}

function spacedHex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join(' ')
}

/** As a JSON string, with what would garble a terminal or its reading order escaped as well. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function explainViolation(error: ProtocolError, bytes: Uint8Array): string[] {
  const { rule, closeCode, offset, message } = error
  const from = Math.max(0, offset - BYTES_BEFORE)
  const to = offset + BYTES_AFTER
  const before = `${from > 0 ? '... ' : ''}${spacedHex(bytes.subarray(from, offset))}`
  const after = `[${spacedHex(bytes.subarray(offset, to))}${to < bytes.length ? ' ...' : ''}]`
  return [
    `byte ${offset}: violation of ${rule}, close code ${closeCode} ${closeCodeName(closeCode)}`,
    `  ${message}`,
    `  ${before === '' ? after : `${before} ${after}`}`,
  ]
}

function count(bytes: number): string {
  return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
}
