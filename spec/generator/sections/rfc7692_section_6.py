"""RFC 7692 section 6: RSV1 on the first frame of a message says that it is compressed. The examples are those of 7.2.3.

The compressed bytes are the RFC's, or DEFLATE (RFC 1951) made here by hand, so that they are the same on every machine.
"""

from frames import (
    BINARY, CLOSE, CONTINUATION, KEY, PING, PONG, RSV1, RSV2, RSV3, TEXT, Frame, binary, length_of, start_of, text,
    to_bytes,
)
from vectors import SENDERS, alternative

from .collection import CONTROL, NAMES, ROLES, Collection, origin
from .section_5_2_opcodes import RESERVED, payload_of
from .section_5_2_rsv import rsv_names
from .utf8 import cut_off, invalid

DEFLATE = {'permessageDeflate': True}

# RFC 7692 section 7.2.3: Hello.
HELLO = bytes.fromhex('f248cdc9c90700')
HELLO_AGAIN = bytes.fromhex('f200110000')
HELLO_STORED = bytes.fromhex('000500faff48656c6c6f00')
HELLO_FINAL_BLOCK = bytes.fromhex('f348cdc9c9070000')
HELLO_IN_TWO = bytes.fromhex('f24805000000ffffcac9c90700')
EMPTY = bytes.fromhex('00')


# What is in a compressed message is judged here when its last frame is complete, which no RFC asks for.
INFLATES_EARLY = 'A reader that inflates the data as they arrive need not wait for the end of the message.'


COUNTS_INFLATED = 'A reader may count the inflated bytes alone: the RFCs leave limits to it.'


def stored(data):
    """RFC 1951 section 3.2.4: a block that is not compressed, then 00, which is left of the empty block of a flush."""
    data = to_bytes(data)
    length = len(data)
    return b'\x00' + length.to_bytes(2, 'little') + (length ^ 0xFFFF).to_bytes(2, 'little') + data + b'\x00'


def run(octet, times):
    """RFC 1951 section 3.2.6, fixed Huffman codes: a literal, then `times` repetitions of 258 bytes at distance 1."""
    assert octet < 144
    # The block's header: BFINAL 0, BTYPE 01 with its least significant bit first.
    bits = '010' + format(0x30 + octet, '08b')
    # Length 258 is code 285, 11000101; distance 1 is code 0 in five bits. End of block is 0000000.
    bits += ('11000101' + '00000') * times + '0000000'
    # What is left of the empty block of a flush (RFC 7692 section 7.2.1): BFINAL 0, BTYPE 00, zeros to a whole byte.
    bits += '000'
    bits += '0' * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8][::-1], 2) for i in range(0, len(bits), 8)), bytes([octet]) * (1 + 258 * times)


def files():
    rsv1 = Collection('rfc7692', 'RFC 7692 section 6: RSV1 and permessage-deflate, with the examples of section 7.2.3', '6', 7692)
    every_cell(rsv1.add, rsv1.add_twins)
    examples(rsv1.add)
    fragments(rsv1.add, rsv1.add_twins)
    control_frames(rsv1.add)
    after_inflation(rsv1.add, rsv1.add_twins)
    limits(rsv1.add_twins)
    return [rsv1.file('rfc7692-6')]


def every_cell(add, add_twins):
    for role, key in ROLES:
        for bits in range(8):
            for opcode in range(16):
                add_cell(add, 'deflate', DEFLATE, RSV1, role, key, bits, opcode)
        for bits in range(8):
            for opcode in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
                add_cell(add, 'deflate-rsv2', {**DEFLATE, 'rsv2': True}, RSV1 | RSV2, role, key, bits, opcode)
    for opcode in RESERVED:
        add_twins(f'negotiated-opcode-{opcode:x}-rsv1',
            f'RSV1 on opcode {opcode:#x} where it and permessage-deflate are negotiated',
            [Frame(opcode, 'Hi', rsv=RSV1)], extensions={**DEFLATE, 'opcodes': [opcode]}, error=('rsv-bit', 1),
            note='permessage-deflate gives RSV1 a meaning on text and binary messages.')
        add_twins(f'negotiated-opcode-{opcode:x}', f'Opcode {opcode:#x} where it and permessage-deflate are negotiated',
            [Frame(opcode, 'Hi'), text(HELLO, rsv=RSV1)], extensions={**DEFLATE, 'opcodes': [opcode]},
            inflated=['Hello'])


