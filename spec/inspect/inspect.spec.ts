import { deepStrictEqual } from 'node:assert/strict'
import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { MessageReader, Opcode, encodeFrame, explain, fragmentMessage, inspect } from '../../src/index.js'
import type { InspectOptions } from '../../src/index.js'
import { bytes, concat, hexOf, thrownBy, utf8 } from '../support.js'

const look = (hex: string, options?: InspectOptions) => inspect(bytes(hex), options)
const rulesOf = (violations: readonly { rule: string; detectedAfter: number }[]) =>
  violations.map(({ rule, detectedAfter }) => `${rule} after ${detectedAfter}`)

describe('inspect', () => {
  test('gives frames with where they lie, messages, and the verdict', () => {
    const data = bytes('8185 37fa213d 7f9f4d5158 0103 48656c 8900 8002 6c6f 827e 0080')
    const stream = concat(data, new Uint8Array(128))
    const plain = { rsv1: false, rsv2: false, rsv3: false, maskingKey: null, violations: [] }
    expect(inspect(stream)).toEqual({
      bytes: stream,
      frames: [
        { ...plain, offset: 0, headerLength: 6, lengthBits: 7, fin: true, opcode: 1, maskingKey: 0x37fa213d, payload: utf8('Hello') },
        { ...plain, offset: 11, headerLength: 2, lengthBits: 7, fin: false, opcode: 1, payload: utf8('Hel') },
        { ...plain, offset: 16, headerLength: 2, lengthBits: 7, fin: true, opcode: 9, payload: new Uint8Array(0) },
        { ...plain, offset: 18, headerLength: 2, lengthBits: 7, fin: true, opcode: 0, payload: utf8('lo') },
        { ...plain, offset: 22, headerLength: 4, lengthBits: 16, fin: true, opcode: 2, payload: new Uint8Array(128) },
      ],
      messages: [
        { type: 'text', data: 'Hello' },
        { type: 'ping', data: new Uint8Array(0) },
        { type: 'text', data: 'Hello' },
        { type: 'binary', data: new Uint8Array(128) },
      ],
      outcome: 'complete',
      error: null,
      violations: [],
      bytesRead: 154,
      bytesNeeded: null,
      messageOpen: false,
    })
  })

  test('of no bytes is complete', () => {
    expect(look('')).toMatchObject({ frames: [], messages: [], outcome: 'complete', error: null, bytesRead: 0, bytesNeeded: null })
  })

  test('does not modify its input, nor does writing to a payload', () => {
    const data = bytes('8185 37fa213d 7f9f4d5158 8201 01')
    const { frames } = inspect(data)
    for (const { payload } of frames) payload.fill(0)
    expect(hexOf(data)).toBe('818537fa213d7f9f4d5158820101')
  })

  test.each([
    ['81', 'client', 5],
    ['81', 'server', 1],
    ['81', undefined, 1],
    ['8105', undefined, 5],
    ['8185', undefined, 9],
    ['8185 37fa213d 7f', 'client', 4],
    ['817e', undefined, 2 + 126],
    ['817e 00', undefined, 1 + 126],
    ['817e 01', undefined, 1 + 256],
    ['81fe ff', undefined, 1 + 4 + 65280],
    ['817f', undefined, 8 + 65536],
    ['817f 0000000000', undefined, 3 + 65536],
    ['817f 00000000000100', undefined, 1 + 65536],
    ['817f 00000000000102', undefined, 1 + 0x10200],
    ['8100 8902 61', undefined, 1],
    ['8100 81', undefined, 1],
    ['8100 817e', undefined, 2 + 126],
  ] as const)('%s from %p is incomplete, for want of %p bytes', (hex, sender, needed) => {
    const options = sender === undefined ? {} : { sender }
    const { outcome, error, bytesNeeded } = look(hex, options)
    expect({ outcome, error, bytesNeeded }).toEqual({ outcome: 'incomplete', error: null, bytesNeeded: needed })
  })

  test('for want of 2^53-1 bytes is said exactly', () => {
    const needed = look('82ff 001ffffffffffffb', { sender: 'client', maxMessageLength: Infinity }).bytesNeeded
    expect(needed).toBe(Number.MAX_SAFE_INTEGER)
  })

  test.each([
    ['81', ''],
    ['8102', ''],
    ['8182 00', ''],
    ['8a', ''],
    ['817e', '007e'],
    ['817e 00', '7e'],
    ['817f 00', '00000000010000'],
    ['81fe 0080 01', ''],
  ])('%s: the bytes needed do complete the frame, with %p first, and no fewer do', (hex, first) => {
    const { bytesNeeded } = look(hex)
    const completion = concat(bytes(first), new Uint8Array((bytesNeeded ?? 0) - bytes(first).length))
    expect(inspect(concat(bytes(hex), completion))).toMatchObject({ outcome: 'complete', frames: [{ violations: [] }] })
    for (const octet of [0x00, 0x7e, 0xff]) {
      const { frames } = inspect(concat(bytes(hex), completion.slice(1).fill(octet)))
      expect(frames[0]?.violations.length).not.toBe(0)
    }
  })

  test('a stream that ends between fragments is complete, with the message open', () => {
    expect(look('0101 61')).toMatchObject({ outcome: 'complete', messageOpen: true, messages: [], bytesRead: 3 })
    expect(look('0101 61 8800')).toMatchObject({ outcome: 'complete', messageOpen: false })
  })

  test('ends with the Close frame', () => {
    expect(look('8800 83ff')).toMatchObject({
      outcome: 'complete',
      bytesRead: 2,
      violations: [],
      messages: [{ type: 'close', code: 1005 }],
    })
    const bad = look('8802 03ed 83ff')
    expect(bad).toMatchObject({ outcome: 'error', bytesRead: 4, frames: [{ opcode: Opcode.Close }] })
    expect(rulesOf(bad.violations)).toEqual(['close-code after 4'])
  })
})

