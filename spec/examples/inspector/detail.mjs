/**
 * Everything about one frame: its fields, what is wrong with it, its payload as text, as JSON and as hex.
 */
import { isJson } from '../decode/payload.mjs'
import { copy, element } from './dom.mjs'

/** @typedef {import('./worker.mjs').Detail} Detail */
/** @typedef {{ bytes: Uint8Array, text: string | null }} View */

/** More of a payload is shown only when it is asked for: in characters, and in bytes of hex. */
const MAX_TEXT = 50_000
const MAX_HEX = 4096

/** @type {Record<string, string>} */
const HINTS = {
  deflate: 'RSV1 here usually means that permessage-deflate was negotiated: then switch it on.',
  'deflate-not-negotiated':
    'RSV1 here usually means permessage-deflate, but the handshake did not negotiate it. To read it all the same, switch it on.',
  extension: 'If an extension was negotiated that uses the bit, say so in the options.',
}

/** The view that was chosen last is kept from frame to frame. */
let preferred = ''

/**
 * @param {Detail} detail
 * @param {string | null} sender
 * @param {() => void} onDeflate switches permessage-deflate on
 * @returns {{ heading: string, content: HTMLElement[] }}
 */
export function drawnDetail({ frame, close, payload, message, violations }, sender, onDeflate) {
  const cards = violations.map((violation) =>
    element(
      'div',
      { className: 'card' },
      element('h3', {}, `✗ ${violation.rule}`),
      element('p', {}, violation.found),
      element('blockquote', {}, violation.sentence, element('cite', {}, `RFC ${violation.rfc}, section ${violation.section}`)),
      element('p', { className: 'dim' }, `Certain at byte ${violation.at}; close code ${violation.closeCode} ${violation.closeName}.`),
      violation.hint !== null && element('p', { className: 'hint' }, HINTS[violation.hint] ?? ''),
      violation.hint !== null && violation.hint !== 'extension' && element('button', { type: 'button', onclick: onDeflate }, 'Switch on'),
    ),
  )
  if (frame === null) return { heading: 'After the last complete frame', content: cards }

  const facts = [
    ['opcode', `0x${frame.opcode.toString(16)} ${frame.name}`],
    ['FIN', frame.fin ? '1, the last fragment' : '0, more fragments follow'],
    ['RSV', frame.rsv.map(Number).join('')],
    ['length', `${frame.length} in ${frame.lengthBits} bits`],
    ['masking key', frame.maskingKey ?? 'none'],
    ...(close === null ? [] : [['close', close]]),
  ]
  const views = [
    ...(message === null ? [] : [{ name: message.isInflated ? 'Message, inflated' : 'Message', view: message }]),
    ...(payload === null || payload.bytes.length === 0
      ? []
      : [{ name: frame.maskingKey === null ? 'Payload' : 'Payload, unmasked', view: payload }]),
  ]
  const content = [
    element(
      'dl',
      { className: 'facts' },
      ...facts.map(([name = '', value = '']) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
    ),
    ...cards,
    ...views.map(({ name, view }) => drawnPayload(name, view)),
    ...(views.length === 0 ? [element('p', { className: 'dim' }, 'The payload is empty.')] : []),
  ]
  return { heading: `${frame.name} frame at byte ${frame.offset}${sender === null ? '' : `, from the ${sender}`}`, content }
}

/**
 * @param {string} name
 * @param {View} view
 */
function drawnPayload(name, view) {
  const { bytes, text } = view
  const kinds = [...(text !== null && isJson(text) ? ['JSON'] : []), ...(text === null ? [] : ['Text']), 'Hex']
  const pre = element('pre', { tabIndex: 0, 'aria-label': name })
  const more = element('button', { type: 'button', className: 'more-button' })
  const buttons = kinds.map((kind) =>
    element(
      'button',
      {
        type: 'button',
        onclick: () => {
          preferred = kind
          show(kind, false)
        },
      },
      kind,
    ),
  )
  const show = (/** @type {string} */ kind, /** @type {boolean} */ isWhole) => {
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.textContent === kind))
    const { shown, isCut } = rendered(kind, view, isWhole)
    pre.replaceChildren(...shown)
    pre.className = kind.toLowerCase()
    more.hidden = !isCut
    more.textContent = `Show all ${bytes.length.toLocaleString('en')} bytes`
    more.onclick = () => show(kind, true)
  }
  show(kinds.includes(preferred) ? preferred : (kinds[0] ?? 'Hex'), false)
  const copyButton = element(
    'button',
    {
      type: 'button',
      onclick: () => {
        const chosen = buttons.find((button) => button.getAttribute('aria-pressed') === 'true')?.textContent
        copy(chosen === 'Hex' || text === null ? spaced(bytes) : text, name)
      },
    },
    'Copy',
  )
  return element(
    'div',
    { className: 'payload' },
    element(
      'div',
      { className: 'payload-head' },
      element('h3', {}, `${name} `, element('small', {}, `${bytes.length.toLocaleString('en')} ${bytes.length === 1 ? 'byte' : 'bytes'}`)),
      element('div', { className: 'tabs', role: 'group', 'aria-label': 'Shown as' }, ...buttons),
      copyButton,
    ),
    pre,
    more,
  )
}

