/**
 * The inspector, used by a person at Chromium and at Firefox: pasted into, dropped on, hovered over, moved through by keys.
 *
 *   node --test inspector.test.mjs           leaves artefacts/inspector-*.png
 */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { startInspector } from '../examples/inspector/serve.mjs'
import { browsers } from './browsers.mjs'
import { randomBytes } from './contents.mjs'
import { testWith } from './tools.mjs'

const artefacts = fileURLToPath(new URL('artefacts/', import.meta.url))
const capture = (name) => readFileSync(new URL(`../../fixtures/captures/${name}`, import.meta.url))

const [chromium] = browsers

/** Milliseconds that something may take to appear. */
const PATIENCE = 30_000

const hello = '8185 37fa213d 7f9f4d5158'

/** Somebody at the page. */
class Visitor {
  /** @param {import('puppeteer-core').Page} page */
  constructor(page) {
    this.page = page
    /** @type {string[]} */
    this.requests = []
    /** @type {string[]} */
    this.errors = []
    page.on('request', (request) => this.requests.push(request.url()))
    page.on('pageerror', (error) => this.errors.push(error.message))
  }

  /**
   * @param {import('puppeteer-core').Browser} browser
   * @param {string} url
   * @param {{ width: number, height: number }} [viewport]
   */
  static async open(browser, url, viewport = { width: 1440, height: 1000 }) {
    const visitor = new Visitor(await browser.newPage())
    await visitor.page.setViewport(viewport)
    await visitor.page.goto(url)
    await visitor.until(() => document.body.dataset.ready === 'true')
    return visitor
  }

  /**
   * @param {(...args: any[]) => boolean} condition
   * @param {...unknown} args
   */
  async until(condition, ...args) {
    try {
      await this.page.waitForFunction(condition, { timeout: PATIENCE, polling: 50 }, ...args)
    } catch (error) {
      const seen = await this.page.evaluate(() => document.body.innerText.replaceAll(/\s+/g, ' ').slice(0, 1500))
      throw new Error(`not seen: ${condition} ${JSON.stringify(args)}\n${seen}`, { cause: error })
    }
  }

  /** @param {string} text */
  async type(text) {
    await this.page.$eval('#text', (field) => field.select())
    await this.page.type('#text', text)
  }

  /**
   * @param {string | number[]} content
   * @param {string} name
   */
  async drop(content, name) {
    await this.page.evaluate(
      (given, fileName) => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([typeof given === 'string' ? given : Uint8Array.from(given)], fileName))
        document.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
      },
      content,
      name,
    )
  }

  /** @param {string} text */
  async sees(text, selector = 'body') {
    await this.until(
      (wanted, place) => (document.querySelector(place)?.innerText ?? '').replaceAll(/\s+/g, ' ').includes(wanted),
      text,
      selector,
    )
  }

  /** @param {string} selector */
  async textOf(selector) {
    return this.page.$eval(selector, (found) => found.innerText.replaceAll(/\s+/g, ' ').trim())
  }

  /** Where the grid, the list, the diagram and the details are. */
  async place() {
    return this.page.evaluate(() => ({
      lit: [...document.querySelectorAll('#grid .c.on')].map(({ id }) => Number(id.slice(1))),
      here: document.querySelector('#grid .c.here')?.id ?? null,
      chosen: document.querySelector('#grid .c.chosen')?.id ?? null,
      row: document.querySelector('#list .lit')?.id ?? null,
      chosenRow: document.querySelector('#list .chosen')?.id ?? null,
      field: [...new Set([...document.querySelectorAll('#diagram .lit')].map((part) => part.getAttribute('data-field')))].map((field) => {
        return document.querySelector(`#diagram [data-field="${field}"]`)?.getAttribute('title')
      }),
    }))
  }

  /** @param {Partial<Awaited<ReturnType<Visitor['place']>>>} wanted */
  async isAt(wanted) {
    let seen = await this.place()
    const isThere = () => Object.entries(wanted).every(([name, value]) => JSON.stringify(seen[name]) === JSON.stringify(value))
    for (const start = Date.now(); !isThere() && Date.now() - start < PATIENCE;) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      seen = await this.place()
    }
    assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, seen[name]])), wanted)
  }

  /** @param {string} kind */
  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key)
  }
}

