/**
 * A scrolled list of which only what can be seen is in the document.
 */
import { element } from './dom.mjs'

/** Browsers make no element higher than some 17 million pixels; above this a pixel of scrolling is more than one of content. */
const MAX_HEIGHT = 8_000_000

/** Drawn above and below what can be seen, in pixels. */
const MARGIN = 200

/**
 * @param {HTMLElement} scroller
 * @param {object} content
 * @param {() => number} content.count
 * @param {(index: number) => number} content.topOf in pixels, of the item after the last too
 * @param {(y: number) => number} content.indexAt
 * @param {(first: number, end: number) => Iterable<HTMLElement>} content.draw
 */
export function virtualScroller(scroller, { count, topOf, indexAt, draw }) {
  const body = element('div', { className: 'virtual-body', role: 'presentation' })
  const sizer = element('div', { className: 'virtual-sizer', role: 'presentation' }, body)
  scroller.replaceChildren(sizer)
  let frame = 0

  const scale = () => {
    const total = topOf(count())
    const height = Math.min(total, MAX_HEIGHT)
    const view = scroller.clientHeight
    return { total, height, factor: height <= view ? 1 : Math.max(1, (total - view) / (height - view)) }
  }
  const render = () => {
    frame = 0
    const { height, factor } = scale()
    sizer.style.height = `${height}px`
    const top = scroller.scrollTop * factor
    const first = count() === 0 ? 0 : indexAt(Math.max(0, top - MARGIN))
    const end = count() === 0 ? 0 : Math.min(count(), indexAt(top + scroller.clientHeight + MARGIN) + 1)
    body.style.transform = `translateY(${scroller.scrollTop + topOf(first) - top}px)`
    const drawn = [...draw(first, end)]
    // An element that is taken out and put back loses the click that has begun on it.
    const isSame = drawn.length === body.children.length && drawn.every((item, index) => item === body.children[index])
    if (!isSame) body.replaceChildren(...drawn)
  }
  const later = () => {
    if (frame === 0) frame = requestAnimationFrame(render)
  }
  scroller.addEventListener('scroll', later, { passive: true })
  new ResizeObserver(later).observe(scroller)

  return {
    render,
    later,
    /** @param {number} index scrolls no further than it must */
    reveal(index) {
      const { factor } = scale()
      const top = scroller.scrollTop * factor
      const itemTop = topOf(index)
      const itemBottom = topOf(index + 1)
      const view = scroller.clientHeight
      if (itemTop < top) scroller.scrollTop = itemTop / factor
      else if (itemBottom > top + view) scroller.scrollTop = Math.min(itemTop, itemBottom - view) / factor
      render()
    },
    /** @returns {number} how many items of the height of one a page has */
    page(/** @type {number} */ height) {
      return Math.max(1, Math.floor(scroller.clientHeight / height) - 1)
    },
  }
}
