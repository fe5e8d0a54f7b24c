"""Has `websockets` and `wsproto` read streams, for `python.mjs`, which starts this: /usr/bin/python3 peers.py

Standard output begins with a line of JSON: for each peer its version, or why it is not there. Then batches come on
standard input and answers go to standard output, each with its length in bytes before it. All numbers are unsigned and
in network byte order. A batch is streams, one after the other:

    u8   1: the sender is a client, 2: permessage-deflate was negotiated, without context takeover
    u32  limit of a message in bytes, 2^32-1 for none
    u16  number of cuts, then each as u32
    u32  number of bytes, then the bytes

An answer is, for each stream and for each peer that is there:

    u16  close code that the stream is refused with, 0 if it is not
    u16  number of bytes, then what went wrong inside the peer, in UTF-8
    u32  number of messages, then each: u8 opcode, u32 number of bytes, the payload
"""
import json
import struct
import sys

CLIENT, DEFLATE = 1, 2
NO_LIMIT = 2**32 - 1
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


class WebSockets:
    """The sans-I/O connection of `websockets`. It gives frames: messages are put together and texts decoded here, as in
    the layers above it."""

    def __init__(self):
        import logging

        from websockets import connection, version
        from websockets.extensions import permessage_deflate

        self.version = version.version
        self.connection = connection
        self.deflate = permessage_deflate.PerMessageDeflate
        self.logger = logging.getLogger("peers")
        self.logger.addHandler(logging.NullHandler())
        self.logger.propagate = False

    def read(self, chunks, from_client, deflate, limit):
        side = self.connection.SERVER if from_client else self.connection.CLIENT
        reader = self.connection.Connection(side, max_size=limit, logger=self.logger)
        if deflate:
            reader.extensions = [self.deflate(True, True, 15, 15)]
        for chunk in chunks:
            reader.receive_data(chunk)

        messages = []
        opcode, parts = None, []
        for frame in reader.events_received():
            if frame.opcode in (CLOSE, PING, PONG):
                messages.append((frame.opcode, bytes(frame.data)))
                continue
            if frame.opcode != CONTINUATION:
                opcode, parts = frame.opcode, []
            parts.append(bytes(frame.data))
            if not frame.fin:
                continue
            payload = b"".join(parts)
            if opcode == TEXT:
                try:
                    payload.decode()
                except UnicodeDecodeError:
                    return 1007, "", messages
            messages.append((opcode, payload))
        error = reader.parser_exc
        code = 0 if error is None else reader.close_sent.code
        return code, repr(error) if code == 1011 else "", messages


class WsProto:
    """The frame protocol of `wsproto`. It gives pieces of messages: they are put together here."""

    def __init__(self):
        import wsproto
        from wsproto import extensions, frame_protocol

        self.version = wsproto.__version__
        self.protocol = frame_protocol
        self.deflate = extensions.PerMessageDeflate

    def read(self, chunks, from_client, deflate, _limit):
        extensions = []
        if deflate:
            extension = self.deflate()
            extension.finalize("permessage-deflate; client_no_context_takeover; server_no_context_takeover")
            extensions.append(extension)
        reader = self.protocol.FrameProtocol(not from_client, extensions)
        messages, parts = [], []
        try:
            for chunk in chunks:
                reader.receive_bytes(chunk)
                for frame in reader.received_frames():
                    opcode, payload = int(frame.opcode), frame.payload
                    if opcode == CLOSE:
                        code, reason = payload
                        payload = b"" if code == 1005 else struct.pack("!H", code) + reason.encode()
                    elif isinstance(payload, str):
                        payload = payload.encode()
                    if opcode in (CLOSE, PING, PONG):
                        messages.append((opcode, bytes(payload)))
                        continue
                    parts.append(bytes(payload))
                    if frame.message_finished:
                        messages.append((opcode, b"".join(parts)))
                        parts = []
        except self.protocol.ParseFailed as error:
            return int(error.code), "", messages
        return 0, "", messages


def peers():
    found, said = [], {}
    for name, peer in (("websockets", WebSockets), ("wsproto", WsProto)):
        try:
            found.append(peer())
            said[name] = {"version": found[-1].version}
        except Exception as error:
            said[name] = {"error": repr(error)}
    return found, said


def chunks_of(data, cuts):
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)])]


def answers(batch, found):
    position = 0
    while position < len(batch):
        flags, limit, count = struct.unpack_from("!BIH", batch, position)
        position += 7
        cuts = struct.unpack_from(f"!{count}I", batch, position)
        position += 4 * count
        (length,) = struct.unpack_from("!I", batch, position)
        position += 4
        chunks = chunks_of(batch[position : position + length], cuts)
        position += length
        for peer in found:
            try:
                code, error, messages = peer.read(
                    chunks, flags & CLIENT != 0, flags & DEFLATE != 0, None if limit == NO_LIMIT else limit
                )
            except Exception as thrown:
                code, error, messages = 0, repr(thrown), []
            text = error.encode()[:1000]
            yield struct.pack("!HH", code, len(text)) + text + struct.pack("!I", len(messages))
            for opcode, payload in messages:
                yield struct.pack("!BI", opcode, len(payload)) + payload


def main():
    found, said = peers()
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
    sys.stdout.buffer.flush()
    while len(head := sys.stdin.buffer.read(4)) == 4:
        (length,) = struct.unpack("!I", head)
        answer = b"".join(answers(sys.stdin.buffer.read(length), found))
        sys.stdout.buffer.write(struct.pack("!I", len(answer)) + answer)
        sys.stdout.buffer.flush()


main()
