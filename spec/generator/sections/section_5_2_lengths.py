"""Section 5.2: the payload length in every form, and frames cut off at every byte."""

from frames import (
    BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame, Head, Raw, binary, close_payload, length_of, repeat,
    start_of, text,
)
from vectors import MAX_SAFE

from .collection import NAMES, ROLES, Collection, bits

LENGTHS = (
    *((length, str(length)) for length in (0, 1, 125, 126, 127, 128, 32767, 32768, 65534, 65535, 65536, 65537)),
    (2 ** 31 - 1, '2-31-minus-1'), (2 ** 31, '2-31'), (2 ** 32 - 1, '2-32-minus-1'), (2 ** 32, '2-32'),
    (2 ** 53 - 1, '2-53-minus-1'), (2 ** 53, '2-53'), (2 ** 63 - 1, '2-63-minus-1'), (2 ** 63, '2-63'),
)
# The longest payload that is in a file.
SHIPPED = 65537
NO_LIMIT = {'max_payload': MAX_SAFE, 'max_message': MAX_SAFE}


def power(length):
    """As people write it."""
    for exponent in (31, 32, 53, 63):
        if length in (2 ** exponent - 1, 2 ** exponent):
            return f'2^{exponent}' if length == 2 ** exponent else f'2^{exponent}-1'
    return str(length)


def length_error(length, form):
    """Section 5.2: the fewest bytes; bit 63 clear. How many bytes of the frame make it certain?"""
    if form == 16 and length <= 125:
        return 'length-not-minimal', 4
    if form == 64 and length <= 65535:
        # Six zero bytes, and the length fits the last two.
        return 'length-not-minimal', 2 + 6
    if length >= 2 ** 63:
        return 'length-msb', 3
    if length > MAX_SAFE:
        return 'length-unsafe', 2 + 8
    return None


def files():
    lengths = Collection('5.2', 'RFC 6455 section 5.2: the payload length', '5.2')
    every_cell(lengths.add)
    other_opcodes(lengths.add)
    certain_early(lengths.add)
    byte_order(lengths.add)
    cut = Collection('5.2', 'RFC 6455 section 5.2: frames cut off', '5.2')
    truncation(cut.add)
    return [lengths.file('5.2-lengths'), cut.file('5.2-truncation')]


def every_cell(add):
    for length, name in LENGTHS:
        for form, longest in ((7, 125), (16, 2 ** 16 - 1), (64, 2 ** 64 - 1)):
            if length > longest:
                continue
            for role, key in ROLES:
                id = f'length-{name}-in-{form}-bits-{role}'
                description = f'{power(length)} bytes in {form} bits, from a {role}'
                error = length_error(length, form)
                if error:
                    whole = length <= 128
                    parts = [binary(repeat('a', length), bits=form, key=key)] if whole else [
                        Head(BINARY, length, form, key)]
                    add(id, description, parts, sender=role, error=error)
                elif length > SHIPPED:
                    add(id, description, [Head(BINARY, length, form, key)], sender=role, outcome='incomplete',
                        note='The header alone. Limits are lifted, and a length allocates nothing.', **NO_LIMIT)
                else:
                    # After the first byte, inside the extended length and inside the masking key.
                    fields = {7: 2, 16: 4, 64: 10}[form]
                    total = fields + (4 if key else 0) + length
                    cuts = sorted({1, fields - 1, fields + (2 if key else 0)} & {*range(1, total)})
                    add(id, description, [binary(repeat('a', length), key=key)], sender=role, cuts=cuts)


def other_opcodes(add):
    """The form of the length is no matter of the opcode."""
    for opcode in (TEXT, CONTINUATION):
        for length, form in ((0, 16), (125, 16), (126, 16), (0, 64), (126, 64), (65535, 64)):
            for role, key in ROLES:
                error = length_error(length, form)
                before = [text('b', fin=False, key=key)] if opcode == CONTINUATION else []
                frame = Head(opcode, length, form, key) if error else Frame(opcode, repeat('a', length), key=key)
                add(f'length-{length}-in-{form}-bits-{NAMES[opcode]}-{role}',
                    f'{length} bytes of {NAMES[opcode]} in {form} bits, from a {role}', before + [frame], sender=role,
                    error=error)


