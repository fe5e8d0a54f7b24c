/**
 * Loads the test vectors of `fixtures/`, in the format that `fixtures/schema.json` describes.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

export const fixtures = join(__dirname, '../fixtures')

export interface VectorFrame {
  readonly fin: boolean
  readonly rsv1: boolean
  readonly rsv2: boolean
  readonly rsv3: boolean
  readonly opcode: number
  /** 8 hex digits. */
  readonly maskingKey: string | null
  /** Hex. */
  readonly payload: string
}

export interface VectorError {
  readonly rule: string
  readonly rfc: number
  readonly section: string
  readonly closeCode: number
  readonly offset: number
  readonly detectedAfter: number
}

/** What the reader of a vector has to be told. */
export interface VectorOptions {
  readonly sender?: 'client' | 'server'
  readonly extensions?: {
    readonly permessageDeflate: boolean
    readonly rsv1: boolean
    readonly rsv2: boolean
    readonly rsv3: boolean
    readonly opcodes: readonly number[]
  }
  readonly maxPayloadLength?: number
  readonly maxMessageLength?: number
}

/** Binary data in hex. */
export type VectorMessage =
  { readonly type: string; readonly data: string } | { readonly type: 'close'; readonly code: number; readonly reason: string }

export interface Verdict {
  readonly frames: readonly VectorFrame[]
  readonly messages: readonly VectorMessage[]
  readonly outcome: 'complete' | 'incomplete' | 'error'
  readonly error: VectorError | null
}

/** What is long is expanded each time it is asked for, and not kept. */
export interface Vector extends Verdict {
  readonly id: string
  readonly description: string
  readonly rfc: number
  readonly section: string
  readonly requires: readonly string[]
  readonly prompt: boolean
  readonly bytes: Uint8Array
  /** Without expanding them. */
  readonly byteLength: number
  readonly cuts: readonly number[]
  readonly options: VectorOptions
  readonly afterClose: VectorError | null
  readonly alternatives: readonly Verdict[]
}

export interface VectorFile {
  /** Below `fixtures`, with slashes. */
  readonly path: string
  readonly vectors: readonly Vector[]
}

export function vectorFiles(): VectorFile[] {
  return readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(captures|documents|rfc6455)[/\\].*\.json$/.test(path))
    .sort()
    .map((path) => {
      const file = record(JSON.parse(readFileSync(join(fixtures, path), 'utf8')))
      if (file['format'] !== 1) throw new Error(`${path} has an unknown format`)
      return { path: relative(fixtures, join(fixtures, path)).replaceAll('\\', '/'), vectors: list(file['vectors']).map(vector) }
    })
}

/** What an encoder is given, and what it has to write; it has to refuse what has no `bytes`, by the rule `refused`. */
export interface EncoderVector {
  readonly id: string
  readonly options: VectorOptions
  readonly frame: VectorFrame | null
  readonly close: { readonly code: number | null; readonly reason: string } | null
  /** Of the frame, or of the Close payload. */
  readonly bytes: Uint8Array | null
  readonly refused: string | null
}

export function encoderVectors(): EncoderVector[] {
  const file = record(JSON.parse(readFileSync(join(fixtures, 'encoder.json'), 'utf8')))
  return list(file['vectors']).map((value) => {
    const fields = record(value)
    const { id, frame: frameFields, close, bytes, payload, refused } = fields
    const { code, reason } = close === undefined ? {} : record(close)
    const written = bytes ?? payload
    return {
      id: text(id),
      options: optionsOf(fields),
      frame: frameFields === undefined ? null : frame(frameFields),
      close: close === undefined ? null : { code: code === null ? null : number(code), reason: textOf(reason) },
      bytes: written === undefined ? null : expand(written),
      refused: refused === undefined ? null : text(record(refused)['rule']),
    }
  })
}

function vector(value: unknown): Vector {
  const fields = record(value)
  const { id, description, rfc, section, requires = [], prompt = false, bytes, cuts = [], afterClose, alternatives = [] } = fields
  const { outcome, error } = verdict(fields)
  return {
    id: text(id),
    description: text(description),
    rfc: number(rfc),
    section: text(section),
    requires: list(requires).map(text),
    prompt: flag(prompt),
    get bytes() {
      return expand(bytes)
    },
    byteLength: lengthOf(bytes),
    cuts: list(cuts).map(number),
    options: optionsOf(fields),
    get frames() {
      return framesOf(fields)
    },
    get messages() {
      return messagesOf(fields)
    },
    outcome,
    error,
    afterClose: afterClose === undefined ? null : errorOf(record(afterClose)),
    alternatives: list(alternatives).map((one) => verdict({ ...fields, ...record(one) })),
  }
}

