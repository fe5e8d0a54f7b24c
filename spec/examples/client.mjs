/**
 * A WebSocket client: sends each argument as a text message, prints what comes until as many messages have come, closes.
 *
 *   node spec/examples/client.mjs [--deflate] URL TEXT...
 */
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { connect } from './handshake.mjs'

export { connect }

/**
 * @param {string} url
 * @param {string[]} texts
 * @param {{ deflate: boolean }} options
 */
async function talk(url, texts, options) {
  const connection = await connect(url, options)
  const sent = texts.map((text) => connection.send(text))
  let answers = 0
  for await (const message of connection) {
    if (message.type === 'close') {
      console.log(`close ${message.code} ${message.reason}`.trimEnd())
    } else {
      console.log(message.type, message.data)
      if (++answers === texts.length) void connection.close()
    }
  }
  await Promise.all(sent)
  if (connection.error !== null) throw connection.error
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { deflate: { type: 'boolean', default: false } } })
  const [url, ...texts] = positionals
  if (url === undefined || texts.length === 0) {
    console.error('usage: client [--deflate] URL TEXT...')
    process.exitCode = 2
  } else {
    try {
      await talk(url, texts, values)
    } catch (error) {
      console.error(error instanceof Error ? error.message : error)
      process.exitCode = 1
    }
  }
}
