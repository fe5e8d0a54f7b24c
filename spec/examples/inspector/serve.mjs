/**
 * Serves the inspector, a page to look at frames and to build them, on the loopback interface.
 *
 *   npm run inspector [-- PORT]
 */
import { createServer } from 'node:http'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = new URL('../../../', import.meta.url)

/** Where a path leads to. Nothing else is served. */
const FOLDERS = [
  { path: /^\/$/, target: () => 'spec/examples/inspector/index.html' },
  {
    path: /^\/inspector\/([\w-]+\.(?:mjs|css|svg|txt))$/,
    target: (/** @type {string} */ name) => `spec/examples/inspector/${name}`,
  },
  { path: /^\/decode\/([\w-]+\.mjs)$/, target: (/** @type {string} */ name) => `spec/examples/decode/${name}` },
  { path: /^\/package\/((?:[\w-]+\/)*[\w-]+\.js)$/, target: (/** @type {string} */ name) => `dist/esm/${name}` },
  {
    path: /^\/fixtures\/((?:captures|rfc6455|documents)\/[\w.-]+\.json)$/,
    target: (/** @type {string} */ name) => `fixtures/${name}`,
  },
]

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.mjs': 'text/javascript',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
}

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; " +
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/**
 * @param {number} [port] 0 for any that is free
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startInspector(port = 0) {
  if (!existsSync(new URL('dist/esm/index.js', root))) throw new Error('the package has not been built: npm run build')
  const server = createServer(async ({ url = '/', method }, response) => {
    const file = fileOf(url)
    if (file === null || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(file === null ? 404 : 405, HEADERS).end()
      return
    }
    try {
      const data = await readFile(file)
      const extension = extname(file.pathname)
      // Browsers find no package by its name, and workers have no import maps.
      const body = extension === '.mjs' ? data.toString().replaceAll("from 'websocket-frames'", "from '/package/index.js'") : data
      response.writeHead(200, { ...HEADERS, 'Content-Type': `${TYPES[extension]}; charset=utf-8` }).end(method === 'HEAD' ? '' : body)
    } catch {
      response.writeHead(404, HEADERS).end()
    }
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server.off('error', reject)))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** @param {string} url */
function fileOf(url) {
  const path = url.split('?')[0] ?? ''
  for (const { path: pattern, target } of FOLDERS) {
    const match = pattern.exec(path)
    if (match !== null) return new URL(target(match[1] ?? ''), root)
  }
  return null
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , port = '0', ...rest] = process.argv
  if (rest.length > 0 || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    console.error(`usage: node ${fileURLToPath(import.meta.url)} [PORT]`)
    process.exitCode = 2
  } else {
    try {
      const { url } = await startInspector(Number(port))
      console.log(`The inspector is at ${url}   (Ctrl+C ends it)`)
    } catch (error) {
      console.error(error instanceof Error ? error.message : error)
      process.exitCode = 1
    }
  }
}
