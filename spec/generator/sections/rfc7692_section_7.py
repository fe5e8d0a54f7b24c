"""RFC 7692 section 7.2: what a compressed message holds, and what is no DEFLATE."""

from deflate import DYNAMIC, FIXED, deflate
from frames import BINARY, CONTINUATION, PING, RSV1, TEXT, Frame, binary, length_of, repeat, text, to_runs
from vectors import alternative

from .collection import ROLES, Collection
from .rfc7692_section_6 import DEFLATE, HELLO, HELLO_AGAIN, HELLO_FINAL_BLOCK, INFLATES_EARLY

HELLO_FINAL_BLOCK_TWICE = bytes.fromhex('f3480500cbc9c9070000')

# Why an empty payload may be taken for an empty message.
NOTHING_TO_LOSE = ('zlib writes nothing when it is flushed again without new data, and some senders send just that. Section 7.2.2 '
                   'does not say what to do with data that end inside a block. These hold no data, so nothing is lost.')


def files():
    data = Collection('rfc7692', 'RFC 7692 section 7.2: blocks, windows, and data that does not inflate', '7.2.2', 7692)
    broken(data.add)
    final_blocks(data.add)
    windows(data.add)
    splits(data.add)
    empty(data.add)
    return [data.file('rfc7692-7.2')]


def dynamic_hello(lengths_of_lengths=((18, 1), (1, 2), (2, 2)), hlit=257, begins=((18, (97 - 11, 7)),), more=()):
    """aab in a block with dynamic codes: a has one bit, b and the end of the block two.

    `begins` are the code lengths of the symbols before a, of which there are none; `more` those after the end of the block.
    """
    order = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
    lengths = dict(lengths_of_lengths)
    # The last of the 19 is never used.
    out = deflate().block(DYNAMIC).number(hlit - 257, 5).number(0, 5).number(len(order) - 1 - 4, 4)
    for symbol in order[:-1]:
        out.number(lengths.get(symbol, 0), 3)
    codes = canonical(lengths)

    def put(symbol, *extra):
        out.code(*codes[symbol])
        for value, count in extra:
            out.number(value, count)

    for symbol, *extra in begins:
        put(symbol, *extra)
    put(1)  # a
    put(2)  # b
    put(18, (138 - 11, 7))  # 99 to 236
    put(18, (19 - 11, 7))  # 237 to 255
    put(2)  # The end of the block.
    for symbol in more:
        put(symbol)
    put(1)  # One code for distances, of one bit.
    return out


def said_aab(block):
    """a is 0, b is 10, the end of the block is 11."""
    return block.code(0b0, 1).code(0b0, 1).code(0b10, 2).code(0b11, 2).message()


def canonical(lengths):
    """RFC 1951 section 3.2.2."""
    codes, code = {}, 0
    for count in range(1, 8):
        code <<= 1
        for symbol in sorted(symbol for symbol, length in lengths.items() if length == count):
            codes[symbol] = code, count
            code += 1
    return codes