describe('inspect finds every violation', () => {
  test('of a frame, each at the byte that makes it certain', () => {
    const { frames, error } = look('d97e 0001 ff 8900', { sender: 'client' })
    expect(rulesOf(frames[0]?.violations ?? [])).toEqual([
      'rsv-bit after 1',
      'control-too-long after 2',
      'mask-required after 2',
      'length-not-minimal after 4',
    ])
    expect(rulesOf(frames[1]?.violations ?? [])).toEqual(['mask-required after 7'])
    expect(error).toMatchObject({ rule: 'rsv-bit', offset: 0 })
  })

  test.each<[string, string[], InspectOptions?]>([
    ['f3', ['rsv-bit after 1', 'opcode-reserved after 1']],
    ['7b', ['rsv-bit after 1', 'opcode-reserved after 1', 'control-fragmented after 1']],
    ['80 00', ['continuation-unexpected after 1']],
    ['0100 8100', ['continuation-expected after 3']],
    ['827f ffffffffffffffff', ['length-msb after 3', 'length-unsafe after 10', 'message-too-long after 10']],
    ['827f 0000000000000005', ['length-not-minimal after 8']],
    ['8203', ['message-too-long after 2'], { maxMessageLength: 2 }],
    ['8203', ['payload-too-long after 2', 'message-too-long after 2'], { maxPayloadLength: 2, maxMessageLength: 2 }],
    ['0202 0102 8001', ['message-too-long after 6'], { maxMessageLength: 2 }],
    ['0201 01 0001 02 8001 03', ['message-too-long after 8'], { maxMessageLength: 2 }],
    ['0201 01 8001 02 8202 0304', ['payload-too-long after 8'], { maxPayloadLength: 1, maxMessageLength: 2 }],
    ['0201 01 8202 0304', ['continuation-expected after 4', 'payload-too-long after 5'], { maxPayloadLength: 1, maxMessageLength: 2 }],
    ['0202 0102 8000 8002 0304', ['continuation-unexpected after 7'], { maxMessageLength: 2 }],
    ['c101 61', ['rsv-bit after 1']],
    ['8801 03', ['close-payload-length after 2']],
    ['887e 0001 03', ['control-too-long after 2', 'length-not-minimal after 4', 'close-payload-length after 4']],
    ['8803 03ed ff', ['close-code after 5', 'close-reason-utf8 after 5']],
    ['8104 61c0 6161', ['text-utf8 after 4']],
    ['8104 61ff', ['text-utf8 after 4']],
    ['0102 61e4 8901 61 8002 bd28', ['text-utf8 after 11']],
    ['0102 61e4 8003 bd2861', ['text-utf8 after 8']],
    ['0102 61e4 8000', ['text-utf8 after 6']],
    ['8102 61e4', ['text-utf8 after 4']],
    ['8101 ff 8101 fe', ['text-utf8 after 3', 'text-utf8 after 6']],
    ['0101 ff 8001 fe', ['text-utf8 after 3']],
    ['8203 010203 8002', ['continuation-unexpected after 6'], { maxMessageLength: 4 }],
    ['0203 010203 0000 0001 01 8000', ['message-too-long after 2'], { maxMessageLength: 2, maxPayloadLength: 9 }],
    ['0103 61f09f 8000', ['message-too-long after 2', 'text-utf8 after 7'], { maxMessageLength: 0, maxPayloadLength: 9 }],
  ])('%s: %j', (hex, expected, options = {}) => {
    const { violations, error, outcome } = look(hex, options)
    expect(rulesOf(violations)).toEqual(expected)
    expect(outcome).toBe('error')
    expect(error).toMatchObject({ rule: expected[0]?.split(' ')[0] })
    expect(error && 'offset' in error && violations[0]).toMatchObject({
      offset: error?.offset,
      section: error?.section,
      closeCode: error?.closeCode,
    })
  })

  test('and goes on as long as it is known where the next frame begins', () => {
    const { frames, bytesRead } = look('8300 817e 0001 61 8200 8500')
    expect(frames.map(({ offset, violations }) => [offset, violations.length])).toEqual([
      [0, 1],
      [2, 1],
      [7, 0],
      [9, 1],
    ])
    expect(bytesRead).toBe(11)
    expect(look('827f 8000000000000000 8300').frames).toEqual([])
  })

  test('in the words of the verdict', () => {
    const { error, violations } = look('0102 6162 8001 ff')
    expect(error?.message).toMatch(/, frame at byte 4\)$/)
    expect(violations.map(({ message }) => message)).toEqual([error?.message.replace(', frame at byte 4', '')])
  })

  test.each<[string, string, InspectOptions?]>([
    ['80', 'a continuation frame arrives while no message is open'],
    ['0100 81', 'a text frame arrives while a fragmented message is open'],
    ['0202 0102 8001', 'the total payload length of the message is 2 + 1, the limit 2', { maxMessageLength: 2 }],
    ['8201', 'the payload length is 1, the limit 0', { maxPayloadLength: 0 }],
    ['0101 61 8002 62ff', 'byte 2 of the text is 0xff'],
    ['8102 61e4', 'the text ends inside a character'],
  ])('%s: %s', (hex, found, options = {}) => {
    const { violations, error } = look(hex, options)
    expect(violations.map(({ message }) => message)).toEqual([error?.message.replace(/, frame at byte \d+/, '')])
    expect(error?.message.split('; ')[0]).toBe(found)
  })

  test('messages are those before the first', () => {
    expect(look('8101 61 8300 8101 62').messages).toEqual([{ type: 'text', data: 'a' }])
  })

  test('the error is the one that MessageReader throws', () => {
    const data = bytes('8900 8101 ff')
    const thrown = thrownBy(() => [...new MessageReader().push(data)])
    const { error } = inspect(data)
    expect(error).toEqual(thrown)
    expect(error?.message).toBe(thrown instanceof Error && thrown.message)
  })
})

