/**
 * Runs one server of the examples in a process of its own, and reports its memory and its errors over IPC:
 *
 *   fork('server.mjs', [MODULE, EXPORT, OPTIONS], { execArgv: ['--expose-gc'] })
 *
 * MODULE exports the function EXPORT that starts the server, OPTIONS are JSON.
 */
import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds between two garbage collections, since callbacks for collected objects run later. */
const GC_INTERVAL = 20
const MIN_COLLECTIONS = 5
const MAX_COLLECTIONS = 50

const [module = '', name = '', options = '{}'] = process.argv.slice(2)

let accepted = 0
let collected = 0

/** How often connections failed, by rule or code. */
const failures = /** @type {Record<string, number>} */ ({})

// A monitor does not handle the error: the process ends, as the server of a user would.
process.on('uncaughtExceptionMonitor', (error, origin) => tell({ fault: `${origin}: ${error?.stack ?? error}` }))
process.on('warning', (warning) => tell({ fault: `warning: ${warning.stack ?? warning}` }))

const sockets = new FinalizationRegistry(() => collected++)
subscribe('net.server.socket', (message) => {
  accepted++
  sockets.register(/** @type {{ socket: object }} */ (message).socket, null)
})

const { [name]: start } = await import(module)
const server = await start({ ...JSON.parse(options), onError })

process.on('message', async (question) => {
  if (question === 'resources') tell({ answer: resources() })
  else if (question === 'usage') tell({ answer: await usage() })
  else if (question === 'close') {
    await server.close()
    // Now nothing must keep the process alive.
    process.off('disconnect', exit).disconnect()
  }
})
process.on('disconnect', exit)
tell({ answer: server.url })

/** For when the parent dies. */
function exit() {
  process.exit()
}

/** @param {object} message */
function tell(message) {
  process.send?.(message)
}

/** @param {any} error */
function onError(error) {
  const reason = error?.rule ?? error?.code ?? String(error?.stack ?? error)
  failures[reason] = (failures[reason] ?? 0) + 1
}

/** What keeps the event loop alive, such as open sockets and timers, except the pipes to the parent. */
function resources() {
  const names = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')
  return names.sort().join()
}

async function usage() {
  for (let i = 0, before = NaN; i < MAX_COLLECTIONS; i++) {
    globalThis.gc?.()
    await delay(GC_INTERVAL)
    if (i >= MIN_COLLECTIONS && collected === before) break
    before = collected
  }
  const { heapUsed, external } = process.memoryUsage()
  // `external` includes `arrayBuffers`.
  return { memory: heapUsed + external, accepted, socketsInMemory: accepted - collected, failures }
}
