/**
 * Plausible bugs, each as a change of one place in the second reader.
 */
export interface Mutant {
  readonly bug: string
  readonly file: 'decode' | 'inflate' | 'utf8'
  readonly from: string
  readonly to: string
  /** Only bytes of this sender can show the bug. */
  readonly only?: 'client' | 'server'
}

type Change = readonly [bug: string, from: string, to: string, only?: 'client' | 'server']

const decode: readonly Change[] = [
  // 5.2: RSV bits and opcodes
  ['RSV1 of permessage-deflate is accepted on every frame', '(permessageDeflate && startsMessage)', 'permessageDeflate'],
  [
    'RSV1 of permessage-deflate is accepted on control frames',
    '(permessageDeflate && startsMessage)',
    '(permessageDeflate && (startsMessage || this.isControl))',
  ],
  [
    'RSV1 of permessage-deflate is accepted on continuations',
    '(permessageDeflate && startsMessage)',
    '(permessageDeflate && !this.isControl)',
  ],
  [
    'RSV1 is refused on binary messages',
    'const startsMessage = this.opcode === 1 || this.opcode === 2',
    'const startsMessage = this.opcode === 1',
  ],
  ['RSV1 is not looked at', '0x40 : 0) | (rsv2', '0x40 : 0x40) | (rsv2'],
  ['RSV2 is not looked at', '(rsv2 ? 0x20 : 0)', '0x20'],
  ['RSV3 is not looked at', '(rsv3 ? 0x10 : 0)', '0x10'],
  ['One negotiated RSV bit allows all', 'if ((bits & ~allowed) !== 0)', 'if (allowed === 0 && bits !== 0)'],
  ['RSV bits of control frames are not looked at', 'if ((bits & ~allowed) !== 0)', 'if (!this.isControl && (bits & ~allowed) !== 0)'],
  [
    'RSV bits of empty control frames are forgiven',
    'if ((bits & ~allowed) !== 0)',
    'if ((bits & ~allowed) !== 0 && !(this.isControl && permessageDeflate))',
  ],
  ['Reserved data opcodes are accepted', '(this.opcode > 2 && this.opcode < 8) || this.opcode > 10', 'this.opcode > 10'],
  [
    'Reserved control opcodes are accepted',
    '(this.opcode > 2 && this.opcode < 8) || this.opcode > 10',
    'this.opcode > 2 && this.opcode < 8',
  ],
  ['Opcode 3 is accepted', 'this.opcode > 2 && this.opcode < 8', 'this.opcode > 3 && this.opcode < 8'],
  ['Opcode 7 is accepted', 'this.opcode < 8) ||', 'this.opcode < 7) ||'],
  ['Opcode 11 is accepted', '|| this.opcode > 10', '|| this.opcode > 11'],
  ['One negotiated opcode allows all', '!opcodes.includes(this.opcode)', 'opcodes.length === 0'],
  ['Negotiated opcodes are refused', '!opcodes.includes(this.opcode)', 'true'],
  // 5.5: control frames
  ['Control frames may be fragments', "if (this.isControl && !this.fin) throw new Broken('control-fragmented')", ''],
  ['Only Pings must not be fragments', 'if (this.isControl && !this.fin)', 'if (this.opcode === 9 && !this.fin)'],
  ['Control frames may have 126 bytes', 'this.isControl && this.shortLength > 125', 'this.isControl && this.shortLength > 126'],
  ['Control frames may have any length', "if (this.isControl && this.shortLength > 125) throw new Broken('control-too-long')", ''],
  [
    'Close frames may have any length',
    'this.isControl && this.shortLength > 125',
    'this.isControl && this.opcode !== 8 && this.shortLength > 125',
  ],
  // 5.4: fragments
  ['A continuation may begin a message', "if (this.opcode === 0 && !this.isOpen) throw new Broken('continuation-unexpected')", ''],
  ['A message may begin while one is open', "if (this.opcode !== 0 && this.isOpen) throw new Broken('continuation-expected')", ''],
  ['A binary message may begin while one is open', 'this.opcode !== 0 && this.isOpen', 'this.opcode === 1 && this.isOpen'],
  ['A whole message may come while one is open', 'this.opcode !== 0 && this.isOpen', 'this.opcode !== 0 && this.isOpen && !this.fin'],
  [
    'A Ping ends the open message',
    'if (this.opcode === 9) this.messages',
    'if (this.opcode === 9) this.isOpen = false\n    if (this.opcode === 9) this.messages',
  ],
  [
    'An empty fragment ends the message',
    'if (this.fin) this.messageComplete()',
    'if (this.fin || this.payload.length === 0) this.messageComplete()',
  ],
  ['An empty fragment does not begin a message', '      this.isOpen = true', '      this.isOpen = this.payload.length > 0'],
  [
    'An empty last fragment does not end the message',
    'if (this.fin) this.messageComplete()',
    'if (this.fin && (this.opcode !== 0 || this.payload.length > 0)) this.messageComplete()',
  ],
  ['After a compressed message, one is still open', '    this.isOpen = false\n', '    this.isOpen = this.isCompressed\n'],
  ['The fragments of a message are left for the next', '    this.parts = []\n', ''],
  [
    'The type of a message is that of the one before',
    '      this.messageOpcode = this.opcode\n',
    '      this.messageOpcode ||= this.opcode\n',
  ],
  [
    'A Close frame between fragments is no Close',
    '    this.closed = true\n  }\n\n  private dataFrame',
    '    this.closed = !this.isOpen\n  }\n\n  private dataFrame',
  ],
  [
    'An empty Close frame between fragments is no Close',
    '    this.closed = true\n  }\n\n  private dataFrame',
    '    this.closed = !this.isOpen || data.length > 0\n  }\n\n  private dataFrame',
  ],
  ['What follows a Close frame is read', '    this.closed = true\n  }\n\n  private dataFrame', '  }\n\n  private dataFrame'],
  // 5.1 and 5.3: masks
  ['Clients need not mask', "if (this.options.sender === 'client' && !this.isMasked)", 'if (false)', 'client'],
  [
    'Clients need not mask control frames',
    "this.options.sender === 'client' && !this.isMasked",
    "this.options.sender === 'client' && !this.isMasked && !this.isControl",
    'client',
  ],
  [
    'Clients need not mask empty frames',
    "this.options.sender === 'client' && !this.isMasked",
    "this.options.sender === 'client' && !this.isMasked && this.shortLength > 0",
    'client',
  ],
  ['Servers may mask', "if (this.options.sender === 'server' && this.isMasked)", 'if (false)', 'server'],
  [
    'Servers may mask control frames',
    "this.options.sender === 'server' && this.isMasked",
    "this.options.sender === 'server' && this.isMasked && !this.isControl",
    'server',
  ],
  ['The masking key begins anew with every chunk', '(this.payload.length + i) % 4', 'i % 4', 'client'],
  [
    'The masking key goes on from one fragment to the next',
    '(this.payload.length + i) % 4',
    '(this.payload.length + i + (this.opcode === 0 ? this.parts.length : 0)) % 4',
    'client',
  ],
  [
    'The masking key is in the wrong byte order',
    'key[(this.payload.length + i) % 4]',
    'key[3 - ((this.payload.length + i) % 4)]',
    'client',
  ],
  ['Control frames are not unmasked', 'if (this.isMasked) for', 'if (this.isMasked && !this.isControl) for', 'client'],
  [
    'A masking key of zeros is none',
    "this.isMasked ? Buffer.from(this.head.slice(-4)).toString('hex') : null",
    "this.isMasked && this.head.slice(-4).some((octet) => octet > 0) ? Buffer.from(this.head.slice(-4)).toString('hex') : null",
    'client',
  ],
  // 5.2: lengths
  [
    'Lengths are little-endian',
    'this.head.slice(2, 2 + this.lengthBytes).reduce(',
    'this.head.slice(2, 2 + this.lengthBytes).reduceRight(',
  ],
  [
    'Of 64 bits of a length the low 32 count',
    '(length, octet) => length * 256 + octet, 0)',
    '(length, octet) => (length * 256 + octet) % 2 ** 32, 0)',
  ],
  [
    '64-bit lengths wrap to signed 32 bits',
    '(length, octet) => length * 256 + octet, 0)',
    '(length, octet) => Math.max(0, (length * 256 + octet) | 0), 0)',
  ],
  [
    '16-bit lengths are signed',
    '(length, octet) => length * 256 + octet, 0)',
    '(length, octet) => (this.lengthBytes === 2 && length > 127 ? 0 : length * 256 + octet), 0)',
  ],
  ['The most significant bit is not looked at', "if ((field[0] ?? 0) >= 0x80) throw new Broken('length-msb')", ''],
  ['Short lengths may come in 64 bits', 'known === 6 && field', 'known === 9 && field'],
  ['Lengths over 255 may come in 64 bits', 'known === 6 && field', 'known === 7 && field'],
  ['Short lengths may come in 16 bits', 'this.payloadLength() < 126', 'this.payloadLength() < 0'],
  ['125 may come in 16 bits', 'this.payloadLength() < 126', 'this.payloadLength() < 125'],
  ['126 must not come in 16 bits', 'this.payloadLength() < 126', 'this.payloadLength() <= 126'],
  [
    'Lengths over 2^53 are rounded',
    "if (known === 8 && this.payloadLength() > Number.MAX_SAFE_INTEGER) throw new Broken('length-unsafe', 1009)",
    '',
  ],
  // 10.4: limits
  ['The limit of a payload is one too high', 'if (length > maxPayloadLength)', 'if (length > maxPayloadLength + 1)'],
  ['The limit of a payload is one too low', 'if (length > maxPayloadLength)', 'if (length >= maxPayloadLength && length > 0)'],
  [
    'The limit of a payload is for the whole message',
    'if (length > maxPayloadLength)',
    'if (length + (this.opcode === 0 ? this.parts.length : 0) > maxPayloadLength)',
  ],
  [
    'The limit of a payload is not for continuations',
    'if (length > maxPayloadLength)',
    'if (length > maxPayloadLength && this.opcode !== 0)',
  ],
  ['A payload limit of 0 is none', 'if (length > maxPayloadLength)', 'if (maxPayloadLength > 0 && length > maxPayloadLength)'],
  ['The limit of a message is one too high', 'if (length > maxMessageLength - (', 'if (length > maxMessageLength + 1 - ('],
  ['The limit of a message is for each frame', '(this.opcode === 0 ? this.parts.length : 0)) throw', '0) throw'],
  ['A message limit of 0 is none', 'if (length > maxMessageLength - (', 'if (maxMessageLength > 0 && length > maxMessageLength - ('],
  [
    'The sum of fragments wraps to 32 bits',
    'if (length > maxMessageLength - (this.opcode === 0 ? this.parts.length : 0))',
    'if (((length + (this.opcode === 0 ? this.parts.length : 0)) | 0) > maxMessageLength)',
  ],
  ['Limits count control frames', 'length === 2 + this.lengthBytes && !this.isControl', 'length === 2 + this.lengthBytes'],
  [
    'No limit counts after a Ping',
    'if (length > maxPayloadLength)',
    "if (this.messages.at(-1)?.type === 'ping') return\n    if (length > maxPayloadLength)",
  ],
  ['Limits are checked when the frame is complete', 'length === 2 + this.lengthBytes && !this.isControl', 'false'],
  // 8.1: text
  [
    'Each fragment of a text has to be UTF-8',
    '    if (this.fin) this.messageComplete()',
    "    if (this.isText() && !this.utf8.isBetweenCharacters) throw new Broken('text-utf8', 1007)\n    if (this.fin) this.messageComplete()",
  ],
  [
    'UTF-8 begins anew with every fragment',
    '    if (this.fin) this.messageComplete()',
    '    if (!this.fin) this.utf8 = new Utf8()\n    if (this.fin) this.messageComplete()',
  ],
  [
    'UTF-8 begins anew after an empty fragment',
    '    if (this.fin) this.messageComplete()',
    '    if (!this.fin && this.payload.length === 0) this.utf8 = new Utf8()\n    if (this.fin) this.messageComplete()',
  ],
  ['UTF-8 begins anew with every chunk', 'this.utf8.check(bytes)', 'new Utf8().check(bytes)'],
  [
    'UTF-8 begins anew after a control frame',
    '    const data = Uint8Array.from(this.payload)',
    '    this.utf8 = new Utf8()\n    const data = Uint8Array.from(this.payload)',
  ],
  [
    'A text may end inside a character',
    "      if (!this.utf8.isBetweenCharacters) throw new Broken('text-utf8', 1007)\n    }\n    if",
    '    }\n    if',
  ],
  ['Continuations of a text are not checked', 'if (this.isText() && judges', 'if (this.isText() && this.opcode !== 0 && judges'],
  ['Binary messages have to be UTF-8', 'return opcode === 1 &&', 'return (opcode === 1 || opcode === 2) &&'],
  [
    'Pings have to be UTF-8',
    'if (this.opcode === 9) this.messages',
    "if (this.opcode === 9 && new Utf8().check(data) >= 0) throw new Broken('text-utf8', 1007)\n    if (this.opcode === 9) this.messages",
  ],
  [
    'A byte order mark is taken off',
    "this.messages.push({ type: 'text', data: Uint8Array.from(data) })",
    "this.messages.push({ type: 'text', data: Uint8Array.from(data).subarray(data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? 3 : 0) })",
  ],
  ['UTF-8 is checked when the message is complete', "const { judges = 'byte' } = this.options", "const judges = 'message' as string"],
  ['Long payloads overflow the stack', 'for (const octet of this.payload) this.parts.push(octet)', 'this.parts.push(...this.payload)'],
  // 5.5.1 and 7.4: Close
  ['A Close payload may have one byte', "if (this.opcode === 8 && this.shortLength === 1) throw new Broken('close-payload-length')", ''],
  ['Codes below 1000 are accepted', 'code >= 1000 && code <= 1014', 'code <= 1014'],
  ['Code 1004 is accepted', ' && code !== 1004', ''],
  ['Code 1005 is accepted', ' && code !== 1005', ''],
  ['Code 1006 is accepted', ' && code !== 1006', ''],
  ['Code 1015 is accepted', 'code <= 1014', 'code <= 1015'],
  ['Code 1010 is refused', 'code >= 1000 && code <= 1014', 'code >= 1000 && code <= 1014 && code !== 1010'],
  ['Codes from 5000 are accepted', 'code <= 4999', 'code <= 65535'],
  ['Codes from 4000 are refused', 'code <= 4999', 'code <= 3999'],
  ['Codes from 3000 are refused', 'code >= 3000', 'code >= 4000'],
  ['Close codes are little-endian', 'const code = first * 256 + second\n', 'const code = second * 256 + first\n'],
  ['An empty Close has the code 1000', 'data.length === 0 ? 1005', 'data.length === 0 ? 1000'],
  [
    'Reasons are not checked',
    "if (utf8.check(reason) >= 0 || (isComplete && !utf8.isBetweenCharacters)) throw new Broken('close-reason-utf8', 1007)",
    '',
  ],
  ['A reason may end inside a character', '(isComplete && !utf8.isBetweenCharacters)', 'false'],
  [
    'A reason goes on with the open text',
    '    const utf8 = new Utf8()\n    if (utf8.check(reason)',
    '    const utf8 = this.utf8\n    if (utf8.check(reason)',
  ],
  ['A reason has to be ASCII', 'if (utf8.check(reason) >= 0', 'if (reason.some((octet) => octet > 127) || utf8.check(reason) >= 0'],
  ['Pongs are Pings', "{ type: 'pong', data }", "{ type: 'ping', data }"],
  // RFC 7692
  [
    'A Ping ends the compression of the message',
    'if (this.opcode === 9) this.messages',
    'if (this.opcode === 9) this.isCompressed = false\n    if (this.opcode === 9) this.messages',
  ],
  [
    'A Pong ends the compression of the message',
    'if (this.opcode === 10) this.messages',
    'if (this.opcode === 10) this.isCompressed = false\n    if (this.opcode === 10) this.messages',
  ],
  ['The last frame says whether the message is compressed', 'if (this.isCompressed) {\n      data', 'if (this.hasRsv1()) {\n      data'],
  [
    'Every message is compressed',
    '      this.isCompressed = this.hasRsv1()',
    '      this.isCompressed = this.options.extensions?.permessageDeflate === true',
  ],
  ['The tail is not put back', '[...this.parts, 0x00, 0x00, 0xff, 0xff]', '[...this.parts]'],
  [
    'Data may be cut short',
    "if (error instanceof NeedMore) throw new Broken('deflate-data', 1007)",
    'if (error instanceof NeedMore) return []',
  ],
  ['The window is not kept', 'this.window = windowAfter(this.window, inflated)', 'this.window = []'],
  ['The window is that of the last message', 'windowAfter(this.window, inflated)', 'windowAfter([], inflated)'],
  ['What inflates has no limit', 'this.options.maxMessageLength ?? 64 * MIB, (octet)', 'Infinity, (octet)'],
  ['What inflates is not checked to be UTF-8', 'if (utf8.check(inflated) >= 0 || !utf8.isBetweenCharacters)', 'if (false)'],
  ['What inflates may end inside a character', 'utf8.check(inflated) >= 0 || !utf8.isBetweenCharacters', 'utf8.check(inflated) >= 0'],
  [
    'The compressed bytes have to be UTF-8',
    'return opcode === 1 && !(this.opcode === 0 ? this.isCompressed : this.hasRsv1())',
    'return opcode === 1',
  ],
]

