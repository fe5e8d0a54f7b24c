"""What an encoder has to write for given fields, and what it has to refuse."""

from frames import BINARY, CLOSE, CONTINUATION, KEY, PING, PONG, RSV1, RSV2, RSV3, TEXT, Frame, close_payload, repeat
from layout import file_of, notation, text_notation
from sections.collection import CONTROL, NAMES, OTHER_KEY, ROLES
from sections.section_5_5 import CODES, REGISTRY, is_allowed, payload_of
from sections.section_5_2_opcodes import RESERVED
from sections.utf8 import SAMPLES, code_point, invalid
from vectors import RULES

SOURCE = 'RFC 6455: what an encoder writes and what it refuses'


def encoder_vectors():
    vectors = []

    def frame(id, description, section, sender, frame, refused=None, extensions=None, note=None):
        """`refused` is a rule."""
        vector = {'id': f'encode-{id}-{sender}', 'description': f'{description}, by a {sender}'}
        if note:
            vector['note'] = note
        vector.update({'rfc': 6455, 'section': section, 'sender': sender})
        if extensions:
            vector['extensions'] = extensions
        vector['frame'] = frame.json()
        if refused:
            vector['refused'] = refusal(refused)
        else:
            vector['bytes'] = notation([frame.wire()])
        vectors.append(vector)

    def close(id, description, code, reason='', refused=None, note=None):
        vector = {'id': f'encode-close-{id}', 'description': description}
        if note:
            vector['note'] = note
        vector.update({'rfc': 6455, 'section': '7.4' if refused == 'close-code' else '5.5.1'})
        vector['close'] = {'code': code, 'reason': text_notation([(reason.encode('utf-8'), 1)])}
        if refused:
            vector['refused'] = refusal(refused)
        else:
            vector['payload'] = notation([[(b'' if code is None else close_payload(code, reason), 1)]])
        vectors.append(vector)

    lengths(frame)
    fields(frame)
    masks(frame)
    control(frame)
    close_payloads(close)
    return vectors


def refusal(rule):
    rfc, section, _ = RULES[rule]
    return {'rule': rule, 'rfc': rfc, 'section': section}


def lengths(frame):
    for role, key in ROLES:
        for length in (0, 1, 2, 124, 125, 126, 127, 128, 255, 256, 32767, 32768, 65534, 65535, 65536, 65537, 1048576):
            frame(f'length-{length}', f'A binary frame of {length} bytes', '5.2', role,
                  Frame(BINARY, repeat('a', length), key=key), note='The shortest form of the length.')


def fields(frame):
    for role, key in ROLES:
        for opcode in NAMES:
            payload = close_payload(1000) if opcode == CLOSE else 'Hi'
            frame(f'opcode-{opcode:x}', f'A {NAMES[opcode]} frame', '5.2', role, Frame(opcode, payload, key=key))
            if opcode < 8:
                frame(f'opcode-{opcode:x}-nofin', f'A {NAMES[opcode]} frame with FIN clear', '5.4', role,
                      Frame(opcode, payload, fin=False, key=key))
                frame(f'opcode-{opcode:x}-empty', f'An empty {NAMES[opcode]} frame', '5.2', role, Frame(opcode, key=key))
        for opcode in RESERVED:
            frame(f'opcode-{opcode:x}', f'A frame with the reserved opcode {opcode:#x}', '5.2', role,
                  Frame(opcode, 'Hi', key=key), 'opcode-reserved')
            frame(f'opcode-{opcode:x}-negotiated', f'A frame with the opcode {opcode:#x}, negotiated', '5.2', role,
                  Frame(opcode, 'Hi', key=key), extensions={'opcodes': [opcode]})
        for name, bit in (('rsv1', RSV1), ('rsv2', RSV2), ('rsv3', RSV3)):
            for opcode in (CONTINUATION, TEXT, BINARY, PING):
                frame(f'{name}-on-{NAMES[opcode]}', f'{name.upper()} on a {NAMES[opcode]} frame without an extension', '5.2',
                      role, Frame(opcode, 'Hi', rsv=bit, key=key), 'rsv-bit')
                frame(f'{name}-on-{NAMES[opcode]}-negotiated', f'{name.upper()} on a {NAMES[opcode]} frame, negotiated', '5.2',
                      role, Frame(opcode, 'Hi', rsv=bit, key=key), extensions={name: True})
        for opcode in NAMES:
            starts = opcode in (TEXT, BINARY)
            payload = close_payload(1000) if opcode == CLOSE else 'Hi'
            frame(f'deflate-rsv1-on-{NAMES[opcode]}', f'RSV1 on a {NAMES[opcode]} frame, permessage-deflate negotiated', '5.2',
                  role, Frame(opcode, payload, rsv=RSV1, key=key), None if starts else 'rsv-bit',
                  extensions={'permessageDeflate': True})


