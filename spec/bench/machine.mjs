/**
 * What the figures were measured on.
 */
import { execFile } from 'node:child_process'
import os from 'node:os'
import { promisify } from 'node:util'

export async function machineOf({ node }) {
  const { stdout } = await promisify(execFile)(node, ['-p', 'process.versions.node + " (V8 " + process.versions.v8 + ")"'])
  const [cpu] = os.cpus()
  return {
    cpu: `${cpu?.model.trim() ?? 'unknown'}, ${os.availableParallelism()} cores`,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: stdout.trim(),
  }
}