describe('inspect finds a data frame after a Close frame (5.5.1)', () => {
  test.each<[string, string[], InspectOptions?]>([
    ['8802 03e8 8101 61', ['after-close after 5']],
    ['8802 03e8 81', ['after-close after 5']],
    ['8800 8200 8200', ['after-close after 3']],
    ['0100 8800 8000', ['after-close after 5']],
    ['8800 00', ['after-close after 3']],
    ['8800 8900 8a01 ff 8802 03e8 8100', ['after-close after 12']],
    ['8800 8902 0001 8100', ['after-close after 7']],
    ['8880 00000000 8980 00000000 01', ['after-close after 13'], { sender: 'client' }],
    ['8800 8100', ['mask-required after 2', 'after-close after 3'], { sender: 'client' }],
    ['8800 c1', ['after-close after 3'], { extensions: { permessageDeflate: true } }],
    ['8800 03', ['after-close after 3'], { extensions: { opcodes: [3] } }],
    ['8802 03ed 81', ['close-code after 4', 'after-close after 5']],
  ])('%s: %j', (hex, expected, options = {}) => {
    const { violations, frames } = look(hex, options)
    expect(rulesOf(violations)).toEqual(expected)
    expect(violations.at(-1)).toMatchObject({
      rfc: 6455,
      section: '5.5.1',
      closeCode: 1002,
      offset: (violations.at(-1)?.detectedAfter ?? 0) - 1,
    })
    expect(frames.at(-1)).toMatchObject({ opcode: Opcode.Close })
  })

  test('which changes neither the outcome nor the messages', () => {
    const { violations, ...rest } = look('0100 8802 03e8 8101 61')
    const { violations: none, ...alone } = look('0100 8802 03e8')
    expect([violations.length, none.length]).toEqual([1, 0])
    expect(rest).toEqual({ ...alone, bytes: rest.bytes })
    expect(rest).toMatchObject({ outcome: 'complete', error: null, bytesRead: 6 })
  })

  test.each([
    '8800',
    '8800 89',
    '8800 8900 8a00 8800',
    '8800 8902 61',
    '8800 83',
    '8800 c1',
    '8800 b900 8100',
    '8800 0900 8100',
    '8800 8b00 8100',
    '8800 897e 0001 61 8100',
    '8800 8801 03 8100',
    '8800 8802 03ed 8100',
    '8800 8802 03',
  ])('and not where there is none, nor behind a frame that is invalid or incomplete: %s', (hex) => {
    expect(look(hex).violations).toEqual([])
  })

  test('and not behind a control frame that is invalid for its sender', () => {
    expect(look('8880 00000000 8900 8180', { sender: 'client' }).violations).toEqual([])
  })
})

