/**
 * The server of the inspector as a user runs it. What the page does is tested in `spec/interop`, in browsers.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

const root = join(__dirname, '../..')
let child: ChildProcess | undefined
let address = ''

beforeAll(async () => {
  child = spawn(process.execPath, [join(root, 'spec/examples/inspector/serve.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] })
  address = await new Promise((resolve, reject) => {
    child?.stdout?.on('data', (data) => {
      const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(String(data))?.[0]
      if (url !== undefined) resolve(url)
    })
    child?.once('close', () => reject(new Error('the inspector printed no address')))
  })
})
afterAll(() => {
  child?.kill()
})

interface Answer {
  readonly status: number | undefined
  readonly policy: string
  readonly type: string
  readonly body: string
}

/** The path is sent as it is: `fetch` would take out the dots. */
function get(path: string, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (data) => (body += String(data)))
      response.on('end', () => {
        const { 'content-security-policy': policy = '', 'content-type': type = '' } = response.headers
        resolve({ status: response.statusCode, policy: String(policy), type, body })
      })
    })
      .on('error', reject)
      .end()
  })
}

describe('npm run inspector', () => {
  test('serves the page and everything that it loads, all of it from here', async () => {
    const seen = new Map<string, Answer>()
    const waiting = ['/']
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue
      const answer = await get(path)
      expect({ path, status: answer.status }).toEqual({ path, status: 200 })
      expect(answer.policy).toContain("default-src 'none'")
      expect(answer.policy).not.toMatch(/https?:|\*/)
      seen.set(path, answer)
      const code = answer.body.replaceAll(/\/\*[^]*?\*\//g, '')
      const links = code.matchAll(/(?:from |import\(?|new URL\(|src=|href=|textAt\()['"]([^'"]+)['"]/g)
      for (const [, link = ''] of links) waiting.push(new URL(link, new URL(path, address)).pathname)
    }
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining(['/', '/package/index.js', '/inspector/worker.mjs', '/decode/read.mjs', '/fixtures/captures/chromium.json']),
    )
    for (const [path, { body }] of seen) {
      const others = path.startsWith('/package/')
        ? []
        : (body.match(/\b(?:https?|wss?):\/\/(?!127\.0\.0\.1|www\.w3\.org\/2000\/svg)\S+/g) ?? [])
      expect({ path, others }).toEqual({ path, others: [] })
    }
    expect(seen.get('/inspector/main.mjs')?.type).toBe('text/javascript; charset=utf-8')
    expect(seen.get('/')?.type).toBe('text/html; charset=utf-8')
  })

  test.each([
    '/package.json',
    '/../package.json',
    '/inspector/../package.json',
    '/inspector/..%2fserve.mjs',
    '/package/../../package.json',
    '/decode/decode.mjs/',
    '//etc/passwd',
    '/fixtures/captures/..',
  ])('%s is not served', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, body: '' })
  })

  test('only reads', async () => {
    expect(await get('/', 'POST')).toMatchObject({ status: 405 })
    expect(await get('/', 'HEAD')).toMatchObject({ status: 200, body: '' })
  })

  test.each([['no-number'], ['70000'], ['0', '0']])('%j: says how it is used', async (...args) => {
    const wrong = spawn(process.execPath, [join(root, 'spec/examples/inspector/serve.mjs'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    wrong.stderr.setEncoding('utf8').on('data', (data) => (stderr += String(data)))
    const status = await new Promise((resolve) => wrong.once('close', resolve))
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('[PORT]') })
  })
})
