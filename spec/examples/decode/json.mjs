/**
 * What was found, as JSON for other programs.
 */

/**
 * @param {import('./inspected.mjs').InspectedConversation[]} inspected
 * @param {string} verdict
 */
export function asJson(inspected, verdict) {
  const connections = inspected.map(({ conversation, streams, rows, verdict: own }) => ({
    title: conversation.title,
    ...(conversation.number !== null && { number: conversation.number }),
    verdict: own,
    extensions: conversation.negotiated?.header ?? null,
    ...(conversation.notes.length > 0 && { notes: conversation.notes }),
    timeline: rows.flatMap(({ of, frame, message, time }) => {
      return frame === null
        ? []
        : [{ stream: streams.indexOf(of), ...(time !== null && { time }), frame, ...(message !== null && { message }) }]
    }),
    streams: streams.map(({ stream, inspection, verdict: ofStream }) => {
      const { error, violations, bytesRead, bytesNeeded, messageOpen } = inspection
      return {
        sender: stream.sender,
        byteLength: stream.bytes.length,
        verdict: ofStream,
        error: error && { ...error, message: error.message },
        violations,
        bytesRead,
        bytesNeeded,
        messageOpen,
      }
    }),
  }))
  return JSON.stringify({ verdict, connections }, null, 2)
}
