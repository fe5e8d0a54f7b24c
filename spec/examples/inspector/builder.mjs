/**
 * Builds frames: fields in, bytes out, valid or deliberately not.
 */
import { Opcode, applyMask, encodeClosePayload, encodeHeader, formatHex, parseBytes, randomMaskingKey } from 'websocket-frames'
import { opcodeName } from '../decode/payload.mjs'
import { concat } from '../decode/conversation.mjs'
import { ask } from './asker.mjs'
import { copy, element } from './dom.mjs'

/**
 * @typedef {object} Fields
 * @property {boolean} fin
 * @property {boolean} rsv1
 * @property {boolean} rsv2
 * @property {boolean} rsv3
 * @property {number} opcode
 * @property {string} key hex, empty for none
 * @property {'auto' | '7' | '16' | '64'} lengthBits
 * @property {string} claimed another length than the payload's, or empty
 * @property {'text' | 'bytes' | 'close'} kind
 * @property {string} payload
 * @property {string} code
 */

/** @type {Fields} */
const plain = {
  fin: true,
  rsv1: false,
  rsv2: false,
  rsv3: false,
  opcode: Opcode.Text,
  key: '',
  lengthBits: 'auto',
  claimed: '',
  kind: 'text',
  payload: 'Hello',
  code: '1000',
}

/** @type {{ name: string, isValid: boolean, fields: Partial<Fields> }[]} */
const presets = [
  { name: 'Text, masked', isValid: true, fields: { key: '37fa213d' } },
  { name: 'Text, not masked', isValid: true, fields: {} },
  { name: 'First fragment', isValid: true, fields: { fin: false, payload: 'Hel' } },
  { name: 'Last fragment', isValid: true, fields: { opcode: Opcode.Continuation, payload: 'lo' } },
  { name: 'Ping', isValid: true, fields: { opcode: Opcode.Ping, payload: '' } },
  { name: 'Close', isValid: true, fields: { opcode: Opcode.Close, kind: 'close', payload: 'bye' } },
  { name: 'Compressed text', isValid: true, fields: { rsv1: true, kind: 'bytes', payload: 'f248cdc9c90700' } },
  { name: 'Length in too many bits', isValid: false, fields: { lengthBits: '16' } },
  { name: 'Longer than it is', isValid: false, fields: { claimed: '125' } },
  {
    name: 'Length over 2^63',
    isValid: false,
    fields: { opcode: Opcode.Binary, lengthBits: '64', claimed: '9223372036854775808', payload: '' },
  },
  { name: 'Reserved opcode', isValid: false, fields: { opcode: 3 } },
  { name: 'RSV bit', isValid: false, fields: { rsv2: true } },
  { name: 'Fragmented ping', isValid: false, fields: { opcode: Opcode.Ping, fin: false, payload: '' } },
  { name: 'Text that is not UTF-8', isValid: false, fields: { kind: 'bytes', payload: 'ce ba e1 bd b9 cf 83 ed a0 80' } },
  { name: 'Close code 1005', isValid: false, fields: { opcode: Opcode.Close, kind: 'bytes', payload: '03ed' } },
  { name: 'Close with one byte', isValid: false, fields: { opcode: Opcode.Close, kind: 'bytes', payload: '03' } },
]

/**
 * @param {Fields} fields
 * @returns {Uint8Array}
 * @throws {Error} that says which field cannot be used
 */
export function build({ fin, rsv1, rsv2, rsv3, opcode, key, lengthBits, claimed, kind, payload, code }) {
  const data = payloadOf(kind, payload, code)
  if (!/^(?:[\da-f]{8})?$/i.test(key)) throw new Error('the masking key has eight hex digits')
  const maskingKey = key === '' ? null : Number.parseInt(key, 16)
  if (!/^\d*$/.test(claimed)) throw new Error('the claimed length is a whole number')
  const length = claimed === '' ? BigInt(data.length) : BigInt(claimed)
  if (length >= 2n ** 64n) throw new Error('the claimed length has more than 64 bits')
  const form = lengthBits === 'auto' ? (length < 126n ? 7 : length < 65_536n ? 16 : 64) : Number(lengthBits)
  if ((form === 7 && length > 125n) || (form === 16 && length > 65_535n)) throw new Error(`${length} does not fit into ${form} bits`)
  // The library writes lengths that can be counted; one that cannot is put in afterwards.
  const isCountable = length <= BigInt(Number.MAX_SAFE_INTEGER)
  const header = encodeHeader(
    { fin, rsv1, rsv2, rsv3, opcode, maskingKey, payloadLength: isCountable ? Number(length) : 65_536 },
    { strict: false, lengthBits: form === 7 ? 7 : form === 16 ? 16 : 64 },
  )
  if (!isCountable) new DataView(header.buffer, header.byteOffset).setBigUint64(2, length)
  const masked = data.slice()
  if (maskingKey !== null) applyMask(masked, maskingKey)
  return concat([header, masked])
}

