/**
 * The page: what is pasted or dropped goes to the worker, and what it finds to the grid, the list, the diagram and the details,
 * which all show the same place.
 */
import { formatHex } from 'websocket-frames'
import { ask } from './asker.mjs'
import { createBuilder } from './builder.mjs'
import { createDetail } from './detail-pane.mjs'
import { createDiagram } from './diagram.mjs'
import { byId, copy, element, toast } from './dom.mjs'
import { examples } from './examples.mjs'
import { FIELD_NAMES } from './fields.mjs'
import { createGrid } from './grid.mjs'
import { createList } from './list.mjs'
import { readOptions, showOptions } from './options.mjs'
import { placesOf } from './places.mjs'
import { receive } from './receive.mjs'
import { asJson, defaultOptions, fromFragment, fromJson, toFragment } from './state.mjs'
import { showVerdict } from './verdict.mjs'

/** @typedef {import('./state.mjs').State} State */
/** @typedef {import('./worker.mjs').Loaded} Loaded */
/** @typedef {import('./worker.mjs').Summary} Summary */

/** Milliseconds without a key before what is typed is read. */
const TYPING = 250

/** Browsers take seconds to lay out more text than this, in characters: then it is not put into the field. */
const MAX_FIELD = 100_000

const text = byId('text', HTMLTextAreaElement)
const form = byId('options', HTMLFormElement)
const panes = byId('panes', HTMLElement)
const connections = byId('conversation', HTMLSelectElement)

/** @type {State} */
let state = { title: 'pasted', text: '', data: null, options: defaultOptions, conversation: 0, row: 0 }
/** @type {Loaded | null} */
let loaded = null
/** @type {import('./places.mjs').Places | null} */
let places = null
/** What is chosen, and what the pointer is over. */
let chosen = { row: 0, byte: 0 }
let shownStream = -1
let generation = 0

const grid = createGrid(byId('grid', HTMLElement), {
  onPoint: (byte, isChosen) => {
    const row = places?.rowAt(shownStream, byte) ?? null
    if (row !== null) point(row, byte, null, isChosen, 'grid')
  },
  onLeave: settle,
})
const list = createList(byId('list', HTMLElement), {
  onPoint: (row, isChosen) => point(row, null, null, isChosen, 'list'),
  onLeave: settle,
  contentOf: (from, to) => ask('rows', state.conversation, from, to),
})
const diagram = createDiagram(byId('diagram', HTMLElement), {
  onPoint: (field, isChosen) => point(pointed.row, null, field, isChosen, 'diagram'),
  onLeave: settle,
})
const detail = createDetail(byId('detail', HTMLElement), byId('detail-heading', HTMLElement), () => {
  state = { ...state, options: { ...state.options, deflate: 'on' } }
  showOptions(form, state.options)
  load()
})
let pointed = { row: 0 }

const builder = createBuilder(byId('builder', HTMLDialogElement), {
  onAppend: (hex) => take({ title: 'pasted', text: `${bytesBefore()}\n${hex}`.trim(), data: null }),
  onReplace: (hex) => take({ title: 'pasted', text: hex, data: null }),
})

/** What a frame can be put behind: the text as it is, if it is one stream, else the bytes that are shown. */
function bytesBefore() {
  const isOneStream = loaded === null || (loaded.conversations.length === 1 && summary()?.streams.length === 1)
  if (state.data === null && isOneStream) return (state.text ?? '').trimEnd()
  const bytes = summary()?.streams[shownStream]?.bytes
  return bytes === undefined ? '' : formatHex(bytes)
}

/**
 * Moves everything to a place: a frame, and in it a byte or a field.
 *
 * @param {number} row
 * @param {number | null} byte
 * @param {import('./fields.mjs').Field | null} field
 * @param {boolean} isChosen it stays when the pointer has left
 * @param {'grid' | 'list' | 'diagram' | 'all'} from where the pointer is: nothing is scrolled there
 */
function point(row, byte, field, isChosen, from) {
  const place = places?.of(row)
  if (places === null || place === undefined || summary() === undefined) return
  pointed = { row }
  const { stream, offset, end, isRest } = place
  showStream(stream)
  const at = byte ?? (field === null ? null : offset + (field.start >> 3))
  const lit = { from: offset, to: end, fieldFrom: 0, fieldTo: 0, byte: at ?? -1 }
  if (field !== null) Object.assign(lit, { fieldFrom: offset + (field.start >> 3), fieldTo: offset + Math.ceil(field.end / 8) })
  if (isChosen) chosen = { row, byte: at ?? offset }
  const isKeyboard = isChosen && from === 'grid'
  grid.light(lit, isChosen ? (at ?? offset) : null, from !== 'grid' || isKeyboard)
  list.light(row, isChosen ? row : null, from !== 'list' || isChosen)
  diagram.show(summary()?.streams[stream]?.bytes ?? new Uint8Array(0), offset, end, isRest)
  if (field === null) diagram.light(at ?? -1, offset)
  else diagram.lightField(field)
  byId('byte', HTMLElement).textContent = at === null ? '' : grid.labelOf(at)
  detail.show(state.conversation, row, summary()?.streams[stream]?.sender ?? null)
  if (isChosen && state.row !== row) {
    state = { ...state, row }
    rememberLater()
  }
}

