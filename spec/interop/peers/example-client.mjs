/** The client of the examples, doing what a script says. */
import { connect } from '../../examples/client.mjs'
import { entryOf } from '../contents.mjs'
import { PATIENCE, loadContents } from '../page/websocket-client.mjs'

/**
 * @param {string} url
 * @param {import('../page/websocket-client.mjs').Script} script
 */
export async function converseByExample(url, script) {
  const { contents, close = { code: 1000, reason: '' }, deflate = false, fragment, pings = [] } = script
  const messages = contents === undefined ? [] : await loadContents(contents)
  const connection = await connect(url, { deflate })
  const sent = []
  for (const ping of pings) sent.push(connection.ping(Buffer.from(ping, 'hex')))
  for (const data of messages) sent.push(connection.send(data, { fragment }))
  if (close !== null && messages.length + pings.length === 0) void connection.close(close.code, close.reason)

  const received = []
  const pongs = []
  const pingsSeen = []
  let closeSeen = null
  let patience = setTimeout(() => connection.destroy(), PATIENCE)
  for await (const message of connection) {
    clearTimeout(patience)
    patience = setTimeout(() => connection.destroy(), PATIENCE)
    if (message.type === 'close') closeSeen = { code: message.code, reason: message.reason }
    else if (message.type === 'ping') pingsSeen.push(Buffer.from(message.data).toString('hex'))
    else if (message.type === 'pong') pongs.push(Buffer.from(message.data).toString('hex'))
    else received.push(entryOf(message.type, Buffer.from(message.data)))
    const isComplete = received.length === messages.length && pongs.length === pings.length
    if (close !== null && isComplete && closeSeen === null) void connection.close(close.code, close.reason)
  }
  clearTimeout(patience)
  return { received, pongs, pings: pingsSeen, close: closeSeen, error: connection.error, sent: await Promise.all(sent) }
}
