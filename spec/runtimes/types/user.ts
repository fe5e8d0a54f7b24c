/**
 * Uses everything that the package exports, rightly and wrongly: compiled by `types.test.mjs`, never run. A line marked
 * as an error is one that every compiler has to refuse.
 */
import {
  CloseCode,
  FrameReader,
  MessageReader,
  Opcode,
  ProtocolError,
  applyMask,
  decodeClosePayload,
  decodeFrame,
  decodeHeader,
  encodeClosePayload,
  encodeFrame,
  encodeFrameInto,
  encodeHeader,
  encodedLength,
  explain,
  formatHex,
  fragmentMessage,
  inspect,
  isControl,
  isReserved,
  isSendableCloseCode,
  parseBytes,
  parseHex,
  randomMaskingKey,
  rfcSentences,
  rules,
} from 'websocket-frames'
import type {
  ConnectionOptions,
  EncodeOptions,
  ExplainOptions,
  Extensions,
  Frame,
  FrameHeader,
  FrameHeaderInit,
  FrameInit,
  DecodeOptions,
  Inflate,
  InspectOptions,
  InspectedFrame,
  Inspection,
  LengthBits,
  Message,
  MessageReaderOptions,
  FrameReaderOptions,
  Rule,
  RuleId,
  Sender,
  TextAs,
  TextOf,
  Violation,
} from 'websocket-frames'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles if the value is exactly of the type: `any` is not, and neither is a narrower or a wider one. */
function exactly<Expected>() {
  return function <Actual>(_value: Actual, ..._same: Same<Actual, Expected> extends true ? [] : [never]): void {}
}

/** Memory of their own, which `Blob`, `Response` and `WritableStream` take: not shared. */
type Own = Uint8Array<ArrayBuffer>

const bytes: Own = parseHex('8185 37fa213d 7f9f4d5158')
const pasted: Own = parseBytes('[0x81, 0x00]')

export const opcodes: [0, 1, 2, 8, 9, 10] = [Opcode.Continuation, Opcode.Text, Opcode.Binary, Opcode.Close, Opcode.Ping, Opcode.Pong]
exactly<boolean>()(isControl(9))
exactly<boolean>()(isReserved(3))
exactly<1000>()(CloseCode.NormalClosure)
exactly<0 | 1 | 2 | 8 | 9 | 10>()(Opcode.Text as Opcode)
export const code: CloseCode = CloseCode.GoingAway
// @ts-expect-error there is no such opcode
export const wrongOpcode: Opcode = 3
// @ts-expect-error there is no such close code in the registry
export const wrongCode: CloseCode = 3000
exactly<boolean>()(isSendableCloseCode(CloseCode.TLSHandshake))
// @ts-expect-error the constants are constant
Opcode.Text = 2
// @ts-expect-error bytes have no opcode
isControl(bytes)

const sender: Sender = 'client'
const extensions: Extensions = { permessageDeflate: true, rsv1: false, rsv2: false, rsv3: true, opcodes: [3] as const }
const connection: ConnectionOptions = { sender, extensions }
const frameOptions: DecodeOptions = { ...connection, maxPayloadLength: Infinity }
const readerOptions: FrameReaderOptions = { ...frameOptions, ownsChunks: true, streamAbove: 65536 }
const inflate: Inflate = (data, maxLength) => data.subarray(0, maxLength)
const messageOptions: MessageReaderOptions = { ...readerOptions, maxMessageLength: 1024, inflate }
const inspectOptions: InspectOptions = { ...frameOptions, maxMessageLength: 1024, inflate: (data) => data }
const explainOptions: ExplainOptions = { ...inspectOptions, diagram: true, payloadLimit: 10, offset: 0 }
const lengthBits: LengthBits = 64
const encodeOptions: EncodeOptions = { ...connection, strict: false, lengthBits }
/** Every field that may be left out may be undefined, also where optional properties are exact. */
const none = undefined
export const undefinedOptions: [
  Extensions,
  DecodeOptions,
  FrameReaderOptions,
  MessageReaderOptions,
  EncodeOptions,
  FrameInit,
  FrameHeaderInit,
] = [
  { permessageDeflate: none, rsv1: none, rsv2: none, rsv3: none, opcodes: none },
  { sender: none, extensions: none, maxPayloadLength: none },
  { ownsChunks: none, streamAbove: none, maxPayloadLength: none },
  { maxPayloadLength: none, streamAbove: none, maxMessageLength: none, inflate: none },
  { strict: none, lengthBits: none },
  { opcode: 1, payload: none, fin: none, rsv1: none, rsv2: none, rsv3: none, maskingKey: none },
  { opcode: 1, payloadLength: 0, fin: none, rsv1: none, rsv2: none, rsv3: none, maskingKey: none },
]
// @ts-expect-error nobody else sends
export const wrongSender: DecodeOptions = { sender: 'proxy' }
// @ts-expect-error there is no such option
export const wrongOption: FrameReaderOptions = { maxPayload: 1 }
// @ts-expect-error a length has 7, 16 or 64 bits
export const wrongLengthBits: EncodeOptions = { lengthBits: 32 }
// @ts-expect-error inflate gives bytes
export const wrongInflate: MessageReaderOptions = { inflate: () => 'text' }
// @ts-expect-error options are not written to
frameOptions.maxPayloadLength = 1

