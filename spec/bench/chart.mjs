/**
 * Draws the cells of reports as SVG, readable on light and on dark pages, the first report on top:
 *
 *   node spec/bench/chart.mjs REPORT.json... CHART.svg
 */
import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { View, parse } from 'vega'
import { compile } from 'vega-lite'
import { cellChunks, isEncoding, sizeTitle, typeTitles } from './cases.mjs'
import { cellsOf } from './cells.mjs'

/** Each of them can be told from white and from black, by people who do not see all colours too. */
const KINDS = {
  [kindOf({ group: 'read', type: 'binary', masked: true })]: { colour: '#d55e00', shape: 'circle' },
  [kindOf({ group: 'read', type: 'binary', masked: false })]: { colour: '#e69f00', shape: 'square' },
  [kindOf({ group: 'read', type: 'text', masked: true })]: { colour: '#3b8fd6', shape: 'triangle-up' },
  [kindOf({ group: 'read', type: 'utf8', masked: true })]: { colour: '#009e73', shape: 'diamond' },
  [kindOf({ group: 'write', parts: 'frame', masked: true })]: { colour: '#cc5fa5', shape: 'circle' },
  [kindOf({ group: 'write', parts: 'frame', masked: false })]: { colour: '#8a8d0f', shape: 'square' },
  [kindOf({ group: 'write', parts: 'header', masked: false })]: { colour: '#8c6bd1', shape: 'diamond' },
}

/** The line of each kind of payload, or of each way to encode. */
function kindOf({ group, type, masked, parts }) {
  const mask = masked ? 'masked' : 'unmasked'
  if (isEncoding({ group })) return `${parts === 'frame' ? 'encodeFrame' : 'encodeHeader'}, ${mask}`
  return `${typeTitles[type]}, ${mask}`
}

/** Left out are empty payloads, which only one of the panels has, and one-byte chunks. */
const ROWS = { borrowed: 'borrowed (default)', given: 'given away' }
const COLUMNS = cellChunks.slice(0, -1)
const ENCODING = 'encoding'

/** Grey is read on both pages; what must be seen at once takes the colour of the page's text. */
const GREY = '#8b949e'

const style = `<style>
  svg { color: #1f2328; background: #ffffff }
  @media (prefers-color-scheme: dark) { svg { color: #e6edf3; background: #0d1117 } }
</style>`

/**
 * @param {object[]} reports what bench.mjs has measured, each with another Node.js
 * @returns {Promise<string | null>} null if there is nothing to draw
 */
