"""Writes fixtures/documents/*.json and fixtures/rfc6455/*.json, and what has all vectors or all names in one file.

    python3 spec/generator/generate.py            writes the files
    python3 spec/generator/generate.py --check    lists the files that differ; exit status 1 if there are any
    python3 spec/generator/generate.py --stats    counts the vectors of each file and of each rule

Python 3.8 or later and its standard library. The result is the same on every run.
"""

import json
import sys
from collections import Counter
from pathlib import Path

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True

import documents  # noqa: E402
import encoder  # noqa: E402
import exports  # noqa: E402
import sections  # noqa: E402
from layout import file_of  # noqa: E402
from vectors import REQUIREMENTS, RULES  # noqa: E402

FIXTURES = Path(__file__).resolve().parents[2] / 'fixtures'


# The rules that no error of a vector has: what is discarded after a Close frame, and the end of the stream.
OTHER_RULES = {'after-close': (6455, '5.5.1', 1002), 'truncated': (6455, '7.1.5', 1006)}


def contents():
    """Every file of vectors for decoders that is generated: its path, its vectors, its text."""
    for module, ascii in ((documents, False), (sections, True)):
        for path, (source, vectors) in module.files():
            yield path, vectors, file_of(source, vectors, ascii)


def recorded():
    """The files of vectors that record.mjs wrote: path, vectors, text."""
    for path in sorted((FIXTURES / 'captures').glob('*.json')):
        text = path.read_text('utf-8')
        yield path.relative_to(FIXTURES).as_posix(), json.loads(text)['vectors'], text


def whole(files):
    """What is made of all the vectors: path and text."""
    every = sorted([*files, *recorded()], key=lambda file: file[0])
    vectors = [vector for _, of_file, _ in every for vector in of_file]
    yield 'vectors.jsonl', exports.json_lines(vectors)
    yield 'vectors.tsv', exports.tab_separated(vectors)
    yield 'encoder.json', encoder.encoder_file()
    yield 'manifest.json', manifest(every, vectors)


def manifest(every, vectors):
    rules = {**RULES, **OTHER_RULES}
    return json.dumps({
        'format': 1,
        'count': len(vectors),
        'files': [{'path': path, 'source': json.loads(text)['source'], 'count': len(of)} for path, of, text in every],
        'all': ['vectors.jsonl', 'vectors.tsv'],
        'schema': 'schema.json',
        'encoder': {'path': 'encoder.json', 'schema': 'encoder.schema.json', 'count': len(encoder.encoder_vectors())},
        'rules': [{'rule': rule, 'rfc': rfc, 'section': section, 'closeCode': code}
                  for rule, (rfc, section, code) in rules.items()],
        'requires': {name: sum(name in vector.get('requires', []) for vector in vectors) for name in REQUIREMENTS},
        'prompt': sum('prompt' in vector for vector in vectors),
    }, indent=2) + '\n'


def verdict(vector):
    return vector['error']['rule'] if 'error' in vector else vector['outcome']


def check_corpus(files):
    """Ids are unique, every rule is broken somewhere, and no file is left of a section that went away."""
    ids = Counter(vector['id'] for _, vectors, _ in files for vector in vectors)
    assert not [id for id, count in ids.items() if count > 1], [id for id, count in ids.items() if count > 1]
    systematic = {verdict(vector) for path, vectors, _ in files if path.startswith('rfc6455/') for vector in vectors}
    assert systematic == {*RULES, 'complete', 'incomplete'}, {*RULES} ^ systematic
    written = {path for path, _, _ in files}
    folders = [FIXTURES / 'documents', FIXTURES / 'rfc6455']
    found = {path.relative_to(FIXTURES).as_posix() for folder in folders for path in folder.glob('*.json')}
    assert found <= written, f'not generated: {sorted(found - written)}'


def print_stats(files):
    verdicts = [*RULES, 'complete', 'incomplete']
    for path, vectors, text in files:
        counts = Counter(map(verdict, vectors))
        print(f'{path}: {len(vectors)} vectors, {len(text.encode("utf-8"))} bytes')
        print('   ', ', '.join(f'{name} {counts[name]}' for name in verdicts if counts[name]))
    total = Counter(verdict(vector) for _, vectors, _ in files for vector in vectors)
    print(f'all: {sum(total.values())} vectors, {sum(len(text.encode("utf-8")) for _, _, text in files)} bytes')
    print('   ', ', '.join(f'{name} {total[name]}' for name in verdicts))


def main(arguments):
    if arguments not in ([], ['--check'], ['--stats']):
        print('usage: generate.py [--check | --stats]', file=sys.stderr)
        return 2
    files = list(contents())
    check_corpus(files)
    if arguments == ['--stats']:
        print_stats(files)
        return 0
    stale = []
    for name, text in [*((path, text) for path, _, text in files), *whole(files)]:
        path = FIXTURES / name
        content = text.encode('utf-8')
        if path.exists() and path.read_bytes() == content:
            continue
        stale.append(path)
        if not arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in stale:
        print(('stale: ' if arguments else 'written: ') + str(path.relative_to(FIXTURES.parent)))
    return 1 if arguments and stale else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
