/**
 * The library with one fault at a time: what the fuzzer must notice. Each is put where a user would see it, so that
 * they stay the same whatever becomes of the code inside.
 */
import * as library from '../../src/index.js'
import type { EncodeOptions, Frame, FrameInit, InspectOptions, Inspection, Message, FrameReaderOptions, TextAs } from '../../src/index.js'
import type { Library } from './check.js'

const { FrameReader, MessageReader, ProtocolError } = library
type Fault = Partial<Library>

/** Of what a `FrameReader` delivers. */
function frames(change: (frame: Frame) => Partial<Frame>): Fault {
  class Faulty extends FrameReader {
    override read() {
      const frame = super.read()
      return frame && { ...frame, ...change(frame) }
    }
  }
  return { FrameReader: Faulty }
}

/** Of what it throws. */
function errors(change: (error: library.ProtocolError) => object): Fault {
  class Faulty extends FrameReader {
    override read() {
      try {
        return super.read()
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        throw Object.defineProperties(error, Object.getOwnPropertyDescriptors(change(error)))
      }
    }
  }
  return { FrameReader: Faulty }
}

/** Of what it understands of its options. */
function options(changed: FrameReaderOptions): Fault {
  class Faulty extends FrameReader {
    constructor(given: FrameReaderOptions) {
      super({ ...given, ...changed })
    }
  }
  return { FrameReader: Faulty }
}

/** Of what a `MessageReader` delivers. */
function messages(change: (message: Message<string | Uint8Array>) => object): Fault {
  class Faulty<As extends TextAs> extends MessageReader<As> {
    override read() {
      const message = super.read()
      if (message !== null) Object.assign(message, change(message))
      return message
    }
  }
  return { MessageReader: Faulty }
}

function inspections(change: (inspection: Inspection) => Partial<Inspection>): Fault {
  return {
    inspect: (bytes: Uint8Array, given?: InspectOptions) => {
      const inspection = library.inspect(bytes, given)
      return { ...inspection, ...change(inspection) }
    },
  }
}

/** Everything comes a byte late: the last one of a chunk is kept until the next chunk. */
class LateReader extends FrameReader {
  #last = new Uint8Array(0)

  override push(chunk: Uint8Array) {
    super.push(this.#last)
    this.#last = chunk.slice(-1)
    return super.push(chunk.slice(0, -1))
  }
}

class EndlessReader extends FrameReader {
  override end() {}
}

class OpenReader extends FrameReader {
  override get closed() {
    return false
  }
}

class MiscountingReader extends FrameReader {
  override get bufferedLength() {
    return super.bufferedLength & ~4
  }
}

class DeafReader<As extends TextAs> extends MessageReader<As> {
  override push(chunk: Uint8Array) {
    return chunk.length === 1 ? this : super.push(chunk)
  }
}

function swapped(key: number): number {
  return Buffer.from(key.toString(16).padStart(8, '0'), 'hex').readUInt32LE()
}

/** 125 bytes in the form of 16 bits. */
function encodeNotMinimally(frame: FrameInit, given?: EncodeOptions): Uint8Array<ArrayBuffer> {
  const isBoundary = frame.payload?.length === 125 && frame.opcode < 8
  return library.encodeFrame(frame, isBoundary ? { ...given, strict: false, lengthBits: 16 } : given)
}

export const faults: Readonly<Record<string, Fault>> = {
  'a payload without its last byte': frames(({ payload }) => ({ payload: payload.subarray(0, -1) })),
  'a bit of a payload': frames(({ payload }) => ({
    payload: payload.map((octet, i) => (i === 3 ? octet ^ 1 : octet)),
  })),
  'a masking key in the other byte order': frames(({ maskingKey }) => ({
    maskingKey: maskingKey && swapped(maskingKey),
  })),
  'FIN always set': frames(() => ({ fin: true })),
  'RSV3 never set': frames(() => ({ rsv3: false })),
  'another rule': errors(({ rule }) => (rule === 'length-msb' ? { rule: 'length-unsafe' } : {})),
  'another section': errors(({ rule }) => (rule === 'close-reason-utf8' ? { section: '8.1' } : {})),
  'another close code': errors(({ rule }) => (rule === 'close-reason-utf8' ? { closeCode: 1002 } : {})),
  'another offset': errors(({ offset }) => ({ offset: offset - (offset % 4) })),
  'everything a byte late': { FrameReader: LateReader },
  'chunks that are not copied': options({ ownsChunks: true }),
  'frames that are not streamed': options({ streamAbove: Infinity }),
  'an end that is always in order': { FrameReader: EndlessReader },
  'a reader that never closes': { FrameReader: OpenReader },
  'a bufferedLength that is wrong': { FrameReader: MiscountingReader },
  'chunks of one byte left out': { MessageReader: DeafReader },
  'a byte order mark left out': messages((message) =>
    message.type === 'text' ? { data: String(message.data).replace(/^\ufeff/, '') } : {},
  ),
  'a close code of its own': messages((message) => (message.type === 'close' && message.code === 1005 ? { code: 1000 } : {})),
  'a ping in the place of a pong': messages((message) => (message.type === 'pong' ? { type: 'ping' } : {})),
  'an error thrown again': {
    MessageReader: class<As extends TextAs> extends MessageReader<As> {
      override push(chunk: Uint8Array) {
        if (this.error !== null) throw this.error
        return super.push(chunk)
      }
    },
  },
  'detectedAfter of inspect': inspections(({ violations }) => ({
    violations: violations.map((violation) => ({ ...violation, detectedAfter: violation.offset + 2 })),
  })),
  'messages of inspect': inspections(() => ({ messages: [] })),
  'bytesRead of inspect': inspections(({ bytes }) => ({ bytesRead: bytes.length })),
  'bytesNeeded of inspect': inspections(() => ({ bytesNeeded: null })),
  'messageOpen of inspect': inspections(() => ({ messageOpen: false })),
  'a limit that decodeFrame does not know': {
    decodeFrame: (bytes, given, offset) => library.decodeFrame(bytes, { ...given, maxPayloadLength: Infinity }, offset),
  },
  'decodeFrame throws another error': {
    decodeFrame: () => {
      throw new TypeError('another error')
    },
  },
  'a length of encodeFrame that is not minimal': { encodeFrame: encodeNotMinimally },
  'RSV1 that encodeFrameInto leaves out': {
    encodeFrameInto: (frame, target, offset, given) => library.encodeFrameInto({ ...frame, rsv1: false }, target, offset, given),
  },
  'a byte that parseBytes leaves out': { parseBytes: (text) => library.parseBytes(text).subarray(1) },
  'parseBytes throws another error': {
    parseBytes: (text) => {
      try {
        return library.parseBytes(text)
      } catch (error) {
        throw new TypeError('another error', { cause: error })
      }
    },
  },
  'a masking key that encodedLength leaves out': {
    encodedLength: (frame) => library.encodedLength({ ...frame, maskingKey: null }),
  },
}
