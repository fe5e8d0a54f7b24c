/**
 * The form with what the bytes are.
 */

/** @typedef {import('./worker.mjs').Options} Options */

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function control(form, name) {
  const found = form.elements.namedItem(name)
  if (found instanceof HTMLInputElement || found instanceof HTMLSelectElement) return found
  throw new Error(`no control ${name}`)
}

/**
 * @param {HTMLFormElement} form
 * @returns {Options | null} null while something is wrong, which the form then says
 */
export function readOptions(form) {
  const value = (/** @type {string} */ name) => control(form, name).value.trim()
  const isChecked = (/** @type {string} */ name) => {
    const found = control(form, name)
    return found instanceof HTMLInputElement && found.checked
  }
  const opcodes =
    value('opcodes') === ''
      ? []
      : value('opcodes')
          .split(/[\s,]+/)
          .map(Number)
  const isReserved = (/** @type {number} */ opcode) =>
    Number.isInteger(opcode) && ((opcode >= 3 && opcode <= 7) || (opcode >= 0xb && opcode <= 0xf))
  control(form, 'opcodes').setCustomValidity(opcodes.every(isReserved) ? '' : 'The reserved opcodes are 0x3 to 0x7 and 0xb to 0xf')
  for (const name of ['maxPayloadLength', 'maxMessageLength']) {
    control(form, name).setCustomValidity(/^\d*$/.test(value(name)) ? '' : 'A whole number of bytes')
  }
  if (!form.reportValidity()) return null
  const limit = (/** @type {string} */ name) => (value(name) === '' ? null : Number(value(name)))
  const sender = value('sender')
  const deflate = value('deflate')
  return {
    sender: sender === 'client' || sender === 'server' || sender === 'unknown' ? sender : 'auto',
    deflate: deflate === 'on' || deflate === 'off' ? deflate : 'auto',
    extensions: value('extensions'),
    rsv1: isChecked('rsv1'),
    rsv2: isChecked('rsv2'),
    rsv3: isChecked('rsv3'),
    opcodes,
    maxPayloadLength: limit('maxPayloadLength'),
    maxMessageLength: limit('maxMessageLength'),
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {Options} options
 */
export function showOptions(form, { opcodes, ...options }) {
  for (const [name, value] of Object.entries(options)) {
    const found = control(form, name)
    if (found instanceof HTMLInputElement && typeof value === 'boolean') found.checked = value
    else found.value = value === null ? '' : String(value)
  }
  control(form, 'opcodes').value = opcodes.map((opcode) => `0x${opcode.toString(16)}`).join(', ')
}
