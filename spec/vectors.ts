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
  | { readonly type: string; readonly data: string }
  | { readonly type: 'close'; readonly code: number; readonly reason: string }

export interface Vector {
  readonly id: string
  readonly description: string
  readonly bytes: Uint8Array
  readonly options: VectorOptions
  readonly frames: readonly VectorFrame[]
  readonly messages: readonly VectorMessage[]
  readonly outcome: 'complete' | 'incomplete' | 'error'
  readonly error: VectorError | null
}

export interface VectorFile {
  /** Below `fixtures`, with slashes. */
  readonly path: string
  readonly vectors: readonly Vector[]
}

export function vectorFiles(): VectorFile[] {
  return readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json') && path !== 'schema.json')
    .sort()
    .map((path) => {
      const file = record(JSON.parse(readFileSync(join(fixtures, path), 'utf8')))
      if (file['format'] !== 1) throw new Error(`${path} has an unknown format`)
      return { path: relative(fixtures, join(fixtures, path)).replaceAll('\\', '/'), vectors: list(file['vectors']).map(vector) }
    })
}

function vector(value: unknown): Vector {
  const { id, description, bytes, sender, extensions, maxPayloadLength, maxMessageLength, frames, messages, outcome, error } = record(value)
  if (outcome !== 'complete' && outcome !== 'incomplete' && outcome !== 'error') throw new Error(`outcome ${String(outcome)}`)
  if (sender !== undefined && sender !== 'client' && sender !== 'server') throw new Error(`sender ${String(sender)}`)
  return {
    id: text(id),
    description: text(description),
    bytes: expand(bytes),
    options: {
      ...(sender === undefined ? {} : { sender }),
      ...(extensions === undefined ? {} : { extensions: extensionsOf(record(extensions)) }),
      ...(maxPayloadLength === undefined ? {} : { maxPayloadLength: number(maxPayloadLength) }),
      ...(maxMessageLength === undefined ? {} : { maxMessageLength: number(maxMessageLength) }),
    },
    frames: list(frames).map(frame),
    messages: list(messages).map(message),
    outcome,
    error: error === undefined ? null : errorOf(record(error)),
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
  return { type: text(type), data: type === 'text' ? text(data) : Buffer.from(expand(data)).toString('hex') }
}

function errorOf({ rule, section, closeCode, offset, detectedAfter }: Fields): VectorError {
  return {
    rule: text(rule),
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
