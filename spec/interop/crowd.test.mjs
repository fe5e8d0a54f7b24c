/**
 * A small run of `crowd.mjs`, and proof that it finds the faults planted in the servers.
 *
 *   node --test crowd.test.mjs
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'node:test'
import { fileURLToPath } from 'node:url'
import { test } from './tools.mjs'
import { violationsOf, violationsOfDeflate } from './violations.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const examples = fileURLToPath(new URL('../examples/', import.meta.url))

/**
 * @typedef {object} Fault
 * @property {string} what
 * @property {string} file of the examples
 * @property {string} from
 * @property {string} to
 * @property {RegExp} failure
 */

/** @type {Fault[]} */
const faults = [
  {
    what: 'a socket has no listener for errors',
    file: 'frame-socket.mjs',
    from: "socket.on('error', () => socket.destroy())",
    to: '',
    failure: /uncaughtException: .*(ECONNRESET|EPIPE)/,
  },
  {
    what: 'a rejection is not handled',
    file: 'connection.mjs',
    from: 'this.error ??= error',
    to: 'throw error',
    failure: /unhandledRejection: /,
  },
  {
    what: 'connections are kept for ever',
    file: 'connection.mjs',
    from: 'this.#socket = socket',
    to: 'this.#socket = socket; (globalThis.kept ??= new Set()).add(this)',
    failure: /the server \w+: \d+ of \d+ sockets are still in memory/,
  },
  {
    what: 'a buffer of each connection is kept',
    file: 'connection.mjs',
    from: 'this.#socket = socket',
    to: 'this.#socket = socket; (globalThis.kept ??= []).push(Buffer.alloc(200_000))',
    failure: /the server \w+: its memory has grown by/,
  },
  {
    what: 'a connection stays open until the peer ends it',
    file: 'frame-socket.mjs',
    from: 'setTimeout(() => this.#socket.destroy(), LINGER)',
    to: 'setTimeout(() => {}, LINGER)',
    failure: /the server \w+: Error: still open: .*TCPSocketWrap/,
  },
  {
    what: 'a broadcast skips a member now and then',
    file: 'chat-server.mjs',
    from: 'else void connection.send(text)',
    to: 'else if ((globalThis.count = (globalThis.count ?? 0) + 1) % 100 > 0) void connection.send(text)',
    failure: /did not receive|, the witness |received a message of \d+ bytes, expected|the witness receives/,
  },
  {
    what: 'the room is told how a connection failed',
    file: 'chat-server.mjs',
    from: '\n    leave()\n',
    to: '\n    leave()\n    if (connection.error !== null) broadcast(room, `${name}: ${connection.error}`)\n',
    failure: /the witness received a line that was not sent/,
  },
  {
    what: 'a guest whose connection failed does not leave',
    file: 'chat-server.mjs',
    from: 'if (!room.delete(connection)) return',
    to: 'if (connection.error !== null || !room.delete(connection)) return',
    failure: /in the room: /,
  },
]

/**
 * @param {import('node:test').TestContext} t
 * @param {string[]} args
 */
function crowd({ signal }, ...args) {
  const program = fileURLToPath(new URL('crowd.mjs', import.meta.url))
  return new Promise((/** @type {(result: { code: number, output: string }) => void} */ resolve) => {
    const child = execFile(process.execPath, [program, ...args], { signal }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? NaN, output: stdout + stderr })
    })
  })
}

describe('a crowd of clients', { concurrency: 4 }, () => {
  test('gets every message, and leaves nothing behind: 600 connections in 8 seconds', async (t) => {
    const { code, output } = await crowd(t, '--connections', '600', '--seconds', '8', '--pause', '3000')
    assert.equal(code, 0, output)
    const broken = /^Rules broken: (.*)$/m.exec(output)?.[1] ?? ''
    const rules = [...violationsOf('client'), ...violationsOfDeflate()].map(({ rule }) => rule)
    assert.deepEqual(broken.match(/[a-z][a-z\d-]+/g), [...new Set(rules)].sort())
    for (const line of output.split('\n')) t.diagnostic(line)
  })

  for (const { what, file, from, to, failure } of faults) {
    test(`finds a planted fault: ${what}`, async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'crowd-'))
      t.after(() => rm(folder, { recursive: true, force: true }))
      await cp(examples, join(folder, 'examples'), { recursive: true })
      await mkdir(join(folder, 'node_modules'))
      await symlink(root, join(folder, 'node_modules/websocket-frames'))
      const path = join(folder, 'examples', file)
      const source = await readFile(path, 'utf8')
      assert.ok(source.includes(from), `${file} has changed`)
      await writeFile(path, source.replaceAll(from, to))

      const servers = ['--echo', join(folder, 'examples/echo-server.mjs'), '--chat', join(folder, 'examples/chat-server.mjs')]
      const { code, output } = await crowd(t, '--connections', '120', '--seconds', '2', '--pause', '1000', ...servers)
      assert.match(output, failure)
      assert.equal(code, 1)
    })
  }
})
