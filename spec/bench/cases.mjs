/**
 * What is measured. A case says what is sent and how it is cut; who takes part is said in implementations/index.mjs.
 */
export const SIZES = [0, 16, 125, 1024, 16_384, 2 ** 20]
const UTF8_SIZES = [125, 1024, 16_384]

/** What a socket in Node.js delivers at a time, at most. */
const SOCKET_CHUNK = 2 ** 16

const titles = { binary: 'binary', text: 'text (ASCII)', utf8: 'text (not ASCII)' }

const decoding = [true, false].flatMap((masked) => [
  ...SIZES.map((size) => ({ group: 'decode', masked, type: 'binary', size })),
  ...SIZES.filter((size) => size > 0).map((size) => ({ group: 'decode', masked, type: 'text', size })),
  ...UTF8_SIZES.filter(() => masked).map((size) => ({ group: 'decode', masked, type: 'utf8', size })),
])

const cutting = [1, 7].flatMap((chunkLength) =>
  [2 ** 16, 2 ** 20].map((size) => ({ group: 'cut', masked: true, type: 'binary', size, chunkLength })),
)

const traces = [true, false].map((masked) => ({ group: 'trace', masked, type: 'mixed', size: null }))

const encoding = [true, false].flatMap((masked) =>
  SIZES.map((size) => ({ group: 'encode', masked, type: 'binary', size })),
)

/** The figures of `cut` are per byte, the others per message. `table` is where a case is shown, sizes side by side. */
export const cases = [...decoding, ...traces, ...cutting, ...encoding].map((benchCase) => ({
  chunkLength: SOCKET_CHUNK,
  ...benchCase,
  table: tableOf(benchCase),
}))

function tableOf({ group, masked, type, chunkLength }) {
  const mask = masked ? 'masked' : 'unmasked'
  if (group === 'cut') return `decode, ${mask}, in ${chunkLength}-byte chunks`
  if (group === 'trace') return `decode, ${mask}, mixed trace`
  return group === 'encode' ? `encode, ${mask}` : `decode, ${mask}, ${titles[type]}`
}

export function sizeTitle(size) {
  if (size === null) return 'trace'
  if (size >= 2 ** 20) return `${size / 2 ** 20} MiB`
  return size >= 1024 ? `${size / 1024} KiB` : `${size} B`
}