describe('inspect of compressed messages (RFC 7692)', () => {
  const extensions = { permessageDeflate: true }

  test('leaves them as they are when it has no inflate', () => {
    const { messages, frames, outcome, violations } = look('4102 f248 8900 8005 cdc9c90700 8101 61 c201 00', { extensions })
    expect(outcome).toBe('complete')
    expect(violations).toEqual([])
    expect(messages).toEqual([
      { type: 'ping', data: new Uint8Array(0) },
      { type: 'compressed', opcode: 1, data: bytes('f248cdc9c90700') },
      { type: 'text', data: 'a' },
      { type: 'compressed', opcode: 2, data: bytes('00') },
    ])
    expect(frames.map(({ rsv1 }) => rsv1)).toEqual([true, false, false, false, true])
  })

  test('looks at texts that are not compressed, and at all where RSV1 belongs to another extension', () => {
    const text = look('8102 ff61 c102 ff61', { extensions })
    expect(rulesOf(text.violations)).toEqual(['text-utf8 after 3'])
    const other = look('c102 ff61 c102 ff61', { extensions: { rsv1: true } })
    expect(rulesOf(other.violations)).toEqual(['text-utf8 after 3', 'text-utf8 after 7'])
  })

  test.each([new Error('incorrect data check'), 'incorrect data check', null, new RangeError('window size')])(
    'gives the verdict deflate-data on a message on which inflate throws %p',
    (thrown) => {
      const inflate = () => {
        throw thrown
      }
      const { outcome, messages, frames, error, violations } = look('8900 4101 ff 8001 ff 8100', { extensions, inflate })
      expect({ outcome, messages }).toEqual({ outcome: 'error', messages: [{ type: 'ping', data: new Uint8Array(0) }] })
      expect(error).toMatchObject({ rule: 'deflate-data', rfc: 7692, section: '7.2.2', closeCode: 1007, offset: 5, cause: thrown })
      expect(violations).toMatchObject([
        { rule: 'deflate-data', rfc: 7692, section: '7.2.2', closeCode: 1007, offset: 5, detectedAfter: 8 },
      ])
      expect(frames.map((frame) => frame.violations.length)).toEqual([0, 0, 1, 0])
    },
  )

  test('says so if it inflates to too much', () => {
    const inflate = () => {
      throw Object.assign(new RangeError('Cannot create a Buffer larger than 5 bytes'), { code: 'ERR_BUFFER_TOO_LARGE' })
    }
    const { error, violations } = look('c101 00', { extensions, inflate })
    expect(error).toMatchObject({ rule: 'message-too-long', offset: 0 })
    expect(rulesOf(violations)).toEqual(['message-too-long after 3'])
  })

  test('calls inflate once for each message, in order, up to the verdict', () => {
    const inflate = jest.fn((data: Uint8Array) => data.slice(0, 1))
    look('c101 61 8900 4101 62 8001 63 c101 ff c101 64', { extensions, inflate })
    expect(inflate.mock.calls.map(([data]) => hexOf(data.slice(0, -9)))).toEqual(['61', '6263', 'ff'])
  })

  test('takes a result of inflate that is no Uint8Array for wrong use', () => {
    const inflated = thrownBy(() => Reflect.apply(look, undefined, ['c101 00', { extensions, inflate: async () => bytes('61') }]))
    expect(inflated).toBeInstanceOf(TypeError)
  })

  test('finds what is wrong with what comes out, once', () => {
    const inflate = jest.fn((_data: Uint8Array, _maxLength: number) => bytes('61ff'))
    const text = look('8900 c101 00 8300', { extensions, inflate })
    expect(rulesOf(text.violations)).toEqual(['text-utf8 after 5', 'opcode-reserved after 6'])
    expect(text.error).toMatchObject({ rule: 'text-utf8', offset: 2 })
    expect(inflate).toHaveBeenCalledTimes(1)
    const long = look('4201 00 8000', { extensions, inflate, maxMessageLength: 1 })
    expect(rulesOf(long.violations)).toEqual(['message-too-long after 5'])
    expect(long.frames.map(({ violations }) => violations.length)).toEqual([0, 1])
  })
})