def add_cell(add, name, extensions, defined, role, key, bits, opcode):
    starts = opcode in (TEXT, BINARY)
    compressed = starts and bits & RSV1
    parts = [Frame(opcode, HELLO if compressed else payload_of(opcode), rsv=bits, key=key)]
    if opcode == CONTINUATION:
        parts.insert(0, text('a', fin=False, key=key))
    error = None
    if bits & ~(defined if starts else defined & ~RSV1):
        error = ('rsv-bit', 1)
    elif opcode in RESERVED:
        error = ('opcode-reserved', 1)
    add(f'rsv-{bits:03b}-opcode-{opcode:x}-negotiated-{name}-{role}',
        f'{rsv_names(bits)} on {NAMES.get(opcode, "reserved")} ({opcode:#x}), {name} negotiated, from a {role}', parts,
        sender=role, extensions=extensions, error=error, inflated=['Hello'] if compressed and not error else [])


def examples(add):
    for role, key in ROLES:
        def example(id, description, section, parts, inflated):
            requires = [name for word, name in (('final-block', 'bfinal'), ('context', 'context-takeover'),
                                                ('in-turn', 'context-takeover')) if word in id]
            add(f'{id}-{role}', f'{description}, from a {role}', parts, f'RFC 7692 section {section}.', sender=role,
                extensions=DEFLATE, inflated=inflated, section=section, requires=requires)

        hello = text(HELLO, rsv=RSV1, key=key)
        example('hello', 'Hello in one DEFLATE block', '7.2.3.1', [hello], ['Hello'])
        example('hello-fragments', 'Hello in one DEFLATE block and two fragments', '7.2.3.1',
                [text(HELLO[:3], fin=False, rsv=RSV1, key=key), Frame(CONTINUATION, HELLO[3:], key=key)], ['Hello'])
        example('hello-twice', 'Hello twice, without context takeover', '7.2.3.2', [hello, hello], ['Hello', 'Hello'])
        example('hello-context-takeover', 'Hello twice, the second message from the window of the first', '7.2.3.2',
                [hello, text(HELLO_AGAIN, rsv=RSV1, key=key)], ['Hello', 'Hello'])
        example('hello-stored', 'Hello in a DEFLATE block with no compression', '7.2.3.3',
                [text(HELLO_STORED, rsv=RSV1, key=key)], ['Hello'])
        example('hello-final-block', 'Hello in a DEFLATE block with BFINAL set', '7.2.3.4',
                [text(HELLO_FINAL_BLOCK, rsv=RSV1, key=key)], ['Hello'])
        example('hello-final-block-then-hello', 'Hello in a DEFLATE block with BFINAL set, and once more without',
                '7.2.3.4', [text(HELLO_FINAL_BLOCK, rsv=RSV1, key=key), hello], ['Hello', 'Hello'])
        example('hello-two-blocks', 'Hello in two DEFLATE blocks', '7.2.3.5', [text(HELLO_IN_TWO, rsv=RSV1, key=key)],
                ['Hello'])
        example('empty', 'An empty message, which is the one byte 00', '7.2.3.6', [text(EMPTY, rsv=RSV1, key=key)],
                [''])
        example('empty-final-fragment', 'A final fragment that adds nothing', '7.2.3.6',
                [text(HELLO_IN_TWO[:9], fin=False, rsv=RSV1, key=key),
                 Frame(CONTINUATION, HELLO_IN_TWO[9:], fin=False, key=key), Frame(CONTINUATION, key=key)], ['Hello'])
        example('binary', 'Hello as a binary message', '7.2.3.1', [binary(HELLO, rsv=RSV1, key=key)], ['Hello'])
        example('uncompressed', 'A message that is not compressed', '6', [text('Hello', key=key)], [])
        example('uncompressed-not-deflate', 'A binary message that is not compressed and looks as if', '6',
                [binary(HELLO, key=key)], [])
        example('in-turn', 'Messages compressed and not, in turn', '6',
                [text('a', key=key), hello, binary(b'\xff', key=key), text(HELLO_AGAIN, rsv=RSV1, key=key),
                 text('b', key=key)],
                ['Hello', 'Hello'])


