"""Section 5.2: RSV1 to RSV3 with every opcode, and every extension that may give them a meaning."""

from frames import CONTINUATION, RSV1, RSV2, RSV3, Frame, text

from .collection import NAMES, ROLES, Collection
from .section_5_2_opcodes import RESERVED, payload_of

NEGOTIATED = (
    ('nothing', {}, 0),
    ('rsv1', {'rsv1': True}, RSV1),
    ('rsv2', {'rsv2': True}, RSV2),
    ('rsv3', {'rsv3': True}, RSV3),
    ('rsv123', {'rsv1': True, 'rsv2': True, 'rsv3': True}, RSV1 | RSV2 | RSV3),
)


def rsv_names(bits):
    names = [name for name, bit in (('RSV1', RSV1), ('RSV2', RSV2), ('RSV3', RSV3)) if bits & bit]
    return ' and '.join(names) if names else 'no RSV bit'


def files():
    rsv = Collection('5.2', 'RFC 6455 section 5.2: the RSV bits', '5.2')
    for name, extensions, defined in NEGOTIATED:
        for bits in range(8):
            for opcode in range(16):
                for role, key in ROLES:
                    add_cell(rsv.add, name, extensions, defined, role, key, bits, opcode)
    more(rsv.add_twins)
    return [rsv.file('5.2-rsv')]


def add_cell(add, name, extensions, defined, role, key, bits, opcode):
    parts = [Frame(opcode, payload_of(opcode), rsv=bits, key=key)]
    if opcode == CONTINUATION:
        parts.insert(0, text('a', fin=False, key=key))
    error = None
    if bits & ~defined:
        error = ('rsv-bit', 1)
    elif opcode in RESERVED:
        error = ('opcode-reserved', 1)
    add(f'rsv-{bits:03b}-opcode-{opcode:x}-negotiated-{name}-{role}',
        f'{rsv_names(bits)} on {NAMES.get(opcode, "reserved")} ({opcode:#x}), {name} negotiated, from a {role}',
        parts, sender=role, extensions=extensions or None, error=error)


def more(add):
    every = {'rsv1': True, 'rsv2': True, 'rsv3': True}
    add('rsv-each-fragment-its-own', 'Each fragment of a message with RSV bits of its own',
        [Frame(0x1, 'a', fin=False, rsv=RSV1), Frame(CONTINUATION, 'b', fin=False, rsv=RSV2),
         Frame(0x9, 'p', rsv=RSV1 | RSV3), Frame(CONTINUATION, 'c', rsv=RSV3)],
        extensions=every, note='Extensions other than permessage-deflate may use the bits on any frame.')
    add('rsv-second-frame', 'RSV1 on the second frame, nothing negotiated', [text('a'), text('b', rsv=RSV1)],
        error=('rsv-bit', 1))
    add('rsv-on-fragment', 'RSV1 on a fragment that continues, nothing negotiated',
        [text('a', fin=False), Frame(CONTINUATION, 'b', rsv=RSV1)], error=('rsv-bit', 1))
    for opcode, fin, name, rule in ((0x3, True, 'reserved', 'opcode-reserved'),
                                    (0x9, False, 'fragmented', 'control-fragmented'),
                                    (0x0, True, 'continuation', 'continuation-unexpected')):
        add(f'rsv-and-{name}', f'rsv-bit comes before {rule}', [Frame(opcode, 'a', fin=fin, rsv=RSV2)],
            error=('rsv-bit', 1), note='The same byte breaks both rules; the order of the rules decides.')
    add('rsv-and-text-while-open', 'rsv-bit comes before continuation-expected',
        [text('a', fin=False), text('b', rsv=RSV3)],
        error=('rsv-bit', 1), note='The same byte breaks both rules; the order of the rules decides.')
    add('rsv-opcode-negotiated', 'RSV1 on opcode 0x3 where only the opcode is negotiated', [Frame(0x3, 'a', rsv=RSV1)],
        extensions={'opcodes': [3]}, error=('rsv-bit', 1))
    add('rsv-and-opcode-negotiated', 'RSV1 on opcode 0x3 where both are negotiated', [Frame(0x3, 'a', rsv=RSV1)],
        extensions={'rsv1': True, 'opcodes': [3]})
    add('rsv-after-close', 'RSV bits after a Close frame are discarded',
        [Frame(0x8, payload_of(0x8)), text('a', rsv=RSV1 | RSV2 | RSV3)], delivered=1)
