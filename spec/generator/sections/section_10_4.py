"""Section 10.4: limits, for the payload of a data frame and for a message, exactly met and exceeded by one."""

from frames import (
    BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame, Head, Raw, Repeated, binary, close_payload, repeat, start_of,
    text,
)
from vectors import MAX_SAFE, alternative

from .collection import NAMES, ROLES, Collection, bits
from .section_5_2_lengths import power

# How many bytes there are up to the end of the length field.
FIELD_ENDS = {7: 2, 16: 4, 64: 10}


NO_ORDER = 'The same frame is over a limit, and the RFC does not say which of the two is looked at first.'


def filled(length):
    return repeat('a', length)


def files():
    limits = Collection('10.4', 'RFC 6455 section 10.4: limits', '10.4')
    payloads(limits.add)
    whole_messages(limits.add, limits.add_twins)
    fragments(limits.add)
    control(limits.add)
    precedence(limits.add_twins, limits.add)
    frame_or_message(limits.add)
    many(limits.add)
    return [limits.file('10.4')]


def payloads(add):
    for limit in (0, 1, 124, 125, 126, 127, 1000, 65534, 65535, 65536):
        for role, key in ROLES:
            lifted = {'sender': role, 'max_payload': limit, 'max_message': MAX_SAFE}
            add(f'payload-{limit}-met-{role}', f'{limit} bytes with a limit of {limit}, from a {role}',
                [binary(filled(limit), key=key)], **lifted)
            over = limit + 1
            form = bits(over)
            add(f'payload-{limit}-exceeded-{role}', f'{over} bytes with a limit of {limit}, from a {role}',
                [Head(BINARY, over, form, key)], error=('payload-too-long', FIELD_ENDS[form]), **lifted,
                note='Checked when the length field is complete' + (', before the masking key.' if key else '.'))
    for limit in (2 ** 31 - 2, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 2):
        for role, key in ROLES:
            lifted = {'sender': role, 'max_payload': limit, 'max_message': MAX_SAFE}
            id = f'payload-{limit:x}'
            add(f'{id}-met-{role}', f'{limit:#x} bytes with a limit of {limit:#x}, from a {role}',
                [Head(BINARY, limit, 64, key)], outcome='incomplete', note='The header alone.', **lifted)
            add(f'{id}-exceeded-{role}', f'{limit + 1:#x} bytes with a limit of {limit:#x}, from a {role}',
                [Head(BINARY, limit + 1, 64, key)], error=('payload-too-long', 10), **lifted)
    for opcode in (TEXT, BINARY, CONTINUATION):
        for role, key in ROLES:
            before = [text('', fin=False, key=key)] if opcode == CONTINUATION else []
            limit = {'sender': role, 'max_payload': 5, 'max_message': 100}
            for fin in (True, False):
                kind = f'{NAMES[opcode]}{"" if fin else "-nofin"}-{role}'
                add(f'payload-5-met-{kind}', f'5 bytes of {NAMES[opcode]} with a limit of 5, from a {role}',
                    [*before, Frame(opcode, 'aaaaa', fin=fin, key=key)], **limit)
                add(f'payload-5-exceeded-{kind}', f'6 bytes of {NAMES[opcode]} with a limit of 5, from a {role}',
                    [*before, Frame(opcode, 'aaaaaa', fin=fin, key=key)], error=('payload-too-long', 2), **limit)
    for cut, form, length in ((1, 7, 6), (3, 16, 126), (9, 64, 65536)):
        add(f'payload-5-cut-after-{cut}',
            f'A frame of {length} bytes with a limit of 5, before the length field is complete',
            [start_of(Head(BINARY, length, form, None), cut)], max_payload=5, max_message=100,
            outcome='incomplete',
            note='Limits are checked when the length field is complete.' + (
                ' That it exceeds the limit was certain before.' if form > 7 else ''))


