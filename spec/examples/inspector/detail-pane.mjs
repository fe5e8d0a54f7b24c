/**
 * The pane with the details of a frame, which come from the worker.
 */
import { ask } from './asker.mjs'
import { drawnDetail } from './detail.mjs'

/** Milliseconds that the pointer rests on a frame before its details are fetched. */
const REST = 60

/**
 * @param {HTMLElement} container
 * @param {HTMLElement} heading
 * @param {() => void} onDeflate switches permessage-deflate on
 */
export function createDetail(container, heading, onDeflate) {
  let shown = ''
  let timer = 0
  return {
    /**
     * @param {number} conversation
     * @param {number} row
     * @param {string | null} sender
     */
    show(conversation, row, sender) {
      const key = `${conversation} ${row}`
      if (key === shown) return
      shown = key
      clearTimeout(timer)
      timer = window.setTimeout(async () => {
        const answer = await ask('detail', conversation, row)
        if (answer === null || key !== shown) return
        const drawn = drawnDetail(answer, sender, onDeflate)
        heading.textContent = drawn.heading
        container.replaceChildren(...drawn.content)
      }, REST)
    },
    forget() {
      shown = ''
    },
  }
}
