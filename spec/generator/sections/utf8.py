"""UTF-8 by the grammar of RFC 3629 section 4, and by what it leaves out.

    UTF8-2 = %xC2-DF UTF8-tail
    UTF8-3 = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) / %xED %x80-9F UTF8-tail / %xEE-EF 2( UTF8-tail )
    UTF8-4 = %xF0 %x90-BF 2( UTF8-tail ) / %xF1-F3 3( UTF8-tail ) / %xF4 %x80-8F 2( UTF8-tail )
"""

TAIL = (0x80, 0xBF)
FORMS = (
    ((0xC2, 0xDF), TAIL),
    ((0xE0, 0xE0), (0xA0, 0xBF), TAIL),
    ((0xE1, 0xEC), TAIL, TAIL),
    ((0xED, 0xED), (0x80, 0x9F), TAIL),
    ((0xEE, 0xEF), TAIL, TAIL),
    ((0xF0, 0xF0), (0x90, 0xBF), TAIL, TAIL),
    ((0xF1, 0xF3), TAIL, TAIL, TAIL),
    ((0xF4, 0xF4), (0x80, 0x8F), TAIL, TAIL),
)

# The first and the last code point of everything that has a border somewhere.
CODE_POINTS = (
    0x0000, 0x0001, 0x001F, 0x0020, 0x007E, 0x007F, 0x0080, 0x009F, 0x00A0, 0x00FF, 0x0100, 0x07FE, 0x07FF, 0x0800,
    0x0801,
    0x0FFF, 0x1000, 0x1FFF, 0x2000, 0x2028, 0x20AC, 0x3FFF, 0x4000, 0x7FFF, 0x8000, 0xCFFF, 0xD000, 0xD7FE, 0xD7FF,
    0xE000, 0xE001, 0xF8FF, 0xFDCF, 0xFDD0, 0xFDEF, 0xFDF0, 0xFEFF, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF,
    0x10000, 0x10001, 0x1F600, 0x3FFFD, 0x40000, 0xFFFFD, 0x100000, 0x10FFFD,
    *(plane << 16 | low for plane in range(1, 0x11) for low in (0xFFFE, 0xFFFF)),
)

# One of each length and kind, whose bytes are all different.
SAMPLES = (0x00E9, 0x07FF, 0x0800, 0x20AC, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF)


def code_point(value):
    return f'U+{value:04X}'


def leads():
    """The first and the last lead byte of every form, each with the ranges of what follows."""
    for (first, last), *following in FORMS:
        yield first, following
        if last != first:
            yield last, following


def borders():
    """Sequences whose byte at one place is the last or first in its range, or the one beyond.

    Yields the sequence, and the index of the byte that cannot be there or None.
    """
    seen = set()
    for lead, following in leads():
        least = [low for low, _ in following]
        for place, (low, high) in enumerate(following):
            for octet, is_right in ((low - 1, False), (low, True), (high, True), (high + 1, False)):
                sequence = bytes([lead, *least[:place], octet, *least[place + 1:]])
                if sequence not in seen:
                    seen.add(sequence)
                    yield sequence, None if is_right else place + 1


def cut_off():
    """The lowest character of each lead byte without its last bytes, and how many bytes it has as a whole."""
    for lead, following in leads():
        whole = bytes([lead, *(low for low, _ in following)])
        for count in range(1, len(whole)):
            yield whole[:count], len(whole)


# What has a name. The index is that of the byte that no UTF-8 has there.
INVALID = (
    ('overlong-2-of-00', 'c0 80', 0), ('overlong-2-of-2f', 'c0 af', 0), ('overlong-2-of-7f', 'c1 bf', 0),
    ('overlong-3-of-00', 'e0 80 80', 1), ('overlong-3-of-2f', 'e0 80 af', 1), ('overlong-3-of-7ff', 'e0 9f bf', 1),
    ('overlong-4-of-00', 'f0 80 80 80', 1), ('overlong-4-of-2f', 'f0 80 80 af', 1),
    ('overlong-4-of-ffff', 'f0 8f bf bf', 1),
    ('overlong-5-of-00', 'f8 80 80 80 80', 0), ('overlong-6-of-00', 'fc 80 80 80 80 80', 0),
    ('5-bytes', 'fb bf bf bf bf', 0), ('6-bytes', 'fd bf bf bf bf bf', 0), ('fe', 'fe', 0), ('ff', 'ff', 0),
    ('utf-16-bom-be', 'fe ff', 0), ('utf-16-bom-le', 'ff fe', 0),
    ('surrogate-d800', 'ed a0 80', 1), ('surrogate-db7f', 'ed ad bf', 1), ('surrogate-db80', 'ed ae 80', 1),
    ('surrogate-dbff', 'ed af bf', 1), ('surrogate-dc00', 'ed b0 80', 1), ('surrogate-df80', 'ed be 80', 1),
    ('surrogate-dfff', 'ed bf bf', 1), ('surrogates-d83d-de00', 'ed a0 bd ed b8 80', 1),
    ('above-110000', 'f4 90 80 80', 1), ('above-13ffff', 'f4 bf bf bf', 1), ('above-140000', 'f5 80 80 80', 0),
    ('above-1fffff', 'f7 bf bf bf', 0),
    ('tail-80', '80', 0), ('tail-bf', 'bf', 0), ('tail-after-2', 'c3 a9 a9', 2), ('tail-after-3', 'e2 82 ac ac', 3),
    ('tail-after-4', 'f0 9f 98 80 80', 4), ('2-without-tail', 'c3 c3 a9', 1), ('3-without-tail', 'e2 82 e2 82 ac', 2),
    ('4-without-tail', 'f0 9f 98 f0 9f 98 80', 3), ('3-of-first-only', 'e2 61', 1), ('4-of-two-only', 'f0 9f 61', 2),
    ('latin-1', 'e9 74 e9', 1), ('gbk', 'c4 e3 ba c3', 1),
)


def invalid():
    for name, octets, at in INVALID:
        yield name, bytes.fromhex(octets), at
