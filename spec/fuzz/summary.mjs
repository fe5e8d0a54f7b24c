/**
 * What a run prints.
 */

/** Characters of a stream. */
const MAX_SHOWN = 4000

export class Summary {
  failures = 0
  #begun = Date.now()
  #peers = {}
  #streams = 0
  #bytes = 0
  #rules = {}
  #asked = {}
  #reasons = new Map()

  setPeers(said) {
    this.#peers = said
  }

  /** Takes what came of a batch into account. */
  add({ streams, bytes, rules, asked, reasons }) {
    this.#streams += streams
    this.#bytes += bytes
    for (const [rule, count] of Object.entries(rules)) this.#rules[rule] = (this.#rules[rule] ?? 0) + count
    for (const [peer, count] of Object.entries(asked)) this.#asked[peer] = (this.#asked[peer] ?? 0) + count
    for (const [key, { count, example, sender }] of Object.entries(reasons)) {
      const known = this.#reasons.get(key) ?? { count: 0, example, sender }
      const shorter = example.length < known.example.length ? { example, sender } : {}
      this.#reasons.set(key, { ...known, ...shorter, count: known.count + count })
    }
  }

  progress() {
    const seconds = (Date.now() - this.#begun) / 1000
    return `${this.#streams} streams in ${Math.round(seconds)} s`
  }

  text() {
    const seconds = (Date.now() - this.#begun) / 1000
    const rate = Math.round(this.#streams / seconds)
    const mean = (this.#bytes / Math.max(1, this.#streams)).toFixed(1)
    const rules = Object.entries(this.#rules).sort(([, a], [, b]) => b - a)
    const peers = Object.entries(this.#peers).map(([peer, said]) => [peer, said, this.#asked[peer] ?? 0])
    const reasons = [...this.#reasons].map(([key, { count, example, sender }]) => [
      ...JSON.parse(key),
      count,
      `${sender}: ${shortened(example)}`,
    ])
    return [
      `${this.#streams} streams in ${seconds.toFixed(0)} s (${rate} a second, ${mean} bytes on average), ` + `${this.failures} failures`,
      '',
      table(['first violation', 'streams'], rules),
      ...(peers.length === 0 ? [] : ['', table(['peer', 'version', 'streams'], peers)]),
      ...(reasons.length === 0 ? [] : ['', table(['peer', 'rule', 'differs because it', 'streams', 'example'], reasons.sort(byText))]),
    ].join('\n')
  }

  /** One stream in full. */
  static shown({ text, readings }) {
    return [`stream: ${text}`, ...readings.map(([name, reading]) => `${name}: ${reading}`)].join('\n')
  }

  static failure({ index, found, least }, again) {
    return [
      `FAILURE in stream ${index}; to see it again: ${again}`,
      ...described(found),
      'made as small as it fails:',
      ...described(least),
      '',
    ].join('\n')
  }
}

function described({ during, what, expected, actual, text }) {
  return [
    `  ${during}: ${what}`,
    `    expected: ${expected}`,
    `    actual:   ${actual}`,
    `    stream:   ${text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}... (see it again)`}`,
  ]
}

function shortened(hex) {
  return hex.length <= 60 ? hex : `${hex.slice(0, 60)}... (${hex.length / 2} bytes)`
}

function byText(a, b) {
  return a.join('\t') < b.join('\t') ? -1 : 1
}

/** Columns as wide as they need to be; numbers on the right. */
function table(head, rows) {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => String(row[i]).length)))
  const line = (row) => row.map((cell, i) => (typeof cell === 'number' ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i])))
  return [head, ...rows].map((row) => line(row).join('  ').trimEnd()).join('\n')
}
