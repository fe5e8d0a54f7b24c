/**
 * The frames of a connection, each with the message that it completes and with what is wrong with it.
 */
import { opcodeName } from '../decode/payload.mjs'
import { coloured, element } from './dom.mjs'
import { virtualScroller } from './virtual.mjs'

/** @typedef {import('./worker.mjs').Summary} Summary */
/** @typedef {import('./worker.mjs').RowContent} RowContent */

/** In pixels, as in the style sheet. */
const HEIGHT = { line: 32, assembled: 26, violation: 86 }

/**
 * @param {HTMLElement} container
 * @param {object} handlers
 * @param {(row: number, isChosen: boolean) => void} handlers.onPoint hovered, or chosen by a click or by keys
 * @param {() => void} handlers.onLeave
 * @param {(from: number, to: number) => Promise<RowContent[]>} handlers.contentOf
 */
export function createList(container, { onPoint, onLeave, contentOf }) {
  /** @type {Summary | null} */
  let summary = null
  let tops = new Float64Array(1)
  /** Of the first frame, in seconds. */
  let startTime = 0
  /** @type {Map<number, Summary['violations']>} */
  let violations = new Map()
  /** @type {Map<number, RowContent>} */
  let contents = new Map()
  /** @type {Map<number, { item: HTMLElement, content: RowContent | undefined }>} */
  const drawnRows = new Map()
  let lit = -1
  let chosen = 0
  /** Answers to what was asked of another connection come too late. */
  let generation = 0

  const count = () => tops.length - 1
  const scroller = virtualScroller(container, { count, topOf: (index) => tops[index] ?? 0, indexAt, draw })

  /** @param {number} y */
  function indexAt(y) {
    let low = 0
    let high = count() - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((tops[middle] ?? 0) <= y) low = middle
      else high = middle - 1
    }
    return low
  }

  /**
   * @param {number} first
   * @param {number} end
   */
  function* draw(first, end) {
    fetchContent(first, end)
    for (const row of drawnRows.keys()) if (row < first || row >= end) drawnRows.delete(row)
    for (let row = first; row < end; row++) {
      const known = drawnRows.get(row)
      const content = contents.get(row)
      const isDrawn = known !== undefined && known.content === content
      const item = isDrawn ? known.item : drawnRow(row)
      if (!isDrawn) drawnRows.set(row, { item, content })
      item.classList.toggle('lit', row === lit)
      item.classList.toggle('chosen', row === chosen)
      item.setAttribute('aria-selected', String(row === chosen))
      yield item
    }
  }

  /**
   * @param {number} first
   * @param {number} end
   */
  async function fetchContent(first, end) {
    let from = first
    while (from < end && contents.has(from)) from++
    if (from >= end) return
    const asked = generation
    const answer = await contentOf(from, end)
    if (asked !== generation || answer.length === 0) return
    for (const [index, content] of answer.entries()) contents.set(from + index, content)
    scroller.later()
  }

  /** @param {number} row */
  function drawnRow(row) {
    if (summary === null) return element('div')
    const { rows, streams } = summary
    const stream = streams[rows.stream[row] ?? 0]
    const sender = stream?.sender ?? null
    const own = violations.get(row) ?? []
    const content = contents.get(row)
    const line = rows.isFrame[row] === 1 ? frameLine(row, sender, content) : endLine(row)
    return element(
      'div',
      {
        className: `item from-${sender ?? 'unknown'}${rows.isBad[row] === 1 ? ' bad' : ''}`,
        id: `r${row}`,
        role: 'option',
        'aria-posinset': row + 1,
        'aria-setsize': count(),
        'data-row': row,
      },
      line,
      rows.isAssembled[row] === 1 && element('div', { className: 'assembled' }, ...coloured(content?.assembled ?? [])),
      ...own.map((violation) =>
        element(
          'div',
          { className: 'violation' },
          element(
            'div',
            {},
            element('b', {}, `✗ ${violation.rule}`),
            ` RFC ${violation.rfc} section ${violation.section}, close code ${violation.closeCode}, certain at byte ${violation.at}`,
          ),
          element('div', { className: 'found', title: violation.found }, violation.found),
          element('q', {}, violation.sentence),
        ),
      ),
    )
  }

  /**
   * @param {number} row
   * @param {string | null} sender
   * @param {RowContent | undefined} content
   */
  function frameLine(row, sender, content) {
    if (summary === null) return element('div')
    const { rows, streams } = summary
    const offset = rows.offset[row] ?? 0
    const bytes = streams[rows.stream[row] ?? 0]?.bytes
    const first = bytes?.[offset] ?? 0
    const flags = [
      [0x80, 'FIN'],
      [0x40, 'RSV1'],
      [0x20, 'RSV2'],
      [0x10, 'RSV3'],
    ]
      .flatMap(([bit, name]) => ((first & Number(bit)) !== 0 ? [name] : []))
      .join(' ')
    const time = rows.time[row] ?? NaN
    return element(
      'div',
      { className: 'line' },
      !Number.isNaN(time) && element('span', { className: 'time' }, `${(time - startTime).toFixed(6)} s`),
      sender !== null &&
        element(
          'span',
          { className: 'arrow', title: `from the ${sender}` },
          element('span', { 'aria-hidden': 'true' }, sender === 'client' ? '→' : '←'),
          element('span', { className: 'unseen' }, sender),
        ),
      element('span', { className: 'at', title: 'byte' }, String(offset)),
      element('span', { className: `op op-${opcodeName(first & 15)}` }, opcodeName(first & 15)),
      element('span', { className: 'flags' }, flags),
      element(
        'span',
        { className: 'preview' },
        content?.isInflated === true && element('span', { className: 'chip' }, 'inflated'),
        ' ',
        ...coloured(content?.spans ?? []),
      ),
    )
  }

  /** @param {number} row */
  function endLine(row) {
    if (summary === null) return element('div')
    const { rows, streams } = summary
    const stream = streams[rows.stream[row] ?? 0]
    const offset = rows.offset[row] ?? 0
    const left = (rows.end[row] ?? 0) - offset
    const text =
      stream === undefined
        ? ''
        : stream.bytesNeeded !== null
          ? `the end, inside a frame: it needs at least ${stream.bytesNeeded} more`
          : stream.messageOpen && left === 0
            ? 'the end, inside a fragmented message'
            : stream.error !== null && stream.error.offset >= offset
              ? `${left} bytes left`
              : `${left} bytes after the Close frame, discarded`
    return element(
      'div',
      { className: 'line end' },
      element('span', { className: 'at' }, String(offset)),
      element('span', { className: 'preview' }, text),
    )
  }

  const rowOf = (/** @type {Event} */ event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-row]') : null
    return target === null ? null : Number(target.getAttribute('data-row'))
  }
  let lastPoint = ''
  container.addEventListener('pointermove', (event) => {
    const point = `${event.clientX} ${event.clientY}`
    const row = event.pointerType === 'mouse' && point !== lastPoint ? rowOf(event) : null
    lastPoint = point
    if (row !== null && row !== lit) onPoint(row, false)
  })
  container.addEventListener('pointerleave', () => onLeave())
  container.addEventListener('click', (event) => {
    const row = rowOf(event)
    if (row !== null) onPoint(row, true)
  })
  container.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || count() === 0) return
    const page = scroller.page(HEIGHT.line)
    /** @type {Record<string, number>} */
    const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -chosen, End: count() - 1 - chosen }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    onPoint(Math.max(0, Math.min(count() - 1, chosen + step)), true)
  })

  return {
    /** @param {Summary} newSummary */
    show(newSummary) {
      generation++
      summary = newSummary
      startTime = summary.rows.time.find((time) => !Number.isNaN(time)) ?? 0
      contents = new Map()
      drawnRows.clear()
      violations = new Map()
      for (const violation of summary.violations) violations.set(violation.row, [...(violations.get(violation.row) ?? []), violation])
      const { isFrame, isAssembled } = summary.rows
      tops = new Float64Array(isFrame.length + 1)
      for (let row = 0; row < isFrame.length; row++) {
        tops[row + 1] =
          (tops[row] ?? 0) +
          HEIGHT.line +
          (isAssembled[row] ?? 0) * HEIGHT.assembled +
          (violations.get(row)?.length ?? 0) * HEIGHT.violation
      }
      lit = -1
      chosen = 0
      container.scrollTop = 0
      scroller.render()
    },
    /**
     * @param {number} newLit
     * @param {number | null} newChosen
     * @param {boolean} mayScroll
     */
    light(newLit, newChosen, mayScroll) {
      lit = newLit
      if (newChosen !== null) chosen = newChosen
      if (mayScroll && count() > 0) scroller.reveal(lit)
      else scroller.later()
      container.setAttribute('aria-activedescendant', `r${chosen}`)
    },
  }
}
