"""Sections 5.6 and 8.1: text messages are UTF-8, whatever their fragments are; everything else is any bytes."""

from frames import CONTINUATION, KEY, PING, PONG, TEXT, Frame, Raw, binary, header, length_of, repeat, start_of, text
from vectors import MAX_SAFE

from .collection import OTHER_KEY, ROLES, Collection
from .utf8 import CODE_POINTS, SAMPLES, borders, code_point, cut_off, invalid

NO_LIMIT = {'max_payload': MAX_SAFE, 'max_message': MAX_SAFE}


def files():
    data = Collection('5.6', 'RFC 6455 section 5.6: text and binary messages', '5.6')
    characters(data.add)
    split_characters(data.add_twins)
    any_bytes(data.add_twins)
    broken = Collection('8.1', 'RFC 6455 section 8.1: text that is not UTF-8', '8.1')
    bad_bytes(broken.add)
    bad_sequences(broken.add)
    ends(broken.add_twins)
    long_frames(broken.add_twins)
    return [data.file('5.6'), broken.file('8.1')]


# ---- What is UTF-8.

def characters(add):
    for value in CODE_POINTS:
        octets = chr(value).encode('utf-8')
        is_noncharacter = 0xFDD0 <= value <= 0xFDEF or value & 0xFFFE == 0xFFFE
        note = 'A noncharacter is a code point like others.' if is_noncharacter else None
        add(f'text-{value:04x}', f'A text of {code_point(value)}', [text(octets)], note, sender='server',
            cuts=[2 + place for place in range(1, len(octets))])
    for sequence, at in borders():
        if at is None:
            add(f'text-bytes-{sequence.hex()}', f'A text of {sequence.hex(" ")}, at the border of a form of UTF-8',
                [text(b'a' + sequence + b'z', key=KEY)], sender='client')
    for role, key in ROLES:
        def both(id, description, parts, note=None):
            add(f'{id}-{role}', f'{description}, from a {role}', parts, note, sender=role)

        both('text-empty', 'An empty text message', [text('', key=key)])
        both('text-ascii', 'Every ASCII character', [text(bytes(range(0x80)), key=key)])
        both('text-every-length', 'Characters of 1, 2, 3 and 4 bytes', [text('a\u00e9\u4f60\U0001f600', key=key)])
        both('text-combining', 'A letter and a combining accent stay two code points', [text('e\u0301', key=key)],
             'Nothing is normalised.')
        both('text-zwj', 'An emoji of several code points',
             [text('\U0001f468\u200d\U0001f469\u200d\U0001f467', key=key)])
        both('text-crlf', 'Line ends are kept', [text('a\r\nb\rc\n', key=key)])
        both('text-nul', 'U+0000 is a character', [text('a\0b', key=key)])
        both('text-replacement', 'U+FFFD that was sent is no error', [text('\ufffd', key=key)])
        bom = 'A byte order mark is data and is kept.'
        both('text-bom', 'A byte order mark alone', [text('\ufeff', key=key)], bom)
        both('text-bom-first', 'A byte order mark, then text', [text('\ufeffa', key=key)], bom)
        both('text-bom-twice', 'Two byte order marks', [text('\ufeff\ufeff', key=key)], bom)
        both('text-bom-inside', 'A byte order mark inside', [text('a\ufeffb', key=key)], bom)
        both('text-bom-of-fragment', 'A byte order mark at the beginning of a fragment that continues',
             [text('a', fin=False, key=key), Frame(CONTINUATION, '\ufeffb', key=key)], bom)
        both('text-bom-of-second-message', 'A byte order mark at the beginning of the second message',
             [text('\ufeffa', key=key), text('\ufeffb', key=key)], bom)


def split_characters(add):
    for value in SAMPLES:
        octets = chr(value).encode('utf-8')
        whole = b'a' + octets + b'z'
        for place in range(1, len(octets)):
            cut = 1 + place
            where = f'{code_point(value)} cut after byte {place} of {len(octets)}'
            add(f'split-{value:04x}-after-{place}', f'Fragments: {where}',
                [text(whole[:cut], fin=False), Frame(CONTINUATION, whole[cut:])], sender='server',
                note='A fragment may end inside a character.' if value == SAMPLES[0] else None)
            add(f'split-{value:04x}-after-{place}-masked', f'Masked fragments, a Ping between: {where}',
                [text(whole[:cut], fin=False, key=KEY), Frame(PING, b'\xff', key=OTHER_KEY),
                 Frame(CONTINUATION, whole[cut:], key=OTHER_KEY)], sender='client')
            add(f'split-{value:04x}-after-{place}-empty', f'Fragments, an empty one between: {where}',
                [text(octets[:place], fin=False), Frame(CONTINUATION, fin=False), Frame(CONTINUATION, octets[place:])],
                sender='server')
        parts = [Frame(TEXT if i == 0 else CONTINUATION, octets[i:i + 1], fin=False) for i in range(len(octets))]
        add(f'split-{value:04x}-everywhere', f'A fragment for each byte of {code_point(value)}',
            [*parts, Frame(CONTINUATION)], sender='server')


