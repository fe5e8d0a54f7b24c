"""Frames to bytes and vectors to JSON, straight from RFC 6455 section 5.2 and 5.3, in the plainest way.

The library under test is not used here, so that fixtures can tell it wrong.
"""

import json
import struct
import zlib
from math import gcd

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
RSV1, RSV2, RSV3 = 0b100, 0b010, 0b001

# The masking key of the examples in RFC 6455 section 5.7.
KEY = bytes.fromhex('37fa213d')

# Section and close code of each rule.
RULES = {
    'rsv-bit': ('5.2', 1002),
    'opcode-reserved': ('5.2', 1002),
    'control-fragmented': ('5.5', 1002),
    'control-too-long': ('5.5', 1002),
    'mask-required': ('5.1', 1002),
    'mask-forbidden': ('5.1', 1002),
    'length-msb': ('5.2', 1002),
    'length-not-minimal': ('5.2', 1002),
    'length-unsafe': ('10.4', 1009),
    'payload-too-long': ('10.4', 1009),
    'continuation-unexpected': ('5.4', 1002),
    'continuation-expected': ('5.4', 1002),
    'close-payload-length': ('5.5.1', 1002),
    'close-code': ('7.4', 1002),
    'close-reason-utf8': ('5.5.1', 1007),
    'text-utf8': ('8.1', 1007),
    'message-too-long': ('10.4', 1009),
}


# Bytes are held as runs, (unit, count) pairs, so that long payloads stay short in the files.

def repeat(unit, count):
    return [(to_bytes(unit), count)]


def to_bytes(value):
    return value.encode('utf-8') if isinstance(value, str) else bytes(value)


def to_runs(value):
    return list(value) if isinstance(value, list) else [(to_bytes(value), 1)]


def expand(runs):
    return b''.join(unit * count for unit, count in runs)


def length_of(runs):
    return sum(len(unit) * count for unit, count in runs)


def take(runs, length):
    """The first `length` bytes."""
    taken = []
    for unit, count in runs:
        if not unit:
            continue
        whole, rest = divmod(length, len(unit))
        if whole >= count:
            taken.append((unit, count))
            length -= len(unit) * count
            continue
        if whole:
            taken.append((unit, whole))
        if rest:
            taken.append((unit[:rest], 1))
        break
    return taken


def xor(data, key, start=0):
    return bytes(octet ^ key[(start + i) % 4] for i, octet in enumerate(data))