const inflate: readonly Change[] = [
  ['Data end with the first block with BFINAL', 'if (isFinal) bits.align()', 'if (isFinal) return out.slice(window.length)'],
  ['After BFINAL the next bit goes on', 'if (isFinal) bits.align()', ''],
  [
    'BFINAL ends the window',
    'if (isFinal) bits.align()',
    'if (isFinal) bits.align(), out.splice(0, window.length, ...new Array<number>(window.length).fill(0))',
  ],
  ['Block type 3 is a stored block', "else throw new BadData('block type 3')", 'else stored(bits, put)'],
  [
    'The complement of a stored length is not checked',
    "if ((length ^ 0xffff) !== complement) throw new BadData('length and complement differ')",
    '',
  ],
  [
    'Stored blocks may be empty only',
    'for (let i = 0; i < length; i++) put(bits.number(8))\n}\n\nfunction dynamic',
    '}\n\nfunction dynamic',
  ],
  ['Distances may go beyond the beginning', 'if (distance > Math.min(out.length, WINDOW))', 'if (distance > WINDOW)'],
  ['Distances may be 32767 at most', 'if (distance > Math.min(out.length, WINDOW))', 'if (distance > Math.min(out.length, WINDOW - 1))'],
  ['The window has 16 KiB', 'slice(-WINDOW)', 'slice(-WINDOW / 2)'],
  ['The window has 512 bytes', 'slice(-WINDOW)', 'slice(-512)'],
  ['Inflated bytes may be one too many', 'out.length - window.length > maxLength', 'out.length - window.length > maxLength + 1'],
  ['Inflated bytes may be one too few', 'out.length - window.length > maxLength', 'out.length - window.length >= maxLength'],
  ['The window counts in the limit', 'out.length - window.length > maxLength', 'out.length > maxLength'],
  ['Codes may be over-subscribed', "if (left < 0) throw new BadData('more codes than there are')", ''],
  ['A repetition may be the first', "if (symbol === 16 && before === undefined) throw new BadData('nothing to repeat')", ''],
  [
    'Copies do not overlap',
    'for (let i = 0; i < length; i++) put(out[out.length - distance] ?? 0)',
    'for (const octet of out.slice(out.length - distance, out.length - distance + length)) put(octet)',
  ],
]