def data_errors():
    """Name, description, the compressed bytes, and how many of them are enough to know."""
    yield 'block-type-3', 'A block of type 3', deflate().block(3).octets(), 1
    yield 'block-type-3-final', 'A block of type 3 with BFINAL set', deflate().block(3, True).octets(), 1
    yield ('block-type-3-second', 'A block with Hello, then one of type 3',
           deflate().fixed('Hello').block(3).octets(), 7)
    yield 'distance-1-first', 'A copy before there is anything to copy', (
        deflate().block(FIXED).copy(3, 1).end().message()), 2
    yield 'distance-4-after-3', 'A copy from distance 4 after three bytes', (
        deflate().block(FIXED).literals('abc').copy(3, 4).end().message()), 5
    yield 'distance-32768-after-5', 'A copy from distance 32768 after five bytes', (
        deflate().block(FIXED).literals('Hello').copy(3, 32768).end().message()), 9
    for code in (30, 31):
        yield f'distance-code-{code}', f'The distance code {code}, which means nothing', (
            deflate().block(FIXED).literals('abcd').symbol(257).code(code, 5).end().message()), 6
    for code in (286, 287):
        yield f'length-code-{code}', f'The length code {code}, which means nothing', (
            deflate().block(FIXED).literals('abcd').symbol(code).code(0, 5).end().message()), 6
    yield 'stored-complement', 'A stored block whose length and its complement do not match', (
        deflate().stored('Hello', complement=5).message()), 5
    yield 'stored-complement-one-bit', 'A stored block whose complement has one wrong bit', (
        deflate().stored('Hello', complement=0xFFFA ^ 0x8000).message()), 5
    yield 'stored-longer', 'A stored block of five bytes that says six', (
        deflate().stored('Hello', length=6).message()), 11
    yield 'stored-shorter', 'A stored block of five bytes that says one', (
        deflate().stored('Hello', length=1).message()), 11
    yield 'stored-cut', 'A stored block of five bytes without its last two', (
        deflate().stored('Hello').octets()[:-2]), 8
    yield 'stored-length-cut', 'A stored block that ends inside its length', deflate().stored('Hello').octets()[:2], 2
    for place in range(1, 6):
        yield (f'cut-after-{place}', f'Hello in one DEFLATE block, cut after {place} of 7 bytes', HELLO[:place], place)
    yield 'trailing-bytes', 'Hello, then de ad be ef', HELLO + bytes.fromhex('deadbeef'), len(HELLO) + 4
    yield 'not-deflate', 'The text Hello, not compressed', b'Hello', 5
    yield 'ff', 'Four bytes ff', b'\xff' * 4, 1
    yield 'zlib-header', 'A zlib header (RFC 1950) before the data', bytes.fromhex('789c') + HELLO, 5
    yield ('gzip-header', 'A gzip header (RFC 1952) before the data',
           bytes.fromhex('1f8b0800000000000003') + HELLO, 1)
    yield ('dynamic-over-subscribed', 'A block whose code lengths have more codes than there are',
           dynamic_hello(((18, 1), (1, 1), (2, 1))).octets(), 9)
    # Taken for six zeros, the rest would be in order.
    repetition = ((16, (3, 2)), (18, (91 - 11, 7)))
    yield ('dynamic-repeat-of-nothing', 'A block that begins with a repetition of the code length before it',
           said_aab(dynamic_hello(((16, 2), (1, 2), (2, 2), (18, 2)), begins=repetition)), 10)
    # Without it, the last code is one that nothing here uses.
    yield ('dynamic-over-subscribed-unused', 'A block whose codes for literals and lengths are one more than there are',
           said_aab(dynamic_hello(hlit=258, more=(2,))), 14)
    yield ('dynamic-too-many-codes', 'A block with 287 codes for literals and lengths, one too many',
           dynamic_hello(hlit=287).octets(), 3)


