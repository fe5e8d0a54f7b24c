"""The vectors of fixtures/documents.

What a document's function makes of bytes is found by running it (snippets.py); what is right comes from RFC 6455.
"""

import struct

import vectors as plain
from frames import (
    BINARY, CLOSE, CONTINUATION, KEY, PING, PONG, RSV1, RSV2, RSV3, TEXT,
    Frame, Raw, binary, close_payload, expand, header, mask_runs, masked, repeat, start_of, text, without_last_byte,
    xor,
)
from snippets import (
    Connection, get_data_001, get_datalength_002, masked_with_and_003, parse_data_002, receive_003, send_message_002,
    send_msg_001, send_msg_003,
)
from vectors import MAX_SAFE

NORMAL = close_payload(1000)
GOING_AWAY = close_payload(1001)
# A code whose two bytes happen to be UTF-8, 0c 21, so that a decoder of text does not stumble over it.
PRIVATE = close_payload(3105, 'bye')


def sent(name, function, data):
    """What a function of a document sends, for `vector`."""
    connection = Connection()
    function(connection, data)
    return f'{name} sends these bytes.', connection.sent


def sent_but_last(name, function, data):
    """The same without the last byte, which saves writing a long text message down."""
    _, octets = sent(name, function, data)
    return f'{name} sends these bytes and one more.', octets[:-1]


def vector(id, description, note, parts, sent=None, reads=None, **rest):
    """A vector with what a document's function does.

    `sent` (a sentence, bytes) are bytes that one sent, which must be those of the vector. `reads` (a name, a function,
    what it returns) is what one makes of the bytes: of all of them, or of each part when a list is expected. Both end
    up in the note.
    """
    result = plain.vector(id, description, note, parts, **{'section': section_of(id, rest.get('error')), **rest})
    wires = [part.wire() for part in parts]
    octets = b''.join(expand(wire) for wire in wires)
    if sent:
        sentence, produced = sent
        assert produced == octets, (id, produced[:20], octets[:20])
        result['note'] += ' ' + sentence
    if reads:
        result['note'] += ' ' + reading(id, *reads, octets, wires, result['messages'])
    return result


# Words of ids, and the section of RFC 6455 that such a vector is about; the first that fits.
SECTIONS = (
    ('close', '5.5.1'), ('quit', '5.6'), ('fin-clear-on', '5.5'), ('control', '5.5'), ('ping', '5.5.2'), ('fin', '5.4'),
    ('fragments', '5.4'), ('and-following', '5.4'), ('opcode-0', '5.4'), ('opcode', '5.2'), ('masking-key', '5.3'), ('masked-with', '5.3'),
    ('masked-1', '5.2'), ('masked-6', '5.2'), ('mask', '5.1'), ('rsv', '5.2'), ('length', '5.2'), ('figure', '5.2'), ('recv', '5.2'),
    ('12', '5.2'), ('32767', '5.2'), ('65535', '5.2'), ('65536', '5.2'), ('8096', '5.2'), ('extension', '5.2'), ('byte-order', '5.2'),
)


def section_of(id, error):
    """The section that has the broken rule, or else the one that the id speaks of."""
    name = id.split('-', 1)[1]
    # Two that the section of the rule would not find: a length is the cause of the one, masking of the other.
    if error and error[0] != 'length-unsafe' and 'masked-with' not in name:
        return plain.RULES[error[0]][1]
    return next((section for word, section in SECTIONS if word in name), '5.6')


def reading(id, name, function, expected, octets, wires, messages):
    """Runs a document's decoder and says what it made of the bytes."""
    def run(data):
        try:
            return function(data)
        except Exception as problem:
            return type(problem)

    result = [run(expand(wire)) for wire in wires] if isinstance(expected, list) else run(octets)
    assert result == expected, (id, result, expected)
    if isinstance(expected, list):
        return f'{name} called once per frame gives ' + ', then '.join(quoted(one) for one in expected) + '.'
    if isinstance(expected, type):
        return f'{name} fails with {expected.__name__}.'
    if len(messages) == 1 and messages[0].get('data') == expected:
        return f'{name} returns the same text.'
    return f'{name} returns {quoted(expected)}.'


def quoted(value):
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, str) and len(value) > 60:
        return f'{len(value)} characters'
    return repr(value)


# ----------------------------------------------------------------------------------------------------------------------

