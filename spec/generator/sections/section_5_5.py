"""Section 5.5: control frames, and what a Close frame holds (5.5.1, 7.4)."""

from frames import (
    BINARY, CLOSE, CONTINUATION, PING, PONG, RSV1, Frame, Raw, Repeated, binary, close_payload, header, length_of, repeat,
    start_of, text, to_runs, without_last_byte,
)

from vectors import alternative

from .collection import CONTROL, NAMES, ROLES, Collection, bits
from .utf8 import CODE_POINTS, SAMPLES, borders, code_point, invalid

# A bad reason waits for the end of its frame here, which the RFC does not ask for.
EARLY = 'The first wrong byte is enough, and a reader need not wait for the end of the frame.'
EARLY_CODE = 'The two bytes of the code are enough, and a reader need not wait for the end of the frame.'
BY_THE_RFC_ALONE = ('Section 7.4.2 reserves the code, and only the registry of IANA has it: a reader that knows the RFC '
                    'alone may refuse it.')
UNASSIGNED = ('Section 7.4.2 reserves the code for revisions and extensions of the protocol, which the sender may know: the '
              'RFC does not say that it has to be refused.')

REGISTRY = {
    1000: 'Normal Closure', 1001: 'Going Away', 1002: 'Protocol error', 1003: 'Unsupported Data', 1004: 'Reserved',
    1005: 'No Status Rcvd', 1006: 'Abnormal Closure', 1007: 'Invalid frame payload data', 1008: 'Policy Violation',
    1009: 'Message Too Big', 1010: 'Mandatory Ext.', 1011: 'Internal Error', 1012: 'Service Restart',
    1013: 'Try Again Later', 1014: 'Bad Gateway', 1015: 'TLS handshake',
}
CODES = (
    0, 1, 2, 99, 100, 125, 255, 256, 999, *REGISTRY, 1016, 1017, 1099, 1100, 1999, 2000, 2999, 3000, 3001, 3999, 4000,
    4001,
    4998, 4999, 5000, 5001, 9999, 32767, 32768, 59395, 65535,
)


def is_allowed(code):
    """Sections 7.4.1 and 7.4.2 and the registry: defined and allowed on the wire, or for libraries and private use."""
    return code in REGISTRY and code not in (1004, 1005, 1006, 1015) or 3000 <= code <= 4999


def files():
    control = Collection('5.5', 'RFC 6455 section 5.5: control frames', '5.5')
    forms(control.add)
    sequences(control.add)
    after_close(control.add)
    more_after_close(control.add)
    close = Collection('5.5.1', 'RFC 6455 section 5.5.1: the payload of a Close frame', '5.5.1')
    close_lengths(close.add)
    reasons(close.add, close.add_twins)
    codes = Collection('7.4', 'RFC 6455 section 7.4: close codes', '7.4')
    close_codes(codes.add, codes.add_twins)
    return [control.file('5.5'), close.file('5.5.1'), codes.file('7.4')]


def payload_of(opcode, length):
    if opcode != CLOSE or length < 2:
        return 'a' * length
    return to_runs(close_payload(1000)) + repeat('a', length - 2)


def forms(add):
    for opcode in CONTROL:
        name = NAMES[opcode]
        for role, key in ROLES:
            mask = 0 if key is None else 0x80
            for length in (0, 1, 2, 3, 124, 125):
                for fin in (True, False):
                    error = None
                    if not fin:
                        error = ('control-fragmented', 1)
                    elif opcode == CLOSE and length == 1:
                        error = ('close-payload-length', 2)
                    add(f'{name}-{length}{"" if fin else "-nofin"}-{role}',
                        f'A {name} of {length} bytes{"" if fin else " with FIN clear"}, from a {role}',
                        [Frame(opcode, payload_of(opcode, length), fin=fin, key=key)], sender=role, error=error)
            for length in (126, 127, 128, 255, 256, 65535, 65536):
                if length <= 256:
                    parts = [Frame(opcode, payload_of(opcode, length), key=key)]
                else:
                    parts = [Raw([(part, 1) for part in header(opcode, length, masked=bool(key), bits=bits(length))])]
                add(f'{name}-{length}-{role}', f'A {name} of {length} bytes, from a {role}', parts, sender=role,
                    error=('control-too-long', 2))
            for length in (0, 5, 125):
                for form in (16, 64):
                    add(f'{name}-{length}-in-{form}-bits-{role}',
                        f'A {name} of {length} bytes in {form} bits, from a {role}',
                        [Frame(opcode, payload_of(opcode, length), key=key, bits=form)], sender=role,
                        error=('control-too-long', 2),
                        note='The 7 bits are enough to know, before any rule on lengths.')
            for field in (126, 127):
                add(f'{name}-two-bytes-{field}-{role}', f'A {name} whose 7-bit length says {field}, from a {role}',
                    [Raw(bytes([0x80 | opcode, mask | field]).hex())], sender=role, error=('control-too-long', 2))
            add(f'{name}-two-bytes-125-{role}', f'A {name} whose 7-bit length says 125, from a {role}',
                [Raw(bytes([0x80 | opcode, mask | 125]).hex())], sender=role, outcome='incomplete')
            add(f'{name}-first-byte-nofin-{role}', f'The first byte of a {name} with FIN clear, from a {role}',
                [Raw(bytes([opcode]).hex())], sender=role, error=('control-fragmented', 1))
            add(f'{name}-nofin-between-{role}', f'A {name} with FIN clear between fragments, from a {role}',
                [text('a', fin=False, key=key), Frame(opcode, payload_of(opcode, 2), fin=False, key=key)], sender=role,
                error=('control-fragmented', 1))
            add(f'{name}-126-between-{role}', f'A {name} of 126 bytes between fragments, from a {role}',
                [text('a', fin=False, key=key), Frame(opcode, payload_of(opcode, 126), key=key)], sender=role,
                error=('control-too-long', 2))


