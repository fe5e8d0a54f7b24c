"""DEFLATE (RFC 1951) written by hand, so that the bytes are the same on every machine and can be wrong on purpose."""

from frames import to_bytes

# RFC 1951 section 3.2.5: how many extra bits the codes have, and where the codes begin.
LENGTH_EXTRA = (0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5)
DISTANCE_EXTRA = (0, 0, 0, 0, *(extra for extra in range(1, 14) for _ in range(2)))


def starts(extra_bits, first):
    for extra in extra_bits:
        yield first
        first += 2 ** extra


LENGTH_STARTS = (*starts(LENGTH_EXTRA, 3),)
DISTANCE_STARTS = (*starts(DISTANCE_EXTRA, 1),)
assert DISTANCE_STARTS[-1] + 2 ** 13 - 1 == 32768

STORED, FIXED, DYNAMIC = 0, 1, 2


class Deflate:
    """The blocks of one message. Each method adds to them and returns the same object."""

    def __init__(self):
        self.bits = ''

    def number(self, value, count):
        """Section 3.1.1: least significant bit first."""
        self.bits += format(value, f'0{count}b')[::-1] if count else ''
        return self

    def code(self, value, count):
        """Huffman codes alone have their most significant bit first."""
        self.bits += format(value, f'0{count}b')
        return self

    def block(self, kind, final=False):
        return self.number(1 if final else 0, 1).number(kind, 2)

    def align(self):
        self.bits += '0' * (-len(self.bits) % 8)
        return self

    def stored(self, data, final=False, length=None, complement=None):
        """`length` and `complement` may be wrong."""
        data = to_bytes(data)
        length = len(data) if length is None else length
        complement = length ^ 0xFFFF if complement is None else complement
        self.block(STORED, final).align().number(length, 16).number(complement, 16)
        for octet in data:
            self.number(octet, 8)
        return self

    def symbol(self, value):
        """Section 3.2.6, the fixed code of literals and lengths; 256 ends the block."""
        if value < 144:
            return self.code(0x30 + value, 8)
        if value < 256:
            return self.code(0x190 + value - 144, 9)
        if value < 280:
            return self.code(value - 256, 7)
        return self.code(0xC0 + value - 280, 8)

    def literals(self, data):
        for octet in to_bytes(data):
            self.symbol(octet)
        return self

    def copy(self, length, distance):
        if length == 258:
            self.symbol(285)
        else:
            at = max(i for i, start in enumerate(LENGTH_STARTS) if start <= length)
            self.symbol(257 + at).number(length - LENGTH_STARTS[at], LENGTH_EXTRA[at])
        at = max(i for i, start in enumerate(DISTANCE_STARTS) if start <= distance)
        return self.code(at, 5).number(distance - DISTANCE_STARTS[at], DISTANCE_EXTRA[at])

    def end(self):
        return self.symbol(256)

    def fixed(self, data, final=False):
        self.block(FIXED, final).literals(data).end()
        return self.align() if final else self

    def octets(self):
        self.align()
        return bytes(int(self.bits[i:i + 8][::-1], 2) for i in range(0, len(self.bits), 8))

    def message(self):
        """With what is left of the empty block of a flush once its 00 00 ff ff is gone (RFC 7692 section 7.2.1)."""
        return self.block(STORED).octets()


def deflate():
    return Deflate()
