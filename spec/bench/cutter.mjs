/**
 * Cuts streams. It imports nothing, so that a worker has only loaded what it measures.
 */

/** Shorter chunks are views of a buffer that many share: a million buffers would measure the garbage collector. */
export const TINY = 16
const TINY_IN_BUFFER = 4096

/**
 * Cuts a stream as a socket does, anew for each run, since whoever owns a chunk unmasks it in place. The views are new
 * each time; their memory is filled again, so that freeing it does not fall into somebody's time.
 *
 * @returns {() => Generator<Buffer[]>} the chunks, in batches, so that a million are not there at a time
 */
export function makeCutter(bytes, chunkLength) {
  const bufferLength = chunkLength < TINY ? chunkLength * TINY_IN_BUFFER : chunkLength
  const buffers = Array.from({ length: Math.ceil(bytes.length / bufferLength) }, (_, i) => {
    return new ArrayBuffer(Math.min(bufferLength, bytes.length - i * bufferLength))
  })
  const chunksIn = (buffer, i) => {
    new Uint8Array(buffer).set(bytes.subarray(i * bufferLength, (i + 1) * bufferLength))
    const count = Math.ceil(buffer.byteLength / chunkLength)
    const lengthAt = (start) => Math.min(chunkLength, buffer.byteLength - start)
    return Array.from({ length: count }, (_, j) => Buffer.from(buffer, j * chunkLength, lengthAt(j * chunkLength)))
  }
  return function* () {
    if (chunkLength < TINY) for (const [i, buffer] of buffers.entries()) yield chunksIn(buffer, i)
    else yield buffers.flatMap(chunksIn)
  }
}