/**
 * @param {Fields['kind']} kind
 * @param {string} payload
 * @param {string} code
 */
function payloadOf(kind, payload, code) {
  if (kind === 'bytes') return payload.trim() === '' ? new Uint8Array(0) : parseBytes(payload)
  if (kind === 'text') return new TextEncoder().encode(payload)
  const number = Number(code)
  if (!/^\d+$/.test(code) || number > 65_535) throw new Error('the close code is a number of 16 bits')
  const reason = new TextEncoder().encode(payload)
  try {
    return encodeClosePayload(number, payload)
  } catch {
    return concat([Uint8Array.of(number >> 8, number & 0xff), reason])
  }
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {object} handlers
 * @param {(hex: string) => void} handlers.onAppend
 * @param {(hex: string) => void} handlers.onReplace
 */
export function createBuilder(dialog, { onAppend, onReplace }) {
  const output = element('output', { className: 'built', 'aria-label': 'The bytes' })
  const verdict = element('p', { className: 'built-verdict', role: 'status' })
  const form = element('form', { className: 'builder-form', method: 'dialog' })
  const opcodes = Array.from({ length: 16 }, (_, opcode) =>
    element(
      'option',
      { value: String(opcode) },
      `0x${opcode.toString(16)} ${opcodeName(opcode).startsWith('0x') ? 'reserved' : opcodeName(opcode)}`,
    ),
  )
  const field = (/** @type {string} */ label, /** @type {HTMLElement} */ control, /** @type {string} */ className = '') =>
    element('label', { className }, `${label} `, control)
  const box = (/** @type {string} */ name, /** @type {string} */ label) =>
    element('label', { className: 'check' }, element('input', { type: 'checkbox', name }), ` ${label}`)
  const select = (/** @type {string} */ name, /** @type {[string, string][]} */ options) =>
    element('select', { name }, ...options.map(([value, text]) => element('option', { value }, text)))
  const presetButtons = (/** @type {boolean} */ isValid) =>
    presets
      .filter((preset) => preset.isValid === isValid)
      .map(({ name, fields }) => {
        return element('button', { type: 'button', onclick: () => fill({ ...plain, ...fields }) }, name)
      })

  form.append(
    element(
      'div',
      { className: 'presets', role: 'group', 'aria-label': 'Valid frames' },
      element('span', { className: 'dim' }, 'Valid:'),
      ...presetButtons(true),
    ),
    element(
      'div',
      { className: 'presets bad', role: 'group', 'aria-label': 'Frames that are wrong on purpose' },
      element('span', { className: 'dim' }, 'Wrong on purpose:'),
      ...presetButtons(false),
    ),
    element(
      'div',
      { className: 'builder-fields' },
      element(
        'fieldset',
        {},
        element('legend', {}, 'First byte'),
        box('fin', 'FIN'),
        box('rsv1', 'RSV1'),
        box('rsv2', 'RSV2'),
        box('rsv3', 'RSV3'),
        field('opcode', element('select', { name: 'opcode' }, ...opcodes)),
      ),
      element(
        'fieldset',
        {},
        element('legend', {}, 'Masking key'),
        field(
          '8 hex digits, empty for none',
          element('input', { name: 'key', maxLength: 8, size: 9, autocomplete: 'off', spellcheck: false }),
        ),
        element(
          'button',
          { type: 'button', onclick: () => fill({ ...read(), key: randomMaskingKey().toString(16).padStart(8, '0') }) },
          'Random',
        ),
      ),
      element(
        'fieldset',
        {},
        element('legend', {}, 'Payload length'),
        field(
          'form',
          select('lengthBits', [
            ['auto', 'shortest'],
            ['7', '7 bits'],
            ['16', '16 bits'],
            ['64', '64 bits'],
          ]),
        ),
        field(
          'claimed',
          element('input', { name: 'claimed', size: 12, inputMode: 'numeric', placeholder: 'as it is', autocomplete: 'off' }),
        ),
      ),
      element(
        'fieldset',
        { className: 'wide' },
        element('legend', {}, 'Payload'),
        field(
          'is',
          select('kind', [
            ['text', 'text'],
            ['bytes', 'bytes, in any form'],
            ['close', 'a close code and a reason'],
          ]),
        ),
        field('close code', element('input', { name: 'code', size: 6, inputMode: 'numeric', autocomplete: 'off' }), 'for-close'),
        element('textarea', { name: 'payload', rows: 3, spellcheck: false, 'aria-label': 'Payload' }),
      ),
    ),
    output,
    verdict,
    element(
      'div',
      { className: 'builder-actions' },
      field(
        'judged as sent by the',
        select('sender', [
          ['auto', 'side that would mask so'],
          ['client', 'client'],
          ['server', 'server'],
        ]),
      ),
      element('span', { className: 'gap' }),
      element('button', { type: 'button', onclick: () => copy(output.value, 'Bytes') }, 'Copy'),
      element(
        'button',
        {
          type: 'button',
          name: 'append',
          onclick: () => {
            dialog.close()
            onAppend(output.value)
          },
        },
        'Append to the input',
      ),
      element(
        'button',
        {
          type: 'button',
          name: 'replace',
          className: 'primary',
          onclick: () => {
            dialog.close()
            onReplace(output.value)
          },
        },
        'Look at it',
      ),
    ),
  )
  dialog.replaceChildren(
    element(
      'div',
      { className: 'pane-head' },
      element('h2', { id: 'builder-heading' }, 'Build a frame'),
      element('button', { type: 'button', 'aria-label': 'Close', onclick: () => dialog.close() }, '✕'),
    ),
    form,
  )

  const control = (/** @type {string} */ name) => {
    const found = form.elements.namedItem(name)
    if (found instanceof HTMLInputElement || found instanceof HTMLSelectElement || found instanceof HTMLTextAreaElement) return found
    throw new Error(`no control ${name}`)
  }
  const isChecked = (/** @type {string} */ name) => {
    const found = control(name)
    return found instanceof HTMLInputElement && found.checked
  }

  /** @returns {Fields} */
  function read() {
    const { value: bits } = control('lengthBits')
    const { value: kind } = control('kind')
    return {
      fin: isChecked('fin'),
      rsv1: isChecked('rsv1'),
      rsv2: isChecked('rsv2'),
      rsv3: isChecked('rsv3'),
      opcode: Number(control('opcode').value),
      key: control('key').value.trim(),
      lengthBits: bits === '7' || bits === '16' || bits === '64' ? bits : 'auto',
      claimed: control('claimed').value.trim(),
      kind: kind === 'bytes' || kind === 'close' ? kind : 'text',
      payload: control('payload').value,
      code: control('code').value.trim(),
    }
  }

  /** @param {Fields} fields */
  function fill(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const found = control(name)
      if (found instanceof HTMLInputElement && typeof value === 'boolean') found.checked = value
      else found.value = String(value)
    }
    update()
  }

  let generation = 0
  async function update() {
    const asked = ++generation
    const fields = read()
    form.classList.toggle('is-close', fields.kind === 'close')
    try {
      const bytes = build(fields)
      output.value = formatHex(bytes).replace(/..(?=.)/g, '$& ')
      const { value } = control('sender')
      const sender = value === 'client' || value === 'server' ? value : fields.key === '' ? 'server' : 'client'
      /** @type {import('./worker.mjs').Judgement} */
      const { outcome, violations } = await ask('judge', bytes, sender, fields.rsv1)
      if (asked !== generation) return
      const [first] = violations
      verdict.className = `built-verdict ${first === undefined ? outcome : 'error'}`
      verdict.textContent =
        first !== undefined
          ? `✗ ${first.rule}: ${first.found}`
          : outcome === 'incomplete'
            ? '… the frame is not complete'
            : ['✓ valid', `from a ${sender}`, fields.rsv1 && 'with permessage-deflate', !fields.fin && 'more fragments must follow']
                .filter(Boolean)
                .join(', ')
    } catch (error) {
      output.value = ''
      verdict.className = 'built-verdict error'
      verdict.textContent = error instanceof Error ? error.message : String(error)
    }
    for (const name of ['append', 'replace']) {
      const button = form.elements.namedItem(name)
      if (button instanceof HTMLButtonElement) button.disabled = output.value === ''
    }
  }

  form.addEventListener('input', update)
  form.addEventListener('submit', (event) => event.preventDefault())
  fill({ ...plain, key: '37fa213d' })
  return {
    open() {
      dialog.showModal()
      update()
    },
  }
}
