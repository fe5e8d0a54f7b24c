"""Holds the reader of decode.py against every vector. It skips none.

    python3 check.py vectors.jsonl

Prints every disagreement, then a count; exits with 1 if there are any. A vector agrees if

- it is read as it says; an error is certain exactly when it says, its rule comes with the RFC, the section and the close code of
  the list in the schema, and the bytes before that are a valid beginning;
- a reader with the usual limits in place of those that it does not require comes to the same outcome, after the same byte;
- `prompt` is where the bytes end before the offending frame, or the wrong text, does, and no alternative is to wait for more;
- each choice that the RFCs leave (see decode.py), and any two of them together, give its verdict or that of an alternative, no earlier
  than the first of these and no later than the last; and each alternative comes of some choice;
- or the difference stands in LISTED, with its reason.
"""
import itertools
import json
import re
import sys

sys.dont_write_bytecode = True
from decode import Reader  # noqa: E402 (leaves no compiled copy beside it)

CHOICES = [
    'close-early', 'reason-first', 'known-codes', 'any-code', 'limit-first', 'limit-early', 'unsigned', 'wide', 'inflate-early',
    'inflated-only', 'empty', 'room', 'code-1002',
]
# Differences that stay: the choice, or what is compared; ids; the reason.
LISTED = [
    ('room', r'8\.1-.*',
     'Strictly a character is wrong once its message has no room left for it, be it the header of the last frame that says so. No RFC '
     'asks a reader to look at that: the vectors wait for a wrong byte or the end of the message.'),
]
# The lowest limit that a reader may have unless it is told another.
USUAL_LIMIT = 2 ** 20
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
    required = vector.get('requires', [])
    usual = {f'max{name.capitalize()}Length': USUAL_LIMIT for name in ('payload', 'message') if f'{name}-limit' not in required}
    if outcome_of(reading({**vector, **usual}, data)[0]) != outcome_of(want):
        yield 'requires', 'lacks a limit that has to be set'
    may_wait = any(other['outcome'] != 'error' for other in vector.get('alternatives', []))
    if vector.get('prompt', False) != (is_prompt(data, want['error']) and not may_wait):
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
        found.append(other)
        in_time = other['error'] is None or times and min(times) <= other['error']['detectedAfter'] <= max(times)
        is_late = vector.get('prompt', False) and other['outcome'] == 'incomplete'
        if not is_late and not (in_time and without_time(other) in map(without_time, verdicts)):
            yield ' and '.join(chosen), f"{other['outcome']} {other['error']} is no alternative"
    for other in alternatives:
        if other not in found:
            yield 'alternative', f"no choice gives {other['outcome']} {other['error']}"


def outcome_of(verdict):
    error = verdict['error'] and (verdict['error']['closeCode'], verdict['error']['detectedAfter'])
    return verdict['outcome'], error, verdict['frames'], verdict['messages']


def without_time(verdict):
    return {**verdict, 'error': verdict['error'] and {**verdict['error'], 'detectedAfter': None}}


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
