"""Has wsproto, websockets, aiohttp and websocket-client read the vectors, for oracle.mjs: /usr/bin/python3 peers.py VECTORS.jsonl

A line of JSON for each peer that is there (name, version, senders, supports), then one for each peer and vector: what it made of it in
each way of feeding. Messages are told by their number and the CRC-32 of their notation in vectors.tsv, a space after each.
"""
import json
import logging
import sys
import zlib

logging.disable(logging.CRITICAL)


class Failure(Exception):
    def __init__(self, code):
        self.code = code


class WsProto:
    """The frame protocol."""

    name, senders = 'wsproto', ['client', 'server']
    supports = ['messages', '64-bit-lengths', 'many-fragments', 'permessage-deflate', 'context-takeover', 'window-15', 'bfinal']

    def __init__(self):
        import wsproto
        from wsproto import extensions, frame_protocol

        self.version, self.protocol, self.deflate = wsproto.__version__, frame_protocol, extensions.PerMessageDeflate

    def reader(self, vector, seen):
        extensions = []
        if 'extensions' in vector:
            extension = self.deflate()
            extension.finalize('permessage-deflate')
            extensions.append(extension)
        reader = self.protocol.FrameProtocol(vector['sender'] == 'server', extensions)
        parts = []

        def feed(chunk):
            try:
                reader.receive_bytes(chunk)
                for frame in reader.received_frames():
                    opcode, payload = int(frame.opcode), frame.payload
                    if opcode == 8:
                        code, reason = payload
                        seen(f'close:{int(code)}', (reason or '').encode())
                        return True
                    payload = payload.encode() if isinstance(payload, str) else bytes(payload)
                    if opcode > 8:
                        seen('ping' if opcode == 9 else 'pong', payload)
                        continue
                    parts.append(payload)
                    if frame.message_finished:
                        seen('text' if opcode == 1 else 'binary', b''.join(parts))
                        parts.clear()
            except self.protocol.ParseFailed as error:
                raise Failure(int(error.code)) from None

        return feed


class WebSockets:
    """The connection without I/O. It gives frames: messages are put together and texts decoded here, as in the layers above."""

    name, senders = 'websockets', ['client', 'server']
    supports = ['messages', 'message-limit', '64-bit-lengths', 'many-fragments', 'permessage-deflate', 'context-takeover', 'window-15', 'bfinal']

    def __init__(self):
        from websockets import connection, version
        from websockets.extensions import permessage_deflate

        self.version, self.connection, self.deflate = version.version, connection, permessage_deflate.PerMessageDeflate

    def reader(self, vector, seen):
        side = self.connection.SERVER if vector['sender'] == 'client' else self.connection.CLIENT
        reader = self.connection.Connection(side, max_size=vector.get('maxMessageLength', 2 ** 26))
        if 'extensions' in vector:
            reader.extensions = [self.deflate(False, False, 15, 15)]
        state = {'opcode': None, 'parts': []}

        def feed(chunk):
            reader.receive_data(chunk)
            for frame in reader.events_received():
                opcode, data = int(frame.opcode), bytes(frame.data)
                if opcode == 8:
                    code = int.from_bytes(data[:2], 'big') if data else 1005
                    seen(f'close:{code}', data[2:])
                    return True
                if opcode > 8:
                    seen('ping' if opcode == 9 else 'pong', data)
                    continue
                if opcode:
                    state['opcode'], state['parts'] = opcode, []
                state['parts'].append(data)
                if not frame.fin:
                    continue
                message = b''.join(state['parts'])
                if state['opcode'] == 1:
                    try:
                        message.decode()
                    except UnicodeDecodeError:
                        raise Failure(1007) from None
                seen('text' if state['opcode'] == 1 else 'binary', message)
            if reader.parser_exc is not None:
                raise Failure(reader.close_sent.code if reader.close_sent else 1011)

        return feed


class AioHttp:
    """The reader of frames. It is told nothing of masks."""

    name, senders = 'aiohttp', ['client', 'server']
    supports = ['messages', 'message-limit', '64-bit-lengths', 'many-fragments', 'permessage-deflate', 'context-takeover', 'window-15', 'bfinal']

    def __init__(self):
        import aiohttp
        from aiohttp import http_websocket

        self.version, self.http = aiohttp.__version__, http_websocket

    def reader(self, vector, seen):
        http = self.http
        over = []

        class Queue:
            def feed_data(self, message, _size):
                kind, data = message.type, message.data
                if kind == http.WSMsgType.CLOSE:
                    seen(f'close:{data or 1005}', (message.extra or '').encode())
                    over.append(None)
                elif not over:
                    names = {http.WSMsgType.TEXT: 'text', http.WSMsgType.BINARY: 'binary', http.WSMsgType.PING: 'ping', http.WSMsgType.PONG: 'pong'}
                    seen(names[kind], data.encode() if isinstance(data, str) else bytes(data))

            def set_exception(self, error):
                over.append(error)

        reader = http.WebSocketReader(Queue(), vector.get('maxMessageLength', 2 ** 26), 'extensions' in vector)

        def feed(chunk):
            reader.feed_data(chunk)
            if over and over[0] is not None:
                if isinstance(over[0], http.WebSocketError):
                    raise Failure(int(over[0].code))
                raise over[0]
            return bool(over)

        return feed