def document_000():
    source = ('"websocket的python代码", a note on a document-sharing site (https://www.wddqxz.cn/'
              '1ecdd2d9aaea998fcd220e09.html): the lengths in three sentences of Chinese and the frame layout in seven '
              'items of English')
    vectors = []

    def add(id, *rest, sender='server', **named):
        vectors.append(vector('doc000-' + id, *rest, sender=sender, **named))

    one = 'Chinese item 1 ("长度小于125时").'
    two = 'Chinese item 2 ("数据长度在128-65525之间时").'
    three = 'Chinese item 3 ("数据长度在65526-2^64-1之间时").'

    add('length-0', 'No payload: the 7-bit length is 0', one, [binary(b'')])
    add('length-124', '124 bytes: the last length below 125', one, [binary(repeat('a', 124))])
    add('length-125', '125 bytes still have the 7-bit form',
        one + ' Erratum: "less than 125" should be at most 125; and 125 is not a marker, although the line under 参考 '
        'says so ("由于使用125, 126, 127用作标志位").', [binary(repeat('a', 125))])
    add('length-125-in-16-bits', '125 bytes in the 16-bit form: not the minimal one',
        one + ' This is what taking 125 for a marker, or "less than 125" at its word, leads to.',
        [binary(repeat('a', 125), bits=16)], error=('length-not-minimal', 4))
    add('length-126', '126 bytes: the first length of the 16-bit form',
        one + ' Erratum: items 1 and 2 leave 126 and 127 without a form; the 16-bit one starts at 126.',
        [binary(repeat('a', 126))])
    add('length-126-in-7-bits', 'The value 126 in the 7-bit field is the marker of the 16-bit form, never a length',
        'Introduction ("8bit和 16bit和 64 bit(即 127, 65535,和2^64-1)"). Erratum: 7 bits hold lengths up to 125, not '
        '127. The first two bytes of the payload are taken for the length 0x6161, 24929, so the frame goes on.',
        [Raw([(b'\x82\x7e', 1), (b'a', 126)])], outcome='incomplete')
    add('length-127', '127 bytes in the 16-bit form',
        one + ' Erratum: see doc000-length-126.', [binary(repeat('a', 127))])
    add('length-127-in-7-bits', 'The value 127 in the 7-bit field is the marker of the 64-bit form, never a length',
        'Introduction ("8bit ... 127"). Erratum: see doc000-length-126-in-7-bits. The first eight bytes of the payload '
        'are taken for the length 0x6161616161616161, over 2^53-1.',
        [Raw([(b'\x82\x7f', 1), (b'a', 127)])], error=('length-unsafe', 10))
    add('length-128', '128 bytes: the first length that the document gives 16 bits', two, [binary(repeat('a', 128))])
    add('length-65525', '65525 bytes: the last length that the document gives 16 bits', two,
        [binary(repeat('a', 65525))])
    add('length-65526', '65526 bytes have the 16-bit form',
        two + ' Erratum: the 16-bit form ends at 65535, not 65525.', [binary(repeat('a', 65526))])
    add('length-65526-in-64-bits', '65526 bytes in the 64-bit form: not the minimal one',
        three + ' What the document asks for. Six leading zero bytes in the length make it certain.',
        [binary(repeat('a', 65526), bits=64)], error=('length-not-minimal', 8))
    add('length-65535', '65535 bytes: the last length of the 16-bit form', two + ' Erratum: see doc000-length-65526.',
        [binary(repeat('a', 65535))])
    add('length-65535-in-64-bits', '65535 bytes in the 64-bit form: not the minimal one', three,
        [binary(repeat('a', 65535), bits=64)], error=('length-not-minimal', 8))
    add('length-65536', '65536 bytes: the first length of the 64-bit form',
        three + ' Erratum: the 64-bit form starts at 65536, not 65526.', [binary(repeat('a', 65536))])
    add('length-2-63-minus-1', 'The largest length the RFC has, 2^63-1, is over what a number carries exactly',
        three + ' Erratum: the largest length is 2^63-1, not 2^64-1. No reader of this corpus takes more than 2^53-1.',
        [Raw('827f 7fffffffffffffff')], error=('length-unsafe', 10))
    add('length-2-63', 'A length of 2^63 has the most significant bit set',
        three + ' Erratum: see doc000-length-2-63-minus-1.', [Raw('827f 8000000000000000')], error=('length-msb', 3))
    add('length-2-64-minus-1', 'A length of 2^64-1 has the most significant bit set',
        three + ' The largest length of the document.', [Raw('827f ffffffffffffffff')], error=('length-msb', 3))

    add('fin-single-frame', 'The first frame of a message is also its last', 'English item 1 (Fin).', [text('Web')])
    add('fin-clear', 'A message that has not ended yet: a frame, but no message', 'English item 1 (Fin).',
        [text('Web', fin=False)])
    add('fin-clear-on-ping', 'A control frame is never a fragment',
        'English item 1 (Fin) speaks of any frame; RFC 6455 section 5.5 has control frames with FIN set only.',
        [Frame(PING, fin=False)], error=('control-fragmented', 1))

    bits = 'English item 2 (RSV1, RSV2, RSV3), which calls these bits bytes the second time.'
    for name, bit in (('rsv1', RSV1), ('rsv2', RSV2), ('rsv3', RSV3)):
        add(name, f'{name.upper()} set without an extension', bits, [text('Web', rsv=bit)], error=('rsv-bit', 1))
    for name, bit in (('rsv1', RSV1), ('rsv2', RSV2), ('rsv3', RSV3)):
        add(f'{name}-extension', f'{name.upper()} set, as an extension requires', bits, [binary('Web', rsv=bit)],
            extensions={name: True})

    codes = 'English item 3 (Opcode), {}.'.format
    add('opcode-0-alone', 'A continuation frame with nothing to continue', codes('x0') + ' "Data that should be '
        'appended to the previous frame" needs a message that is not finished.',
        [Frame(CONTINUATION, 'Web')], error=('continuation-unexpected', 1))
    add('opcode-0-after-the-end', 'A continuation frame after the last frame of a message', codes('x0')
        + ' The previous frame is there, but its message is finished.',
        [text('Web'), Frame(CONTINUATION, 'Socket')], error=('continuation-unexpected', 1))
    data = '发送'.encode()
    add('opcode-1-and-following', 'A text message whose first frame ends inside a character',
        codes('x1') + ' "This frame (and any following) contains text": the frames together do, one frame need not be '
        'UTF-8.', [text(data[:2], fin=False), Frame(CONTINUATION, data[2:])])
    add('opcode-2-and-following', 'A binary message in two frames',
        codes('x2') + ' The bytes are not UTF-8 and need not be.',
        [binary(b'\xff\xfe', fin=False), Frame(CONTINUATION, b'\x00\x80')])
    for opcode in range(0x3, 0x8):
        add(f'opcode-{opcode:x}', f'The reserved non-control opcode {opcode:#x}', codes('x3 - x7'),
            [Raw(bytes([0x80 | opcode, 0]).hex())], error=('opcode-reserved', 1))
    add('opcode-8', 'A Close frame ends the connection: what follows is discarded', codes('x8'),
        [Frame(CLOSE, NORMAL), text('Web')], delivered=1)
    add('opcode-9', 'A Ping frame', codes('x9'), [Frame(PING, 'Web')])
    add('opcode-a', 'A Pong frame', codes('xA'), [Frame(PONG, 'Web')])
    for opcode in range(0xB, 0x10):
        add(f'opcode-{opcode:x}', f'The reserved control opcode {opcode:#x}', codes('xB - xF'),
            [Raw(bytes([0x80 | opcode, 0]).hex())], error=('opcode-reserved', 1))

    item = 'English item 4 (Mask).'
    add('mask-by-frame', 'Masked or not is a property of each frame',
        item + ' Who sent the bytes is left open here, so both are fine.', [masked(TEXT, 'Web'), text('Socket')],
        sender=None)
    add('mask-missing', 'A client that does not mask',
        item + ' The document does not say who masks: a client always, a server never.',
        [text('Web')], sender='client', error=('mask-required', 2))
    add('mask-by-server', 'A server that masks', item + ' See doc000-mask-missing.', [masked(TEXT, 'Web')],
        error=('mask-forbidden', 2))

    add('length-bits-16-31', 'Bits 16 through 31 are the length when the 7 bits say 126',
        'English item 5 (Payload Length). Erratum: it calls the seven bits seven bytes. The length is 0x0102, 258.',
        [binary(repeat('a', 0x0102))])
    add('masking-key-after-extended-length', 'The masking key follows the extended length',
        'English item 6 (Masking Key, "the following four bytes").', [masked(BINARY, repeat('a', 256))],
        sender='client')
    add('masking-key-length-5', 'The fifth byte is masked with the first byte of the key again',
        'English item 6 (Masking Key).', [masked(TEXT, 'WebSo')], sender='client')

    item = 'English item 7 (Payload Data).'
    add('fragments', 'Three fragments, one of them empty, and a Ping between them, make one message',
        item + ' Erratum: "we know the size of the entire message by the payload length": each length is that of its '
        'frame only; the size of the message is known when FIN comes.',
        [text('Web', fin=False), Frame(CONTINUATION, fin=False), Frame(PING), Frame(CONTINUATION, 'Socket')])
    add('fragments-opcode-repeated', 'The second fragment repeats the opcode of the first',
        item + ' "Each consecutive payload ... will contain the 0 continuation frame opcode".',
        [text('Web', fin=False), text('Socket')], error=('continuation-expected', 1))
    return source, vectors


# ----------------------------------------------------------------------------------------------------------------------