def whole_messages(add, add_twins):
    for limit in (0, 1, 125, 126, 65535, 65536):
        for role, key in ROLES:
            lifted = {'sender': role, 'max_payload': MAX_SAFE, 'max_message': limit}
            add(f'message-{limit}-met-{role}', f'A message of {limit} bytes with a limit of {limit}, from a {role}',
                [binary(filled(limit), key=key)], **lifted)
            over = limit + 1
            form = bits(over)
            add(f'message-{limit}-exceeded-{role}', f'A message of {over} bytes with a limit of {limit}, from a {role}',
                [Head(BINARY, over, form, key)], error=('message-too-long', FIELD_ENDS[form]), **lifted)
    add_twins('message-both-limits', 'One frame over both limits', [text('abc')], max_payload=2, max_message=2,
        error=('payload-too-long', 2), note='The same byte breaks both rules; the order of the rules decides.')
    add_twins('message-limit-of-payload-lower', 'One frame over the limit of a payload alone', [text('abc')], max_payload=2,
        max_message=3, error=('payload-too-long', 2))
    add_twins('message-limit-of-message-lower', 'One frame over the limit of a message alone', [text('abc')], max_payload=3,
        max_message=2, error=('message-too-long', 2))
    add_twins('message-limits-met', 'One frame that meets both limits', [text('abc')], max_payload=3, max_message=3)
    for length, limit in ((2 ** 31 - 1, 2 ** 31 - 2), (2 ** 32, 2 ** 32 - 1), (2 ** 53 - 1, 2 ** 53 - 2)):
        add_twins(f'message-{limit:x}-exceeded', f'A message of {power(length)} bytes with a limit of one less',
            [Head(BINARY, length, 64, None)], max_payload=MAX_SAFE, max_message=limit,
            error=('message-too-long', 10))


def fragments(add):
    for role, key in ROLES:
        lifted = {'sender': role, 'max_payload': 1000, 'max_message': 10}

        def both(id, description, parts, **rest):
            add(f'{id}-{role}', f'{description}, with a limit of 10, from a {role}', parts, **{**lifted, **rest})

        def first(length):
            return binary(filled(length), fin=False, key=key)

        def more(length, fin=False):
            return Frame(CONTINUATION, filled(length), fin=fin, key=key)

        for place in (0, 1, 5, 9, 10):
            both(f'fragments-{place}-and-{10 - place}', f'Fragments of {place} and {10 - place} bytes',
                 [first(place), more(10 - place, True)])
            both(f'fragments-{place}-and-{11 - place}', f'Fragments of {place} and {11 - place} bytes',
                 [first(place), more(11 - place, True)], error=('message-too-long', 2))
            both(f'fragments-{place}-and-{11 - place}-header',
                 f'Fragments of {place} and {11 - place} bytes, the second a header',
                 [first(place), Raw(bytes([0x00, (0x80 if key else 0) | (11 - place)]).hex())],
                 error=('message-too-long', 2), note='No byte of the payload, nor of a masking key, has to come.')
        both('fragments-ten', 'Ten fragments of one byte', [first(1), *(more(1) for _ in range(8)), more(1, True)])
        both('fragments-eleven', 'Eleven fragments of one byte',
             [first(1), *(more(1) for _ in range(9)), more(1, True)],
             error=('message-too-long', 2))
        both('fragments-full-then-empty', 'The limit met, then empty fragments',
             [first(10), more(0), more(0), more(0, True)])
        both('fragments-full-then-one', 'The limit met, then empty fragments and one byte',
             [first(10), more(0), more(0), more(1, True)], error=('message-too-long', 2))
        both('fragments-over-in-16-bits', 'A second fragment of 126 bytes',
             [first(1), Head(CONTINUATION, 126, 16, key)],
             error=('message-too-long', 4))
        both('fragments-over-in-64-bits', 'A second fragment of 65536 bytes',
             [first(1), Head(CONTINUATION, 65536, 64, key)],
             max_payload=65536, error=('message-too-long', 10))
        both('fragments-open', 'A message that is open and meets the limit', [first(5), more(5)])
        both('fragments-ping-between', 'Pings between fragments do not count',
             [first(5), Frame(PING, filled(125), key=key), more(5, True), Frame(PONG, filled(125), key=key)])
        both('fragments-ping-between-exceeded', 'A Ping between fragments does not reset the count',
             [first(5), Frame(PING, 'p', key=key), more(6, True)], error=('message-too-long', 2))
        both('messages-in-turn', 'Two messages that meet the limit',
             [first(5), more(5, True), first(10), more(0, True)],
             note='Every message counts from zero.')
        both('messages-second-exceeded', 'The second message exceeds the limit',
             [first(5), more(5, True), first(1), more(10, True)],
             error=('message-too-long', 2))
        both('message-after-open', 'A text of ten bytes after one, whole',
             [binary('a', key=key), text('aaaaaaaaaa', key=key)])
        no_limit = {'sender': role, 'max_payload': MAX_SAFE, 'max_message': MAX_SAFE}
        add(f'fragments-sum-of-2-53-minus-1-{role}',
            f'Fragments of 1 and 2^53-2 bytes with limits of 2^53-1, from a {role}',
            [first(1), Head(CONTINUATION, MAX_SAFE - 1, 64, key)], outcome='incomplete', **no_limit)
        add(f'fragments-sum-of-2-53-{role}', f'Fragments of 1 and 2^53-1 bytes with limits of 2^53-1, from a {role}',
            [first(1), Head(CONTINUATION, MAX_SAFE, 64, key)], error=('message-too-long', 10), **no_limit)


