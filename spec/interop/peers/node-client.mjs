/**
 * Node's own WebSocket, in a process of its own since Node 20 has it only when asked. Prints the report.
 *
 *   node --experimental-websocket peers/node-client.mjs URL SCRIPT
 */
import { converse } from '../page/websocket-client.mjs'

const [url = '', script = '{}'] = process.argv.slice(2)
console.log(JSON.stringify(await converse(url, JSON.parse(script))))
