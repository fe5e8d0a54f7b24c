"""How a file of vectors is written: bytes in hex and repeats, JSON with everything that is short on one line."""

import json

WIDTH = 120


def notation(wires):
    """Hex where it is short, a list of hex and repeats where it is not; a frame starts a new item of the list."""
    items = []
    for runs in wires:
        line = []
        for unit, count in runs:
            if count > 1:
                items.append(' '.join(line))
                items.append({'repeat': unit.hex(), 'count': count})
                line = []
                continue
            if not unit:
                continue
            if len(' '.join(line + [unit.hex()])) <= 90:
                line.append(unit.hex())
                continue
            for start in range(0, len(unit), 32):
                line.append(unit[start:start + 32].hex())
                items.append(' '.join(line))
                line = []
        items.append(' '.join(line))
    items = [item for item in items if item]
    if not items:
        return ''
    return items[0] if len(items) == 1 and isinstance(items[0], str) else items


# A run of a text that is longer is written as a repeat.
LONG_TEXT = 1000


def text_notation(runs):
    """The text; where a long part of it is one text over and over, a list of texts and repeats."""
    if not any(len(unit) * count > LONG_TEXT and count > 1 for unit, count in runs):
        return b''.join(unit * count for unit, count in runs).decode('utf-8')
    items = []
    for unit, count in runs:
        if len(unit) * count > LONG_TEXT and count > 1:
            items.append({'repeat': unit.decode('utf-8'), 'count': count})
        elif unit and items and isinstance(items[-1], str):
            items[-1] += (unit * count).decode('utf-8')
        elif unit:
            items.append((unit * count).decode('utf-8'))
    return items


def flat(value, ascii):
    if isinstance(value, dict):
        return '{ ' + ', '.join(f'{flat(key, ascii)}: {flat(item, ascii)}' for key, item in value.items()) + ' }'
    if isinstance(value, list):
        return '[' + ', '.join(flat(item, ascii) for item in value) + ']'
    return json.dumps(value, ensure_ascii=ascii)


def render(value, ascii, depth=0, used=0):
    pad = '  ' * (depth + 1)
    inline = flat(value, ascii)
    several = isinstance(value, list) and len(value) > 1 and isinstance(value[0], dict) and 'repeat' not in value[0]
    is_vector = isinstance(value, dict) and ('vectors' in value or 'id' in value)
    is_error = isinstance(value, dict) and 'rule' in value
    fits = is_error or used + len(inline) + 1 <= WIDTH and not several and not is_vector
    if fits or not value or not isinstance(value, (dict, list)):
        return inline
    if isinstance(value, dict):
        lines = []
        for key, item in value.items():
            start = f'{pad}{flat(key, ascii)}: '
            lines.append(start + render(item, ascii, depth + 1, len(start)))
        opening, closing = '{', '}'
    else:
        lines = [pad + render(item, ascii, depth + 1, len(pad)) for item in value]
        opening, closing = '[', ']'
    return opening + '\n' + ',\n'.join(lines) + '\n' + '  ' * depth + closing


def file_of(source, vectors, ascii):
    """`ascii`: text beyond ASCII is escaped, where code points tell more than characters that may have no glyph."""
    return render({'format': 1, 'source': source, 'vectors': vectors}, ascii) + '\n'
