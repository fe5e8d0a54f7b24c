"""Vectors from frames and from what is known about them when they are built.

Nothing here decodes the bytes: frames and messages are those that were put in, and the verdict is the caller's.
"""

import struct
import zlib

from frames import BINARY, CLOSE, CONTINUATION, PING, PONG, RSV1, TEXT, Frame, Repeated, expand, length_of, to_bytes
from layout import notation, text_notation

# RFC, section and close code of each rule, in the order that decides when one byte breaks several.
RULES = {
    'rsv-bit': (6455, '5.2', 1002),
    'opcode-reserved': (6455, '5.2', 1002),
    'control-fragmented': (6455, '5.5', 1002),
    'control-too-long': (6455, '5.5', 1002),
    'mask-required': (6455, '5.1', 1002),
    'mask-forbidden': (6455, '5.1', 1002),
    'length-msb': (6455, '5.2', 1002),
    'length-not-minimal': (6455, '5.2', 1002),
    'length-unsafe': (6455, '10.4', 1009),
    'payload-too-long': (6455, '10.4', 1009),
    'continuation-unexpected': (6455, '5.4', 1002),
    'continuation-expected': (6455, '5.4', 1002),
    'close-payload-length': (6455, '5.5.1', 1002),
    'close-code': (6455, '7.4', 1002),
    'close-reason-utf8': (6455, '5.5.1', 1007),
    'deflate-data': (7692, '7.2.2', 1007),
    'text-utf8': (6455, '8.1', 1007),
    'message-too-long': (6455, '10.4', 1009),
}


# What only a reader of messages can see.
RULES_OF_MESSAGES = ('deflate-data', 'text-utf8', 'message-too-long')

# What a vector may require beyond the frames of RFC 6455, in the order in which it is listed.
REQUIREMENTS = (
    'unknown-sender', 'messages', 'payload-limit', 'message-limit', 'limit-0', '64-bit-lengths', 'many-fragments', 'extensions',
    'permessage-deflate', 'context-takeover', 'window-15', 'bfinal',
)

# Rules for which no RFC names a close code: 1002 and 1007 both conform.
NO_CODE = {
    'close-reason-utf8': 'Section 7.4.1 has 1007 for data within a message, and the RFC names no close code for a bad reason.',
    'deflate-data': 'RFC 7692 names no close code for this.',
}

SIXTY_FOUR_BITS = 'A reader with integers of 64 bits holds the length, and the RFC asks for no limit.'

OVER_ALL = 'Read as a number without a sign, the length is over every limit, and the RFC names no close code for the bit.'

OVER_LIMIT = 'The length is over the limit too, and a reader with integers of 64 bits has no other limit.'

EARLY_LIMIT = 'A reader need not wait for the rest of the length: every valid length that begins with these bytes is over the limit.'

# A message of more fragments may be over a limit of the implementation (section 10.4).
MANY_FRAGMENTS = 10000

# Who sent the bytes, as it stands in ids: a client, a server, or one that the reader is not told.
SENDERS = (('client', 'client'), ('server', 'server'), ('either', None))

# The longest length that a number of JSON carries exactly; as a limit, none.
MAX_SAFE = 2 ** 53 - 1

# No reader refuses shorter frames unless it is told to.
USUAL_LIMIT = 2 ** 20