/** The pointer has left: back to what was chosen. */
function settle() {
  if (places === null) return
  const place = places.of(chosen.row)
  if (place === undefined) return
  showStream(place.stream)
  pointed = { row: chosen.row }
  grid.light({ from: place.offset, to: place.end, fieldFrom: 0, fieldTo: 0, byte: -1 }, chosen.byte, false)
  list.light(chosen.row, chosen.row, false)
  diagram.show(summary()?.streams[place.stream]?.bytes ?? new Uint8Array(0), place.offset, place.end, place.isRest)
  diagram.light(-1)
  detail.show(state.conversation, chosen.row, summary()?.streams[place.stream]?.sender ?? null)
}

/** @returns {Summary | undefined} of the connection that is shown */
function summary() {
  return loaded?.conversations[state.conversation]
}

/** @param {number} stream */
function showStream(stream) {
  if (stream === shownStream) return
  shownStream = stream
  const shown = summary()
  const { bytes = new Uint8Array(0) } = shown?.streams[stream] ?? {}
  const wrong = new Set((shown?.violations ?? []).filter((violation) => violation.stream === stream).map(({ at }) => at))
  diagram.forget()
  grid.show(bytes, (byte) => places?.stretchAt(stream, byte) ?? null, wrong)
  for (const [index, button] of [...byId('streams', HTMLElement).children].entries())
    button.setAttribute('aria-pressed', String(index === stream))
}

/**
 * Takes something new to look at.
 *
 * @param {Pick<State, 'title' | 'text' | 'data'>} source
 * @param {Partial<State>} [rest]
 */
function take(source, rest = {}) {
  state = { ...state, ...source, conversation: 0, row: 0, ...rest }
  showSource()
  load()
}

function showSource() {
  const { title, data } = state
  const pasted = state.text ?? ''
  const isShown = data === null && pasted.length <= MAX_FIELD
  text.value = isShown ? pasted : ''
  const note = byId('binary', HTMLElement)
  note.hidden = isShown
  const size = data === null ? `${pasted.length.toLocaleString('en')} characters` : `${data.length.toLocaleString('en')} bytes`
  note.textContent = isShown ? '' : `${title}: ${size}. Typing replaces it.`
  showOptions(form, state.options)
}

async function load() {
  const asked = ++generation
  detail.forget()
  const isEmpty = state.data === null && (state.text ?? '').trim() === ''
  const error = byId('error', HTMLElement)
  error.hidden = true
  if (isEmpty) {
    showLoaded(null)
    rememberLater()
    return
  }
  document.body.classList.add('busy')
  try {
    const { title, text: pasted, data, options } = state
    const answer = await ask('load', { title, text: pasted, data }, options)
    if (asked !== generation) return
    showLoaded(answer)
  } catch (problem) {
    if (asked !== generation) return
    showLoaded(null)
    error.textContent = problem instanceof Error ? problem.message : String(problem)
    error.hidden = false
  }
  document.body.classList.remove('busy')
  rememberLater()
}

/** @param {Loaded | null} answer */
function showLoaded(answer) {
  loaded = answer
  document.body.classList.remove('busy')
  panes.hidden = answer === null
  byId('verdict', HTMLElement).hidden = answer === null
  byId('empty', HTMLElement).hidden = answer !== null || (state.text ?? '').trim() !== '' || state.data !== null
  if (answer === null) {
    places = null
    return
  }
  state.conversation = Math.min(state.conversation, Math.max(0, answer.conversations.length - 1))
  const marks = { complete: '✓', incomplete: '…', error: '✗' }
  connections.hidden = answer.conversations.length < 2
  connections.replaceChildren(
    ...answer.conversations.map(({ title, verdict }, index) => element('option', { value: String(index) }, `${marks[verdict]} ${title}`)),
  )
  showConversation(state.conversation, state.row)
}

/**
 * @param {number} index
 * @param {number} row
 */
