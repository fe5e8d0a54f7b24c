/**
 * How much of the packed package ends up in the bundle of those who import one thing or everything.
 *
 *   node --test size.test.mjs
 */
import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { install } from './packed.mjs'

const { folder, remove } = install()
after(remove)

const KiB = 1024
const imports = {
  '{ decodeFrame }': { limit: 5 * KiB },
  '{ encodeFrame }': {},
  '{ FrameReader }': { limit: 9 * KiB },
  '{ MessageReader }': { limit: 12 * KiB },
  // Nobody has to load all of it: most of that is for people.
  '*': {},
}

async function measure(imported) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export ${imported} from 'websocket-frames'`, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    metafile: true,
    write: false,
  })
  const [{ inputs }] = Object.values(metafile.outputs)
  const [{ contents }] = outputFiles
  const files = Object.entries(inputs).map(([path, { bytesInOutput: bytes }]) => ({ file: basename(path), bytes }))
  return {
    minified: contents.length,
    gzipped: gzipSync(contents, { level: 9 }).length,
    files: files.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes),
  }
}

const rows = []
before(async () => {
  for (const [imported, { limit = '' }] of Object.entries(imports)) {
    rows.push({ imported, limit, ...(await measure(imported)) })
  }
  const line = (name, ...cells) => console.log(name.padEnd(20), ...cells.map((cell) => String(cell).padStart(10)))
  line('import, in bytes', 'minified', 'gzipped', 'limit')
  for (const { imported, minified, gzipped, limit } of rows) line(imported, minified, gzipped, limit)
})

for (const [imported, { limit }] of Object.entries(imports)) {
  if (limit === undefined) continue
  test(`${imported} is at most ${limit / KiB} KiB`, () => {
    const { gzipped, files } = rows.find((row) => row.imported === imported)
    const largest = files.map(({ file, bytes }) => `${file} ${bytes}`).join(', ')
    assert.ok(gzipped <= limit, `${gzipped} bytes gzipped; minified by file: ${largest}`)
  })
}

test('what is not imported is not in the bundle', () => {
  const filesOf = (name) => rows.find(({ imported }) => imported === name).files.map(({ file }) => file)
  const others = ['frame-reader.js', 'message-reader.js', 'inspect.js', 'hex.js', 'explain.js']
  assert.deepEqual(
    filesOf('{ decodeFrame }').filter((file) => others.includes(file)),
    [],
  )
  assert.deepEqual(
    others.filter((file) => !filesOf('*').includes(file)),
    [],
  )
})