def control(add):
    for role, key in ROLES:
        for name, limits in (('payload', {'max_payload': 0, 'max_message': 1000}),
                             ('message', {'max_payload': 0, 'max_message': 0})):
            add(f'control-no-{name}-{role}', f'Control frames with a limit of 0 for a {name}, from a {role}',
                [Frame(PING, filled(125), key=key), Frame(PONG, 'p', key=key),
                 Frame(CLOSE, close_payload(1000, 'bye'), key=key)],
                sender=role, note='Limits are for data frames.', **limits)
        add(f'control-too-long-first-{role}', f'A Ping of 126 bytes with a limit of 0, from a {role}',
            [Head(PING, 126, 16, key)], sender=role, max_payload=0, max_message=0, error=('control-too-long', 2))


def frame_or_message(add):
    """What tells a limit of a frame from one of a message."""
    for role, key in ROLES:
        def both(id, description, parts, max_payload, max_message, **rest):
            add(f'{id}-{role}', f'{description}, from a {role}', parts, sender=role, max_payload=max_payload,
                max_message=max_message, **rest)

        def four(opcode, fin=False):
            return Frame(opcode, 'abcd', fin=fin, key=key)

        both('three-of-4-within-100', 'Three fragments of 4 bytes with limits of 4 for a payload, 100 for a message',
             [four(TEXT), four(CONTINUATION), four(CONTINUATION, True)], 4, 100,
             note='The limit of a payload is for each frame alone.')
        both('three-of-4-within-12', 'Three fragments of 4 bytes with limits of 4 for a payload, 12 for a message',
             [four(BINARY), four(CONTINUATION), four(CONTINUATION, True)], 4, 12)
        both('three-of-4-over-11', 'Three fragments of 4 bytes with limits of 4 for a payload, 11 for a message',
             [four(BINARY), four(CONTINUATION), four(CONTINUATION, True)], 4, 11, error=('message-too-long', 2),
             note='No frame is over the limit of a payload.')
        both('two-of-4-over-7', 'Two fragments of 4 bytes with limits of 100 for a payload, 7 for a message',
             [four(TEXT), four(CONTINUATION, True)], 100, 7, error=('message-too-long', 2))
        both('second-over-payload-limit', 'A second fragment over the limit of a payload, the message within its own',
             [four(TEXT), Frame(CONTINUATION, 'abcde', key=key)], 4, 100, error=('payload-too-long', 2))
        both('second-over-both-limits', 'A second fragment over both limits',
             [four(TEXT), Frame(CONTINUATION, 'abcde', key=key)], 4, 8, error=('payload-too-long', 2),
             note='The same byte breaks both rules; the order of the rules decides.')
        both('frames-of-4-within-4', 'Three messages of 4 bytes with a limit of 4',
             [four(TEXT, True), four(BINARY, True), four(TEXT, True)], 4, 4)
        ping = Frame(PING, filled(125), key=key)
        both('ping-then-limit-met', 'A Ping of 125 bytes, then a message that meets the limit', [ping, four(TEXT, True)], 4, 4)
        both('ping-then-limit-exceeded', 'A Ping, then at once a message over the limit',
             [Frame(PING, key=key), Frame(TEXT, 'abcde', key=key)], 100, 4, error=('message-too-long', 2))
        both('ping-then-payload-limit-exceeded', 'A Ping, then at once a frame over the limit',
             [Frame(PING, key=key), Frame(TEXT, 'abcde', key=key)], 4, 100, error=('payload-too-long', 2))
        both('pings-between-not-counted', 'Fragments that meet the limit with Pings of 125 bytes before, between and after',
             [ping, four(TEXT), ping, Frame(PONG, filled(125), key=key), four(CONTINUATION, True), ping], 4, 8)
        both('pings-between-exceeded', 'The same with one byte more',
             [ping, four(TEXT), ping, four(CONTINUATION), ping, Frame(CONTINUATION, 'a', key=key)], 4, 8,
             error=('message-too-long', 2))
        both('close-over-limit', 'A Close frame of 125 bytes with a limit of 4 for everything',
             [Frame(CLOSE, close_payload(1000, 'r' * 123), key=key)], 4, 4, note='Limits are for data frames.')
        for length, name in ((2 ** 63 - 1, '2-63-minus-1'), (2 ** 63 - 6, '2-63-minus-6'), (2 ** 63 - 7, '2-63-minus-7')):
            both(f'fragments-sum-past-{name}', f'A fragment of 6 bytes, then one of 2^63-{2 ** 63 - length} bytes',
                 [Frame(BINARY, 'abcdef', fin=False, key=key), Head(CONTINUATION, length, 64, key, False)],
                 MAX_SAFE, 10, error=('length-unsafe', 10),
                 note='Signed 64-bit numbers do not hold the sum.' if length + 6 >= 2 ** 63 else
                 'The sum is the largest signed 64-bit number.')
        both('fragments-sum-past-2-63-final', 'A fragment of 6 bytes, then the final one of 2^63-1 bytes',
             [Frame(BINARY, 'abcdef', fin=False, key=key), Head(CONTINUATION, 2 ** 63 - 1, 64, key)],
             MAX_SAFE, 10, error=('length-unsafe', 10), note='Signed 64-bit numbers do not hold the sum.')
        for length, name in ((2 ** 31 - 6, '2-31'), (2 ** 32 - 6, '2-32'), (2 ** 32 - 5, '2-32-plus-1')):
            both(f'fragments-sum-of-{name}', f'A fragment of 6 bytes, then one of {length:#x} bytes, with a limit of 10',
                 [Frame(BINARY, 'abcdef', fin=False, key=key), Head(CONTINUATION, length, 64, key, False)],
                 MAX_SAFE, 10, error=('message-too-long', 10), note='In 32 bits the sum is negative, or small.')


