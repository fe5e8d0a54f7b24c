"""Holds a frame parser against every test vector, and says which rules it does not know.

    python3 spec/examples/consume.py [FOLDER OF THE VECTORS]
"""
import json
import sys
from collections import defaultdict
from pathlib import Path


def parse(data, vector):
    """Your implementation goes here: frames and outcome. This one is what many write first, and knows two rules."""
    frames, position = [], 0
    while position < len(data):
        first, second = data[position], data[position + 1] if position + 1 < len(data) else 0
        if (first & 0x70) != 0 or (first & 0x0F) not in (0, 1, 2, 8, 9, 10):
            return frames, 'error'
        length, start = second & 0x7F, position + 2
        if length >= 126:
            start += 2 if length == 126 else 8
            length = int.from_bytes(data[position + 2 : start], 'big')
        key = data[start : start + 4] if second & 0x80 else bytes(4)
        start += 4 if second & 0x80 else 0
        if len(data) < start + length:
            return frames, 'incomplete'
        payload = bytes(octet ^ key[i % 4] for i, octet in enumerate(data[start : start + length]))
        frames.append({'fin': first >= 0x80, 'opcode': first & 0x0F, 'payload': payload})
        position = start + length
    return frames, 'complete'


def expand(value):
    """Hex, or a list of hex and {"repeat": hex, "count": n}."""
    parts = [value] if isinstance(value, str) else value
    return b''.join(
        bytes.fromhex(part) if isinstance(part, str) else bytes.fromhex(part['repeat']) * part['count'] for part in parts
    )


def passes(vector):
    frames, outcome = parse(expand(vector['bytes']), vector)
    expected = [
        {'rsv1': False, 'rsv2': False, 'rsv3': False, **frame, 'payload': expand(frame['payload'])} for frame in vector['frames']
    ]
    if vector.get('error', {}).get('rule') in ('text-utf8', 'message-too-long'):  # Not for a parser of frames to see.
        frames, outcome = frames[: len(expected)], 'error'
    same = len(frames) == len(expected) and all(frame.items() <= wanted.items() for frame, wanted in zip(frames, expected))
    return same and outcome == vector['outcome']


folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / 'fixtures'
results = defaultdict(lambda: ([], []))
for path in sorted(folder.glob('*/*.json')):
    for vector in json.loads(path.read_text('utf-8'))['vectors']:
        rule = vector.get('error', {}).get('rule', vector['outcome'])
        results[rule][passes(vector)].append(vector['id'])

for rule, (failed, passed) in sorted(results.items()):
    print(f'{rule:24} {len(passed):5} passed {len(failed):5} failed', *failed[:2])
failures = sum(len(failed) for failed, _ in results.values())
print(f'{failures + sum(len(passed) for _, passed in results.values())} vectors, {failures} failed')
sys.exit(1 if failures > 0 else 0)
