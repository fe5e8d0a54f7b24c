"""Writes the fixtures of one recorded session, given as JSON on stdin.

The expected frames are what the parser of Python's websockets makes of the bytes, permessage-deflate included; the
messages put together from them must equal those that the session's script had sent.
"""

import json
import sys
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import CTRL_OPCODES, OP_BINARY, OP_CLOSE, OP_CONT, OP_TEXT, Close, Frame
from websockets.headers import parse_extension
from websockets.streams import StreamReader

CAPTURES = Path(__file__).resolve().parents[3] / 'fixtures' / 'captures'
LINE_LENGTH = 120
ITEM_LENGTH = 40
NAMES = {opcode: opcode.name.lower() for opcode in (OP_TEXT, OP_BINARY, *CTRL_OPCODES)} | {OP_CONT: 'continuation'}


@dataclass
class Parsed:
    offset: int
    header: bytes
    masking_key: bytes  # empty when there is none
    wire_payload: bytes  # masked
    sent: Frame  # unmasked
    inflated: Frame


class AsSent:
    """An extension that only remembers the frame, RSV1 and compressed payload included."""

    def decode(self, frame, *, max_size=None):
        self.frame = replace(frame, data=bytes(frame.data))
        return self.frame


def deflate(negotiated, sender):
    """What turns the payloads of `sender` back; None when permessage-deflate was not negotiated."""
    for name, parameters in parse_extension(negotiated) if negotiated else []:
        assert name == 'permessage-deflate', negotiated
        parameters = dict(parameters)
        no_context_takeover = f'{sender}_no_context_takeover' in parameters
        return PerMessageDeflate(no_context_takeover, False, int(parameters.get(f'{sender}_max_window_bits', 15)), 15)
    return None


def parse(data, sender, negotiated):
    reader = StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    as_sent = AsSent()
    extensions = [extension for extension in (deflate(negotiated, sender), as_sent) if extension]
    end = 0
    while end < len(data):
        start = end
        parsing = Frame.parse(reader.read_exact, mask=sender == 'client', extensions=extensions)
        try:
            next(parsing)
            raise AssertionError('the stream ends inside a frame')
        except StopIteration as result:
            inflated = result.value
        end = len(data) - len(reader.buffer)
        payload = end - len(as_sent.frame.data)
        header_end = payload - 4 if sender == 'client' else payload
        parts = data[start:header_end], data[header_end:payload], data[payload:end]
        yield Parsed(start, *parts, as_sent.frame, inflated)


def reassemble(frames):
    opcode, parts = None, []
    for frame in frames:
        if frame.opcode is OP_CLOSE:
            close = Close.parse(frame.data)
            yield {'type': 'close', 'code': close.code, 'reason': close.reason}
        elif frame.opcode in CTRL_OPCODES:
            yield {'type': NAMES[frame.opcode], 'data': bytes(frame.data)}
        else:
            opcode = opcode if frame.opcode is OP_CONT else frame.opcode
            parts.append(frame.data)
            if frame.fin:
                data = b''.join(parts)
                yield {'type': NAMES[opcode], 'data': data.decode() if opcode is OP_TEXT else data}
                opcode, parts = None, []
    assert not parts, 'the stream ends inside a message'


def scripted(steps, sender):
    """The messages that the script let `sender` send."""
    for step in steps:
        if step['from'] == sender and 'completes' in step:
            message = step['completes']
            if message['type'] in ('binary', 'ping', 'pong'):
                message = message | {'data': bytes.fromhex(message['data'])}
            yield message


def repeated_from(data, start, period):
    """How many times the `period` bytes at `start` stand there in a row."""
    unit = data[start:start + period]
    count = 1
    while data[start + count * period:start + (count + 1) * period] == unit:
        count += 1
    return count


def items(data):
    """Hex strings, and repeats for what would be longer. A masked run repeats every 4 bytes."""
    found = []
    literal_start = position = 0

    def literal(end):
        return [data[at:min(at + ITEM_LENGTH, end)].hex() for at in range(literal_start, end, ITEM_LENGTH)]

    while position < len(data):
        for period in (1, 4):
            count = repeated_from(data, position, period)
            if count * period > ITEM_LENGTH:
                found += literal(position)
                found.append({'repeat': data[position:position + period].hex(), 'count': count})
                position += count * period
                literal_start = position
                break
        else:
            position += 1
    return found + literal(len(data))


def hex_of(data):
    return items(data) if len(data) > ITEM_LENGTH else data.hex()


def stream_items(frames):
    """The stream, a new item for each frame, its header, masking key and payload set apart."""
    for frame in frames:
        head = f'{frame.header.hex()} {frame.masking_key.hex()}'.strip()
        first, *rest = items(frame.wire_payload) or ['']
        if isinstance(first, str):
            yield f'{head} {first}'.strip()
        else:
            yield head
            yield first
        yield from rest


def frame_vector(frame):
    sent = frame.sent
    return {
        'fin': sent.fin,
        **{bit: True for bit in ('rsv1', 'rsv2', 'rsv3') if getattr(sent, bit)},
        'opcode': int(sent.opcode),
        'maskingKey': frame.masking_key.hex() or None,
        'payload': hex_of(sent.data),
    }


def message_vector(message):
    data = message.get('data')
    return message | {'data': hex_of(data)} if isinstance(data, bytes) else message


def scalar(value):
    """As JSON; a byte order mark is escaped, since nobody would see it."""
    return json.dumps(value, ensure_ascii=False).replace('\ufeff', '\\ufeff')