def any_bytes(add):
    every = bytes(range(256))
    add('binary-every-byte', 'A binary message of every byte', [binary(every)], sender='server')
    add('binary-every-byte-masked', 'A binary message of every byte, masked', [binary(every, key=KEY)], sender='client')
    add('binary-empty', 'An empty binary message', [binary('')], sender='server')
    add('binary-fragments', 'A binary message in fragments that are no UTF-8',
        [binary(b'\xff', fin=False), Frame(CONTINUATION, b'\xc3', fin=False), Frame(CONTINUATION, b'\xc0')],
        sender='server')
    for name, octets, _ in invalid():
        if name in ('overlong-2-of-00', 'surrogate-d800', 'above-110000', 'tail-80', 'ff', 'latin-1', 'gbk'):
            add(f'binary-{name}', f'A binary message of {octets.hex(" ")}', [binary(octets)], sender='server',
                note='As a text it would not be UTF-8.')
    add('binary-then-text', 'A binary message that is no UTF-8, then a text', [binary(b'\xe2\x82'), text('\u20ac')],
        sender='server', note='Nothing is left over from one message for the next.')
    add('binary-fragments-then-text', 'Fragments that end inside a character: of a binary message, then of a text',
        [binary(b'\xc3', fin=False), Frame(CONTINUATION, b'\xc3'), text(b'\xc3', fin=False),
         Frame(CONTINUATION, b'\xa9')],
        sender='server')


# ---- What is not.

def bad_bytes(add):
    lead_bytes = range(0xC2, 0xF5)
    for octet in range(0x80, 0x100):
        at_once = octet not in lead_bytes
        after = 2 + (2 if at_once else 3)
        note = 'No character begins with it.' if at_once else 'It begins a character; the offending byte is z.'
        add(f'byte-{octet:02x}', f'A text of a, {octet:02x}, z', [text(b'a' + bytes([octet]) + b'z')], note,
            sender='server',
            error=('text-utf8', after))


def bad_sequences(add):
    for sequence, at in borders():
        if at is not None:
            add(f'bytes-{sequence.hex()}', f'A text with {sequence.hex(" ")}, whose byte {at + 1} is beyond the border',
                [text(b'a' + sequence + b'z', key=KEY)], sender='client', error=('text-utf8', 6 + 1 + at + 1))
    for name, octets, at in invalid():
        shown = octets.hex(' ')
        add(name, f'A text of {shown}', [text(octets)], sender='server', error=('text-utf8', 2 + at + 1))
        add(f'{name}-inside', f'{shown} inside a text, after a message and a Ping',
            [text('ok'), Frame(PING, 'p'), text('\u00e9'.encode('utf-8') + octets + b'z')], sender='server',
            error=('text-utf8', 2 + 2 + at + 1))
        whole = text(octets + b'zzz', key=KEY)
        add(f'{name}-early', f'{shown} at the beginning of a text, and no byte after the offending one',
            [start_of(whole, 6 + at + 1)], sender='client', error=('text-utf8', 6 + at + 1),
            note='The frame is not complete; the byte is enough to know.')
        if at > 0:
            add(f'{name}-one-byte-before', f'{shown} at the beginning of a text, without the offending byte',
                [start_of(whole, 6 + at)], sender='client', outcome='incomplete', note='So far it could become UTF-8.')
        for place in range(1, len(octets)):
            # The offending byte is in the first fragment or in the second.
            in_first = at < place
            parts = [text(octets[:place], fin=False), Frame(CONTINUATION, octets[place:])]
            add(f'{name}-split-after-{place}', f'{shown} in fragments of {place} and {len(octets) - place} bytes',
                parts,
                sender='server', at=0 if in_first else 1,
                error=('text-utf8', 2 + at + 1 if in_first else 2 + at - place + 1))


