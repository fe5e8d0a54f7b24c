/**
 * Whether the chunks that a runtime hands out may be given away: each is overwritten with a number of its own as soon as it has come, and kept. If the runtime
 * or another chunk uses the same memory, then what comes later is wrong, or what was written has not stayed. Prints, as JSON, how
 * many bytes of each source have come and how many of them were wrong.
 *
 *   node spec/recipes/chunks.mjs
 */
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'

/**
 * @typedef {object} Runtimes
 * @property {{ connect: (options: BunOptions) => unknown }} [Bun]
 * @property {{ connect: (address: { hostname: string, port: number }) => Promise<{ readable: AsyncIterable<Uint8Array> }> }} [Deno]
 *
 * @typedef {{ hostname: string, port: number, socket: BunHandlers }} BunOptions
 * @typedef {{ data: (socket: unknown, chunk: Uint8Array) => void, close: (socket: unknown) => void }} BunHandlers
 */
const { Bun, Deno } = /** @type {Runtimes} */ (/** @type {unknown} */ (globalThis))

const LENGTH = 2 ** 22
/** @param {number} position */
const octetAt = (position) => (position * 7 + (position >> 8)) % 251

const data = Uint8Array.from({ length: LENGTH }, (_, i) => octetAt(i))

/** @type {Record<string, { received: number, wrong: number, changed: number }>} */
const report = {}

/** @param {string} source */
function watch(source) {
  const counts = (report[source] = { received: 0, wrong: 0, changed: 0 })
  /** @type {Uint8Array[]} */
  const kept = []
  return {
    take(/** @type {Uint8Array} */ chunk) {
      for (const octet of chunk) if (octet !== octetAt(counts.received++)) counts.wrong++
      kept.push(chunk.fill(kept.length))
    },
    finish() {
      for (const [i, chunk] of kept.entries()) for (const octet of chunk) if (octet !== (i & 0xff)) counts.changed++
    },
  }
}

/**
 * Sends the data in pieces of many lengths.
 *
 * @param {import('node:net').Socket} socket
 */
async function send(socket) {
  socket.on('error', () => {})
  socket.setNoDelay(true)
  for (let start = 0, length = 1; start < LENGTH; start += length, length = (length * 3) % 40_009) {
    await new Promise((resolve) => socket.write(data.slice(start, start + length), resolve))
  }
  socket.end()
}

// A shared key needs no certificate.
const psk = { ciphers: 'PSK', maxVersion: /** @type {const} */ ('TLSv1.2') }
const sharedKey = Buffer.alloc(32, 7)
const sender = createServer(send)
const http = createHttpServer((_request, response) => response.end(data))

/** @param {import('node:net').Server} server */
async function listen(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)))
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

const port = await listen(sender)
const httpPort = await listen(http)

await new Promise((resolve) => {
  const { take, finish } = watch('net.Socket')
  connect(port, '127.0.0.1').on('data', take).on('end', finish).on('close', resolve)
})

if (Bun === undefined && Deno === undefined) {
  const tlsPort = await listen(createTlsServer({ ...psk, pskCallback: () => sharedKey }, send))
  await new Promise((resolve) => {
    const { take, finish } = watch('tls.TLSSocket')
    const pskCallback = () => ({ psk: sharedKey, identity: 'a' })
    const socket = connectTls({ ...psk, port: tlsPort, host: '127.0.0.1', pskCallback, checkServerIdentity: () => undefined })
    socket.on('data', take).on('end', finish).on('close', resolve)
  })
}

const fetched = watch('fetch')
const body = (await fetch(`http://127.0.0.1:${httpPort}/`)).body?.getReader()
for (let next = await body?.read(); next?.done === false; next = await body?.read()) fetched.take(next.value)
fetched.finish()

if (Bun !== undefined) {
  const { take, finish } = watch('Bun.connect')
  await new Promise((resolve) => {
    Bun.connect({ hostname: '127.0.0.1', port, socket: { data: (_socket, chunk) => take(chunk), close: resolve } })
  })
  finish()
}
if (Deno !== undefined) {
  const { take, finish } = watch('Deno.connect')
  const connection = await Deno.connect({ hostname: '127.0.0.1', port })
  for await (const chunk of connection.readable) take(chunk)
  finish()
}
console.log(JSON.stringify(report))
process.exit()
