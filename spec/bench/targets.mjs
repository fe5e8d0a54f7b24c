/**
 * What this package wants to reach: how many times as long as ours a peer takes, at least.
 */
import { sizeTitle } from './cases.mjs'
import { ratioOf } from './figures.mjs'

const isDecoding = (masked, type) => (tested) => tested.group === 'decode' && tested.masked === masked && tested.type === type
const isEncoding = (masked) => (tested) => tested.group === 'encode' && tested.masked === masked

/** Ahead is ahead, but not by what two runs of the same differ in. */
const AHEAD = 1.02

/** Two costs per byte that are to be the same may differ by a quarter: so much they do from run to run. */
const SAME = 1.25

const targets = [
  { where: isDecoding(true, 'binary'), sizes: [0, 16, 125], ours: 'messages', peer: 'ws', least: 5 },
  { where: isDecoding(true, 'binary'), sizes: [1024], ours: 'messages', peer: 'ws', least: 3 },
  { where: isDecoding(true, 'binary'), sizes: [16_384], ours: 'messages', peer: 'ws', least: 1.5 },
  { where: isDecoding(true, 'binary'), sizes: [2 ** 20], ours: 'messages', peer: 'ws', least: 1.2 },
  { where: isDecoding(false, 'binary'), sizes: [0, 16, 125, 1024, 16_384], ours: 'messages', peer: 'ws', least: 5 },
  { where: isDecoding(true, 'text'), sizes: [16, 125, 1024], ours: 'messages', peer: 'ws', least: 3 },
  { where: isDecoding(false, 'text'), sizes: [16, 125, 1024], ours: 'messages', peer: 'ws', least: 3 },
  { where: isDecoding(true, 'binary'), sizes: [16, 125, 1024, 16_384], ours: 'messages', peer: 'wslay', least: AHEAD },
  { where: isEncoding(true), sizes: [0, 16, 125, 1024], ours: 'encodeFrame', peer: 'ws', least: 2 },
  { where: isEncoding(true), sizes: [16_384, 2 ** 20], ours: 'encodeFrame', peer: 'ws', least: AHEAD },
  { where: isEncoding(false), sizes: [0, 16, 125, 1024], ours: 'encodeFrame', peer: 'ws', least: 2 },
  { where: isEncoding(false), sizes: [16_384, 2 ** 20], ours: 'encodeFrame', peer: 'ws', least: AHEAD },
  { where: isEncoding(false), sizes: [0, 16, 125, 1024], ours: 'encodeHeader', peer: 'ws-list', least: 2 },
  { where: isEncoding(false), sizes: [16_384, 2 ** 20], ours: 'encodeHeader', peer: 'ws-list', least: AHEAD },
  {
    where: ({ group, chunkLength }) => group === 'cut' && chunkLength === 1,
    sizes: [2 ** 20],
    ours: 'messages',
    peer: 'ws',
    least: 3,
  },
]

/**
 * The figures that are there held against the targets; without those that miss one. `bound` is the ratio that the least that
 * JavaScript has to do would reach.
 */
export function targetsOf(figures) {
  const tested = new Map(figures.map((figure) => [`${figure.case.table} ${figure.case.size}`, figure.case]))
  const found = targets.flatMap(({ where, sizes, ours, peer, least }) =>
    [...tested.values()]
      .filter((candidate) => where(candidate) && sizes.includes(candidate.size))
      .flatMap((candidate) => {
        const figure = figures.find((other) => isOf(other, candidate, peer))
        const ratio = ratioOf(
          figure,
          figures.find((other) => isOf(other, candidate, ours)),
        )
        if (ratio === null) return []
        const title = `${candidate.table}, ${sizeTitle(candidate.size)}: ${peer} / ${ours}`
        const bound = ratioOf(
          figure,
          figures.find((other) => isOf(other, candidate, ours === 'encodeHeader' ? 'least-list' : 'least')),
        )
        return [{ title, least, ratio, bound, isOver: figure.isOver, isReached: ratio >= least }]
      }),
  )
  return [...found, ...sameCostPerByte(figures)]
}

function isOf(figure, { table, size }, implementation) {
  return figure.case.table === table && figure.case.size === size && figure.implementation === implementation
}

/** A message in one-byte chunks costs the same per byte, however long it is. */
function sameCostPerByte(figures) {
  const ofSize = (length) =>
    figures.find(({ case: { group, chunkLength, size }, implementation }) => {
      return group === 'cut' && chunkLength === 1 && size === length && implementation === 'messages'
    })
  const ratio = ratioOf(ofSize(2 ** 20), ofSize(2 ** 16))
  if (ratio === null) return []
  return [
    {
      title: 'one-byte chunks: messages, 1 MiB / 64 KiB, per byte',
      most: SAME,
      ratio,
      isOver: false,
      isReached: ratio <= SAME,
    },
  ]
}
