/**
 * A file server on the loopback interface: the files of the repository, for the pages that browsers open, and the sets
 * of messages at /contents/NAME.json and /contents/NAME.bin.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import sirv from 'sirv'
import { contents } from './contents.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @returns {Promise<{ url: string, contentsUrl: (name: string) => string, close: () => Promise<void> }>} */
export async function startFileServer() {
  const serveFile = sirv(root, { dev: true })
  const generated = new Map(
    Object.entries(contents).flatMap(([name, { index, data }]) => [
      [`/contents/${name}.json`, JSON.stringify(index)],
      [`/contents/${name}.bin`, data],
    ]),
  )
  const server = createServer((request, response) => {
    const body = generated.get(request.url ?? '')
    if (body === undefined) serveFile(request, response, () => response.writeHead(404).end())
    else response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}`
  return {
    url,
    contentsUrl: (name) => `${url}/contents/${name}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}
