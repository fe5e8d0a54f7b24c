/** What client and server agree upon when they compress: with and without context takeover, with the smallest and the largest window. */
import assert from 'node:assert/strict'

/** @typedef {import('../examples/permessage-deflate.mjs').DeflateOptions} DeflateOptions */

const alone = { server_no_context_takeover: true, client_no_context_takeover: true }
const smallest = { server_max_window_bits: 9, client_max_window_bits: 9 }
const largest = { server_max_window_bits: 15, client_max_window_bits: 15 }

/** @type {{ name: string, deflate: DeflateOptions }[]} */
export const agreements = [
  { name: 'with context takeover, 15 bits', deflate: largest },
  { name: 'with context takeover, 9 bits', deflate: smallest },
  { name: 'without context takeover, 15 bits', deflate: { ...alone, ...largest } },
  { name: 'without context takeover, 9 bits', deflate: { ...alone, ...smallest } },
]

/**
 * That an answer has what was asked for.
 *
 * @param {string} answer the Sec-WebSocket-Extensions of a server
 * @param {DeflateOptions | boolean} deflate
 * @param {string[]} [optional] what may be missing
 */
export function assertAgreed(answer, deflate, optional = []) {
  if (deflate === false) return assert.equal(answer, '')
  const [name, ...parameters] = answer.split(';').map((part) => part.trim())
  assert.equal(name, 'permessage-deflate')
  const agreed = new Map(parameters.map((parameter) => parameter.split('=')))
  for (const [parameter, wanted] of Object.entries(deflate)) {
    const value = agreed.get(parameter)
    if (wanted === true) assert.ok(agreed.has(parameter), `${parameter} in ${answer}`)
    else if (wanted < 15 && !(value === undefined && optional.includes(parameter))) assert.equal(Number(value), wanted, answer)
    agreed.delete(parameter)
  }
  for (const parameter of agreed.keys()) assert.match(parameter, /_max_window_bits$/, `not asked for: ${answer}`)
}