testWith([chromium], 'axe finds nothing that keeps anybody from using it, in light and in dark', async (t) => {
  const inspector = await startInspector()
  t.after(() => inspector.close())
  const running = await chromium.launch()
  t.after(() => running.close())
  const visitor = await Visitor.open(running, inspector.url)
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const check = async (/** @type {string} */ what) => {
    await visitor.page.evaluate(axe)
    const found = await visitor.page.evaluate(async () => {
      const { violations, passes } = await globalThis.axe.run(document)
      return { violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), passes: passes.length }
    })
    assert.deepEqual(found.violations, [], what)
    assert.ok(found.passes > 10, `${found.passes} rules looked at ${what}`)
  }
  for (const theme of ['light', 'dark']) {
    await visitor.page.evaluate((wanted) => {
      document.documentElement.dataset.theme = wanted
    }, theme)
    await check(`the empty page, ${theme}`)
    for (const [example, verdict] of [
      ['0', '✓ Complete'],
      ['1', '✗ Error'],
    ]) {
      await visitor.page.select('#examples', example)
      await visitor.sees(verdict, '#verdict')
      await visitor.sees('frame at byte', '#detail-heading')
      await visitor.until(() => !document.body.classList.contains('busy'))
      await check(`example ${example}, ${theme}`)
    }
    await visitor.page.click('#build')
    await visitor.sees('✓ valid', '.built-verdict')
    await check(`the builder, ${theme}`)
    await visitor.press('Escape')
    await visitor.page.goto(`${inspector.url}?${theme}`)
    await visitor.until(() => document.body.dataset.ready === 'true')
  }
})