def mask_runs(runs, key):
    masked = []
    position = 0
    for unit, count in runs:
        if count == 1:
            masked.append((xor(unit, key, position), 1))
        else:
            # Masking repeats with the least common multiple of the unit and the key.
            period = unit * (4 // gcd(len(unit), 4))
            times, rest = divmod(len(unit) * count, len(period))
            masked.append((xor(period, key, position), times))
            masked.append((xor(period[:rest], key, position), 1))
        position += len(unit) * count
    return [(unit, count) for unit, count in masked if unit and count]


class Frame:
    def __init__(self, opcode, payload=b'', fin=True, rsv=0, key=None, bits=None):
        """`bits` (7, 16 or 64) forces the form of the length; the RFC's is the shortest that fits."""
        self.opcode = opcode
        self.payload = to_runs(payload)
        self.fin = fin
        self.rsv = rsv
        self.key = key
        length = length_of(self.payload)
        self.bits = bits or (7 if length <= 125 else 16 if length <= 65535 else 64)

    def header(self):
        return header(self.opcode, length_of(self.payload), self.fin, self.rsv, self.key is not None, self.bits)

    def encode(self):
        data = expand(self.payload)
        octets = b''.join(self.header())
        return octets + (data if self.key is None else self.key + xor(data, self.key))

    def wire(self):
        """The same bytes as runs."""
        runs = [(part, 1) for part in self.header()]
        runs += self.payload if self.key is None else [(self.key, 1)] + mask_runs(self.payload, self.key)
        assert expand(runs) == self.encode()
        return runs

    def json(self):
        frame = {
            'fin': self.fin,
            'opcode': self.opcode,
            'maskingKey': None if self.key is None else self.key.hex(),
            'payload': notation([self.payload]),
        }
        for name, bit in (('rsv1', RSV1), ('rsv2', RSV2), ('rsv3', RSV3)):
            if self.rsv & bit:
                frame[name] = True
        return frame


def header(opcode, length, fin=True, rsv=0, masked=False, bits=64):
    """The header up to the masking key, in one or two parts; `length` may be a lie."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    mask_bit = 0x80 if masked else 0
    if bits == 7:
        return [bytes([first, mask_bit | length])]
    if bits == 16:
        return [bytes([first, mask_bit | 126]), struct.pack('>H', length)]
    return [bytes([first, mask_bit | 127]), struct.pack('>Q', length)]


def masked(opcode, payload=b'', key=KEY, **rest):
    return Frame(opcode, payload, key=key, **rest)


def close_payload(code, reason=''):
    return struct.pack('>H', code) + reason.encode('utf-8')


class Raw:
    """Bytes that are no frame, or not a whole one: hex with spaces, or runs."""

    def __init__(self, value):
        if isinstance(value, str):
            value = [(bytes.fromhex(part), 1) for part in value.split()]
        self.runs = value

    def wire(self):
        return self.runs


def start_of(frame, length):
    return Raw(take(frame.wire(), length))


def without_last_byte(frame):
    runs = frame.wire()
    return Raw(take(runs, length_of(runs) - 1))


def messages_of(frames, compressed):
    """What the frames say once reassembled (5.4): a control frame is a message of its own, wherever it stands."""
    messages = []
    fragments = []
    for frame in frames:
        data = expand(frame.payload)
        if frame.opcode == CLOSE:
            code = struct.unpack('>H', data[:2])[0] if data else 1005
            messages.append({'type': 'close', 'code': code, 'reason': data[2:].decode('utf-8')})
        elif frame.opcode in (PING, PONG):
            name = 'ping' if frame.opcode == PING else 'pong'
            messages.append({'type': name, 'data': notation([frame.payload])})
        else:
            fragments.append(frame)
            if frame.fin:
                messages.append(data_message(fragments, compressed))
                fragments = []
    return messages


def data_message(fragments, compressed):
    runs = [run for fragment in fragments for run in fragment.payload]
    if all(count == 1 for _, count in runs):
        runs = [(expand(runs), 1)]
    if compressed and fragments[0].rsv & RSV1:
        # RFC 7692 section 7.2.2: the tail that the sender took off comes back before inflating.
        runs = [(zlib.decompressobj(-15).decompress(expand(runs) + b'\x00\x00\xff\xff'), 1)]
    if fragments[0].opcode == TEXT:
        return {'type': 'text', 'data': expand(runs).decode('utf-8')}
    assert fragments[0].opcode == BINARY
    return {'type': 'binary', 'data': notation([runs])}


def vector(id, description, note, parts, sender=None, extensions=None, max_payload=None, max_message=None,
           outcome='complete', error=None, delivered=None, sent=None, reads=None):
    """One vector. `parts` are frames and raw bytes in order.

    With `error` (a rule, and the bytes of the last part after which it is certain) or `outcome` 'incomplete' the last
    part is not delivered; `delivered` says otherwise how many are. `sent` (a sentence, bytes) are bytes that a
    document's function sent, which must be those of the vector. `reads` (a name, a function, what it returns) is what
    a document's decoder makes of the bytes: of all of them, or of each part when a list is expected. Both end up in
    the note.
    """
    if error:
        outcome = 'error'
    if delivered is None:
        delivered = len(parts) if outcome == 'complete' else len(parts) - 1
    frames = parts[:delivered]
    wires = [part.wire() for part in parts]
    octets = b''.join(expand(wire) for wire in wires)
    messages = messages_of(frames, bool(extensions and extensions.get('permessageDeflate')))

    if sent:
        sentence, produced = sent
        assert produced == octets, (id, produced[:20], octets[:20])
        note += ' ' + sentence
    if reads:
        note += ' ' + reading(id, *reads, octets, wires, messages)

    result = {'id': id, 'description': description, 'note': note}
    for name, value in (('sender', sender), ('extensions', extensions),
                        ('maxPayloadLength', max_payload), ('maxMessageLength', max_message)):
        if value is not None:
            result[name] = value
    result['bytes'] = notation(wires)
    result['frames'] = [frame.json() for frame in frames]
    result['messages'] = messages
    result['outcome'] = outcome
    if error:
        rule, after = error
        offset = sum(length_of(wire) for wire in wires[:-1])
        assert offset + after <= len(octets), id
        section, close_code = RULES[rule]
        result['error'] = {'rule': rule, 'section': section, 'closeCode': close_code, 'offset': offset,
                           'detectedAfter': offset + after}
    return result


def reading(id, name, function, expected, octets, wires, messages):
    """Runs a document's decoder and says what it made of the bytes."""
    def run(data):
        try:
            return function(data)
        except Exception as problem:
            return type(problem)

    result = [run(expand(wire)) for wire in wires] if isinstance(expected, list) else run(octets)
    assert result == expected, (id, result, expected)
    if isinstance(expected, list):
        return f'{name} called once per frame gives ' + ', then '.join(quoted(one) for one in expected) + '.'
    if isinstance(expected, type):
        return f'{name} fails with {expected.__name__}.'
    if len(messages) == 1 and messages[0].get('data') == expected:
        return f'{name} returns the same text.'
    return f'{name} returns {quoted(expected)}.'


def quoted(value):
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, str) and len(value) > 60:
        return f'{len(value)} characters'
    return repr(value)