def vector(id, description, note, parts, sender=None, extensions=None, max_payload=None, max_message=None,
           outcome='complete', error=None, at=None, delivered=None, inflated=None, rfc=6455, section=None, requires=(),
           cuts=None, alternatives=()):
    """One vector. `parts` are frames and raw bytes in order.

    `error` is a rule, and the number of bytes of the offending part after which it is certain; `at` is the index of
    that part, the last one if left out. Of the parts, those before the offending one are delivered; with `outcome`
    'incomplete' all but the last; otherwise all. `delivered` says otherwise how many are, as after a Close frame.
    `inflated` are the messages that RSV1 of permessage-deflate marks as compressed, before they were.

    `section` of `rfc` is what the vector is about. `requires` adds to what follows from the other arguments. `cuts` are
    positions in the stream. `alternatives` are made by `alternative`.
    """
    if error:
        outcome = 'error'
        at = len(parts) - 1 if at is None else at
    if delivered is None:
        delivered = at if error else len(parts) if outcome == 'complete' else len(parts) - 1
    frames = parts[:delivered]
    wires = [part.wire() for part in parts]
    alternatives = [*alternatives, *by_rule(parts, at, delivered, outcome, error, max_payload, max_message)]
    alternatives += other_codes(error, at, delivered, alternatives)
    starts = [sum(length_of(wire) for wire in wires[:i]) for i in range(len(wires) + 1)]
    assert section, id

    result = {'id': id, 'description': description}
    if note is not None:
        result['note'] = note
    result['rfc'] = rfc
    result['section'] = section
    required = {*requires, *requirements(parts, sender, extensions, max_payload, max_message, error)}
    assert required <= {*REQUIREMENTS}, (id, required)
    if required:
        result['requires'] = [name for name in REQUIREMENTS if name in required]
    if error and is_prompt(error[0], parts, at) and not any(one['outcome'] != 'error' for one in alternatives):
        result['prompt'] = True
    for name, value in (('sender', sender), ('extensions', extensions),
                        ('maxPayloadLength', max_payload), ('maxMessageLength', max_message)):
        if value is not None:
            result[name] = value
    result['bytes'] = notation(wires)
    if cuts:
        assert list(cuts) == sorted({*cuts}) and cuts[0] > 0 and cuts[-1] < starts[-1], (id, cuts)
        result['cuts'] = list(cuts)
    result['frames'] = [item for frame in frames for item in frame.items()]
    result['messages'] = messages_of(frames, extensions or {}, inflated)
    result['outcome'] = outcome
    if error:
        rule, after = error
        assert 0 < after <= length_of(wires[at]), id
        result['error'] = violation(rule, starts[at], starts[at] + after)
    after_close = None if error else data_frame_after_close(parts, delivered, extensions or {})
    if after_close is not None:
        result['afterClose'] = violation('after-close', starts[after_close], starts[after_close] + 1)
    if alternatives:
        result['alternatives'] = [verdict_of(one, parts, starts, extensions or {}, result) for one in alternatives]
    return result


def violation(rule, offset, detected_after, close_code=None):
    rfc, section, code = (6455, '5.5.1', 1002) if rule == 'after-close' else RULES[rule]
    return {'rule': rule, 'rfc': rfc, 'section': section, 'closeCode': close_code or code, 'offset': offset,
            'detectedAfter': detected_after}


def alternative(why, outcome='error', error=None, at=None, delivered=None, inflated=None, close_code=None):
    """Another verdict that conforms too. The arguments are those of `vector`; what is left out is as it is there.

    `error` with `at` None is in the frame that the vector's error is in. `delivered` None: as many as in the vector.
    """
    return {'why': why, 'outcome': outcome, 'error': error, 'at': at, 'delivered': delivered, 'inflated': inflated,
            'close_code': close_code}


def verdict_of(one, parts, starts, extensions, result):
    """What `alternative` describes, as it is written: without frames and messages that are the vector's."""
    of = {'why': one['why']}
    if one['delivered'] is not None:
        frames = parts[:one['delivered']]
        of['frames'] = [item for frame in frames for item in frame.items()]
        of['messages'] = messages_of(frames, extensions, one['inflated'])
        of = {name: value for name, value in of.items() if value != result.get(name)}
    of['outcome'] = one['outcome']
    if one['error']:
        rule, after = one['error']
        offset = result['error']['offset'] if one['at'] is None else starts[one['at']]
        of['error'] = violation(rule, offset, offset + after, one['close_code'])
    return of


def data_frame_after_close(parts, delivered, extensions):
    """The index of the first data frame after a Close frame and other control frames; None if there is no such frame."""
    if not 0 < delivered < len(parts) or getattr(parts[delivered - 1], 'opcode', None) != CLOSE:
        return None
    for i in range(delivered, len(parts)):
        # With a reserved opcode, or RSV bits that mean nothing, nobody knows what the frame is.
        first = expand(parts[i].wire()[:1])[0] & 0x7F
        compressed = (0x40 | TEXT, 0x40 | BINARY) if extensions.get('permessageDeflate') else ()
        if first in (CONTINUATION, TEXT, BINARY, *compressed):
            return i
        if not isinstance(parts[i], Frame) or parts[i].rsv or not parts[i].fin or parts[i].bits > 7:
            return None
    return None


