/**
 * Every rule of RFC 6455 that a peer can break, as the bytes that break it and the close code of section 7.4.1 for it.
 */
import { constants, deflateRawSync } from 'node:zlib'
import { frame } from './raw.mjs'

/** The servers and clients that are shown these have this limit, in bytes. */
export const MAX_MESSAGE_LENGTH = 2 ** 16

const KEY = '37fa213d'

/**
 * @typedef {object} Violation
 * @property {string} rule or what else is the reason
 * @property {number} closeCode 1006: there is nobody left to send it to
 * @property {string} what
 * @property {Buffer} bytes
 *
 * @typedef {[rule: string, closeCode: number, what: string, ...frames: Buffer[]]} Case
 */

/**
 * @param {'client' | 'server'} sender who breaks the rules
 * @returns {Violation[]}
 */
export function violationsOf(sender) {
  const key = sender === 'client' ? KEY : null
  const wrongKey = sender === 'client' ? null : KEY
  const maskRule = sender === 'client' ? 'mask-required' : 'mask-forbidden'
  /**
   * @param {string} header
   * @param {string | Uint8Array} [payload]
   */
  const send = (header, payload) => frame(header, payload, key)
  const long = Buffer.alloc(MAX_MESSAGE_LENGTH - 1, 'x')

  /** @type {Case[]} */
  const cases = [
    ['rsv-bit', 1002, 'RSV1 set', send('c1 05', 'Hello')],
    ['rsv-bit', 1002, 'RSV2 set on a ping', send('a9 00')],
    ['rsv-bit', 1002, 'RSV3 set on a continuation', send('01 01', 'a'), send('90 01', 'b')],
    ['opcode-reserved', 1002, 'opcode 0x3', send('83 00')],
    ['opcode-reserved', 1002, 'opcode 0x7 inside a message', send('01 01', 'a'), send('07 01', 'b')],
    ['opcode-reserved', 1002, 'opcode 0xB', send('8b 00')],
    ['opcode-reserved', 1002, 'opcode 0xF', send('8f 00')],
    ['control-fragmented', 1002, 'a ping without FIN', send('09 00')],
    ['control-fragmented', 1002, 'a Close without FIN', send('08 02', Uint8Array.of(0x03, 0xe8))],
    ['control-too-long', 1002, 'a ping of 126 bytes', send('89 7e 007e', 'x'.repeat(126))],
    [maskRule, 1002, 'the wrong mask', frame('81 05', 'Hello', wrongKey)],
    ['length-msb', 1002, 'a length of 2^63', send('82 7f 8000000000000000')],
    ['length-not-minimal', 1002, '125 bytes with a length of 16 bits', send('82 7e 007d', 'x'.repeat(125))],
    ['length-not-minimal', 1002, '65535 bytes with a length of 64 bits', send('82 7f 000000000000ffff', long)],
    ['length-unsafe', 1009, 'a length of 2^53', send('82 7f 0020000000000000')],
    ['continuation-unexpected', 1002, 'a continuation first', send('80 00')],
    ['continuation-expected', 1002, 'a text inside a message', send('01 01', 'a'), send('81 01', 'b')],
    ['close-payload-length', 1002, 'a Close of one byte', send('88 01', Uint8Array.of(0x03))],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535].map(
      (code) => /** @type {const} */ (['close-code', 1002, `code ${code}`, send('88 02', Uint8Array.of(code >> 8, code))]),
    ),
    ['close-reason-utf8', 1007, 'a reason of one byte ff', send('88 03', Uint8Array.of(0x03, 0xe8, 0xff))],
    ['text-utf8', 1007, 'a byte ff', send('81 01', Uint8Array.of(0xff))],
    ['text-utf8', 1007, 'a surrogate', send('81 03', Uint8Array.of(0xed, 0xa0, 0x80))],
    ['text-utf8', 1007, 'a character cut off at the end', send('81 02', Uint8Array.of(0xe4, 0xbd))],
    ['text-utf8', 1007, 'a byte ff before the end', send('01 02', 'ab'), send('00 02', Uint8Array.of(0x63, 0xff))],
    ['message-too-long', 1009, 'one byte more in two fragments', send('02 7e ffff', long), send('80 02', 'xx')],
    ['truncated', 1006, 'the end inside a header', send('82 7e 0100').subarray(0, 3)],
    ['truncated', 1006, 'the end inside a payload', send('82 05', 'He')],
    ['truncated', 1006, 'the end inside a message', send('01 05', 'Hello')],
  ]
  return cases.map(violation)
}

/**
 * What else a client can do wrong with permessage-deflate (RFC 7692, section 6).
 *
 * @returns {Violation[]}
 */
export function violationsOfDeflate() {
  const send = (/** @type {string} */ firstByte, /** @type {Uint8Array} */ payload) => {
    return frame(`${firstByte} ${payload.length.toString(16).padStart(2, '0')}`, payload, KEY)
  }
  const nothing = new Uint8Array(0)
  const tooLong = Buffer.alloc(MAX_MESSAGE_LENGTH + 1)
  /** @type {Case[]} */
  const cases = [
    ['rsv-bit', 1002, 'RSV1 on a ping', send('c9', nothing)],
    ['rsv-bit', 1002, 'RSV1 on a continuation', send('41', deflated('a')), send('c0', nothing)],
    ['rsv-bit', 1002, 'RSV2 on a compressed text', send('e1', deflated('a'))],
    ['text-utf8', 1007, 'a compressed byte ff', send('c1', deflated(Uint8Array.of(0xff)))],
    ['message-too-long', 1009, 'one byte more than the limit, inflated', send('c2', deflated(tooLong))],
    ['deflate-data', 1007, 'a block of type 11, which is none', send('c2', Uint8Array.of(0xff))],
    ['deflate-data', 1007, 'a block that is cut off', send('c2', Buffer.from('f248cd', 'hex'))],
    ['deflate-data', 1007, 'garbage after a final block', send('c2', Buffer.from('f348cdc9c90700deadbeef', 'hex'))],
    ['deflate-data', 1007, '17 final blocks', send('c2', Buffer.from(`${'4b0400'.repeat(17)}00`, 'hex'))],
    ['deflate-data', 1007, 'what no message before it had', send('c2', Buffer.from('f200110000', 'hex'))],
  ]
  return cases.map(violation)
}

/**
 * Lengths that are refused before any of the payload has come.
 *
 * @param {'client' | 'server'} sender
 * @returns {Violation[]}
 */
export function violationsOfLength(sender) {
  const key = sender === 'client' ? KEY : null
  /** @type {Case[]} */
  const cases = [
    ['message-too-long', 1009, 'one byte more than the limit', frame('82 7f 0000000000010001', '', key)],
    ['message-too-long', 1009, 'a length of 2^53-1', frame('82 7f 001fffffffffffff', '', key)],
  ]
  return cases.map(violation)
}

/**
 * A frame that is too long, and all there.
 *
 * @returns {Violation}
 */
export function violationOfLongFrame() {
  const bytes = frame('82 7f 0000000000030d40', Buffer.alloc(200_000), KEY)
  return { rule: 'message-too-long', closeCode: 1009, what: 'a frame of three times the limit', bytes }
}

/** @param {string | Uint8Array} data */
function deflated(data) {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

/**
 * @param {Case} row
 * @returns {Violation}
 */
function violation([rule, closeCode, what, ...frames]) {
  return { rule, closeCode, what, bytes: Buffer.concat(frames) }
}