def sequences(add):
    for role, key in ROLES:
        def both(id, description, parts, **rest):
            add(f'{id}-{role}', f'{description}, from a {role}', parts, sender=role, **rest)

        both('pings', 'Three Pings, one after the other', [Frame(PING, payload, key=key) for payload in ('1', '', '3')])
        both('unsolicited-pong', 'A Pong that answers nothing', [Frame(PONG, 'p', key=key)])
        both('ping-any-bytes', 'A Ping whose payload is no UTF-8', [Frame(PING, b'\xff\x00\xc0', key=key)],
             note='The payload of a Ping is any application data.')
        both('pong-any-bytes', 'A Pong whose payload is no UTF-8', [Frame(PONG, b'\xed\xa0\x80', key=key)])
        both('around-message', 'Control frames before and after a message',
             [Frame(PING, '1', key=key), text('a', key=key), Frame(PONG, '2', key=key), Frame(CLOSE, key=key)])
        both('ping-then-close', 'A Ping, then a Close',
             [Frame(PING, '1', key=key), Frame(CLOSE, close_payload(1001), key=key)])


def after_close(add):
    for role, key in ROLES:
        close = Frame(CLOSE, close_payload(1000), key=key)
        rest = (
            ('text', 'a text message', text('a', key=key)),
            ('close', 'another Close frame', Frame(CLOSE, close_payload(1001), key=key)),
            ('ping', 'a Ping', Frame(PING, 'p', key=key)),
            ('header', 'half a header', Raw('81')),
            ('half-frame', 'half a frame', start_of(text('Hello', key=key), 4)),
            ('rsv', 'a frame with RSV bits', text('a', rsv=RSV1, key=key)),
            ('reserved', 'a reserved opcode', Frame(0x3, 'a', key=key)),
            ('continuation', 'a continuation frame', Frame(CONTINUATION, 'a', key=key)),
            ('not-minimal', 'a length that is not minimal', text('a', bits=16, key=key)),
            ('long', 'the header of a long frame',
             Raw([(part, 1) for part in header(BINARY, 2 ** 62, masked=bool(key))])),
            ('not-utf-8', 'a text that is no UTF-8', text(b'\xff', key=key)),
            ('bad-close', 'a Close frame of one byte', Frame(CLOSE, 'a', key=key)),
            ('http', 'no frame at all', Raw([(b'HTTP/1.1 400 Bad Request\r\n\r\n', 1)])),
        )
        for name, what, part in rest:
            add(f'after-close-{name}-{role}', f'A Close frame from a {role}, then {what}', [close, part], sender=role,
                delivered=1, note='After a Close frame everything is discarded.')


def more_after_close(add):
    for role, key in ROLES:
        def both(id, description, parts, **rest):
            add(f'{id}-{role}', f'{description}, from a {role}', parts, sender=role, delivered=1, **rest)

        close, empty = Frame(CLOSE, close_payload(1000), key=key), Frame(CLOSE, key=key)
        both('after-close-binary', 'A Close frame, then a binary message', [close, binary(b'\xff', key=key)])
        both('after-close-same-close', 'The same Close frame twice', [close, close], note='The first one ends the stream.')
        both('after-close-pings-text', 'A Close frame, a Ping, a Pong, then a text message',
             [close, Frame(PING, 'p', key=key), Frame(PONG, 'q', key=key), text('a', key=key)])
        both('after-empty-close-close', 'Two Close frames without a payload', [empty, empty])
        both('after-empty-close-text', 'A Close frame without a payload, then a text message', [empty, text('a', key=key)])
        both('after-close-close-text', 'Two Close frames, then a text message',
             [close, Frame(CLOSE, close_payload(1001), key=key), text('a', key=key)])
        both('after-close-many', 'A Close frame, then a thousand text messages',
             [close, Repeated(text('a', key=key), 1000)])


