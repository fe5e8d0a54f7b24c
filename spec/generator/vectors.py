"""Vectors from frames and from what is known about them when they are built.

Nothing here decodes the bytes: frames and messages are those that were put in, and the verdict is the caller's.
"""

import struct
import zlib

from frames import BINARY, CLOSE, PING, PONG, RSV1, TEXT, expand, length_of, to_bytes
from layout import notation

# Section and close code of each rule.
RULES = {
    'rsv-bit': ('5.2', 1002),
    'opcode-reserved': ('5.2', 1002),
    'control-fragmented': ('5.5', 1002),
    'control-too-long': ('5.5', 1002),
    'mask-required': ('5.1', 1002),
    'mask-forbidden': ('5.1', 1002),
    'length-msb': ('5.2', 1002),
    'length-not-minimal': ('5.2', 1002),
    'length-unsafe': ('10.4', 1009),
    'payload-too-long': ('10.4', 1009),
    'continuation-unexpected': ('5.4', 1002),
    'continuation-expected': ('5.4', 1002),
    'close-payload-length': ('5.5.1', 1002),
    'close-code': ('7.4', 1002),
    'close-reason-utf8': ('5.5.1', 1007),
    'text-utf8': ('8.1', 1007),
    'message-too-long': ('10.4', 1009),
}


# Who sent the bytes, as it stands in ids: a client, a server, or one that the reader is not told.
SENDERS = (('client', 'client'), ('server', 'server'), ('either', None))

# The longest length that a number of JSON carries exactly; as a limit, none.
MAX_SAFE = 2 ** 53 - 1


def vector(id, description, note, parts, sender=None, extensions=None, max_payload=None, max_message=None,
           outcome='complete', error=None, at=None, delivered=None, inflated=None):
    """One vector. `parts` are frames and raw bytes in order.

    `error` is a rule, and the number of bytes of the offending part after which it is certain; `at` is the index of
    that part, the last one if left out. Of the parts, those before the offending one are delivered; with `outcome`
    'incomplete' all but the last; otherwise all. `delivered` says otherwise how many are, as after a Close frame.
    `inflated` are the messages that RSV1 of permessage-deflate marks as compressed, before they were.
    """
    if error:
        outcome = 'error'
        at = len(parts) - 1 if at is None else at
    if delivered is None:
        delivered = at if error else len(parts) if outcome == 'complete' else len(parts) - 1
    frames = parts[:delivered]
    wires = [part.wire() for part in parts]

    result = {'id': id, 'description': description}
    for name, value in (('note', note), ('sender', sender), ('extensions', extensions),
                        ('maxPayloadLength', max_payload), ('maxMessageLength', max_message)):
        if value is not None:
            result[name] = value
    result['bytes'] = notation(wires)
    result['frames'] = [frame.json() for frame in frames]
    result['messages'] = messages_of(frames, extensions or {}, inflated)
    result['outcome'] = outcome
    if error:
        rule, after = error
        offset = sum(length_of(wire) for wire in wires[:at])
        assert 0 < after <= length_of(wires[at]), id
        section, close_code = RULES[rule]
        result['error'] = {'rule': rule, 'section': section, 'closeCode': close_code, 'offset': offset,
                           'detectedAfter': offset + after}
    return result


def messages_of(frames, extensions, inflated):
    """What the frames say once reassembled (5.4): a control frame is a message of its own, wherever it stands."""
    messages = []
    fragments = []
    inflater = Inflater()
    expected = None if inflated is None else [to_bytes(one) for one in inflated]
    for frame in frames:
        if frame.opcode == CLOSE:
            data = expand(frame.payload)
            code = struct.unpack('>H', data[:2])[0] if data else 1005
            messages.append({'type': 'close', 'code': code, 'reason': data[2:].decode('utf-8')})
        elif frame.opcode in (PING, PONG):
            name = 'ping' if frame.opcode == PING else 'pong'
            messages.append({'type': name, 'data': notation([frame.payload])})
        elif frame.opcode < 0x8:
            fragments.append(frame)
            if not frame.fin:
                continue
            runs = [run for fragment in fragments for run in fragment.payload]
            if all(count == 1 for _, count in runs):
                runs = [(expand(runs), 1)]
            if extensions.get('permessageDeflate') and fragments[0].rsv & RSV1:
                runs = [(inflater.inflate(expand(runs)), 1)]
                assert expected is None or runs[0][0] == expected.pop(0)
            # What extensions have defined is no message of the RFC.
            if fragments[0].opcode == TEXT:
                messages.append({'type': 'text', 'data': expand(runs).decode('utf-8')})
            elif fragments[0].opcode == BINARY:
                messages.append({'type': 'binary', 'data': notation([runs])})
            fragments = []
    assert not expected
    return messages


class Inflater:
    """RFC 7692 section 7.2.2, for the messages of one connection, with context takeover."""

    def __init__(self):
        self.window = b''

    def inflate(self, data):
        inflater = zlib.decompressobj(-15, self.window) if self.window else zlib.decompressobj(-15)
        # The tail that the sender took off comes back before inflating.
        inflated = inflater.decompress(data + b'\x00\x00\xff\xff')
        self.window = (self.window + inflated)[-32768:]
        return inflated
