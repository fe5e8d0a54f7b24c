/** nodejs-websocket: its connection, on a socket that is none, after a handshake. */
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const Connection = require('nodejs-websocket/Connection')
const Server = require('nodejs-websocket/Server')

Connection.maxBufferLength = 2 ** 26

export const name = 'nodejs-websocket'
export const { version } = require('nodejs-websocket/package.json')
export const senders = ['client', 'server']
export const supports = ['messages', '64-bit-lengths', 'many-fragments']

class Socket extends EventEmitter {
  chunks = []
  read() {
    return this.chunks.shift() ?? null
  }
  write(_data, callback) {
    if (typeof callback === 'function') callback()
    return true
  }
  end() {}
}

export async function read({ sender }, chunks, seen) {
  const socket = new Socket()
  const isServer = sender === 'client'
  const connection = new Connection(socket, isServer ? new Server(false) : { path: '/', host: 'localhost' })
  connection.readyState = connection.OPEN
  let isOver = false
  connection.on('error', (error) => seen.crash(error))
  connection.on('text', (text) => seen.message('text', Buffer.from(text)))
  connection.on('pong', (data) => seen.message('pong', Buffer.from(data)))
  connection.on('binary', (stream) => {
    // Its stream hands on what it is given in later turns of the event loop.
    const parts = []
    stream.addData = (part) => parts.push(part)
    stream.end = () => seen.message('binary', Buffer.concat(parts))
  })
  const close = connection.close
  connection.close = function (code, reason) {
    isOver = true
    return close.call(this, code, reason)
  }
  connection.on('close', (code, reason) => (isOver ? seen.error(code) : seen.message(`close:${code ?? 1005}`, Buffer.from(reason ?? ''))))
  // Pings are answered without an event.
  const { processFrame } = connection
  connection.processFrame = function (fin, opcode, payload) {
    if (opcode === 9) seen.message('ping', payload)
    return processFrame.call(this, fin, opcode, payload)
  }
  for (const chunk of chunks) {
    if (isOver) return
    seen.fed(chunk.length)
    socket.chunks.push(chunk)
    connection.doRead()
    if (chunks.length < 100) await new Promise((resolve) => setImmediate(resolve))
  }
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}
