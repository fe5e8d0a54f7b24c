/**
 * What is pasted or dropped anywhere on the page.
 */
import { byId } from './dom.mjs'

/**
 * @param {object} handlers
 * @param {(file: File) => void} handlers.onFile
 * @param {(text: string, title: string) => void} handlers.onText
 * @param {(text: string) => boolean} handlers.isForField whether a field that is being edited may take the text itself
 */
export function receive({ onFile, onText, isForField }) {
  const drop = byId('drop', HTMLElement)

  /**
   * @param {DataTransfer | null} transfer
   * @param {string} title
   */
  const take = (transfer, title) => {
    const [file] = transfer?.files ?? []
    const text = transfer?.getData('text') ?? ''
    if (file !== undefined) onFile(file)
    else if (text !== '') onText(text, title)
  }

  document.addEventListener('paste', (event) => {
    const { target, clipboardData } = event
    const isEdited = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
    const isTooMuch = target instanceof HTMLTextAreaElement && !isForField(clipboardData?.getData('text') ?? '')
    if ((isEdited && !isTooMuch) || byId('builder', HTMLDialogElement).open) return
    event.preventDefault()
    take(clipboardData, 'pasted')
  })
  document.addEventListener('dragover', (event) => {
    event.preventDefault()
    drop.hidden = false
  })
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) drop.hidden = true
  })
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    drop.hidden = true
    take(event.dataTransfer, 'dropped')
  })
}
