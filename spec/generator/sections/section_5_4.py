"""Section 5.4: the order of fragments and control frames."""

from itertools import product

from frames import BINARY, CLOSE, CONTINUATION, KEY, PING, PONG, TEXT, Frame, Raw, binary, close_payload, repeat, text

from .collection import NAMES, OTHER_KEY, ROLES, Collection

LETTERS = ('start', 'continuation', 'final', 'control')


def files():
    order = Collection('5.4', 'RFC 6455 section 5.4: every order of up to four frames', '5.4')
    orders(order.add)
    fragments = Collection('5.4', 'RFC 6455 section 5.4: fragments', '5.4')
    details(fragments.add, fragments.add_twins)
    return [order.file('5.4-order'), fragments.file('5.4')]


def orders(add):
    for count in range(1, 5):
        for names in product(LETTERS, repeat=count):
            add_order(add, names, 'server', None)
            if count < 4:
                add_order(add, names, 'client', KEY)
    for count in range(1, 4):
        for names in product((*LETTERS, 'whole'), repeat=count):
            if 'whole' in names:
                add_order(add, names, 'server', None)
                add_order(add, names, 'client', KEY)


def add_order(add, names, role, key):
    is_open = False
    at = None
    rule = None
    parts = []
    for i, name in enumerate(names):
        payload = 'abcd'[i]
        if name == 'control':
            parts.append(Frame(PING, payload, key=key))
            continue
        opcode = TEXT if name in ('start', 'whole') else CONTINUATION
        fin = name in ('final', 'whole')
        parts.append(Frame(opcode, payload, fin=fin, key=key))
        if rule:
            continue
        if is_open != (opcode == CONTINUATION):
            rule = 'continuation-expected' if is_open else 'continuation-unexpected'
            at = i
        is_open = not fin
    add('order-' + '-'.join(names) + f'-{role}', ', '.join(names).capitalize() + f', from a {role}', parts, sender=role,
        error=rule and (rule, 1), at=at)