def broken(add):
    for role, key in ROLES:
        def both(id, description, parts, at=None, certain=None, **rest):
            """`certain`: how many bytes of which part are enough for a reader that inflates early."""
            at = len(parts) - 1 if at is None else at
            part, enough = certain
            total = length_of(parts[at].wire())
            early = [alternative(INFLATES_EARLY, error=('deflate-data', enough), at=part, delivered=part,
                                 inflated=rest.get('inflated', [])[:part])]
            add(f'data-{id}-{role}', f'{description}, from a {role}', parts, sender=role, extensions=DEFLATE,
                error=('deflate-data', total), at=at, alternatives=early if (part, enough) != (at, total) else [], **rest)

        before = 2 if key is None else 6
        for name, description, octets, enough in data_errors():
            both(name, description, [text(octets, rsv=RSV1, key=key)], certain=(0, before + min(enough, len(octets))))
        bad = deflate().block(3).octets()
        hello = text(HELLO, rsv=RSV1, key=key)
        both('binary', 'A binary message of a block of type 3', [binary(bad, rsv=RSV1, key=key)], certain=(0, before + 1))
        both('second-message', 'Hello, then a message that is cut short',
             [hello, text(HELLO[:3], rsv=RSV1, key=key)], certain=(1, before + 3), inflated=['Hello'])
        both('then-message', 'A message that is no DEFLATE, then one that is',
             [text(bad, rsv=RSV1, key=key), hello], at=0, certain=(0, before + 1))
        both('fragments', 'Hello, then a block of type 3, in two fragments with a Ping between',
             [text(HELLO[:6], fin=False, rsv=RSV1, key=key), Frame(PING, 'p', key=key),
              Frame(CONTINUATION, deflate().fixed('Hello').block(3).octets()[6:], key=key)], certain=(2, before + 1))
        both('first-fragment', 'A block of type 3 in the first fragment, then an empty final one',
             [text(bad, fin=False, rsv=RSV1, key=key), Frame(CONTINUATION, key=key)], certain=(0, before + 1),
             note='What is in a compressed message is judged when it is complete.')
        both('cut-in-fragments', 'The first three bytes of Hello, then an empty final fragment',
             [text(HELLO[:3], fin=False, rsv=RSV1, key=key), Frame(CONTINUATION, key=key)], certain=(1, before))
        add(f'data-open-{role}', f'A block of type 3 in a message that goes on, from a {role}',
            [text(bad, fin=False, rsv=RSV1, key=key)], sender=role, extensions=DEFLATE, inflated=[],
            note='What is in a compressed message is judged when it is complete.',
            alternatives=[alternative(INFLATES_EARLY, error=('deflate-data', before + 1), at=0, delivered=0)])
        both('distance-6-after-hello', 'Hello, then a message that copies from distance 6',
             [hello, text(deflate().block(FIXED).copy(5, 6).end().message(), rsv=RSV1, key=key)],
             certain=(1, before + 2), inflated=['Hello'], note='The window has five bytes.')
        uncompressed = deflate().block(FIXED).copy(5, 6).end().message()
        both('uncompressed-not-in-window', 'A message that is not compressed, then one that copies from it',
             [text('Hello', key=key), hello, text(uncompressed, rsv=RSV1, key=key)], certain=(2, before + 2),
             inflated=['Hello'],
             note='The window has what was inflated, and nothing of messages that were not compressed.')
        both('bytes-after-final-block', 'Hello in a block with BFINAL set, then de ad be ef',
             [text(HELLO_FINAL_BLOCK[:-1] + bytes.fromhex('deadbeef'), rsv=RSV1, key=key)],
             certain=(0, before + len(HELLO_FINAL_BLOCK)), requires=['bfinal'])
        both('final-block-alone', 'Hello in a block with BFINAL set, without the byte 00 after it',
             [text(HELLO_FINAL_BLOCK[:-1], rsv=RSV1, key=key)], certain=(0, before + len(HELLO_FINAL_BLOCK) - 1),
             requires=['bfinal'], note='Section 7.2.3.4: the tail is four bytes, and the fifth of the empty block has to come.')
        both('final-block-then-type-3', 'A block with BFINAL set, then a block of type 3',
             [text(HELLO_FINAL_BLOCK[:-1] + bad, rsv=RSV1, key=key)],
             certain=(0, before + len(HELLO_FINAL_BLOCK)), requires=['bfinal'])


