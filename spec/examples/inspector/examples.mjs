/**
 * What the page offers to begin with.
 */

/** @param {string} path */
async function textAt(path) {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.text()
}

/** @type {{ name: string, load: () => Promise<string>, options?: Partial<import('./worker.mjs').Options> }[]} */
export const examples = [
  { name: 'A conversation', load: () => textAt('/inspector/conversation.txt') },
  {
    name: 'A client that breaks rules',
    load: async () => '8185 37fa213d 7f9f4d5158\n0183 37fa213d 7f9f4d\n8980 37fa213d\n8182 37fa213d 5b95\n8105 48656c6c6f',
    options: { sender: 'client' },
  },
  { name: 'Chromium and ws', load: () => textAt('/fixtures/captures/chromium.json') },
  { name: 'permessage-deflate', load: () => textAt('/fixtures/captures/chromium-deflate.json') },
  { name: 'The examples of the RFC', load: () => textAt('/fixtures/rfc6455/5.7.json') },
]
