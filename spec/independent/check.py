"""Holds the reader of decode.py against every vector. It skips none.

    python3 check.py vectors.jsonl

Prints every disagreement, then a count; exits with 1 if there are any. A vector agrees if

- it is read as it says; an error is certain exactly when it says, its rule comes with the RFC, the section and the close code of
  the list in the schema, and the bytes before that are a valid beginning;
- `prompt` is where the bytes end before the offending frame, or the wrong text, does;
- each choice that the RFCs leave (see decode.py) gives its verdict or that of an alternative, and each alternative comes of some choice;
- or the difference stands in LISTED, with its reason.
"""
import itertools
import json
import re
import sys

sys.dont_write_bytecode = True
from decode import Reader  # noqa: E402 (leaves no compiled copy beside it)

CHOICES = [
    'close-early', 'reason-first', 'known-codes', 'any-code', 'limit-first', 'form', 'unsigned', 'wide', 'inflate-early', 'inflated-only',
    'empty', 'room',
]
SENDER = '(-client|-server)?'
UNSAFE = f'10\\.4-(unsafe-and-(no-)?limit|fragments-sum-past-2-63-minus-[167]){SENDER}'
# Differences that stay: the choice, or what is compared; ids; the reason.
LISTED = [
    ('room', r'8\.1-.*',
     'Strictly a character is wrong once its message has no room left for it, be it the header of the last frame that says so. No RFC '
     'asks a reader to look at that: the vectors wait for a wrong byte or the end of the message.'),
    ('form', rf'10\.4-(payload-(125|65535)-exceeded|(not-minimal-16|not-minimal-64|msb|unsafe)-and-limit){SENDER}',
     'Limits are checked when the length is complete. Only where the bytes end before that is the other an alternative.'),
    ('limit-first', UNSAFE, 'length-unsafe comes first in the list, with the same close code after the same byte.'),
    ('wide', UNSAFE, 'As before: a reader that has no such rule finds the length over the limit, after the same byte.'),
    ('known-codes', rf'7\.4-code-101[234]-with-reason{SENDER}',
     'The alternative is certain at the end of the code. A reader that waits for the end of the frame is late, which is no failure.'),
    ('alternative', rf'rfc7692-limit-over-by-a-mebibyte{SENDER}',
     'It says one byte less: there the length of the match that goes over the limit is known, but not yet its distance.'),
    ('prompt', 'doc003-masked-with-and', 'The bytes do not end before the frame does: a reader of whole messages finds the violation too.'),
]
# Longer streams are there for their length: one reading is enough.
LONG = 2 ** 17


def bytes_of(value):
    if isinstance(value, str):
        return bytes.fromhex(value)
    return b''.join(bytes.fromhex(part['repeat']) * part['count'] if isinstance(part, dict) else bytes.fromhex(part) for part in value)


def text_of(value):
    if isinstance(value, str):
        return value
    return ''.join(part['repeat'] * part['count'] if isinstance(part, dict) else part for part in value)


def list_of(items, one):
    return [x for item in items for x in ([one(item['repeat'])] * item['count'] if 'repeat' in item else [one(item)])]


def frame_of(frame):
    rsv = 4 * frame.get('rsv1', False) + 2 * frame.get('rsv2', False) + frame.get('rsv3', False)
    key = frame['maskingKey']
    return frame['fin'], rsv, frame['opcode'], key if key is None else bytes.fromhex(key), bytes_of(frame['payload'])


def message_of(message):
    kind = message['type']
    if kind == 'close':
        return kind, message['code'], message['reason']
    return kind, text_of(message['data']) if kind == 'text' else bytes_of(message['data'])


def verdict_of(vector):
    return {
        'outcome': vector['outcome'], 'error': vector.get('error'), 'frames': list_of(vector['frames'], frame_of),
        'messages': list_of(vector['messages'], message_of),
    }


def reading(vector, data, *choices):
    reader = Reader(vector, data, choices)
    outcome, error = reader.read()
    return {'outcome': outcome, 'error': error, 'frames': reader.frames, 'messages': reader.messages}, reader


