/**
 * Asks the worker.
 */

/** @typedef {import('./worker.mjs').Loaded} Loaded */

const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' })

/** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
const waiting = new Map()
let nextId = 0

worker.addEventListener('message', ({ data: { id, result, error } }) => {
  const { resolve, reject } = waiting.get(id) ?? {}
  waiting.delete(id)
  if (error === undefined) resolve?.(result)
  else reject?.(new Error(error))
})
worker.addEventListener('error', ({ message }) => {
  for (const { reject } of waiting.values()) reject(new Error(message || 'the worker failed'))
  waiting.clear()
})

/**
 * @param {string} call
 * @param {...unknown} args
 * @returns {Promise<any>}
 */
export function ask(call, ...args) {
  return new Promise((resolve, reject) => {
    const id = nextId++
    waiting.set(id, { resolve, reject })
    worker.postMessage({ id, call, args })
  })
}