def details(add, add_twins):
    for role, key in ROLES:
        def frame(opcode, payload='', fin=True):
            return Frame(opcode, payload, fin=fin, key=key)

        def both(id, description, parts, **rest):
            add(f'{id}-{role}', f'{description}, from a {role}', parts, sender=role, **rest)

        for place in range(6):
            both(f'hello-{place}-and-{5 - place}', f'Hello in fragments of {place} and {5 - place} bytes',
                 [frame(TEXT, 'Hello'[:place], False), frame(CONTINUATION, 'Hello'[place:])])
        for opcode in (TEXT, BINARY):
            for lengths in product((0, 1), repeat=3):
                name = '-'.join(map(str, lengths))
                both(f'{NAMES[opcode]}-of-{name}',
                     f'A {NAMES[opcode]} message in fragments of {name.replace("-", ", ")} bytes',
                     [frame(opcode, 'a' * lengths[0], False), frame(CONTINUATION, 'b' * lengths[1], False),
                      frame(CONTINUATION, 'c' * lengths[2])])
            both(f'{NAMES[opcode]}-in-16', f'A {NAMES[opcode]} message in 16 fragments of one byte',
                 [frame(opcode if i == 0 else CONTINUATION, 'abcdefghijklmnop'[i], i == 15) for i in range(16)])
            both(f'{NAMES[opcode]}-in-33-empty', f'A {NAMES[opcode]} message in 33 empty fragments',
                 [frame(opcode if i == 0 else CONTINUATION, '', i == 32) for i in range(33)])
        for first, second in ((125, 126), (126, 125), (126, 126), (1, 65535), (65535, 1), (0, 65536)):
            both(f'lengths-{first}-and-{second}', f'Fragments of {first} and {second} bytes',
                 [frame(BINARY, repeat('a', first), False), frame(CONTINUATION, repeat('b', second))])

        for opcode in (PING, PONG):
            name = NAMES[opcode]
            for payload in ('', 'p'):
                how = 'with a payload' if payload else 'empty'
                both(f'{name}-{"full" if payload else "empty"}-between', f'A {name} {how} between two fragments',
                     [frame(TEXT, 'Hel', False), frame(opcode, payload), frame(CONTINUATION, 'lo')])
            both(f'{name}-of-125-between', f'A {name} of 125 bytes between two fragments',
                 [frame(TEXT, 'Hel', False), frame(opcode, repeat('p', 125)), frame(CONTINUATION, 'lo')])
        both('many-between', 'Pings and Pongs at every place around three fragments',
             [frame(PING, '1'), frame(TEXT, 'a', False), frame(PING, '2'), frame(PONG, '3'),
              frame(CONTINUATION, 'b', False),
              frame(PONG, '4'), frame(CONTINUATION, 'c'), frame(PING, '5')])
        both('close-between', 'A Close frame ends a fragmented message',
             [frame(TEXT, 'a', False), frame(CLOSE, close_payload(1001))], note='The message is never delivered.')
        both('close-between-then-final', 'What comes after the Close frame is discarded, the final fragment too',
             [frame(TEXT, 'a', False), frame(CLOSE, close_payload(1001)), frame(CONTINUATION, 'b')], delivered=2)

        both('empty-close-between', 'A Close frame without a payload ends a fragmented message',
             [frame(TEXT, 'a', False), frame(CLOSE)], note='The message is never delivered.')
        both('empty-close-between-then-final', 'The same, then the final fragment',
             [frame(BINARY, 'a', False), frame(PING, 'p'), frame(CLOSE), frame(CONTINUATION, 'b')], delivered=3)
        both('reason-while-open', 'A Close frame with a reason while a text is open',
             [frame(TEXT, '\u20ac', False), frame(CLOSE, close_payload(1001, '\u20ac'))])
        both('reason-while-cut-off', 'A Close frame with a reason while a text is open that ends inside a character',
             [frame(TEXT, b'\xe2\x82', False), frame(CLOSE, close_payload(1001, 'a\u20ac'))],
             note='The reason has nothing to do with the text.')
        both('two-messages', 'Two fragmented messages, one after the other',
             [frame(TEXT, 'a', False), frame(CONTINUATION, 'b'), frame(BINARY, 'c', False), frame(CONTINUATION, 'd')])
        both('open-at-end', 'The bytes end between the fragments of a message',
             [frame(TEXT, 'a'), frame(BINARY, 'b', False)],
             note='This is the boundary of a frame. A reader told that nothing more will come reports truncated.')
        both('open-at-end-inside-frame', 'The bytes end inside the final fragment',
             [frame(TEXT, 'a', False), Raw('80' if key is None else '80 82 37')], outcome='incomplete')
        for opcode in (TEXT, BINARY):
            for fin in (True, False):
                name = NAMES[opcode] + ('' if fin else '-start')
                both(f'{name}-in-binary', f'A {name.replace("-", " ")} frame while a binary message is open',
                     [frame(BINARY, 'a', False), frame(opcode, 'b', fin)], error=('continuation-expected', 1))
                both(f'{name}-after-ping', f'A {name.replace("-", " ")} frame after a Ping while a message is open',
                     [frame(TEXT, 'a', False), frame(PING, 'p'), frame(opcode, 'b', fin)],
                     error=('continuation-expected', 1),
                     note='A control frame does not end the message.')
                both(f'{name}-third', f'A {name.replace("-", " ")} frame as the third fragment',
                     [frame(TEXT, 'a', False), frame(CONTINUATION, 'b', False), frame(opcode, 'c', fin)],
                     error=('continuation-expected', 1))
        for opcode in (TEXT, BINARY, PING, PONG):
            both(f'continuation-after-{NAMES[opcode]}', f'A continuation frame after a whole {NAMES[opcode]} frame',
                 [frame(opcode, 'a'), frame(CONTINUATION, 'b')], error=('continuation-unexpected', 1))
        both('first-byte-continuation', 'The first byte of a continuation frame that continues nothing', [Raw('80')],
             error=('continuation-unexpected', 1))
        both('first-byte-text', 'The first byte of a text frame while a message is open',
             [frame(TEXT, 'a', False), Raw('81')],
             error=('continuation-expected', 1))
        both('fragmented-ping', 'A Ping with FIN clear and its continuation',
             [frame(PING, 'a', False), frame(CONTINUATION, 'b')],
             error=('control-fragmented', 1), at=0)
    add_twins('keys-of-fragments', 'Each fragment has a masking key of its own',
        [text('a', fin=False, key=KEY), Frame(CONTINUATION, 'b', fin=False, key=OTHER_KEY),
         Frame(CONTINUATION, 'c', key=bytes(4))],
        sender='client')
    add_twins('whole-and-in-fragments', 'The same message whole and in fragments',
        [binary('ab'), binary('a', fin=False), Frame(CONTINUATION, 'b')], sender='server')