for (const browser of browsers) {
  const { name, launch } = browser
  const file = (what) => `${artefacts}inspector-${what}-${name.toLowerCase()}.png`
  mkdirSync(artefacts, { recursive: true })

  testWith([browser], `${name}: what is typed is shown; hovering and keys move through grid, list and diagram together`, async (t) => {
    const inspector = await startInspector()
    t.after(() => inspector.close())
    const running = await launch()
    t.after(() => running.close())
    const visitor = await Visitor.open(running, inspector.url)

    await visitor.type(`${hello} 8900`)
    await visitor.sees('✓ Complete', '#verdict')
    await visitor.sees('"Hello"', '#list')
    await visitor.isAt({ lit: [...Array(11).keys()], chosen: 'b0', chosenRow: 'r0' })

    await visitor.page.hover('#grid #b3')
    await visitor.isAt({ here: 'b3', row: 'r0', field: ['Masking-key: 37 fa 21 3d'] })
    await visitor.sees('byte 3, fa, masking key', '#byte')
    await visitor.page.hover('#grid #b12')
    await visitor.isAt({ here: 'b12', row: 'r1', lit: [11, 12], field: ['MASK: 0', 'Payload len: 0'] })
    await visitor.page.hover('#list #r0')
    await visitor.isAt({ row: 'r0', lit: [...Array(11).keys()] })
    await visitor.page.hover('#diagram [title^="opcode"]')
    await visitor.isAt({ here: 'b0', field: ['opcode: 0x1, text'] })
    await visitor.page.hover('h1')
    await visitor.isAt({ here: null, row: 'r0', chosenRow: 'r0' })

    await visitor.page.focus('#grid')
    await visitor.press('ArrowRight', 'ArrowRight')
    await visitor.isAt({ chosen: 'b2', chosenRow: 'r0', field: ['Masking-key: 37 fa 21 3d'] })
    await visitor.press('End')
    await visitor.isAt({ chosen: 'b12', chosenRow: 'r1' })
    await visitor.sees('ping frame at byte 11', '#detail-heading')
    await visitor.page.focus('#list')
    await visitor.press('ArrowUp')
    await visitor.isAt({ chosen: 'b0', chosenRow: 'r0' })
    assert.equal(await visitor.page.$eval('#list', (list) => list.getAttribute('aria-activedescendant')), 'r0')
    await visitor.page.focus('#diagram [tabindex="0"]')
    await visitor.press('End')
    await visitor.isAt({ chosen: 'b6', field: ['Payload Data: 5 bytes'] })

    assert.deepEqual(visitor.errors, [])
    assert.deepEqual(
      visitor.requests.filter((url) => !url.startsWith(inspector.url) && !url.startsWith('data:')),
      [],
      'nothing is asked of anybody else',
    )
    assert.ok(visitor.requests.includes(`${inspector.url}package/index.js`), 'the built package is imported')
  })

  testWith(
    [browser],
    `${name}: violations in place with the sentence of the RFC; options; states that are sent to a colleague`,
    async (t) => {
      const inspector = await startInspector()
      t.after(() => inspector.close())
      const running = await launch()
      t.after(() => running.close())
      const visitor = await Visitor.open(running, inspector.url)

      await visitor.type('8105 48656c6c6f 8300')
      await visitor.sees('✗ Error opcode-reserved in the frame at byte 7: RFC 6455 section 5.2, close code 1002', '#verdict')
      await visitor.sees('MUST _Fail the WebSocket Connection_', '#list')
      assert.equal(await visitor.page.$eval('#b7', (cell) => cell.classList.contains('wrong')), true)
      await visitor.page.click('#next-violation')
      await visitor.isAt({ chosenRow: 'r1', chosen: 'b7' })
      await visitor.sees('✗ opcode-reserved', '#detail')

      await visitor.type('8105 48656c6c6f')
      await visitor.sees('✓ Complete', '#verdict')
      await visitor.page.select('[name=sender]', 'client')
      await visitor.sees('✗ Error mask-required', '#verdict')
      await visitor.page.select('[name=sender]', 'auto')
      await visitor.type('c107 f248cdc9c90700')
      await visitor.sees('✗ Error rsv-bit', '#verdict')
      await visitor.sees('RSV1 here usually means that permessage-deflate was negotiated', '#detail')
      await visitor.page.click('#detail .card button')
      await visitor.sees('✓ Complete', '#verdict')
      await visitor.sees('inflated "Hello"', '#list')
      await visitor.sees('Message, inflated 5 bytes', '#detail')

      await visitor.page.click('#copy-link')
      await visitor.until(() => document.querySelector('#toast').textContent !== '')
      const link = visitor.page.url()
      const colleague = await Visitor.open(running, link)
      await colleague.sees('inflated "Hello"', '#list')
      assert.equal(await colleague.page.$eval('#text', (field) => field.value), 'c107 f248cdc9c90700')
      assert.equal(await colleague.page.$eval('[name=deflate]', (field) => field.value), 'on')
      await colleague.page.close()

      const damaged = await Visitor.open(running, `${inspector.url}#s=AAAA`)
      await damaged.sees('the link is damaged', '#toast')
      await damaged.page.close()

      // Random bytes do not compress; what is saved holds them.
      const random = [...randomBytes(70_000, 1)]
      await visitor.drop(random, 'random.bin')
      await visitor.sees('random.bin: 70,000 bytes', '#binary')
      await visitor.until(() => document.querySelector('#copy-link').disabled && location.hash === '')
      await visitor.page.evaluate(() => {
        globalThis.saved = new Promise((resolve) => {
          const original = URL.createObjectURL
          URL.createObjectURL = (blob) => {
            resolve(blob.text())
            return original.call(URL, blob)
          }
        })
      })
      await visitor.page.click('#save')
      const saved = await visitor.page.evaluate(() => globalThis.saved)
      await visitor.type(hello)
      await visitor.sees('✓ Complete', '#verdict')
      await visitor.drop(saved, 'frames.inspector.json')
      await visitor.sees('random.bin: 70,000 bytes', '#binary')
      assert.equal(await visitor.page.$eval('[name=deflate]', (field) => field.value), 'on')
      assert.deepEqual(visitor.errors, [])
    },
  )

  testWith([browser], `${name}: captures, HAR and other forms; context takeover; what is hostile is only text`, async (t) => {
    const inspector = await startInspector()
    t.after(() => inspector.close())
    const running = await launch()
    t.after(() => running.close())
    const visitor = await Visitor.open(running, inspector.url)

    await visitor.drop(capture('chromium-deflate.json').toString(), 'chromium-deflate.json')
    await visitor.sees('✓ Complete', '#verdict')
    await visitor.sees('inflated', '#list')
    const expected = JSON.parse(capture('chromium-deflate.json').toString()).vectors
    for (const [index, { messages }] of expected.entries()) {
      await visitor.page.select('#conversation', String(index))
      for (const { type, data } of messages) {
        if (type === 'text' && data.length > 0 && data.length < 40 && !data.includes('"')) await visitor.sees(data, '#list')
      }
      await visitor.sees('✓ Complete', '#verdict')
    }

    await visitor.drop(
      JSON.stringify({
        log: {
          entries: [
            { request: { url: 'wss://a.example/' }, _webSocketMessages: [{ type: 'send', time: 1, opcode: 1, data: '{"a":[1]}' }] },
          ],
        },
      }),
      'a.har',
    )
    await visitor.sees('{"a": [1]}', '#list')
    await visitor.sees('the source has messages, not frames', '#verdict')
    await visitor.sees('{ "a": [ 1 ] }', '#detail pre')
    await visitor.drop([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], 'raw.bin')
    await visitor.sees('"Hello"', '#list')
    await visitor.page.evaluate(() => {
      const transfer = new DataTransfer()
      transfer.setData('text/plain', '89 02 6f 6b')
      // Firefox takes what is pasted by properties of its own.
      const own = { dataType: 'text/plain', data: '89 02 6f 6b' }
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, ...own, bubbles: true, cancelable: true }))
    })
    await visitor.sees('ping FIN "ok"', '#list')
    await visitor.type('gQVIZWxsbw==')
    await visitor.sees('"Hello"', '#list')
    await visitor.type('81g5')
    await visitor.sees('line 1', '#error')
    assert.equal(await visitor.page.$eval('#panes', (panes) => panes.hidden), true)

    const html = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await visitor.drop(
      [
        0x81,
        html.length,
        ...Buffer.from(html),
        0x89,
        html.length,
        ...Buffer.from(html),
        0x02,
        html.length,
        ...Buffer.from(html),
        0x80,
        0x00,
      ],
      `${html}.bin`,
    )
    await visitor.sees('onerror', '#list')
    await visitor.sees('onerror', '#detail')
    assert.equal(await visitor.page.$$eval('main img, main script', (found) => found.length), 0)
    assert.equal(await visitor.page.title(), 'WebSocket frame inspector')
    assert.deepEqual(visitor.errors, [])
  })

  testWith([browser], `${name}: a mebibyte of frames, of which only what can be seen is in the page`, async (t) => {
    const inspector = await startInspector()
    t.after(() => inspector.close())
    const running = await launch()
    t.after(() => running.close())
    const visitor = await Visitor.open(running, inspector.url)
    await visitor.page.evaluate(() => {
      const bytes = new Uint8Array(2 ** 20)
      for (let i = 0; i < bytes.length; i += 2) bytes[i] = 0x82
      const transfer = new DataTransfer()
      transfer.items.add(new File([bytes], 'frames.bin'))
      document.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
    })
    await visitor.sees('524,288 frames', '#verdict')
    await visitor.page.focus('#list')
    await visitor.press('End')
    await visitor.isAt({ chosenRow: 'r524287', chosen: 'b1048574' })
    await visitor.page.focus('#grid')
    await visitor.press('Home')
    await visitor.isAt({ chosenRow: 'r0', chosen: 'b0' })
    const elements = await visitor.page.$$eval('*', (all) => all.length)
    assert.ok(elements < 5000, `${elements} elements`)
    assert.deepEqual(visitor.errors, [])
  })

  testWith([browser], `${name}: builds frames, valid and deliberately not`, async (t) => {
    const inspector = await startInspector()
    t.after(() => inspector.close())
    const running = await launch()
    t.after(() => running.close())
    const visitor = await Visitor.open(running, inspector.url)
    await visitor.page.click('#build')
    await visitor.sees('81 85 37 fa 21 3d 7f 9f 4d 51 58', '.built')
    await visitor.sees('✓ valid, from a client', '.built-verdict')

    /** @type {[string, string][]} */
    const verdicts = [
      ['Ping', '✓ valid'],
      ['First fragment', '✓ valid, from a server, more fragments must follow'],
      ['Close', '✓ valid'],
      ['Compressed text', '✓ valid'],
      ['Length in too many bits', '✗ length-not-minimal'],
      ['Longer than it is', '… the frame is not complete'],
      ['Length over 2^63', '✗ length-msb'],
      ['Reserved opcode', '✗ opcode-reserved'],
      ['RSV bit', '✗ rsv-bit'],
      ['Fragmented ping', '✗ control-fragmented'],
      ['Text that is not UTF-8', '✗ text-utf8'],
      ['Close code 1005', '✗ close-code'],
      ['Close with one byte', '✗ close-payload-length'],
    ]
    for (const [preset, verdict] of verdicts) {
      await visitor.page.evaluate((wanted) => {
        ;[...document.querySelectorAll('.presets button')].find((button) => button.textContent === wanted).click()
      }, preset)
      await visitor.sees(verdict, '.built-verdict')
    }
    await visitor.page.evaluate(() => {
      ;[...document.querySelectorAll('.presets button')].find((button) => button.textContent === 'Text, not masked').click()
    })
    await visitor.page.$eval('.builder [name=payload]', (field) => field.select())
    await visitor.page.type('.builder [name=payload]', '你好')
    await visitor.sees('81 06 e4 bd a0 e5 a5 bd', '.built')
    await visitor.page.type('.builder [name=key]', '00000001x')
    await visitor.sees('81 86 00 00 00 01', '.built')
    await visitor.page.click('.builder [name=replace]')
    await visitor.sees('"你好"', '#list')
    await visitor.page.click('#build')
    await visitor.page.click('.builder [name=append]')
    await visitor.sees('2 frames', '#verdict')
    assert.deepEqual(visitor.errors, [])
  })

  testWith([browser], `${name}: on a phone nothing is wider than the screen; light and dark`, async (t) => {
    const inspector = await startInspector()
    t.after(() => inspector.close())
    const running = await launch()
    t.after(() => running.close())
    const visitor = await Visitor.open(running, inspector.url)
    const show = async (/** @type {string} */ example) => {
      await visitor.page.select('#examples', example)
      await visitor.sees('frames', '#verdict')
      await visitor.sees('frame at byte', '#detail-heading')
    }
    await show('0')
    await visitor.sees('inflated', '#list')
    await visitor.page.screenshot({ path: file('desktop') })
    await visitor.page.click('#theme')
    const theme = await visitor.page.$eval('html', (html) => html.dataset.theme)
    await visitor.page.screenshot({ path: file('other-theme') })
    await visitor.page.click('#theme')
    assert.notEqual(await visitor.page.$eval('html', (html) => html.dataset.theme), theme)
    for (const width of [360, 414, 768]) {
      await visitor.page.setViewport({ width, height: 800 })
      for (const example of ['0', '1']) {
        await show(example)
        const { scrolled, seen } = await visitor.page.evaluate(() => ({
          scrolled: document.documentElement.scrollWidth,
          seen: document.documentElement.clientWidth,
        }))
        assert.ok(scrolled <= seen, `${scrolled} pixels on a screen of ${seen}`)
      }
      await visitor.page.evaluate(() => document.querySelector('.bytes').scrollIntoView())
      await visitor.page.screenshot({ path: file(`at-${width}`) })
    }
    assert.deepEqual(visitor.errors, [])
  })
}
