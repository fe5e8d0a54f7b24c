import { FrameReader, Opcode, ProtocolError, encodeClosePayload, encodeFrame } from 'websocket-frames'

/**
 * Echoes the frames of a client. `idle` and `linger` are milliseconds: without any traffic, and for the peer to end the connection
 * after our Close.
 *
 * @param {import('node:net').Socket} socket after the opening handshake; `socket.unshift(head)` what came behind it
 * @param {{ idle?: number, linger?: number }} [options]
 */
export function echo(socket, { idle = 60_000, linger = 5_000 } = {}) {
  const reader = new FrameReader({ sender: 'client', ownsChunks: true })
  const send = (/** @type {import('websocket-frames').FrameInit} */ frame) => socket.write(encodeFrame(frame, { sender: 'server' }))

  // Without a listener, a connection reset by the peer would end the process.
  socket.on('error', () => socket.destroy())
  socket.setTimeout(idle, () => socket.destroy())
  socket.on('drain', () => socket.resume())
  socket.on('data', (chunk) => {
    if (reader.closed) return
    socket.cork()
    try {
      for (const { fin, opcode, payload } of reader.push(chunk)) {
        if (opcode === Opcode.Ping) send({ opcode: Opcode.Pong, payload })
        else if (opcode !== Opcode.Pong) send({ fin, opcode, payload })
      }
    } catch (error) {
      fail(error)
    }
    socket.uncork()
    if (reader.closed) finish()
    // Backpressure: read no more until the peer has read what we sent.
    else if (socket.writableNeedDrain) socket.pause()
  })
  socket.on('end', () => {
    try {
      reader.end()
    } catch (error) {
      fail(error)
    }
    finish()
  })

  function fail(/** @type {unknown} */ error) {
    if (!(error instanceof ProtocolError) || error !== reader.error) throw error
    // The stream was cut off, and 1006 cannot be sent: just end.
    if (error.rule === 'truncated') return
    send({ opcode: Opcode.Close, payload: encodeClosePayload(error.closeCode, error.rule) })
  }

  function finish() {
    // Ends our direction only. Destroying the socket at once could keep the peer from reading our Close.
    socket.end()
    const timer = setTimeout(() => socket.destroy(), linger)
    socket.once('close', () => clearTimeout(timer))
  }
}