class WebSocketClient:
    """Its buffer of frames and what puts them together, on a function that receives."""

    name, senders = 'websocket-client', ['server']
    supports = ['messages', '64-bit-lengths', 'many-fragments']

    def __init__(self):
        import websocket
        from websocket import _abnf, _exceptions

        self.version, self.abnf, self.exceptions = websocket.__version__, _abnf, _exceptions

    def reader(self, vector, seen):
        waiting = []
        exceptions = self.exceptions

        class Wait(Exception):
            pass

        def receive(count):
            if not waiting:
                raise Wait
            chunk = waiting[0]
            waiting[0:1] = [chunk[count:]] if len(chunk) > count else []
            return chunk[:count]

        frames, messages = self.abnf.frame_buffer(receive, False), self.abnf.continuous_frame(False, False)

        def feed(chunk):
            waiting.append(chunk)
            while True:
                try:
                    frame = frames.recv_frame()
                except Wait:
                    return False
                except exceptions.WebSocketPayloadException:
                    raise Failure(1007) from None
                except exceptions.WebSocketProtocolException as error:
                    raise Failure(1002) from None
                try:
                    if frame.opcode == 8:
                        code = int.from_bytes(frame.data[:2], 'big') if frame.data else 1005
                        seen(f'close:{code}', bytes(frame.data[2:]))
                        return True
                    if frame.opcode > 8:
                        if frame.opcode == 9 and len(frame.data) > 125:
                            raise Failure(1002)
                        seen('ping' if frame.opcode == 9 else 'pong', bytes(frame.data))
                        continue
                    messages.validate(frame)
                    messages.add(frame)
                    if messages.is_fire(frame):
                        opcode, whole = messages.extract(frame)
                        seen('text' if opcode == 1 else 'binary', bytes(whole.data))
                except exceptions.WebSocketPayloadException:
                    raise Failure(1007) from None
                except exceptions.WebSocketProtocolException:
                    raise Failure(1002) from None

        return feed


def expand(value):
    parts = [value] if isinstance(value, str) else value
    return b''.join(bytes.fromhex(p) if isinstance(p, str) else bytes.fromhex(p['repeat']) * p['count'] for p in parts)


def ways(data, cuts):
    # Some peers take quadratic time for long frames in single bytes.
    step = 1 if len(data) <= 2048 else 1021
    yield 'whole', [len(data)]
    yield 'byte by byte', [*range(step, len(data), step), len(data)]
    if cuts:
        yield 'at the cuts', [*cuts, len(data)]


def read(peer, vector, data, ends):
    count, crc = 0, 0

    def seen(kind, payload):
        nonlocal count, crc
        count += 1
        crc = zlib.crc32(f'{kind}:{payload.hex()} '.encode(), crc)

    code, crash, start, end = None, None, 0, 0
    try:
        feed = peer.reader(vector, seen)
        for end in ends:
            if feed(data[start:end]):
                break
            start = end
    except Failure as failure:
        code = failure.code
    except Exception as error:
        crash = f'{type(error).__name__}: {error}'[:200]
    return {'count': count, 'crc': crc, 'code': code, 'after': end, 'crash': crash}


def needs(vector):
    """Its requirements. A limit of a message that is no higher than that of a payload makes the latter superfluous."""
    required = {*vector.get('requires', [])}
    if vector.get('maxPayloadLength', 0) >= vector.get('maxMessageLength', 2 ** 64):
        required.discard('payload-limit')
    return required


peers = []
for kind in (WsProto, WebSockets, AioHttp, WebSocketClient):
    try:
        peers.append(kind())
    except ImportError:
        continue
    print(json.dumps({name: getattr(peers[-1], name) for name in ('name', 'version', 'senders', 'supports')}))
for line in open(sys.argv[1], encoding='utf-8'):
    vector = json.loads(line)
    data = None
    for peer in peers:
        if vector.get('sender') not in peer.senders or not needs(vector) <= {*peer.supports}:
            continue
        data = expand(vector['bytes']) if data is None else data
        readings = [{'way': way, **read(peer, vector, data, ends)} for way, ends in ways(data, vector.get('cuts'))]
        print(json.dumps({'peer': peer.name, 'id': vector['id'], 'readings': readings}))
