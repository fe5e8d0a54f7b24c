"""A reader of frames and messages, written from RFC 6455, RFC 7692, RFC 1951, RFC 3629 and the README of the vectors alone.

It has the whole stream at hand, supports everything, and reads as the README says. Where the RFCs leave room, `choices` has it read
otherwise; each choice stands for readers that conform too:

- `close-early`: the contents of a Close frame are judged byte by byte. `reason-first`: its reason before its code.
- `known-codes`: 1012 to 1014, of the registry only, are refused. `any-code`: 1016 to 2999 are accepted.
- `limit-first`: limits before all else in a header. `limit-early`: as soon as no length that begins with these bytes is within them.
- `unsigned`: a length of 2^63 and over is only large. `wide`: lengths over 2^53-1 can be held.
- `inflate-early`: a compressed message is inflated byte by byte. `inflated-only`: its limit counts inflated bytes alone.
- `empty`: a compressed message may be of no bytes.
- `code-1002`: the close code for what no RFC names one for, a reason that is not UTF-8 and data that do not inflate.
- `room`: a character that the rest of its message has no room for is wrong already.
"""
from payload import Inflater, Utf8, is_utf8, unmask

# In this order when one byte breaks several: rule -> RFC, section, close code.
RULES = {
    'rsv-bit': (6455, '5.2', 1002), 'opcode-reserved': (6455, '5.2', 1002), 'control-fragmented': (6455, '5.5', 1002),
    'control-too-long': (6455, '5.5', 1002), 'mask-required': (6455, '5.1', 1002), 'mask-forbidden': (6455, '5.1', 1002),
    'length-msb': (6455, '5.2', 1002), 'length-not-minimal': (6455, '5.2', 1002), 'length-unsafe': (6455, '10.4', 1009),
    'payload-too-long': (6455, '10.4', 1009), 'continuation-unexpected': (6455, '5.4', 1002),
    'continuation-expected': (6455, '5.4', 1002), 'close-payload-length': (6455, '5.5.1', 1002), 'close-code': (6455, '7.4', 1002),
    'close-reason-utf8': (6455, '5.5.1', 1007), 'deflate-data': (7692, '7.2.2', 1007), 'text-utf8': (6455, '8.1', 1007),
    'message-too-long': (6455, '10.4', 1009),
}
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
NAMES = {TEXT: 'text', BINARY: 'binary', PING: 'ping', PONG: 'pong'}


class Violation(Exception):
    def __init__(self, rules, offset, after, choices):
        self.rule = min(rules, key=list(RULES).index)
        rfc, section, code = RULES[self.rule]
        code = 1002 if 'code-1002' in choices and self.rule in ('close-reason-utf8', 'deflate-data') else code
        self.error = {'rule': self.rule, 'rfc': rfc, 'section': section, 'closeCode': code, 'offset': offset, 'detectedAfter': after}


class Ended(Exception):
    """The bytes end inside a frame."""


