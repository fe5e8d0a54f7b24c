// Records what real WebSocket software sends, and writes it to fixtures/captures:
//
//   apt-get install chromium firefox-esr python3-websockets
//   npm ci
//   npm run record                          every session of sessions.mjs
//   npm run record -- chromium firefox      some of them
//
// `npm run` finds the Node.js that package.json asks for, whose own WebSocket client is among the recorded.
// A tee stands between client and server and keeps every byte. Both ends check that they received what the other
// sent, and expect.py that the recorded bytes mean just that; only then are the files written.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { WebSocket as Ws, WebSocketServer } from 'ws'
import wsPackage from 'ws/package.json' with { type: 'json' }
import { converse, Inbox, webSocketClient } from './converse.mjs'
import { sessions } from './sessions.mjs'

/**
 * @typedef {import('./sessions.mjs').Session} Session
 * @typedef {import('./sessions.mjs').Step} Step
 */

const run = promisify(execFile)
const here = import.meta.dirname
const host = '127.0.0.1'
const python = '/usr/bin/python3'
const sessionTimeout = 60_000

/** @param {string} command @param {...string} args */
const output = async (command, ...args) => (await run(command, args)).stdout.trim()

/**
 * In the software's own words, less what only repeats the operating system.
 * @satisfies {Record<Session['client' | 'server'], () => Promise<string>>}
 */
const versions = {
  chromium: async () => (await output('chromium', '--version')).replace(/ built on .*/, ''),
  firefox: () => output('firefox-esr', '--version'),
  node: async () => `Node.js ${process.versions.node} (WebSocket)`,
  ws: async () => `ws ${wsPackage.version} (Node.js ${process.versions.node})`,
  websockets: () =>
    output(
      python,
      '-c',
      'import platform, websockets.version as w; ' + 'print(f"Python websockets {w.version} (Python {platform.python_version()})")',
    ),
}

/** @param {net.Server | import('node:http').Server} server */
async function listen(server) {
  server.listen(0, host)
  await once(server, 'listening')
  return portOf(server)
}

/** @param {{ address(): net.AddressInfo | string | null }} server */
function portOf(server) {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  return address.port
}

/** Everything that passes between whoever connects and the server at `port`. @param {number} port */
async function openTee(port) {
  /** @type {{ client: Buffer[], server: Buffer[], closed: Promise<unknown> }[]} */
  const connections = []
  const tee = net.createServer({ allowHalfOpen: true }, (fromClient) => {
    const toServer = net.connect({ port, host, allowHalfOpen: true })
    const closed = Promise.all([once(fromClient, 'close'), once(toServer, 'close')])
    // A connection that breaks matters only to who waits for its end.
    closed.catch(() => {})
    /** @type {Buffer[]} */
    const client = []
    /** @type {Buffer[]} */
    const server = []
    connections.push({ client, server, closed })
    fromClient.on('data', (chunk) => client.push(chunk))
    toServer.on('data', (chunk) => server.push(chunk))
    fromClient.pipe(toServer).pipe(fromClient)
  })
  return {
    port: await listen(tee),
    async recorded() {
      tee.close()
      // Browsers may open a connection ahead of need and never use it.
      const [connection, ...others] = connections.filter(({ client }) => client.length > 0)
      if (!connection || others.length > 0) throw new Error('expected one connection')
      await connection.closed
      return { client: afterHandshake(connection.client), server: afterHandshake(connection.server) }
    },
  }
}

/** @param {Buffer[]} chunks */
function afterHandshake(chunks) {
  const all = Buffer.concat(chunks)
  const end = all.indexOf('\r\n\r\n')
  if (end < 0) throw new Error('no handshake')
  return { handshake: all.toString('latin1', 0, end).split('\r\n'), bytes: all.toString('hex', end + 4) }
}

/** @param {Ws} socket @param {Step[]} steps @param {'client' | 'server'} role */
async function converseWs(socket, steps, role) {
  const received = new Inbox()
  const copy = (/** @type {Buffer} */ data) => new Uint8Array(data)
  socket.binaryType = 'nodebuffer'
  socket.on('message', (data, isBinary) => {
    if (!Buffer.isBuffer(data)) throw new Error('not a Buffer')
    received.push(isBinary ? { type: 'binary', data: copy(data) } : { type: 'text', data: data.toString() })
  })
  socket.on('ping', (data) => received.push({ type: 'ping', data: copy(data) }))
  socket.on('pong', (data) => received.push({ type: 'pong', data: copy(data) }))
  socket.on('close', (code, reason) => received.push({ type: 'close', code, reason: reason.toString() }))
  if (role === 'client') await once(socket, 'open')
  await converse(steps, role, {
    sees: ['text', 'binary', 'ping', 'pong', 'close'],
    received,
    send(step) {
      if (step.type === 'close') socket.close(step.code, step.reason)
      else if (step.type === 'ping') socket.ping(step.data)
      else if (step.type === 'pong') socket.pong(step.data)
      else socket.send(step.data, { binary: step.type === 'binary', fin: step.fin })
    },
  })
}

/**
 * Starts a server that plays its end of the session with the first who connects.
 * @param {Session} session @param {AsyncDisposableStack} cleanup
 */
async function startServer({ server, permessageDeflate = false, steps }, cleanup) {
  if (server === 'websockets') return startPython('server', steps, cleanup)
  const perMessageDeflate = permessageDeflate && { threshold: 0 }
  const listening = new WebSocketServer({ host, port: 0, perMessageDeflate })
  cleanup.defer(() => listening.close())
  await once(listening, 'listening')
  const done = once(listening, 'connection').then(([socket]) => converseWs(socket, steps, 'server'))
  return { port: portOf(listening), done }
}

