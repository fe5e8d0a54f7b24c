/**
 * Tests with a limit, and what has to be installed for some of them besides npm packages. Where that is missing, they
 * are skipped and say so; where CI is set, they fail.
 */
import { execFileSync } from 'node:child_process'
import { test as testOfNode } from 'node:test'

/** Milliseconds. No test takes a quarter of it on two cores that have nothing else to do. */
const TIMEOUT = 120_000

/** @typedef {{ command: string | null, missing: string | null }} Tool one of the two is null */

/**
 * @param {string} what
 * @param {string[]} commands
 * @param {string[]} args which fail if it is not there
 * @returns {Tool}
 */
function find(what, commands, args) {
  for (const command of commands) {
    try {
      execFileSync(command, args, { stdio: 'ignore', timeout: 20_000 })
      return { command, missing: null }
    } catch {
      // Then perhaps the next.
    }
  }
  return { command: null, missing: `no ${what} on this machine` }
}

export const chromium = find('Chromium', ['/usr/bin/chromium', '/usr/bin/chromium-browser'], ['--version'])
export const firefox = find('Firefox', ['/usr/bin/firefox-esr', '/usr/bin/firefox'], ['--version'])
// Debian's own first: python3 may be another one, without Debian's packages.
export const python = find('Python with websockets', ['/usr/bin/python3', 'python3'], ['-c', 'import websockets'])

/**
 * @param {string} name
 * @param {(t: import('node:test').TestContext) => Promise<void> | void} body
 */
export function test(name, body) {
  return testOfNode(name, { timeout: TIMEOUT }, body)
}

/**
 * @param {{ missing: string | null }[]} tools
 * @param {string} name
 * @param {(t: import('node:test').TestContext) => Promise<void> | void} body
 */
export function testWith(tools, name, body) {
  const missing = tools.map((tool) => tool.missing).find((reason) => reason !== null)
  if (missing === undefined) return test(name, body)
  if (!process.env.CI) return testOfNode(`${name} (skipped: ${missing})`, { skip: true })
  return test(name, () => {
    throw new Error(missing)
  })
}
