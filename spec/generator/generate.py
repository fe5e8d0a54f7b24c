"""Writes fixtures/documents/*.json and fixtures/rfc6455/*.json.

    python3 spec/generator/generate.py            writes the files
    python3 spec/generator/generate.py --check    lists the files that differ; exit status 1 if there are any
    python3 spec/generator/generate.py --stats    counts the vectors of each file and of each rule

Python 3.8 or later and its standard library. The result is the same on every run.
"""

import sys
from collections import Counter
from pathlib import Path

# No __pycache__ beside the sources.
sys.dont_write_bytecode = True

import documents  # noqa: E402
import sections  # noqa: E402
from layout import file_of  # noqa: E402
from vectors import RULES  # noqa: E402

FIXTURES = Path(__file__).resolve().parents[2] / 'fixtures'


def contents():
    """Every file: its path, its vectors, its text."""
    for module, ascii in ((documents, False), (sections, True)):
        for path, (source, vectors) in module.files():
            yield path, vectors, file_of(source, vectors, ascii)


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
    for name, _, text in files:
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
