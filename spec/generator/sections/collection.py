"""What the modules of the sections share."""

from frames import BINARY, CLOSE, CONTINUATION, KEY, PING, PONG, TEXT, Raw, shape, with_key
from vectors import RULES_OF_MESSAGES, vector

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
    """The vectors of one file. Ids begin with `prefix`; they are about `section` of `rfc` unless they say otherwise."""

    def __init__(self, prefix, source, section, rfc=6455):
        self.prefix = prefix
        self.source = source
        self.about = {'section': section, 'rfc': rfc}
        self.vectors = []

    def add(self, id, description, parts, note=None, **rest):
        self.vectors.append(vector(f'{self.prefix}-{id}', description, note, parts, **{**self.about, **rest}))

    def add_twins(self, id, description, parts, note=None, sender=None, **rest):
        """The vector, and the same from each role that is not its sender.

        A twin's id ends with its sender. Each part of it is masked or not as that sender has to. An id that ends with
        the sender has its twin already, and bytes that are no frame have none.
        """
        self.add(id, description, parts, note, sender=sender, **rest)
        if sender and id.endswith(f'-{sender}') or any(type(part) is Raw for part in parts):
            return
        for role, key in ROLES:
            if role == sender:
                continue
            twins = [with_key(part, key) for part in parts]
            told = {**rest, 'sender': role}
            if told.get('error'):
                at = len(parts) - 1 if told.get('at') is None else told['at']
                told['error'] = (told['error'][0], moved(*told['error'], parts[at], twins[at]))
            told['alternatives'] = [turned(one, parts, twins) for one in told.get('alternatives', ())]
            self.add(f'{id}-{role}', f'{description}, from a {role}', twins, note, **told)

    def file(self, name):
        return f'rfc6455/{name}.json', (self.source, self.vectors)


def turned(one, parts, twins):
    """The alternative of a twin."""
    if not one['error']:
        return one
    at = len(parts) - 1 if one['at'] is None else one['at']
    return {**one, 'error': (one['error'][0], moved(*one['error'], parts[at], twins[at]))}


def moved(rule, after, part, twin):
    """How many bytes of a twin make a violation certain: the masking key comes before every byte of the payload."""
    fields, is_empty, key = shape(part)
    in_fields = after <= fields and not (rule in RULES_OF_MESSAGES and is_empty)
    return after if in_fields else after - len(key or b'') + len(shape(twin)[2] or b'')


def origin(sender):
    return f'from a {sender}' if sender else 'sender not known'


def bits(length):
    """The form of the length that the RFC asks for."""
    return 7 if length <= 125 else 16 if length <= 65535 else 64