def document_001():
    source = ('"python---websocket的使用", a tutorial (https://www.toymoban.com/news/detail-762387.html): the frame '
              'layout and two functions of a server in Python 3, send_msg and get_data')
    vectors = []

    def add(id, *rest, sender='client', **named):
        vectors.append(vector('doc001-' + id, *rest, sender=sender, **named))

    def produced(data):
        return sent('send_msg', send_msg_001, data)

    def reads(expected):
        return 'get_data', get_data_001, expected

    last_left_out = ' The byte is left out so that no message of this size has to be written down here.'
    place = 'Section 六 (数据发送规则), send_msg.'
    for name, data in (('empty', ''), ('chinese', '客户端连接'), ('125', 'a' * 125), ('126', 'a' * 126)):
        size = len(data.encode())
        add(f'send-msg-{name}', f'send_msg of {size} bytes', place, [text(repeat('a', size) if size > 99 else data)],
            sender='server', sent=produced(data.encode()))
    for size, form in ((65535, 'last length of the 16-bit form'), (65536, 'first length of the 64-bit form')):
        add(f'send-msg-{size}', f'send_msg of {size} bytes, the {form}, but for the last byte', place + last_left_out,
            [without_last_byte(text(repeat('a', size)))], sender='server', outcome='incomplete',
            sent=sent_but_last('send_msg', send_msg_001, b'a' * size))
    gbk = '发'.encode('gbk')
    add('send-msg-gbk', 'send_msg of bytes that are not UTF-8',
        place + ' It sends any bytes as text (its token is always 0x81); these are 发 in GBK.',
        [text(gbk)], sender='server', sent=produced(gbk), error=('text-utf8', 3))
    add('send-msg-gbk-as-binary', 'Bytes that are not UTF-8 belong in a binary frame',
        place + ' The right frame for the bytes of doc001-send-msg-gbk.', [binary(gbk)], sender='server')
    add('send-msg-by-client', 'send_msg used by a client: no masking',
        place + ' The document has it for the server, where it is right.',
        [text('客户端连接')], sent=produced('客户端连接'.encode()), error=('mask-required', 2))

    place = 'Section 五 (实现规则解码), get_data.'
    add('get-data-chinese', 'A masked text message with a 7-bit length', place,
        [masked(TEXT, '客户端连接')], reads=reads('客户端连接'))
    add('get-data-126', 'A masked text message with a 16-bit length', place,
        [masked(TEXT, repeat('a', 126))], reads=reads('a' * 126))
    add('get-data-65536', 'A masked binary message with a 64-bit length',
        place + ' Erratum: it ignores the opcode and takes binary for text.',
        [masked(BINARY, repeat('a', 65536))], reads=reads('a' * 65536))
    add('get-data-binary', 'A binary message need not be UTF-8', place + ' Erratum: see doc001-get-data-65536.',
        [masked(BINARY, b'\xff\xfe\x00')], reads=reads(UnicodeDecodeError))
    add('get-data-ping', 'A Ping is no text message',
        place + ' Erratum: it ignores the opcode and takes a Ping for text.',
        [masked(PING, 'Hello')], reads=reads('Hello'))
    add('get-data-close-empty', 'A Close without a code is code 1005, no empty text',
        place + ' Erratum: it takes a Close for an empty text.',
        [masked(CLOSE)], reads=reads(''))
    add('get-data-close-1001', 'A Close with code 1001, as a browser sends when its page is reloaded',
        'Section 五, the remark under 客户端代码 ("不是刷新页面,会报错 ... 试图将关闭信号字节编码出错"). Erratum: '
        'get_data decodes a Close payload as text.',
        [masked(CLOSE, GOING_AWAY)], reads=reads(UnicodeDecodeError))
    add('get-data-close-read-as-text', 'A Close with a code that reads like text, 3105, and a reason',
        place + ' Erratum: get_data decodes a Close payload as text; here the code 0x0c21 is UTF-8 by chance.',
        [masked(CLOSE, PRIVATE)], reads=reads('\x0c!bye'))
    add('mask-bit-set-when-closing', 'A client that is gone and one that is not both set the MASK bit',
        'Section 五, the remark under 客户端代码 ("利用mask(第二字节中,1表示连接,0断开)"). Erratum: the opcode says that a '
        'frame closes the connection; the MASK bit says that it is masked.',
        [masked(TEXT, '发送'), masked(CLOSE, GOING_AWAY)])
    add('mask-bit-clear-when-open', 'A server never sets the MASK bit, before closing as little as when closing',
        'Section 五, the remark under 客户端代码. Erratum: see doc001-mask-bit-set-when-closing.',
        [text('发送'), Frame(CLOSE, NORMAL)], sender='server')
    add('get-data-fragments', 'A text message in two fragments',
        place + ' Erratum: it ignores FIN and the opcode, so that every fragment is a message.',
        [masked(TEXT, 'Hel', fin=False), masked(CONTINUATION, 'lo')], reads=reads(['Hel', 'lo']))
    data = '发送'.encode()
    add('get-data-fragments-inside-character', 'A text message whose first fragment ends inside a character',
        place + ' Erratum: see doc001-get-data-fragments. It collects bytes before it decodes them, against garbled '
        'Chinese as its comment says; that has to go across fragments.',
        [masked(TEXT, data[:4], fin=False), masked(CONTINUATION, data[4:])],
        reads=reads([UnicodeDecodeError, UnicodeDecodeError]))
    add('get-data-opcode-3', 'A reserved opcode with a text in it',
        place + ' Erratum: it ignores the opcode, against the section 数据帧格式 above it ("如果操作代码是不认识的,那么接收端应该断开连接").',
        [masked(0x3, 'Hello')], reads=reads('Hello'), error=('opcode-reserved', 1))
    add('get-data-rsv1', 'RSV1 set without an extension', place + ' Erratum: it ignores the RSV bits, against the '
        'section 数据帧格式 above it ("如果出现非零的值,且并没有采用WebSocket扩展,连接出错").',
        [masked(TEXT, 'Hello', rsv=RSV1)], reads=reads('Hello'), error=('rsv-bit', 1))
    add('get-data-unmasked', 'A client that does not mask', place + ' Erratum: it ignores the MASK bit and takes the '
        'first four bytes for a key, against the section 数据帧格式 above it ("服务端需要断开连接").',
        [text('Hello')], reads=reads("'"), error=('mask-required', 2))
    add('get-data-unmasked-from-server', 'The same bytes from a server are fine',
        place + ' Erratum: see doc001-get-data-unmasked. The figure above it has 主体数据中的前四位为mask掩码 (the "first '
        'four 位, bits, of the data are the mask"): four bytes, and only if MASK is set.',
        [text('Hello')], sender='server', reads=reads("'"))
    add('get-data-two-frames', 'Two frames that arrive together are two messages',
        place + ' Erratum: it ignores the payload length and takes what one recv gave for one frame.',
        [masked(TEXT, 'Hello'), masked(TEXT, '发送')], reads=reads(UnicodeDecodeError))
    frame = masked(TEXT, repeat('a', 8192))
    add('get-data-8096', 'The first 8096 bytes of a text message of 8192 bytes are no message yet',
        place + ' Erratum: see doc001-get-data-two-frames; section 四 reads with recv(8096).',
        [start_of(frame, 8096)], outcome='incomplete', reads=reads('a' * 8088))
    add('get-data-5-in-16-bits', '5 bytes in the 16-bit form: not the minimal one', place + ' It accepts any form.',
        [masked(TEXT, 'Hello', bits=16)], reads=reads('Hello'), error=('length-not-minimal', 4))
    add('get-data-5-in-64-bits', '5 bytes in the 64-bit form: not the minimal one', place + ' It accepts any form.',
        [masked(TEXT, 'Hello', bits=64)], reads=reads('Hello'), error=('length-not-minimal', 8))
    add('get-data-msb', 'A 64-bit length with the most significant bit set', place + ' It never looks at the length, '
        'against the section 数据帧格式 above it ("最高位为0").',
        [Raw(wire_with_length(2 ** 63 + 5, 'Hello'))], reads=reads('Hello'), error=('length-msb', 3))
    add('get-data-ping-126', 'A Ping of 126 bytes is one byte too long',
        place + ' It accepts control frames of any length.',
        [masked(PING, repeat('a', 126))], reads=reads('a' * 126), error=('control-too-long', 2))

    layout = 'Section 数据帧格式, {}.'.format
    for opcode in (0x3, 0x7, 0xB, 0xF):
        kind = 'non-control' if opcode < 8 else 'control'
        add(f'opcode-{opcode:x}', f'The reserved {kind} opcode {opcode:#x}', layout('Opcode'), [masked(opcode)],
            error=('opcode-reserved', 1))
    add('opcodes', 'Every opcode that is defined, in one stream', layout('Opcode'),
        [masked(BINARY, b'\x00', fin=False), masked(PING, '1'), masked(CONTINUATION, b'\x01'), masked(PONG, '2'),
         masked(TEXT, '发送'), masked(CLOSE, NORMAL)])
    add('rsv2', 'RSV2 set without an extension', layout('RSV1, RSV2, RSV3'), [masked(TEXT, rsv=RSV2)],
        error=('rsv-bit', 1))
    add('rsv-all-extension', 'All RSV bits set, as extensions define them', layout('RSV1, RSV2, RSV3'),
        [masked(BINARY, b'\x00', rsv=RSV1 | RSV2 | RSV3)], extensions={'rsv1': True, 'rsv2': True, 'rsv3': True})

    length = layout('Payload length')
    add('length-126-in-7-bits', 'The value 126 in the 7-bit field is the marker of the 16-bit form, never a length',
        length + ' Erratum: "x为0~126" is 0 to 125 (the comments in the figure, "若是小于126", have it right); a length of '
        '126 is in doc001-get-data-126. Here the first half of the masking key is taken for the length 0x37fa, 14330.',
        [Raw([(b'\x81\xfe', 1), (KEY, 1)] + mask_runs(repeat('a', 126), KEY))], outcome='incomplete')
    add('length-64-bits', 'The 64-bit length starts in the third byte, after the 7 bits of the second',
        length + ' Erratum: "1+64位" is 7+64. The length is 0x010203, 66051.', [masked(BINARY, repeat('a', 66051))])
    add('length-network-byte-order', '256 is 01 00 in network byte order', length, [masked(BINARY, repeat('a', 256))])
    add('length-little-endian', '128 in the other byte order, 80 00, is 32768', length,
        [Raw([(b'\x82\xfe', 1), (b'\x80\x00', 1), (KEY, 1)] + mask_runs(repeat('a', 128), KEY))], outcome='incomplete')
    add('length-counts-masking-key', 'A length that counts the masking key asks for four bytes more',
        'Section 数据帧格式, Masking-key ("载荷数据的长度,不包括mask key的长度"). The right frame is 5.7-masked-text.',
        [Raw([(b'\x81\x89', 1), (KEY, 1), (xor(b'Hello', KEY), 1)])], outcome='incomplete')
    return source, vectors


