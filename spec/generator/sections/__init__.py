"""The vectors of fixtures/rfc6455, a module for each section of the RFC.

Each module's `files` yields a path below fixtures, and the source and the vectors of that file.
"""

from . import (
    rfc7692_section_6, rfc7692_section_7, section_5_1, section_5_2_lengths, section_5_2_opcodes, section_5_2_rsv,
    section_5_3, section_5_4, section_5_5, section_5_7, section_8_1, section_10_4,
)

MODULES = (
    section_5_1, section_5_2_opcodes, section_5_2_rsv, section_5_2_lengths, section_5_3, section_5_4, section_5_5,
    section_5_7,
    section_8_1, section_10_4, rfc7692_section_6, rfc7692_section_7,
)


def files():
    for module in MODULES:
        yield from module.files()
