"""Section 5.3: octet i of the payload is masked with octet i mod 4 of the key, from 0 again in every frame."""

from frames import BINARY, CLOSE, CONTINUATION, KEY, PING, PONG, Frame, binary, close_payload, repeat, text, xor

from .collection import OTHER_KEY, Collection

ASCENDING = bytes(range(0x40, 0x60))

# Each byte of it tells its place, also against its neighbours one key or one word away.
DISTINCT = bytes.fromhex('fedc1832')


def keys():
    yield 'zero', bytes(4)
    yield 'ff', b'\xff' * 4
    for position in range(4):
        for octet in (0x01, 0x80, 0xFF):
            key = bytearray(4)
            key[position] = octet
            yield f'byte-{position}-{octet:02x}', bytes(key)
    yield 'all-80', b'\x80' * 4
    yield 'rfc', KEY


def phases(start, length):
    """Cuts after 1, 3 and 6 bytes of a payload: each piece that follows begins with another octet of the key."""
    return [start + place for place in (1, 3, 6) if place < length]


def files():
    masking = Collection('5.3', 'RFC 6455 section 5.3: masking', '5.3')
    add = masking.add

    for name, key in keys():
        for length in (1, 3, 4, 5, 17):
            add(f'key-{name}-length-{length}', f'Masking key {key.hex()}, {length} bytes',
                [binary(ASCENDING[:length], key=key)], sender='client', cuts=phases(6, length))

    # The frame before shifts the payload, so that it begins at every place in words of 8 bytes.
    for length in range(18):
        for phase in range(8):
            before = Frame(PING, b'p' * phase, key=OTHER_KEY)
            start = len(before.encode()) + 6
            add(f'length-{length}-at-{start}', f'{length} bytes of payload that begin at byte {start}',
                [before, binary(ASCENDING[:length], key=DISTINCT), binary(b'z', key=OTHER_KEY)], sender='client',
                note=f'The payload begins at {start % 8} modulo 8.', cuts=phases(start, length))

    # The key begins anew with every fragment, whatever the length of the one before.
    whole = ASCENDING[:17]
    for place in range(18):
        add(f'fragments-{place}-and-{17 - place}', f'17 bytes in fragments of {place} and {17 - place}, a key for each',
            [binary(whole[:place], fin=False, key=DISTINCT), Frame(CONTINUATION, whole[place:], key=KEY)],
            sender='client', cuts=phases(6, place) + phases(6 + place + 6, 17 - place))
        add(f'fragments-{place}-and-{17 - place}-same-key',
            f'17 bytes in fragments of {place} and {17 - place}, one key',
            [binary(whole[:place], fin=False, key=DISTINCT), Frame(CONTINUATION, whole[place:], key=DISTINCT)],
            sender='client', note='Octet 0 of the key masks the first byte of each fragment.')
    add('fragments-of-1', '17 fragments of one byte, one key',
        [Frame(BINARY if i == 0 else CONTINUATION, whole[i:i + 1], fin=i == 16, key=DISTINCT) for i in range(17)],
        sender='client', note='Octet 0 of the key masks every byte.')

    for form, length in ((16, 126), (16, 65535), (64, 65536)):
        for name, key in (('zero', bytes(4)), ('ff', b'\xff' * 4), ('distinct', DISTINCT)):
            add(f'key-{name}-length-{length}', f'Masking key {key.hex()} after a {form}-bit length, {length} bytes',
                [binary(repeat(bytes(range(16)), length // 16) + [(bytes(range(length % 16)), 1)], key=key)],
                sender='client', cuts=phases({16: 8, 64: 14}[form], length))

    add('masked-to-zero', 'A payload that is the key: every byte on the wire is 0', [binary(KEY * 2, key=KEY)],
        sender='client')
    add('masked-to-ff', 'Every byte on the wire is ff', [binary(xor(b'\xff' * 9, KEY), key=KEY)], sender='client')
    add('masked-to-header', 'A payload that looks like a frame on the wire',
        [binary(xor(bytes.fromhex('8185000000008800'), KEY), key=KEY), text('a', key=KEY)], sender='client')
    add('looks-unmasked', 'A masking key that looks like a header', [text('Hello', key=bytes.fromhex('88028800'))],
        sender='client')
    add('text-masked-not-utf-8', 'Text that is no UTF-8 on the wire', [text('Hello', key=b'\xff\xfe\xc0\x80')],
        sender='client', note='UTF-8 is a matter of the unmasked payload.')
    add('not-utf-8-masked-ascii', 'Text that is ASCII on the wire and no UTF-8',
        [text(xor(b'Hello', b'\x80\x80\x80\x80'), key=b'\x80' * 4)], sender='client', error=('text-utf8', 8),
        note='UTF-8 is a matter of the unmasked payload. The second byte, e5, should be 80 to bf.')
    add('cut-at-every-phase', 'A payload that comes in pieces of 1, 2, 3, 5, 6 and 7 bytes',
        [binary(ASCENDING[:24], key=DISTINCT)], sender='client', cuts=[6 + cut for cut in (1, 3, 6, 11, 17)])
    add('cut-inside-key', 'A masking key that comes in pieces of 1, 2 and 1 bytes', [binary(ASCENDING[:5], key=DISTINCT)],
        sender='client', cuts=[3, 5])
    add('control', 'Ping, Pong and Close with masking keys of their own',
        [Frame(PING, 'Hello', key=DISTINCT), Frame(PONG, b'\xff\x00', key=OTHER_KEY),
         Frame(CLOSE, close_payload(1000, 'bye'), key=KEY)], sender='client')
    add('control-between', 'A Ping between fragments changes nothing of their keys',
        [text('Hel', fin=False, key=DISTINCT), Frame(PING, 'p', key=OTHER_KEY), Frame(CONTINUATION, 'lo', key=KEY)],
        sender='client')
    add('from-either', 'Masked and unmasked frames in turn, sender not known',
        [text('a', key=KEY), text('b'), text('c', key=DISTINCT), binary(''), binary('', key=OTHER_KEY)])
    return [masking.file('5.3')]
