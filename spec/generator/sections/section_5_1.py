"""Section 5.1: a client masks, a server does not; MASK is in the second byte."""

from frames import BINARY, CLOSE, CONTINUATION, KEY, Frame, Raw, binary, close_payload, header, repeat, text
from vectors import SENDERS

from .collection import CONTROL, NAMES, OPCODES, ROLES, Collection, origin

LENGTHS = (0, 1, 125, 126, 65535, 65536)


def broken_rule(sender, is_masked):
    if sender == 'client' and not is_masked:
        return 'mask-required'
    if sender == 'server' and is_masked:
        return 'mask-forbidden'
    return None


def files():
    presence = Collection('5.1', 'RFC 6455 section 5.1: who masks', '5.1')
    add = presence.add

    for length in LENGTHS:
        for name, sender in SENDERS:
            for key in (None, KEY):
                how = 'unmasked' if key is None else 'masked'
                rule = broken_rule(sender, key is not None)
                frame = binary(repeat('a', length), key=key)
                parts = [frame]
                if rule and length > 125:
                    parts = [Raw([(part, 1) for part in frame.header()])]
                add(f'{name}-{how}-length-{length}', f'{length} bytes {how}, {origin(sender)}', parts, sender=sender,
                    error=rule and (rule, 2))

    for name, key in ROLES:
        wrong = KEY if key is None else None
        rule = broken_rule(name, wrong is not None)
        how = 'masked' if wrong else 'unmasked'
        for opcode in OPCODES:
            payload = close_payload(1000) if opcode == CLOSE else 'b'
            first = text('a', key=key, fin=opcode != CONTINUATION)
            add(f'{name}-second-{NAMES[opcode]}-{how}',
                f'A {name} sends a {NAMES[opcode]} frame {how} after a right one',
                [first, Frame(opcode, payload, key=wrong)], sender=name, error=(rule, 2))
            add(f'either-{NAMES[opcode]}-{how}-after-{"unmasked" if wrong else "masked"}',
                f'A {NAMES[opcode]} frame {how} after one that is not', [first, Frame(opcode, payload, key=wrong)],
                note='Without a known sender both are taken, frame by frame.')
        add(f'{name}-first-byte', 'The first byte says nothing of MASK', [Raw('81')], sender=name, outcome='incomplete')
        add(f'{name}-two-bytes-{how}', 'The second byte is enough to know', [Raw('8180' if wrong else '8100')],
            sender=name, error=(rule, 2), note='No byte of a masking key has come.')
        add(f'{name}-after-close', f'A frame {how} after a Close frame is discarded',
            [Frame(CLOSE, close_payload(1000), key=key), text('a', key=wrong)], sender=name, delivered=1)

        # ---- What else is wrong with the same frame.

        mask = 0x80 if wrong else 0
        for broken, octet in (('rsv-bit', 0xC1), ('opcode-reserved', 0x83), ('control-fragmented', 0x09),
                              ('continuation-unexpected', 0x80)):
            add(f'{name}-{broken}-and-{how}', f'{broken} comes before {rule}', [Raw(bytes([octet, mask]).hex())],
                sender=name, error=(broken, 1), note='The first byte breaks a rule before the second does.')
        for opcode in CONTROL:
            for field in (126, 127):
                octets = bytes([0x80 | opcode, mask | field])
                add(f'{name}-{NAMES[opcode]}-{field}-and-{how}', f'control-too-long comes before {rule}',
                    [Raw(octets.hex())], sender=name, error=('control-too-long', 2),
                    note='The same byte breaks both rules; the order of the rules decides.')
        add(f'{name}-close-1-byte-and-{how}', f'{rule} comes before close-payload-length',
            [Raw(bytes([0x88, mask | 1]).hex())], sender=name, error=(rule, 2),
            note='The same byte breaks both rules; the order of the rules decides.')
        for broken, length, form in (('length-not-minimal', 125, 16), ('length-not-minimal', 65535, 64),
                                     ('length-msb', 2 ** 63, 64), ('length-unsafe', 2 ** 53, 64)):
            parts = header(BINARY, length, masked=bool(wrong), bits=form)
            add(f'{name}-{how}-and-{broken}-{form}', f'{rule} comes before {broken} in {form} bits',
                [Raw([(part, 1) for part in parts])], sender=name, error=(rule, 2),
                note='The length comes after the byte that has MASK.')
    return [presence.file('5.1')]
