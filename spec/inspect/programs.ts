/**
 * Programs that print bytes, as far as they are on this machine.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a command prints; null if it is missing or fails. */
export function output(command: readonly string[], input: Uint8Array): string | null {
  const [program = '', ...args] = command
  const { status, stdout } = spawnSync(program, args, { input, timeout: 60_000, stdio: ['pipe', 'pipe', 'ignore'] })
  return status === 0 ? stdout.toString('latin1') : null
}

/** The same for a command that reads a file: its `FILE` is the path of one with this content. */
export function outputFor(command: readonly string[], content: Uint8Array): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'parse-bytes-'))
  try {
    const file = join(folder, 'bytes')
    writeFileSync(file, content)
    return output(
      command.map((part) => part.replaceAll('FILE', file)),
      new Uint8Array(0),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A capture file with one packet. */
export function pcap(packet: Uint8Array, linkType: number): Uint8Array {
  const file = Buffer.alloc(40 + packet.length)
  file.writeUInt32LE(0xa1b2c3d4, 0)
  file.writeUInt16LE(2, 4)
  file.writeUInt16LE(4, 6)
  file.writeUInt32LE(0x40000, 16)
  file.writeUInt32LE(linkType, 20)
  file.writeUInt32LE(packet.length, 32)
  file.writeUInt32LE(packet.length, 36)
  file.set(packet, 40)
  return file
}
