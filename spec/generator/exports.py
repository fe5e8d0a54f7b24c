"""All vectors in one file: as JSON, one vector a line, and tab-separated for languages without JSON."""

import json

# The columns before the verdicts. Four more for each verdict: the vector's own, then its alternatives.
COLUMNS = (
    'id', 'rfc', 'section', 'sender', 'requires', 'prompt', 'extensions', 'maxPayloadLength', 'maxMessageLength', 'cuts',
    'bytes', 'afterClose', 'description',
)
VERDICT = ('frames', 'messages', 'outcome', 'error')
NONE = '-'


def json_lines(vectors):
    return ''.join(json.dumps(vector, separators=(',', ':')) + '\n' for vector in vectors)


def tab_separated(vectors):
    head = '\t'.join(COLUMNS + VERDICT + ('alternatives',))
    return ''.join(line + '\n' for line in [head, *map(line_of, vectors)])


def line_of(vector):
    columns = [
        vector['id'], str(vector['rfc']), vector['section'], vector.get('sender', NONE), names(vector.get('requires')),
        'prompt' if vector.get('prompt') else NONE, extensions(vector.get('extensions', {})),
        str(vector.get('maxPayloadLength', NONE)), str(vector.get('maxMessageLength', NONE)),
        names(map(str, vector.get('cuts', []))), octets(vector['bytes']) or NONE, violation(vector.get('afterClose')),
        vector['description'],
    ]
    for one in (vector, *({**vector, **alternative} for alternative in vector.get('alternatives', []))):
        columns += verdict(one)
    line = '\t'.join(columns)
    assert '\n' not in line and line.count('\t') == len(columns) - 1, vector['id']
    return line


def verdict(one):
    return (
        ' '.join(item(frame, frame_of) for frame in one['frames']) or NONE,
        ' '.join(item(message, message_of) for message in one['messages']) or NONE,
        one['outcome'],
        violation(one['error'] if one['outcome'] == 'error' else None),
    )


def names(values):
    return ','.join(values or ()) or NONE


def extensions(value):
    found = ['permessage-deflate'] if value.get('permessageDeflate') else []
    found += [name for name in ('rsv1', 'rsv2', 'rsv3') if value.get(name)]
    found += [f'opcode-{opcode:x}' for opcode in value.get('opcodes', [])]
    return names(found)


def octets(value):
    """Hex; 61*65536 is a byte 65536 times, and parts are joined by +."""
    parts = [value] if isinstance(value, str) else value
    return '+'.join(
        part.replace(' ', '') if isinstance(part, str) else f'{part["repeat"]}*{part["count"]}' for part in parts
    )


def text(value):
    """The bytes of a text."""
    parts = [value] if isinstance(value, str) else value
    return octets([
        part.encode('utf-8').hex() if isinstance(part, str)
        else {'repeat': part['repeat'].encode('utf-8').hex(), 'count': part['count']} for part in parts
    ])


def item(value, notation):
    """65535x before what comes 65535 times."""
    return f'{value["count"]}x{notation(value["repeat"])}' if 'repeat' in value else notation(value)


def frame_of(frame):
    bits = sum(bit for name, bit in (('rsv1', 4), ('rsv2', 2), ('rsv3', 1)) if frame.get(name))
    fields = (str(int(frame['fin'])), str(bits), f'{frame["opcode"]:x}', frame['maskingKey'] or NONE)
    return ':'.join((*fields, octets(frame['payload'])))


def message_of(message):
    if message['type'] == 'close':
        return f'close:{message["code"]}:{text(message["reason"])}'
    return f'{message["type"]}:{(text if message["type"] == "text" else octets)(message["data"])}'


def violation(error):
    if not error:
        return NONE
    return ':'.join(str(error[name]) for name in ('rule', 'rfc', 'section', 'closeCode', 'offset', 'detectedAfter'))
