/**
 * The least that an encoder has to do under the contract of this package: see `contract.mjs`.
 */
import { BY_KERNEL_FROM, lengthBytesOf, unmask } from './least.mjs'

/** In bytes: the longest frame that shares memory, and that memory. */
const MAX_SHARED_FRAME = 4096
const SLAB_LENGTH = 16384

/** @param {object} library this package, which masks long payloads */
export function makeEncoder({ applyMask }) {
  let slab = new Uint8Array(0)
  let view = null
  let used = 0
  return function encodeFrame(frame, options) {
    assertObject(frame)
    const { fin, rsv1, rsv2, rsv3, opcode, maskingKey = null, payload } = frame
    assertObject(options)
    const { sender, extensions, strict = true, lengthBits } = options
    assertMeasured(fin === undefined && rsv1 === undefined && rsv2 === undefined && rsv3 === undefined)
    assertMeasured(extensions === undefined && strict === true && lengthBits === undefined)
    assertInteger(opcode, 15)
    const isMasked = maskingKey !== null
    if (isMasked) assertInteger(maskingKey, 0xffff_ffff)
    if (!(payload instanceof Uint8Array)) throw new TypeError('payload must be a Uint8Array')
    assertMeasured(opcode === 2 && isMasked === (sender === 'client'))

    const { length } = payload
    const lengthBytes = lengthBytesOf(length)
    const headerLength = 2 + lengthBytes + (isMasked ? 4 : 0)
    const frameLength = headerLength + length
    const isShared = frameLength <= MAX_SHARED_FRAME
    if (!isShared || used + frameLength > slab.length) {
      slab = new Uint8Array(isShared ? SLAB_LENGTH : frameLength)
      view = new DataView(slab.buffer)
      used = 0
    }
    const start = used
    const payloadStart = start + headerLength
    used += frameLength
    if (length > 0) slab.set(payload, payloadStart)
    slab[start] = 0x80 | opcode
    slab[start + 1] = (isMasked ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127)
    if (lengthBytes === 2) view.setUint16(start + 2, length)
    else if (lengthBytes === 8) view.setBigUint64(start + 2, BigInt(length))
    if (isMasked) {
      view.setUint32(payloadStart - 4, maskingKey)
      if (length < BY_KERNEL_FROM) unmask(slab, view, payloadStart, used, maskingKey | 0)
      else applyMask(slab, maskingKey, 0, payloadStart, used)
    }
    return isShared ? new Uint8Array(slab.buffer, start, frameLength) : slab
  }
}

function assertObject(value) {
  if (typeof value !== 'object' || value === null) throw new TypeError('must be an object')
}

function assertInteger(value, most) {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) throw new RangeError('must be a whole number')
}

/** What no case has need not be encoded, but an encoder has to look at it. */
function assertMeasured(isMeasured) {
  if (!isMeasured) throw new Error('no case of the benchmark has this')
}