def final_blocks(add):
    """Section 7.2.3.4: blocks with BFINAL set, after which the data goes on with the next byte."""
    for role, key in ROLES:
        def both(id, description, parts, inflated, requires=(), **rest):
            add(f'final-block-{id}-{role}', f'{description}, from a {role}', parts, sender=role, extensions=DEFLATE,
                inflated=inflated, section='7.2.3.4', requires=['bfinal', *requires], **rest)

        def compressed(data, opcode=TEXT, **rest):
            return Frame(opcode, data, rsv=RSV1, key=key, **rest)

        both('once', 'Hello in one block with BFINAL set', [compressed(HELLO_FINAL_BLOCK)], ['Hello'])
        both('twice', 'Hello in two blocks with BFINAL set', [compressed(HELLO_FINAL_BLOCK_TWICE)], ['Hello'])
        both('first-fragment', 'A block with BFINAL set is in the first of two fragments',
             [compressed(HELLO_FINAL_BLOCK_TWICE[:4], fin=False), Frame(CONTINUATION, HELLO_FINAL_BLOCK_TWICE[4:], key=key)],
             ['Hello'])
        both('first-fragment-ping', 'The same with a Ping between',
             [compressed(HELLO_FINAL_BLOCK_TWICE[:4], fin=False), Frame(PING, key=key),
              Frame(CONTINUATION, HELLO_FINAL_BLOCK_TWICE[4:], key=key)], ['Hello'])
        both('then-plain-block', 'A block with BFINAL set, then one without',
             [compressed(deflate().fixed('Hel', True).fixed('lo').message())], ['Hello'])
        both('then-stored', 'A block with BFINAL set, then a stored one',
             [compressed(deflate().fixed('Hel', True).stored('lo').message())], ['Hello'])
        both('stored', 'A stored block with BFINAL set', [compressed(deflate().stored('Hello', True).message())], ['Hello'])
        both('empty-first', 'An empty block with BFINAL set, then Hello',
             [compressed(deflate().fixed('', True).fixed('Hello').message())], ['Hello'])
        both('copy-over-it', 'A block with BFINAL set, then a copy of what was in it',
             [compressed(deflate().fixed('Hello', True).block(FIXED).copy(5, 5).end().message())], ['HelloHello'],
             note='Section 7.2.2 has one stream of blocks, and one window.')
        both('sixteen', 'Sixteen blocks with BFINAL set',
             [compressed(sixteen('0123456789abcdef'))], ['0123456789abcdef'])
        both('window-outlives-it', 'Hello in a block with BFINAL set, then Hello again from the window',
             [compressed(HELLO_FINAL_BLOCK), compressed(HELLO_AGAIN)], ['Hello', 'Hello'], ['context-takeover'],
             note='BFINAL ends a block, not the window.')
        both('window-outlives-two', 'Hello in two blocks with BFINAL set, then Hello again from the window',
             [compressed(HELLO_FINAL_BLOCK_TWICE), compressed(HELLO_AGAIN)], ['Hello', 'Hello'], ['context-takeover'])
        both('then-copy-from-before', 'Hello, then a block with BFINAL set and one that copies Hello from the window',
             [compressed(HELLO), compressed(deflate().fixed('a', True).block(FIXED).copy(5, 6).end().message())],
             ['Hello', 'aHello'], ['context-takeover'])
        both('after-plain', 'Hello, then Hello again in a block with BFINAL set and from the window',
             [compressed(HELLO), compressed(deflate().block(FIXED, True).copy(5, 5).end().align().message())],
             ['Hello', 'Hello'], ['context-takeover'])


def sixteen(characters):
    out = deflate()
    for character in characters:
        out.fixed(character, True)
    return out.message()


def dots(total):
    """A block with Hello and dots that is still open, and what is in it."""
    block = deflate().block(FIXED).literals('Hello.')
    rest = total - 6
    while rest > 0:
        # No copy is shorter than three bytes.
        length = 258 if rest == 258 or rest >= 261 else rest if rest < 258 else 255
        block.copy(length, 1)
        rest -= length
    return block, b'Hello' + b'.' * (total - 5)


def windows(add):
    """Section 7.1.1: distances that reach into the messages before."""
    for role, key in ROLES:
        def both(id, description, parts, inflated, requires=('context-takeover',), **rest):
            add(f'distance-{id}-{role}', f'{description}, from a {role}', parts, sender=role, extensions=DEFLATE,
                inflated=inflated, section='7.1.1', requires=requires, **rest)

        def compressed(data, opcode=BINARY):
            return Frame(opcode, data, rsv=RSV1, key=key)

        def again(distance):
            return compressed(deflate().block(FIXED).copy(5, distance).end().message(), TEXT)

        for distance in (600, 4096, 16384, 16385, 32768):
            block, inflated = dots(distance)
            needs = ['context-takeover'] + (['window-15'] if distance > 16384 else [])
            both(str(distance), f'A message of {distance} bytes, then one that copies from its beginning',
                 [compressed(block.end().message()), again(distance)], [inflated, 'Hello'], needs)
        block, inflated = dots(32769)
        both('32768-of-32769', 'A message of 32769 bytes, then one that copies from its second byte',
             [compressed(block.end().message()), again(32768)], [inflated, 'ello.'], ['context-takeover', 'window-15'])
        stored_data = to_runs(b'\x00\x58\x02\xa7\xfdHello') + repeat('.', 595) + [(b'\x00', 1)]
        both('600-stored', 'A stored block of 600 bytes, then a message that copies from its beginning',
             [compressed(stored_data), again(600)], [b'Hello' + b'.' * 595, 'Hello'])
        both('600-over-three', 'A message of 600 bytes, one of 5, one that is not compressed, then a copy from distance 605',
             [compressed(dots(600)[0].end().message()), again(600), text('plain', key=key), again(605)],
             [dots(600)[1], 'Hello', 'Hello'])
        both('5-into-both', 'A copy that begins in the message before and goes on in itself',
             [compressed(deflate().fixed('abc').message(), TEXT),
              compressed(deflate().block(FIXED).copy(7, 3).end().message(), TEXT)], ['abc', 'abcabca'])
        block, inflated = dots(32768)
        both('32768-within', 'A message whose end copies from its beginning, 32768 bytes before',
             [compressed(block.copy(5, 32768).end().message())], [inflated + b'Hello'], ['window-15'])


