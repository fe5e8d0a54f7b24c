/**
 * Makes a case smaller as long as it still fails: fewer bytes, fewer chunks, plainer ones.
 */
import type { Case } from './case.js'

/** Tries that are made at most; a try may take a while where a peer has to be asked. */
const MAX_TRIES = 2000
/** And the bytes of all tries together. */
const MAX_BYTES = 2 ** 21

export async function minimise(subject: Case, fails: (smaller: Case) => boolean | Promise<boolean>): Promise<Case> {
  let least = subject
  let tries = 0
  let bytes = 0
  const isOver = () => tries >= MAX_TRIES || bytes >= MAX_BYTES
  const attempt = async (smaller: Case): Promise<boolean> => {
    if (isOver()) return false
    tries += 1
    bytes += smaller.bytes.length
    const isSmaller = await fails(smaller)
    if (isSmaller) least = smaller
    return isSmaller
  }

  for (let before: Case | null = null; before !== least && !isOver();) {
    before = least
    for (let size = least.bytes.length; size >= 1; size = Math.floor(size / 2)) {
      for (let start = 0; start < least.bytes.length && !isOver();) {
        if (!(await attempt(without(least, start, size)))) start += size
      }
    }
    for (let i = least.cuts.length - 1; i >= 0; i--) await attempt({ ...least, cuts: least.cuts.filter((_, j) => j !== i) })
    for (let i = 0; i < least.bytes.length && !isOver(); i++) {
      if (least.bytes[i] !== 0) await attempt({ ...least, bytes: least.bytes.map((octet, j) => (j === i ? 0 : octet)) })
    }
  }
  return least
}

/** Leaves out some bytes; the cuts stay between the same bytes. */
function without(subject: Case, start: number, size: number): Case {
  const end = Math.min(start + size, subject.bytes.length)
  const bytes = new Uint8Array(subject.bytes.length - (end - start))
  bytes.set(subject.bytes.subarray(0, start))
  bytes.set(subject.bytes.subarray(end), start)
  const cuts = subject.cuts.map((cut) => (cut <= start ? cut : Math.max(start, cut - (end - start))))
  return { ...subject, bytes, cuts }
}