def ends(add):
    note = 'Only the end of the message makes it wrong.'
    for octets, length in cut_off():
        shown = f'{octets.hex(" ")}, {len(octets)} of {length} bytes of a character'
        id = f'cut-off-{octets.hex()}-of-{length}'
        frame = text(b'a' + octets)
        add(id, f'A text that ends with {shown}', [frame], note, sender='server',
            error=('text-utf8', length_of(frame.wire())))
        add(f'{id}-open', f'A fragment that ends with {shown}', [text(b'a' + octets, fin=False)], sender='server',
            note='The message goes on.')
        add(f'{id}-empty-final', f'A text that ends with {shown}, then an empty final fragment',
            [text(octets, fin=False), Frame(CONTINUATION)], sender='server', error=('text-utf8', 2), note=note)
        add(f'{id}-empty-final-masked', f'A masked text that ends with {shown}, then an empty final fragment',
            [text(octets, fin=False, key=KEY), Frame(PONG, '', key=KEY), Frame(CONTINUATION, key=OTHER_KEY)],
            sender='client',
            error=('text-utf8', 6), note=note + ' That is after the masking key.')
        add(f'{id}-then-ascii', f'A fragment that ends with {shown}, then one that begins with a letter',
            [text(octets, fin=False), Frame(CONTINUATION, 'zz', fin=False)], sender='server', error=('text-utf8', 3))
    add('cut-off-but-last-byte', 'A text that ends with the first two bytes of a character, without its last byte',
        [start_of(text(b'a\xe2\x82'), 4)], sender='server', outcome='incomplete')
    add('cut-off-then-message', 'A text cut off in a character, then a message that begins with the rest',
        [text(b'\xe2\x82'), text(b'\xac')], sender='server', error=('text-utf8', 4), at=0)
    add('cut-off-then-ping', 'A fragment that ends in a character, then a Ping with the rest, then the final fragment',
        [text(b'\xe2\x82', fin=False), Frame(PING, b'\xac'), Frame(CONTINUATION, 'z')], sender='server',
        error=('text-utf8', 3), note='A control frame has nothing to do with the message around it.')
    add('cut-off-then-close', 'A fragment that ends in a character, then a Close frame',
        [text(b'\xe2\x82', fin=False), Frame(0x8, b'\x03\xe8')], sender='server', note='The message never ends.')
    add('cut-off-then-bad-frame', 'A fragment that ends in a character, then a text frame',
        [text(b'\xe2\x82', fin=False), text('z')], sender='server', error=('continuation-expected', 1))


def long_frames(add):
    for length in (125, 126, 1000, 65535, 65536):
        for role, key in ROLES:
            frame = text(repeat('a', length - 1) + [(b'\xff', 1)], key=key)
            total = length_of(frame.wire())
            add(f'last-byte-of-{length}-{role}', f'A text of {length} bytes whose last one is ff, from a {role}',
                [frame],
                sender=role, error=('text-utf8', total))
            frame = text([(b'\xff', 1)] + repeat('a', length - 1), key=key)
            add(f'first-byte-of-{length}-{role}', f'A text of {length} bytes whose first one is ff, from a {role}',
                [frame],
                sender=role, error=('text-utf8', total - length + 1))
    for length in (1000, 65536, 2 ** 31 - 1, 2 ** 32, 2 ** 53 - 1):
        for role, key in ROLES:
            head = header(TEXT, length, masked=key is not None, bits=16 if length < 65536 else 64)
            # The masked byte of key 37fa213d that is ff once unmasked.
            parts = [(part, 1) for part in head] + ([] if key is None else [(key, 1)])
            parts.append((b'\xff' if key is None else bytes([0xFF ^ key[0]]), 1))
            limits = NO_LIMIT if length > 65536 else {}
            add(f'first-byte-of-{length}-alone-{role}',
                f'The first byte of a text of {length} bytes is ff, from a {role}',
                [Raw(parts)], sender=role, error=('text-utf8', length_of(parts)),
                note='The frame is not complete; the byte is enough to know.', **limits)
    for place in (0, 1, 62, 63, 64, 124):
        octets = b'a' * place + b'\xff' + b'a' * (124 - place)
        add(f'byte-{place}-of-125', f'A text of 125 bytes whose byte {place} is ff', [text(octets)], sender='server',
            error=('text-utf8', 2 + place + 1))
    add('third-fragment', 'The third fragment of a text begins with ff',
        [text('a', fin=False), Frame(CONTINUATION, 'b', fin=False), Frame(CONTINUATION, b'\xffc', fin=False)],
        sender='server', error=('text-utf8', 3))
    add('second-message', 'A right text, then one that is not', [text('\u20ac'), text(b'\x82\xac')], sender='server',
        error=('text-utf8', 3))
    add('and-truncated', 'A text that is no UTF-8 from its second byte on, and ends inside the frame',
        [Raw('8105 61ff')], sender='server', error=('text-utf8', 4))