describe('JSON.stringify of an inspection', () => {
  const parse = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

  test('gives masking keys and bytes in hex, and the error with its message', () => {
    const inspection = look('8185 000a213d 486f4d5158 8201 ff 8901 61 8300')
    expect(parse(inspection)).toEqual({
      frames: [
        {
          offset: 0,
          headerLength: 6,
          lengthBits: 7,
          fin: true,
          rsv1: false,
          rsv2: false,
          rsv3: false,
          opcode: 1,
          maskingKey: '000a213d',
          payload: '48656c6c58',
          violations: [],
        },
        expect.objectContaining({ maskingKey: null, payload: 'ff' }),
        expect.objectContaining({ payload: '61' }),
        expect.objectContaining({ payload: '', violations: [expect.objectContaining({ rule: 'opcode-reserved', detectedAfter: 18 })] }),
      ],
      messages: [
        { type: 'text', data: 'HellX' },
        { type: 'binary', data: 'ff' },
        { type: 'ping', data: '61' },
      ],
      outcome: 'error',
      error: {
        name: 'ProtocolError',
        rule: 'opcode-reserved',
        rfc: 6455,
        section: '5.2',
        closeCode: 1002,
        offset: 17,
        message: inspection.error?.message,
      },
      violations: [
        expect.objectContaining({ rule: 'opcode-reserved', rfc: 6455, message: expect.stringContaining('the opcode is 0x3; ') }),
      ],
      bytesRead: 19,
      bytesNeeded: null,
      messageOpen: false,
    })
    expect(parse(inspection.frames[1])).toMatchObject({ payload: 'ff' })
    expect(parse(look('c100', { extensions: { permessageDeflate: true } }).messages)).toEqual([{ type: 'compressed', opcode: 1, data: '' }])
    expect(parse(look('8800'))).toMatchObject({ error: null, messages: [{ type: 'close', code: 1005, reason: '' }] })
  })

  test('leaves the data plain otherwise: no key, no prototype and nothing shared that could be written to', () => {
    const { frames, messages } = look('8980 00000000 8900 8201 61', { sender: 'client' })
    const rest = { rsv1: false, rsv2: false, rsv3: false, fin: true }
    const [first, second] = frames
    deepStrictEqual(first, {
      ...rest,
      offset: 0,
      headerLength: 6,
      lengthBits: 7,
      opcode: 9,
      maskingKey: 0,
      payload: new Uint8Array(0),
      violations: [],
    })
    expect(first).toStrictEqual({ ...first })
    deepStrictEqual(messages, [{ type: 'ping', data: new Uint8Array(0) }])
    expect(structuredClone(frames)).toEqual(frames)
    first?.violations.push(...(second?.violations ?? []))
    expect(frames.map(({ violations }) => violations.length)).toEqual([1, 1, 1])
  })
})