def fragments(add, add_twins):
    for role, key in ROLES:
        def both(id, description, parts, **rest):
            add(f'{id}-{role}', f'{description}, from a {role}', parts, sender=role, extensions=DEFLATE, **rest)

        def first(payload, rsv=RSV1):
            return text(payload, fin=False, rsv=rsv, key=key)

        def final(payload, rsv=0):
            return Frame(CONTINUATION, payload, rsv=rsv, key=key)

        for place in range(len(HELLO) + 1):
            lengths = f'{place} and {len(HELLO) - place}'
            both(f'fragments-{place}', f'A compressed message in fragments of {lengths} bytes',
                 [first(HELLO[:place]), final(HELLO[place:])], inflated=['Hello'])
            both(f'fragments-{place}-ping', f'A compressed message in fragments of {lengths} bytes, a Ping between',
                 [first(HELLO[:place]), Frame(PING, 'p', key=key), final(HELLO[place:])], inflated=['Hello'],
                 note='The Ping has no RSV1, and the message stays compressed.')
        both('fragments-of-1', 'A compressed message in fragments of one byte',
             [first(HELLO[:1]), *(Frame(CONTINUATION, HELLO[i:i + 1], fin=False, key=key) for i in range(1, 6)),
              final(HELLO[6:])],
             inflated=['Hello'])
        both('fragments-uncompressed-ping', 'A message that is not compressed, in fragments, a Ping between',
             [first('Hel', 0), Frame(PING, 'p', key=key), final('lo')])
        both('fragments-control', 'Ping, Pong and an empty fragment between compressed fragments',
             [first(HELLO[:2]), Frame(PING, '1', key=key), Frame(PONG, '2', key=key),
              Frame(CONTINUATION, fin=False, key=key),
              Frame(PING, '3', key=key), final(HELLO[2:])], inflated=['Hello'])
        both('fragments-then-uncompressed', 'A compressed message in fragments, then one in fragments that is not',
             [first(HELLO[:3]), final(HELLO[3:]), first('Hel', 0), final('lo')], inflated=['Hello'])
        both('fragments-after-uncompressed', 'A message in fragments that is not compressed, then one that is',
             [first('Hel', 0), final('lo'), first(HELLO[:3]), final(HELLO[3:])], inflated=['Hello'])
        both('rsv1-on-continuation', 'RSV1 on the first fragment and on the final one',
             [first(HELLO[:3]), final(HELLO[3:], RSV1)], error=('rsv-bit', 1))
        both('rsv1-on-continuation-alone', 'RSV1 on the final fragment only', [first('Hel', 0), final('lo', RSV1)],
             error=('rsv-bit', 1), note='Whether a message is compressed is said by its first frame.')
        for opcode in (PING, PONG, CLOSE):
            both(f'rsv1-on-{NAMES[opcode]}-between', f'RSV1 on a {NAMES[opcode]} between compressed fragments',
                 [first(HELLO[:3]), Frame(opcode, payload_of(opcode), rsv=RSV1, key=key)], error=('rsv-bit', 1),
                 note='Control frames are never compressed.')
        both('close-between', 'A Close frame ends a compressed message in fragments',
             [first(HELLO[:3]), Frame(CLOSE, payload_of(CLOSE), key=key)], inflated=[])
        both('rsv1-and-continuation', 'RSV1 on a continuation frame that continues nothing', [final('a', RSV1)],
             error=('rsv-bit', 1),
             note='The same byte breaks continuation-unexpected too; the order of the rules decides.')
        both('rsv1-while-open', 'A compressed text frame while a message is open',
             [first('a', 0), text(HELLO, rsv=RSV1, key=key)],
             error=('continuation-expected', 1))
        both('cut', 'A compressed message without its last byte',
             [start_of(text(HELLO, rsv=RSV1, key=key), (8 if key is None else 12))],
             outcome='incomplete')
        both('open', 'A compressed message without its final fragment', [first(HELLO)], inflated=[])
    for name, sender in SENDERS:
        add(f'rsv1-not-negotiated-{name}', f'RSV1 where permessage-deflate was not negotiated, {origin(sender)}',
            [text(HELLO, rsv=RSV1, key=KEY if name == 'client' else None)], sender=sender, error=('rsv-bit', 1))
    add_twins('rsv1-of-other-extension', 'RSV1 of an extension that is not permessage-deflate', [text('Hello', rsv=RSV1)],
        extensions={'rsv1': True}, note='The payload is as it is.')
    add_twins('rsv3-with-deflate', 'RSV1 and RSV3 where permessage-deflate and an extension with RSV3 are negotiated',
        [text(HELLO, rsv=RSV1 | RSV3)], extensions={**DEFLATE, 'rsv3': True}, inflated=['Hello'])


