/**
 * What many specs need: hex to write bytes with, and what a call throws.
 */
import { ProtocolError } from '../src/index.js'
import type { Frame, RuleId } from '../src/index.js'

/** Bytes from hex, independent of the library's own `parseHex`. */
export function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}

export function hexOf(data: Uint8Array): string {
  return Buffer.from(data).toString('hex')
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text))
}

export function textOf(data: Uint8Array): string {
  return Buffer.from(data).toString()
}

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts))
}

/** What a call throws; fails if it throws nothing. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

export interface Violation {
  readonly rule: RuleId
  readonly section: string
  readonly closeCode: number
  readonly offset: number
}

/** The violation that a call throws; fails if it throws nothing or anything but a `ProtocolError`. */
export function violationOf(call: () => unknown): Violation {
  return violation(thrownBy(call))
}

export function violation(error: unknown): Violation {
  if (!(error instanceof ProtocolError)) throw error
  const { rule, section, closeCode, offset } = error
  return { rule, section, closeCode, offset }
}

/** A frame in plain data that compares well; only what differs from an unmasked final frame is written out. */
export function plain({ fin, rsv1, rsv2, rsv3, opcode, maskingKey, payload }: Frame): object {
  const key = maskingKey === null ? null : maskingKey.toString(16).padStart(8, '0')
  return { fin, rsv1, rsv2, rsv3, opcode, maskingKey: key, payload: hexOf(payload) }
}

/** How many bytes a call copies from one array to another, or to a new one. */
export function bytesCopied(call: () => unknown): number {
  const { Uint8Array } = globalThis
  const { set } = Uint8Array.prototype
  let copied = 0
  globalThis.Uint8Array = new Proxy(Uint8Array, {
    construct(target, args: unknown[], newTarget) {
      if (ArrayBuffer.isView(args[0])) copied += args[0].byteLength
      const made: unknown = Reflect.construct(target, args, newTarget)
      return Object(made)
    },
  })
  Uint8Array.prototype.set = function (source, offset) {
    copied += source.length
    set.call(this, source, offset)
  }
  try {
    call()
  } finally {
    Uint8Array.prototype.set = set
    globalThis.Uint8Array = Uint8Array
  }
  return copied
}

/**
 * What a reader says when the buffer of a chunk that it owns has been transferred. Under mutation testing, which runs the
 * specs over and over in one process, V8 may have compiled the reader so that the platform notices first.
 */
export const TRANSFERRED =
  process.env['JEST_WORKER_ID'] === undefined ? /transferred|detached/i : /^the buffer of a chunk that the reader owns was transferred$/