test('inspect takes no other error for a violation', () => {
  const noMemory = new RangeError('no memory')
  const push = jest.spyOn(MessageReader.prototype, 'push').mockImplementation(() => {
    throw noMemory
  })
  expect(thrownBy(() => look('8100'))).toBe(noMemory)
  push.mockRestore()
})

test('inspect counts the length of each message from its beginning', () => {
  expect(look('0202 0102 8000 0201 03 8001 04', { maxMessageLength: 3 }).violations).toEqual([])
})

test('inspect takes what it is given for the limits of a MessageReader', () => {
  const fragments = [...fragmentMessage({ opcode: Opcode.Text, payload: 'abc' }, 2)].map((frame) => encodeFrame(frame))
  expect(inspect(concat(...fragments), { maxMessageLength: 3 }).outcome).toBe('complete')
  expect(inspect(concat(...fragments), { maxMessageLength: 2 }).error).toMatchObject({ rule: 'message-too-long' })
  expect(inspect(concat(...fragments), { maxPayloadLength: 1 }).error).toMatchObject({ rule: 'payload-too-long' })
})

describe('inspect reads options as the readers do', () => {
  const streams = ['8900 8180 00000000', 'c101 61', 'c900', 'a100', '9100', '8300', '8103 616263', '0102 6162 8002 6364', '8800 8100']
  const optionsArbitrary = fc.record<InspectOptions>(
    {
      sender: fc.constantFrom('client', 'server', undefined),
      maxPayloadLength: fc.constantFrom(2, Infinity, undefined),
      maxMessageLength: fc.constantFrom(3, Infinity, undefined),
      inflate: fc.constantFrom((data: Uint8Array) => data, undefined),
      extensions: fc.option(
        fc.record(
          {
            permessageDeflate: fc.constantFrom(true, false, undefined),
            rsv1: fc.constantFrom(true, false, undefined),
            rsv2: fc.constantFrom(true, false, undefined),
            rsv3: fc.constantFrom(true, false, undefined),
            opcodes: fc.constantFrom([3], [], undefined),
          },
          { requiredKeys: [] },
        ),
        { nil: undefined },
      ),
    },
    { requiredKeys: [] },
  )

  /** The same options with each read through the prototype. */
  const inherited = <T extends object>(options: T): T => Object.create(options)
  /** The same with getters of a class, which an object that is spread loses. */
  const withGetters = <T extends object>(options: T, reads: string[]): T => {
    const getters = Object.entries(options).map(([name, value]) => [name, { get: () => (reads.push(name), value) }] as const)
    return Object.create(Object.create(Object.prototype, Object.fromEntries(getters)))
  }

  test('own, inherited or from getters, each once', () => {
    fc.assert(
      fc.property(optionsArbitrary, ({ extensions, ...rest }) => {
        const options = { ...rest, ...(extensions && { extensions }) }
        for (const hex of streams) {
          const stream = bytes(hex)
          const own = inspect(stream, options)
          expect(inspect(stream, inherited({ ...options, ...(extensions && { extensions: inherited(extensions) }) }))).toEqual(own)
          expect(explain(stream, inherited(options))).toBe(explain(stream, options))

          const reads: string[] = []
          const getters = () => withGetters({ ...options, ...(extensions && { extensions: withGetters(extensions, reads) }) }, reads)
          expect(inspect(stream, getters())).toEqual(own)
          expect(reads.sort()).toEqual([...new Set(reads)].sort())
          expect(explain(stream, getters())).toBe(explain(stream, options))
        }
      }),
    )
  })
})

