/**
 * Compiles wslay.c, where there are a C compiler and the library (Debian: libwslay-dev).
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const source = fileURLToPath(new URL('wslay.c', import.meta.url))

/** @returns {Promise<{ program: string } | { reason: string }>} the reason why it is left out */
export async function compileWslay(folder) {
  const program = join(folder, 'wslay')
  try {
    await promisify(execFile)(process.env.CC ?? 'cc', ['-O2', '-o', program, source, '-lwslay'])
    return { program }
  } catch (error) {
    if (error.code === 'ENOENT') return { reason: 'there is no C compiler' }
    const line = String(error.stderr)
      .split('\n')
      .find((text) => /error|cannot find/.test(text))
    return { reason: line ?? error.message }
  }
}
