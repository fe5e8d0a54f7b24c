/**
 * What the examples make of permessage-deflate, without sockets: the negotiation of RFC 7692, section 7.1, in both roles, and
 * deflating and inflating, held against zlib itself.
 *
 *   node --test permessage-deflate.test.mjs
 */
import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { constants, createDeflateRaw, createInflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib'
import { acceptDeflate, agreeDeflate, offerDeflate } from '../examples/permessage-deflate.mjs'
import { createDeflate } from '../examples/recipes/deflate.mjs'
import { createInflate } from '../examples/recipes/inflate.mjs'
import { randomBytes } from './contents.mjs'
import { test } from './tools.mjs'

const TAIL = Buffer.from('0000ffff', 'hex')
const FINAL_BLOCK = Buffer.from('010000ffff', 'hex')
const MIB = 2 ** 20

/** @param {boolean} contextTakeover @param {number} windowBits */
function direction(contextTakeover, windowBits) {
  return { contextTakeover, windowBits }
}

describe('an answer to an offer', () => {
  /** @type {[what: string, offer: string, wanted: object, answer: string | null][]} */
  const answers = [
    ['nothing asked by either end', '', {}, ''],
    ['the client takes over no context of ours', 'server_no_context_takeover', {}, 'server_no_context_takeover'],
    ['the client takes over no context of its own', 'client_no_context_takeover', {}, 'client_no_context_takeover'],
    ['we take over no context', '', { server_no_context_takeover: true }, 'server_no_context_takeover'],
    ['we hold no context', '', { client_no_context_takeover: true }, 'client_no_context_takeover'],
    ['our window is limited', 'server_max_window_bits=9', {}, 'server_max_window_bits=9'],
    ['our window is limited to the largest', 'server_max_window_bits=15', {}, 'server_max_window_bits=15'],
    ['we limit our window', '', { server_max_window_bits: 10 }, 'server_max_window_bits=10'],
    ['both limit our window', 'server_max_window_bits=12', { server_max_window_bits: 10 }, 'server_max_window_bits=10'],
    ['both limit our window, we less', 'server_max_window_bits=10', { server_max_window_bits: 12 }, 'server_max_window_bits=10'],
    ['the window of the client may be limited', 'client_max_window_bits', {}, ''],
    ['we limit the window of the client', 'client_max_window_bits', { client_max_window_bits: 9 }, 'client_max_window_bits=9'],
    ['its window is that of 8 bits, which we only inflate', 'client_max_window_bits=8', {}, 'client_max_window_bits=8'],
    ['both limit its window', 'client_max_window_bits=9', { client_max_window_bits: 10 }, 'client_max_window_bits=9'],
    ['we would, and it has not offered that', '', { client_max_window_bits: 9 }, ''],
    ['our window would be one of 8 bits', 'server_max_window_bits=8', {}, null],
  ]
  for (const [what, offer, wanted, answer] of answers) {
    test(what, () => {
      const header = offer === '' ? 'permessage-deflate' : `permessage-deflate; ${offer}`
      const expected = answer === '' ? 'permessage-deflate' : `permessage-deflate; ${answer}`
      assert.equal(acceptDeflate(header, wanted)?.answer ?? null, answer === null ? null : expected)
    })
  }

  test('is to the first that can be met', () => {
    const offers = 'permessage-deflate; server_max_window_bits=8, x; y=1, permessage-deflate; server_max_window_bits=9'
    assert.equal(acceptDeflate(offers, {})?.answer, 'permessage-deflate; server_max_window_bits=9')
  })

  test('says the same to both ends, whatever they want', () => {
    const flags = [undefined, false, true]
    const bits = [undefined, 9, 12, 15]
    let count = 0
    for (const clientWants of options()) {
      for (const serverWants of options()) {
        const accepted = acceptDeflate(offerDeflate(clientWants), serverWants)
        assert.ok(accepted, 'an offer of our own is accepted')
        const { answer, agreement } = accepted
        const agreed = agreeDeflate(answer, clientWants)
        // Of itself the client knows more: that it uses a smaller window, or no context, though nobody has asked it to.
        assert.deepEqual(agreed?.server, agreement.server)
        assert.ok(agreed.client.windowBits <= agreement.client.windowBits)
        assert.ok(agreement.client.contextTakeover || !agreed.client.contextTakeover)
        for (const wants of [clientWants, serverWants]) {
          if (wants.server_no_context_takeover) assert.equal(agreed.server.contextTakeover, false)
          if (wants.client_no_context_takeover) assert.equal(agreed.client.contextTakeover, false)
          assert.ok(agreed.server.windowBits <= (wants.server_max_window_bits ?? 15))
          assert.ok(agreed.client.windowBits <= (wants.client_max_window_bits ?? 15))
        }
        count++
      }
    }
    assert.equal(count, (3 * 3 * 4 * 4) ** 2)

    function* options() {
      for (const server_no_context_takeover of flags) {
        for (const client_no_context_takeover of flags) {
          for (const server_max_window_bits of bits) {
            for (const client_max_window_bits of bits) {
              yield { server_no_context_takeover, client_no_context_takeover, server_max_window_bits, client_max_window_bits }
            }
          }
        }
      }
    }
  })
})

describe('an offer', () => {
  test('always lets the server limit our window', () => {
    assert.equal(offerDeflate({}), 'permessage-deflate; client_max_window_bits')
    assert.equal(offerDeflate({ client_max_window_bits: 9 }), 'permessage-deflate; client_max_window_bits=9')
  })

  test('has all parameters', () => {
    const offer = offerDeflate({ server_no_context_takeover: true, client_no_context_takeover: true, server_max_window_bits: 8 })
    const [name, ...parameters] = offer.split('; ')
    assert.equal(name, 'permessage-deflate')
    const expected = ['client_max_window_bits', 'client_no_context_takeover', 'server_max_window_bits=8', 'server_no_context_takeover']
    assert.deepEqual(parameters.sort(), expected)
  })

  test('has no window that zlib cannot make', () => {
    assert.throws(() => offerDeflate({ client_max_window_bits: 8 }), RangeError)
  })
})

describe('what a client makes of an answer', () => {
  const takeover = direction(true, 15)
  /** @type {[parameters: string, wanted: object, agreement: object | null][]} */
  const agreements = [
    ['', {}, { client: takeover, server: takeover }],
    ['server_no_context_takeover', {}, { client: takeover, server: direction(false, 15) }],
    ['client_no_context_takeover', {}, { client: direction(false, 15), server: takeover }],
    ['server_max_window_bits=8', {}, { client: takeover, server: direction(true, 8) }],
    ['client_max_window_bits=9', {}, { client: direction(true, 9), server: takeover }],
    ['client_max_window_bits="9"', {}, { client: direction(true, 9), server: takeover }],
    ['', { client_max_window_bits: 9 }, { client: direction(true, 9), server: takeover }],
    ['', { client_no_context_takeover: true }, { client: direction(false, 15), server: takeover }],
    ['server_max_window_bits=9', { server_max_window_bits: 10 }, { client: takeover, server: direction(true, 9) }],
    // Less than was asked for, or more than was offered.
    ['', { server_no_context_takeover: true }, null],
    ['', { server_max_window_bits: 10 }, null],
    ['server_max_window_bits=11', { server_max_window_bits: 10 }, null],
    ['client_max_window_bits=11', { client_max_window_bits: 10 }, null],
    // zlib would take 9, and send what the server cannot inflate.
    ['client_max_window_bits=8', {}, null],
    // No answers.
    ['client_max_window_bits', {}, null],
    ['server_max_window_bits=08', {}, null],
    ['server_no_context_takeover=', {}, null],
    ['client_max_window_bits="9', {}, null],
    ['x', {}, null],
  ]
  for (const [parameters, wanted, agreement] of agreements) {
    test(`"${parameters}" to ${JSON.stringify(wanted)}: ${JSON.stringify(agreement)}`, () => {
      const header = parameters === '' ? 'permessage-deflate' : `permessage-deflate; ${parameters}`
      assert.deepEqual(agreeDeflate(header, wanted), agreement)
    })
  }
})

/** Repeats itself at distances on both sides of every size of window, also from message to message. */
function messages() {
  const distances = [200, 300, 700, 3000, 10_000, 20_000]
  return [
    ...distances.map((length, seed) => Buffer.concat([randomBytes(length, seed), randomBytes(length, seed)])),
    Buffer.alloc(0),
    ...distances.flatMap((length, seed) => [randomBytes(length, seed), randomBytes(length, seed)]),
    Buffer.from('a'),
    Buffer.alloc(0),
    Buffer.alloc(0),
    Buffer.alloc(MIB, 'some text, again and again'),
    randomBytes(MIB, 1),
    Buffer.from('a'),
  ]
}

describe('deflating', () => {
  for (const windowBits of [9, 10, 11, 12, 13, 14, 15]) {
    for (const contextTakeover of [true, false]) {
      test(`${windowBits} bits, ${contextTakeover ? 'with' : 'without'} context takeover`, async () => {
        const { deflate, close } = createDeflate({ contextTakeover, windowBits })
        // It refuses what refers back further than its window.
        const inflater = createInflateRaw({ windowBits })
        const inflate = createInflate({ contextTakeover })
        let length = 0
        for (const message of messages()) {
          const payload = await deflate(message)
          length += payload.length
          const inflated = inflate(Buffer.concat([payload, TAIL, FINAL_BLOCK]), 2 * MIB)
          assert.ok(message.equals(inflated), `${message.length} bytes`)
          const byZlib = contextTakeover
            ? await inflateBy(inflater, Buffer.concat([payload, TAIL]), message.length)
            : inflateRawSync(Buffer.concat([payload, TAIL, FINAL_BLOCK]), { windowBits })
          assert.ok(message.equals(byZlib), `${message.length} bytes`)
        }
        close()
        // What has been sent before need not be sent again.
        const alone = messages().reduce((sum, message) => sum + deflateRawSync(message, { windowBits }).length, 0)
        if (contextTakeover && windowBits === 15) assert.ok(length < alone - 20_000, `${length} and ${alone} bytes`)
      })
    }
  }

  test('rejects what is being deflated when it is closed', async () => {
    const { deflate, close } = createDeflate({ contextTakeover: true, windowBits: 15 })
    await deflate(Buffer.from('a'))
    const deflating = deflate(Buffer.alloc(16 * MIB))
    close()
    await assert.rejects(deflating)
    await assert.rejects(deflate(Buffer.from('b')))
  })
})

/**
 * @param {import('node:zlib').InflateRaw} inflater
 * @param {Uint8Array} data
 * @param {number} length of what comes out
 */
async function inflateBy(inflater, data, length) {
  const parts = []
  let missing = length
  await new Promise((resolve, reject) => {
    inflater.on('data', onData).once('error', reject)
    inflater.write(data, () => missing === 0 && resolve(undefined))
    function onData(/** @type {Buffer} */ part) {
      parts.push(part)
      missing -= part.length
      if (missing === 0) resolve(undefined)
    }
  })
  inflater.removeAllListeners('data').removeAllListeners('error')
  return Buffer.concat(parts)
}

/** @param {string} hex @param {number} [maxLength] */
function inflateHex(hex, maxLength = MIB) {
  const data = Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), TAIL, FINAL_BLOCK])
  return createInflate({ contextTakeover: true })(data, maxLength).toString()
}