def certain_early(add):
    """Where the length field is not complete, and is known to be wrong or not."""
    for role, key in ROLES:
        mask = 0 if key is None else 0x80
        for zeros in range(1, 8):
            octets = [(bytes([0x82, mask | 127]), 1), (bytes(zeros), 1)]
            known = zeros >= 6
            add(f'length-64-bits-{zeros}-zeros-{role}', f'{zeros} zero bytes of a 64-bit length, from a {role}',
                [Raw(octets)], sender=role, outcome='incomplete', error=('length-not-minimal', 8) if known else None,
                note='It would fit 16 bits, whatever the rest.' if known else 'It may still be 65536 or more.')
        for last, value in ((0x7D, 125), (0x7E, 126)):
            octets = bytes([0x82, mask | 126, 0, last])
            add(f'length-16-bits-{value}-header-{role}',
                f'The length {value} in 16 bits and nothing after it, from a {role}',
                [Raw([(octets[:2], 1), (octets[2:], 1)])], sender=role, outcome='incomplete',
                error=('length-not-minimal', 4) if value <= 125 else None)
        add(f'length-16-bits-one-zero-{role}', f'One zero byte of a 16-bit length, from a {role}',
            [Raw([(bytes([0x82, mask | 126]), 1), (b'\0', 1)])], sender=role, outcome='incomplete',
            note='It may still be 126 or more.')
        for octet in (0x80, 0xC0, 0xFF):
            add(f'length-msb-{octet:x}-first-byte-{role}',
                f'A 64-bit length that begins with {octet:02x}, from a {role}',
                [Raw([(bytes([0x82, mask | 127]), 1), (bytes([octet]), 1)])], sender=role, error=('length-msb', 3))
        add(f'length-7f-first-byte-{role}', f'A 64-bit length that begins with 7f, from a {role}',
            [Raw([(bytes([0x82, mask | 127]), 1), (b'\x7f', 1)])], sender=role, outcome='incomplete',
            note='The most significant bit is clear. That it is too long counts when the length field is complete.')
        for length, name in ((2 ** 63 + 5, '2-63-plus-5'), (2 ** 64 - 1, '2-64-minus-1')):
            add(f'length-{name}-in-64-bits-{role}',
                f'The length {name.replace("-", " ").replace("2 ", "2^", 1)} in 64 bits, from a {role}',
                [Head(BINARY, length, 64, key)], sender=role, error=('length-msb', 3))
        for cut in (9, 10):
            done = cut == 10
            add(f'length-2-53-cut-after-{cut}-{role}', f'The first {cut} bytes of a frame of 2^53 bytes, from a {role}',
                [start_of(Head(BINARY, 2 ** 53, 64, key), cut)], sender=role, outcome='incomplete',
                error=('length-unsafe', 10) if done else None,
                note='Limits are checked when the length field is complete' + (', before the masking key.' if done
                    else '.'))


def byte_order(add):
    for role, key in ROLES:
        for length in (0x0102, 0x0201, 0x0100, 0x00FF, 0x8000, 0x010000, 0x010002):
            add(f'length-byte-order-{length:06x}-{role}', f'The length {length:#x}, from a {role}',
                [binary(repeat('a', length), key=key)], sender=role, note='Network byte order.')
        for exponent in (16, 24, 32, 40, 48):
            length = 2 ** exponent + (5 if exponent == 16 else 0)
            add(f'length-byte-{7 - exponent // 8}-of-8-{role}',
                f'A 64-bit length with 1 in byte {7 - exponent // 8} of 8, from a {role}',
                [Head(BINARY, length, 64, key)], sender=role, outcome='incomplete', note='The header alone.',
                **NO_LIMIT)
        add(f'length-byte-0-of-8-{role}', f'A 64-bit length with 1 in byte 0 of 8, from a {role}',
            [Head(BINARY, 2 ** 56, 64, key)], sender=role, error=('length-unsafe', 10))
        add(f'length-high-half-only-{role}', f'A length of 2^32 has 5 bytes after it, from a {role}',
            [Raw(Head(BINARY, 2 ** 32, 64, key).wire() + [(b'Hello', 1)])], sender=role, outcome='incomplete',
            note='To a reader that takes the low 32 bits it is empty.', **NO_LIMIT)


def truncation(add):
    add('empty', 'No bytes at all', [], note='The end is at the boundary of a frame.')
    settings = (
        ('', 'a binary frame', lambda key: [], BINARY, True),
        ('second-', 'a second frame', lambda key: [text('a', key=key), Frame(PING, 'p', key=key)], BINARY, True),
        ('opening-', 'the first fragment of a message', lambda key: [], BINARY, False),
        ('final-', 'the final fragment of a message', lambda key: [binary('a', fin=False, key=key)], CONTINUATION,
         True),
    )
    for name, what, before, opcode, fin in settings:
        for form, length in ((7, 5), (16, 126), (64, 65536)):
            if name == 'opening-' and form > 7:
                continue
            for role, key in ROLES:
                frame = Frame(opcode, repeat('a', length), fin=fin, key=key)
                cuts_of(add, f'{name}{form}-bits-{role}', f'{what} with a {form}-bit length from a {role}', before(key),
                        frame, role)
    for opcode, payload in ((CLOSE, close_payload(1000, 'bye')), (PING, 'Hello'), (PONG, 'Hello')):
        for role, key in ROLES:
            cuts_of(add, f'{NAMES[opcode]}-{role}', f'a {NAMES[opcode]} frame from a {role}', [],
                    Frame(opcode, payload, key=key), role)
            cuts_of(add, f'{NAMES[opcode]}-between-{role}', f'a {NAMES[opcode]} frame between fragments from a {role}',
                    [text('a', fin=False, key=key)], Frame(opcode, payload, key=key), role)
    for role, key in ROLES:
        frame = text('', key=key)
        cuts_of(add, f'no-payload-{role}', f'an empty text frame from a {role}', [], frame, role)


def cuts_of(add, id, what, before, frame, role):
    """After every byte of the header, after the first byte of the payload and before its last."""
    total = length_of(frame.wire())
    payload = length_of(frame.payload)
    header_length = total - payload
    cuts = {*range(1, header_length + 1), header_length + 1, total - 1}
    for cut in sorted(cuts):
        if cut < total:
            of_header = f'{cut} of {header_length} bytes of the header' if cut <= header_length else (
                f'the header and {cut - header_length} of {payload} bytes of the payload')
            add(f'cut-{id}-after-{cut}', f'{of_header}: {what}', before + [start_of(frame, cut)], sender=role,
                outcome='incomplete')
    start = sum(length_of(part.wire()) for part in before)
    add(f'cut-{id}-whole', f'All bytes: {what}', before + [frame], sender=role,
        cuts=[start + cut for cut in sorted(cuts) if 0 < cut < total])
    assert bits(payload) == frame.bits
