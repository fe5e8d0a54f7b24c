/** Prints the report on the package as a line of JSON. */
import { readFileSync } from 'node:fs'
import { reportOn } from './check.mjs'

/**
 * @param api - the package
 * @param {string} resolved - the file that it was loaded from
 */
export function print(api, resolved) {
  const jsonLines = readFileSync(new URL('node_modules/websocket-frames-vectors/vectors.jsonl', import.meta.url), 'utf8')
  console.log(JSON.stringify({ resolved, ...reportOn(api, jsonLines) }))
}
