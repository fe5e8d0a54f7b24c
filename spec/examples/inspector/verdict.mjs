/**
 * The verdict in words, above everything else.
 */
import { byId, element } from './dom.mjs'

/** @typedef {import('./worker.mjs').Summary} Summary */

/** @param {Summary} shown */
export function showVerdict({ verdict, streams, notes, rows, messageCount, violationCount, extensions, isOffer }) {
  const place = byId('verdict', HTMLElement)
  place.className = `verdict ${verdict}`
  const frames = rows.isFrame.reduce((sum, isFrame) => sum + isFrame, 0)
  const counted = (/** @type {number} */ number, /** @type {string} */ noun) =>
    `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
  const words = streams.flatMap(({ error, verdict: own, sender }) => {
    const whose = streams.length > 1 && sender !== null ? ` from the ${sender}` : ''
    if (error === null) return own === 'incomplete' ? [`incomplete${whose}`] : []
    const { rule, offset, rfc, section, closeCode } = error
    return [`${rule} in the frame at byte ${offset}${whose}: RFC ${rfc} section ${section}, close code ${closeCode}`]
  })
  const heading = { complete: '✓ Complete', incomplete: '… Incomplete', error: '✗ Error' }[verdict]
  place.replaceChildren(
    element('strong', {}, heading),
    element('span', {}, words.join('; ')),
    element(
      'span',
      { className: 'dim' },
      [
        counted(frames, 'frame'),
        counted(messageCount, 'message'),
        ...(violationCount === 0 ? [] : [counted(violationCount, 'violation')]),
        ...streams.map(({ bytes, sender }) => `${counted(bytes.length, 'byte')}${sender === null ? '' : ` from the ${sender}`}`),
        ...(extensions === '' ? [] : [`${isOffer ? 'offered' : 'negotiated'}: ${extensions}`]),
      ].join(' · '),
    ),
    ...notes.map((note) => element('span', { className: 'note' }, note)),
  )
}