def requirements(parts, sender, extensions, max_payload, max_message, error):
    """What follows from the settings, the verdict and the frames."""
    if sender is None:
        yield 'unknown-sender'
    if error and error[0] in RULES_OF_MESSAGES:
        yield 'messages'
    limits = needed_limits(parts, max_payload, max_message, error)
    yield from limits
    if limits and 0 in (max_payload, max_message):
        yield 'limit-0'
    if extensions and extensions.get('permessageDeflate'):
        yield 'permessage-deflate'
    if extensions and {*extensions} != {'permessageDeflate'}:
        yield 'extensions'
    if not error and any(declared_payload(part.wire()) > 2 ** 31 - 1 for part in parts[-1:]):
        yield '64-bit-lengths'
    if sum(part.count for part in parts if isinstance(part, Repeated) and part.frame.opcode < 0x8) > MANY_FRAGMENTS:
        yield 'many-fragments'


def needed_limits(parts, max_payload, max_message, error):
    """Which limits have to be set: those that decide, and all that have to be lifted."""
    is_long = any(declared_payload(part.wire()) > USUAL_LIMIT for part in parts)
    needed = []
    if max_payload is not None:
        is_lower = max_payload < (MAX_SAFE if max_message is None else max_message)
        if is_long or is_lower or error and error[0] == 'payload-too-long':
            needed.append('payload-limit')
    if max_message is not None and (is_long or max_message < MAX_SAFE):
        needed.append('message-limit')
    return needed


def declared_payload(wire):
    """The length that the header of a frame states; 0 where its length field is not complete."""
    octets = expand(wire)[:10]
    if len(octets) < 2:
        return 0
    field = octets[1] & 0x7F
    form = {126: 2, 127: 8}.get(field, 0)
    if len(octets) < 2 + form:
        return 0
    return int.from_bytes(octets[2:2 + form], 'big') if form else field


def by_rule(parts, at, delivered, outcome, error, max_payload, max_message):
    """The alternatives that follow from the rule that is broken, and from the length of the frame that is not delivered."""
    if error and error[0] == 'length-unsafe':
        over = limit_exceeded(declared_payload(parts[at].wire()), parts[:at], parts[at], max_payload, max_message)
        if max_payload is None and max_message is None:
            yield alternative(SIXTY_FOUR_BITS, outcome='incomplete', delivered=delivered)
        elif over:
            yield alternative(OVER_LIMIT, error=(over, error[1]))
    if error and error[0] == 'length-msb':
        yield alternative(OVER_ALL, error=('length-unsafe', min(length_of(parts[at].wire()), 10)))
    if error or outcome == 'incomplete':
        index = at if error else len(parts) - 1
        early = early_limit(parts[:index], parts[index], max_payload, max_message)
        if early and not (error and error[1] <= early[1]):
            yield alternative(EARLY_LIMIT, error=early, at=index)


def limit_exceeded(length, before, part, max_payload, max_message):
    """The rule of the limit that a data frame of this length exceeds after these frames; None if it exceeds no limit."""
    opcode = expand(part.wire())[0] & 0x0F
    if opcode >= 0x8:
        return None
    if max_payload is not None and length > max_payload:
        return 'payload-too-long'
    sum_before = 0
    for item in before if opcode == CONTINUATION else []:
        frame, count = (item.frame, item.count) if isinstance(item, Repeated) else (item, 1)
        if frame.opcode < 0x8:
            sum_before = length_of(frame.payload) * count + (sum_before if frame.opcode == CONTINUATION else 0)
    return 'message-too-long' if max_message is not None and sum_before + length > max_message else None


def early_limit(before, part, max_payload, max_message):
    """The rule of the limit that is certainly exceeded before the length is complete, and after how many bytes of the frame; or None."""
    octets = expand(part.wire())[:10]
    if len(octets) < 2 or octets[0] & 0x08:
        return None
    form, shortest = {126: (2, 126), 127: (8, 65536)}.get(octets[1] & 0x7F, (0, 0))
    for known in range(min(form, len(octets) - 1)):
        least = max(shortest, int.from_bytes(octets[2:2 + known] + bytes(form - known), 'big'))
        rule = 'length-unsafe' if least > MAX_SAFE else limit_exceeded(least, before, part, max_payload, max_message)
        if rule:
            return rule, 2 + known
    return None


def other_codes(error, at, delivered, alternatives):
    """Each verdict whose close code no RFC names, with the other code, if no alternative has it."""
    verdicts = [alternative(None, error=error, at=at, delivered=delivered), *alternatives]
    found = {}
    for one in verdicts:
        if one['error'] and one['error'][0] in NO_CODE:
            rule = one['error'][0]
            place = rule, at if one['at'] is None else one['at'], delivered if one['delivered'] is None else one['delivered']
            found.setdefault(place, {}).setdefault(one['close_code'] or RULES[rule][2], one)
    for (rule, *_), by_code in found.items():
        if len(by_code) == 1:
            [(code, one)] = by_code.items()
            yield {**one, 'why': NO_CODE[rule], 'close_code': 1002 if code == 1007 else 1007}


