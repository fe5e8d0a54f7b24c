/**
 * websocket-frames: encodes and decodes WebSocket frames (RFC 6455, section 5).
 */
export { Opcode, isControl, isReserved } from './protocol/opcode.js'
export { CloseCode, isSendableCloseCode } from './protocol/close-code.js'
export { decodeClosePayload, encodeClosePayload } from './protocol/close-payload.js'
export { ProtocolError, rules } from './protocol/rules.js'
export type { Rule, RuleId } from './protocol/rules.js'
export { rfcSentences } from './protocol/rfc-sentences.js'
export type {
  ConnectionOptions,
  DecodeOptions,
  EncodeOptions,
  Extensions,
  FrameReaderOptions,
  Sender,
} from './protocol/options.js'
export { applyMask } from './mask/mask.js'
export { randomMaskingKey } from './mask/masking-key.js'
export type { FrameHeader, FrameHeaderInit, LengthBits } from './header/layout.js'
export { decodeHeader } from './header/decode-header.js'
export { encodeHeader } from './header/encode-header.js'
export { encodeFrame, encodeFrameInto, encodedLength } from './encode/frame.js'
export type { FrameInit } from './encode/frame.js'
export { fragmentMessage } from './encode/fragment.js'
export { decodeFrame } from './decode/frame.js'
export type { Frame } from './decode/frame.js'
export { FrameReader } from './decode/frame-reader.js'
export { MessageReader } from './decode/message-reader.js'
export type { Message, MessageReaderOptions } from './decode/message.js'
export type { TextAs, TextOf } from './decode/text.js'
export type { Inflate } from './decode/inflate.js'
export { formatHex, parseHex } from './inspect/hex.js'
export { parseBytes } from './inspect/parse-bytes.js'
export { explain } from './inspect/explain.js'
export type { ExplainOptions } from './inspect/explain.js'
export { inspect } from './inspect/inspect.js'
export type { InspectOptions } from './inspect/examine.js'
export type { InspectedFrame, Inspection, Violation } from './inspect/inspection.js'
