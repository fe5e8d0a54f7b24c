"""Frames to bytes, straight from RFC 6455 sections 5.2 and 5.3, in the plainest way.

The library under test is not used here, so that fixtures can tell it wrong.
"""

import struct
from math import gcd

from layout import notation

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
RSV1, RSV2, RSV3 = 0b100, 0b010, 0b001

# The masking key of the examples in RFC 6455 section 5.7.
KEY = bytes.fromhex('37fa213d')


# Bytes are held as runs, (unit, count) pairs, so that long payloads stay short in the files.

def repeat(unit, count):
    unit = to_bytes(unit)
    # A few bytes are easier to read in hex.
    return [(unit, count)] if len(unit) * count > 16 else to_runs(unit * count)


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

    def items(self):
        """As it stands in a list of frames."""
        return [self.json()]

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


class Repeated:
    """The same frame over and over."""

    def __init__(self, frame, count):
        self.frame = frame
        self.count = count

    def wire(self):
        return [(self.frame.encode(), self.count)]

    def items(self):
        return [{'repeat': self.frame.json(), 'count': self.count}]


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


def text(payload, **rest):
    return Frame(TEXT, payload, **rest)


def binary(payload, **rest):
    return Frame(BINARY, payload, **rest)


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


class Head(Raw):
    """A header with its masking key, if there is one, and nothing after it; the length may be a lie."""

    def __init__(self, opcode, length, form, key, fin=True):
        self.arguments = opcode, length, form
        self.key = key
        self.fin = fin
        parts = header(opcode, length, fin, masked=key is not None, bits=form)
        super().__init__([(part, 1) for part in parts + ([] if key is None else [key])])


class Start(Raw):
    """The first bytes of a frame."""

    def __init__(self, frame, length):
        super().__init__(take(frame.wire(), length))
        self.frame = frame
        self.length = length


def start_of(frame, length):
    return Start(frame, length)


def without_last_byte(frame):
    return Start(frame, length_of(frame.wire()) - 1)


def header_length(frame):
    """Up to the masking key."""
    return sum(len(part) for part in frame.header())


def with_key(part, key):
    """The same part as the other role has to send it: masked with `key`, or unmasked where that is None."""
    if isinstance(part, Frame):
        return Frame(part.opcode, part.payload, part.fin, part.rsv, key, part.bits)
    if isinstance(part, Repeated):
        return Repeated(with_key(part.frame, key), part.count)
    if isinstance(part, Start):
        frame, fields = with_key(part.frame, key), header_length(part.frame)
        had = 0 if part.frame.key is None else 4
        has = 0 if key is None else 4
        assert not fields < part.length < fields + had, 'the cut is inside the masking key'
        return Start(frame, part.length if part.length <= fields else part.length - had + has)
    if isinstance(part, Head):
        return Head(*part.arguments, key, part.fin)
    raise TypeError(part)


def shape(part):
    """The length of a frame's header up to the masking key, whether it has no payload, and its masking key."""
    if isinstance(part, Head):
        return length_of(part.wire()) - len(part.key or b''), part.arguments[1] == 0, part.key
    frame = part if isinstance(part, Frame) else part.frame
    return header_length(frame), length_of(frame.payload) == 0, frame.key
