/**
 * ws: its Receiver and its Sender. Its native add-on bufferutil is loaded unless the environment forbids it.
 */
import { createRequire } from 'node:module'
import http from 'node:http'
import { Receiver, Sender } from 'ws'

const require = createRequire(import.meta.url)

export function versions() {
  const isLoaded = (name) => Object.keys(require.cache).some((file) => file.includes(`node_modules/${name}/`))
  const masks = http.websocketMask ? 'node:http' : isLoaded('bufferutil') ? `bufferutil ${versionOf('bufferutil')}` : 'JavaScript'
  // Node.js has had a check of UTF-8 of its own since 18.14, which ws prefers to the add-on.
  const checks = isLoaded('utf-8-validate') ? `utf-8-validate ${versionOf('utf-8-validate')}` : 'node:buffer'
  return { ws: `${versionOf('ws')} (masks with ${masks}, checks UTF-8 with ${checks})` }
}

function versionOf(name) {
  return require(`${name}/package.json`).version
}

function receiverFor({ masked }) {
  const receiver = new Receiver({
    isServer: masked,
    skipUTF8Validation: false,
    maxPayload: 2 ** 26,
    allowSynchronousEvents: true,
  })
  return receiver.on('error', (error) => {
    throw error
  })
}

/** Synchronous, since messages may be emitted many in a tick: then a chunk has been dealt with when `write` returns. */
export function decoder(benchCase, onData) {
  const receiver = receiverFor(benchCase)
  // What its users write to get at a text: it has been checked, so that toString need not.
  receiver.on('message', (data, isBinary) => onData(isBinary ? data : data.toString()))
  return (chunk) => receiver.write(chunk)
}

/** An emitter of events cannot be left unread, but a stream that is corked, or busy, keeps what is written to it. */
export function unread(benchCase) {
  const receiver = receiverFor(benchCase)
  receiver.cork()
  return (chunk) => receiver.write(chunk)
}

/**
 * The options are those with which a WebSocket of ws sends its user's Buffer, which must not be changed (`readOnly`).
 * Then a masked frame comes as one buffer. An unmasked one comes as a list of the header and the payload itself: to
 * have the same bytes as the others have, they are put together, unless the list as it is is what is measured, as it is
 * where frames are written: a WebSocket of ws writes the buffers of the list one by one.
 */
export function encoder({ group, masked }, { asList = group === 'write' }) {
  const maskBuffer = masked ? Buffer.alloc(4) : undefined
  const frame = (payload) =>
    Sender.frame(payload, {
      fin: true,
      generateMask: undefined,
      mask: masked,
      maskBuffer,
      opcode: 2,
      readOnly: true,
      rsv1: false,
    })
  if (asList) return frame
  return (payload) => {
    const list = frame(payload)
    return list.length === 1 ? list[0] : Buffer.concat(list)
  }
}