def notation(wires):
    """Hex where it is short, a list of hex and repeats where it is not; a frame starts a new item of the list."""
    items = []
    for runs in wires:
        line = []
        for unit, count in runs:
            if count > 1:
                items.append(' '.join(line))
                items.append({'repeat': unit.hex(), 'count': count})
                line = []
                continue
            if not unit:
                continue
            if len(' '.join(line + [unit.hex()])) <= 90:
                line.append(unit.hex())
                continue
            for start in range(0, len(unit), 32):
                line.append(unit[start:start + 32].hex())
                items.append(' '.join(line))
                line = []
        items.append(' '.join(line))
    items = [item for item in items if item]
    if not items:
        return ''
    return items[0] if len(items) == 1 and isinstance(items[0], str) else items


# JSON with two-space indentation and everything that is short on one line.

WIDTH = 120


def flat(value):
    if isinstance(value, dict):
        return '{ ' + ', '.join(f'{flat(key)}: {flat(item)}' for key, item in value.items()) + ' }'
    if isinstance(value, list):
        return '[' + ', '.join(flat(item) for item in value) + ']'
    return json.dumps(value, ensure_ascii=False)


def render(value, depth=0, used=0):
    pad = '  ' * (depth + 1)
    inline = flat(value)
    several = isinstance(value, list) and len(value) > 1 and isinstance(value[0], dict) and 'repeat' not in value[0]
    is_vector = isinstance(value, dict) and ('vectors' in value or 'id' in value)
    fits = used + len(inline) + 1 <= WIDTH and not several and not is_vector
    if fits or not value or not isinstance(value, (dict, list)):
        return inline
    if isinstance(value, dict):
        lines = []
        for key, item in value.items():
            start = f'{pad}{flat(key)}: '
            lines.append(start + render(item, depth + 1, len(start)))
        opening, closing = '{', '}'
    else:
        lines = [pad + render(item, depth + 1, len(pad)) for item in value]
        opening, closing = '[', ']'
    return opening + '\n' + ',\n'.join(lines) + '\n' + '  ' * depth + closing


def file_of(source, vectors):
    ids = [one['id'] for one in vectors]
    assert len(ids) == len(set(ids)), [id for id in ids if ids.count(id) > 1]
    return render({'format': 1, 'source': source, 'vectors': vectors}) + '\n'
