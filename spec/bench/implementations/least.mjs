/**
 * The least that a decoder in JavaScript has to do for each message: find the header's fields, unmask the payload by words,
 * make a view of it and an object that says what it is. It checks nothing and knows that every frame is a whole message of
 * one size; a frame that is cut by the end of a chunk is put together from its two halves.
 */
export function versions() {
  return {}
}

export function decoder({ size, masked }, onData) {
  const lengthBytes = size < 126 ? 0 : size < 2 ** 16 ? 2 : 8
  const frameLength = 2 + lengthBytes + (masked ? 4 : 0) + size
  let begun = null
  return (chunk) => {
    let start = 0
    if (begun !== null) {
      start = frameLength - begun.length
      const frame = new Uint8Array(frameLength)
      frame.set(begun)
      frame.set(chunk.subarray(0, start), begun.length)
      begun = null
      decode(frame, 0, onData)
    }
    const end = decode(chunk, start, onData)
    if (end < chunk.length) begun = chunk.subarray(end)
  }

  /** @returns where the last whole frame ends */
  function decode(bytes, start, onData) {
    const { buffer, byteOffset, length } = bytes
    const view = new DataView(buffer, byteOffset, length)
    let position = start
    while (length - position >= frameLength) {
      const first = bytes[position]
      let payloadLength = bytes[position + 1] & 0x7f
      let at = position + 2
      if (payloadLength === 126) {
        payloadLength = view.getUint16(at)
        at += 2
      } else if (payloadLength === 127) {
        payloadLength = Number(view.getBigUint64(at))
        at += 8
      }
      if (masked) {
        const key = view.getInt32(at)
        at += 4
        unmask(bytes, view, at, at + payloadLength, key)
      }
      const message = { type: first & 0x0f, data: new Uint8Array(buffer, byteOffset + at, payloadLength) }
      onData(message.data)
      position = at + payloadLength
    }
    return position
  }
}

function unmask(bytes, view, start, end, key) {
  let position = start
  for (const last = end - 7; position < last; position += 8) {
    view.setInt32(position, view.getInt32(position) ^ key)
    view.setInt32(position + 4, view.getInt32(position + 4) ^ key)
  }
  for (; position < end; position++) {
    bytes[position] ^= key >>> 24
    key = (key << 8) | (key >>> 24)
  }
}