/**
 * @param {string} kind
 * @param {View} view
 * @param {boolean} isWhole
 * @returns {{ shown: (Node | string)[], isCut: boolean }}
 */
function rendered(kind, { bytes, text }, isWhole) {
  if (kind === 'Hex' || text === null) {
    const part = isWhole ? bytes : bytes.subarray(0, MAX_HEX)
    return { shown: [hexDump(part)], isCut: part.length < bytes.length }
  }
  const whole = kind === 'JSON' ? indentedJson(text) : text
  const part = isWhole ? whole : whole.slice(0, MAX_TEXT)
  return { shown: kind === 'JSON' ? colouredJson(part) : [part], isCut: part.length < whole.length }
}

/** @param {Uint8Array} bytes */
function hexDump(bytes) {
  const perRow = matchMedia('(max-width: 560px)').matches ? 8 : 16
  const lines = []
  for (let offset = 0; offset < bytes.length; offset += perRow) {
    const row = bytes.subarray(offset, offset + perRow)
    const letters = Array.from(row, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·')).join('')
    lines.push(`${offset.toString(16).padStart(6, '0')}  ${spaced(row).padEnd(perRow * 3 - 1)}  ${letters}`)
  }
  return lines.join('\n')
}

/** @param {Uint8Array} bytes */
function spaced(bytes) {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join(' ')
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g

/**
 * Token by token, since numbers that JavaScript cannot hold, and names that occur twice, are to be seen as they are.
 *
 * @param {string} text
 */
function indentedJson(text) {
  let depth = 0
  let before = ''
  /** @type {string[]} */
  const out = []
  const newLine = () => out.push(`\n${'  '.repeat(depth)}`)
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === ']' || token === '}') {
      depth--
      if (before !== '[' && before !== '{') newLine()
    } else if (before === '[' || before === '{' || before === ',') {
      newLine()
    }
    out.push(token === ':' ? ': ' : token)
    if (token === '[' || token === '{') depth++
    before = token
  }
  return out.join('')
}

/** @param {string} text */
function colouredJson(text) {
  const strings = /(?<key>"(?:[^"\\]|\\.)*"(?=: ))|(?<string>"(?:[^"\\]|\\.)*")/
  const others = /(?<number>-?\d[\d.eE+-]*)|(?<literal>true|false|null)|(?<plain>[^"\dtfn-]+|.)/
  const pattern = new RegExp(`${strings.source}|${others.source}`, 'g')
  return [...text.matchAll(pattern)].map((match) => {
    const [style = 'plain'] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? []
    return style === 'plain' ? document.createTextNode(match[0]) : element('span', { className: `t-${style}` }, match[0])
  })
}
