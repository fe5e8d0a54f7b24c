/**
 * The figure of RFC 6455, section 5.2, with the bits of one frame.
 */
import { opcodeName } from '../decode/payload.mjs'
import { element } from './dom.mjs'
import { fieldsOf } from './fields.mjs'

/** @typedef {import('./fields.mjs').Field} Field */

const BITS = 32

/**
 * @param {HTMLElement} container
 * @param {object} handlers
 * @param {(field: Field, isChosen: boolean) => void} handlers.onPoint
 * @param {() => void} handlers.onLeave
 */
export function createDiagram(container, { onPoint, onLeave }) {
  /** @type {Field[]} */
  let fields = []
  let shownFor = ''
  let focused = 0

  const partOf = (/** @type {Event} */ event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-field]') : null
    return target === null ? undefined : fields[Number(target.getAttribute('data-field'))]
  }
  container.addEventListener('pointermove', (event) => {
    const field = event.pointerType === 'mouse' ? partOf(event) : undefined
    if (field !== undefined) onPoint(field, false)
  })
  container.addEventListener('pointerleave', () => onLeave())
  container.addEventListener('click', (event) => {
    const field = partOf(event)
    if (field !== undefined) onPoint(field, true)
  })
  container.addEventListener('keydown', (event) => {
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -focused, End: fields.length - 1 - focused }
    const step = steps[event.key]
    if (step === undefined || fields.length === 0) return
    event.preventDefault()
    focused = Math.max(0, Math.min(fields.length - 1, focused + step))
    const field = fields[focused]
    if (field !== undefined) onPoint(field, true)
    const part = container.querySelector(`[data-field="${focused}"]`)
    if (part instanceof HTMLElement) part.focus()
  })

  return {
    /**
     * @param {Uint8Array} bytes
     * @param {number} offset
     * @param {number} end
     * @param {boolean} isRest
     */
    show(bytes, offset, end, isRest) {
      const key = `${offset} ${end} ${isRest}`
      if (key === shownFor && fields.length > 0) return
      shownFor = key
      fields = isRest || offset >= end ? [] : fieldsOf(bytes, offset, end)
      focused = Math.min(focused, Math.max(0, fields.length - 1))
      container.replaceChildren(
        ...(fields.length === 0 ? [element('p', { className: 'nothing' }, 'no frame here')] : drawn(bytes, offset, fields, focused)),
      )
    },
    forget() {
      shownFor = ''
    },
    /** @param {number} byte of the stream, at which a field is to be lit; -1 for none */
    light(byte, offset = 0) {
      const bit = (byte - offset) * 8
      for (const part of container.querySelectorAll('[data-field]')) {
        const field = fields[Number(part.getAttribute('data-field'))]
        part.classList.toggle('lit', byte >= 0 && field !== undefined && field.start < bit + 8 && field.end > bit)
      }
    },
    lightField: (/** @type {Field} */ lit) => {
      for (const part of container.querySelectorAll('[data-field]')) {
        part.classList.toggle('lit', fields[Number(part.getAttribute('data-field'))] === lit)
      }
    },
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} offset
 * @param {Field[]} fields
 * @param {number} focused
 */
function drawn(bytes, offset, fields, focused) {
  const payload = fields.find(({ kind }) => kind === 'payload')
  const headerEnd = payload?.start ?? fields.at(-1)?.end ?? 0
  const total = fields.at(-1)?.end ?? 0
  // Of the payload, the row in which it begins.
  const drawnEnd = Math.min(total, payload === undefined ? headerEnd : (Math.floor(headerEnd / BITS) + 1) * BITS)
  const bitAt = (/** @type {number} */ bit) => ((bytes[offset + (bit >> 3)] ?? 0) >> (7 - (bit & 7))) & 1
  const ruler = Array.from({ length: BITS }, (_, bit) =>
    element(
      'span',
      { className: 'ruler', 'aria-hidden': 'true' },
      element('b', {}, bit % 10 === 0 ? String(bit / 10) : ''),
      String(bit % 10),
    ),
  )
  const parts = fields.flatMap((field, index) => {
    /** @type {HTMLElement[]} */
    const made = []
    for (let start = field.start; start < Math.min(field.end, drawnEnd);) {
      const rowEnd = (Math.floor(start / BITS) + 1) * BITS
      const end = Math.min(field.end, rowEnd, drawnEnd)
      const isFirst = start === field.start
      const width = end - start
      // Over a single bit the letters stand one below the other, as in the RFC.
      const name = width === 1 ? [...field.short].join('\n') : width < 7 ? field.short : isFirst ? field.name : `${field.short} continued`
      const bits = Array.from({ length: width }, (_, i) => element('i', {}, String(bitAt(start + i))))
      const part = element(
        'button',
        {
          type: 'button',
          className: `part f-${field.kind}${width === 1 ? ' single' : ''}`,
          tabIndex: isFirst && index === focused ? 0 : -1,
          'data-field': index,
          title: `${field.name}: ${valueOf(bytes, offset, field)}`,
        },
        element('span', { className: 'unseen' }, isFirst ? `${field.name}: ${valueOf(bytes, offset, field)}` : `${field.name}, continued`),
        element('span', { className: 'name', 'aria-hidden': 'true' }, name),
        element('span', { className: 'values', 'aria-hidden': 'true' }, ...bits),
      )
      part.style.gridColumn = `span ${width}`
      part.style.setProperty('--bits', String(width))
      made.push(part)
      start = end
    }
    return made
  })
  const left = (total - drawnEnd) / 8
  return [
    ...ruler,
    ...parts,
    ...(left > 0 ? [element('p', { className: 'left' }, `Payload Data continued: ${left} more ${left === 1 ? 'byte' : 'bytes'}`)] : []),
  ]
}

/**
 * @param {Uint8Array} bytes
 * @param {number} offset
 * @param {Field} field
 */
function valueOf(bytes, offset, { kind, start, end }) {
  if (kind === 'payload') return `${(end - start) / 8} bytes`
  const slice = bytes.subarray(offset + (start >> 3), offset + Math.ceil(end / 8))
  if (kind === 'key') return Array.from(slice, (octet) => octet.toString(16).padStart(2, '0')).join(' ')
  if (kind === 'extended') return String(slice.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n))
  const octet = slice[0] ?? 0
  const value = (octet >> (8 - (start & 7) - (end - start))) & ((1 << (end - start)) - 1)
  if (kind === 'opcode') return `0x${value.toString(16)}, ${opcodeName(value)}`
  if (kind === 'length' && value >= 126) return `${value}, so the length is in the next ${value === 126 ? 2 : 8} bytes`
  return String(value)
}
