/**
 * Text for terminals: coloured, as wide as it may be, and harmless whatever a peer has sent.
 */

/** @typedef {keyof typeof SGR} Style */
/** @typedef {{ style: Style, text: string }} Span */
/** @typedef {(style: Style, text: string) => string} Paint */

/** Parameters of Select Graphic Rendition: from the 16 colours that every theme makes legible. */
const SGR = {
  plain: '',
  dim: '2',
  bold: '1',
  bad: '1;31',
  good: '32',
  warn: '33',
  client: '36',
  server: '35',
  key: '34',
  string: '32',
  number: '33',
  literal: '35',
  mark: '7;31',
}

/**
 * @param {boolean} hasColours
 * @returns {Paint}
 */
export function painter(hasColours) {
  return (style, text) => (hasColours && SGR[style] !== '' && text !== '' ? `\u001b[${SGR[style]}m${text}\u001b[0m` : text)
}

/**
 * @param {Style} style
 * @param {string} text
 * @returns {Span}
 */
export function span(style, text) {
  return { style, text }
}

/**
 * Control characters, those that change the reading order or cannot be seen, lone surrogates, and marks heaped on one character.
 * The joiner that emoji are made with is left.
 */
const HARMFUL = /(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|(?<=\p{M}{4})\p{M}/gu

/**
 * As `\u` and four digits each, which in JSON means the same.
 *
 * @param {string} text
 */
export function harmless(text) {
  return text.replace(HARMFUL, (character) => {
    return Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join(
      '',
    )
  })
}

/** In quotation marks, as a string in JSON. */
export function quoted(/** @type {string} */ text) {
  return harmless(JSON.stringify(text))
}

/** East Asian Wide and Fullwidth, roughly, and emoji. */
const WIDE_LETTERS =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
const WIDE_SYMBOLS = /[\u{1f1e6}-\u{1f1ff}\u{1f300}-\u{1faff}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u
const WIDE = new RegExp(`^(?:${WIDE_LETTERS.source}|${WIDE_SYMBOLS.source})`, 'u')
const NARROW = /^[\u0020-\u02ff]*$/
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** @param {string} text in columns */
export function widthOf(text) {
  if (NARROW.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment)
  return width
}

/** @param {string} grapheme */
function widthOfGrapheme(grapheme) {
  return WIDE.test(grapheme) ? 2 : /^\p{M}/u.test(grapheme) ? 0 : 1
}

/**
 * Cuts a line that is too wide, and says so with an ellipsis.
 *
 * @param {Span[]} spans
 * @param {number} width in columns
 * @returns {Span[]}
 */
export function fitted(spans, width) {
  let left = width
  /** @type {Span[]} */
  const fitting = []
  for (const [index, { style, text }] of spans.entries()) {
    const isLast = index === spans.length - 1
    const textWidth = widthOf(text)
    if (textWidth < left || (isLast && textWidth === left)) {
      fitting.push({ style, text })
      left -= textWidth
      continue
    }
    return [...fitting, span(style, cut(text, Math.max(0, left - 1))), span('dim', '…')]
  }
  return fitting
}

/**
 * @param {string} text
 * @param {number} width in columns
 */
function cut(text, width) {
  if (NARROW.test(text)) return text.slice(0, width)
  let left = width
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    left -= widthOfGrapheme(segment)
    if (left < 0) break
    kept += segment
  }
  return kept
}

/**
 * Breaks text between words.
 *
 * @param {string} text
 * @param {number} width in columns
 * @returns {string[]}
 */
export function wrapped(text, width) {
  /** @type {string[]} */
  const lines = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
