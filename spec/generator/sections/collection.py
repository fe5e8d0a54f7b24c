"""What the modules of the sections share."""

from frames import BINARY, CLOSE, CONTINUATION, KEY, PING, PONG, TEXT
from vectors import vector

NAMES = {
    CONTINUATION: 'continuation', TEXT: 'text', BINARY: 'binary', CLOSE: 'close', PING: 'ping', PONG: 'pong',
}
OPCODES = tuple(NAMES)
CONTROL = (CLOSE, PING, PONG)

# A masking key of four different bytes that is not the RFC's.
OTHER_KEY = bytes.fromhex('01a2c3e4')

# What each role has to do.
ROLES = (('server', None), ('client', KEY))


class Collection:
    """The vectors of one file. Ids begin with `prefix`."""

    def __init__(self, prefix, source):
        self.prefix = prefix
        self.source = source
        self.vectors = []

    def add(self, id, description, parts, note=None, **rest):
        self.vectors.append(vector(f'{self.prefix}-{id}', description, note, parts, **rest))

    def file(self, name):
        return f'rfc6455/{name}.json', (self.source, self.vectors)


def origin(sender):
    return f'from a {sender}' if sender else 'sender not known'


def bits(length):
    """The form of the length that the RFC asks for."""
    return 7 if length <= 125 else 16 if length <= 65535 else 64