def wire_with_length(length, payload, opcode=TEXT):
    """A masked frame with a 64-bit length that is not that of its payload."""
    return [(part, 1) for part in header(opcode, length, masked=True)] + [(KEY, 1), (xor(payload.encode(), KEY), 1)]


# ----------------------------------------------------------------------------------------------------------------------

def document_002():
    source = ('An untitled post that refers to "用Python实现一个简单的WebSocket服务器": the lengths and the frame layout '
              'in the words of document 000, and a chat server in Python 2 with its page. Its functions were ported to '
              'Python 3 by hand, arithmetic unchanged')
    vectors = []

    def add(id, *rest, sender='client', **named):
        vectors.append(vector('doc002-' + id, *rest, sender=sender, **named))

    def produced(message):
        return sent('sendMessage', send_message_002, message)

    def reads(expected):
        return 'parse_data, with the decode(\'utf-8\', \'ignore\') of run,', parse_data_002, expected

    def fails_to_send(message):
        try:
            produced(message)
        except struct.error:
            return True
        return False

    def said(message):
        # self.remote is the pair that accept() gives, and %s prints it as Python does.
        return "%s %s say: %s" % ('12:34:56', ('127.0.0.1', 50000), message)

    run = 'WebSocket.run.'
    for name, what, message in (
        ('welcome', 'What the server sends after the handshake', 'Welcome, ' + '127.0.0.1' + ' !'),
        ('say', 'What the server sends to everybody when 127.0.0.1, port 50000, said 发送', said('发送')),
        ('logout', 'What the server sends to everybody when 127.0.0.1, port 50000, said quit',
         said('127.0.0.1 Logout')),
    ):
        add(name, what, run, [text(message)], sender='server', sent=produced(message))
    add('client-chinese', 'What the page sends when somebody types 发送, the caption of its button',
        'The page, send(); ' + run, [masked(TEXT, '发送')], reads=reads('发送'))
    add('client-quit', 'What the page sends when it is left: the text quit, and a Close',
        'The page, window.onbeforeunload. Erratum: run takes what one recv gave for one frame; when the two frames '
        'arrive together, it does not find its quit.',
        [masked(TEXT, 'quit'), masked(CLOSE)], reads=reads('quitz\x16\x16'))
    add('client-quit-alone', 'The text quit without the Close', 'The page, window.onbeforeunload; ' + run,
        [masked(TEXT, 'quit')], reads=reads('quit'))
    add('client-close-1001', 'A Close with code 1001, of a browser that left without onbeforeunload',
        run + ' Erratum: it decodes a Close payload as text, drops what is not UTF-8 and tells everybody the rest.',
        [masked(CLOSE, GOING_AWAY)], reads=reads('\x03'))
    add('client-close-empty', 'A Close without a code, of socket.close() in the page',
        'The page, window.onbeforeunload. Erratum: run takes it for an empty message and goes on reading.',
        [masked(CLOSE)], reads=reads(''))

    place = 'sendMessage.'
    for size in (125, 126, 127):
        gap = ' The lengths above it, "128-65525", leave it out; the code has it right.' if size > 125 else ''
        add(f'send-message-{size}', f'sendMessage of {size} bytes', place + gap, [text(repeat('a', size))],
            sender='server', sent=produced('a' * size))
    last_left_out = ' The last byte is left out so that no message of this size has to be written down here.'
    add('send-message-32767', 'The longest message that sendMessage can send, but for the last byte',
        place + last_left_out, [without_last_byte(text(repeat('a', 32767)))], sender='server', outcome='incomplete',
        sent=sent_but_last('sendMessage', send_message_002, 'a' * 32767))
    for size in (32768, 65535):
        assert fails_to_send('a' * size)
        add(f'length-{size}', f'{size} bytes have the 16-bit form, most significant bit and all',
            place + " Erratum: struct.pack('>h') is signed and fails with struct.error from 32768 to 65535, so nothing "
            'is sent. Binary here, as no message of this size has to be written down as text.',
            [binary(repeat('a', size))], sender='server')
    add('send-message-65536', 'sendMessage of 65536 times the letter a: the length is missing',
        place + ' Erratum: 2^64-1 is an XOR in Python (61), so the 64-bit branch is never reached; the last branch '
        'prints 太长了 and still sends the message behind 0x81. The first a is read as the length 97, the one after '
        'these 97 bytes as a header with RSV1 and RSV2 set.',
        [text(repeat('a', 97)), Raw([(b'a', 65536 - 98)])], sender='server', error=('rsv-bit', 1),
        sent=produced('a' * 65536))
    add('send-message-65538-chinese', 'sendMessage of 21846 times 发: the length is missing',
        place + ' Erratum: see doc002-send-message-65536. The first byte of the message is read as MASK and the '
        'length 101.', [Raw([(b'\x81', 1), ('发'.encode(), 21846)])], sender='server', error=('mask-forbidden', 2),
        sent=produced('发' * 21846))
    add('length-65536', 'The right frame for 65536 times the letter a, but for the last byte',
        place + ' Erratum: see doc002-send-message-65536.' + last_left_out,
        [without_last_byte(text(repeat('a', 65536)))], sender='server', outcome='incomplete')
    add('send-old-version', 'Framing of an earlier draft: 00, the text, ff',
        place + ' The line commented out as 旧版 ("old version"). To RFC 6455 the 00 is a continuation frame with '
        'nothing to continue.', [Raw('00 48656c6c6f ff 0a0a')], sender='server',
        error=('continuation-unexpected', 1))

    lengths = 'Lengths, Chinese item {}.'.format
    parse = ' Read by get_datalength and parse_data.'
    for size, item, form in ((125, 1, 7), (128, 2, 16), (65525, 2, 16), (65526, 3, 16), (65535, 3, 16), (65536, 3, 64)):
        wrong = {
            125: ' Erratum: "小于125" should be at most 125.',
            65526: ' Erratum: 65526 to 65535 have the 16-bit form.',
            65535: ' Erratum: see doc002-masked-65526.',
        }.get(size, '')
        frame = masked(BINARY, repeat('a', size))
        assert frame.bits == form and get_datalength_002(frame.encode()) == size
        add(f'masked-{size}', f'{size} bytes, masked, in the {form}-bit form', lengths(item) + wrong + parse, [frame],
            reads=reads('a' * size))
    frame = masked(BINARY, repeat('a', 65526), bits=64)
    assert get_datalength_002(frame.encode()) == 65526
    add('masked-65526-in-64-bits', '65526 bytes, masked, in the 64-bit form: not the minimal one',
        lengths(3) + ' What the document asks for.' + parse, [frame], reads=reads('a' * 65526),
        error=('length-not-minimal', 8))
    add('quit-in-16-bits', '4 bytes in the 16-bit form: not the minimal one', 'parse_data. It accepts any form.',
        [masked(TEXT, 'quit', bits=16)], reads=reads('quit'), error=('length-not-minimal', 4))
    add('quit-in-64-bits', '4 bytes in the 64-bit form: not the minimal one', 'parse_data. It accepts any form.',
        [masked(TEXT, 'quit', bits=64)], reads=reads('quit'), error=('length-not-minimal', 8))
    whole = masked(TEXT, repeat('a', 200))
    assert get_datalength_002(whole.encode()[:128]) == 200
    add('recv-128', 'The first 128 bytes of a text message of 200 bytes are no message yet',
        run + ' It reads with recv(128) and, unlike documents 001 and 003, waits until the length is there.',
        [start_of(whole, 128)], outcome='incomplete')
    add('recv-128-all', 'The whole of the text message of 200 bytes', run + ' See doc002-recv-128.', [whole],
        reads=reads('a' * 200))
    add('recv-1', 'One byte of a header', run + ' It calls get_datalength on whatever recv gave.',
        [Raw('81')], outcome='incomplete', reads=('get_datalength', get_datalength_002, IndexError))

    place = 'parse_data.'
    add('parse-data-ping', 'A Ping with the payload quit',
        place + ' Erratum: it ignores the opcode and takes a Ping for a message.',
        [masked(PING, 'quit')], reads=reads('quit'))
    add('parse-data-reserved', 'A reserved control opcode with the payload quit',
        place + ' Erratum: it ignores the opcode, and run ends the connection for the text quit.',
        [masked(0xB, 'quit')], reads=reads('quit'), error=('opcode-reserved', 1))
    add('parse-data-rsv', 'RSV2 set without an extension', place + ' Erratum: it ignores the RSV bits.',
        [masked(TEXT, 'quit', rsv=RSV2)], reads=reads('quit'), error=('rsv-bit', 1))
    add('parse-data-unmasked', 'A client that does not mask', place + ' Erratum: it ignores the MASK bit and takes the '
        'four letters for the key.', [text('quit')], reads=reads(''), error=('mask-required', 2))
    data = '发送'.encode()
    add('parse-data-fragments', 'A text message whose first fragment ends inside a character',
        place + ' Erratum: it ignores FIN and the opcode; each fragment is a message, and the character between them '
        'is lost.', [masked(TEXT, data[:4], fin=False), masked(CONTINUATION, data[4:])], reads=reads(['发', '']))
    add('parse-data-not-utf-8', 'A byte that is not UTF-8 in the middle of a text message',
        run + " Erratum: decode('utf-8', 'ignore') drops it; RFC 6455 section 8.1 fails the connection.",
        [masked(TEXT, b'qu\xffit')], reads=reads('quit'), error=('text-utf8', 9))
    return source, vectors