def many(add):
    """Many frames, and long ones. Streams of up to 4 MiB, which are short in the files."""
    for role, key in ROLES:
        def both(id, description, parts, **rest):
            add(f'many-{id}-{role}', f'{description}, from a {role}', parts, sender=role, **rest)

        for count in (129, 1025, 20000, 65537):
            both(f'fragments-{count}', f'A message in {count} fragments of one byte',
                 [binary('a', fin=False, key=key), Repeated(Frame(CONTINUATION, 'b', fin=False, key=key), count - 2),
                  Frame(CONTINUATION, 'c', key=key)])
            both(f'fragments-{count}-text', f'A text of {count} fragments, all but one of them empty',
                 [text('', fin=False, key=key), Repeated(Frame(CONTINUATION, fin=False, key=key), count - 2),
                  Frame(CONTINUATION, '\u20ac', key=key)])
        both('fragments-20000-over', 'A message of 20000 bytes in fragments of one byte, with a limit of 19999',
             [binary('a', fin=False, key=key), Repeated(Frame(CONTINUATION, 'b', fin=False, key=key), 19998),
              Frame(CONTINUATION, 'c', key=key)], max_payload=100, max_message=19999, error=('message-too-long', 2))
        both('fragments-1025-not-utf-8', 'A text in 1025 fragments whose last byte is ff',
             [text('a', fin=False, key=key), Repeated(Frame(CONTINUATION, 'b', fin=False, key=key), 1023),
              Frame(CONTINUATION, b'\xff', key=key)], error=('text-utf8', 3 if key is None else 7))
        both('pings-20000', 'Twenty thousand Pings', [Repeated(Frame(PING, 'p', key=key), 20000)])
        both('pings-20000-between', 'Twenty thousand empty Pings between two fragments',
             [text('a', fin=False, key=key), Repeated(Frame(PING, key=key), 20000), Frame(CONTINUATION, 'b', key=key)])
        both('pongs-1025', '1025 Pongs that answer nothing', [Repeated(Frame(PONG, 'p', key=key), 1025)])
        both('messages-20000', 'Twenty thousand messages of one byte', [Repeated(Frame(BINARY, 'm', key=key), 20000)])
        both('close-after-pings', 'A thousand Pings, then a Close frame',
             [Repeated(Frame(PING, key=key), 1000), Frame(CLOSE, close_payload(1000), key=key)])
        mebi = 2 ** 20
        limit = {'max_payload': 4 * mebi, 'max_message': 4 * mebi}
        both('4-mib-binary', 'A binary message of 4 MiB', [Frame(BINARY, filled(4 * mebi), key=key)], **limit)
        both('4-mib-text', 'A text of 4 MiB', [Frame(TEXT, filled(4 * mebi), key=key)], **limit)
        both('4-mib-fragments', 'A message of 4 MiB in fragments of 1 MiB, Pings between',
             [Frame(BINARY, filled(mebi), fin=False, key=key), Frame(PING, key=key),
              Frame(CONTINUATION, filled(2 * mebi), fin=False, key=key), Frame(PING, 'p', key=key),
              Frame(CONTINUATION, filled(mebi), key=key)], **limit)
        both('4-mib-over', 'A message of 4 MiB and one byte', [Head(BINARY, 4 * mebi + 1, 64, key)], **limit,
             error=('payload-too-long', 10))
        tail = Frame(TEXT, filled(4 * mebi - 1) + [(b'\xff', 1)], key=key)
        both('4-mib-not-utf-8', 'A text of 4 MiB whose last byte is ff', [tail], **limit,
             error=('text-utf8', 4 * mebi + (10 if key is None else 14)))


