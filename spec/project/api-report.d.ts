/**
 * What the package declares to its users, without the comments. A spec holds it against the build; it is written by
 * npm run build && API_REPORT=write npx jest spec/project/api.spec.ts
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
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
export interface ConnectionOptions {
  readonly sender?: Sender | undefined;
  readonly extensions?: Extensions | undefined;
}
export interface DecodeOptions extends ConnectionOptions {
  readonly maxPayloadLength?: number | undefined;
}
export interface EncodeOptions extends ConnectionOptions {
  readonly strict?: boolean | undefined;
  readonly lengthBits?: 7 | 16 | 64 | undefined;
}
export interface ExplainOptions extends InspectOptions {
  readonly diagram?: boolean | undefined;
  readonly payloadLimit?: number | undefined;
  readonly offset?: number | undefined;
}
export interface Extensions {
  readonly permessageDeflate?: boolean | undefined;
  readonly rsv1?: boolean | undefined;
  readonly rsv2?: boolean | undefined;
  readonly rsv3?: boolean | undefined;
  readonly opcodes?: readonly number[] | undefined;
}
export interface Frame extends Omit<FrameHeader, 'payloadLength' | 'headerLength'> {
  payload: Uint8Array<ArrayBuffer>;
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
  readonly fin?: boolean | undefined;
  readonly rsv1?: boolean | undefined;
  readonly rsv2?: boolean | undefined;
  readonly rsv3?: boolean | undefined;
  readonly maskingKey?: number | null | undefined;
}
export interface FrameInit extends Omit<FrameHeaderInit, 'payloadLength'> {
  readonly payload?: Uint8Array | string | undefined;
}
export declare class FrameReader implements Iterable<Frame> {
  #private;
  constructor(options?: FrameReaderOptions);
  get closed(): boolean;
  get error(): Error | null;
  get bufferedLength(): number;
  push(chunk: Uint8Array): this;
  read(): Frame | null;
  [Symbol.iterator](): IterableIterator<Frame>;
  end(): void;
}
export interface FrameReaderOptions extends DecodeOptions {
  readonly maxPayloadLength?: number | undefined;
  readonly ownsChunks?: boolean | undefined;
  readonly streamAbove?: number | undefined;
}
export type Inflate = (data: Uint8Array<ArrayBuffer>, maxLength: number) => Uint8Array;
export interface InspectOptions extends DecodeOptions {
  readonly maxPayloadLength?: number | undefined;
  readonly maxMessageLength?: MessageReaderOptions['maxMessageLength'];
  readonly inflate?: MessageReaderOptions['inflate'];
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
  messages: Message[];
  outcome: 'complete' | 'incomplete' | 'error';
  error: ProtocolError | null;
  violations: Violation[];
  bytesRead: number;
  bytesNeeded: number | null;
  messageOpen: boolean;
}
export type LengthBits = 7 | 16 | 64;
export type Message<Text = string> = {
  type: 'text';
  data: Text;
} | {
  type: 'binary';
  data: Uint8Array<ArrayBuffer>;
} | {
  type: 'ping' | 'pong';
  data: Uint8Array<ArrayBuffer>;
} | {
  type: 'close';
  code: number;
  reason: string;
} | {
  type: 'compressed';
  opcode: 1 | 2;
  data: Uint8Array<ArrayBuffer>;
};
export declare class MessageReader<As extends TextAs = 'string'> implements Iterable<Message<TextOf<As>>> {
  #private;
  constructor(options?: MessageReaderOptions<As>);
  get closed(): boolean;
  get error(): Error | null;
  get bufferedLength(): number;
  push(chunk: Uint8Array): this;
  read(): Message<TextOf<As>> | null;
  [Symbol.iterator](): IterableIterator<Message<TextOf<As>>>;
  end(): void;
}
export interface MessageReaderOptions<As extends TextAs = 'string'> extends FrameReaderOptions {
  readonly maxPayloadLength?: number | undefined;
  readonly streamAbove?: number | undefined;
  readonly maxMessageLength?: number | undefined;
  readonly textAs?: As | undefined;
  readonly inflate?: Inflate | undefined;
}
export declare const Opcode: {
  readonly Continuation: 0;
  readonly Text: 1;
  readonly Binary: 2;
  readonly Close: 8;
  readonly Ping: 9;
  readonly Pong: 10;
};
export type Opcode = (typeof Opcode)[keyof typeof Opcode];
export declare class ProtocolError extends Error {
  readonly name = "ProtocolError";
  readonly rule: RuleId;
  readonly rfc: Rule['rfc'];
  readonly section: string;
  readonly closeCode: number;
  readonly offset: number;
  constructor(rule: RuleId, offset: number, found: string, cause?: unknown);
}
export interface Rule {
  readonly rfc: 6455 | 7692;
  readonly section: string;
  readonly closeCode: number;
  readonly statement: string;
}
export type RuleId = 'rsv-bit' | 'opcode-reserved' | 'control-fragmented' | 'control-too-long' | 'mask-required' | 'mask-forbidden' | 'length-msb' | 'length-not-minimal' | 'length-unsafe' | 'payload-too-long' | 'continuation-unexpected' | 'continuation-expected' | 'close-payload-length' | 'close-code' | 'close-reason-utf8' | 'deflate-data' | 'text-utf8' | 'message-too-long' | 'after-close' | 'truncated';
export type Sender = 'client' | 'server';
export type TextAs = 'string' | 'bytes';
export type TextOf<As extends TextAs> = As extends 'bytes' ? Uint8Array<ArrayBuffer> : string;
export interface Violation {
  readonly rule: RuleId;
  readonly rfc: Rule['rfc'];
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
export declare function decodeFrame(bytes: Uint8Array, options?: DecodeOptions, offset?: number): {
  frame: Frame;
  bytesRead: number;
} | null;
export declare function decodeHeader(bytes: Uint8Array, options?: DecodeOptions, offset?: number, into?: FrameHeader): FrameHeader | null;
export declare function encodeClosePayload(code?: number, reason?: string): Uint8Array<ArrayBuffer>;
export declare function encodeFrame(frame: FrameInit, options?: EncodeOptions): Uint8Array<ArrayBuffer>;
export declare function encodeFrameInto(frame: FrameInit, target: Uint8Array, offset?: number, options?: EncodeOptions): number;
export declare function encodeHeader(header: FrameHeaderInit, options?: EncodeOptions): Uint8Array<ArrayBuffer>;
export declare function encodedLength(frame: FrameInit, options?: EncodeOptions): number;
export declare function explain(subject: Uint8Array | FrameInit | Inspection, options?: ExplainOptions): string;
export declare function formatHex(bytes: Uint8Array): string;
export declare function fragmentMessage(message: {
  readonly opcode: number;
  readonly payload: Uint8Array | string;
  readonly rsv1?: boolean | undefined;
}, maxPayloadLength: number): Iterable<FrameInit>;
export declare function inspect(bytes: Uint8Array, options?: InspectOptions): Inspection;
export declare function isControl(opcode: number): boolean;
export declare function isReserved(opcode: number): boolean;
export declare function isSendableCloseCode(code: number): boolean;
export declare function parseBytes(text: string): Uint8Array<ArrayBuffer>;
export declare function parseHex(text: string): Uint8Array<ArrayBuffer>;
export declare function randomMaskingKey(): number;
export declare const rfcSentences: Readonly<Record<RuleId, string>>;
export declare const rules: Readonly<Record<RuleId, Rule>>;
