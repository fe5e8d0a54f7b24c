/**
 * The chat server with people at two browsers, who type into its page and see what the other one types, and with rooms
 * full of clients, some of which are slow or broken.
 *
 *   node --test chat.test.mjs                leaves artefacts/chat-chromium.png and artefacts/chat-firefox.png
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startChatServer } from '../examples/chat-server.mjs'
import { browsers } from './browsers.mjs'
import { Bystander } from './bystander.mjs'
import { randomBytes } from './contents.mjs'
import { inTime, openRaw } from './raw.mjs'
import { test, testWith } from './tools.mjs'

const artefacts = fileURLToPath(new URL('artefacts/', import.meta.url))

/** Milliseconds that a line may take to appear. */
const PATIENCE = 20_000

/** Somebody at a browser. */
class Person {
  /** @param {import('puppeteer-core').Page} page */
  constructor(page) {
    this.page = page
  }

  /**
   * @param {import('puppeteer-core').Browser} browser
   * @param {string} url
   */
  static async open(browser, url) {
    const page = await browser.newPage()
    await page.setViewport({ width: 640, height: 560 })
    await page.goto(url)
    return new Person(page)
  }

  /**
   * Types with the keyboard, as everybody does, and sends with the button or the Enter key.
   *
   * @param {string} text
   * @param {'button' | 'Enter'} by
   */
  async say(text, by) {
    await this.page.bringToFront()
    await this.page.click('#message')
    await this.page.keyboard.type(text)
    if (by === 'button') await this.page.click('#send')
    else await this.page.keyboard.press('Enter')
  }

  /** @returns {Promise<string[]>} */
  lines() {
    return this.page.$$eval('#log > *', (items) => items.map((item) => item.textContent ?? ''))
  }

  /** @param {string} line */
  async sees(line) {
    try {
      await this.page.waitForFunction(
        (text) => [...document.querySelectorAll('#log > *')].some((item) => item.textContent === text),
        { timeout: PATIENCE, polling: 50 },
        line,
      )
    } catch (error) {
      throw new Error(`no line ${JSON.stringify(line)} in ${JSON.stringify(await this.lines())}`, { cause: error })
    }
  }
}

const [chromium, firefox] = browsers

testWith([chromium, firefox], 'people at Chromium and at Firefox talk to each other, and one quits', async (t) => {
  const server = await startChatServer()
  t.after(() => server.close())
  const atChromium = await chromium.launch()
  t.after(() => atChromium.close())
  const atFirefox = await firefox.launch()
  t.after(() => atFirefox.close())

  const one = await Person.open(atChromium, `${server.pageUrl}lunch`)
  await one.sees('Welcome, guest 1!')
  const other = await Person.open(atFirefox, `${server.pageUrl}lunch`)
  await other.sees('Welcome, guest 2!')
  await one.sees('guest 2 joined')
  const elsewhere = await Person.open(atFirefox, `${server.pageUrl}dinner`)
  await elsewhere.sees('Welcome, guest 3!')

  const greeting = 'Hello, Firefox! Grüße, 你好, 👋🏽 & <b>'
  await one.say(greeting, 'button')
  await other.sees(`guest 1: ${greeting}`)
  await one.sees(`guest 1: ${greeting}`)
  assert.equal(await one.page.$eval('#message', (input) => input.value), '', 'what has been sent leaves the input')

  const script = `<script>document.title = 'broken'</script><img src="data:," onerror="document.title = 'broken'">`
  await other.say(script, 'Enter')
  for (const person of [one, other]) {
    await person.sees(`guest 2: ${script}`)
    assert.equal(await person.page.$$eval('#log > * > *', (elements) => elements.length), 0, 'lines are only text')
    assert.equal(await person.page.title(), 'Chat')
  }

  mkdirSync(artefacts, { recursive: true })
  await one.page.screenshot({ path: `${artefacts}chat-chromium.png` })
  await other.page.bringToFront()
  await other.page.screenshot({ path: `${artefacts}chat-firefox.png` })

  await other.say('quit', 'Enter')
  await other.sees('Disconnected: 1000 quit')
  await one.sees('guest 2 left')
  assert.equal(await other.page.$eval('#send', (button) => button.disabled), true)
  await one.say('anybody there?', 'Enter')
  await one.sees('guest 1: anybody there?')

  for (const [browser, guest] of /** @type {const} */ ([
    [atChromium, 'guest 4'],
    [atFirefox, 'guest 5'],
  ])) {
    const visitor = await Person.open(browser, `${server.pageUrl}lunch`)
    await visitor.sees(`Welcome, ${guest}!`)
    await visitor.page.close()
    await one.sees(`${guest} left`)
  }

  assert.deepEqual(await one.lines(), [
    'Welcome, guest 1!',
    'guest 2 joined',
    `guest 1: ${greeting}`,
    `guest 2: ${script}`,
    'guest 2 left',
    'guest 1: anybody there?',
    ...['guest 4', 'guest 5'].flatMap((guest) => [`${guest} joined`, `${guest} left`]),
  ])
  assert.deepEqual(await other.lines(), ['Welcome, guest 2!', `guest 1: ${greeting}`, `guest 2: ${script}`, 'Disconnected: 1000 quit'])
  assert.deepEqual(await elsewhere.lines(), ['Welcome, guest 3!'], 'rooms are separate')
})

