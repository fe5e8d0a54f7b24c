/**
 * websocket-frames: encodes and decodes WebSocket frames (RFC 6455, section 5).
 */
export { Opcode, isControl, isReserved } from './opcode.js'
export { ProtocolError, rules } from './rules.js'
export type { Rule, RuleId } from './rules.js'
export type { ConnectionOptions, Extensions, FrameOptions, Sender } from './options.js'
export { applyMask, randomMaskingKey } from './mask.js'
export { decodeHeader, encodeHeader } from './header.js'
export type { EncodeOptions, FrameHeader, FrameHeaderInit, LengthBits } from './header.js'
export { CloseCode, decodeClosePayload, encodeClosePayload, isSendableCloseCode } from './close.js'
export { decodeFrame, encodeFrame, encodeFrameInto, encodedLength } from './frame.js'
export type { Frame, FrameInit } from './frame.js'
export { FrameReader } from './reader.js'
export type { ReaderOptions } from './reader.js'
export { formatHex, parseHex } from './hex.js'
export { explain } from './explain.js'
export type { ExplainOptions } from './explain.js'