function showConversation(index, row) {
  state = { ...state, conversation: index }
  connections.value = String(index)
  const shown = summary()
  if (shown === undefined) return
  places = placesOf(shown)
  shownStream = -1
  byId('streams', HTMLElement).replaceChildren(
    ...(shown.streams.length < 2
      ? []
      : shown.streams.map(({ sender }, stream) =>
          element(
            'button',
            {
              type: 'button',
              onclick: () => {
                const first = places?.firstOf(stream)
                if (first !== undefined) point(first, null, null, true, 'all')
              },
            },
            sender === 'client' ? '→ client' : sender === 'server' ? '← server' : 'unknown',
          ),
        )),
  )
  byId('next-violation', HTMLElement).hidden = shown.violationCount === 0
  list.show(shown)
  showVerdict(shown)
  if (places.count === 0) {
    showStream(0)
    return
  }
  point(Math.min(row, places.count - 1), null, null, true, 'all')
}

let rememberTimer = 0
function rememberLater() {
  clearTimeout(rememberTimer)
  rememberTimer = window.setTimeout(remember, 300)
}

async function remember() {
  const isEmpty = state.data === null && (state.text ?? '') === ''
  const fragment = isEmpty ? '' : await toFragment(state)
  const button = byId('copy-link', HTMLButtonElement)
  button.disabled = fragment === null || isEmpty
  button.title = fragment === null ? 'More than fits into an address: save it as a file' : 'The address holds everything'
  history.replaceState(null, '', fragment === null || fragment === '' ? location.pathname : fragment)
}

/** @param {File} file */
async function takeFile(file) {
  const data = new Uint8Array(await file.arrayBuffer())
  const saved = data[0] === 0x7b ? fromJson(new TextDecoder().decode(data)) : null
  if (saved !== null) take(saved, saved)
  else take({ title: file.name, text: null, data })
}

async function takeFragment() {
  try {
    const saved = await fromFragment(location.hash)
    if (saved !== null) take(saved, saved)
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error))
  }
}

let typing = 0
function loadLater() {
  clearTimeout(typing)
  typing = window.setTimeout(load, TYPING)
}
text.addEventListener('input', () => {
  state = { ...state, title: 'pasted', text: text.value, data: null, conversation: 0, row: 0 }
  byId('binary', HTMLElement).hidden = true
  loadLater()
})
form.addEventListener('input', () => {
  const options = readOptions(form)
  if (options === null) return
  state = { ...state, options }
  loadLater()
})
form.addEventListener('submit', (event) => event.preventDefault())
connections.addEventListener('change', () => {
  showConversation(Number(connections.value), 0)
  rememberLater()
})
byId('file', HTMLInputElement).addEventListener('change', ({ target }) => {
  if (!(target instanceof HTMLInputElement)) return
  const [file] = target.files ?? []
  if (file !== undefined) takeFile(file)
  target.value = ''
})
byId('build', HTMLElement).addEventListener('click', () => builder.open())
byId('next-violation', HTMLElement).addEventListener('click', () => {
  const listed = summary()?.violations ?? []
  const next = listed.find(({ row }) => row > chosen.row) ?? listed[0]
  if (next !== undefined) point(next.row, next.at, null, true, 'all')
})
byId('copy-link', HTMLElement).addEventListener('click', async () => {
  await remember()
  copy(location.href, 'Link')
})
byId('save', HTMLElement).addEventListener('click', () => {
  const url = URL.createObjectURL(new Blob([asJson(state)], { type: 'application/json' }))
  element('a', { href: url, download: 'frames.inspector.json' }).click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
})
byId('theme', HTMLElement).addEventListener('click', () => {
  const isDark =
    getComputedStyle(document.documentElement).colorScheme === 'dark' ||
    (document.documentElement.dataset['theme'] === undefined && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset['theme'] = isDark ? 'light' : 'dark'
})

receive({
  onFile: takeFile,
  onText: (pasted, title) => take({ title, text: pasted, data: null }),
  isForField: (pasted) => pasted.length <= MAX_FIELD,
})
addEventListener('hashchange', takeFragment)

const chooser = byId('examples', HTMLSelectElement)
async function takeExample(/** @type {number} */ index) {
  const example = examples[index]
  if (example === undefined) return
  const content = await example.load()
  take({ title: example.name, text: content, data: null }, { options: { ...defaultOptions, ...example.options } })
}
chooser.append(...examples.map(({ name }, index) => element('option', { value: String(index) }, name)))
chooser.addEventListener('change', () => {
  if (chooser.value !== '') takeExample(Number(chooser.value))
  chooser.value = ''
})
byId('example-buttons', HTMLElement).append(
  ...examples.map(({ name }, index) => element('button', { type: 'button', onclick: () => takeExample(index) }, name)),
)
byId('legend', HTMLElement).append(
  ...Object.entries(FIELD_NAMES).map(([kind, name]) => element('li', {}, element('i', { className: `f-${kind}` }), name)),
)
showOptions(form, state.options)
takeFragment()
document.body.dataset['ready'] = 'true'
