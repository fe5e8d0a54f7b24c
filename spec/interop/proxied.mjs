/** A server that is reached through the proxy of the examples. */
import { startProxy } from '../examples/proxy.mjs'

/**
 * @template {{ url: string, close: () => Promise<void> }} Server
 * @param {() => Promise<Server>} start
 * @returns {Promise<Server>} its address is that of the proxy
 */
export async function startProxied(start) {
  const server = await start()
  const proxy = await startProxy({ target: server.url })
  return {
    ...server,
    url: proxy.url,
    async close() {
      await proxy.close()
      await server.close()
    },
  }
}
