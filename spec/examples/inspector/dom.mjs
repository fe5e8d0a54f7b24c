/**
 * Elements without markup: whatever a peer has sent is text.
 */

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, unknown>} [properties] properties of the element; those with a dash are attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, properties = {}, ...children) {
  const created = document.createElement(name)
  for (const [property, value] of Object.entries(properties)) {
    if (property.includes('-') || property === 'role' || property === 'for') created.setAttribute(property, String(value))
    else Reflect.set(created, property, value)
  }
  created.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return created
}

/**
 * @template {Element} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function byId(id, kind) {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`no ${kind.name} #${id}`)
}

/**
 * @param {import('../decode/terminal.mjs').Span[]} spans
 * @returns {HTMLElement[]}
 */
export function coloured(spans) {
  return spans.map(({ style, text }) => element('span', { className: `t-${style}` }, text))
}

/**
 * @param {string} text
 * @param {string} name of what it is
 */
export async function copy(text, name) {
  try {
    await navigator.clipboard.writeText(text)
    toast(`${name} copied`)
  } catch {
    toast(`The browser does not let the page copy: ${name.toLowerCase()} not copied`)
  }
}

/** @param {string} text */
export function toast(text) {
  const place = byId('toast', HTMLElement)
  place.textContent = text
  place.classList.add('shown')
  clearTimeout(Number(place.dataset['timer']))
  place.dataset['timer'] = String(setTimeout(() => place.classList.remove('shown'), 4000))
}