describe('inflating', () => {
  /** @type {[what: string, hex: string, text: string][]} */
  const examples = [
    ['the example of 7.2.3.1', 'f248cdc9c90700', 'Hello'],
    ['two blocks, 7.2.3.5', 'f24805000000ffff cac9c90700', 'Hello'],
    ['no compression, 7.2.3.3', '000500faff 48656c6c6f 00', 'Hello'],
    ['a final block, 7.2.3.4', 'f348cdc9c90700 00', 'Hello'],
    ['two final blocks', 'f3480500 cbc9c90700 00', 'Hello'],
    ['16 final blocks', '4b0400'.repeat(16) + '00', 'a'.repeat(16)],
    ['an empty message', '00', ''],
    // "He", final; then 3 bytes at distance 2.
    ['what refers to the block before a final one', 'f3480500 03420000', 'HeHeH'],
  ]
  for (const [what, hex, text] of examples) test(what, () => assert.equal(inflateHex(hex), text))

  const refused = [
    ['garbage after a final block', 'f348cdc9c90700deadbeef'],
    ['17 final blocks', '4b0400'.repeat(17) + '00'],
    ['a million final blocks', '4b0400'.repeat(1_000_000) + '00'],
    ['data that is cut off', 'f248cd'],
    ['what refers back further than anything came', '0302 0000'],
  ]
  for (const [what, hex] of refused) test(`refuses ${what}`, () => assert.throws(() => inflateHex(hex)))

  test('refuses a message cut off anywhere inside a block', () => {
    const payload = deflateRawSync(messages()[0], { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    // The last byte is the header of the empty block whose length is left out, and may end a block before it.
    for (let end = 1; end < payload.length - 1; end++) {
      assert.throws(() => inflateHex(payload.toString('hex', 0, end)), `${end} of ${payload.length} bytes`)
    }
  })

  test('stops at the limit, over all final blocks together', () => {
    assert.equal(inflateHex('4b0400'.repeat(16) + '00', 16).length, 16)
    assert.throws(() => inflateHex('4b4c4c4c0400'.repeat(2) + '00', 5), { code: 'ERR_BUFFER_TOO_LARGE' })
    // One byte too many is for the reader to refuse.
    assert.equal(inflateHex('4b0400'.repeat(2) + '00', 1).length, 2)
    const bomb = deflateRawSync(Buffer.alloc(8 * MIB), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    assert.throws(() => inflateHex(bomb.toString('hex')), { code: 'ERR_BUFFER_TOO_LARGE' })
  })

  test('takes over the last 32 KiB, over messages of any length, and final blocks in them', async () => {
    const inflate = createInflate({ contextTakeover: true })
    const deflater = createDeflateRaw({ windowBits: 15, flush: constants.Z_SYNC_FLUSH })
    const parts = []
    deflater.on('data', (part) => parts.push(part))
    for (const message of [...messages(), ...messages()].filter(({ length }) => length > 0)) {
      await new Promise((resolve) => deflater.write(message, resolve))
      const payload = Buffer.concat(parts.splice(0))
      assert.ok(message.equals(inflate(Buffer.concat([payload, FINAL_BLOCK]), 2 * MIB)))
    }
  })

  test('without context takeover a message cannot refer to the one before', () => {
    const inflate = createInflate({ contextTakeover: false })
    const takingOver = createInflate({ contextTakeover: true })
    const first = Buffer.concat([Buffer.from('f248cdc9c90700', 'hex'), TAIL, FINAL_BLOCK])
    // The example of 7.2.3.2.
    const second = Buffer.concat([Buffer.from('f200110000', 'hex'), TAIL, FINAL_BLOCK])
    for (const each of [inflate, takingOver]) assert.equal(each(first, 5).toString(), 'Hello')
    assert.equal(takingOver(second, 5).toString(), 'Hello')
    assert.throws(() => inflate(second, 5))
  })
})
