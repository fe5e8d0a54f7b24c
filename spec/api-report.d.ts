/**
 * What the package declares to its users, without the comments. A spec holds it against the build; it is written by
 * npm run build && API_REPORT=write npx jest spec/api.spec.ts
 */

export declare const CloseCode: {
  readonly NormalClosure: 1000;
  readonly GoingAway: 1001;
  readonly ProtocolError: 1002;
  readonly UnsupportedData: 1003;
  readonly Reserved: 1004;
  readonly NoStatusRcvd: 1005;
  readonly AbnormalClosure: 1006;
  readonly InvalidFramePayloadData: 1007;
  readonly PolicyViolation: 1008;
  readonly MessageTooBig: 1009;
  readonly MandatoryExt: 1010;
  readonly InternalError: 1011;
  readonly ServiceRestart: 1012;
  readonly TryAgainLater: 1013;
  readonly BadGateway: 1014;
  readonly TLSHandshake: 1015;
};
export interface CompressedMessage {
  type: 'text' | 'binary';
  compressed: true;
  data: Uint8Array;
}
export interface ConnectionOptions {
  readonly sender?: Sender;
  readonly extensions?: Extensions;
}
export interface EncodeOptions extends ConnectionOptions {
  readonly strict?: boolean;
  readonly lengthBits?: LengthBits;
}
export interface ExplainOptions extends InspectOptions {
  readonly diagram?: boolean;
  readonly payloadLimit?: number;
  readonly offset?: number;
}
export interface Extensions {
  readonly permessageDeflate?: boolean;
  readonly rsv1?: boolean;
  readonly rsv2?: boolean;
  readonly rsv3?: boolean;
  readonly opcodes?: readonly number[];
}
export interface Frame extends Omit<FrameHeader, 'payloadLength' | 'headerLength'> {
  payload: Uint8Array;
}
export interface FrameHeader {
  fin: boolean;
  rsv1: boolean;
  rsv2: boolean;
  rsv3: boolean;
  opcode: number;
  maskingKey: number | null;
  payloadLength: number;
  headerLength: number;
}
export interface FrameHeaderInit {
  readonly opcode: number;
  readonly payloadLength: number;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly rsv2?: boolean;
  readonly rsv3?: boolean;
  readonly maskingKey?: number | null;
}
export interface FrameInit extends Omit<FrameHeaderInit, 'payloadLength'> {
  readonly payload?: Uint8Array | string;
}
export interface FrameOptions extends ConnectionOptions {
  readonly maxPayloadLength?: number;
}
export declare class FrameReader implements Iterable<Frame> {
  #private;
  constructor(options?: ReaderOptions);
  get closed(): boolean;
  get bufferedLength(): number;
  push(chunk: Uint8Array): this;
  read(): Frame | null;
  [Symbol.iterator](): Iterator<Frame>;
  end(): void;
}
export interface InspectOptions extends FrameOptions, Pick<MessageOptions, 'maxMessageLength'> {
  readonly inflate?: MessageOptions['inflate'];
}
export interface InspectedFrame extends Frame {
  offset: number;
  headerLength: number;
  lengthBits: LengthBits;
  violations: Violation[];
}
export interface Inspection {
  bytes: Uint8Array;
  frames: InspectedFrame[];
  messages: (Message | CompressedMessage)[];
  outcome: 'complete' | 'incomplete' | 'error';
  error: ProtocolError | null;
  violations: Violation[];
  bytesRead: number;
  bytesNeeded: number | null;
  messageOpen: boolean;
}
export type LengthBits = 7 | 16 | 64;
export type Message = {
  type: 'text';
  data: string;
} | {
  type: 'binary';
  data: Uint8Array;
} | {
  type: 'ping' | 'pong';
  data: Uint8Array;
} | {
  type: 'close';
  code: number;
  reason: string;
};
export interface MessageOptions extends ReaderOptions {
  readonly maxPayloadLength?: number;
  readonly streamAbove?: number;
  readonly maxMessageLength?: number;
  readonly inflate?: (data: Uint8Array, maxLength: number) => Uint8Array;
}
export declare class MessageReader implements Iterable<Message> {
  #private;
  constructor(options?: MessageOptions);
  get closed(): boolean;
  get bufferedLength(): number;
  push(chunk: Uint8Array): this;
  read(): Message | null;
  [Symbol.iterator](): Iterator<Message>;
  end(): void;
}
export declare const Opcode: {
  readonly Continuation: 0;
  readonly Text: 1;
  readonly Binary: 2;
  readonly Close: 8;
  readonly Ping: 9;
  readonly Pong: 10;
};
export declare class ProtocolError extends Error {
  readonly name = "ProtocolError";
  readonly rule: RuleId;
  readonly section: string;
  readonly closeCode: number;
  readonly offset: number;
  constructor(rule: RuleId, offset: number, found: string);
}
export interface ReaderOptions extends FrameOptions {
  readonly maxPayloadLength?: number;
  readonly ownsChunks?: boolean;
  readonly streamAbove?: number;
}
export interface Rule {
  readonly section: string;
  readonly closeCode: number;
  readonly statement: string;
}
export type RuleId = 'rsv-bit' | 'opcode-reserved' | 'control-fragmented' | 'control-too-long' | 'mask-required' | 'mask-forbidden' | 'length-msb' | 'length-not-minimal' | 'length-unsafe' | 'payload-too-long' | 'continuation-unexpected' | 'continuation-expected' | 'close-payload-length' | 'close-code' | 'close-reason-utf8' | 'text-utf8' | 'message-too-long' | 'truncated';
export type Sender = 'client' | 'server';
export interface Violation {
  readonly rule: RuleId;
  readonly section: string;
  readonly closeCode: number;
  readonly offset: number;
  readonly detectedAfter: number;
  readonly message: string;
}
export declare function applyMask(data: Uint8Array, maskingKey: number, keyOffset?: number, start?: number, end?: number): void;
export declare function decodeClosePayload(payload: Uint8Array): {
  code: number;
  reason: string;
};
export declare function decodeFrame(bytes: Uint8Array, options?: FrameOptions, offset?: number): {
  frame: Frame;
  bytesRead: number;
} | null;
export declare function decodeHeader(bytes: Uint8Array, options?: FrameOptions, offset?: number, into?: FrameHeader): FrameHeader | null;
export declare function encodeClosePayload(code?: number, reason?: string): Uint8Array;
export declare function encodeFrame(frame: FrameInit, options?: EncodeOptions): Uint8Array;
export declare function encodeFrameInto(frame: FrameInit, target: Uint8Array, offset?: number, options?: EncodeOptions): number;
export declare function encodeHeader(header: FrameHeaderInit, options?: EncodeOptions): Uint8Array;
export declare function encodedLength(frame: FrameInit): number;
export declare function explain(subject: Uint8Array | Frame | Inspection, options?: ExplainOptions): string;
export declare function formatHex(bytes: Uint8Array): string;
export declare function fragmentMessage(message: {
  readonly opcode: number;
  readonly payload: Uint8Array | string;
  readonly rsv1?: boolean;
}, maxPayloadLength: number): Iterable<FrameInit>;
export declare function inspect(bytes: Uint8Array, options?: InspectOptions): Inspection;
export declare function isControl(opcode: number): boolean;
export declare function isReserved(opcode: number): boolean;
export declare function isSendableCloseCode(code: number): boolean;
export declare function parseBytes(text: string): Uint8Array;
export declare function parseHex(text: string): Uint8Array;
export declare function randomMaskingKey(): number;
export declare const rules: Readonly<Record<RuleId, Rule>>;