test('inspect goes by its options, whatever those of the call before', () => {
  const streams = {
    rsv1: 'c100',
    rsv1OfPing: 'c900',
    opcode3: '8300',
    masked: '8180 00000000',
    unmasked: '8100',
    long: '8102 6162',
    fragments: '0101 61 8001 62',
  }
  type Name = keyof typeof streams
  const rest: Name[] = ['long', 'fragments']
  const legal: [InspectOptions, Name[]][] = [
    [{}, ['masked', 'unmasked', ...rest]],
    [{ extensions: { permessageDeflate: true } }, ['rsv1', 'masked', 'unmasked', ...rest]],
    [{ extensions: { rsv1: true } }, ['rsv1', 'rsv1OfPing', 'masked', 'unmasked', ...rest]],
    [{ extensions: { opcodes: [3] } }, ['opcode3', 'masked', 'unmasked', ...rest]],
    [{ sender: 'client' }, ['masked']],
    [{ sender: 'server' }, ['unmasked', ...rest]],
    [{ maxPayloadLength: 1 }, ['masked', 'unmasked', 'fragments']],
    [{ maxPayloadLength: 2, maxMessageLength: 1 }, ['masked', 'unmasked']],
    [{ maxPayloadLength: 2, maxMessageLength: 2 }, ['masked', 'unmasked', ...rest]],
  ]
  for (const [before] of legal) {
    for (const [options, names] of legal) {
      const accepted = Object.entries(streams).filter(([, hex]) => {
        look('8100', before)
        return look(hex, options).error === null
      })
      expect(accepted.map(([name]) => name)).toEqual(names)
    }
  }
})

test.each<[unknown[], typeof Error]>([
  [['8100'], TypeError],
  [[bytes('8100'), null], TypeError],
  [[bytes('8100'), { sender: 'proxy' }], TypeError],
  [[bytes('8100'), { maxMessageLength: -1 }], RangeError],
  [[bytes('8100'), { inflate: 'zlib' }], TypeError],
])('inspect: %j is wrong use', (args, kind) => {
  expect(thrownBy(() => Reflect.apply(inspect, undefined, args))).toBeInstanceOf(kind)
})

test.each<[object | null, string]>([
  [null, 'options must be an object, not null'],
  [{ sender: 'proxy' }, "sender must be 'client' or 'server', not proxy"],
  [{ maxPayloadLength: -1 }, 'maxPayloadLength, unless Infinity, must be a whole number from 0 to 9007199254740991, not -1'],
  [{ maxMessageLength: '1' }, 'maxMessageLength, unless Infinity, must be a number, not string'],
  [{ inflate: 'zlib' }, 'inflate must be a function'],
  [{ extensions: null }, 'extensions must be an object, not null'],
  [{ extensions: { permessageDeflate: 1 } }, 'extensions.permessageDeflate must be a boolean, not number'],
  [{ extensions: { rsv1: 1 } }, 'extensions.rsv1 must be a boolean, not number'],
  [{ extensions: { rsv2: 1 } }, 'extensions.rsv2 must be a boolean, not number'],
  [{ extensions: { rsv3: 1 } }, 'extensions.rsv3 must be a boolean, not number'],
  [{ extensions: { opcodes: new Set([3]) } }, 'extensions.opcodes must be an array'],
  [{ extensions: { opcodes: ['3'] } }, 'an opcode of extensions.opcodes must be a number, not string'],
  [{ extensions: { opcodes: [2] } }, 'an opcode of extensions.opcodes must be a whole number from 3 to 15, not 2'],
  [{ extensions: { opcodes: [8] } }, 'extensions.opcodes: 0x8 is not a reserved opcode'],
])('inspect: %j says what is wrong', (options, message) => {
  expect(() => Reflect.apply(inspect, undefined, [bytes('8100'), options])).toThrow(expect.objectContaining({ message }))
})

test('inspect says what bytes must be', () => {
  expect(() => Reflect.apply(inspect, undefined, ['8100'])).toThrow(new TypeError('bytes must be a Uint8Array, not string'))
})