def close_lengths(add):
    for role, key in ROLES:
        def both(id, description, parts, **rest):
            add(f'{id}-{role}', f'{description}, from a {role}', parts, sender=role, **rest)

        both('empty', 'A Close frame without a payload', [Frame(CLOSE, key=key)],
             note='Code 1005 says that there was none.')
        for octet in (0x00, 0x03, 0xFF):
            both(f'one-byte-{octet:02x}', f'A Close payload of the one byte {octet:02x}',
                 [Frame(CLOSE, bytes([octet]), key=key)],
                 error=('close-payload-length', 2))
        both('one-byte-header', 'The header of a Close payload of one byte', [Raw('8801' if key is None else '8881')],
             error=('close-payload-length', 2))
        both('one-byte-after-message', 'A Close payload of one byte after a message',
             [text('a', key=key), Frame(CLOSE, 'a', key=key)], error=('close-payload-length', 2))
        for length in (0, 1, 2, 121, 122, 123):
            payload = to_runs(close_payload(1000)) + repeat('r', length)
            both(f'reason-of-{length}', f'A reason of {length} bytes', [Frame(CLOSE, payload, key=key)])
        payload = to_runs(close_payload(1000)) + repeat('r', 124)
        both('reason-of-124', 'A reason of 124 bytes', [Frame(CLOSE, payload, key=key)], error=('control-too-long', 2))
        for what, payload in (('code', close_payload(999)), ('reason', close_payload(1000) + b'\xff\xff')):
            frame = Frame(CLOSE, payload, key=key)
            early = [alternative(EARLY, error=('close-reason-utf8', length_of(frame.wire()) - 1), at=0)]
            both(f'bad-{what}-but-last-byte', f'A Close frame with a bad {what}, without its last byte',
                 [without_last_byte(frame)], outcome='incomplete',
                 note='What is in a Close frame is checked when it is complete.',
                 alternatives=early if what == 'reason' else [])
            both(f'bad-{what}-code-only', f'A Close frame with a bad {what}, after the first byte of its payload',
                 [start_of(Frame(CLOSE, payload, key=key), 3 if key is None else 7)], outcome='incomplete',
                 note='What is in a Close frame is checked when it is complete.')


def early_reason(certain, total):
    return [alternative(EARLY, error=('close-reason-utf8', certain))] if certain is not None and certain < total else []


def within_reason(frame, octets):
    """After the code and inside the first character beyond ASCII, so that a check of each piece fails."""
    total = length_of(frame.wire())
    start = total - len(octets)
    first = next((i for i, octet in enumerate(octets) if octet >= 0x80), 0)
    return sorted({place for place in (start, start + first + 1) if place < total})


def reasons(add, add_twins):
    def reason(id, description, octets, error=None, roles=ROLES, at=None, **rest):
        """`at` is the index of the byte of the reason that is wrong, if its end is not what makes it wrong."""
        for role, key in roles:
            frame = Frame(CLOSE, close_payload(1000) + octets, key=key)
            total = length_of(frame.wire())
            certain = None if at is None else total - len(octets) + at + 1
            add(f'{id}-{role}', f'{description}, from a {role}', [frame], sender=role,
                error=error and (error, total), alternatives=early_reason(certain, total),
                cuts=within_reason(frame, octets) if error or len(octets) > 1 else None, **rest)

    for value in CODE_POINTS[:48]:
        if value >= 0x7F:
            reason(f'reason-{value:04x}', f'A reason that is {code_point(value)}', chr(value).encode('utf-8'),
                   roles=ROLES)
    reason('reason-of-nul', 'A reason with U+0000 in it', b'a\0b')
    reason('reason-bom', 'A reason that begins with a byte order mark', b'\xef\xbb\xbfa', note='It is kept.')
    for value in SAMPLES:
        octets = chr(value).encode('utf-8')
        for place in range(1, len(octets)):
            reason(f'reason-{value:04x}-cut-after-{place}',
                   f'A reason that ends after byte {place} of {code_point(value)}',
                   b'ok ' + octets[:place], 'close-reason-utf8')
        filled = b'r' * (123 - len(octets)) + octets
        reason(f'reason-of-123-{value:04x}', f'A reason of 123 bytes that ends with {code_point(value)}', filled)
        for place in range(1, len(octets)):
            filled = b'r' * (123 - place) + octets[:place]
            reason(f'reason-of-123-{value:04x}-cut-after-{place}',
                   f'A reason cut off at 123 bytes, after byte {place} of {code_point(value)}', filled,
                   'close-reason-utf8')
    for name, octets, at in invalid():
        reason(f'reason-{name}', f'A reason that is not UTF-8: {octets.hex(" ")}', octets, 'close-reason-utf8', at=at)
        reason(f'reason-{name}-inside', f'A reason with {octets.hex(" ")} inside', b'a' + octets + b'z',
               'close-reason-utf8', at=1 + at)
    for sequence, at in borders():
        if at is not None:
            add(f'reason-{sequence.hex()}', f'A reason with {sequence.hex(" ")}, no UTF-8 from byte {at + 1} on',
                [Frame(CLOSE, close_payload(1000) + sequence)], sender='server',
                error=('close-reason-utf8', 4 + len(sequence)),
                alternatives=early_reason(4 + at + 1, 4 + len(sequence)))
    add_twins('reason-not-utf-8-then-text', 'A bad reason and a message after it',
              [Frame(CLOSE, close_payload(1000) + b'\xff'), text('a')], error=('close-reason-utf8', 5), at=0)


