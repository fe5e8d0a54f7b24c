/**
 * The mutants of a report that no spec noticed, or that had to be ended, and how they differ from lists of them with reasons.
 */

/** Of longer code the first line and the last are told: the change of a whole function is not another when a line of it is. */
const MOST_LINES = 3

/**
 * @param files - what a report of Stryker has of each file, in the format of mutation-testing-report-schema
 * @returns of each survivor the file, the line of code and what becomes of it: unlike line numbers, these last
 */
export function survivorsOf(files) {
  return changesOf(files, ({ status }) => status === 'Survived' || status === 'NoCoverage')
}

/**
 * Stryker ends a mutant when its time is over, or when the changed code has run a hundred times as often as it should. Which of the two
 * comes first depends on the machine, so both count as the same.
 *
 * @returns the same of each mutant that was ended
 */
export function endedOf(files) {
  return changesOf(files, ({ status }) => status === 'Timeout')
}

function changesOf(files, isMeant) {
  return Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants.filter(isMeant).map((mutant) => ({ file, ...changeOf(source, mutant) })),
  )
}

function changeOf(source, { location: { start, end }, replacement }) {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const before = lines[0].slice(0, start.column - 1)
  const after = lines.at(-1).slice(end.column - 1)
  const told = lines.length > MOST_LINES ? [lines[0], '...', lines.at(-1)] : lines
  return { code: inOneLine(told.join('\n')), becomes: inOneLine(before + replacement + after) }
}

function inOneLine(code) {
  return code.trim().replaceAll(/\s+/g, ' ')
}

/**
 * @param found - survivors
 * @param listed - groups of them: `{ reason, mutants }`
 * @param files - those that were mutated; what is listed of others is passed over
 * @returns what was found and is not listed, and what is listed and was not found
 */
export function compare(found, listed, files) {
  const stale = listed.flatMap(({ mutants }) => mutants).filter(({ file }) => files.includes(file))
  const unlisted = found.filter((survivor) => {
    const index = stale.findIndex((other) => isSame(survivor, other))
    if (index >= 0) stale.splice(index, 1)
    return index < 0
  })
  return { unlisted, stale }
}

function isSame(one, other) {
  return one.file === other.file && one.code === other.code && one.becomes === other.becomes
}