def control_frames(add):
    """RSV1 says nothing on a control frame, whatever its payload is and whatever is open."""
    for role, key in ROLES:
        def both(id, description, parts, **rest):
            add(f'{id}-{role}', f'{description}, from a {role}', parts, sender=role, extensions=DEFLATE, **rest)

        first = text(HELLO[:3], fin=False, rsv=RSV1, key=key)
        final = Frame(CONTINUATION, HELLO[3:], key=key)
        for opcode in CONTROL:
            name = NAMES[opcode]
            empty = Frame(opcode, rsv=RSV1, key=key)
            both(f'rsv1-on-empty-{name}', f'RSV1 on an empty {name}', [empty], error=('rsv-bit', 1))
            both(f'rsv1-on-empty-{name}-between', f'RSV1 on an empty {name} between compressed fragments',
                 [first, empty, final], error=('rsv-bit', 1), at=1)
            both(f'rsv1-on-empty-{name}-after', f'RSV1 on an empty {name} after a compressed message',
                 [text(HELLO, rsv=RSV1, key=key), empty], error=('rsv-bit', 1), inflated=['Hello'])
            both(f'rsv1-on-compressed-{name}', f'A {name} whose payload is compressed, with RSV1',
                 [Frame(opcode, HELLO, rsv=RSV1, key=key)], error=('rsv-bit', 1),
                 note='Section 6.1: control frames are never compressed.')
        whole = text(HELLO, rsv=RSV1, key=key)
        after = Frame(CONTINUATION, 'lo', key=key)
        both('continuation-after-compressed', 'A continuation frame after a compressed message', [whole, after],
             error=('continuation-unexpected', 1), inflated=['Hello'])
        both('continuation-after-compressed-nofin', 'The same with FIN clear',
             [whole, Frame(CONTINUATION, 'lo', fin=False, key=key)], error=('continuation-unexpected', 1),
             inflated=['Hello'])
        both('continuation-after-compressed-fragments', 'A continuation frame after a compressed message in three fragments',
             [text(HELLO[:2], fin=False, rsv=RSV1, key=key), Frame(CONTINUATION, HELLO[2:6], fin=False, key=key),
              Frame(CONTINUATION, HELLO[6:], key=key), after], error=('continuation-unexpected', 1), inflated=['Hello'])
        both('continuation-after-compressed-two-fragments', 'An empty continuation frame after a compressed message in two fragments',
             [first, final, Frame(CONTINUATION, key=key)], error=('continuation-unexpected', 1), inflated=['Hello'])
        both('continuation-after-compressed-ping', 'A continuation frame after a compressed message and a Ping',
             [first, Frame(CONTINUATION, HELLO[3:], key=key), Frame(PING, key=key), after],
             error=('continuation-unexpected', 1), inflated=['Hello'])
        both('empty-continuation-after-compressed', 'An empty continuation frame after a compressed message',
             [whole, Frame(CONTINUATION, key=key)], error=('continuation-unexpected', 1), inflated=['Hello'])
        both('compressed-after-close', 'A Close frame, then a compressed message', [Frame(CLOSE, payload_of(CLOSE), key=key), whole],
             delivered=1)
        both('close-after-open-compressed', 'An empty Close frame while a compressed message is open',
             [first, Frame(CLOSE, key=key)], inflated=[])
        for opcode in (PING, PONG):
            for place in (1, 3, 6):
                both(f'binary-{place}-{NAMES[opcode]}', f'A compressed binary message, after {place} bytes a {NAMES[opcode]}',
                     [binary(HELLO[:place], fin=False, rsv=RSV1, key=key), Frame(opcode, b'\xff', key=key),
                      Frame(CONTINUATION, HELLO[place:], key=key)], inflated=['Hello'])
        both('binary-pings', 'A compressed binary message in four fragments, Pings and Pongs between',
             [binary(HELLO[:2], fin=False, rsv=RSV1, key=key), Frame(PING, key=key), Frame(PONG, 'p', key=key),
              Frame(CONTINUATION, HELLO[2:4], fin=False, key=key), Frame(PING, HELLO, key=key),
              Frame(CONTINUATION, fin=False, key=key), Frame(PONG, key=key), Frame(CONTINUATION, HELLO[4:], key=key)],
             inflated=['Hello'])
        both('ping-then-second-compressed', 'Two compressed messages in fragments, a Ping in each',
             [first, Frame(PING, '1', key=key), final, binary(HELLO[:3], fin=False, rsv=RSV1, key=key),
              Frame(PING, '2', key=key), final], inflated=['Hello', 'Hello'])


