/**
 * websocket-driver, driven as its users do: with a request of an HTTP server, then bytes in and events out.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { http } = require('websocket-driver')

const request = {
  method: 'GET',
  url: '/',
  headers: {
    host: 'localhost',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  },
}

export function versions() {
  return { 'websocket-driver': require('websocket-driver/package.json').version }
}

function openDriver(options) {
  const driver = http(request, { maxLength: 2 ** 26, ...options })
  driver.on('error', (error) => {
    throw error
  })
  driver.start()
  return driver
}

export function decoder({ masked }, onData) {
  const driver = openDriver({ requireMasking: masked })
  driver.on('message', ({ data }) => onData(data))
  return (chunk) => driver.parse(chunk)
}

/** `masking` has it do what its clients do. */
export function encoder({ masked }) {
  const driver = openDriver({ masking: masked })
  let written
  driver.io.on('data', (bytes) => {
    written = bytes
  })
  return (payload) => {
    driver.binary(payload)
    return written
  }
}