const utf8: readonly Change[] = [
  ['Overlong forms of two bytes are accepted', 'octet < 0xc2', 'octet < 0xc0'],
  ['Overlong forms of three bytes are accepted', '    if (octet === 0xe0) this.low = 0xa0\n', ''],
  ['Surrogates are accepted', '    if (octet === 0xed) this.high = 0x9f\n', ''],
  ['Overlong forms of four bytes are accepted', '    if (octet === 0xf0) this.low = 0x90\n', ''],
  ['Code points above 10FFFF are accepted', '    if (octet === 0xf4) this.high = 0x8f\n', ''],
  ['Lead bytes from f5 to f7 are accepted', 'octet > 0xf4', 'octet > 0xf7'],
  [
    'Only the second byte of a character may be anything',
    '      this.low = 0x80\n      this.high = 0xbf\n      this.missing--',
    '      this.missing--',
  ],
  ['Bytes from c0 continue characters', 'octet < this.low || octet > this.high', 'octet < this.low'],
  ['ASCII continues characters', 'octet < this.low || octet > this.high', 'octet > this.high'],
  ['Stray continuation bytes are accepted', 'if (octet < 0x80) return true', 'if (octet < 0xc0) return true'],
  ['Characters have three bytes at most', 'else this.missing = 3', 'else return false'],
]

const of = (file: Mutant['file'], changes: readonly Change[]): Mutant[] =>
  changes.map(([bug, from, to, only]) => ({ bug, file, from, to, ...(only === undefined ? {} : { only }) }))

export const mutants: readonly Mutant[] = [...of('decode', decode), ...of('inflate', inflate), ...of('utf8', utf8)]