export async function drawChart(reports) {
  const drawn = reports.map((report) => ({ ...report, values: valuesOf(report) })).filter(({ values }) => values.length > 0)
  if (drawn.length === 0) return null
  const view = new View(parse(compile(specificationOf(drawn)).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  await view.finalize()
  // Its descriptions of every axis and point are three quarters of the file, and an image on a page does not show them.
  return svg.replaceAll(/ (aria-[a-z]+|role)="[^"]*"/g, '').replace(/(<svg[^>]*>)/, `$1${style}`)
}

function valuesOf({ figures }) {
  return cellsOf(figures).flatMap(({ id, cells }) =>
    cells
      .filter((cell) => cell.ratio !== null)
      .map((cell) => ({
        row: ROWS[id] ?? ENCODING,
        column: cell.case.chunks,
        size: sizeTitle(cell.case.size),
        order: cell.case.size,
        kind: kindOf(cell.case),
        ratio: cell.ratio,
      }))
      .filter(({ row, column, order }) => row === ENCODING || (COLUMNS.includes(column) && order > 0)),
  )
}

function specificationOf(reports) {
  const all = reports.flatMap(({ values }) => values)
  const kinds = Object.keys(KINDS).filter((name) => all.some(({ kind }) => kind === name))
  const y = {
    field: 'ratio',
    type: 'quantitative',
    title: 'ws / ours',
    scale: { type: 'log', nice: false, domain: domainOf(all) },
    axis: { values: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20], format: '~g' },
  }
  const kind = { field: 'kind', type: 'nominal', sort: null, title: null }
  const color = { ...kind, scale: { domain: kinds, range: kinds.map((name) => KINDS[name].colour) } }
  const shape = { ...kind, scale: { domain: kinds, range: kinds.map((name) => KINDS[name].shape) } }
  const layersOf = (values) => {
    const sizes = new Map(values.map(({ order, size }) => [order, size]))
    const sort = [...sizes.keys()].sort((a, b) => a - b).map((order) => sizes.get(order))
    const x = { field: 'size', type: 'ordinal', sort, title: 'payload', axis: { labelAngle: 0 } }
    return [
      { mark: { type: 'rule', color: 'currentColor', strokeWidth: 1.5 }, encoding: { y: { datum: 1 } } },
      { mark: { type: 'line', strokeWidth: 1.5 }, encoding: { x, y, color } },
      { mark: { type: 'point', filled: true, size: 45, opacity: 1 }, encoding: { x, y, color, shape } },
    ]
  }
  const decodingOf = ({ values, machine }) => {
    const decoding = values.filter(({ row }) => row !== ENCODING)
    if (decoding.length === 0) return []
    return [
      {
        title: nodeOf(machine),
        data: { values: decoding },
        facet: {
          row: { field: 'row', type: 'nominal', sort: Object.values(ROWS), title: null },
          column: { field: 'column', type: 'nominal', sort: COLUMNS, title: null },
        },
        spec: { width: 165, height: 120, layer: layersOf(decoding) },
      },
    ]
  }
  const encodingOf = ({ values, machine }) => {
    const encoding = values.filter(({ row }) => row === ENCODING)
    if (encoding.length === 0) return []
    return [
      {
        title: `${nodeOf(machine)}, encoding`,
        data: { values: encoding },
        width: 330,
        height: 120,
        layer: layersOf(encoding),
      },
    ]
  }
  const encodings = reports.flatMap(encodingOf)
  return {
    background: null,
    padding: 16,
    title: {
      text: 'How many times as long as websocket-frames ws takes',
      // Short lines: without a canvas Vega takes text for wider than it is, and makes the image so wide.
      subtitle: ['Above the line at 1 websocket-frames is faster. ws has bufferutil.', reports[0].machine.cpu],
    },
    vconcat: [...reports.flatMap(decodingOf), ...(encodings.length > 0 ? [{ hconcat: encodings }] : [])],
    spacing: 28,
    config: {
      font: 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif',
      view: { stroke: GREY, strokeOpacity: 0.5 },
      title: {
        color: 'currentColor',
        subtitleColor: 'currentColor',
        anchor: 'start',
        fontSize: 16,
        subtitleFontSize: 12,
        offset: 16,
      },
      header: { labelColor: 'currentColor', labelFontSize: 13, labelFontWeight: 'bold' },
      legend: {
        labelColor: 'currentColor',
        orient: 'bottom',
        columns: 3,
        labelFontSize: 12,
        symbolSize: 80,
        labelLimit: 0,
      },
      axis: {
        labelColor: 'currentColor',
        titleColor: 'currentColor',
        titleFontWeight: 'normal',
        labelFontSize: 11,
        titleFontSize: 12,
        gridColor: GREY,
        gridOpacity: 0.25,
        domainColor: GREY,
        tickColor: GREY,
      },
    },
  }
}

function nodeOf({ node }) {
  return `Node.js ${node.split(' ')[0]}`
}

/** 1 is always shown, and there is room above and below the points. */
function domainOf(values) {
  const ratios = values.map(({ ratio }) => ratio)
  return [Math.min(0.8, 0.8 * Math.min(...ratios)), Math.max(2, 1.25 * Math.max(...ratios))]
}

/** Writes the chart of reports, if there is anything to draw. */
export async function writeChart(file, reports) {
  const svg = await drawChart(reports)
  if (svg === null) console.error('there is nothing to draw')
  else await writeFile(file, `${svg}\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = process.argv.slice(2)
  const reports = await Promise.all(files.slice(0, -1).map(async (file) => JSON.parse(await readFile(file, 'utf8'))))
  await writeChart(files.at(-1), reports)
}