def splits(add):
    """Characters and blocks, cut at every byte."""
    blocks = (deflate().stored(b'a\xc3').fixed(b'\xa9\xe2\x82').stored(b'\xac\xf0').fixed(b'\x9f\x98\x80z').message())
    said = 'a\u00e9\u20ac\U0001f600z'
    for role, key in ROLES:
        def both(id, description, parts, **rest):
            add(f'split-{id}-{role}', f'{description}, from a {role}', parts, sender=role, extensions=DEFLATE,
                inflated=[said], section='6.1', **rest)

        def first(data):
            return text(data, fin=False, rsv=RSV1, key=key)

        before = 2 if key is None else 6
        both('whole', 'Characters that begin in one DEFLATE block and end in the next', [text(blocks, rsv=RSV1, key=key)],
             cuts=[before + place for place in range(1, len(blocks))])
        for place in range(1, len(blocks)):
            both(f'after-{place}', f'Blocks and characters in fragments of {place} and {len(blocks) - place} bytes',
                 [first(blocks[:place]), Frame(CONTINUATION, blocks[place:], key=key)])
        both('everywhere', 'A fragment for each byte',
             [first(blocks[:1]), *(Frame(CONTINUATION, blocks[i:i + 1], fin=False, key=key) for i in range(1, len(blocks))),
              Frame(CONTINUATION, key=key)])
        both('everywhere-pings', 'A fragment for each byte, Pings between',
             [first(blocks[:1]),
              *(part for i in range(1, len(blocks))
                for part in (Frame(PING, 'p', key=key), Frame(CONTINUATION, blocks[i:i + 1], fin=False, key=key))),
              Frame(CONTINUATION, key=key)])


def empty(add):
    """Section 7.2.3.6."""
    for role, key in ROLES:
        def both(id, description, parts, inflated, section='7.2.3.6', **rest):
            add(f'empty-{id}-{role}', f'{description}, from a {role}', parts, sender=role, extensions=DEFLATE,
                inflated=inflated, section=section, **rest)

        def compressed(data, opcode=TEXT, **rest):
            return Frame(opcode, data, rsv=RSV1, key=key, **rest)

        both('binary', 'An empty binary message', [compressed(b'\0', BINARY)], [''])
        both('twice', 'Two empty messages', [compressed(b'\0'), compressed(b'\0', BINARY)], ['', ''])
        both('then-again', 'Hello, an empty message, then Hello again from the window',
             [compressed(HELLO), compressed(b'\0'), compressed(HELLO_AGAIN)], ['Hello', '', 'Hello'],
             requires=['context-takeover'])
        both('fixed-block', 'An empty block with fixed codes', [compressed(deflate().fixed('').message())], [''])
        both('stored-blocks', 'Three empty stored blocks',
             [compressed(deflate().stored('').stored('').stored('').message())], [''])
        both('in-two', 'An empty message in two fragments', [compressed(b'\0', fin=False), Frame(CONTINUATION, key=key)], [''])
        both('uncompressed', 'An empty message that is not compressed', [text('', key=key)], [], '6')
        both('dynamic', 'A block with dynamic codes, which is not empty', [compressed(said_aab(dynamic_hello()))], ['aab'], '7.2.1')
        for kind, what, parts in (
                ('', 'A compressed message', [compressed(b'')]),
                ('-binary', 'A compressed binary message', [compressed(b'', BINARY)]),
                ('-fragments', 'A compressed message in two fragments', [compressed(b'', fin=False), Frame(CONTINUATION, key=key)])):
            add(f'data-no-bytes{kind}-{role}', f'{what} without a byte, which no sender should send but some do, from a {role}', parts,
                sender=role, extensions=DEFLATE, error=('deflate-data', length_of(parts[-1].wire())),
                note='Section 7.2.3.6 has the byte 00 for an empty message. The tail of four bytes alone is a stored block that is cut off.',
                alternatives=[alternative(NOTHING_TO_LOSE, outcome='complete', delivered=len(parts))])
