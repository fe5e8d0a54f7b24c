/**
 * The bytes of a stream, coloured by field.
 */
import { element } from './dom.mjs'
import { FIELD_NAMES, kindsAt } from './fields.mjs'
import { virtualScroller } from './virtual.mjs'

/**
 * @typedef {object} Stretch a frame, or what is left at the end
 * @property {number} row of the list
 * @property {number} offset
 * @property {number} end
 * @property {boolean} isRest discarded after a Close frame
 */

/** Below this width rows have eight bytes, in pixels. */
const NARROW = 560

/**
 * @param {HTMLElement} container
 * @param {object} handlers
 * @param {(byte: number, isChosen: boolean) => void} handlers.onPoint hovered, or chosen by a click or by keys
 * @param {() => void} handlers.onLeave
 */
export function createGrid(container, { onPoint, onLeave }) {
  let bytes = new Uint8Array(0)
  /** @type {(byte: number) => Stretch | null} */
  let stretchAt = () => null
  /** @type {Set<number>} */
  let wrong = new Set()
  /** What is lit: a frame, in it a field, and the byte under the pointer. */
  let lit = { from: 0, to: 0, fieldFrom: 0, fieldTo: 0, byte: -1 }
  let chosen = 0
  let perRow = 16
  /** @type {{ row: HTMLElement, offset: HTMLElement, cells: HTMLElement[], letters: HTMLElement[] }[]} */
  let pool = []

  const rowHeight = () => (perRow === 8 ? 30 : 25)
  const scroller = virtualScroller(container, {
    count: () => Math.ceil(bytes.length / perRow),
    topOf: (index) => index * rowHeight(),
    indexAt: (y) => Math.max(0, Math.min(Math.ceil(bytes.length / perRow) - 1, Math.floor(y / rowHeight()))),
    draw,
  })
  new ResizeObserver(() => {
    const fitting = container.clientWidth < NARROW ? 8 : 16
    if (fitting === perRow) return
    perRow = fitting
    pool = []
    scroller.render()
  }).observe(container)

  function pooledRow(/** @type {number} */ index) {
    const known = pool[index]
    if (known !== undefined) return known
    const offset = element('span', { className: 'offset', role: 'rowheader' })
    const cells = Array.from({ length: perRow }, () => element('span', { className: 'c', role: 'gridcell' }, element('i'), element('i')))
    const letters = Array.from({ length: perRow }, () => element('span', { className: 'l' }))
    const row = element(
      'div',
      { className: `row of-${perRow}`, role: 'row' },
      offset,
      element('span', { className: 'cells', role: 'presentation' }, ...cells),
      element('span', { className: 'letters', 'aria-hidden': 'true' }, ...letters),
    )
    const created = { row, offset, cells, letters }
    pool[index] = created
    return created
  }

  /**
   * @param {number} first
   * @param {number} end
   */
  function* draw(first, end) {
    container.setAttribute('aria-rowcount', String(Math.ceil(bytes.length / perRow)))
    container.setAttribute('aria-colcount', String(perRow))
    let stretch = stretchAt(first * perRow)
    for (let index = first; index < end; index++) {
      const { row, offset, cells, letters } = pooledRow(index - first)
      row.setAttribute('aria-rowindex', String(index + 1))
      offset.textContent = (index * perRow).toString(16).padStart(6, '0')
      for (let column = 0; column < perRow; column++) {
        const at = index * perRow + column
        const cell = cells[column]
        const letter = letters[column]
        if (cell === undefined || letter === undefined) continue
        const octet = bytes[at]
        if (octet === undefined) {
          cell.className = 'c none'
          cell.removeAttribute('id')
          letter.className = 'l none'
          letter.textContent = ''
          continue
        }
        if (stretch === null || at >= stretch.end) stretch = stretchAt(at)
        dress(cell, letter, at, octet, stretch)
      }
      yield row
    }
  }

  /**
   * @param {HTMLElement} cell
   * @param {HTMLElement} letter
   * @param {number} at
   * @param {number} octet
   * @param {Stretch | null} stretch
   */
  function dress(cell, letter, at, octet, stretch) {
    const [high, low] = stretch === null || stretch.isRest ? ['rest', 'rest'] : kindsAt(bytes, stretch.offset, at)
    const [first, second] = cell.children
    if (first === undefined || second === undefined) return
    first.textContent = (octet >> 4).toString(16)
    second.textContent = (octet & 15).toString(16)
    const hasRsv = high === 'fin' && (octet & 0x70) !== 0
    first.className = `f-${high}${hasRsv ? ' has-rsv' : ''}`
    second.className = `f-${low}`
    const marks = [
      stretch !== null && at === stretch.offset && 'start',
      at >= lit.from && at < lit.to && 'on',
      at >= lit.fieldFrom && at < lit.fieldTo && 'field',
      at === lit.byte && 'here',
      at === chosen && 'chosen',
      wrong.has(at) && 'wrong',
    ]
      .filter(Boolean)
      .join(' ')
    cell.className = `c ${marks}`
    cell.id = `b${at}`
    cell.dataset['at'] = String(at)
    letter.className = `l ${marks}`
    letter.dataset['at'] = String(at)
    letter.textContent = octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·'
    if (at === chosen) cell.setAttribute('aria-label', labelOf(at, stretch))
    else cell.removeAttribute('aria-label')
  }

  /**
   * @param {number} at
   * @param {Stretch | null} stretch
   */
  function labelOf(at, stretch) {
    const hex = (bytes[at] ?? 0).toString(16).padStart(2, '0')
    const kinds =
      stretch === null || stretch.isRest ? ['discarded'] : [...new Set(kindsAt(bytes, stretch.offset, at).map((kind) => FIELD_NAMES[kind]))]
    return `byte ${at}, ${hex}, ${kinds.join(' and ')}${wrong.has(at) ? ', a violation is certain here' : ''}`
  }

  const byteOf = (/** @type {Event} */ event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-at]') : null
    return target instanceof HTMLElement ? Number(target.dataset['at']) : null
  }
  let lastPoint = ''
  container.addEventListener('pointermove', (event) => {
    // Scrolling moves the content below a pointer that rests.
    const point = `${event.clientX} ${event.clientY}`
    const at = event.pointerType === 'mouse' && point !== lastPoint ? byteOf(event) : null
    lastPoint = point
    if (at !== null && at !== lit.byte) onPoint(at, false)
  })
  container.addEventListener('pointerleave', () => onLeave())
  container.addEventListener('click', (event) => {
    const at = byteOf(event)
    if (at !== null) onPoint(at, true)
  })
  container.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || bytes.length === 0) return
    const page = scroller.page(rowHeight()) * perRow
    /** @type {Record<string, number>} */
    const steps = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -perRow,
      ArrowDown: perRow,
      PageUp: -page,
      PageDown: page,
      Home: -chosen,
      End: bytes.length - 1 - chosen,
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    onPoint(Math.max(0, Math.min(bytes.length - 1, chosen + step)), true)
  })

  return {
    /**
     * @param {Uint8Array<ArrayBuffer>} newBytes
     * @param {(byte: number) => Stretch | null} newStretchAt
     * @param {Set<number>} newWrong bytes that make a violation certain
     */
    show(newBytes, newStretchAt, newWrong) {
      bytes = newBytes
      stretchAt = newStretchAt
      wrong = newWrong
      chosen = 0
      container.scrollTop = 0
      scroller.render()
    },
    /**
     * @param {typeof lit} newLit
     * @param {number | null} newChosen
     * @param {boolean} mayScroll
     */
    light(newLit, newChosen, mayScroll) {
      lit = newLit
      if (newChosen !== null) chosen = newChosen
      if (mayScroll && bytes.length > 0) scroller.reveal(Math.floor((lit.byte >= 0 ? lit.byte : lit.from) / perRow))
      else scroller.later()
      container.setAttribute('aria-activedescendant', `b${chosen}`)
    },
    labelOf: (/** @type {number} */ at) => labelOf(at, stretchAt(at)),
  }
}