def disagreements(vector):
    """Pairs of what is compared and what differs."""
    data, want = bytes_of(vector['bytes']), verdict_of(vector)
    got, reader = reading(vector, data)
    yield from ((field, f'expected {want[field]!r:.300}, got {got[field]!r:.300}') for field in want if want[field] != got[field])
    if vector.get('afterClose', {}).get('offset') != reader.after_close:
        yield 'afterClose', f"expected {vector.get('afterClose')}, got {reader.after_close}"
    if vector.get('prompt', False) != is_prompt(data, want['error']):
        yield 'prompt', 'is not where the bytes end'
    if len(data) > LONG:
        return
    if want['error'] is not None:
        after = want['error']['detectedAfter']
        if reading(vector, data[:after - 1])[0]['outcome'] == 'error' or reading(vector, data[:after])[0]['error'] != want['error']:
            yield 'detectedAfter', f'not certain after exactly {after} bytes'
    yield from disagreements_of_choices(vector, data, want)


def disagreements_of_choices(vector, data, want):
    alternatives = [{**want, 'error': None, **verdict_of({**vector, 'error': None, **other})} for other in vector.get('alternatives', [])]
    verdicts = [want, *alternatives]
    times = [verdict['error']['detectedAfter'] for verdict in verdicts if verdict['error']]
    found = []
    for chosen in itertools.chain(((choice,) for choice in CHOICES), itertools.combinations(CHOICES, 2) if alternatives else ()):
        other = reading(vector, data, *chosen)[0]
        found.append(comparable(other))
        in_time = other['error'] is None or times and min(times) <= other['error']['detectedAfter'] <= max(times)
        is_late = vector.get('prompt', False) and other['outcome'] == 'incomplete'
        agrees = is_late or in_time and comparable(other, False) in [comparable(verdict, False) for verdict in verdicts]
        if len(chosen) == 1 and not agrees:
            yield chosen[0], f"{other['outcome']} {other['error']} is no alternative"
    for other in alternatives:
        if comparable(other) not in found:
            yield 'alternative', f"no choice gives {other['outcome']} {other['error']}"


def comparable(verdict, with_time=True):
    """RFC 7692 names no close code for data that do not inflate."""
    error = verdict['error']
    if error is None:
        return verdict
    code = None if error['rule'] == 'deflate-data' else error['closeCode']
    return {**verdict, 'error': {**error, 'closeCode': code, 'detectedAfter': error['detectedAfter'] if with_time else None}}


def is_prompt(data, error):
    """Whether the bytes end before the offending frame does, or the message of a wrong text."""
    at = error['offset'] if error else len(data)
    while at < len(data):
        if at + 2 > len(data):
            return True
        first, size = data[at], {126: 2, 127: 8}.get(data[at + 1] & 127, 0)
        length = int.from_bytes(data[at + 2:at + 2 + size], 'big') if size else data[at + 1] & 127
        header = 2 + size + (4 if data[at + 1] > 127 else 0)
        if at + header + length > len(data) or at + 2 + size > len(data):
            return True
        at += header + length
        if error['rule'] != 'text-utf8' or first > 127 and first & 15 < 8:
            return False
    return error is not None


def main(path):
    count, failed, used = 0, 0, [0] * len(LISTED)
    with open(path, encoding='utf-8') as lines:
        for vector in map(json.loads, lines):
            count += 1
            for kind, difference in disagreements(vector):
                listed = [i for i, (of, ids, _) in enumerate(LISTED) if of == kind and re.fullmatch(ids, vector['id'])]
                for i in listed:
                    used[i] += 1
                if not listed:
                    failed += 1
                    print(f"{vector['id']}\t{kind}: {difference}")
    for (kind, ids, reason), uses in zip(LISTED, used):
        print(f'listed: {kind}, {uses} vectors: {reason}')
        if uses == 0:
            failed += 1
            print(f'{ids}\t{kind}: listed, but no vector differs any more')
    print(f'{count} vectors, {failed} disagreements')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