test('of a hundred clients in five rooms each gets all of its room, in one order, and nothing else', async (t) => {
  const rooms = ['kitchen', 'hall', 'attic', 'cellar', 'garden']
  const guestsPerRoom = 20
  const linesPerGuest = 10
  const server = await startChatServer()
  t.after(() => server.close())

  /** @type {{ room: string, name: string, guest: Bystander, said: string[], seen: string[] }[]} */
  const guests = []
  for (let i = 0; i < guestsPerRoom; i++) {
    for (const room of rooms) {
      /** @type {string[]} */
      const seen = []
      const guest = await Bystander.connect(`${server.url}${room}`, (text) => seen.push(text))
      const welcome = await guest.see((text) => text.startsWith('Welcome'))
      const name = /^Welcome, (.*)!$/.exec(welcome ?? '')?.[1] ?? ''
      const said = Array.from({ length: linesPerGuest }, (_, line) => `${name}: line ${line} from the ${room}`)
      guests.push({ room, name, guest, said, seen })
    }
  }
  assert.equal(new Set(guests.map(({ name }) => name)).size, rooms.length * guestsPerRoom, 'every guest has a name')

  for (let line = 0; line < linesPerGuest; line++) {
    for (const { guest, room } of guests) guest.socket.send(`line ${line} from the ${room}`)
  }
  // A guest has seen everything when everybody of the room has said the last line.
  await Promise.all(
    guests.map(({ guest, room }) => {
      let left = guestsPerRoom
      return guest.see((text) => text.endsWith(`line ${linesPerGuest - 1} from the ${room}`) && --left === 0)
    }),
  )

  for (const room of rooms) {
    const members = guests.filter((guest) => guest.room === room)
    const linesOf = (/** @type {string[]} */ seen) => seen.filter((text) => text.includes(': line '))
    const [first, ...others] = members.map(({ seen }) => linesOf(seen))
    assert.equal(first.length, guestsPerRoom * linesPerGuest)
    for (const seen of others) assert.deepEqual(seen, first)
    for (const { name, said } of members)
      assert.deepEqual(
        first.filter((text) => text.startsWith(`${name}:`)),
        said,
      )
    for (const [i, { seen }] of members.entries()) {
      const joined = seen.filter((text) => text.endsWith(' joined'))
      assert.deepEqual(
        joined,
        members.slice(i + 1).map(({ name }) => `${name} joined`),
      )
    }
  }

  const [{ guest: last, room }, ...leaving] = guests
  for (const { guest, name, room: left } of leaving) {
    const closed = once(guest.socket, 'close')
    guest.socket.send('quit')
    const [code, reason] = await inTime(closed, 'the Close for who quits')
    assert.deepEqual([code, reason.toString()], [1000, 'quit'])
    if (left === room) await last.see((text) => text === `${name} left`)
  }
  await last.echo()
  await last.close()
})

test('who never reads is dropped, who sends garbage is disconnected, the others go on talking', async (t) => {
  const server = await startChatServer()
  t.after(() => server.close())
  const talker = await Bystander.connect(server.url)
  const listener = await Bystander.connect(server.url)
  const slow = await openRaw(server.url)
  slow.socket.pause()
  await talker.see((text) => text === 'guest 3 joined')

  let hasLeft = false
  const seen = listener
    .see((text) => text === 'guest 3 left')
    .then(() => {
      hasLeft = true
    })
  const line = 'x'.repeat(60_000)
  const most = 2000
  let said = 0
  for (; !hasLeft && said < most; said++) {
    talker.socket.send(`${said} ${line}`)
    await talker.see((text) => text === `guest 1: ${said} ${line}`)
    if (said % 20 === 0) {
      const garbage = await openRaw(server.url)
      garbage.write(randomBytes(1000, said))
      garbage.socket.end()
      await inTime(garbage.closed, 'the end of who sends garbage')
    }
  }
  await seen
  t.diagnostic(`who does not read was dropped after ${said} lines of ${line.length} bytes`)
  assert.ok(said > 16, 'a client may be somewhat slow')
  slow.socket.destroy()
  await talker.echo()
  await listener.echo()
  await talker.close()
  await listener.close()
})