def masks(frame):
    for opcode in NAMES:
        payload = close_payload(1000) if opcode == CLOSE else 'Hi'
        frame(f'{NAMES[opcode]}-without-key', f'A {NAMES[opcode]} frame without a masking key', '5.1', 'client',
              Frame(opcode, payload), 'mask-required')
        frame(f'{NAMES[opcode]}-with-key', f'A {NAMES[opcode]} frame with a masking key', '5.1', 'server',
              Frame(opcode, payload, key=KEY), 'mask-forbidden')
    for name, key in (('zero', bytes(4)), ('ff', b'\xff' * 4), ('other', OTHER_KEY), ('high-bit', bytes.fromhex('80000001'))):
        for length in (0, 1, 3, 4, 5, 8, 17, 64, 130):
            data = bytes(range(0x40, 0x40 + length)) if length < 64 else repeat(bytes(range(10)), length // 10)
            frame(f'key-{name}-length-{length}', f'The masking key {key.hex()}', '5.3', 'client',
                  Frame(BINARY, data, key=key))


def control(frame):
    for role, key in ROLES:
        for opcode in CONTROL:
            name = NAMES[opcode]
            frame(f'{name}-empty', f'An empty {name}', '5.5', role, Frame(opcode, key=key))
            frame(f'{name}-125', f'A {name} of 125 bytes', '5.5', role, Frame(opcode, payload_of(opcode, 125), key=key))
            for length in (126, 127, 65536):
                payload = close_payload(1000) + b'a' * (length - 2) if opcode == CLOSE else repeat('a', length)
                frame(f'{name}-{length}', f'A {name} of {length} bytes', '5.5', role,
                      Frame(opcode, payload if length < 1000 else repeat('a', length), key=key), 'control-too-long')
            frame(f'{name}-nofin', f'A {name} with FIN clear', '5.5', role, Frame(opcode, payload_of(opcode, 2), fin=False, key=key),
                  'control-fragmented')
        frame('close-one-byte', 'A Close frame whose payload is one byte', '5.5.1', role, Frame(CLOSE, b'\x03', key=key),
              'close-payload-length')
        for code in (999, 1004, 1005, 1006, 1015, 1016, 2999, 5000):
            frame(f'close-code-{code}', f'A Close frame with code {code}', '7.4', role,
                  Frame(CLOSE, close_payload(code), key=key), 'close-code')
        for name, octets, _ in invalid():
            if name in ('overlong-2-of-00', 'surrogate-d800', 'above-110000', 'tail-80', 'ff'):
                frame(f'close-reason-{name}', f'A Close frame with the reason {octets.hex(" ")}', '5.5.1', role,
                      Frame(CLOSE, close_payload(1000) + octets, key=key), 'close-reason-utf8')
        for value in SAMPLES[:4]:
            octets = chr(value).encode('utf-8')
            frame(f'close-reason-{value:04x}-cut', f'A Close frame whose reason is cut inside {code_point(value)}', '5.5.1', role,
                  Frame(CLOSE, close_payload(1000) + b'ok ' + octets[:-1], key=key), 'close-reason-utf8')
        frame('ping-any-bytes', 'A Ping whose payload is no UTF-8', '5.5.2', role, Frame(PING, b'\xff\xfe', key=key))
        frame('pong-any-bytes', 'A Pong whose payload is no UTF-8', '5.5.3', role, Frame(PONG, b'\xff\xfe', key=key))


def close_payloads(close):
    close('nothing', 'Neither code nor reason', None)
    for code in CODES:
        name = f' ({REGISTRY[code]})' if code in REGISTRY else ''
        if code == 1005:
            continue
        close(f'code-{code}', f'The code {code}{name}', code, refused=None if is_allowed(code) else 'close-code')
    for length in (1, 122, 123):
        close(f'reason-{length}', f'A reason of {length} bytes', 1000, 'r' * length)
    for length in (124, 125, 126, 65536):
        close(f'reason-{length}', f'A reason of {length} bytes', 1000, 'r' * length, 'control-too-long')
    for value in SAMPLES:
        octets = chr(value).encode('utf-8')
        close(f'reason-{value:04x}', f'A reason that is {code_point(value)}', 1000, chr(value))
        room = 123 // len(octets)
        close(f'reason-{value:04x}-most', f'A reason of as many {code_point(value)} as there is room for', 1000,
              chr(value) * room)
        close(f'reason-{value:04x}-too-many', f'A reason with one {code_point(value)} too many', 1000,
              chr(value) * (room + 1), 'control-too-long', note='The limit is one of bytes, not of characters.')


def encoder_file():
    return file_of(SOURCE, encoder_vectors(), True)
