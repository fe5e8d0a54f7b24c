"""Section 5.2: the first byte's FIN and opcode, and what the second byte and an open message have to do with them."""

from frames import CLOSE, CONTINUATION, KEY, PING, Frame, Raw, binary, close_payload, repeat, text
from vectors import SENDERS

from .collection import NAMES, ROLES, Collection, origin
from .section_5_1 import broken_rule

RESERVED = (0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF)
RESERVED_DATA = RESERVED[:5]
RESERVED_CONTROL = RESERVED[5:]


def payload_of(opcode):
    return close_payload(1000) if opcode == CLOSE else 'Hi'


def first_byte_rule(opcode, fin, is_open):
    if opcode in RESERVED:
        return 'opcode-reserved'
    if opcode >= 0x8:
        return None if fin else 'control-fragmented'
    if opcode == CONTINUATION:
        return None if is_open else 'continuation-unexpected'
    return 'continuation-expected' if is_open else None


def files():
    opcodes = Collection('5.2', 'RFC 6455 section 5.2: FIN and opcode', '5.2')
    every_cell(opcodes.add)
    with_extensions(opcodes.add, opcodes.add_twins)
    return [opcodes.file('5.2-opcodes')]


def every_cell(add):
    for is_open in (False, True):
        for opcode in range(16):
            for fin in (True, False):
                for key in (None, KEY):
                    for name, sender in SENDERS:
                        add_cell(add, is_open, opcode, fin, key, name, sender)


def add_cell(add, is_open, opcode, fin, key, name, sender):
    how = 'unmasked' if key is None else 'masked'
    parts = [Frame(opcode, payload_of(opcode), fin=fin, key=key)]
    if is_open:
        # The frame before it is as its sender has to send it.
        opening = KEY if sender == 'client' or sender is None and key else None
        parts.insert(0, text('a', fin=False, key=opening))
    rule = first_byte_rule(opcode, fin, is_open)
    after = 1
    if rule is None:
        rule = broken_rule(sender, key is not None)
        after = 2
    where = ', while a message is open' if is_open else ''
    add(f'opcode-{opcode:x}-{"fin" if fin else "nofin"}-{how}-{name}' + ('-open' if is_open else ''),
        f'{NAMES.get(opcode, "reserved")} ({opcode:#x}), FIN {"set" if fin else "clear"}, {how}, '
        f'{origin(sender)}{where}',
        parts, sender=sender, error=rule and (rule, after))


def with_extensions(add, add_twins):
    for opcode in RESERVED:
        own = {'opcodes': [opcode]}
        others = {'opcodes': [other for other in RESERVED if other != opcode]}
        hexadecimal = f'{opcode:#x}'
        add_twins(f'opcode-{opcode:x}-others-negotiated',
                  f'{hexadecimal} where every other reserved opcode is negotiated',
                  [Frame(opcode, 'Hi')], extensions=others, error=('opcode-reserved', 1))
        add(f'opcode-{opcode:x}-others-used', f'Every reserved opcode but {hexadecimal}, where they are negotiated',
            [Frame(other, 'Hi') for other in others['opcodes']], extensions=others,
            note='Frames of an extension are no messages of RFC 6455.')
        for role, key in ROLES:
            add(f'opcode-{opcode:x}-negotiated-{role}', f'{hexadecimal} where it is negotiated, then a text message',
                [Frame(opcode, 'Hi', key=key), text('a', key=key)], sender=role, extensions=own,
                note='A frame of an extension is no message of RFC 6455.')

    for opcode in RESERVED_DATA:
        own = {'opcodes': [opcode]}
        for role, key in ROLES:
            add(f'opcode-{opcode:x}-negotiated-fragmented-{role}',
                f'A message of {opcode:#x} in fragments, a Ping between',
                [Frame(opcode, 'a', fin=False, key=key), Frame(PING, 'p', key=key),
                 Frame(CONTINUATION, 'b', fin=False, key=key), Frame(CONTINUATION, b'\xff', key=key),
                 text('c', key=key)],
                sender=role, extensions=own, note='Bit 3 of the opcode is clear: data frames, which may be fragmented.')
        add_twins(f'opcode-{opcode:x}-negotiated-then-text', f'A text frame while a message of {opcode:#x} is open',
            [Frame(opcode, 'a', fin=False), text('b')], extensions=own, error=('continuation-expected', 1))
        add_twins(f'opcode-{opcode:x}-negotiated-126', f'{opcode:#x} with 126 bytes', [Frame(opcode, repeat('a', 126))],
            extensions=own, note='A data frame has no limit of 125 bytes.')
        add_twins(f'opcode-{opcode:x}-negotiated-too-long', f'{opcode:#x} over maxPayloadLength',
            [Frame(opcode, 'abc')], extensions=own, max_payload=2, error=('payload-too-long', 2))

    for opcode in RESERVED_CONTROL:
        own = {'opcodes': [opcode]}
        for role, key in ROLES:
            add(f'opcode-{opcode:x}-negotiated-between-{role}', f'{opcode:#x} between the fragments of a text message',
                [text('a', fin=False, key=key), Frame(opcode, b'\xff', key=key), Frame(CONTINUATION, 'b', key=key)],
                sender=role, extensions=own, note='Bit 3 of the opcode is set: a control frame.')
        add_twins(f'opcode-{opcode:x}-negotiated-nofin', f'{opcode:#x} with FIN clear', [Frame(opcode, 'a', fin=False)],
            extensions=own, error=('control-fragmented', 1), note='Bit 3 of the opcode is set: a control frame.')
        add_twins(f'opcode-{opcode:x}-negotiated-125', f'{opcode:#x} with 125 bytes', [Frame(opcode, repeat('a', 125))],
            extensions=own)
        add_twins(f'opcode-{opcode:x}-negotiated-126', f'{opcode:#x} with 126 bytes', [Frame(opcode, repeat('a', 126))],
            extensions=own, error=('control-too-long', 2), note='Bit 3 of the opcode is set: a control frame.')
        add(f'opcode-{opcode:x}-nofin-not-negotiated', f'{opcode:#x} with FIN clear, not negotiated',
            [Raw(bytes([opcode]).hex())], error=('opcode-reserved', 1),
            note='The same byte breaks control-fragmented too; the order of the rules decides.')

    frames = [text('a', fin=False), Frame(PING, 'b'), Frame(CONTINUATION, 'c'), binary(b'\xff'), Frame(0xA, 'd'),
              Frame(CLOSE, close_payload(1000))]
    add_twins('opcodes-all-negotiated', 'The opcodes of RFC 6455 where every reserved one is negotiated', frames,
        extensions={'opcodes': list(RESERVED)})
