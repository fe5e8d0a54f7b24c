/**
 * The vectors of the RFC's sections and of the documents are written by a generator that does not use the library.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { rules } from '../../src/index.js'

const root = join(__dirname, '../..')
const hasPython = spawnSync('python3', ['--version']).status === 0
const conditionally = hasPython ? test : test.skip

conditionally(`the committed files are what the generator writes${hasPython ? '' : ' (skipped: no python3 on this machine)'}`, () => {
  const { status, stdout, stderr } = spawnSync('python3', ['spec/generator/generate.py', '--check'], { cwd: root, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).not.toContain('stale')
})

test('the schema knows every rule with its section and close code, but truncated and after-close, which are no errors of a vector', () => {
  const schema = readFileSync(join(root, 'fixtures/schema.json'), 'utf8')
  const groups = schema.matchAll(
    /"enum": \[(.*)\] \},\s+"rfc": \{ "const": (\d+) \},\s+"section": \{ "const": "(.*)" \},\s+"closeCode": \{ "const": (\d+) \}/g,
  )
  const known = [...groups].flatMap(([, names = '', rfc, section, closeCode]) =>
    [...names.matchAll(/"(.*?)"/g)].map(([, rule]) => [rule, Number(rfc), section, Number(closeCode)]),
  )
  const expected = Object.entries(rules)
    .filter(([rule]) => rule !== 'truncated' && rule !== 'after-close')
    .map(([rule, { rfc, section, closeCode }]) => [rule, rfc, section, closeCode])
  expect(known.sort()).toEqual(expected.sort())
})

const pythons = ['python3', '/usr/bin/python3']
const withJsonSchema = pythons.find((python) => spawnSync(python, ['-c', 'import jsonschema']).status === 0)
const whereThereIs = withJsonSchema === undefined ? test.skip : test

whereThereIs(
  `every vector file is as the schema says${withJsonSchema === undefined ? ' (skipped: no python3 with jsonschema)' : ''}`,
  () => {
    const script = `
import glob, json, jsonschema
validator = jsonschema.Draft202012Validator(json.load(open('fixtures/schema.json')))
files = [name for name in glob.glob('fixtures/*/*.json')]
for name in files:
    for error in validator.iter_errors(json.load(open(name, encoding='utf-8'))):
        print(name, list(error.absolute_path), error.message[:200])
encoder = jsonschema.Draft202012Validator(json.load(open('fixtures/encoder.schema.json')))
for error in encoder.iter_errors(json.load(open('fixtures/encoder.json', encoding='utf-8'))):
    print('encoder', list(error.absolute_path), error.message[:200])
vector = jsonschema.Draft202012Validator({**json.load(open('fixtures/schema.json')), **{'$ref': '#/$defs/vector'}, 'type': 'object', 'properties': {}, 'required': [], 'additionalProperties': True})
for line in open('fixtures/vectors.jsonl', encoding='utf-8'):
    if not vector.is_valid(json.loads(line)):
        print('not valid:', line[:200])
print(len(files), 'files')
`
    const { status, stdout } = spawnSync(withJsonSchema ?? '', ['-c', script], { cwd: root, encoding: 'utf8' })
    expect(stdout).toMatch(/^\d\d files\n$/)
    expect(status).toBe(0)
  },
)

test('both schemas define what they share in the same words', () => {
  const [schema, encoder] = ['schema', 'encoder.schema'].map((name): { $defs: Record<string, unknown> } =>
    JSON.parse(readFileSync(join(root, `fixtures/${name}.json`), 'utf8')),
  )
  const shared = Object.entries(encoder?.$defs ?? {}).filter(([name]) => name !== 'vector')
  expect(shared.length).toBeGreaterThan(5)
  for (const [name, definition] of shared) expect(definition).toEqual(schema?.$defs[name])
})

describe('fixtures/README.md', () => {
  const readme = readFileSync(join(root, 'fixtures/README.md'), 'utf8')
  const schema: { $defs: { vector: { properties: Record<string, { items?: { enum?: string[] } }> } } } = JSON.parse(
    readFileSync(join(root, 'fixtures/schema.json'), 'utf8'),
  )
  const { properties } = schema.$defs.vector

  test('names every field of a vector, every requirement and every column', () => {
    const [head = ''] = readFileSync(join(root, 'fixtures/vectors.tsv'), 'utf8').split('\n')
    const names = [...Object.keys(properties), ...(properties['requires']?.items?.enum ?? []), ...head.split('\t')]
    expect(names.length).toBeGreaterThan(40)
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
  })

  test('shows a vector as it is in its file', () => {
    const [, shown = ''] = /```json\n([^]*?)```/.exec(readme) ?? []
    const { vectors }: { vectors: { id: string }[] } = JSON.parse(readFileSync(join(root, 'fixtures/rfc6455/5.7.json'), 'utf8'))
    const example: { id: string } = JSON.parse(shown)
    expect(example).toEqual(vectors.find(({ id }) => id === example.id))
  })

  test('shows the summary of a consumer for as many vectors as there are', () => {
    const { count }: { count: number } = JSON.parse(readFileSync(join(root, 'fixtures/manifest.json'), 'utf8'))
    const [, ...counts] = /^(\d+) passed, (\d+) late, (\d+) failed, (\d+) skipped$/m.exec(readme) ?? []
    expect(counts.reduce((sum, one) => sum + Number(one), 0)).toBe(count)
  })

  test('links only to files that there are', () => {
    const links = [...readme.matchAll(/\]\((?!#|https?:)([^)#]+)/g)].map(([, path = '']) => path)
    expect(links.length).toBeGreaterThan(8)
    expect(links.filter((path) => !existsSync(join(root, 'fixtures', path)))).toEqual([])
  })
})
