/**
 * Draws the ratios of a report as SVG, readable on light and on dark pages:
 *
 *   node spec/bench/chart.mjs REPORT.json CHART.svg
 */
import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { View, parse } from 'vega'
import { compile } from 'vega-lite'
import { cases, sizeTitle } from './cases.mjs'
import { ratioOf, referenceFor } from './figures.mjs'

/** Each of them can be told from white and from black, by people who do not see all colours too. */
const COLOURS = {
  ws: '#d55e00',
  'ws-js': '#e69f00',
  'websocket-driver': '#8a8d0f',
  websocket: '#009e73',
  undici: '#3b8fd6',
  wslay: '#cc5fa5',
}
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down', 'cross']

const TITLES = {
  ws: 'ws with add-ons',
  'ws-js': 'ws without add-ons',
  'websocket-driver': 'websocket-driver',
  websocket: 'websocket',
  undici: 'undici',
  wslay: 'libwslay (C)',
}

/** Six panels: the other tables say little more. */
function isInPanel({ group, type }) {
  return group === 'encode' || (group === 'decode' && type !== 'utf8')
}

/** Grey is read on both pages; what must be seen at once takes the colour of the page's text. */
const GREY = '#8b949e'

const style = `<style>
  svg { color: #1f2328; background: #ffffff }
  @media (prefers-color-scheme: dark) { svg { color: #e6edf3; background: #0d1117 } }
</style>`

/** @returns {Promise<string | null>} null if there is nothing to draw */
export async function drawChart({ machine, figures }) {
  const values = figures
    .filter((figure) => isInPanel(figure.case) && figure.implementation in COLOURS && !figure.isOver)
    .map((figure) => ({
      panel: figure.case.table,
      size: sizeTitle(figure.case.size),
      order: figure.case.size,
      peer: TITLES[figure.implementation],
      ratio: ratioOf(figure, referenceFor(figures, figure)),
    }))
    .filter(({ ratio }) => ratio !== null)
  if (values.length === 0) return null
  const view = new View(parse(compile(specificationOf(values, machine)).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  await view.finalize()
  // Its descriptions of every axis and point are three quarters of the file, and an image on a page does not show them.
  return svg.replaceAll(/ (aria-[a-z]+|role)="[^"]*"/g, '').replace(/(<svg[^>]*>)/, `$1${style}`)
}

function specificationOf(values, { node, cpu }) {
  const panels = [...new Set(cases.map(({ table }) => table))].filter((table) =>
    values.some(({ panel }) => panel === table),
  )
  const sizes = [...new Map(values.map(({ order, size }) => [order, size]))]
    .sort(([a], [b]) => a - b)
    .map(([, size]) => size)
  const peers = Object.keys(COLOURS).filter((id) => values.some(({ peer }) => peer === TITLES[id]))
  const x = { field: 'size', type: 'ordinal', sort: sizes, title: 'payload', axis: { labelAngle: 0 } }
  const y = {
    field: 'ratio',
    type: 'quantitative',
    title: 'time / ours',
    scale: { type: 'log', nice: false, domain: domainOf(values) },
    axis: { values: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100], format: '~g' },
  }
  const peer = { field: 'peer', type: 'nominal', sort: null, title: null }
  const domain = peers.map((id) => TITLES[id])
  return {
    data: { values },
    background: null,
    padding: 16,
    title: {
      text: 'How many times as long as websocket-frames the others take',
      // Short lines: without a canvas Vega takes text for wider than it is, and makes the image so wide.
      subtitle: [
        'Above the line at 1 websocket-frames is faster.',
        `MessageReader with chunks that it owns, encodeFrame; Node.js ${node.split(' ')[0]}`,
        cpu,
      ],
    },
    facet: { field: 'panel', type: 'nominal', sort: panels, title: null },
    columns: 2,
    spec: {
      width: 330,
      height: 200,
      layer: [
        { mark: { type: 'rule', color: 'currentColor', strokeWidth: 1.5 }, encoding: { y: { datum: 1 } } },
        {
          mark: { type: 'line', strokeWidth: 1.5 },
          encoding: { x, y, color: { ...peer, scale: { domain, range: peers.map((id) => COLOURS[id]) } } },
        },
        {
          mark: { type: 'point', filled: true, size: 55, opacity: 1 },
          encoding: {
            x,
            y,
            color: { ...peer, scale: { domain, range: peers.map((id) => COLOURS[id]) } },
            shape: { ...peer, scale: { domain, range: SHAPES } },
          },
        },
      ],
    },
    resolve: { axis: { x: 'independent', y: 'independent' } },
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

/** 1 is always shown, and there is room above and below the points. */
function domainOf(values) {
  const ratios = values.map(({ ratio }) => ratio)
  return [Math.min(0.8, 0.8 * Math.min(...ratios)), Math.max(2, 1.25 * Math.max(...ratios))]
}

/** Writes the chart of a report, if there is anything to draw. */
export async function writeChart(file, report) {
  const svg = await drawChart(report)
  if (svg === null) console.error('there is nothing to draw')
  else await writeFile(file, `${svg}\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [report, file] = process.argv.slice(2)
  await writeChart(file, JSON.parse(await readFile(report, 'utf8')))
}