# ----------------------------------------------------------------------------------------------------------------------

def document_003():
    source = ('"python之websocket金沙官网线上", a tutorial in a copy that lost its backslashes and got the name of a '
              'gambling site into its text: an echo server and a Tornado chat in Python 3, their pages, and an English '
              'explanation of the frame layout')
    vectors = []

    def add(id, *rest, sender='client', **named):
        vectors.append(vector('doc003-' + id, *rest, sender=sender, **named))

    def printed(data):
        return sent('send_msg as printed', send_msg_003, data.encode())

    def repaired(data):
        return sent('send_msg with its backslash back', send_msg_001, data.encode())

    def without_backslash(data):
        wire = text(repeat('a', len(data)) if len(data) > 9 else data).wire()
        return Raw([(b'x81', 1), (wire[0][0][1:], 1)] + wire[1:])

    def reads(expected):
        return 'The loop of run', receive_003, expected

    place = 'send_msg, which the document prints three times.'
    lost = ' Erratum: the backslash is lost in b"x81", so the token is three bytes, 78 38 31. '
    for name, data in (('', '提交'), ('-empty', ''), ('-126', 'a' * 126)):
        add(f'send-msg-as-printed{name}', f'send_msg of {len(data.encode())} bytes, as printed',
            place + lost + 'Its x, 0x78, is FIN clear, RSV1, RSV2 and RSV3 set and opcode 8.',
            [without_backslash(data)], sender='server', error=('rsv-bit', 1), sent=printed(data))
    add('send-msg-as-printed-extension', 'The same bytes where extensions define all the RSV bits',
        place + lost + 'What is left of its x is a Close that is not final.',
        [without_backslash('提交')], sender='server',
        extensions={'rsv1': True, 'rsv2': True, 'rsv3': True}, error=('control-fragmented', 1), sent=printed('提交'))
    for name, data in (('', '提交'), ('-empty', ''), ('-126', 'a' * 126)):
        size = len(data)
        add(f'send-msg{name}', f'send_msg of {len(data.encode())} bytes, as it was meant',
            f'{place} The right bytes for doc003-send-msg-as-printed{name}.',
            [text(repeat('a', size) if size > 9 else data)], sender='server', sent=repaired(data))

    page = 'Part a and b, the echo server and its page.'
    add('echo-client', 'What the page sends: two texts, the captions of its buttons, and an empty one',
        page + ' sendMsg sends what the field holds.', [masked(TEXT, '提交'), masked(TEXT, '关闭连接'), masked(TEXT, '')])
    add('echo-server', 'What the echo server answers to that', page,
        [text('提交'), text('关闭连接'), text('')], sender='server',
        sent=('send_msg with its backslash back sends these bytes.',
              b''.join(repaired(one)[1] for one in ('提交', '关闭连接', ''))))
    add('echo-brackets', 'Text with Chinese punctuation, the notices that the page shows',
        'Part b, onopen and onclose. The page shows them without sending them; here they are sent.',
        [masked(TEXT, '【连接成功】【关闭连接】')], reads=reads('【连接成功】【关闭连接】'))
    add('close-by-page', 'What the page sends when 关闭连接 is clicked: a Close without a code',
        'Part b, closeConn. Erratum: the server takes it for an empty text.', [masked(CLOSE)], reads=reads(''))
    add('close-answered-with-text', 'What the echo server answers to a Close without a code: an empty text',
        'Part a, run(). Erratum: it decodes a Close payload as text and echoes it. Valid bytes, but no answer to a '
        'Close; the right one is doc003-close-answered.', [text('')], sender='server', sent=repaired(''))
    add('close-answered', 'The right answer to a Close without a code: a Close',
        'Part a, run(). RFC 6455 section 5.5.1.', [Frame(CLOSE)], sender='server')
    add('close-1000', 'A Close with code 1000 and a Chinese reason',
        'Part a, run(). Erratum: see doc003-close-answered-with-text; the code is not UTF-8, so that the loop ends '
        'in an exception.', [masked(CLOSE, close_payload(1000, '关闭连接'))], reads=reads(UnicodeDecodeError))
    add('close-one-byte', 'A Close payload of one byte',
        'Part a, run(). Erratum: it echoes it; the payload of a Close is empty or starts with a code of two bytes.',
        [masked(CLOSE, 'x')], reads=reads('x'), error=('close-payload-length', 2))

    chat = 'Part 6, the Tornado chat, {}.'.format
    uid = '00112233-4455-4677-8899-aabbccddeeff'

    def said(message):
        return '{"uid":"' + uid + '","message":"' + message + '"}'

    add('chat-uid', 'What the server sends first: a UUID', chat('ChatHandler.open') + ' The UUID is made up.',
        [text(uid)], sender='server')
    add('chat-message', 'What the page sends: JSON with the UUID and a message', chat('sendMsg'),
        [masked(TEXT, said('提交'))])
    add('chat-message-16-bits', 'JSON with a longer message: 7 bits are not enough', chat('sendMsg'),
        [masked(TEXT, said('操作对象:服务端, socket。客户端和服务端收发数据,建立连接【握手】'))])
    add('chat-message-no-uid', 'JSON with the UUID still missing', chat('sendMsg')
        + ' The page has no UUID before its first message came.', [masked(TEXT, '{"uid":null,"message":""}')])
    add('chat-message-fragments', 'The same JSON in two fragments, cut inside a character, with a Ping between',
        'English part, "The FIN bit tells whether this is the last message in a series".',
        [masked(TEXT, said('提交').encode()[:-4], fin=False), masked(PING, ''),
         masked(CONTINUATION, said('提交').encode()[-4:])])

    english = 'English part, "{}".'.format
    ignored = english('RSV1-3 can be ignored, they are for extensions')
    for name, bit in (('rsv1', RSV1), ('rsv2', RSV2), ('rsv3', RSV3)):
        add(name, f'{name.upper()} set without an extension', ignored + ' Erratum: the connection must fail.',
            [masked(TEXT, 'Hello', rsv=bit)], reads=reads('Hello'), error=('rsv-bit', 1))
    # "Hello" as RFC 7692 section 7.2.3.1 compresses it.
    hello = bytes.fromhex('f248cdc9c90700')
    add('deflate-not-negotiated', 'A compressed text where permessage-deflate was not negotiated',
        ignored + ' Erratum: see doc003-rsv1. The browser in the document offers permessage-deflate; its server does '
        'not accept it. The payload is Hello as in RFC 7692 section 7.2.3.1.',
        [masked(TEXT, hello, rsv=RSV1)], reads=reads(UnicodeDecodeError), error=('rsv-bit', 1))
    add('deflate-negotiated', 'The same bytes where permessage-deflate was negotiated',
        ignored + ' See doc003-deflate-not-negotiated.', [masked(TEXT, hello, rsv=RSV1)],
        extensions={'permessageDeflate': True}, rfc=7692, section='6')

    masking = english('Messages from the client must be masked')
    add('client-unmasked', 'A client that does not mask', masking, [text('Hello')], reads=reads("'"),
        error=('mask-required', 2))
    add('server-masked', 'A server that masks', english('When sending a frame back to the client, do not mask it'),
        [masked(TEXT, 'Hello')], sender='server', error=('mask-forbidden', 2))
    meaning = english('0x3 to 0x7 and 0xB to 0xF have no meaning')
    for opcode in (0x3, 0x7, 0xB, 0xF):
        add(f'opcode-{opcode:x}', f'The reserved opcode {opcode:#x}', meaning + ' They must not be ignored either.',
            [masked(opcode, 'Hello')], reads=reads('Hello'), error=('opcode-reserved', 1))
    add('opcodes', 'The opcodes that have a meaning',
        english('The opcode field defines how to interpret the payload data'),
        [masked(TEXT, '提', fin=False), masked(CONTINUATION, '交'), masked(BINARY, b'\xff'), masked(PING), masked(PONG),
         masked(CLOSE, NORMAL)])

    steps = english('Decoding Payload Length')
    for size, step in ((125, 1), (126, 2), (65535, 2), (65536, 3)):
        add(f'length-{size}', f'A length of {size} bytes', steps + f' Step {step}.',
            [masked(BINARY, repeat('a', size))], reads=reads('a' * size))
    add('length-5-in-16-bits', '5 bytes in the 16-bit form: not the minimal one',
        steps + ' Step 2; the steps do not say that the shortest form is the only one.',
        [masked(TEXT, 'Hello', bits=16)], reads=reads('Hello'), error=('length-not-minimal', 4))
    add('length-msb', 'A 64-bit length with the most significant bit set', steps + ' Step 3.',
        [Raw(wire_with_length(2 ** 63 + 5, 'Hello'))], reads=reads('Hello'), error=('length-msb', 3))
    add('recv-8096', 'The first 8096 bytes of a message of 65536 bytes are no message yet',
        'Part 4, the caption "基于Python实现解包过程(未实现长内容)" and recv(8096).',
        [start_of(masked(TEXT, repeat('a', 65536)), 8096)], outcome='incomplete', reads=reads('a' * 8082))

    wrong_and = 'Section 四, 解包规则 ("每个字节都与mask进行与运算"). Erratum: it says AND; masking is XOR. '
    masked_and = masked_with_and_003(b'Hello', KEY)
    assert masked_with_and_003(xor(b'Hello', KEY), KEY) == bytes.fromhex('379a011110')
    add('masked-with-and', 'Hello masked with AND', wrong_and + 'Unmasked as it should be, the second byte, 9a, is no '
        'UTF-8.', [Raw([(b'\x81\x85', 1), (KEY, 1), (masked_and, 1)])], reads=reads(UnicodeDecodeError),
        error=('text-utf8', 8))
    add('masked-with-xor', 'Hello masked with XOR', wrong_and + 'With AND, these bytes become 37 9a 01 11 10. The loop '
        'in JavaScript after it has XOR, but never fills its DECODED, which is a string.',
        [masked(TEXT, 'Hello')], reads=reads('Hello'))
    wire = masked(TEXT, 'Hello').encode()
    add('header-masked', 'A frame whose header is masked too',
        'Section 四, 解包规则 ("数据头+数据全部加密", "header and data all encrypted"). Erratum: only the payload is masked.',
        [Raw([(xor(wire[:2], KEY), 1), (KEY, 1), (xor(b'Hello', KEY, 2), 1)])], error=('rsv-bit', 1))
    return source, vectors