/** @param {'client' | 'server'} role @param {Step[]} steps @param {AsyncDisposableStack} cleanup @param {string} [url] */
async function startPython(role, steps, cleanup, url = '') {
  const script = path.join(here, 'websockets_peer.py')
  const child = spawn(python, [script, role, url], { stdio: ['pipe', 'pipe', 'inherit'] })
  cleanup.defer(() => stop(child))
  const done = exitOf(child)
  child.stdin.end(asJson(steps))
  const port = role === 'server' ? Number(String((await once(child.stdout, 'data'))[0])) : 0
  return { port, done }
}

/** @param {import('node:child_process').ChildProcess} child */
async function exitOf(child) {
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`)
}

/** @param {unknown} value */
const asJson = (value) => JSON.stringify(value, (_, item) => (item instanceof Uint8Array ? Buffer.from(item).toString('hex') : item))

/** @param {string} name @param {Session} session @param {string} url @param {AsyncDisposableStack} cleanup */
async function runClient(name, { client, steps }, url, cleanup) {
  if (client === 'node') return webSocketClient(url, steps)
  if (client === 'ws') return converseWs(new Ws(url, { perMessageDeflate: false }), steps, 'client')
  if (client === 'websockets') return (await startPython('client', steps, cleanup, url)).done
  return runBrowser(client, name, url, cleanup)
}

const page = `<!doctype html><meta charset="utf-8"><title>record</title><script type="module">
  import { webSocketClient } from '/converse.mjs'
  import { sessions } from '/sessions.mjs'
  const { name, url } = Object.fromEntries(new URLSearchParams(location.search))
  const error = await webSocketClient(url, sessions[name].steps).then(() => '', String)
  await fetch('/done', { method: 'POST', body: error })
</script>`

/**
 * Opens a page that plays the client's end.
 * @param {'chromium' | 'firefox'} browser @param {string} name @param {string} url
 * @param {AsyncDisposableStack} cleanup
 */
async function runBrowser(browser, name, url, cleanup) {
  /** @type {PromiseWithResolvers<string>} */
  const done = Promise.withResolvers()
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', `http://${host}`)
    if (pathname === '/') {
      response.setHeader('Content-Type', 'text/html').end(page)
    } else if (pathname === '/converse.mjs' || pathname === '/sessions.mjs') {
      response.setHeader('Content-Type', 'text/javascript').end(await readFile(path.join(here, pathname)))
    } else if (pathname === '/done') {
      done.resolve(await text(request))
      response.end()
    } else {
      response.writeHead(404).end()
    }
  })
  cleanup.defer(() => void server.close())
  const address = `http://${host}:${await listen(server)}/?${new URLSearchParams({ name, url })}`
  const profile = await mkdtemp(path.join(os.tmpdir(), `record-${browser}-`))
  cleanup.defer(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }))
  const child = await launch[browser](profile, address)
  cleanup.defer(() => stop(child))
  const error = await Promise.race([done.promise, exitOf(child).then(() => 'the browser ended early')])
  if (error) throw new Error(error)
}

/** Headless, with nothing remembered and nothing sent to anybody but the page. */
const launch = {
  /** @param {string} profile @param {string} address */
  async chromium(profile, address) {
    return spawn(
      'chromium',
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-sync',
        '--disable-background-networking',
        '--disable-component-update',
        `--user-data-dir=${profile}`,
        address,
      ],
      { stdio: 'ignore' },
    )
  },
  /** @param {string} profile @param {string} address */
  async firefox(profile, address) {
    const preferences = {
      'app.normandy.enabled': false,
      'browser.safebrowsing.downloads.remote.enabled': false,
      'browser.safebrowsing.malware.enabled': false,
      'browser.safebrowsing.phishing.enabled': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'extensions.update.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'services.settings.server': 'data:,',
      'toolkit.telemetry.enabled': false,
    }
    await writeFile(
      path.join(profile, 'user.js'),
      Object.entries(preferences)
        .map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`)
        .join(''),
    )
    return spawn('firefox-esr', ['--headless', '--no-remote', '--profile', profile, address], { stdio: 'ignore' })
  },
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  const kill = setTimeout(() => child.kill('SIGKILL'), 5_000)
  child.kill()
  await ended
  clearTimeout(kill)
}

/** @template T @param {Promise<T>} promise @param {string} name @returns {Promise<T>} */
function bounded(promise, name) {
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${name}: not finished after ${sessionTimeout} ms`)), sessionTimeout).unref()
  })
  return Promise.race([promise, late])
}

/** @param {string} name @param {Session} session @param {AsyncDisposableStack} cleanup */
async function record(name, session, cleanup) {
  const server = await startServer(session, cleanup)
  const tee = await openTee(server.port)
  await Promise.all([server.done, runClient(name, session, `ws://${host}:${tee.port}/`, cleanup)])
  const { client, server: answers } = await tee.recorded()
  const software = { client: await versions[session.client](), server: await versions[session.server]() }
  const system = (await readFile('/etc/os-release', 'utf8')).match(/^PRETTY_NAME="(.*)"$/m)?.[1] ?? os.type()
  const expect = run(python, [path.join(here, 'expect.py')])
  expect.child.stdin?.end(
    asJson({
      name,
      ...session,
      software,
      system: `${system} ${os.arch()}`,
      date: new Date().toISOString().slice(0, 10),
      streams: { client, server: answers },
    }),
  )
  process.stdout.write((await expect).stdout)
}

const names = process.argv.slice(2)
for (const name of names.length > 0 ? names : Object.keys(sessions)) {
  const session = sessions[name]
  if (!session) throw new Error(`no session ${name}; there are ${Object.keys(sessions).join(', ')}`)
  await using cleanup = new AsyncDisposableStack()
  await bounded(record(name, session, cleanup), name)
}