# One of each kind.
WITH_TWINS = ('overlong-2-of-00', 'surrogate-d800', 'above-110000', 'tail-80', 'ff', '2-without-tail')


def after_inflation(add_alone, add_twins):
    def add(id, description, parts, note=None, add=add_twins, **rest):
        add(id, description, parts, note, extensions=DEFLATE, rfc=6455, section='8.1', **rest)

    # The stored block has five bytes before its data.
    for name, octets, at in invalid():
        frame = text(stored(b'ok' + octets), rsv=RSV1)
        add(f'utf8-{name}', f'A compressed text that inflates to ok and {octets.hex(" ")}', [frame],
            error=('text-utf8', length_of(frame.wire())), note='Known when the message is complete and inflated.',
            alternatives=[alternative(INFLATES_EARLY, error=('text-utf8', 2 + 5 + 2 + at + 1))],
            add=add_twins if name in WITH_TWINS else add_alone)
    for octets, length in cut_off():
        frame = text(stored(octets), rsv=RSV1)
        add(f'utf8-cut-off-{octets.hex()}-of-{length}', f'A compressed text that ends with {octets.hex(" ")}', [frame],
            error=('text-utf8', length_of(frame.wire())), add=add_twins if length == 3 else add_alone)
    add('binary-not-utf8', 'A compressed binary message that inflates to every byte from 80 to ff',
        [binary(stored(bytes(range(0x80, 0x100))), rsv=RSV1)], inflated=[bytes(range(0x80, 0x100))])
    character = '\u20ac'.encode('utf-8')
    add('utf8', 'A compressed text with a character of three bytes', [text(stored(character), rsv=RSV1)],
        inflated=[character])
    whole = stored(b'\xff')
    add('utf8-fragments', 'A compressed text in fragments that inflates to ff',
        [text(whole[:6], fin=False, rsv=RSV1), Frame(PING, 'p'), Frame(CONTINUATION, whole[6:])],
        error=('text-utf8', 3), note='The frame is the final one, although ff came with the first.',
        alternatives=[alternative(INFLATES_EARLY, error=('text-utf8', 2 + 6), at=0, delivered=0)])
    add('utf8-fragments-empty', 'The same with an empty final fragment',
        [text(whole, fin=False, rsv=RSV1), Frame(CONTINUATION)], error=('text-utf8', 2),
        alternatives=[alternative(INFLATES_EARLY, error=('text-utf8', 2 + 6), at=0, delivered=0)])
    add('utf8-fragments-open', 'The same without the final fragment', [text(whole, fin=False, rsv=RSV1)],
        inflated=[], alternatives=[alternative(INFLATES_EARLY, error=('text-utf8', 2 + 6), at=0, delivered=0)])
    add('utf8-uncompressed', 'A text that is not compressed and no UTF-8', [text('a'), text(HELLO)],
        error=('text-utf8', 4), note='f2 begins a character, 48 does not go on with it.')
    add('utf8-uncompressed-fragments', 'The same in fragments, after a compressed message',
        [text(HELLO, rsv=RSV1), text(HELLO[:1], fin=False), Frame(CONTINUATION, HELLO[1:])],
        inflated=['Hello'],
        error=('text-utf8', 3))


