/**
 * `src/README.md`, the map of the source, names every file and every section, and nothing that does not exist.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { rules } from '../../src/index.js'

const src = join(__dirname, '../../src')
const map = readFileSync(join(src, 'README.md'), 'utf8')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))

/** The first group of each match. */
function all(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found)
}

/** The sections in the rows of the table with this heading. */
function sectionsIn(heading: string): string[] {
  const table = map.split(`| ${heading} |`)[1]?.split('\n\n')[0] ?? ''
  return all(/^\| (\d[\d., ]*) \| .*`.*\|$/gm, table).flatMap((cell) => cell.split(', '))
}

test('every file has one line that says its job', () => {
  expect(all(/^\| `([\w/-]+\.ts)` \| \S.* \|$/gm, map).sort()).toEqual([...files].sort())
})

test('the files come floor by floor, in the order of the imports', () => {
  const folders = all(/^\| `(\w+)\/[\w-]+\.ts` \|/gm, map)
  const order = all(/`index > (.*)`/g, map).flatMap((floors) => floors.split(/ [>|] /))
  expect(order).toHaveLength(7)
  expect(folders.filter((folder, index) => folder !== folders[index - 1])).toEqual(order)
})

test('every file and every link in it exists', () => {
  expect(all(/`([^`\s]+\.ts)`/g, map).filter((path) => !files.includes(path) && !path.startsWith('spec/'))).toEqual([])
  const links = all(/\]\(([^)]+)\)/g, map)
  expect(links).not.toEqual([])
  expect(links.filter((path) => !existsSync(join(src, path)))).toEqual([])
})

test('every function that a section names is in the file before it', () => {
  const named = [...map.matchAll(/`([\w/-]+\.ts)` \(`(\w+)`\)/g)]
  expect(named).not.toEqual([])
  for (const [, path = '', name = ''] of named) expect(readFileSync(join(src, path), 'utf8')).toMatch(new RegExp(`\\b${name}\\b`))
})

test('every section of the RFCs that concerns frames has its row', () => {
  const wanted = ['5.1', '5.2', '5.3', '5.4', '5.5', '5.6', '5.7', '5.8', '7.1.5', '7.1.7', '7.4', '8.1', '9', '10.3', '10.4']
  expect(sectionsIn('RFC 6455')).toEqual(expect.arrayContaining(wanted))
  expect(sectionsIn('RFC 7692')).toEqual(expect.arrayContaining(['6', '7.2.1', '7.2.2', '7.2.3']))
})

test.each(Object.entries(rules))('the section of %s has its row', (_rule, { rfc, section }) => {
  // 5.5.1 is in the row of 5.5.
  expect(sectionsIn(`RFC ${rfc}`).some((known) => section === known || section.startsWith(`${known}.`))).toBe(true)
})
