/**
 * Prints the WebSocket frames of captured byte streams: hex in any form that parseBytes reads, or raw binary.
 *
 *   npm run decode                                             a bundled capture of a browser, both directions
 *   npm run decode -- [--sender client|server] [--permessage-deflate] [--diagram] FILE...      - is standard input
 *
 * Exit status: 0 if every stream is in order, 1 if one violates the protocol or is cut off, 2 if it could not be read.
 */
import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { explain, inspect, parseBytes } from 'websocket-frames'

const usage = 'usage: decode [--sender client|server] [--permessage-deflate] [--diagram] [FILE | -]...'
const captures = new URL('../../fixtures/captures/', import.meta.url)

/** Not process.stdin.fd: that makes a pipe non-blocking, and reading from it fail while the writer is still at work. */
const STDIN = 0

/** @type {('client' | 'server')[]} */
const roles = ['client', 'server']

/** @typedef {import('websocket-frames').InspectOptions & { diagram: boolean }} Options */

/** @returns {{ name: string, path: string | URL | number, options: Options }[]} the streams to print */
function streamsOfArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      sender: { type: 'string' },
      'permessage-deflate': { type: 'boolean', default: false },
      diagram: { type: 'boolean', default: false },
    },
  })
  const { sender, diagram, 'permessage-deflate': permessageDeflate } = values
  /** @type {Options} */
  const options = { diagram, extensions: { permessageDeflate } }
  if (positionals.length === 0) {
    return roles.map((role) => {
      const name = `chromium-${role}.hex`
      return { name, path: new URL(name, captures), options: { ...options, sender: role } }
    })
  }
  const role = roles.find((known) => known === sender)
  if (role === undefined && sender !== undefined) throw new Error(`--sender ${sender}`)
  return positionals.map((path) => ({
    name: path,
    path: path === '-' ? STDIN : path,
    options: role === undefined ? options : { ...options, sender: role },
  }))
}

/**
 * Text is taken for hex. No stream of frames is text: that would have to begin with a printable character, which as a
 * first byte would set RSV bits or leave a control frame's FIN clear.
 *
 * @param {Buffer} data
 * @param {string} name
 */
function bytesOf(data, name) {
  if (!isUtf8(data) || /[^\P{Cc}\t\r\n]/u.test(data.toString())) return data
  try {
    return parseBytes(data.toString())
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`)
  }
}

try {
  for (const { name, path, options } of streamsOfArguments()) {
    const bytes = bytesOf(readFileSync(path), name)
    console.log(`${name}: ${bytes.length} bytes${options.sender === undefined ? '' : ` from the ${options.sender}`}\n`)
    const inspection = inspect(bytes, { maxMessageLength: Infinity, ...options })
    console.log(`${explain(inspection, { diagram: options.diagram })}\n`)
    if (inspection.outcome !== 'complete' || inspection.messageOpen) process.exitCode = 1
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(usage)
  process.exitCode = 2
}