class Reader:
    def __init__(self, vector, data, choices=()):
        extensions, self.choices = vector.get('extensions', {}), choices
        self.data, self.at, self.sender = data, 0, vector.get('sender')
        self.deflate, self.opcodes = 'permessageDeflate' in extensions, extensions.get('opcodes', [])
        self.rsv = sum(bit for bit, name in ((4, 'rsv1'), (2, 'rsv2'), (1, 'rsv3')) if name in extensions)
        self.payload_limit = vector.get('maxPayloadLength', float('inf'))
        self.message_limit = vector.get('maxMessageLength', float('inf'))
        self.frames, self.messages, self.inflater = [], [], Inflater()
        self.open, self.after_close = None, None
        self.longest = 2 ** (63 if 'wide' in choices else 53) - 1

    def read(self):
        """The outcome, and the error or None."""
        try:
            while self.at < len(self.data):
                if self.frame() == CLOSE:
                    self.find_after_close()
                    break
            return 'complete', None
        except Ended:
            return 'incomplete', None
        except Violation as violation:
            return 'error', violation.error

    def need(self, position):
        if position > len(self.data):
            raise Ended

    def check(self, after, *pairs):
        broken = [rule for rule, is_broken in pairs if is_broken]
        if broken:
            raise Violation(broken, self.at, after, self.choices)

    def rsv_of(self, opcode):
        """The RSV bits that mean something. RFC 7692, section 6: RSV1 on the first frame of a message, never on a control frame."""
        return self.rsv | (4 if self.deflate and opcode in (TEXT, BINARY) else 0)

    def counts_wire(self, message):
        return not message['compressed'] or 'inflated-only' not in self.choices

    def is_known(self, opcode):
        return opcode & 7 <= 2 or opcode in self.opcodes

    def frame(self):
        data, start = self.data, self.at
        first = data[start]
        fin, rsv, opcode = first >> 7 == 1, first >> 4 & 7, first & 15
        is_control = opcode >= 8
        if not is_control and 'limit-first' in self.choices:
            self.check_limit_first()
        self.check(
            start + 1, ('rsv-bit', rsv & ~self.rsv_of(opcode)), ('opcode-reserved', not self.is_known(opcode)),
            ('control-fragmented', is_control and not fin), ('continuation-unexpected', opcode == CONTINUATION and self.open is None),
            ('continuation-expected', 0 < opcode < 8 and self.open is not None))

        self.need(start + 2)
        masked, field, at = data[start + 1] >> 7 == 1, data[start + 1] & 127, start + 2
        size = {126: 2, 127: 8}.get(field, 0)
        self.check(
            at, ('control-too-long', is_control and field > 125), ('mask-required', self.sender == 'client' and not masked),
            ('mask-forbidden', self.sender == 'server' and masked), ('close-payload-length', opcode == CLOSE and field == 1),
            *self.limits_early(opcode, size, b''))
        for known in range(1, size + 1):
            self.need(at + known)
            length = data[at:at + known]
            is_long = size == 2 and known == 2 and length < b'\x00\x7e' or size == 8 and known == 6 and not any(length)
            self.check(
                at + known, ('length-msb', size == 8 and length[0] > 127 and 'unsigned' not in self.choices),
                ('length-not-minimal', is_long), *self.limits_early(opcode, size, length))
        length, at = int.from_bytes(data[at:at + size], 'big') if size else field, at + size

        if 0 < opcode < 8:  # Section 5.4: a fragmented message begins with "an opcode other than 0", be it an extension's.
            compressed = self.deflate and rsv & 4 == 4
            self.open = {
                'opcode': opcode, 'compressed': compressed, 'parts': [], 'length': 0, 'utf8': Utf8(), 'early': self.inflater.early(),
            }
        message = None if is_control else self.open
        text = message['utf8'] if message and message['opcode'] == TEXT and not message['compressed'] else None
        if message:
            message['length'] += length
        self.check(
            at, ('length-unsafe', length > self.longest),
            ('payload-too-long', not is_control and length > self.payload_limit),
            ('message-too-long', message and message['length'] > self.message_limit and self.counts_wire(message)),
            ('text-utf8', 'room' in self.choices and text and fin and text.missing > length))

        key = None
        if masked:
            self.need(at + 4)
            key, at = data[at:at + 4], at + 4
        payload = unmask(data[at:at + length], key)
        if text and not text.is_plain(payload):
            for i, byte in enumerate(payload, 1):
                is_wrong = not text.takes(byte)
                has_no_room = 'room' in self.choices and fin and text.missing > length - i
                self.check(at + i, ('text-utf8', is_wrong or has_no_room))
        if opcode == CLOSE and 'close-early' in self.choices and length > 0:
            self.check_close_early(payload, length, at)
        if message and message['compressed'] and 'inflate-early' in self.choices:
            self.check_inflated_early(message, payload, at)
        self.need(at + length)
        at += length
        self.check(at, ('text-utf8', text and fin and text.missing > 0))
        if opcode == CLOSE and length > 0:
            is_refused = not may_be_sent(payload, self.choices) and not ('reason-first' in self.choices and not is_utf8(payload[2:]))
            self.check(at, ('close-code', is_refused), ('close-reason-utf8', not is_utf8(payload[2:])))
        done = self.end_of_message(message, payload, fin, at) if message else None
        self.frames.append((fin, rsv, opcode, key, payload))
        if done:
            self.messages.append(done)
        elif opcode == CLOSE:
            code = int.from_bytes(payload[:2], 'big') if length else 1005
            self.messages.append(('close', code, payload[2:].decode('utf-8')))
        elif opcode in (PING, PONG):
            self.messages.append((NAMES[opcode], payload))
        self.at = at
        return opcode

    def limits_early(self, opcode, size, known):
        """What is broken by every length of this size that begins with the known bytes."""
        if 'limit-early' not in self.choices or opcode >= 8 or len(known) == size:
            return
        least = max(int.from_bytes(known + bytes(size - len(known)), 'big'), 126 if size == 2 else 65536)
        before = self.open['length'] if opcode == CONTINUATION else 0
        yield from (('length-unsafe', least > self.longest), ('payload-too-long', least > self.payload_limit))
        yield 'message-too-long', before + least > self.message_limit and not (self.deflate and 'inflated-only' in self.choices)

    def check_limit_first(self):
        header = self.data[self.at + 1:self.at + 10]
        size = {126: 2, 127: 8}.get(header[0] & 127, 0) if header else 0
        if not header or len(header) < 1 + size:
            return
        length = int.from_bytes(header[1:1 + size], 'big') if size else header[0] & 127
        self.check(self.at + 2 + size, ('payload-too-long', length > self.payload_limit))

    def check_close_early(self, payload, length, at):
        utf8 = Utf8()
        self.check(at + 2, ('close-code', len(payload) >= 2 and not may_be_sent(payload, self.choices)))
        for i, byte in enumerate(payload[2:], 3):
            self.check(at + i, ('close-reason-utf8', not utf8.takes(byte)))

    def check_inflated_early(self, message, payload, at):
        for i in range(len(payload)):
            data = message['early'].inflate(payload[i:i + 1])
            self.check(at + i + 1, ('deflate-data', data is None))
            message['inflated'] = message.get('inflated', 0) + len(data)
            is_wrong = message['opcode'] == TEXT and not all([message['utf8'].takes(byte) for byte in data])
            self.check(at + i + 1, ('text-utf8', is_wrong), ('message-too-long', message['inflated'] > self.message_limit))

    def end_of_message(self, message, payload, fin, at):
        message['parts'].append(payload)
        if not fin:
            return None
        self.open, data, is_text = None, b''.join(message['parts']), message['opcode'] == TEXT
        if message['opcode'] not in NAMES:
            return None
        if message['compressed']:
            data = b'' if data == b'' and 'empty' in self.choices else self.inflater.message(data)
            self.check(at, ('deflate-data', data is None))
            self.check(at, ('text-utf8', is_text and not is_utf8(data)), ('message-too-long', len(data) > self.message_limit))
        return ('text', data.decode('utf-8')) if is_text else ('binary', data)

    def find_after_close(self):
        """Where the first data frame after the Close frame begins. A frame whose first byte breaks a rule already ends the search."""
        at, data = self.at, self.data
        while at < len(data):
            rsv, opcode = data[at] >> 4 & 7, data[at] & 15
            if rsv & ~self.rsv_of(opcode) or not self.is_known(opcode):
                return
            if opcode < 8:
                self.after_close = at
                return
            if data[at] < 128 or at + 1 == len(data):
                return
            at += 2 + (data[at + 1] & 127) + (4 if data[at + 1] > 127 else 0)


def may_be_sent(payload, choices):
    """Section 7.4, and 1012 to 1014 of the registry that it founds."""
    code = int.from_bytes(payload[:2], 'big')
    is_reserved = 1016 <= code <= 2999 and 'any-code' in choices
    return 1000 <= code <= 1003 or 1007 <= code <= (1011 if 'known-codes' in choices else 1014) or 3000 <= code <= 4999 or is_reserved