# ----------------------------------------------------------------------------------------------------------------------

def document_004():
    source = ('"[Todo] WebSocket in Python", 2023-12-01: RFC 6455 section 5.2 word for word, and nothing else')
    vectors = []

    def add(id, *rest, sender='server', **named):
        vectors.append(vector('doc004-' + id, *rest, sender=sender, **named))

    length = 'Payload length'
    example = length + ' ("the length of a 124-byte-long string can\'t be encoded as the sequence 126, 0, 124").'
    add('126-0-124', 'The length of a 124-byte-long string encoded as the sequence 126, 0, 124', example,
        [text(repeat('a', 124), bits=16)], error=('length-not-minimal', 4))
    add('126-0-124-masked', 'The same from a client: 0xfe is 126 with MASK set', example,
        [masked(TEXT, repeat('a', 124), bits=16)], sender='client', error=('length-not-minimal', 4))
    add('126-0-124-header', 'The fourth byte is enough to know', example, [Raw('817e 007c')],
        error=('length-not-minimal', 4))
    add('126-0', 'The third byte is not', example + ' 126, 0, 126 would be right.', [Raw('817e 00')],
        outcome='incomplete')
    add('124', 'The right length of a 124-byte-long string', example, [text(repeat('a', 124))])
    add('126-0-125', '125 bytes in the 16-bit form: not the minimal one', length + '.',
        [text(repeat('a', 125), bits=16)], error=('length-not-minimal', 4))
    add('125', 'The last length of the 7-bit form', length + ' ("if 0-125").', [text(repeat('a', 125))])
    add('126-0-126', 'The first length of the 16-bit form', length + ' ("If 126").', [text(repeat('a', 126))])
    add('0', 'The first length of the 7-bit form', length + ' ("if 0-125").', [text('')], section='5.2')
    add('126-0-0', 'An empty payload in the 16-bit form: not the minimal one',
        length + ', and ABNF, frame-payload-length-16, which has %x0000 where the words forbid it.',
        [text('', bits=16)], error=('length-not-minimal', 4))
    add('127-0', 'An empty payload in the 64-bit form: not the minimal one',
        length + ', and ABNF, frame-payload-length-63, which has %x0000000000000000 where the words forbid it.',
        [text('', bits=64)], error=('length-not-minimal', 8))
    add('127-124', '124 bytes in the 64-bit form: not the minimal one', length + '.',
        [text(repeat('a', 124), bits=64)], error=('length-not-minimal', 8))
    add('127-65535', '65535 bytes in the 64-bit form: not the minimal one', length + '.',
        [binary(repeat('a', 65535), bits=64)], error=('length-not-minimal', 8))
    add('127-65535-header', 'Six zero bytes of the 64-bit length are enough to know', length + '.',
        [Raw('827f 000000000000')], error=('length-not-minimal', 8))
    add('127-five-zeros', 'Five zero bytes are not', length + '.', [Raw('827f 0000000000')], outcome='incomplete')
    add('126-65535', 'The last length of the 16-bit form', length + '.', [binary(repeat('a', 65535))])
    add('127-65536', 'The first length of the 64-bit form', length + ' ("If 127").', [binary(repeat('a', 65536))])
    add('network-byte-order-16', 'The 16-bit length 0x0102 is 258', length + ' ("expressed in network byte order").',
        [binary(repeat('a', 0x0102))])
    add('network-byte-order-64', 'The 64-bit length 0x010203 is 66051',
        length + ' ("expressed in network byte order").', [binary(repeat('a', 0x010203))])
    add('127-msb', 'A 64-bit length with the most significant bit set',
        length + ' ("the most significant bit MUST be 0"), and ABNF, frame-payload-length-63.',
        [Raw('827f 8000000000000000')], error=('length-msb', 3))
    add('127-msb-header', 'The third byte is enough to know', length + '.', [Raw('827f 80')], error=('length-msb', 3))
    largest = 'ABNF, frame-payload-length-63'
    add('127-largest', 'The largest length of the ABNF, over what a number carries exactly', largest
        + ' (7FFFFFFFFFFFFFFF).', [Raw('827f 7fffffffffffffff')], error=('length-unsafe', 10))
    add('127-2-53', 'A length of 2^53, the first that is refused',
        largest + '. RFC 6455 section 10.4 lets an implementation have limits; this corpus has 2^53-1.',
        [Raw('827f 0020000000000000')], error=('length-unsafe', 10))
    add('127-2-53-minus-1', 'A length of 2^53-1, the last that is taken if no limit forbids it',
        largest + '. See doc004-127-2-53.', [Raw('827f 001fffffffffffff')], outcome='incomplete',
        max_payload=MAX_SAFE, max_message=MAX_SAFE)
    add('127-2-53-minus-1-limited', 'A length of 2^53-1 is one too many where the limit is 2^53-2',
        largest + '. See doc004-127-2-53; the length has to be carried exactly.', [Raw('827f 001fffffffffffff')],
        max_payload=MAX_SAFE - 1, max_message=MAX_SAFE, error=('payload-too-long', 10))

    add('fin-first', 'The first fragment is also the final one', 'FIN ("MAY also be the final fragment").', [text('a')])
    add('fin-last', 'Fragments: FIN is set on the final one only', 'FIN, and ABNF, frame-fin.',
        [text('a', fin=False), Frame(CONTINUATION, 'b', fin=False), Frame(CONTINUATION, 'c')])
    add('fin-clear-close', 'A Close with FIN clear', 'ABNF, frame-fin and frame-opcode-control, which have this where '
        'section 5.5 forbids it.', [Frame(CLOSE, fin=False)], error=('control-fragmented', 1))
    add('control-126', 'A Ping of 126 bytes is one byte too long',
        'ABNF, frame-payload-length and frame-opcode-control, which have this where section 5.5 forbids it.',
        [Frame(PING, repeat('a', 126))], error=('control-too-long', 2))
    add('control-125', 'A Ping of 125 bytes, the longest', 'ABNF, frame-payload-length. See doc004-control-126.',
        [Frame(PING, repeat('a', 125))])
    add('continuation-first', 'A continuation frame at the start',
        'ABNF, frame-opcode-cont, which has this where section 5.4 forbids it.',
        [Frame(CONTINUATION, 'a', fin=False)], error=('continuation-unexpected', 1))

    rsv = 'RSV1, RSV2, RSV3.'
    for name, bit in (('rsv1', RSV1), ('rsv2', RSV2), ('rsv3', RSV3)):
        add(name, f'{name.upper()} set, and nothing negotiated', rsv, [binary('a', rsv=bit)], error=('rsv-bit', 1))
    add('rsv-none-of-the-negotiated', 'RSV2 set where the negotiated extension defines RSV1',
        rsv + ' "None of the negotiated extensions defines the meaning of such a nonzero value".',
        [binary('a', rsv=RSV1), binary('b', rsv=RSV2)], extensions={'rsv1': True}, error=('rsv-bit', 1))
    add('rsv-all', 'All three set where extensions define all three', rsv, [binary('a', rsv=RSV1 | RSV2 | RSV3)],
        extensions={'rsv1': True, 'rsv2': True, 'rsv3': True})
    add('extension-data', 'Extension data (ee ff) and application data (a) are one payload of three bytes',
        'Extension data; Payload length ("length of the Extension data + the length of the Application data").',
        [binary(b'\xee\xffa', rsv=RSV1)], extensions={'rsv1': True})

    opcode_place = 'Opcode, and ABNF, frame-opcode'
    add('opcodes', 'The opcodes that are defined: text, continuation, binary, ping, pong, close', opcode_place + '.',
        [text('a', fin=False), Frame(CONTINUATION, 'b'), binary(b'\x00\xff'), Frame(PING, 'c'), Frame(PONG, 'd'),
         Frame(CLOSE, NORMAL)])
    for opcode in [*range(0x3, 0x8), *range(0xB, 0x10)]:
        fin = opcode not in (0x7, 0xF)
        description = f'The reserved opcode {opcode:#x}' + ('' if fin else ', FIN clear')
        note = opcode_place + (' (%x3-7).' if opcode < 8 else ' (%xB-F).')
        if opcode == 0xF:
            note += ' The same byte makes it a fragmented control frame, which comes second.'
        add(f'opcode-{opcode:x}', description, note, [Raw(bytes([(0x80 if fin else 0) | opcode]).hex())],
            error=('opcode-reserved', 1))

    add('mask-client', 'A client masks: key present',
        'Mask ("All frames sent from client to server have this bit set to 1").',
        [masked(TEXT, 'a'), masked(PING), masked(CLOSE)], sender='client')
    add('mask-client-clear', 'A client that does not mask one of its frames', 'Mask. See doc004-mask-client.',
        [masked(TEXT, 'a'), Frame(PING)], sender='client', error=('mask-required', 2))
    add('mask-server', 'A server does not mask: key absent', 'Masking-key ("absent if the mask bit is set to 0").',
        [text('a'), Frame(PING), Frame(CLOSE)])
    add('mask-server-set', 'A server that masks one of its frames', 'Mask; RFC 6455 section 5.1.',
        [text('a'), masked(PING)], error=('mask-forbidden', 2))
    add('masking-key-zero', 'The masking key 00 00 00 00 is a key', 'Masking-key, and ABNF, frame-masking-key '
        '(4( %x00-FF )).', [masked(TEXT, 'Hello', key=bytes(4))], sender='client')
    add('masking-key-ff', 'The masking key ff ff ff ff', 'ABNF, frame-masking-key.',
        [masked(TEXT, 'Hello', key=b'\xff' * 4)], sender='client')
    add('figure-16', 'The figure with a 16-bit length: the masking key is in bytes 4 to 7', 'Figure.',
        [masked(BINARY, repeat('a', 0x0102), key=b'\x01\x02\x03\x04')], sender='client')
    add('figure-64', 'The figure with a 64-bit length: the masking key is in bytes 10 to 13', 'Figure.',
        [masked(BINARY, repeat('a', 0x010203), key=b'\x01\x02\x03\x04')], sender='client')
    add('figure-cut', 'A header that ends inside the masking key', 'Figure.', [Raw('8185 37fa21')], sender='client',
        outcome='incomplete')
    add('ascii', 'The bits of 81 05 as the characters 0 and 1', 'The text before the ABNF ("not ASCII characters"). '
        'The first character, 0x31, has RSV2 and RSV3 set.',
        [Raw([(b'10000001', 1), (b'00000101', 1), (b'Hello', 1)])], error=('rsv-bit', 1))
    return source, vectors


def files():
    for number, document in enumerate((document_000, document_001, document_002, document_003, document_004)):
        yield f'documents/{number:03}.json', document()
