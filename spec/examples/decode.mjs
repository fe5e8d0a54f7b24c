#!/usr/bin/env node
/**
 * Prints the WebSocket frames of captured bytes: raw, pasted in any form, or in a packet capture, a HAR file and the like.
 *
 *   npm run decode -- --help
 *
 * The parts are in decode/. The published package has this file as its command: npx websocket-frames FILE
 */
import { existsSync, readFileSync } from 'node:fs'
import { UsageError, help, readArguments } from './decode/arguments.mjs'
import { createInflate } from './recipes/inflate.mjs'
import { parseExtensions } from './decode/http.mjs'
import { inspectConversation, worst } from './decode/inspected.mjs'
import { asJson } from './decode/json.mjs'
import { count } from './decode/row.mjs'
import { shown } from './decode/show.mjs'
import { example, isPiped, readSources } from './decode/sources.mjs'
import { harmless, painter } from './decode/terminal.mjs'

/** @typedef {import('./decode/conversation.mjs').Conversation} Conversation */

/** Where there is no terminal, and in the narrowest of them, in columns. */
const WIDTH_OF_FILES = 120
const NARROWEST = 40

try {
  const options = readArguments(process.argv.slice(2))
  const isNothingAsked = options.positionals.length === 0 && !isPiped() && !existsSync(example)
  if (options.version) console.log(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version)
  else if (options.help || isNothingAsked) console.log(help)
  else decode(options)
  if (isNothingAsked && !options.version && !options.help) process.exitCode = 2
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  console.error(message.split('\n').map(harmless).join('\n'))
  if (error instanceof UsageError) console.error('usage: websocket-frames [OPTION]... [FILE | - | BYTES]...   (--help says more)')
  process.exitCode = 2
}

/** @param {ReturnType<typeof readArguments>} options */
function decode(options) {
  /** @type {Conversation[]} */
  const conversations = chosen(readSources(options.positionals, options.connection), options)
  const inspected = conversations.map((conversation) => {
    return inspectConversation(conversation, options.inspectOptions, ({ sender }) => {
      const takeover = conversation.negotiated?.contextTakeover[sender ?? 'client'] ?? true
      return createInflate({ contextTakeover: takeover })
    })
  })
  const verdicts = inspected.map(({ verdict }) => verdict)
  const verdict = worst(verdicts)
  if (verdict !== 'complete') process.exitCode = 1

  // Who reads the output may have seen enough: `| head`.
  process.stdout.on('error', (error) => {
    if (!('code' in error && error.code === 'EPIPE')) throw error
  })
  if (options.json) {
    console.log(asJson(inspected, verdict))
    return
  }
  const look = {
    width: options.width ?? widthOfTerminal(),
    paint: painter(hasColours(options.color)),
    diagram: options.diagram,
  }
  for (const conversation of inspected) console.log(`${[...shown(conversation, look)].join('\n')}\n`)
  if (inspected.length > 1) {
    const complete = verdicts.filter((own) => own === 'complete').length
    const paint = look.paint
    console.log(
      paint(
        verdict === 'complete' ? 'good' : 'bad',
        `${complete} of ${count(inspected.length, 'connection')} complete, ${inspected.length - complete} not`,
      ),
    )
  }
}

/**
 * @param {Conversation[]} conversations
 * @param {ReturnType<typeof readArguments>} options
 * @returns {Conversation[]} those that were asked for, with what was said about them
 */
function chosen(conversations, { sender, extensions, connection, vector }) {
  const wanted = conversations.filter(({ number, title }) => {
    return (connection === null || number === null || number === connection) && (vector === null || title.startsWith(`${vector}: `))
  })
  if (wanted.length === 0) {
    throw new Error(
      vector === null
        ? `there is no connection ${connection}; there are ${conversations.map(({ number }) => number).join(', ')}`
        : `there is no vector ${vector}`,
    )
  }
  return wanted.map((conversation) => {
    const streams = sender === null ? conversation.streams : ofSender(conversation, sender)
    return { ...conversation, streams, ...(extensions !== null && { negotiated: parseExtensions(extensions) }) }
  })
}

/**
 * @param {Conversation} conversation
 * @param {'client' | 'server'} sender
 */
function ofSender({ streams, title }, sender) {
  const known = streams.filter((stream) => stream.sender === sender)
  const unknown = streams.filter((stream) => stream.sender === null).map((stream) => ({ ...stream, sender }))
  if (known.length + unknown.length > 0) return [...known, ...unknown]
  throw new Error(`${title}: it has nothing from the ${sender}; leave --sender out`)
}

/** In columns; some terminals say 0, which means that they do not know. */
function widthOfTerminal() {
  const { columns = 0 } = process.stdout
  return columns === 0 ? WIDTH_OF_FILES : Math.max(NARROWEST, columns)
}

/** @param {boolean | null} asked */
function hasColours(asked) {
  if (asked !== null) return asked
  const { NO_COLOR = '', FORCE_COLOR = '' } = process.env
  if (NO_COLOR !== '') return false
  if (FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true
  return process.stdout.isTTY === true && process.stdout.hasColors()
}
