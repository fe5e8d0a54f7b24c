/** The scoreboard as JSON, a line for each section of a peer with the ids of the vectors that it fails. */
export function jsonOf(vectors, peers) {
  const text = (value) => JSON.stringify(value)
  const rows = peers.map(({ sections, ...peer }) => {
    const lines = Object.entries(sections).map(([section, ids]) => `    ${text(section)}: ${text(ids)}`)
    return `${text(peer).slice(0, -1)}, "sections": {\n${lines.join(',\n')}\n  }}`
  })
  return `{ "vectors": ${vectors}, "peers": [\n  ${rows.join(',\n  ')}\n] }\n`
}

/** The scoreboard as a table. */
export function markdown({ vectors, peers }) {
  const rows = peers.map(({ name, version, language, passed, late, failed, skipped, sections }) => {
    const where = Object.entries(sections)
      .sort(([, a], [, b]) => b.length - a.length)
      .map(([section, ids]) => `${section} (${ids.length})`)
    return `| ${name} ${version} | ${language} | ${passed} | ${late} | ${failed} | ${skipped} | ${where.join(', ')} |`
  })
  return `# Scoreboard

How other implementations read the ${vectors} vectors, in the versions that npm and Debian 12 have. *Late*: correct, but reported later
than the violation was certain. *Skipped*: the vector needs a feature that the implementation lacks, or an option that cannot be set here.
*Failed*: the result is neither that of the vector nor one of its alternatives. A different close code counts as a failure, a missing one
does not. [scoreboard.json](scoreboard.json) lists every failure. [README.md](README.md) says how the results are made.

| implementation | | passed | late | failed | skipped | failed in the sections |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`
}
