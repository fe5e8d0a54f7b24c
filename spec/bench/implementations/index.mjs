/**
 * Who takes part, in what, and with which options. One file of this folder each, with the same small interface:
 *
 *   decoder(case, onData, options)   a function that takes a chunk and calls onData for each message
 *   encoder(case, options)           a function that takes a payload and returns the bytes of a frame
 *   versions()                       what it runs on
 *
 * For texts onData must get strings.
 */
import { isEncoding } from '../cases.mjs'

const isOurs = true

/** The other cases take part in the cells, or are about tiny chunks: there the other peers would say little. */
const isForAll = ({ group }) => group === 'decode' || group === 'trace' || group === 'encode'

/** All frames have one size. For tiny chunks nothing is known that is least. */
const isBoundedDecoding = ({ group, chunkLength }) => group === 'decode' || (group === 'read' && chunkLength > 1)
const isBounded = (benchCase) => isBoundedDecoding(benchCase) || benchCase.group === 'encode' || benchCase.parts === 'frame'

/** `where` says of a case whether the implementation can do it. */
const ours = [
  {
    id: 'messages',
    title: 'MessageReader, owned chunks',
    options: { reader: 'MessageReader', ownsChunks: true },
    where: (benchCase) => !isEncoding(benchCase),
  },
  {
    id: 'messages-borrowed',
    title: 'MessageReader, borrowed chunks',
    options: { reader: 'MessageReader', ownsChunks: false },
    where: (benchCase) => !isEncoding(benchCase),
  },
  {
    id: 'frames',
    title: 'FrameReader, owned chunks',
    options: { reader: 'FrameReader', ownsChunks: true },
    where: ({ group, type }) => (group === 'decode' || group === 'cut') && type === 'binary',
  },
  {
    id: 'frames-borrowed',
    title: 'FrameReader, borrowed chunks',
    options: { reader: 'FrameReader', ownsChunks: false },
    where: ({ group, type }) => (group === 'decode' || group === 'cut') && type === 'binary',
  },
  {
    id: 'encodeFrame',
    title: 'encodeFrame',
    options: { call: 'encodeFrame' },
    where: ({ group, parts }) => group === 'encode' || parts === 'frame',
  },
  {
    id: 'encodeFrameInto',
    title: 'encodeFrameInto',
    options: { call: 'encodeFrameInto' },
    where: ({ group }) => group === 'encode',
  },
  {
    id: 'encodeHeader',
    title: 'encodeHeader, payload as it is',
    options: { call: 'encodeHeader' },
    where: ({ group, masked, parts }) => (group === 'encode' && !masked) || parts === 'header',
  },
].map((variant) => ({ ...variant, file: 'ours.mjs', isOurs }))

const withoutAddons = { WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1' }

const peers = [
  { id: 'ws', title: 'ws, with add-ons', file: 'ws.mjs', where: () => true },
  {
    id: 'ws-js',
    title: 'ws, without add-ons',
    file: 'ws.mjs',
    env: withoutAddons,
    where: isForAll,
  },
  {
    id: 'ws-list',
    title: 'ws Sender.frame, list as it is',
    file: 'ws.mjs',
    options: { asList: true },
    where: ({ group, masked }) => group === 'encode' && !masked,
  },
  {
    id: 'websocket-driver',
    title: 'websocket-driver',
    file: 'websocket-driver.mjs',
    where: isForAll,
  },
  { id: 'websocket', title: 'websocket', file: 'websocket.mjs', where: isForAll },
  {
    id: 'undici',
    title: 'undici',
    file: 'undici.mjs',
    // A client: it refuses frames that are masked, and masks all that it sends.
    where: (benchCase) => isForAll(benchCase) && benchCase.masked === isEncoding(benchCase),
  },
  { id: 'wslay', title: 'libwslay (C)', file: 'wslay.c', where: ({ group }) => ['decode', 'trace', 'cut'].includes(group) },
  {
    id: 'least',
    title: 'the least to be done',
    file: 'least.mjs',
    where: isBounded,
  },
  {
    id: 'least-borrowed',
    title: 'the least to be done, borrowed chunks',
    file: 'least.mjs',
    options: { isBorrowed: true },
    where: isBoundedDecoding,
  },
  {
    id: 'least-list',
    title: 'the least to be done, as a list',
    file: 'least.mjs',
    options: { asList: true },
    where: ({ group, masked, parts }) => (group === 'encode' && !masked) || parts === 'header',
  },
  {
    id: 'contract',
    title: 'the least under the contract',
    file: 'contract.mjs',
    where: isBounded,
  },
  {
    id: 'contract-borrowed',
    title: 'the least under the contract, borrowed chunks',
    file: 'contract.mjs',
    options: { isBorrowed: true },
    where: isBoundedDecoding,
  },
  {
    id: 'copy',
    title: 'copying the bytes',
    file: 'copy.mjs',
    isFloor: true,
    where: ({ group }) => group !== 'read' && group !== 'write',
  },
]

/** What masks with our WebAssembly, or checks texts with our check. */
const usesOurs = ({ file }) => file === 'least.mjs' || file === 'contract.mjs'

/** @param {string[]} builds other builds of ours, to be measured beside the first */
export function implementationsOf(builds) {
  const [first, ...others] = builds
  return [
    ...ours.map((variant) => ({ ...variant, options: { ...variant.options, build: first } })),
    ...others.flatMap((build, i) =>
      ours.map((variant) => ({
        ...variant,
        id: `${variant.id}@${i + 2}`,
        title: `${variant.title} [build ${i + 2}]`,
        variantOf: variant.id,
        options: { ...variant.options, build },
      })),
    ),
    ...peers.map((peer) => (usesOurs(peer) ? { ...peer, options: { ...peer.options, build: first } } : peer)),
  ]
}