def precedence(add, add_alone):
    note = 'The same byte breaks both rules; the order of the rules decides.'
    earlier = 'An earlier byte is enough for it.'
    both = {'max_payload': 10, 'max_message': 10}

    def or_limit(after):
        return [alternative(NO_ORDER, error=('payload-too-long', after))]

    add('not-minimal-16-and-limit', '125 bytes in 16 bits with a limit of 10', [Head(BINARY, 125, 16, None)],
        error=('length-not-minimal', 4), note=note, alternatives=or_limit(4), **both)
    add('not-minimal-64-and-limit', '65535 bytes in 64 bits with a limit of 10', [Head(BINARY, 65535, 64, None)],
        error=('length-not-minimal', 8), note=earlier, alternatives=or_limit(10), **both)
    add('msb-and-limit', '2^63 bytes with a limit of 10', [Head(BINARY, 2 ** 63, 64, None)],
        error=('length-msb', 3),
        note=earlier, alternatives=or_limit(10), **both)
    add('unsafe-and-limit', '2^53 bytes with a limit of 10', [Head(BINARY, 2 ** 53, 64, None)],
        error=('length-unsafe', 10), note=note, **both)
    add('unsafe-and-no-limit', '2^53 bytes with a limit of 2^53-1', [Head(BINARY, 2 ** 53, 64, None)],
        max_payload=MAX_SAFE, max_message=MAX_SAFE, error=('length-unsafe', 10), note=note)
    add_alone('mask-and-limit', 'An unmasked frame of a client over the limit', [text('aaaaaaaaaaa')], sender='client',
        error=('mask-required', 2), note=note, alternatives=or_limit(2), **both)
    add('continuation-and-limit', 'A continuation frame over the limit that continues nothing',
        [Frame(CONTINUATION, 'aaaaaaaaaaa')], error=('continuation-unexpected', 1), note=earlier,
        alternatives=or_limit(2), **both)
    add('close-after-limit', 'A limit that is met, then a bad Close frame', [text('aaaaaaaaaa'), Frame(CLOSE, b'\x03')],
        error=('close-payload-length', 2), **both)
    add('text-utf-8-and-limit', 'A text frame over the limit that is no UTF-8', [text(b'\xff' * 11)],
        error=('payload-too-long', 2), note=earlier, **both)
    add('text-cut-off-and-limit', 'A fragment that ends in a character, then one that is over the limit',
        [text(b'aaaaaaaaa\xc3', fin=False), Frame(CONTINUATION, b'z')], error=('message-too-long', 2), note=earlier,
        **both)