def json_text(value, indent=0, before=0):
    """One line where it fits after `before` columns, otherwise one line for each member."""
    if not value or not isinstance(value, (dict, list)):
        return scalar(value)
    if isinstance(value, dict):
        opening, closing, space = '{', '}', ' '
        members = [(f'{scalar(name)}: ', member) for name, member in value.items()]
    else:
        opening, closing, space = '[', ']', ''
        members = [('', member) for member in value]
    inner = ' ' * (indent + 2)
    texts = [name + json_text(member, indent + 2, indent + 2 + len(name)) for name, member in members]
    one_line = opening + space + ', '.join(texts) + space + closing
    if '\n' not in one_line and before + len(one_line) < LINE_LENGTH:
        return one_line
    return '\n'.join([opening, ',\n'.join(inner + text for text in texts), ' ' * indent + closing])


def size_of(data):
    return f'{len(data)} byte' if len(data) == 1 else f'{len(data)} bytes'


def shown(data, is_text):
    if not data:
        return 'empty'
    if len(data) > ITEM_LENGTH and len(set(data)) == 1:
        return f'{size_of(data)}, each {data[:1].hex()}'
    if not is_text:
        return size_of(data)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return f'{size_of(data)}, cut inside a character'
    return f'{size_of(data)}, {scalar(text if len(text) <= 60 else text[:60] + "…")}'


def comment(frame, is_text):
    sent, inflated = frame.sent, frame.inflated
    words = [NAMES[sent.opcode]]
    words += [] if sent.fin else ['FIN clear']
    words += ['RSV1'] if sent.rsv1 else []
    if sent.opcode is OP_CLOSE and sent.data:
        close = Close.parse(sent.data)
        words.append(f'{close.code} {scalar(close.reason)}')
    elif sent.data == inflated.data:
        words.append(shown(sent.data, is_text))
    else:
        words.append(f'{size_of(sent.data)}, inflated: {shown(inflated.data, is_text)}')
    return f'# offset {frame.offset}: ' + ', '.join(words)


def hex_text(heading, handshake, frames):
    lines = [f'# {line}' for paragraph in heading for line in textwrap.wrap(paragraph, LINE_LENGTH - 2)]
    lines += ['#', *(f'# > {line}' for line in handshake), '#']
    message_is_text = False
    for frame in frames:
        if frame.sent.opcode in (OP_TEXT, OP_BINARY):
            message_is_text = frame.sent.opcode is OP_TEXT
        lines.append(comment(frame, message_is_text or frame.sent.opcode in CTRL_OPCODES))
        wire = frame.header + frame.masking_key + frame.wire_payload
        lines += [wire[at:at + 32].hex(' ') for at in range(0, len(wire), 32)]
    return '\n'.join(lines) + '\n'


def header_value(handshake, name):
    values = [line.split(':', 1)[1].strip() for line in handshake if line.lower().startswith(name.lower() + ':')]
    return ', '.join(values)


def write(session):
    name, description, software, streams = (session[key] for key in ('name', 'description', 'software', 'streams'))
    where = f'{session["system"]}, {session["date"]}'
    negotiated = header_value(streams['server']['handshake'], 'Sec-WebSocket-Extensions')
    assert bool(negotiated) == session.get('permessageDeflate', False), negotiated
    note = f'Recorded on {where}, between {software["client"]} and {software["server"]}.'
    extensions = {}
    about = {'rfc': 6455, 'section': '5'}
    if negotiated:
        about = {'rfc': 7692, 'section': '6', 'requires': ['permessage-deflate']}
        extensions = {'extensions': {'permessageDeflate': True}}
        note += f' Negotiated: {negotiated}.'
        if 'no_context_takeover' not in negotiated:
            note += ' A message may refer back to the messages before it (RFC 7692, 7.1.1: context takeover).'
            about['requires'].append('context-takeover')

    vectors = []
    for sender, peer in (('client', 'server'), ('server', 'client')):
        data = bytes.fromhex(streams[sender]['bytes'])
        frames = list(parse(data, sender, negotiated))
        messages = list(reassemble(frame.inflated for frame in frames))
        assert messages == list(scripted(session['steps'], sender)), f'{name}: the {sender} sent something else'
        heading = [
            f'What {software[sender]}, the {sender}, sent to {software[peer]} in {description}.',
            f'Recorded on {where}. Sec-WebSocket-Extensions negotiated: {negotiated or "none"}.',
            f'To record again, in spec/examples/record: npm ci && npm run record -- {name}',
            f'{len(data)} bytes in {len(frames)} frames, after this half of the opening handshake:',
        ]
        (CAPTURES / f'{name}-{sender}.hex').write_text(hex_text(heading, streams[sender]['handshake'], frames))
        vectors.append({
            'id': f'capture-{name}-{sender}',
            'description': f'What {software[sender]} sent as the {sender} in {description}.',
            'note': note,
            **about,
            'sender': sender,
            **extensions,
            'bytes': list(stream_items(frames)),
            'frames': [frame_vector(frame) for frame in frames],
            'messages': [message_vector(message) for message in messages],
            'outcome': 'complete',
        })
        print(f'{name}-{sender}: {len(data)} bytes, {len(frames)} frames, {len(messages)} messages')
    source = f'{software["client"]} and {software["server"]}, recorded on {where}'
    (CAPTURES / f'{name}.json').write_text(json_text({'format': 1, 'source': source, 'vectors': vectors}) + '\n')


write(json.load(sys.stdin))
