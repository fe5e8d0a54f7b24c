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

How other implementations read the ${vectors} vectors, in the versions that npm and Debian 12 have. *Late*: right, but later than it was
certain; *skipped*: what an implementation has not, or cannot be told here, such as a limit of one frame. A failure is a vector for which
neither the verdict nor an alternative is what came. Another close code is a failure; none is not. scoreboard.json lists each of them.

| implementation | | passed | late | failed | skipped | failed in the sections |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`
}
