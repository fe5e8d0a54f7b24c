"""The examples of RFC 6455 section 5.7."""

from frames import CONTINUATION, PING, PONG, TEXT, Frame, binary, masked, repeat, text
from vectors import vector as vector_of


def vector(*arguments):
    return vector_of(*arguments, section='5.7')


def files():
    yield 'rfc6455/5.7.json', examples()


def examples():
    octets = '000102030405060708090a0b0c0d0e0f'
    bullet = 'Section 5.7, "{}".'.format
    return 'RFC 6455 section 5.7', [
        vector('5.7-unmasked-text', 'A single-frame unmasked text message',
               bullet('A single-frame unmasked text message'), [text('Hello')], 'server'),
        vector('5.7-masked-text', 'A single-frame masked text message',
               bullet('A single-frame masked text message'), [masked(TEXT, 'Hello')], 'client'),
        vector('5.7-fragmented-text', 'A fragmented unmasked text message',
               bullet('A fragmented unmasked text message'),
               [text('Hel', fin=False), Frame(CONTINUATION, 'lo')], 'server'),
        vector('5.7-unmasked-ping', 'An unmasked Ping request',
               bullet('Unmasked Ping request and masked Ping response') + ' The first of the two, from the server.',
               [Frame(PING, 'Hello')], 'server'),
        vector('5.7-masked-pong', 'A masked Ping response with the body of the Ping',
               bullet('Unmasked Ping request and masked Ping response') + ' The second of the two, from the client.',
               [masked(PONG, 'Hello')], 'client'),
        vector('5.7-256-bytes-binary', 'A binary message of 256 bytes in a single unmasked frame',
               bullet('256 bytes binary message in a single unmasked frame')
               + ' The RFC leaves the data open; here it is every byte once, in order.',
               [binary(bytes(range(256)))], 'server'),
        vector('5.7-64-kib-binary', 'A binary message of 64 KiB in a single unmasked frame',
               bullet('64KiB binary message in a single unmasked frame')
               + ' The RFC leaves the data open; here it is 00 to 0f over and over.',
               [binary(repeat(bytes.fromhex(octets), 4096))], 'server'),
    ]
