"""What is done with payloads: unmasking (RFC 6455, section 5.3), UTF-8 (RFC 3629) and permessage-deflate (RFC 7692)."""
import zlib


class Utf8:
    """RFC 3629, section 4: what the next byte may be, one byte after the other."""

    def __init__(self):
        self.missing, self.low, self.high = 0, 0x80, 0xBF

    def takes(self, byte):
        if self.missing > 0:
            fits = self.low <= byte <= self.high
            self.missing, self.low, self.high = self.missing - 1, 0x80, 0xBF
            return fits
        if byte < 0x80:
            return True
        self.missing = 1 if 0xC2 <= byte <= 0xDF else 2 if 0xE0 <= byte <= 0xEF else 3 if 0xF0 <= byte <= 0xF4 else 0
        self.low = {0xE0: 0xA0, 0xF0: 0x90}.get(byte, 0x80)
        self.high = {0xED: 0x9F, 0xF4: 0x8F}.get(byte, 0xBF)
        return self.missing > 0

    def is_plain(self, data):
        """Whether all of it is whole characters: only to be quick with long texts."""
        return self.missing == 0 and is_utf8(data)


def is_utf8(data):
    try:
        data.decode('utf-8')
        return True
    except UnicodeDecodeError:
        return False


class Inflater:
    """RFC 7692, section 7.2.2, with context takeover. After a block with BFINAL set a new stream begins at the next byte."""

    def __init__(self):
        self.window, self.stream = b'', zlib.decompressobj(-15)

    def inflate(self, data):
        """What the data inflate to, as far as they come, or None where they are certainly wrong."""
        out = b''
        try:
            while data:
                more = self.stream.decompress(data)
                out, self.window, data = out + more, (self.window + more)[-32768:], self.stream.unused_data
                if not self.stream.eof:
                    break
                self.stream = zlib.decompressobj(-15, zdict=self.window) if self.window else zlib.decompressobj(-15)
        except zlib.error:
            return None
        return out

    def message(self, payload):
        """
        The inflated bytes of a message, or None where they do not inflate. It has to end between two blocks: then, and only then,
        each of two empty final blocks ends the stream.
        """
        out = self.inflate(payload + b'\x00\x00\xff\xff')
        return out if out is not None and all(map(self.ends_with, (b'\x01\x00\x00\xff\xff', b'\x03\x00'))) else None

    def early(self):
        other = Inflater()
        other.window, other.stream = self.window, self.stream.copy()
        return other

    def ends_with(self, block):
        stream = self.stream.copy()
        try:
            return stream.decompress(block) == b'' and stream.eof and stream.unused_data == b''
        except zlib.error:
            return False


def unmask(payload, key):
    if key is None:
        return payload
    keys = (key * (len(payload) // 4 + 1))[:len(payload)]
    return (int.from_bytes(payload, 'big') ^ int.from_bytes(keys, 'big')).to_bytes(len(payload), 'big')