def close_codes(add, add_twins):
    for code in CODES:
        name = f' ({REGISTRY[code]})' if code in REGISTRY else ''
        for role, key in ROLES:
            for what, text_of_reason in (('', ''), ('-with-reason', 'bye')):
                frame = Frame(CLOSE, close_payload(code, text_of_reason), key=key)
                error = None if is_allowed(code) else ('close-code', length_of(frame.wire()))
                add(f'code-{code}{what}-{role}', f'Close code {code}{name}{what.replace("-", " ")}, from a {role}',
                    [frame],
                    sender=role, error=error, cuts=[3 if key is None else 7], alternatives=other_verdicts(code, [frame], bool(text_of_reason)))
            if not is_allowed(code):
                continue
            frame = Frame(CLOSE, close_payload(code), key=key)
            parts = [text('a', fin=False, key=key), frame]
            add(f'code-{code}-while-open-{role}', f'Close code {code}{name} while a message is open, from a {role}',
                parts, sender=role, alternatives=other_verdicts(code, parts))
    for code in (999, 1004, 1005, 1006, 1015, 1016, 2999, 5000):
        bad_reason = 'The reason is not UTF-8 either, and the RFC does not say which of the two is looked at first.'
        add_twins(f'code-{code}-and-bad-reason',
                  f'close-code comes before close-reason-utf8: code {code} and the reason ff',
                  [Frame(CLOSE, close_payload(code) + b'\xff')], error=('close-code', 5),
                  note='Both are certain when the frame is complete; the order of the rules decides.',
                  alternatives=[alternative(EARLY_CODE, error=('close-code', 4)),
                                alternative(bad_reason, error=('close-reason-utf8', 5))])
        parts = [text('a'), Frame(PING, 'p'), Frame(CLOSE, close_payload(code))]
        add_twins(f'code-{code}-after-message', f'Close code {code} after a message and a Ping', parts,
                  error=('close-code', 4), alternatives=other_verdicts(code, parts))
        parts = [Frame(CLOSE, close_payload(code)), binary('a')]
        add_twins(f'code-{code}-then-text', f'Close code {code} and a message after it', parts, error=('close-code', 4),
                  at=0, note='The error stands, the rest is not looked at.',
                  alternatives=other_verdicts(code, parts[:1]))
    add_twins('code-1000-little-endian', 'Close code 1000 in the wrong byte order is 59395',
              [Frame(CLOSE, b'\xe8\x03')], error=('close-code', 4))
    add_twins('code-as-text', 'The code 1000 as four digits is 12592', [Frame(CLOSE, '1000')],
              error=('close-code', 6), alternatives=[alternative(EARLY_CODE, error=('close-code', 4))])


def other_verdicts(code, parts, has_reason=False):
    """For a Close frame that is the last of the parts. Whoever may refuse the code may do so with or before the last byte."""
    total = length_of(parts[-1].wire())
    place = {'at': len(parts) - 1, 'delivered': len(parts) - 1}
    early = [('close-code', total - 3)] if has_reason else []
    if code in (1012, 1013, 1014):
        return [alternative(BY_THE_RFC_ALONE, error=error, **place) for error in [('close-code', total), *early]]
    if is_allowed(code):
        return []
    others = [alternative(EARLY_CODE, error=error) for error in early]
    if 1016 <= code <= 2999:
        others.append(alternative(UNASSIGNED, outcome='complete', delivered=len(parts)))
    return others
