/**
 * The example servers and the client as a user runs them. What they do with the clients and servers of others, and with bad
 * ones, is checked in `spec/interop`.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'

const running: ChildProcess[] = []

afterAll(() => {
  for (const child of running) child.kill()
})

function example(name: string, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [join(__dirname, '../examples', `${name}.mjs`), ...args])
  running.push(child)
  return child
}

/** Starts an example server and waits for the address that it prints. */
async function start(name: string, ...args: string[]): Promise<string> {
  const child = example(name, args)
  return new Promise((resolve, reject) => {
    let printed = ''
    child.stdout?.on('data', (data) => {
      printed += String(data)
      const url = /(ws|http):\/\/127\.0\.0\.1:\d+\//.exec(printed)?.[0]
      if (url !== undefined) resolve(url)
    })
    child.once('close', () => reject(new Error(`${name} printed no address but: ${printed}`)))
  })
}

/** Runs the client to its end. */
async function client(...args: string[]) {
  const child = example('client', args)
  const output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (data) => (output.stdout += String(data)))
  child.stderr?.setEncoding('utf8').on('data', (data) => (output.stderr += String(data)))
  const status = await new Promise((resolve) => child.once('close', resolve))
  return { status, ...output }
}

const texts = ['Hello', '你好，世界', '']
const echoes = 'text Hello\ntext 你好，世界\ntext \nclose 1000\n'

describe('the echo server', () => {
  test.each([
    ['', [], []],
    [' with permessage-deflate', ['--deflate'], ['--deflate']],
    [' when it refuses permessage-deflate', [], ['--deflate']],
    [' when the client does not offer permessage-deflate', ['--deflate'], []],
  ])('echoes%s', async (_how, serverArgs, clientArgs) => {
    const url = await start('echo-server', ...serverArgs)
    expect(await client(...clientArgs, url, ...texts)).toEqual({ status: 0, stdout: echoes, stderr: '' })
  })

  test('echoes through the proxy, also a message that does not fit in what the proxy holds', async () => {
    const url = await start('proxy', await start('echo-server', '--deflate'))
    expect(await client(url, ...texts)).toEqual({ status: 0, stdout: echoes, stderr: '' })
    expect(await client('--deflate', url, ...texts)).toEqual({ status: 0, stdout: echoes, stderr: '' })
    const long = '长'.repeat(40_000)
    expect((await client(url, long)).stdout === `text ${long}\nclose 1000\n`).toBe(true)
  })
})

describe('the chat server', () => {
  test('welcomes, broadcasts to a room of its own for each path, and lets go of who says quit', async () => {
    const url = (await start('chat-server')).replace('http', 'ws')
    // The client closes after as many messages as it has sent; the next may have been on its way.
    const first = await client(`${url}lobby`, 'Hello', 'bye')
    expect(first.stdout).toMatch(/^text Welcome, guest 1!\ntext guest 1: Hello\n(text guest 1: bye\n)?close 1000\n$/)
    const second = await client(`${url}lobby`, 'Hello')
    expect(second.stdout).toMatch(/^text Welcome, guest 2!\n(text guest 2: Hello\n)?close 1000\n$/)
    const quit = 'text Welcome, guest 3!\nclose 1000 quit\n'
    expect(await client(`${url}elsewhere`, 'quit', 'nobody reads this')).toEqual({ status: 0, stdout: quit, stderr: '' })
  })

  test('does not let a page of another site in', async () => {
    const url = await start('chat-server')
    const key = { 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }
    const headers = { Upgrade: 'websocket', Connection: 'Upgrade', ...key, Origin: 'http://other.example' }
    const status = await new Promise((resolve, reject) => {
      request(url, { headers })
        .on('response', ({ statusCode }) => resolve(statusCode))
        .on('upgrade', (_response, socket) => resolve(socket.destroy()))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
  })
})

describe('the client', () => {
  test('says what is wrong', async () => {
    expect(await client()).toEqual({ status: 2, stdout: '', stderr: 'usage: client [--deflate] URL TEXT...\n' })
    const page = await start('proxy', 'ws://127.0.0.1:9/')
    expect(await client(page, 'Hello')).toEqual({ status: 1, stdout: '', stderr: 'no WebSocket here: 502 Bad Gateway\n' })
  })
})