const decoded = decodeFrame(bytes, frameOptions, 0)
exactly<{ frame: Frame; bytesRead: number } | null>()(decoded)
// @ts-expect-error null, if bytes are missing
decoded.bytesRead
// @ts-expect-error hex is no bytes
decodeFrame('8100')
if (decoded !== null) {
  const { fin, rsv1, rsv2, rsv3, opcode, maskingKey, payload } = decoded.frame
  exactly<boolean[]>()([fin, rsv1, rsv2, rsv3])
  exactly<number>()(opcode)
  exactly<number | null>()(maskingKey)
  exactly<Own>()(payload)
  exactly<Own>()(encodeFrame(decoded.frame, encodeOptions))
}

const header: FrameHeader | null = decodeHeader(bytes, frameOptions, 0)
if (header !== null) {
  exactly<FrameHeader | null>()(decodeHeader(bytes, {}, 0, header))
  exactly<number[]>()([header.payloadLength, header.headerLength])
  exactly<Own>()(encodeHeader(header))
}
const headerInit: FrameHeaderInit = { opcode: Opcode.Binary, payloadLength: 5, maskingKey: null }
exactly<Own>()(encodeHeader(headerInit, encodeOptions))
// @ts-expect-error a header says how long the payload is
encodeHeader({ opcode: Opcode.Binary })

const frameInit: FrameInit = { opcode: Opcode.Text, payload: 'Hello', fin: true, maskingKey: randomMaskingKey() }
exactly<Own>()(encodeFrame(frameInit))
exactly<number>()(encodedLength(frameInit))
exactly<number>()(encodedLength(frameInit, encodeOptions))
exactly<number>()(encodeFrameInto(frameInit, new Uint8Array(64), 0, encodeOptions))
// @ts-expect-error a frame has an opcode
encodeFrame({ payload: 'Hello' })
// @ts-expect-error a payload is bytes or text
encodeFrame({ opcode: Opcode.Text, payload: [1, 2, 3] })
exactly<void>()(applyMask(bytes, 0x37fa213d, 0, 6, 11))
// @ts-expect-error a masking key is a number
applyMask(bytes, '37fa213d')
exactly<number>()(randomMaskingKey())

exactly<Own>()(encodeClosePayload(CloseCode.GoingAway, 'bye'))
exactly<{ code: number; reason: string }>()(decodeClosePayload(encodeClosePayload()))
// @ts-expect-error the code comes first
encodeClosePayload('bye')

const frameReader = new FrameReader(readerOptions)
exactly<FrameReader>()(frameReader.push(bytes))
exactly<Frame | null>()(frameReader.read())
exactly<boolean>()(frameReader.closed)
exactly<number>()(frameReader.bufferedLength)
exactly<void>()(frameReader.end())
for (const frame of new FrameReader().push(bytes)) exactly<Frame>()(frame)
export const frames: Frame[] = [...frameReader]
// @ts-expect-error it says so itself
frameReader.closed = true

const messageReader = new MessageReader(messageOptions)
exactly<MessageReader>()(messageReader.push(bytes))
exactly<Message | null>()(messageReader.read())
exactly<boolean>()(messageReader.closed)
exactly<number>()(messageReader.bufferedLength)
exactly<void>()(messageReader.end())
for (const message of new MessageReader()) {
  if (message.type === 'text') exactly<string>()(message.data)
  else if (message.type !== 'close') exactly<Own>()(message.data)
  else exactly<{ type: 'close'; code: number; reason: string }>()(message)
}
for (const message of new MessageReader({ textAs: 'bytes' })) if (message.type === 'text') exactly<Own>()(message.data)
export const asBytes: TextAs = 'bytes'
exactly<Message<TextOf<'bytes'>> | null>()(new MessageReader({ textAs: 'bytes' }).read())
exactly<(Error | null)[]>()([frameReader.error, messageReader.error])
// @ts-expect-error a Close frame has no data
export const dataOf = (message: Message) => message.data
const fragments = fragmentMessage({ opcode: Opcode.Text, payload: 'Hello', rsv1: false }, 2)
for (const fragment of fragments) exactly<FrameInit>()(fragment)
// @ts-expect-error how long may they be
fragmentMessage({ opcode: Opcode.Text, payload: 'Hello' })

const inspection: Inspection = inspect(bytes, inspectOptions)
exactly<InspectedFrame[]>()(inspection.frames)
exactly<Message[]>()(inspection.messages)
exactly<'complete' | 'incomplete' | 'error'>()(inspection.outcome)
exactly<ProtocolError | null>()(inspection.error)
exactly<Violation[]>()(inspection.violations)
exactly<number | null>()(inspection.bytesNeeded)
export const described: string[] = [explain(bytes), explain(inspection, explainOptions), formatHex(bytes), formatHex(pasted)]
export const ofFrames: string[] = inspection.frames.map((frame) => explain(frame))
// @ts-expect-error hex is no bytes
explain('8100')
// @ts-expect-error it keeps no chunks
inspect(bytes, { ownsChunks: true })
// @ts-expect-error hex is text
parseHex(bytes)
// @ts-expect-error parseBytes takes text
parseBytes(bytes)
// @ts-expect-error only bytes are written as hex
formatHex('8100')

const rule: RuleId = 'rsv-bit'
exactly<Rule>()(rules[rule])
exactly<string[]>()([rules[rule].section, rules[rule].statement])
exactly<number>()(rules[rule].closeCode)
exactly<string>()(rfcSentences[rule])
try {
  new ProtocolError(rule, 0, 'RSV2 is set')
} catch (error) {
  if (error instanceof ProtocolError) {
    exactly<RuleId>()(error.rule)
    exactly<string[]>()([error.section, error.message])
    exactly<number[]>()([error.closeCode, error.offset])
  }
}
// @ts-expect-error there is no such rule
export const wrongRule: RuleId = 'no-such-rule'
// @ts-expect-error the rules are those of the RFC
rules[rule].closeCode = 1000
