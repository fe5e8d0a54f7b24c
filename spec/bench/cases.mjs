/**
 * What is measured. A case says what is sent and how it is cut; who takes part is said in implementations/index.mjs.
 */
export const SIZES = [0, 16, 125, 1024, 16_384, 2 ** 20]
const READ_SIZES = [16, 125, 1024, 16_384]
const UTF8_SIZES = [125, 1024, 16_384]

/** The most that a socket in Node.js delivers in one chunk. */
const SOCKET_CHUNK = 2 ** 16

/** Sizes in bytes: the payload of a TCP segment on Ethernet, and a TLS record. */
const TCP_CHUNK = 1460
const TLS_CHUNK = 2 ** 14

export const typeTitles = { binary: 'binary', text: 'text (ASCII)', utf8: 'text (not ASCII)' }

const decoding = [true, false].flatMap((masked) => [
  ...SIZES.map((size) => ({ group: 'decode', masked, type: 'binary', size })),
  ...SIZES.filter((size) => size > 0).map((size) => ({ group: 'decode', masked, type: 'text', size })),
  ...UTF8_SIZES.filter(() => masked).map((size) => ({ group: 'decode', masked, type: 'utf8', size })),
])

/** What stands for the length of a chunk that is exactly one frame. */
const FRAME = 'frame'

/** How a socket delivers less than `SOCKET_CHUNK`: one short message a read, or whatever TCP and TLS hold. */
const reading = [FRAME, TCP_CHUNK, TLS_CHUNK].flatMap((chunks) =>
  [
    { masked: true, type: 'binary' },
    { masked: false, type: 'binary' },
    { masked: true, type: 'text' },
    { masked: true, type: 'utf8' },
  ].flatMap(({ masked, type }) =>
    (type === 'utf8' ? UTF8_SIZES : READ_SIZES).map((size) => ({
      group: 'read',
      masked,
      type,
      size,
      chunks: chunkTitle(chunks),
      chunkLength: chunks === FRAME ? frameLength(size, masked) : chunks,
    })),
  ),
)

const tinyTexts = ['text', 'utf8'].flatMap((type) =>
  [1024, 16_384].map((size) => ({ group: 'read', masked: true, type, size, chunks: chunkTitle(1), chunkLength: 1 })),
)

const cutting = [1, 7].flatMap((chunkLength) =>
  [2 ** 16, 2 ** 20].map((size) => ({ group: 'cut', masked: true, type: 'binary', size, chunkLength })),
)

const traces = [true, false].map((masked) => ({ group: 'trace', masked, type: 'mixed', size: null }))

const encoding = [true, false].flatMap((masked) => SIZES.map((size) => ({ group: 'encode', masked, type: 'binary', size })))

/**
 * Frames as they are written to a socket. An unmasked payload that is long is not copied behind its header: `parts` says
 * whether the header is encoded alone.
 */
const writing = [
  ...SIZES.map((size) => ({ group: 'write', masked: true, type: 'binary', size, parts: 'frame' })),
  ...[0, 16, 125, 1024].map((size) => ({ group: 'write', masked: false, type: 'binary', size, parts: 'frame' })),
  ...[16_384, 2 ** 20].map((size) => ({ group: 'write', masked: false, type: 'binary', size, parts: 'header' })),
]

/** How streams are cut in the cells, from what sockets deliver most to what they deliver least often. */
export const cellChunks = [FRAME, TCP_CHUNK, TLS_CHUNK, SOCKET_CHUNK, 1].map(chunkTitle)

/** Whether a case encodes one payload over and over; the others decode a stream. */
export function isEncoding({ group }) {
  return group === 'encode' || group === 'write'
}

/** The figures of `cut` are per byte, the others per message. `table` is where a case is shown, sizes side by side. */
export const cases = [...decoding, ...reading, ...tinyTexts, ...traces, ...cutting, ...encoding, ...writing].map((benchCase) => ({
  chunkLength: SOCKET_CHUNK,
  chunks: isEncoding(benchCase) ? null : chunkTitle(benchCase.chunkLength ?? SOCKET_CHUNK),
  parts: null,
  ...benchCase,
  table: tableOf(benchCase),
}))

function tableOf({ group, masked, type, chunkLength, chunks, parts }) {
  const mask = masked ? 'masked' : 'unmasked'
  if (group === 'cut') return `decode, ${mask}, in ${chunkLength}-byte chunks`
  if (group === 'trace') return `decode, ${mask}, mixed trace`
  if (group === 'read') return `decode, ${mask}, ${typeTitles[type]}, ${chunks}`
  if (group === 'write') return `write, ${mask}, ${parts === 'frame' ? 'encodeFrame' : 'encodeHeader'}`
  return group === 'encode' ? `encode, ${mask}` : `decode, ${mask}, ${typeTitles[type]}`
}

export function sizeTitle(size) {
  if (size === null) return 'trace'
  if (size >= 2 ** 20) return `${size / 2 ** 20} MiB`
  return size >= 1024 ? `${size / 1024} KiB` : `${size} B`
}

function chunkTitle(chunks) {
  if (chunks === FRAME) return 'one frame a chunk'
  return chunks >= 2 ** 14 ? `${chunks / 1024} KiB chunks` : `${chunks}-byte chunks`
}

function frameLength(size, masked) {
  const extendedLengthBytes = size < 126 ? 0 : size < 2 ** 16 ? 2 : 8
  return 2 + extendedLengthBytes + (masked ? 4 : 0) + size
}