function verdict(fields: Fields): Verdict {
  const { outcome, error } = fields
  if (outcome !== 'complete' && outcome !== 'incomplete' && outcome !== 'error') throw new Error(`outcome ${String(outcome)}`)
  return {
    get frames() {
      return framesOf(fields)
    },
    get messages() {
      return messagesOf(fields)
    },
    outcome,
    error: outcome === 'error' ? errorOf(record(error)) : null,
  }
}

const framesOf = ({ frames }: Fields): VectorFrame[] => repeated(frames).map(frame)

const messagesOf = ({ messages }: Fields): VectorMessage[] => repeated(messages).map(message)

/** The items of a list, in which `{ repeat, count }` stands for an item that comes `count` times. */
function repeated(value: unknown): unknown[] {
  return list(value).flatMap((item) => {
    const { repeat, count } = record(item)
    return repeat === undefined ? [item] : new Array<unknown>(number(count)).fill(repeat)
  })
}

function optionsOf({ sender, extensions, maxPayloadLength, maxMessageLength }: Fields): VectorOptions {
  if (sender !== undefined && sender !== 'client' && sender !== 'server') throw new Error(`sender ${String(sender)}`)
  return {
    ...(sender === undefined ? {} : { sender }),
    ...(extensions === undefined ? {} : { extensions: extensionsOf(record(extensions)) }),
    ...(maxPayloadLength === undefined ? {} : { maxPayloadLength: number(maxPayloadLength) }),
    ...(maxMessageLength === undefined ? {} : { maxMessageLength: number(maxMessageLength) }),
  }
}

function extensionsOf({ permessageDeflate = false, rsv1 = false, rsv2 = false, rsv3 = false, opcodes = [] }: Fields) {
  return {
    permessageDeflate: flag(permessageDeflate),
    rsv1: flag(rsv1),
    rsv2: flag(rsv2),
    rsv3: flag(rsv3),
    opcodes: list(opcodes).map(number),
  }
}

function frame(value: unknown): VectorFrame {
  const { fin, rsv1 = false, rsv2 = false, rsv3 = false, opcode, maskingKey, payload } = record(value)
  return {
    fin: flag(fin),
    rsv1: flag(rsv1),
    rsv2: flag(rsv2),
    rsv3: flag(rsv3),
    opcode: number(opcode),
    maskingKey: maskingKey === null ? null : text(maskingKey),
    payload: Buffer.from(expand(payload)).toString('hex'),
  }
}

function message(value: unknown): VectorMessage {
  const { type, data, code, reason } = record(value)
  if (type === 'close') return { type, code: number(code), reason: text(reason) }
  return { type: text(type), data: type === 'text' ? textOf(data) : Buffer.from(expand(data)).toString('hex') }
}

function errorOf({ rule, rfc, section, closeCode, offset, detectedAfter }: Fields): VectorError {
  return {
    rule: text(rule),
    rfc: number(rfc),
    section: text(section),
    closeCode: number(closeCode),
    offset: number(offset),
    detectedAfter: number(detectedAfter),
  }
}

/** Hex, or a list of hex and `{ repeat, count }`. */
function expand(value: unknown): Uint8Array {
  const items = Array.isArray(value) ? list(value) : [value]
  const hex = items.map((item) => {
    if (typeof item === 'string') return item.replaceAll(' ', '')
    const { repeat, count } = record(item)
    return text(repeat).repeat(number(count))
  })
  return Uint8Array.from(Buffer.from(hex.join(''), 'hex'))
}

function lengthOf(value: unknown): number {
  return (Array.isArray(value) ? list(value) : [value]).reduce<number>((length, item) => {
    if (typeof item === 'string') return length + item.replaceAll(' ', '').length / 2
    const { repeat, count } = record(item)
    return length + (text(repeat).length / 2) * number(count)
  }, 0)
}

/** A text, or a list of texts and `{ repeat, count }`. */
function textOf(value: unknown): string {
  const items = Array.isArray(value) ? list(value) : [value]
  return items
    .map((item) => {
      if (typeof item === 'string') return item
      const { repeat, count } = record(item)
      return text(repeat).repeat(number(count))
    })
    .join('')
}

type Fields = Record<string, unknown>

function record(value: unknown): Fields {
  if (!isRecord(value)) throw new Error(`not an object: ${JSON.stringify(value)}`)
  return value
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`)
  return value
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`not a string: ${JSON.stringify(value)}`)
  return value
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw new Error(`not a number: ${JSON.stringify(value)}`)
  return value
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Error(`not a boolean: ${JSON.stringify(value)}`)
  return value
}