def ends_inside(wire):
    """Whether a frame that begins these bytes would go on after them."""
    octets = expand(wire)[:10]
    if len(octets) < 2:
        return True
    form = {126: 2, 127: 8}.get(octets[1] & 0x7F, 0)
    header = 2 + form + (4 if octets[1] & 0x80 else 0)
    return len(octets) < 2 + form or length_of(wire) < header + declared_payload(wire)


def is_prompt(rule, parts, at):
    """Whether the bytes end before the offending frame does, or before its message where the text is wrong."""
    if ends_inside(parts[at].wire()):
        return True
    # FIN and the opcode, which raw bytes have too.
    firsts = [expand(part.wire())[0] for part in parts[at:]]
    return rule == 'text-utf8' and not any(first & 0x88 == 0x80 for first in firsts)


def messages_of(frames, extensions, inflated):
    """What the frames say once reassembled (5.4): a control frame is a message of its own, wherever it stands."""
    messages = []
    fragments = []
    inflater = Inflater()
    expected = None if inflated is None else [to_bytes(one) for one in inflated]
    for item in frames:
        frame, count = (item.frame, item.count) if isinstance(item, Repeated) else (item, 1)
        if frame.opcode == CLOSE:
            data = expand(frame.payload)
            code = struct.unpack('>H', data[:2])[0] if data else 1005
            messages.append({'type': 'close', 'code': code, 'reason': data[2:].decode('utf-8')})
        elif frame.opcode in (PING, PONG):
            name = 'ping' if frame.opcode == PING else 'pong'
            message = {'type': name, 'data': notation([frame.payload])}
            messages.append(message if count == 1 else {'repeat': message, 'count': count})
        elif frame.opcode < 0x8:
            if frame.fin and count > 1:
                assert not fragments and not frame.rsv
                [message] = messages_of([frame], {}, None)
                messages.append({'repeat': message, 'count': count})
                continue
            fragments.append((frame, count))
            if not frame.fin:
                continue
            first = fragments[0][0]
            runs = [run for fragment, times in fragments for run in repeated(fragment.payload, times)]
            if all(count == 1 for _, count in runs):
                runs = [(expand(runs), 1)]
            if extensions.get('permessageDeflate') and first.rsv & RSV1:
                inflated_bytes = inflater.inflate(expand(runs))
                runs = [(inflated_bytes, 1)]
                if expected is not None:
                    given = expected.pop(0)
                    assert inflated_bytes == given
                if len(inflated_bytes) > 1024:
                    runs = shortened(inflated_bytes)
            # What extensions have defined is no message of the RFC.
            if first.opcode == TEXT:
                messages.append({'type': 'text', 'data': text_notation(runs)})
            elif first.opcode == BINARY:
                messages.append({'type': 'binary', 'data': notation([runs])})
            fragments = []
    assert not expected
    return messages


def repeated(runs, times):
    if times == 1:
        return runs
    return [(expand(runs), times)] if length_of(runs) else []


def shortened(data):
    """Runs of one byte, where they are long, and the bytes between them."""
    runs, rest, position = [], b'', 0
    while position < len(data):
        octet = data[position:position + 1]
        end = position
        while end < len(data) and data[end:end + 1] == octet:
            end += 1
        if end - position > 64:
            runs += [(rest, 1)] if rest else []
            runs.append((octet, end - position))
            rest = b''
        else:
            rest += data[position:end]
        position = end
    return runs + ([(rest, 1)] if rest else [])


class Inflater:
    """RFC 7692 section 7.2.2, for the messages of one connection, with context takeover."""

    def __init__(self):
        self.window = b''

    def inflate(self, data):
        # The tail that the sender took off comes back before inflating.
        rest = data + b'\x00\x00\xff\xff'
        inflated = b''
        while rest:
            window = (self.window + inflated)[-32768:]
            inflater = zlib.decompressobj(-15, window) if window else zlib.decompressobj(-15)
            inflated += inflater.decompress(rest)
            # After a block with BFINAL set, another one may begin with the next byte.
            assert inflater.eof or not inflater.unconsumed_tail
            rest = inflater.unused_data
        self.window = (self.window + inflated)[-32768:]
        return inflated
