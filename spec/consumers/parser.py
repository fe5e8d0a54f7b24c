"""A parser of frames and messages, to test consume.py with. BUG in the environment plants a bug, WITHOUT removes one of the
supported names.
"""
import codecs
import os
import zlib

BUG, WITHOUT = os.environ.get('BUG'), os.environ.get('WITHOUT')
SUPPORTS = {
    'prompt', 'unknown-sender', 'messages', 'payload-limit', 'message-limit', 'limit-0', '64-bit-lengths', 'many-fragments',
    'extensions', 'permessage-deflate', 'context-takeover', 'window-15', 'bfinal',
} - {WITHOUT}


class ProtocolError(Exception):
    def __init__(self, close_code=1002):
        self.close_code = close_code


def decoded(data):
    try:
        return data.decode('utf-8')
    except UnicodeDecodeError:
        raise ProtocolError(1007) from None


def is_close_code(code):
    if BUG == 'close-codes':
        return code >= 1000
    last = 1011 if BUG == 'other-verdicts' else 1014
    return 1000 <= code <= last and code not in (1004, 1005, 1006) or 3000 <= code <= 4999


class Parser:
    def __init__(self, vector):
        self.sender = vector.get('sender')
        self.extensions = vector.get('extensions', {})
        self.max_payload = vector.get('maxPayloadLength', 2 ** 24)
        self.max_message = vector.get('maxMessageLength', 2 ** 26)
        self.delivered_frames, self.delivered_messages = [], []
        if WITHOUT != 'frames':
            self.frames = self.delivered_frames
        if WITHOUT != 'messages':
            self.messages = self.delivered_messages
        self.closed = False
        self.head, self.payload, self.length = bytearray(), bytearray(), None
        self.opcode, self.compressed, self.parts = None, False, bytearray()
        self.window = b''

    @property
    def inside_frame(self):
        return len(self.head) > 0

    def feed(self, chunk):
        position = 0
        while position < len(chunk) and not self.closed:
            if self.length is None:
                self.head.append(chunk[position])
                position += 1
                self.header()
            else:
                piece = chunk[position:position + self.length - len(self.payload)]
                position += len(piece)
                self.take(piece)
            if self.length is not None and len(self.payload) == self.length:
                self.frame()

    def header(self):
        first, size = self.head[0], len(self.head)
        opcode, control = first & 15, first & 8
        known = opcode in (0, 1, 2, 8, 9, 10, *self.extensions.get('opcodes', []))
        if size == 1:
            starts = opcode in (1, 2) or control and BUG == 'rsv1-on-control'
            allowed = (64 if self.extensions.get('rsv1') or self.extensions.get('permessageDeflate') and starts else 0)
            allowed |= (32 if self.extensions.get('rsv2') else 0) | (16 if self.extensions.get('rsv3') else 0)
            if first & 0x70 & ~allowed:
                raise ProtocolError()
            if not known and BUG != 'late':
                raise ProtocolError()
            if control and first < 128 or not control and (opcode == 0) != (self.opcode is not None):
                raise ProtocolError()
            return
        masked, length = self.head[1] & 128, self.head[1] & 127
        if size == 2:
            if not known or control and length > 125 or masked and self.sender == 'server' or not masked and self.sender == 'client':
                raise ProtocolError()
            if opcode == 8 and length == 1:
                raise ProtocolError()
        extra = {126: 2, 127: 8}.get(length, 0)
        field = self.head[2:2 + extra]
        if extra == 8 and size > 2:
            if field[0] & 128 or size >= 8 and not any(field[:6]) and BUG != 'not-minimal':
                raise ProtocolError()
        if size < 2 + extra:
            return
        if extra:
            length = int.from_bytes(field, 'big', signed=BUG == 'signed-16-bit' and extra == 2)
            if extra == 2 and length < 126 and not (BUG == 'not-minimal' or BUG == 'signed-16-bit' and length < 0):
                raise ProtocolError()
        if size == 2 + extra:
            known = len(self.parts) if opcode == 0 else 0
            slack = 1 if BUG == 'limit-off-by-one' else 0
            if not control and (length >= 2 ** 53 or length > self.max_payload + slack):
                raise ProtocolError(1009)
            if not control and known + length > self.max_message + slack:
                raise ProtocolError(1009)
        if size == 2 + extra + (4 if masked else 0):
            self.length = max(length, 0)
            self.key = bytes(self.head[-4:]) if masked else None
            if opcode == 1:
                self.decoder = codecs.getincrementaldecoder('utf-8')()

    def take(self, piece):
        start = len(self.payload)
        if BUG == 'mask-phase' or BUG == 'mask-phase-of-words' and len(piece) > 1:
            start = 0
        if self.key:
            key = self.key[start % 4:] + self.key[:start % 4]
            mask = key * (len(piece) // 4) + key[:len(piece) % 4]
            piece = (int.from_bytes(piece, 'big') ^ int.from_bytes(mask, 'big')).to_bytes(len(piece), 'big')
        self.payload += piece
        opcode = self.head[0] & 15
        if opcode == 8 and len(self.payload) > 1 and BUG == 'other-verdicts':
            if not is_close_code(int.from_bytes(self.payload[:2], 'big')):
                raise ProtocolError()
        if (opcode or self.opcode) == 1 and not self.is_compressed():
            self.decode(piece)

    def decode(self, piece, final=False):
        try:
            self.decoder.decode(piece, final)
        except UnicodeDecodeError:
            raise ProtocolError(1007) from None
        # CPython waits for the third byte of a surrogate, although no UTF-8 begins with its first two.
        begun = self.decoder.getstate()[0]
        if begun[:1] == b'\xed' and begun[1:2] >= b'\xa0' or begun[:1] == b'\xe0' and BUG == 'early':
            raise ProtocolError(1007)

    def is_compressed(self):
        if self.head[0] & 15:
            return bool(self.extensions.get('permessageDeflate') and self.head[0] & 64)
        return self.compressed

    def frame(self):
        first, payload = self.head[0], bytes(self.payload)
        opcode, fin = first & 15, first >= 128
        if opcode == 9 and not payload and BUG == 'crash':
            raise TypeError('crash')
        if opcode == 8:
            self.close(payload)
        elif opcode in (9, 10):
            kind = 'ping' if opcode == 9 or BUG == 'pong-as-ping' else 'pong'
            self.delivered_messages.append({'type': kind, 'data': payload})
            if BUG == 'ping-ends-compression' and opcode == 9:
                self.compressed = False
        elif opcode < 8:
            self.data(opcode, fin, payload)
        rsv = 0 if BUG == 'frames-without-rsv' else first & 0x70
        self.delivered_frames.append({
            'fin': fin, 'opcode': opcode, 'maskingKey': self.key and self.key.hex(), 'payload': payload,
            'rsv1': bool(rsv & 64), 'rsv2': bool(rsv & 32), 'rsv3': bool(rsv & 16),
        })
        self.head, self.payload, self.length = bytearray(), bytearray(), None

    def data(self, opcode, fin, payload):
        if opcode:
            self.compressed, self.opcode = self.is_compressed(), opcode
        self.parts += payload
        if self.opcode == 1 and not self.compressed and (fin or BUG == 'utf8-by-fragment'):
            self.decode(b'', True)
        if not fin:
            return
        data = self.inflate(bytes(self.parts)) if self.compressed else bytes(self.parts)
        if self.opcode == 1:
            self.delivered_messages.append({'type': 'text', 'data': decoded(data)})
        elif self.opcode == 2:
            self.delivered_messages.append({'type': 'binary', 'data': data})
        self.opcode, self.compressed, self.parts = None, False, bytearray()

    def inflate(self, data):
        rest, out = data + b'\x00\x00\xff\xff', b''
        while rest:
            inflater = zlib.decompressobj(-15, (self.window + out)[-32768:])
            try:
                out += inflater.decompress(rest, self.max_message - len(out) + 1)
                if len(out) > self.max_message:
                    raise ProtocolError(1009)
                # An empty block with BFINAL set shows that the data ended with a block.
                if not inflater.eof and (inflater.decompress(b'\x01\x00\x00\xff\xff') or not inflater.eof):
                    raise ProtocolError(1007)
            except zlib.error:
                raise ProtocolError(1007) from None
            rest = inflater.unused_data
        self.window = (self.window + out)[-32768:]
        return out

    def close(self, payload):
        self.closed = True
        code = int.from_bytes(payload[:2], 'big') if payload else 1005
        if payload and not is_close_code(code):
            raise ProtocolError()
        self.delivered_messages.append({'type': 'close', 'code': code, 'reason': decoded(payload[2:])})