def limits(add_twins):
    """Both lengths count: as it comes, when the length field is complete; as it is inflated, when the message is."""
    def add(id, description, parts, max_payload=100, **rest):
        add_twins(id, description, parts, extensions=DEFLATE, rfc=6455, section='10.4', max_payload=max_payload, **rest)

    hello = text(HELLO, rsv=RSV1)
    add('limit-7', 'Hello, 7 bytes compressed, with a limit of 7', [hello], max_message=7, inflated=['Hello'])
    add('limit-6', 'Hello, 7 bytes compressed, with a limit of 6', [hello], max_message=6,
        error=('message-too-long', 2), note='The payload counts as it comes, although it would inflate to 5 bytes.',
        alternatives=[alternative(COUNTS_INFLATED, outcome='complete', delivered=1, inflated=['Hello'])])
    add('limit-payload-6', 'Hello, 7 bytes compressed, with a limit of 6 for a payload', [hello], max_payload=6,
        max_message=100, error=('payload-too-long', 2))
    parts = [text(HELLO[:3], fin=False, rsv=RSV1), Frame(CONTINUATION, HELLO[3:])]
    add('limit-6-fragments', 'Hello in fragments, 7 bytes compressed, with a limit of 6', parts, max_message=6,
        error=('message-too-long', 2),
        alternatives=[alternative(COUNTS_INFLATED, outcome='complete', delivered=2, inflated=['Hello'])])
    add('limit-7-fragments', 'Hello in fragments, 7 bytes compressed, with a limit of 7', parts, max_message=7,
        inflated=['Hello'])
    compressed, inflated = run(0x61, 1)
    assert len(inflated) == 259

    # The literal and the copy are in the first three bytes.
    def early(at=0, delivered=0):
        return [alternative(INFLATES_EARLY, error=('message-too-long', 2 + 3), at=at, delivered=delivered)]

    for kind, opcode in (('text', TEXT), ('binary', BINARY)):
        frame = Frame(opcode, compressed, rsv=RSV1)
        add(f'limit-259-inflated-{kind}', f'A {kind} message that inflates to 259 bytes, with a limit of 259', [frame],
            max_message=259, inflated=[inflated])
        add(f'limit-258-inflated-{kind}', f'A {kind} message that inflates to 259 bytes, with a limit of 258', [frame],
            max_message=258, error=('message-too-long', length_of(frame.wire())), alternatives=early())
    half = len(compressed) // 2
    add('limit-258-inflated-fragments', 'Fragments that inflate to 259 bytes, a Ping between, with a limit of 258',
        [binary(compressed[:half], fin=False, rsv=RSV1), Frame(PING, 'p'), Frame(CONTINUATION, compressed[half:])],
        max_message=258, error=('message-too-long', 2 + len(compressed) - half),
        alternatives=[alternative(INFLATES_EARLY, error=('message-too-long', 2 + 3 - half))] if half < 3 else early())
    add('limit-258-inflated-empty-final', 'The same with an empty final fragment',
        [binary(compressed, fin=False, rsv=RSV1), Frame(CONTINUATION)], max_message=258,
        error=('message-too-long', 2), alternatives=early())
    add('limit-258-inflated-open', 'The same without the final fragment', [binary(compressed, fin=False, rsv=RSV1)],
        max_message=258, inflated=[], alternatives=early())
    empty = text(EMPTY, rsv=RSV1)
    add('limit-0-empty', 'An empty message, one byte compressed, with a limit of 0', [empty], max_message=0,
        error=('message-too-long', 2), note='A limit of 0 is a limit, and the payload counts as it comes.',
        alternatives=[alternative(COUNTS_INFLATED, outcome='complete', delivered=1, inflated=[''])])
    add('limit-1-empty', 'An empty message, one byte compressed, with a limit of 1', [empty], max_message=1, inflated=[''])
    add('limit-0-uncompressed-empty', 'An empty message that is not compressed, with limits of 0', [text('')],
        max_payload=0, max_message=0, note='It has nothing that a limit of 0 forbids.')
    add('limit-of-each', 'Two messages that inflate to 259 bytes, with a limit of 259',
        [Frame(BINARY, compressed, rsv=RSV1)] * 2, max_message=259, inflated=[inflated] * 2,
        note='Every message counts from zero.')
    bomb, inflated_bomb = run(0x61, 4096)
    assert len(inflated_bomb) == 4096 * 258 + 1
    # After 254 copies there are 65533 bytes. The copy that goes over the limit ends with its distance: 13 bits each, after the header
    # of the block and the literal.
    add('limit-over-by-a-mebibyte', 'A message of some kilobytes that inflates to a mebibyte, with a limit of 65536',
        [Frame(BINARY, bomb_runs(bomb), rsv=RSV1)], max_payload=65536, max_message=65536,
        error=('message-too-long', length_of(Frame(BINARY, bomb, rsv=RSV1).wire())),
        alternatives=[alternative(INFLATES_EARLY, error=('message-too-long', 4 + (3 + 8 + 13 * 255 + 7) // 8))])
    add('limit-met-by-a-mebibyte', 'The same with a limit of exactly what it inflates to',
        [Frame(BINARY, bomb_runs(bomb), rsv=RSV1)], max_payload=65536, max_message=len(inflated_bomb),
        inflated=[inflated_bomb])


def bomb_runs(octets):
    """The same bytes, short: the pattern of 13 bits comes again every 13 bytes."""
    start = 13
    period = octets[start:start + 13]
    times = 1
    while octets[start + 13 * times:start + 13 * (times + 1)] == period:
        times += 1
    return [(octets[:start], 1), (period, times), (octets[start + 13 * times:], 1)]
