/**
 * Messages whose lengths lie around those at which a reader changes how it unmasks, gathers and decodes, in chunks that cut them at any phase
 * of the masking key: each is what was sent, and no text is delivered that the platform's decoder would refuse.
 */
import { describe, expect, test } from '@jest/globals'
import { MessageReader, Opcode, encodeFrame } from '../../src/index.js'
import type { TextAs } from '../../src/index.js'
import { bytes, concat, textOf, thrownBy, utf8 } from '../support.js'

const lengths = [63, 64, 65, 511, 512, 513, 2047, 2048, 2049, 5000, 16_383, 16_384, 16_385, 32_768, 65_535, 65_536, 65_537, 70_000]

/** Lengths of chunks, which repeat. */
const chunkings = [[31, 32, 33, 34], [511, 1, 514], [1460], [5001], [16_385, 2], [200_000]]

/** Two octets of the key have the highest bit set and two have not, so that with a wrong one ASCII is not ASCII. */
const KEY = 0x8923cd67

const combinations = [true, false].flatMap((isMasked) =>
  [true, false].flatMap((ownsChunks) => (['string', 'bytes'] as const).map((textAs) => [isMasked, ownsChunks, textAs] as const)),
)

/** Characters of each length in UTF-8, and ASCII up to the length. */
function notAscii(length: number): Uint8Array {
  const part = utf8('aé你😀')
  return concat(...Array.from({ length: Math.floor(length / part.length) }, () => part), utf8('b'.repeat(length % part.length)))
}

interface Sent {
  readonly opcode: 1 | 2
  /** The payloads of its fragments. */
  readonly payloads: readonly Uint8Array[]
}

/** For each length a text of ASCII and another, and for some a text in two fragments and a binary message. */
const messages = lengths.flatMap((length, i): Sent[] => {
  const [ascii, other] = [utf8('The quick fox. '.repeat(length / 15 + 1)).slice(0, length), notAscii(length)]
  const long = notAscii(40_000)
  const more: Sent[] = [
    { opcode: Opcode.Text, payloads: [long.subarray(0, 36_001), long.subarray(36_001)] },
    { opcode: Opcode.Binary, payloads: [other] },
  ]
  return [{ opcode: Opcode.Text, payloads: [ascii] }, { opcode: Opcode.Text, payloads: [other] }, ...(i % 3 === 0 ? more : [])]
})

function framesOf({ opcode, payloads }: Sent, isMasked: boolean): Uint8Array {
  const frames = payloads.map((payload, i) => {
    const frame = { opcode: i === 0 ? opcode : Opcode.Continuation, fin: i === payloads.length - 1, payload }
    return encodeFrame({ ...frame, maskingKey: isMasked ? KEY : null }, { strict: false })
  })
  return concat(...frames)
}

/** What is read of a stream in chunks, which are overwritten unless they are given away. */
function read(stream: Uint8Array, chunkLengths: readonly number[], ownsChunks: boolean, textAs: TextAs): (string | Uint8Array)[] {
  const reader = new MessageReader<TextAs>({ ownsChunks, textAs })
  const data: (string | Uint8Array)[] = []
  for (let start = 0, i = 0; start < stream.length; i++) {
    const chunk = stream.slice(start, start + (chunkLengths[i % chunkLengths.length] ?? 1))
    start += chunk.length
    reader.push(chunk)
    if (!ownsChunks) chunk.fill(0xee)
    for (const message of reader) if (message.type === 'text' || message.type === 'binary') data.push(message.data)
  }
  return data
}

describe.each(combinations)('a message (masked %p, ownsChunks %p, texts as %s)', (isMasked, ownsChunks, textAs) => {
  test.each(chunkings.map((chunking) => [chunking]))('in chunks of %p is what was sent, also after others have been read', (chunking) => {
    const stream = concat(...messages.map((sent) => framesOf(sent, isMasked)))
    const data = read(stream, chunking, ownsChunks, textAs)
    expect(data).toHaveLength(messages.length)
    // Compared at the end: no payload changes when later ones are read.
    messages.forEach(({ opcode, payloads }, i) => {
      const found = data[i] ?? ''
      expect(typeof found).toBe(opcode === Opcode.Text && textAs === 'string' ? 'string' : 'object')
      if ((typeof found === 'string' ? found : textOf(found)) !== textOf(concat(...payloads))) throw new Error(`message ${i} differs`)
    })
  })

  test.each(lengths)('of %p bytes that is a text and not UTF-8 is never delivered', (length) => {
    for (const at of [0, 1, length >> 1, length - 1]) {
      const wrong = utf8('a'.repeat(length))
      wrong[at] = 0xff
      const cutOff = concat(utf8('a'.repeat(length - 2)), bytes('e4bd'))
      for (const chunking of chunkings.slice(1)) {
        const thrown = (text: Uint8Array) =>
          thrownBy(() => read(framesOf({ opcode: Opcode.Text, payloads: [text] }, isMasked), chunking, ownsChunks, textAs))
        const notUtf8 = (found: string) => ({ rule: 'text-utf8', offset: 0, message: expect.stringContaining(found) })
        expect(thrown(wrong)).toMatchObject(notUtf8(`byte ${at} of the text is 0xff`))
        if (at === 0) expect(thrown(cutOff)).toMatchObject(notUtf8('the text ends inside a character'))
      }
    }
  })
})
